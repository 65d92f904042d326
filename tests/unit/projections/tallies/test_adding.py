"""Whoever has the public log alone sees that tallies add up, and names those that do not."""

import msgspec
import pytest

from domain.facts.tallies import TallyPublished
from domain.roles import Role
from ledger.action_notes import open_text
from ledger.drafting import FIRST_PLACE
from projections.recompute import replay_log
from projections.tallies.adding import TallyAdder, TallySums
from tests.support.ledger_builders import ORIGIN
from tests.support.tallies.rated import RatedLedger


def _added(rated: RatedLedger, *more: bytes) -> TallySums:
    adder = TallyAdder(ORIGIN, rated.world.documents)
    for entry_index, body in enumerate([*rated.world.entries(), *more]):
        adder.take(entry_index, body)
    return adder.sums()


def _two_months() -> RatedLedger:
    rated = RatedLedger()
    for count in (25, 14):
        rated.rate(count)
        rated.end_month()
        rated.publish()
    return rated


def test_tallies_of_two_months_count_every_envelope_once() -> None:
    sums = _added(_two_months())

    assert (sums.tallies, sums.envelopes, sums.counted, sums.uncounted) == (2, 39, 28, 11)
    assert sums.problems == ()


def test_replay_of_the_log_brings_the_sums_along() -> None:
    rated = _two_months()

    world = replay_log(rated.world.tiles, rated.world.keys.anchors, rated.world.documents)

    assert world.tallies == _added(rated)


WRONG = {
    "an envelope left out": {"envelopes": 24},
    "withheld too few": {"withheld": 9},
    "counted too many": {"counted": 16},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_tally_of_a_dishonest_operator_is_named(changes: dict[str, int]) -> None:
    rated = RatedLedger()
    rated.rate(25)
    rated.end_month()
    tally = rated.draft()
    assert tally is not None
    facts = open_text(tally.note, ORIGIN).action.facts
    assert isinstance(facts, TallyPublished)
    assert tally.document is not None
    rated.world.documents.store(tally.document)
    world = rated.world
    # No writer of ours records this one: it stands in the log all the same.
    forged = world.desk.drafter.sign(
        "tally.published",
        "tally:2026-03",
        FIRST_PLACE,
        world.desk.now(),
        msgspec.structs.replace(facts, **changes),
        [(Role.SYSTEM, world.keys.system)],
        document=tally.document,
    )

    sums = _added(rated, forged.note)

    assert {problem.code for problem in sums.problems} == {"tally_does_not_add_up"}


def test_tally_whose_document_is_missing_or_other_is_named() -> None:
    rated = _two_months()

    class Lost:
        def read(self, document_hex: str) -> bytes | None:
            return None

    class Garbled:
        def read(self, document_hex: str) -> bytes | None:
            return b"{}"

    for documents, code in ((Lost(), "document_missing"), (Garbled(), "document_refused")):
        adder = TallyAdder(ORIGIN, documents)
        for entry_index, body in enumerate(rated.world.entries()):
            adder.take(entry_index, body)
        assert [problem.code for problem in adder.sums().problems] == [code, code]
