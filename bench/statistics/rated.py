"""Tallies of ratings beside the world: one a month, in the ledger's own forms, signed by its key.

They are what the domain's roll-up makes of ratings that are drawn from one seed, of the offices
and procedures that the world's dossiers are of.
"""

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from domain.decisions import StreamState
from domain.facts import RatingStage, SatisfactionRatedDetails
from domain.facts.tallies import TallyPublished, TallySubject
from domain.moments import Moment
from domain.offices import Office, OfficeRecord
from domain.procedures import Procedure, ProcedureRecord
from domain.roles import Role
from domain.rules.register import TallyRecord
from domain.tallies import Rating, Tally, render_tally, tally_ratings
from ledger.documents import DocumentSource
from ledger.drafting import FIRST_PLACE, Drafter
from ledger.storage.port import StoredEvent
from ledger.storage.sqlite import SqliteLedgerReader
from projections.statistics.periods import Granularity, period_at, periods_between
from transparency.notes import SigningKey

# Three of ten dossiers of a year's million entries, spread over its months.
RATINGS_PER_MONTH: Final = 1_250
WITHHELD: Final = 10
TALLY_KIND: Final = "tally.published"
_MARKS: Final = (5, 5, 5, 4, 4, 3, 2, 1)


class _Places:
    """Looks up what ladders are made of, in the world's registry."""

    def __init__(self, registry: Mapping[str, StreamState]) -> None:
        self._registry = registry

    def office(self, office_id: str) -> Office | None:
        """Give an office as it is."""
        record = self._registry.get(f"office:{office_id}")
        return record.office if isinstance(record, OfficeRecord) else None

    def procedure(self, code: str) -> Procedure | None:
        """Give the newest version of a procedure."""
        record = self._registry.get(f"procedure:{code}")
        return record.versions[-1] if isinstance(record, ProcedureRecord) else None


def tallied_months(first: date, last: date) -> list[str]:
    """Give the months from one day's to another's."""
    first_month, last_month = (period_at(day, Granularity.MONTH) for day in (first, last))
    return list(periods_between(first_month, last_month, Granularity.MONTH))


def tally_states(months: Sequence[str]) -> dict[str, StreamState]:
    """Give the states that the tallies' streams leave in the views."""
    subjects = (TallySubject.RATINGS,)
    return {
        f"tally:{month}": TallyRecord(
            subjects, "0" * 64, Moment(day=date.fromisoformat(f"{month}-28"))
        )
        for month in months
    }


def draw_tallies(registry: Mapping[str, StreamState], months: Sequence[str]) -> Iterator[Tally]:
    """Draw each month's ratings, a few offices and procedures having most of them."""
    places, draw = _Places(registry), random.Random(len(months))
    offices = sorted(name[7:] for name in registry if name.startswith("office:"))
    procedures = sorted(name[10:] for name in registry if name.startswith("procedure:"))
    for month in months:
        yield tally_ratings(
            month,
            [_rating(draw, offices, procedures) for _ in range(RATINGS_PER_MONTH)],
            places,
        )


def _rating(draw: random.Random, offices: Sequence[str], procedures: Sequence[str]) -> Rating:
    office = min(int(draw.expovariate(4 / len(offices))), len(offices) - 1)
    which = min(int(draw.expovariate(0.25)), len(procedures) - 1)
    procedure = procedures[(office * 7 + which * 13) % len(procedures)]
    marks = SatisfactionRatedDetails(
        overall=draw.choice(_MARKS), contacts=draw.randrange(3), attitude=draw.randrange(3)
    )
    stage = draw.choice((RatingStage.RESULT, RatingStage.RESULT, RatingStage.RECEIPT))
    return Rating(offices[office], procedure, stage, marks)


class RatedReader(SqliteLedgerReader):
    """A ledger that holds the tallies, and otherwise what its database holds."""

    def __init__(self, path: Path, events: Mapping[str, StoredEvent]) -> None:
        super().__init__(path)
        self._events = events

    def stream_events(self, stream: str) -> Sequence[StoredEvent]:
        """Give the recorded actions of a stream."""
        found = self._events.get(stream)
        return super().stream_events(stream) if found is None else (found,)


class RatedDocuments:
    """The tallies' documents as files, as a server's are, and otherwise what another source has."""

    def __init__(self, folder: Path, others: DocumentSource) -> None:
        self._folder = folder
        self._others = others

    def keep(self, document: bytes) -> str:
        """Keep a document and give its hash."""
        name = hashlib.sha256(document).hexdigest()
        (self._folder / name).write_bytes(document)
        return name

    def read(self, document_hex: str) -> bytes | None:
        """Give the document with that hash."""
        path = self._folder / document_hex
        if not path.exists():
            return self._others.read(document_hex)
        document = path.read_bytes()
        assert hashlib.sha256(document).hexdigest() == document_hex
        return document


def tally_events(
    tallies: Sequence[Tally], documents: RatedDocuments, ledger: str, system: SigningKey
) -> dict[str, StoredEvent]:
    """Sign each tally as the system does, and give the events by their streams."""
    drafter, counted = Drafter(ledger, random.Random(0).randbytes), 0
    events: dict[str, StoredEvent] = {}
    for number, tally in enumerate(tallies):
        counted += tally.counted
        document = render_tally(tally)
        facts = TallyPublished(
            subject=TallySubject.RATINGS,
            document=documents.keep(document),
            envelopes=counted + WITHHELD,
            counted=tally.counted,
            withheld=WITHHELD,
        )
        stream = f"tally:{tally.month}"
        at = Moment(instant=datetime(2026, 6, 30, tzinfo=UTC))
        signers = ((Role.SYSTEM, system),)
        signed = drafter.sign(
            TALLY_KIND, stream, FIRST_PLACE, at, facts, signers, document=document
        )
        events[stream] = StoredEvent(stream, 1, TALLY_KIND, signed.note, number + 1)
    return events
