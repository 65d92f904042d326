"""Checking what is to be taken in: it is the published log, and an auditor finds nothing wrong."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ledger.auditing import audit_log
from ledger.documents import DocumentSource
from ledger.errors import LedgerForked, PublishedEntriesLost
from ledger.key_files import Anchors
from ledger.starting_over.copies import PublishedCopy
from transparency.checkpoints import Checkpoint, SignedCheckpoint
from transparency.errors import TransparencyError
from transparency.hashing import leaf_hash
from transparency.merkle import MerkleTree
from transparency.tile_store import MemoryTileStore
from transparency.tiles import (
    TILE_WIDTH,
    bundle_path,
    bundles_between,
    pack_bundle,
    tile_path,
    tiles_between,
)
from transparency.trusted_log import TrustedLog


def check_roots(entries: Iterable[bytes], copies: Sequence[PublishedCopy]) -> None:
    """Check that entries lead to the root of every checkpoint that any copy shows.

    Raises:
        LedgerForked: they lead to another root: what is stored here is not what was published.
    """
    tree = MerkleTree()
    for entry in entries:
        tree.append(leaf_hash(entry))
    for copy in copies:
        if copy.signed is None or copy.signed_size > tree.tree_size:
            continue
        if tree.root_hash(copy.signed_size) != copy.signed.checkpoint.root_hash:
            raise LedgerForked(
                f"the stored entries do not have the root that {copy.name} shows for "
                f"{copy.signed_size} entries: this ledger must not go on under its name"
            )


def are_one_log(copies: Sequence[PublishedCopy]) -> bool:
    """Tell whether this ledger's own tiles prove all other checkpoints, by a few reads each.

    That they do not is no verdict: tiles may be lost. Then `check_roots` has to tell.
    """
    others = [copy for copy in copies if copy.signed is not None and not copy.is_own]
    own = next((copy for copy in copies if copy.is_own), None)
    if not others:
        return True
    if own is None or own.log is None or own.signed is None:
        return False
    try:
        log = TrustedLog(own.log, own.signed)
        for copy in others:
            assert copy.signed is not None
            if copy.signed_size > log.tree_size:
                return False
            log.check_extends(copy.signed)
    except TransparencyError:
        return False
    return True


def check_as_auditor(
    entries: Sequence[bytes],
    first_missing: int,
    anchors: Anchors,
    documents: DocumentSource,
    now: datetime,
) -> None:
    """Make every check and public decision again, from entry 0 on.

    What is wrong among the entries that are stored here already stays as it is: `audit` names it.

    Raises:
        PublishedEntriesLost: something is wrong among those from ``first_missing`` on.
    """
    log = _as_log(entries, anchors.origin)
    *_, report = audit_log(log, anchors, documents, now=now)
    for problem in report.problems:
        if problem.entry_index is None or problem.entry_index >= first_missing:
            where = "" if problem.entry_index is None else f" at entry {problem.entry_index}"
            raise PublishedEntriesLost(
                f"what was found cannot be taken in: {problem.code}{where}: {problem.message}"
            )


def _as_log(entries: Sequence[bytes], origin: str) -> TrustedLog:
    """Give entries in the shape of a log; nobody has signed it, and nobody gets to see it."""
    tree, store = MerkleTree(), MemoryTileStore()
    for entry in entries:
        tree.append(leaf_hash(entry))
    size = tree.tree_size
    store.write_all({tile_path(tile): tree.tile_bytes(tile) for tile in tiles_between(0, size)})
    for bundle in bundles_between(0, size):
        start = bundle.index * TILE_WIDTH
        store.write(bundle_path(bundle), pack_bundle(entries[start : start + bundle.width]))
    checkpoint = Checkpoint(origin, size, tree.root_hash(size))
    return TrustedLog(store, SignedCheckpoint(checkpoint, b""))
