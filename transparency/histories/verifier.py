"""The offline verifier of a history's log part: it needs the bundle and the log's key.

What it shows, and nothing else: the log signed a checkpoint of size N; the entry at N-1 is a seal
over all before it; by the index root in that seal these are all entries of each stream, all of
them below N-1; and each stands where it says. What the entries mean, and who signed them, is for
whoever knows such entries. That the index root itself is right shows a replay of the log, or the
cosignature of somebody who made one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.errors import ProofInvalid, SealNotLast
from transparency.hashing import leaf_hash
from transparency.histories.bundles import (
    HistoryBundle,
    HistoryEntry,
    StreamHistory,
    parse_nodes,
)
from transparency.histories.multiproofs import root_of_leaves
from transparency.index import parse_index_proof, verify_index_proof
from transparency.log_keys import LogKey
from transparency.seals import Seal, parse_seal

# The index key of a stream, which the log's owner defines.
KeyOf = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class ProvenHistory:
    """Streams whose entries are all there, by the index, and stand under a signed checkpoint.

    `withheld` are the entries that stand for notes which the index does not know; of those nothing
    says that they are all.
    """

    checkpoint: SignedCheckpoint
    seal: Seal
    stream: str
    streams: dict[str, tuple[tuple[int, bytes], ...]]
    withheld: tuple[tuple[int, bytes], ...]


def verify_history(bundle: HistoryBundle, log_key: LogKey, key_of: KeyOf) -> ProvenHistory:
    """Check that the log has signed for the streams of a bundle, whole.

    Raises:
        MalformedHistory, MalformedCheckpoint, MalformedSeal, MalformedProof: a part of the bundle
            is not what it ought to be.
        CheckpointNotSigned: the checkpoint is not signed by this log.
        SealNotLast: the seal does not cover all entries before it, or does not stand last.
        ProofInvalid: a stream is not whole, or an entry does not stand where it says.
    """
    signed = open_checkpoint(bundle.checkpoint, log_key)
    seal = parse_seal(bundle.seal)
    # SPEC: formats.md, "Seal entry": leaf N-1 is a seal with covers = N-1.
    if seal.covers != signed.checkpoint.tree_size - 1:
        raise SealNotLast("the seal does not cover all entries before the checkpoint's last")
    for part in bundle.streams:
        _check_whole(part, seal, key_of(part.stream))
    leaves = _leaves(bundle, seal)
    tree_size = signed.checkpoint.tree_size
    if root_of_leaves(leaves, tree_size, parse_nodes(bundle.nodes)) != signed.checkpoint.root_hash:
        raise ProofInvalid("seal and entries do not lead to the checkpoint's root")
    return ProvenHistory(
        signed,
        seal,
        bundle.stream,
        {part.stream: tuple(map(_placed, part.entries)) for part in bundle.streams},
        tuple(_placed(each.entry) for each in bundle.withheld_notes if each.entry is not None),
    )


def _check_whole(part: StreamHistory, seal: Seal, key: bytes) -> None:
    positions = [each.index for each in part.entries]
    if any(position >= seal.covers for position in positions):
        raise ProofInvalid("an entry stands at or after the seal that is to cover it")
    proof = parse_index_proof(part.proof)
    verify_index_proof(key, positions or None, proof, seal.index_root_hash)


def _leaves(bundle: HistoryBundle, seal: Seal) -> dict[int, bytes]:
    leaves = {seal.covers: leaf_hash(bundle.seal)}
    for each in _entries(bundle):
        # An entry belongs to one stream at most, and is named once.
        if each.index in leaves:
            raise ProofInvalid(f"entry {each.index} is named twice")
        leaves[each.index] = leaf_hash(each.entry)
    return leaves


def _entries(bundle: HistoryBundle) -> Iterator[HistoryEntry]:
    for part in bundle.streams:
        yield from part.entries
    for note in bundle.withheld_notes:
        if note.entry is not None:
            yield note.entry


def _placed(each: HistoryEntry) -> tuple[int, bytes]:
    return each.index, each.entry
