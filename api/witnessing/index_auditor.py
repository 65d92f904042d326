"""The index auditor: replays a log before its checkpoint is cosigned, and goes on where it stood.

The replay reads only entries that are proven under the checkpoint in question. Its state is kept
with the witness's own every few thousand entries, so a long first replay survives a restart; it
is loaded into memory at start. A wrong seal is kept for ever, with its evidence: the log is never
cosigned again, whatever it publishes.

A log that cannot be read, or whose files do not fit its checkpoint, is not cosigned yet; that is
no evidence against it.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain, takewhile
from pathlib import Path
from typing import Final

from api.witnessing.evidence import keep_rewriting, keep_seal_proof, keep_wrong_seal
from api.witnessing.store import KeptReplay, WitnessStore
from domain.errors import DomainError
from ledger.action_notes import open_text
from ledger.errors import LedgerError
from ledger.writing.public_log import index_key
from ledger.writing.veils import is_withheld
from transparency.checkpoints import SignedCheckpoint, parse_checkpoint_text
from transparency.errors import (
    CheckpointInconsistent,
    LogMisbehaviour,
    MalformedBundle,
    ProofInvalid,
    ReplayIncomplete,
    SealWrong,
    TileNotFound,
    TileStoreUnavailable,
    TransparencyError,
)
from transparency.merkle import Frontier
from transparency.notes import parse_note
from transparency.proofs import range_hash
from transparency.seals import is_seal
from transparency.tile_store import LogSource
from transparency.trusted_log import TrustedLog
from transparency.witnessing.replaying import NO_SEAL, IndexReplay, StreamKeyOf

KEPT_AFTER_ENTRIES: Final = 4_096
ANSWER_SECONDS: Final = 10.0


def stream_key_of(origin: str) -> StreamKeyOf:
    """Give the function that reads the index key of an entry's stream (formats.md, "Seal entry").

    It reads the text alone: an entry that is no action of this ledger in canonical form, or
    stands for one that is not in the log, has none.
    """

    def find(entry: bytes) -> bytes | None:
        if is_withheld(entry):
            return None
        try:
            return index_key(open_text(entry, origin).action.stream)
        except (LedgerError, DomainError, TransparencyError):
            return None

    return find


class IndexAuditor:
    """Replays one log; threads take turns."""

    def __init__(
        self,
        origin: str,
        source: LogSource,
        store: WitnessStore,
        evidence: Path,
        *,
        now_seconds: Callable[[], float] = time.monotonic,
    ):
        self.origin = origin
        self.source = source
        self._store = store
        self._evidence = evidence
        self._now_seconds = now_seconds
        self._turn = threading.Lock()
        self._stream_key_of = stream_key_of(origin)
        self._replay, self._read_under = self._load()
        self._kept_size = self._replay.tree_size
        # The streams of entries that are taken and not kept yet.
        self._unkept: list[tuple[int, bytes]] = []

    @property
    def tree_size(self) -> int:
        """Count the entries replayed."""
        return self._replay.tree_size

    def check(self, signed: SignedCheckpoint, within_seconds: float = ANSWER_SECONDS) -> None:
        """Check that every seal up to a checkpoint is right.

        Raises:
            SealWrong: one is not, or was not before; it is kept for ever.
            CheckpointInconsistent: the log as replayed is another than this checkpoint's.
            ReplayIncomplete: the log cannot be read so far, or not in the time given; what was
                replayed is kept, so the next call goes on from there.
        """
        assert signed.checkpoint.origin == self.origin

        deadline = self._now_seconds() + within_seconds
        with self._turn:
            wrong = self._store.condemned(self.origin)
            if wrong is not None:
                raise wrong
            try:
                self._check(signed, deadline)
            except SealWrong as error:
                self._condemn(signed, error)
                raise
            except LogMisbehaviour as error:
                keep_rewriting(self._evidence, error.first, error.second, self.source)
                raise CheckpointInconsistent(error.reason) from error

    def _check(self, signed: SignedCheckpoint, deadline: float) -> None:
        with _reading():
            if signed.checkpoint.tree_size < self._replay.tree_size:
                self._check_within(signed)
                return
            log = TrustedLog(self.source, signed)
            self._check_same_log(log)
            self._read_under = signed
            self._take_rest(log, deadline)
        self._replay.check_end()

    def _check_same_log(self, log: TrustedLog) -> None:
        """Check that the log begins with what was replayed, under whichever checkpoint."""
        frontier = self._replay.frontier
        if self._read_under is None or not frontier.tree_size:
            return
        proven_root = range_hash(0, frontier.tree_size, log.hash_source)
        if proven_root != frontier.root_hash():
            reason = "the log does not begin with the entries that it had"
            raise LogMisbehaviour(reason, self._read_under.note, log.signed_checkpoint.note)

    def _take_rest(self, log: TrustedLog, deadline: float) -> None:
        for entry in log.entries(self._replay.tree_size, log.tree_size):
            entry_index = self._replay.tree_size
            stream_key = self._replay.take(entry)
            if stream_key is not None:
                self._unkept.append((entry_index, stream_key))
            if self._replay.tree_size - self._kept_size >= KEPT_AFTER_ENTRIES:
                self._keep(log.signed_checkpoint)
                self._check_in_time(log, deadline)
        self._keep(log.signed_checkpoint)

    def _check_in_time(self, log: TrustedLog, deadline: float) -> None:
        if self._now_seconds() > deadline and self._replay.tree_size < log.tree_size:
            done = f"{self._replay.tree_size} of {log.tree_size} entries are replayed"
            raise ReplayIncomplete(done)

    def _keep(self, signed: SignedCheckpoint) -> None:
        replay = self._replay
        if replay.tree_size == self._kept_size:
            return
        kept = KeptReplay(
            replay.tree_size, replay.frontier.subtree_hashes, replay.ends_in_seal, signed.note
        )
        self._store.keep_replay(self.origin, kept, self._unkept)
        self._kept_size = replay.tree_size
        self._unkept.clear()

    def _check_within(self, signed: SignedCheckpoint) -> None:
        """Check a checkpoint behind the replay: of the same log, and ended by a seal."""
        assert self._read_under is not None  # something was replayed

        log = TrustedLog(self.source, self._read_under)
        log.check_extends(signed)
        size = signed.checkpoint.tree_size
        for last_entry in log.entries(max(0, size - 1), size):
            if not is_seal(last_entry):
                raise SealWrong(NO_SEAL, size - 1, self._index_root_before(size - 1))

    def _index_root_before(self, entry_index: int) -> bytes:
        streams = chain(self._store.replayed_streams(self.origin), self._unkept)
        before = takewhile(lambda each: each[0] < entry_index, streams)
        return IndexReplay(self._stream_key_of, streams=before).index_root_hash()

    def _condemn(self, signed: SignedCheckpoint, wrong: SealWrong) -> None:
        keep_wrong_seal(self._evidence, signed, wrong)
        self._store.condemn(self.origin, wrong)
        # CRASH: the log is condemned already; only the proof of the seal may be missing.
        with suppress(TransparencyError):
            keep_seal_proof(self._evidence, TrustedLog(self.source, signed), wrong)

    def _load(self) -> tuple[IndexReplay, SignedCheckpoint | None]:
        kept = self._store.replay(self.origin)
        if kept is None:
            return IndexReplay(self._stream_key_of), None
        replay = IndexReplay(
            self._stream_key_of,
            Frontier.restored(kept.tree_size, kept.subtree_hashes),
            self._store.replayed_streams(self.origin),
            ends_in_seal=kept.ends_in_seal,
        )
        checkpoint = parse_checkpoint_text(parse_note(kept.note).text)
        return replay, SignedCheckpoint(checkpoint, kept.note)


@contextmanager
def _reading() -> Iterator[None]:
    """Turn what is wrong with the source, and says nothing about the log, into `later`."""
    try:
        yield
    except (TileNotFound, TileStoreUnavailable, ProofInvalid, MalformedBundle) as error:
        raise ReplayIncomplete(f"the log cannot be read so far: {error}") from error
