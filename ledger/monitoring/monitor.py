"""One look at a log: its checkpoint, whether it goes on as the same log, and every new entry.

In order, and no step is taken where the one before failed:

1. The newest checkpoint is signed by the log.
2. It continues the largest checkpoint that was ever seen, whatever happened in between.
3. The new entries are proven under it, and the documents that they name are there.
4. The audit takes them: seals, index roots, signatures, keys, roles and decisions.
5. Watched streams are told; the checkpoint is as recent, and as well witnessed, as was asked for.

What a source gives and cannot prove is no evidence against the log: it is told, and asked for
again at the next look. What the log signed and cannot both be true is kept (`ledger.mirroring`).
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from ledger.anchors import Anchors
from ledger.auditing import Problem
from ledger.auditing.messages import HashedEntry
from ledger.documents import documents_named
from ledger.errors import LedgerError, StoreCorrupt, StoreUnavailable
from ledger.evidence.judging import JudgedBy
from ledger.evidence.making import EvidenceSources, file_name, make_evidence
from ledger.mirroring.continuing import LogShrank, Wait, check_continues, read_newest
from ledger.mirroring.copying import MirrorSource, misbehaviour_pieces
from ledger.mirroring.evidence import EvidenceFolder, stamp
from ledger.monitoring.events import Event, Severity
from ledger.monitoring.running_audit import RunningAudit
from ledger.monitoring.state import MonitorState
from ledger.monitoring.watching import Watcher
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.encoding import render_utc_milliseconds
from transparency.errors import (
    CheckpointNotSigned,
    LogMisbehaviour,
    MalformedBundle,
    MalformedCheckpoint,
    MalformedNote,
    MalformedSeal,
    ProofInvalid,
    QuorumMissing,
    SignatureInvalid,
    TileNotFound,
    TileStoreUnavailable,
    TransparencyError,
)
from transparency.evidence.files import render_evidence
from transparency.evidence.seals import make_receipt
from transparency.policies import Policy, check_quorum
from transparency.seals import is_seal, parse_seal
from transparency.trusted_log import TrustedLog

ENTRIES_PER_STEP: Final = 1_024
DOCUMENT_MISSING: Final = "document_missing"
CHECKPOINT_STALE: Final = "checkpoint_stale"
NEW_CHECKPOINT: Final = "new_checkpoint"
NOT_SEALED: Final = "not_sealed"
AUDIT_BROKE_OFF: Final = "audit_broke_off"

_AT_ONCE: Final = frozenset(
    {
        TileStoreUnavailable.code,
        TileNotFound.code,
        MalformedCheckpoint.code,
        CheckpointNotSigned.code,
        StoreUnavailable.code,
    }
)
_CONTINUING: Final = frozenset({LogMisbehaviour.code, LogShrank.code})
_AT_THE_END: Final = frozenset(
    {
        ProofInvalid.code,
        MalformedBundle.code,
        QuorumMissing.code,
        SignatureInvalid.code,
        MalformedNote.code,
        StoreCorrupt.code,
        DOCUMENT_MISSING,
        CHECKPOINT_STALE,
        NOT_SEALED,
        AUDIT_BROKE_OFF,
    }
)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class MonitorOptions:
    """What a monitor is asked for beyond the audit."""

    policy: Policy | None = None
    streams: tuple[str, ...] = ()
    stale_after: timedelta | None = None
    evidence: Path | None = None


@dataclass(slots=True)
class Looked:
    """What one look found, which codes it could have found, and the log it saw."""

    events: list[Event] = field(default_factory=list)
    judged: set[str] = field(default_factory=set)
    log: TrustedLog | None = None


class LogMonitor:
    """Follows one log; `look` is one round."""

    def __init__(
        self,
        anchors: Anchors,
        source: MirrorSource,
        options: MonitorOptions,
        state: MonitorState,
        now: datetime,
    ) -> None:
        self._anchors = anchors
        self._source = source
        self._options = options
        self._state = state
        self._begin_audit(now)
        self._evidence = None if options.evidence is None else EvidenceFolder(options.evidence)
        self._known = self._last_known()
        self._kept = ""
        self._sealed_at: datetime | None = None
        self._told_size = 0 if self._known is None else self._known.checkpoint.tree_size

    def _begin_audit(self, now: datetime) -> None:
        self._audit = RunningAudit(self._anchors, self._source.documents, now)
        self._watcher = Watcher(self._anchors.origin, self._options.streams)

    @property
    def audit(self) -> RunningAudit:
        """Give the audit as far as it is."""
        return self._audit

    @property
    def known_size(self) -> int:
        """Give the size of the largest checkpoint that was seen and believed."""
        return 0 if self._known is None else self._known.checkpoint.tree_size

    @property
    def sealed_at(self) -> datetime | None:
        """Give the time of the newest seal that was audited."""
        return self._sealed_at

    def look(
        self,
        now: datetime,
        wait: Wait = lambda _seconds: None,
        progress: Progress = lambda _done, _all: None,
    ) -> Looked:
        """Look at the log once; what is found is in the answer, never raised.

        Raises:
            StoreUnavailable: the evidence cannot be kept.
        """
        looked = Looked()
        try:
            looked.log = self._newest(now, wait, looked)
            self._take_entries(looked.log, now, progress, looked)
        except (LogMisbehaviour, LogShrank) as error:
            self._find(looked, now, Severity.ALARM, error.code, str(error), self._kept)
        except (TransparencyError, LedgerError) as error:
            is_silent = isinstance(error, TileStoreUnavailable | StoreUnavailable)
            # A log that shows a checkpoint and not what is under it withholds what it signed.
            is_silent |= isinstance(error, TileNotFound) and looked.log is None
            severity = Severity.TROUBLE if is_silent else Severity.ALARM
            self._find(looked, now, severity, error.code, str(error))
        except Exception as error:  # noqa: BLE001 - the edge of a look: there is a next one
            # An audit that broke off within an entry cannot go on there: it begins again.
            self._begin_audit(now)
            message = f"the audit broke off by {type(error).__name__}, and begins anew"
            self._find(looked, now, Severity.ALARM, AUDIT_BROKE_OFF, message)
        return looked

    def _newest(self, now: datetime, wait: Wait, looked: Looked) -> TrustedLog:
        tiles, known = self._source.tiles, self._known
        newest = read_newest(tiles, self._anchors.logs, [] if known is None else [known], wait)
        looked.judged |= _AT_ONCE
        self._kept = ""
        if known is not None:
            try:
                self._check_continues(known, newest)
            except (LogMisbehaviour, LogShrank) as error:
                self._kept = self._keep_checkpoints(error, known, newest, now)
                raise
        looked.judged |= _CONTINUING
        self._known = newest
        self._state.checkpoint = newest.note.decode()
        return TrustedLog(tiles, newest)

    def _check_continues(self, known: SignedCheckpoint, newest: SignedCheckpoint) -> None:
        tiles = self._source.tiles
        try:
            check_continues(known, newest, tiles, tiles)
        except LogShrank:
            audited_root = self._audit.root_at(newest.checkpoint.tree_size)
            if audited_root not in (None, newest.checkpoint.root_hash):
                reason = "the log was rewritten, and shows fewer entries"
                raise LogMisbehaviour(reason, known.note, newest.note) from None
            raise

    def _take_entries(
        self, log: TrustedLog, now: datetime, progress: Progress, looked: Looked
    ) -> None:
        at = stamp(now)
        start = self._audit.tree_size
        entries = log.hashed_entries(start, log.tree_size)
        numbered = ((index, *each) for index, each in enumerate(entries, start))
        while step := list(islice(numbered, ENTRIES_PER_STEP)):
            ready = self._with_documents(step, now, looked)
            self._find_problems(self._audit.take(ready, now), log, now, looked)
            for entry_index, entry, _ in ready:
                looked.events += self._watcher.take(entry_index, entry, at)
                self._note_seal(entry)
            if len(ready) < len(step):
                return
            progress(self._audit.tree_size, log.tree_size)
        self._settle(log, now, looked)
        looked.judged |= _AT_THE_END

    def _with_documents(
        self, step: list[HashedEntry], now: datetime, looked: Looked
    ) -> list[HashedEntry]:
        """Give the entries before the first one whose document is not to be had.

        The audit waits there: without the document it would call every later act wrong.
        """
        for number, (entry_index, entry, _) in enumerate(step):
            for document_hex in documents_named(entry):
                if self._source.documents.read(document_hex) is None:
                    message = f"entry {entry_index} names the document {document_hex}"
                    self._find(looked, now, Severity.ALARM, DOCUMENT_MISSING, message)
                    return step[:number]
        return step

    def _note_seal(self, entry: bytes) -> None:
        if is_seal(entry):
            with suppress(MalformedSeal):
                self._sealed_at = parse_seal(entry).sealed_at

    def _settle(self, log: TrustedLog, now: datetime, looked: Looked) -> None:
        self._find_problems(self._audit.settle(), log, now, looked)
        if self._audit.root_hash != log.signed_checkpoint.checkpoint.root_hash:
            raise ProofInvalid("the entries do not lead to the signed root")
        looked.events += self._watcher.end(stamp(now))
        cosigned_at = self._check_witnesses(log.signed_checkpoint, now, looked)
        self._check_age(cosigned_at, now, looked)
        if log.tree_size > self._told_size:
            self._told_size = log.tree_size
            message = f"{log.tree_size} entries, all of them audited"
            event = self._event(now, Severity.INFO, NEW_CHECKPOINT, message)
            looked.events.append(replace(event, tree_size=log.tree_size, recorded=self._sealed()))

    def _check_witnesses(
        self, signed: SignedCheckpoint, now: datetime, looked: Looked
    ) -> datetime | None:
        if self._options.policy is None:
            return None
        try:
            cosignatures = check_quorum(self._options.policy, signed.note)
        except TransparencyError as error:
            self._find(looked, now, Severity.ALARM, error.code, str(error))
            return None
        moments = [each.cosigned_at for each in cosignatures]
        return max((moment for moment in moments if moment is not None), default=None)

    def _check_age(self, cosigned_at: datetime | None, now: datetime, looked: Looked) -> None:
        # SPEC: tlog-cosignature: a witness confirms again what has not grown. So with witnesses a
        # log that rests is no stale one; without them only its last seal dates it.
        newest = max((at for at in (cosigned_at, self._sealed_at) if at is not None), default=None)
        limit = self._options.stale_after
        if limit is not None and newest is not None and now - newest > limit:
            message = f"nothing is newer than {newest.isoformat()}"
            self._find(looked, now, Severity.ALARM, CHECKPOINT_STALE, message)

    def _find_problems(
        self, problems: Sequence[Problem], log: TrustedLog, now: datetime, looked: Looked
    ) -> None:
        for problem in problems:
            event = self._event(now, Severity.ALARM, problem.code, problem.message)
            event = replace(
                event, entry_index=problem.entry_index, lasting=problem.entry_index is None
            )
            if event.key not in self._state.told and event.key not in self._state.lasting:
                event = replace(event, evidence=self._keep_problem(problem, log, now) or None)
            looked.events.append(event)

    def _find(
        self,
        looked: Looked,
        now: datetime,
        severity: Severity,
        code: str,
        message: str,
        evidence: str = "",
    ) -> None:
        event = self._event(now, severity, code, message)
        looked.events.append(replace(event, lasting=True, evidence=evidence or None))

    def _event(self, now: datetime, severity: Severity, code: str, message: str) -> Event:
        return Event(
            severity=severity,
            code=code,
            at=stamp(now),
            origin=self._anchors.origin,
            message=message,
        )

    def _sealed(self) -> str | None:
        return None if self._sealed_at is None else render_utc_milliseconds(self._sealed_at)

    def _keep_checkpoints(
        self,
        error: LogMisbehaviour | LogShrank,
        known: SignedCheckpoint,
        newest: SignedCheckpoint,
        now: datetime,
    ) -> str:
        tiles = (self._source.tiles, self._source.tiles)
        pieces = misbehaviour_pieces(error, known, newest, tiles)
        return self._keep(error.code, str(error), pieces, now)

    def _keep_problem(self, problem: Problem, log: TrustedLog, now: datetime) -> str:
        index = problem.entry_index
        # An entry of no bytes fits into no receipt; the tiles show it.
        if self._evidence is None or (index is not None and not any(log.entries(index, index + 1))):
            return ""
        pieces = {} if index is None else {f"entry-{index}.receipt": make_receipt(log, index)}
        by = JudgedBy(self._anchors, self._options.policy, log)
        sources = EvidenceSources(log, self._source.tiles, self._source.documents, by)
        for evidence in make_evidence([problem], sources):
            pieces[file_name(evidence)] = render_evidence(evidence)
        return self._keep(problem.code, problem.message, pieces, now) if pieces else ""

    def _keep(self, code: str, message: str, pieces: dict[str, bytes], now: datetime) -> str:
        if self._evidence is None:
            return ""
        folder = self._evidence.keep(code, message, self._anchors.origin, pieces, now)
        return "" if folder is None else folder.name

    def _last_known(self) -> SignedCheckpoint | None:
        if not self._state.checkpoint:
            return None
        try:
            return open_checkpoint(self._state.checkpoint.encode(), self._anchors.logs)
        except TransparencyError as error:
            message = f"the checkpoint in the monitor's state is not the log's: {error}"
            raise StoreCorrupt(message) from error
