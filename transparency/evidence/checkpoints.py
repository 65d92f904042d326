"""Charges that two checkpoints carry alone: a fork, and a log that was shown shorter again.

`fork`: pieces `first` and `second`, checkpoints signed by the log. Of one size they have different
roots. Of different sizes, the later one's tree begins with another tree than the earlier one's:
`root` is what its first leaves hash to, which the consistency proof `proof` (hashes one after the
other) shows.

`shrink`, by cosignatures: `first` is the larger checkpoint, and each cosigner of `second`, which
has fewer entries, cosigned it after the quorum of the policy had cosigned the first. By seals:
`first` and `second` are receipts of two seals under one checkpoint, and the later seal embeds a
smaller checkpoint as the last one published than the earlier seal did.
"""

from typing import Final

from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.cosignatures import Cosignature, open_cosignatures
from transparency.errors import (
    EvidenceInconclusive,
    EvidenceNeedsPolicy,
    MalformedEvidence,
    QuorumMissing,
)
from transparency.evidence.files import Evidence, Misbehaviour, take_pieces
from transparency.hashing import HASH_BYTES
from transparency.log_keys import LogKey
from transparency.notes import NoteSignature, parse_note, render_note
from transparency.policies import Policy, check_quorum
from transparency.proofs import prove_consistency, range_hash, verify_consistency
from transparency.trusted_log import TrustedLog

FORK: Final = "fork"
SHRINK: Final = "shrink"


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


def judge_shown_shorter(
    first: bytes, second: bytes, log_key: LogKey, policy: Policy | None
) -> Misbehaviour:
    """Judge whether a smaller checkpoint was cosigned after a larger one had been.

    Raises:
        MalformedCheckpoint, CheckpointNotSigned, QuorumMissing: a piece is not what it must be.
        EvidenceNeedsPolicy: nobody said whose cosignatures count.
        EvidenceInconclusive: the smaller one is not the later one.
    """
    larger, smaller = (open_checkpoint(note, log_key).checkpoint for note in (first, second))
    if policy is None:
        raise EvidenceNeedsPolicy("whose cosignatures count says a policy")
    if larger.tree_size <= smaller.tree_size:
        raise EvidenceInconclusive("the second checkpoint is not smaller than the first")
    keys = [witness.key for witness in policy.witnesses]
    later = [each.posix_seconds for each in open_cosignatures(second, keys)]
    shown_at = quorum_seconds(policy, first)
    if not later or shown_at is None or min(later) <= shown_at:
        raise EvidenceInconclusive("the smaller checkpoint was not cosigned after the larger one")
    particulars = {"first_size": str(larger.tree_size), "second_size": str(smaller.tree_size)}
    return Misbehaviour(SHRINK, log_key.name, particulars)


def quorum_seconds(policy: Policy, note: bytes) -> int | None:
    """Give when the quorum of a policy had cosigned a checkpoint, in POSIX seconds.

    None where the policy asks for no cosignature.

    Raises:
        QuorumMissing: it has not.
        MalformedNote, SignatureInvalid: as `check_quorum`.
    """
    found = sorted(check_quorum(policy, note), key=lambda each: each.posix_seconds)
    if policy.quorum is None:
        return None
    parsed = parse_note(note)
    for count in range(1, len(found)):
        if _is_quorum(policy, parsed.text, found[:count]):
            return found[count - 1].posix_seconds
    return found[-1].posix_seconds


def _is_quorum(policy: Policy, text: bytes, found: list[Cosignature]) -> bool:
    lines: list[NoteSignature] = [each.line for each in found]
    try:
        check_quorum(policy, render_note(text, lines))
    except QuorumMissing:
        return False
    return True
