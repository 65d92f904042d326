"""Copying a log: each checkpoint is judged, everything under it is proven, then it is kept.

One round, in this order:

1. The source's checkpoint must be signed by the log (and meet the policy, where there is one).
2. It must continue both the served checkpoint and the one that was being copied. If it does not,
   nothing is changed, and the pieces go into the evidence folder.
3. It is written down as being copied. From now on files under it may lie here.
4. Documents, bundles and tiles are kept, each proven under it; a full one is never written twice
   with other bytes. Whatever lies here from a round that was cut off is taken as it is, if it is
   what the checkpoint proves.
5. The checkpoint is served; partial files go once a full one has stood beside them for a while.

CRASH: after any step the next round goes on: until 5 the mirror serves the log as it was before.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ledger.documents import DocumentSource, documents_named
from ledger.errors import DocumentMismatch, TooLarge
from ledger.mirroring.continuing import LogShrank, Wait, check_continues, read_newest
from ledger.mirroring.evidence import EvidenceFolder, checkpoint_pieces
from ledger.mirroring.folder import LogKey, MirrorFolder
from transparency.checkpoints import SignedCheckpoint
from transparency.errors import LogMisbehaviour, TileNotFound, TileStoreCorrupt, TransparencyError
from transparency.hashing import leaf_hash
from transparency.notes import parse_note
from transparency.policies import Policy, check_quorum
from transparency.tile_store import LogSource, SupersededPartials, TileSource
from transparency.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    EntryBundle,
    Tile,
    bundle_path,
    bundles_between,
    pack_bundle,
    parse_bundle,
    partial_tile_width,
    tile_path,
    tiles_between,
)
from transparency.trusted_log import TrustedLog

ENTRIES_PER_STEP: Final = 16 * TILE_WIDTH
PARTIALS_GRACE: Final = timedelta(minutes=10)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class MirrorSource:
    """Where a log is copied from; nothing it gives is believed."""

    tiles: LogSource
    documents: DocumentSource


@dataclass(frozen=True, slots=True)
class Copied:
    """What one round did: how far the mirror reaches now, and what was not to be had."""

    tree_size: int
    new_entries: int
    missing_documents: tuple[str, ...]


class Mirror:
    """One mirror of one log; `update` runs one round."""

    def __init__(
        self,
        folder: MirrorFolder,
        log_key: LogKey,
        policy: Policy | None = None,
        wait: Wait = lambda _seconds: None,
    ) -> None:
        self._folder = folder
        self._log_key = log_key
        self._policy = policy
        self._wait = wait
        self._store = folder.tiles()
        self._partials = SupersededPartials(folder.log)
        self._kept_documents = folder.documents()
        self._evidence = EvidenceFolder(folder.evidence)

    def update(
        self, source: MirrorSource, now: datetime, progress: Progress = lambda _done, _all: None
    ) -> Copied:
        """Copy what the source has and the mirror lacks; the mirror's lock is held meanwhile.

        ``now`` dates evidence, and says which partial files are old enough to go.

        Raises:
            LogMisbehaviour, LogShrank: the pieces are kept; nothing else was changed.
            CheckpointNotSigned, QuorumMissing: the source's checkpoint is not believed.
            ProofInvalid, MalformedBundle: what the source gave is not what the log signed.
            TileNotFound, TileStoreUnavailable, StoreUnavailable: try again later.
            TileStoreCorrupt, StoreCorrupt: what lies here is not what was kept.
        """
        with self._folder.locked():
            served = self._folder.served(self._log_key)
            copying = self._folder.being_copied(self._log_key)
            known = [each for each in (served, copying) if each is not None]
            newest = read_newest(source.tiles, self._log_key, known, self._wait)
            if self._policy is not None:
                check_quorum(self._policy, newest.note)
            for each in known:
                self._check_continues(each, newest, source, now)
            served_size = 0 if served is None else served.checkpoint.tree_size
            new_entries = newest.checkpoint.tree_size - served_size
            if new_entries or served is None:
                self._folder.write_copying(newest.note)
                self._copy(TrustedLog(source.tiles, newest), served_size, progress)
            still_missing = self._fetch_documents(source.documents)
            self._serve(newest, served)
            self._partials.remove(newest.checkpoint.tree_size, now - PARTIALS_GRACE)
            return Copied(newest.checkpoint.tree_size, new_entries, still_missing)

    def _check_continues(
        self, known: SignedCheckpoint, newest: SignedCheckpoint, source: MirrorSource, now: datetime
    ) -> None:
        try:
            check_continues(known, newest, source.tiles, self._store)
        except (LogMisbehaviour, LogShrank) as error:
            pieces = misbehaviour_pieces(error, known, newest, (source.tiles, self._store))
            self._evidence.keep(error.code, str(error), newest.checkpoint.origin, pieces, now)
            raise

    def _copy(self, log: TrustedLog, start: int, progress: Progress) -> None:
        for step_start, step_end in _steps(start, log.tree_size):
            files = dict(self._bundles(log, step_start, step_end))
            # CRASH: no bundle stands here while it is not written down what it needs.
            self._note_missing({name for each in files.values() for name in documents_named(each)})
            files |= _tiles(log, step_start, step_end)
            self._store.write_all(files)
            progress(step_end, log.tree_size)

    def _note_missing(self, named: set[str]) -> None:
        known = set(self._folder.missing_documents())
        missing = {name for name in named if not self._kept_documents.has(name)}
        if not missing <= known:
            self._folder.write_missing(sorted(known | missing))

    def _bundles(self, log: TrustedLog, start: int, end: int) -> Iterator[tuple[str, bytes]]:
        for bundle in bundles_between(start, end):
            if bundle.width == TILE_WIDTH or end == log.tree_size:
                yield bundle_path(bundle), self._bundle(log, bundle)

    def _bundle(self, log: TrustedLog, bundle: EntryBundle) -> bytes:
        first = bundle.index * TILE_WIDTH
        try:
            kept = self._store.read(bundle_path(bundle))
        except TileNotFound:
            return pack_bundle(log.entries(first, first + bundle.width))
        proven = log.hash_source.tile_hashes(0, bundle.index)
        if [leaf_hash(entry) for entry in parse_bundle(kept)] != proven:
            raise TileStoreCorrupt(f"{bundle_path(bundle)} is not what was kept there")
        return kept

    def _fetch_documents(self, documents: DocumentSource) -> tuple[str, ...]:
        missing = self._folder.missing_documents()
        still_missing = tuple(each for each in missing if not self._keep_document(each, documents))
        if still_missing != missing:
            self._folder.write_missing(still_missing)
        return still_missing

    def _keep_document(self, document_hex: str, documents: DocumentSource) -> bool:
        if self._kept_documents.has(document_hex):
            return True
        document = documents.read(document_hex)
        if document is None or hashlib.sha256(document).hexdigest() != document_hex:
            return False
        try:
            self._kept_documents.store(document)
        except (TooLarge, DocumentMismatch):
            # No ledger takes such a document in, so none may serve one.
            return False
        return True

    def _serve(self, newest: SignedCheckpoint, served: SignedCheckpoint | None) -> None:
        if served is None or _adds_something(newest, served):
            self._store.write_checkpoint(newest.note)
        # CRASH: a note of a checkpoint being copied that equals the served one says nothing new.
        self._folder.finish_copying()


def misbehaviour_pieces(
    error: LogMisbehaviour | LogShrank,
    known: SignedCheckpoint,
    newest: SignedCheckpoint,
    tiles: tuple[TileSource, TileSource],
) -> dict[str, bytes]:
    """Give the pieces of a log that did not go on; ``tiles`` are those of the newest and known."""
    is_newest_larger = newest.checkpoint.tree_size >= known.checkpoint.tree_size
    of_larger = tiles[0] if is_newest_larger else tiles[1]
    is_fork = isinstance(error, LogMisbehaviour)
    try:
        return checkpoint_pieces(known, newest, of_larger, is_fork=is_fork)
    except TransparencyError:
        return checkpoint_pieces(known, newest, of_larger, is_fork=False)


def _steps(start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        step_end = min(end, (start // ENTRIES_PER_STEP + 1) * ENTRIES_PER_STEP)
        yield start, step_end
        start = step_end


def _tiles(log: TrustedLog, start: int, end: int) -> dict[str, bytes]:
    """Give the full tiles of a step, and after the last one the partial ones at the right edge."""
    wanted = [tile for tile in tiles_between(start, end) if _is_full(tile)]
    if end == log.tree_size:
        wanted += _edge(end)
    return {
        tile_path(tile): b"".join(log.hash_source.tile_hashes(tile.level, tile.index))
        for tile in wanted
    }


def _edge(tree_size: int) -> Iterator[Tile]:
    level = 0
    while hash_count := tree_size >> (TILE_HEIGHT * level):
        width = partial_tile_width(level, tree_size)
        if width:
            yield Tile(level, hash_count // TILE_WIDTH, width)
        level += 1


def _is_full(each: Tile | EntryBundle) -> bool:
    return each.width == TILE_WIDTH


def _adds_something(newest: SignedCheckpoint, served: SignedCheckpoint) -> bool:
    """Tell whether the newest is larger, or has all signature lines of the served one and newer."""
    if newest.checkpoint.tree_size != served.checkpoint.tree_size:
        return True
    ours = {(line.key_name, line.key_id) for line in parse_note(served.note).signatures}
    theirs = {(line.key_name, line.key_id) for line in parse_note(newest.note).signatures}
    return newest.note != served.note and ours <= theirs
