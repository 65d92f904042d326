"""Adding up tallies of veiled dossiers: their cells against the veils of the log, without any key.

For each month with a tally, the cells of each top office are together what its veils of that month
say, act by act. How many veils no tally has counted, the sums say.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

from domain.errors import MalformedDocument
from domain.facts.tallies import DossiersCounted
from domain.veiled_tallies import VeiledTally, counted_of, parse_veiled_tally
from domain.veils import VeilAct
from ledger.action_notes import open_text
from ledger.bodies import ACTION_TYPE_LINE
from ledger.documents import DocumentSource
from ledger.errors import LedgerError
from ledger.writing.veils import VEIL_TYPE_LINE, parse_veil
from projections.tallies.adding import TallyProblem

TALLY_BEGINS: Final = ACTION_TYPE_LINE + b'{"action":"tally.dossiers_counted",'


@dataclass(frozen=True, slots=True)
class VeilSums:
    """What the veils of a log and their tallies come to; the `uncounted` are in no tally yet.

    Steps are veils that no tally counts.
    """

    veils: int
    steps: int
    tallies: int
    counted: int
    problems: tuple[TallyProblem, ...]

    @property
    def uncounted(self) -> int:
        """Count the dossiers received and ended that no tally has counted yet."""
        return self.veils - self.steps - self.counted


NOTHING_VEILED: Final = VeilSums(0, 0, 0, 0, ())


class VeilAdder:
    """Takes a log in, entry by entry, and adds its veils and their tallies up."""

    def __init__(self, ledger: str, documents: DocumentSource):
        self._ledger = ledger
        self._documents = documents
        self._months: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._tallied: set[str] = set()
        self._steps = 0
        self._counted = 0
        self._problems: list[TallyProblem] = []

    def take(self, entry_index: int, body: bytes) -> None:
        """Take the next entry in."""
        if not body.startswith((VEIL_TYPE_LINE, TALLY_BEGINS)):
            return
        try:
            if body.startswith(VEIL_TYPE_LINE):
                self._take_veil(entry_index, body)
            else:
                self._take_tally(entry_index, body)
        except LedgerError as error:
            self._add(error.code, entry_index, str(error))

    def sums(self) -> VeilSums:
        """Give what came of it."""
        veils = sum(sum(months.values()) for months in self._months.values())
        tallies, problems = len(self._tallied), tuple(self._problems)
        return VeilSums(veils, self._steps, tallies, self._counted, problems)

    def _take_veil(self, entry_index: int, body: bytes) -> None:
        veil = parse_veil(body)
        self._months[veil.month][veil.office, veil.act.value] += 1
        self._steps += veil.act is VeilAct.STEP
        if veil.month in self._tallied and veil.act is not VeilAct.STEP:
            message = f"a veil of {veil.month} after the tally of that month"
            self._add("veil_after_tally", entry_index, message)

    def _take_tally(self, entry_index: int, body: bytes) -> None:
        action = open_text(body, self._ledger).action
        facts, month = action.facts, action.stream_id
        assert isinstance(facts, DossiersCounted)
        self._tallied.add(month)
        self._counted += facts.counted
        tally = self._read(entry_index, facts)
        if tally is None:
            return
        veils = self._months[month]
        if facts.veils != sum(veils.values()):
            message = f"it counts {facts.veils} veils, and {sum(veils.values())} stand before"
            self._add("tally_does_not_add_up", entry_index, message)
        elif (tally.month, tally.counted) != (month, facts.counted):
            message = f"its cells count {tally.counted} of {tally.month}, not {facts.counted}"
            self._add("tally_does_not_add_up", entry_index, message)
        elif tally.sums != counted_of(veils):
            message = f"its cells are not what the veils of {month} say of each office and act"
            self._add("tally_does_not_add_up", entry_index, message)

    def _read(self, entry_index: int, facts: DossiersCounted) -> VeiledTally | None:
        document = self._documents.read(facts.document)
        if document is None:
            self._add("document_missing", entry_index, facts.document)
            return None
        try:
            return parse_veiled_tally(document)
        except MalformedDocument as error:
            self._add("document_refused", entry_index, str(error))
            return None

    def _add(self, code: str, entry_index: int, message: str) -> None:
        self._problems.append(TallyProblem(code=code, entry_index=entry_index, message=message))
