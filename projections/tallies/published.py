"""Tallies of ratings as they were published: what their facts say, and the cells they name.

The views keep no cells; they are read from the ledger and its documents, and of the public log
`TallyAdder` gives the same. A published tally never changes, so whoever read one may keep it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from domain.errors import MalformedDocument
from domain.facts.tallies import TallyPublished
from domain.tallies import Cell, parse_tally
from ledger.action_notes import open_text
from ledger.documents import DocumentSource
from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.storage.port import StoredEvent

# Ten years of them: a tally has up to 1,000 cells, and every web worker keeps its own.
MOST_KEPT: Final = 120


@dataclass(frozen=True, slots=True)
class RatingTally:
    """The tally of ratings of one month; without cells where its document cannot be read."""

    month: str
    entry_index: int
    facts: TallyPublished
    cells: tuple[Cell, ...] = ()


class StreamReader(Protocol):
    """Gives recorded actions: a ledger's store, or the public log (`tallies.logged`)."""

    def stream_events(self, stream: str) -> Sequence[StoredEvent]:
        """Give all recorded actions of a stream, by version."""


@dataclass(frozen=True, slots=True)
class Tallies:
    """Where the tallies lie, which the views keep no cells of; those read once stay ``kept``."""

    ledger: str
    reader: StreamReader
    documents: DocumentSource
    kept: dict[str, RatingTally] = field(default_factory=dict)


def published_tallies(
    tallies: Tallies, months: Iterable[str], tree_size: int
) -> tuple[RatingTally, ...]:
    """Give the tallies of ratings of some months that stand before ``tree_size``, by entry index.

    Raises:
        StoreCorrupt, StoreUnavailable: ledger or document cannot be read.
    """
    found = (_tally_of(tallies, month) for month in months)
    seen = [each for each in found if each is not None and each.entry_index < tree_size]
    return tuple(sorted(seen, key=lambda each: each.entry_index))


def check_whole(tallies: Iterable[RatingTally]) -> None:
    """Check that the cells of every tally are there: nobody keeps figures that lack some for ever.

    Raises:
        StoreUnavailable: the document of a tally is missing, or cannot be read.
    """
    for tally in tallies:
        if tally.facts.counted and not tally.cells:
            document = tally.facts.document
            raise StoreUnavailable(f"the tally of {tally.month} lacks its document {document}")


def _tally_of(tallies: Tallies, month: str) -> RatingTally | None:
    kept = tallies.kept.get(month)
    if kept is not None:
        return kept
    found = _read_tally(tallies, month)
    # A document that is missing may be put in place again.
    is_whole = found is not None and (found.cells or not found.facts.counted)
    if found is not None and is_whole and len(tallies.kept) < MOST_KEPT:
        tallies.kept[month] = found
    return found


def _read_tally(tallies: Tallies, month: str) -> RatingTally | None:
    for event in tallies.reader.stream_events(f"tally:{month}"):
        facts = open_text(event.note, tallies.ledger).action.facts
        if event.entry_index is not None and isinstance(facts, TallyPublished):
            cells = _read_cells(tallies, facts.document)
            return RatingTally(month, event.entry_index, facts, cells)
    return None


def _read_cells(tallies: Tallies, document_hex: str) -> tuple[Cell, ...]:
    document = tallies.documents.read(document_hex)
    try:
        return () if document is None else parse_tally(document).cells
    except MalformedDocument as error:
        raise StoreCorrupt(f"tally {document_hex} cannot be read") from error
