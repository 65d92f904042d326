"""A whole audit: the log read and proven, shards set to work, and the report as it grows."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from time import thread_time
from typing import Final

from ledger.auditing.auditor import AskTheWhole, Auditor, TakenBatch
from ledger.auditing.comparing import compare_checkpoint, compare_entries, compare_unpublished
from ledger.auditing.messages import Fold, HashedEntry
from ledger.auditing.report import AuditReport, add_spent
from ledger.auditing.sealing import SealChecks, WitnessRule
from ledger.auditing.shards import ShardSetting
from ledger.auditing.state_file import Asked, KeptState, StateFile
from ledger.auditing.teams import Team, make_team
from ledger.documents import DocumentSource
from ledger.key_files import Anchors
from ledger.storage.port import LedgerReader
from transparency.errors import LogMisbehaviour, ProofInvalid, TransparencyError
from transparency.notes import render_vkey
from transparency.trusted_log import TrustedLog

ENTRIES_PER_BATCH: Final = 1_000
READING_LOG: Final = "reading and proving the log"


@dataclass(frozen=True, slots=True)
class HowToAudit:
    """How many shards share the work, what figures they make, and how such a team is set up.

    ``state`` is the file that the audit goes on from, and in which it keeps how far it got; one
    that was kept by another number of shards has its own. ``witnesses`` says whose cosignatures
    count; checkpoints taken in before it was given are not looked at again.
    """

    shards: int = 1
    fold: Fold | None = None
    set_up: Callable[[ShardSetting, int], Team] = make_team
    state: StateFile | None = None
    witnesses: WitnessRule | None = None
    seconds: Callable[[], float] = time.monotonic


def audit_log(
    log: TrustedLog,
    anchors: Anchors,
    documents: DocumentSource,
    *,
    now: datetime,
    stored: LedgerReader | None = None,
    how: HowToAudit | None = None,
) -> Iterator[AuditReport]:
    """Audit a whole log; gives the report again and again as it grows, complete at the end.

    ``now`` is the auditor's own clock, read when the log was opened or later; ``stored`` is the
    ledger database to compare with, where the auditor has it. The report is the same however many
    processes make it: where several cannot tell what is right, one begins anew.

    Raises:
        LogMisbehaviour: two signed checkpoints of the log cannot both be true.
        StoreUnavailable: a process of the audit has ended.
        AuditStateRefused: the state file is of another log, or garbled.
    """
    asked = how or HowToAudit()
    wanted = _Wanted(log, anchors, documents, now, stored, asked)
    try:
        yield from _audit(wanted, asked.shards)
    except AskTheWhole as why:
        for report in _audit(wanted, 1, anew=True):
            report.asked_again = str(why)
            yield report


@dataclass(frozen=True, slots=True)
class _Wanted:
    log: TrustedLog
    anchors: Anchors
    documents: DocumentSource
    now: datetime
    stored: LedgerReader | None
    how: HowToAudit

    @property
    def shard_setting(self) -> ShardSetting:
        return ShardSetting(
            self.anchors,
            self.documents,
            names_places=self.stored is not None,
            fold=self.how.fold,
        )

    @property
    def asked(self) -> Asked:
        return Asked(
            self.anchors.origin,
            render_vkey(self.anchors.log),
            render_vkey(self.anchors.registrar),
            self.stored is not None,
        )

    def kept(self) -> KeptState | None:
        state = self.how.state
        return None if state is None else state.load(self.asked, self.log)


def _audit(wanted: _Wanted, shards: int, *, anew: bool = False) -> Iterator[AuditReport]:
    kept = None if anew else wanted.kept()
    team = wanted.how.set_up(wanted.shard_setting, len(kept.shards) if kept else shards)
    try:
        auditor = _auditor(wanted, team, kept)
        report = auditor.report
        for taken in _taken(wanted, auditor, ENTRIES_PER_BATCH * team.shards):
            if wanted.stored is not None:
                compare_entries(taken.entries, taken.places, wanted.stored, report)
            yield report
    finally:
        team.close()
    if wanted.stored is not None:
        compare_checkpoint(wanted.log, wanted.stored, report)
        compare_unpublished(wanted.anchors.origin, wanted.stored, report)
    yield report


def _auditor(wanted: _Wanted, team: Team, kept: KeptState | None) -> Auditor:
    checkpoint = wanted.log.signed_checkpoint.checkpoint
    report = AuditReport(checkpoint.tree_size, checkpoint.root_hash)
    checks = SealChecks(wanted.anchors.logs, wanted.now, wanted.how.witnesses)
    auditor = Auditor(team, checks, report)
    if kept is not None:
        auditor.restore(kept)
        auditor.report.tree_size, auditor.report.root_hash = report.tree_size, report.root_hash
        auditor.checks.know_keys(wanted.anchors.logs)
        auditor.checks.move_clock(wanted.now)
        auditor.checks.know_witnesses(wanted.how.witnesses)
    return auditor


def _taken(wanted: _Wanted, auditor: Auditor, batch_size: int) -> Iterator[TakenBatch]:
    """Read the log to its end, or to where it cannot be believed, and let the auditor take it."""
    log, report, failure = wanted.log, auditor.report, None
    start, saving = report.entries, _Saving(wanted, report.entries)
    while start < log.tree_size and failure is None:
        since = thread_time()
        batch, failure = _read(log, start, min(log.tree_size, start + batch_size))
        add_spent(report.spent, {READING_LOG: thread_time() - since})
        start += len(batch)
        if batch:
            yield from auditor.take(batch)
        if saving.is_due():
            yield from auditor.drain()
            saving.save(auditor)
    yield from auditor.drain()
    if failure is None:
        saving.save(auditor)
        if auditor.root_hash != log.signed_checkpoint.checkpoint.root_hash:
            failure = ProofInvalid("the entries do not lead to the signed root")
    if failure is not None:
        report.add_problem(failure.code, None, str(failure))
    for problem in auditor.checks.check_newest(log.signed_checkpoint.note, log.tree_size):
        report.add_problem(problem.code, problem.entry_index, problem.message)
    auditor.finish()


class _Saving:
    """Keeps how far an audit got, now and then."""

    def __init__(self, wanted: _Wanted, kept_size: int) -> None:
        self._wanted = wanted
        self._last = wanted.how.seconds()
        self._kept_size = kept_size

    def is_due(self) -> bool:
        state = self._wanted.how.state
        return state is not None and self._passed() >= state.seconds_between

    def save(self, auditor: Auditor) -> None:
        state, size = self._wanted.how.state, auditor.report.entries
        if state is not None and size != self._kept_size:
            state.save(self._wanted.asked, auditor.save())
            self._kept_size = size
            self._last = self._wanted.how.seconds()

    def _passed(self) -> float:
        return self._wanted.how.seconds() - self._last


def _read(
    log: TrustedLog, start: int, end: int
) -> tuple[list[HashedEntry], TransparencyError | None]:
    """Give the proven entries of a stretch, and what keeps the rest from being believed."""
    batch: list[HashedEntry] = []
    try:
        for entry, entry_hash in log.hashed_entries(start, end):
            batch.append((start + len(batch), entry, entry_hash))
    except LogMisbehaviour:
        raise
    except TransparencyError as error:
        return batch, error
    return batch, None
