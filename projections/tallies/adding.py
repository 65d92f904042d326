"""Adding up: what the public checks of tallies, from the log and the documents alone.

Every envelope of the log is counted by one tally or said to wait, and a tally's cells are what its
facts count. What is in the cells the public cannot recompute: only whoever has the vault can.
"""

from dataclasses import dataclass, replace
from typing import Final

import msgspec

from domain.errors import MalformedDocument
from domain.facts.tallies import TallyPublished
from domain.tallies import Tally, parse_tally
from ledger.action_notes import open_text
from ledger.bodies import ACTION_TYPE_LINE
from ledger.documents import DocumentSource
from ledger.errors import LedgerError
from ledger.writing.envelopes import ENVELOPE_TYPE_LINE
from projections.tallies.published import RatingTally

TALLY_BEGINS: Final = ACTION_TYPE_LINE + b'{"action":"tally.published",'


class TallyProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One tally that does not add up."""

    code: str
    entry_index: int
    message: str


@dataclass(frozen=True, slots=True)
class TallySums:
    """What the tallies of a log add up to; `uncounted` envelopes wait for a later one.

    `published` are the tallies themselves, in the order of the log.
    """

    tallies: int
    envelopes: int
    counted: int
    problems: tuple[TallyProblem, ...]
    published: tuple[RatingTally, ...] = ()

    @property
    def uncounted(self) -> int:
        """Count the envelopes that no tally has counted yet."""
        return self.envelopes - self.counted


NO_TALLIES: Final = TallySums(0, 0, 0, ())


class TallyAdder:
    """Takes a log in, entry by entry, and adds its tallies up."""

    def __init__(self, ledger: str, documents: DocumentSource):
        self._ledger = ledger
        self._documents = documents
        self._tallies = 0
        self._envelopes = 0
        self._counted = 0
        self._problems: list[TallyProblem] = []
        self._published: list[RatingTally] = []

    def take(self, entry_index: int, body: bytes) -> None:
        """Take the next entry in."""
        if body.startswith(ENVELOPE_TYPE_LINE):
            self._envelopes += 1
        elif body.startswith(TALLY_BEGINS):
            self._take_tally(entry_index, body)

    def sums(self) -> TallySums:
        """Give what came of it."""
        problems, published = tuple(self._problems), tuple(self._published)
        return TallySums(self._tallies, self._envelopes, self._counted, problems, published)

    def _take_tally(self, entry_index: int, body: bytes) -> None:
        self._tallies += 1
        try:
            action = open_text(body, self._ledger).action
        except LedgerError as error:
            self._add(error.code, entry_index, str(error))
            return
        facts = action.facts
        assert isinstance(facts, TallyPublished)
        self._counted += facts.counted
        if facts.envelopes != self._envelopes:
            message = f"it counts {facts.envelopes} envelopes, and {self._envelopes} stand before"
            self._add("tally_does_not_add_up", entry_index, message)
        elif self._counted + facts.withheld != self._envelopes:
            message = f"{self._counted} counted and {facts.withheld} withheld are not all envelopes"
            self._add("tally_does_not_add_up", entry_index, message)
        published = RatingTally(action.stream_id, entry_index, facts)
        tally = self._read(entry_index, facts)
        if tally is not None:
            published = replace(published, cells=tally.cells)
            self._check_document(published, tally)
        self._published.append(published)

    def _read(self, entry_index: int, facts: TallyPublished) -> Tally | None:
        document = self._documents.read(facts.document)
        if document is None:
            self._add("document_missing", entry_index, facts.document)
            return None
        try:
            return parse_tally(document)
        except MalformedDocument as error:
            self._add("document_refused", entry_index, str(error))
            return None

    def _check_document(self, published: RatingTally, tally: Tally) -> None:
        entry_index, month, facts = published.entry_index, published.month, published.facts
        if (tally.subject, tally.month, tally.counted) != (facts.subject, month, facts.counted):
            message = f"its cells count {tally.counted} of {tally.month}, not {facts.counted}"
            self._add("tally_does_not_add_up", entry_index, message)

    def _add(self, code: str, entry_index: int, message: str) -> None:
        self._problems.append(TallyProblem(code=code, entry_index=entry_index, message=message))
