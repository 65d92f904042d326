"""The charge that two checkpoints carry alone: a fork.

`fork`: pieces `first` and `second`, checkpoints signed by the log. Of one size they have different
roots. Of different sizes, the later one's tree begins with another tree than the earlier one's:
`root` is what its first leaves hash to, which the consistency proof `proof` (hashes one after the
other) shows.

That a log was shown with fewer entries again, two of its checkpoints do not show, however they are
cosigned: a witness that lags cosigns the smaller one later, and the log did nothing.
"""

from typing import Final

from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.errors import EvidenceInconclusive, MalformedEvidence
from transparency.evidence.files import Evidence, Misbehaviour, take_pieces
from transparency.hashing import HASH_BYTES
from transparency.log_keys import LogKey
from transparency.notes import parse_note
from transparency.proofs import prove_consistency, range_hash, verify_consistency
from transparency.trusted_log import TrustedLog

FORK: Final = "fork"


def make_fork(first: bytes, second: bytes, log: TrustedLog | None = None) -> Evidence:
    """Put two checkpoints together; those of different sizes need the log of the larger one."""
    if log is None:
        return Evidence(FORK, {"first": first, "second": second})
    size = _size_of(first)
    hashes = log.hash_source
    return Evidence(
        FORK,
        {
            "first": first,
            "second": second,
            "root": range_hash(0, size, hashes),
            "proof": b"".join(prove_consistency(size, log.tree_size, hashes)),
        },
    )


def _size_of(note: bytes) -> int:
    return int(parse_note(note).text.split(b"\n")[1])


def judge_fork(evidence: Evidence, log_key: LogKey) -> Misbehaviour:
    """Judge whether two checkpoints of the log cannot both be true.

    Raises:
        MalformedEvidence, MalformedCheckpoint, CheckpointNotSigned: a piece is not what it must be.
        ProofInvalid: the consistency proof proves nothing.
        EvidenceInconclusive: both may be true.
    """
    notes = take_pieces(evidence, "first", "second", optional=("root", "proof"))
    first, second = (open_checkpoint(note, log_key) for note in notes[:2])
    root, proof = notes[2:]
    sizes = (first.checkpoint.tree_size, second.checkpoint.tree_size)
    if sizes[0] == sizes[1]:
        other_root = second.checkpoint.root_hash
    else:
        _check_begins_with(root, first, second, proof)
        other_root = root
    if other_root == first.checkpoint.root_hash:
        raise EvidenceInconclusive("the later checkpoint's tree begins with the earlier one's")
    particulars = {"first_size": str(sizes[0]), "second_size": str(sizes[1])}
    return Misbehaviour(FORK, log_key.name, particulars)


def _check_begins_with(
    root: bytes, first: SignedCheckpoint, second: SignedCheckpoint, proof: bytes
) -> None:
    if len(root) != HASH_BYTES or len(proof) % HASH_BYTES:
        raise MalformedEvidence("a root and a proof consist of hashes of 32 bytes")
    hashes = [proof[at : at + HASH_BYTES] for at in range(0, len(proof), HASH_BYTES)]
    verify_consistency(
        first.checkpoint.tree_size,
        second.checkpoint.tree_size,
        root,
        second.checkpoint.root_hash,
        hashes,
    )
