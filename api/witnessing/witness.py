"""The witness at work: it decides, keeps, and only then cosigns; and shows what it has cosigned.

CRASH: the order of `Witness.add_checkpoint` is the witness's whole safety. The checkpoint moves
in the database and is synced; then the mark beside the key; then the cosignature leaves. A crash
after the first leaves a state ahead of the mark, and after the second an answer that nobody got:
the log asks again, is told the size, and gets its cosignature.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from api.witnessing.evidence import keep_fork
from api.witnessing.folder import (
    Birth,
    Statement,
    WitnessFolder,
    append_height,
    marking,
    read_heights,
    retire,
    write_heights,
)
from api.witnessing.index_auditor import IndexAuditor
from api.witnessing.store import CosignedCheckpoint, WitnessStore
from ledger.errors import WitnessRetired
from transparency.checkpoints import Checkpoint
from transparency.cosignatures import (
    add_signature_lines,
    cosign,
    cosigner_key,
    open_cosignatures,
    render_signature_lines,
)
from transparency.errors import CheckpointInconsistent, SignatureInvalid
from transparency.notes import SigningKey, parse_note, render_vkey
from transparency.witnessing.deciding import (
    Submission,
    WitnessedLogs,
    check_continues,
    is_fork,
    open_submission,
)
from transparency.witnessing.requests import (
    AddCheckpoint,
    monitoring_path,
    parse_add_checkpoint,
)

Clock = Callable[[], datetime]

MAX_HEIGHTS_BYTES: Final = 1024 * 1024

_log: Final = structlog.get_logger("dossier_ledger")


@dataclass(frozen=True, slots=True)
class WitnessParts:
    """What a witness is made of."""

    folder: WitnessFolder
    key: SigningKey
    birth: Birth
    store: WitnessStore
    logs: WitnessedLogs
    clock: Clock
    auditor: IndexAuditor | None = None


def check_state(folder: WitnessFolder, birth: Birth, store: WitnessStore) -> None:
    """Check that the state belongs to the key and is not older than its marks; then mend these.

    Raises:
        WitnessRetired: it is another one's or an older copy; the key may never cosign again.
    """
    if store.state_id() != birth.state_id:
        raise WitnessRetired("the state is not the one that was made for this key")
    # Another process may still cosign: neither may its mark be lost, nor make our state look old.
    with marking(folder):
        marks = read_heights(folder)
        kept = {each.checkpoint.origin: each.checkpoint for each in store.all_last()}
        for origin, mark in marks.items():
            _check_reaches(kept.get(origin), mark)
        write_heights(folder, tuple(kept.values()))


def _check_reaches(state: Checkpoint | None, mark: Checkpoint) -> None:
    is_behind = state is None or state.tree_size < mark.tree_size
    if is_behind or (state is not None and is_fork(state, mark)):
        raise WitnessRetired(
            f"the key has cosigned size {mark.tree_size} of {mark.origin}, which its state does "
            "not know: the state is an older copy"
        )


class Witness:
    """Cosigns checkpoints of the logs that it knows; threads may share it."""

    def __init__(self, parts: WitnessParts):
        self._parts = parts
        self._cosigner_key = cosigner_key(parts.key)
        self._origins = {monitoring_path(origin): origin for origin in parts.logs}

    @property
    def vkey(self) -> str:
        """Give the public key, as policies name it."""
        return render_vkey(self._cosigner_key)

    @property
    def statement(self) -> Statement:
        """Give what a cosignature of this witness says."""
        return self._parts.birth.statement

    def add_checkpoint(self, body: bytes) -> bytes:
        """Answer a request with the cosignature's line.

        Raises:
            MalformedAddCheckpoint, OriginNotWitnessed, SubmissionNotSigned, OldSizeMismatch,
            CheckpointInconsistent: the witness refuses, in this order.
            SealWrong, ReplayIncomplete: an index auditor refuses, for ever or for now.
            WitnessRetired: our own cosignature shows that our state is an older copy.
            ledger.errors.StoreUnavailable: nothing was kept for certain, so nothing is answered.
        """
        self._check_not_retired()
        request = parse_add_checkpoint(body)
        submission = open_submission(request, self._parts.logs)
        last = self._parts.store.last(submission.checkpoint.origin)
        self._check_not_rolled_back(request, last)
        self._check_not_condemned(submission)
        self._check_continues(submission, last)
        if self._parts.auditor is not None:
            self._parts.auditor.check(submission.signed)
        return self._move(submission)

    def last_checkpoint(self, path: str) -> bytes | None:
        """Give the last checkpoint cosigned of the log with this monitoring path, if any."""
        origin = self._origins.get(path)
        last = None if origin is None else self._parts.store.last(origin)
        return None if last is None else last.note

    def _move(self, submission: Submission) -> bytes:
        signed = submission.signed
        with self._parts.store.moving(signed.checkpoint.origin) as move:
            # Again, and now nobody else is between this check and the new checkpoint.
            self._check_continues(submission, move.last)
            # As of a later moment the largest tree is no smaller, whatever a clock does.
            posix_seconds = int(self._parts.clock().timestamp())
            if move.last is not None:
                posix_seconds = max(posix_seconds, move.last.posix_seconds)
            line = cosign(parse_note(signed.note).text, self._parts.key, posix_seconds)
            note = add_signature_lines(signed.note, [line])
            move.to(CosignedCheckpoint(signed.checkpoint, posix_seconds, note))
        self._mark(signed.checkpoint)
        _log.info("checkpoint cosigned", tree_size=signed.checkpoint.tree_size)
        return render_signature_lines([line])

    def _mark(self, checkpoint: Checkpoint) -> None:
        # Whatever is marked was kept before: marks made anew from the state lose none.
        with marking(self._parts.folder):
            append_height(self._parts.folder, checkpoint)
            if self._parts.folder.heights.stat().st_size > MAX_HEIGHTS_BYTES:
                kept = self._parts.store.all_last()
                write_heights(self._parts.folder, tuple(each.checkpoint for each in kept))

    def _check_not_retired(self) -> None:
        if self._parts.folder.retired.exists():
            raise WitnessRetired("this key may never cosign again")

    def _check_continues(self, submission: Submission, last: CosignedCheckpoint | None) -> None:
        try:
            check_continues(submission, None if last is None else last.checkpoint)
        except CheckpointInconsistent:
            if last is not None and is_fork(last.checkpoint, submission.checkpoint):
                folder = self._parts.folder.evidence
                keep_fork(folder, last.note, submission.signed.note)
                _log.error("the log signed a fork", code=CheckpointInconsistent.code)
            raise

    def _check_not_condemned(self, submission: Submission) -> None:
        wrong = self._parts.store.condemned(submission.checkpoint.origin)
        if wrong is not None:
            raise wrong

    def _check_not_rolled_back(
        self, request: AddCheckpoint, last: CosignedCheckpoint | None
    ) -> None:
        """Refuse to go on where our own cosignature tells of more than we know."""
        known_size = 0 if last is None else last.checkpoint.tree_size
        if request.checkpoint.tree_size <= known_size:
            return
        try:
            ours = open_cosignatures(request.note, [self._cosigner_key])
        except SignatureInvalid:
            # Anybody can write a wrong line under our name; it is ignored like an unknown one.
            return
        if ours:
            reason = (
                f"the key has cosigned size {request.checkpoint.tree_size} of "
                f"{request.checkpoint.origin}, which its state does not know"
            )
            retire(self._parts.folder, reason)
            raise WitnessRetired(reason)
