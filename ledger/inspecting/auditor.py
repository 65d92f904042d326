"""The inspector's replay: takes a whole log in with its private parts, and decides again.

The public audit (`ledger.auditing`) proves entries, signatures and public decisions; what it
refuses is not taken in here either. What this one finds wrong it reports and goes on. It holds
actions back until the seal that covers them, as the public audit does, and opens private parts in
batches: at most so many are in memory.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from domain.actions import Action
from domain.errors import DomainError
from domain.facts import KeyRegisteredDetails
from domain.facts.tallies import DossiersCounted, TallyPublished
from domain.keys import number_of_person
from domain.rules.people.inspection_orders import is_of_one_registrar
from ledger.action_notes import open_text
from ledger.codes.allotted import AllottedCode
from ledger.documents import DocumentSource
from ledger.errors import LedgerError, StoreCorrupt
from ledger.inspecting.code_runs import CodeRuns
from ledger.inspecting.deferred import DeferredActs
from ledger.inspecting.erasures import Erasures
from ledger.inspecting.looks import CommittedLooks, KeptBook
from ledger.inspecting.opening import PartOpener, Recorded
from ledger.inspecting.orphans import Orphans
from ledger.inspecting.references import References
from ledger.inspecting.report import ENVELOPE_DIFFERS, Check, VaultReport, Why
from ledger.inspecting.veiled import VEIL_DIFFERS, VeiledActs
from ledger.private.vault import Vault
from ledger.state import LedgerState
from ledger.storage.port import LedgerReader
from ledger.stored_keys import StoredKeys
from ledger.tallying import ratings
from ledger.tallying.dossiers import check_dossier_tallies
from ledger.writing.envelopes import DeferredPool
from ledger.writing.veils import VEIL_TYPE_LINE, is_withheld
from transparency.errors import TransparencyError
from transparency.hashing import leaf_hash
from transparency.seals import is_seal, parse_seal
from transparency.trusted_log import TrustedLog

PARTS_PER_BATCH: Final = 500
READ_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class VaultSources:
    """What an inspector opens besides the log.

    ``allotted`` is None where there is no book of codes, ``pool`` where there is no promise key.
    ``read_looks`` gives the book of looks, None where there is none.
    """

    ledger: str
    reader: LedgerReader
    vault: Vault
    documents: DocumentSource
    allotted: Sequence[AllottedCode] | None = None
    pool: DeferredPool | None = None
    read_looks: Callable[[], KeptBook | None] = lambda: None


@dataclass(frozen=True, slots=True)
class _Envelope:
    entry_index: int
    body: bytes


class VaultAuditor:
    """Takes one log in with its private parts."""

    def __init__(self, sources: VaultSources, now: datetime):
        self.report = VaultReport()
        self.state = LedgerState(sources.documents)
        self.numbers: dict[str, bytes] = {}
        self._sources = sources
        self._now = now
        self._opened_at = now
        self._held: list[Recorded | _Envelope] = []
        reader, vault, report = sources.reader, sources.vault, self.report
        self._opener = PartOpener(vault, reader, report)
        keys, pool = StoredKeys(reader, sources.ledger), sources.pool
        envelope_of = None if pool is None else pool.envelope_of
        self._deferred = DeferredActs(sources.ledger, keys, envelope_of, now, report)
        self._veiled = VeiledActs(sources.ledger, reader, keys, pool, now, report)
        self._references = References(reader, self._opener, sources.ledger, report)
        self._erasures = Erasures(reader, report)
        self._codes = CodeRuns(report)
        self._looks = CommittedLooks(report)

    def audit(self, log: TrustedLog) -> Iterator[VaultReport]:
        """Take a whole log in; gives the report as it grows, complete at the end.

        Raises:
            TransparencyError: an entry is not proven under the checkpoint.
            StoreUnavailable, StoreCorrupt: ledger or vault cannot be read.
        """
        self._deferred.read(self._sources.reader, self._opener)
        entries = iter(log.replay())
        while batch := list(islice(entries, READ_BATCH)):
            for entry_index, entry in batch:
                self._take(entry_index, entry)
            yield self.report
        self._finish()
        yield self.report

    def _take(self, entry_index: int, entry: bytes) -> None:
        self.report.entries += 1
        try:
            if is_seal(entry):
                sealed_at = parse_seal(entry).sealed_at
            else:
                self._held.append(self._read(entry_index, entry))
                return
        except (LedgerError, TransparencyError):
            # The public audit names what cannot be read.
            self.report.not_remade[Check.RULES, Why.UNREADABLE] += 1
            return
        self._settle(sealed_at)

    def _read(self, entry_index: int, entry: bytes) -> Recorded | _Envelope:
        if is_withheld(entry):
            return _Envelope(entry_index, entry)
        return Recorded(entry_index, open_text(entry, self._sources.ledger))

    def _settle(self, sealed_at: datetime) -> None:
        self._opened_at = min(self._opened_at, sealed_at)
        held, self._held = self._held, []
        for start in range(0, len(held), PARTS_PER_BATCH):
            chunk = held[start : start + PARTS_PER_BATCH]
            recorded = [one for one in chunk if isinstance(one, Recorded)]
            actions = iter(self._opener.open(recorded))
            for one in chunk:
                assert one.entry_index is not None
                self._take_veiled_before(one.entry_index)
                if isinstance(one, Recorded):
                    self._take_action(one, next(actions), sealed_at)
                elif one.body.startswith(VEIL_TYPE_LINE):
                    self._veiled.take_veil(one.entry_index, one.body, self.state)
                else:
                    self._deferred.take_envelope(one.entry_index, one.body, self.state)
        self.state.note_seal(sealed_at)

    def _take_veiled_before(self, entry_index: int) -> None:
        self._veiled.take_before(entry_index, self._opener, self.state, self._take_veiled)

    def _take_veiled(self, one: Recorded, action: Action, promised_at: datetime) -> bool:
        try:
            self.state.check_public(one.opened.action, promised_at)
        except (LedgerError, DomainError) as error:
            # Nobody else decides it again.
            message = f"{action.kind.name} must not have been recorded: {error.code}"
            self.report.add_problem(error.code, one.entry_index, message)
            return False
        # Its place is known between entries that are acts: a seal may stand there too.
        self._take_permitted(one, action, is_place_vague=True)
        return True

    def _take_action(self, one: Recorded, action: Action, sealed_at: datetime) -> None:
        try:
            self.state.check_public(one.opened.action, sealed_at)
        except (LedgerError, DomainError):
            self.report.not_remade[Check.RULES, Why.REFUSED_IN_PUBLIC] += 1
            return
        self._take_permitted(one, action)

    def _take_permitted(
        self, one: Recorded, action: Action, *, is_place_vague: bool = False
    ) -> None:
        self._repeat_private(one, action)
        self.state.apply(action, leaf_hash(one.opened.note), is_place_vague=is_place_vague)
        self._codes.take(action, self.state)
        self._references.take(one.entry_index, action)
        self._looks.take(one.entry_index, action)
        self._erasures.take(one.entry_index, action, self.state, self._deferred.denounced)
        self._note_number(action)
        if is_of_one_registrar(action, self.state):
            self.report.orders_of_one_registrar.append(action.stream)
        if isinstance(action.facts, TallyPublished | DossiersCounted):
            self.report.remade[Check.TALLIES] += 1
        self._deferred.stream_moved(action.stream, self.state)

    def _repeat_private(self, one: Recorded, action: Action) -> None:
        if action.commitment is not None and action.details is None:
            why = Why.ERASED if self._opener.is_erased(action.stream) else Why.LOST
            self.report.not_remade[Check.RULES, why] += 1
        else:
            self.report.remade[Check.RULES] += 1
        try:
            self.state.check_private(action)
        except (LedgerError, DomainError) as error:
            message = f"{action.kind.name} must not have been recorded: {error}"
            self.report.add_problem(error.code, one.entry_index, message)

    def _note_number(self, action: Action) -> None:
        details = action.details
        if isinstance(details, KeyRegisteredDetails) and details.personnel_number is not None:
            self.report.remade[Check.NUMBERS] += 1
            self.numbers[action.stream_id] = number_of_person(details.personnel_number).encode()

    def _check_tallies(self, pool: DeferredPool) -> None:
        sources = self._sources
        made_from = ratings.Sources(
            sources.ledger, sources.reader, sources.vault.open_many, sources.documents, pool
        )
        try:
            until = ratings.month_before(self._now)
            problems = ratings.check_tallies(made_from, until)
            problems += check_dossier_tallies(made_from, until)
        except StoreCorrupt:
            # What does not open was named where it stands.
            self.report.not_remade[Check.TALLIES, Why.UNREADABLE] += 1
            return
        for problem in problems:
            if problem.code == StoreCorrupt.code:
                # What does not open was named where it stands.
                self.report.not_remade[Check.TALLIES, Why.UNREADABLE] += 1
            # Envelopes and veils were compared one by one, each named by its entry.
            elif problem.code not in (ENVELOPE_DIFFERS, VEIL_DIFFERS):
                message = f"tally of {problem.month}: {problem.message}"
                self.report.add_problem(problem.code, None, message)

    def _finish(self) -> None:
        sources = self._sources
        size = sources.reader.sequenced_size()
        is_whole = size <= self.report.entries
        self._take_veiled_before(size if is_whole else self.report.entries)
        self._deferred.finish(self.state, is_whole=is_whole)
        self._opener.sort_missing()
        self._codes.finish(sources.allotted, self._now)
        self._looks.finish(sources.read_looks)
        if sources.pool is not None:
            self._check_tallies(sources.pool)
        orphans = Orphans(sources.vault, sources.reader, self.report)
        left_over = orphans.find(self._opened_at, self._now, self._erasures.erased)
        self._erasures.finish(left_over)
        self.report.keys_of_several = _shared(self.numbers)


def _shared(numbers: dict[str, bytes]) -> tuple[tuple[str, ...], ...]:
    """Give the names of keys that bear one personnel number, where they are several."""
    names: dict[bytes, list[str]] = defaultdict(list)
    for name, number in numbers.items():
        names[number].append(name)
    return tuple(sorted(tuple(sorted(keys)) for keys in names.values() if len(keys) > 1))
