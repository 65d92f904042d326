"""What a witness decides about a checkpoint, in the order of C2SP tlog-witness.

1. The request has the form of one (`parse_add_checkpoint`).
2. The log is known by its origin.
3. A key that is trusted for this origin signed the checkpoint, and no such signature is wrong.
4. The old size is not beyond the checkpoint's.
5. The old size is that of the last checkpoint cosigned for this origin; 0 where there is none.
6. The checkpoint continues that one.

What passes all six may be cosigned, by whoever makes 5 and 6 and the keeping of the new
checkpoint one step: two requests at once must not both pass.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transparency.checkpoints import Checkpoint, SignedCheckpoint
from transparency.errors import (
    CheckpointInconsistent,
    MalformedAddCheckpoint,
    OldSizeMismatch,
    OriginNotWitnessed,
    ProofInvalid,
    SignatureInvalid,
    SubmissionNotSigned,
)
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.notes import VerificationKey, open_note, render_note
from transparency.proofs import verify_consistency
from transparency.witnessing.requests import AddCheckpoint

WitnessedLogs = Mapping[str, Sequence[VerificationKey]]


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint that its log has signed, and the proof that it continues an earlier one.

    The note in `signed` has the log's lines alone; what others wrote under it is dropped.
    """

    old_size: int
    proof: tuple[bytes, ...]
    signed: SignedCheckpoint

    @property
    def checkpoint(self) -> Checkpoint:
        """Give the checkpoint itself."""
        return self.signed.checkpoint


def open_submission(request: AddCheckpoint, logs: WitnessedLogs) -> Submission:
    """Check that a known log signed what is asked to be cosigned.

    Raises:
        OriginNotWitnessed: the log is not known here.
        SubmissionNotSigned: no trusted key signed it, or a trusted key's signature is wrong.
        MalformedAddCheckpoint: the old size is beyond the checkpoint's.
    """
    # SPEC: tlog-witness, "add-checkpoint": "If the checkpoint origin is unknown, the witness MUST
    # respond with a "404 Not Found" HTTP status code."
    keys = logs.get(request.checkpoint.origin)
    if not keys:
        raise OriginNotWitnessed(f"no log {request.checkpoint.origin} is known here")
    # SPEC: "it MUST ignore signatures from unknown keys. [...] If none of the signatures verify
    # against a trusted public key, the witness MUST respond with a "403 Forbidden""
    try:
        opened = open_note(request.note, keys)
    except SignatureInvalid as error:
        raise SubmissionNotSigned(str(error)) from error
    # SPEC: "The old size MUST be equal to or lower than the checkpoint size. Otherwise, the
    # witness MUST respond with a "400 Bad Request" HTTP status code."
    if request.old_size > request.checkpoint.tree_size:
        raise MalformedAddCheckpoint("the old size is beyond the checkpoint's size")
    signed = SignedCheckpoint(request.checkpoint, render_note(opened.text, opened.signatures))
    return Submission(request.old_size, request.proof, signed)


def check_continues(submission: Submission, last: Checkpoint | None) -> None:
    """Check that a checkpoint continues the last one that was cosigned, if there was one.

    Raises:
        OldSizeMismatch: the last one has another size than the request says.
        CheckpointInconsistent: the proof does not show it, or two trees of one size differ.
    """
    # SPEC: "The witness MUST check that the old size matches the size of the latest checkpoint it
    # cosigned for the checkpoint's origin (or zero if it never cosigned a checkpoint for that
    # origin). If it doesn't match, the witness MUST respond with a "409 Conflict""
    last_size = 0 if last is None else last.tree_size
    if submission.old_size != last_size:
        raise OldSizeMismatch(last_size)
    checkpoint = submission.checkpoint
    if checkpoint.tree_size == 0 and checkpoint.root_hash != EMPTY_ROOT_HASH:
        raise CheckpointInconsistent("an empty tree has only one root")
    # SPEC: tlog-witness: "The proof MUST be empty if the old size is zero."
    if last is None or last_size == 0:
        if submission.proof:
            raise CheckpointInconsistent("nothing is proven from an empty tree")
        return
    # SPEC: "If the Merkle Consistency Proof doesn't verify, the witness MUST respond with a "422
    # Unprocessable Entity" HTTP status code. [...] If the old size matches the checkpoint size,
    # the witness MUST check that the root hashes are also identical."
    try:
        verify_consistency(
            last_size,
            checkpoint.tree_size,
            last.root_hash,
            checkpoint.root_hash,
            submission.proof,
        )
    except ProofInvalid as error:
        raise CheckpointInconsistent(str(error)) from error


def is_fork(one: Checkpoint, other: Checkpoint) -> bool:
    """Tell whether two checkpoints cannot both be true, whatever a proof would say."""
    assert one.origin == other.origin

    return one.tree_size == other.tree_size and one.root_hash != other.root_hash
