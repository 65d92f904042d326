"""Ratings of a ledger on paper: envelopes, and the monthly tally that counts them."""

import hashlib
from collections.abc import Sequence

from domain.facts import RatingStage
from domain.facts.tallies import TallyPublished, TallySubject
from domain.offices import Office
from domain.procedures import Procedure
from domain.roles import Role
from domain.tallies import Rating, Tally, render_tally, tally_ratings
from ledger.writing.envelopes import render_envelope
from tests.support.builders import a_procedure, an_office
from tests.support.dossier_cases import OFFICE, PROCEDURE
from tests.support.paper_ledger import BERLIN_OFFICE, PaperLedger, a_stream
from tests.support.tallies.territory import ratings_of

WITHHELD = 10
MIXED = (1, 2, 2, 3, 4, 4, 4, 5, 5, 5)


class _Registry:
    """The offices and procedures that a tally is made with: nobody is above another."""

    def office(self, office_id: str) -> Office | None:
        return an_office(office_id, parent=None)

    def procedure(self, code: str) -> Procedure | None:
        return a_procedure(code=code, field="land")


def tally_month(
    paper: PaperLedger, month: str, ratings: Sequence[Rating], at: str, counted_before: int = 0
) -> Tally:
    """Let ratings come in as envelopes, ten others with the first, and publish their tally."""
    waiting = WITHHELD if not counted_before else 0
    for number in range(len(ratings) + waiting):
        commitment = hashlib.sha256(f"{month} {number}".encode()).digest()
        paper.append_body(render_envelope(commitment))
    tally = tally_ratings(month, ratings, _Registry())
    facts = TallyPublished(
        subject=TallySubject.RATINGS,
        document=paper.documents.store(render_tally(tally)),
        envelopes=counted_before + len(ratings) + WITHHELD,
        counted=tally.counted,
        withheld=WITHHELD,
    )
    system = paper.new_key("system")
    paper.act(
        "tally.published", f"tally:{month}", at, Role.SYSTEM, system, facts=facts, office=None
    )
    return tally


def some_ratings() -> list[Rating]:
    """Give ratings of two offices that may show them, and ten that only stand under no office."""
    receipt = RatingStage.RECEIPT
    return [
        *ratings_of(OFFICE, PROCEDURE, (*MIXED, 4, 4), attitude=2),
        *ratings_of(OFFICE, PROCEDURE, (1, 3, 3, 4, 5), receipt),
        *ratings_of(BERLIN_OFFICE, PROCEDURE, (*MIXED, 5), receipt),
        *ratings_of(BERLIN_OFFICE, PROCEDURE, (2, 2, 4, 5, 5)),
    ]


def rated_days(paper: PaperLedger) -> None:
    """Live through three days: dossiers of January end, are rated, and one comes in late."""
    for number in range(12):
        _end(paper, number, "2026-01-19")
    paper.seal_and_publish("2026-01-20T09:00:00.000Z")
    tally_month(paper, "2026-01", some_ratings(), "2026-02-02T03:00:00Z")
    paper.seal_and_publish("2026-02-02T09:00:00.000Z")
    _end(paper, 12, "2026-01-28")
    paper.seal_and_publish("2026-02-04T09:00:00.000Z")
    paper.seal_and_publish("2026-02-04T18:00:00.000Z")


def _end(paper: PaperLedger, number: int, day: str) -> None:
    paper.submit(a_stream(number), f"{day}T01:00:00Z")
    paper.accept(a_stream(number), f"{day}T02:00:00Z", code=f"H27-{day}-{number:04d}")
    paper.finish(a_stream(number), f"{day}T03:00:00Z")
