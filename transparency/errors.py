"""Everything that can go wrong with a transparency log, sorted by what the reader must do.

`Malformed…`: the bytes are not what they claim to be; whoever sent them must send others.
`SignatureInvalid`, `CheckpointNotSigned`, `ProofInvalid`: well-formed, and not believed.
`QuorumMissing`, and what a witness refuses: well-formed, and not enough, or not to be continued.
`TileNotFound`: ask for something else. `TileStoreUnavailable`: try later.
`TileStoreCorrupt`, `LogMisbehaviour`: stop and raise the alarm; the latter keeps its evidence.

Each concrete class has a constant `code`, which appears unchanged in problem documents,
metrics and tests.
"""

from typing import ClassVar


class TransparencyError(Exception):
    """Base of all errors of this room; only its subclasses with a code are raised."""

    code: ClassVar[str]


class MalformedKey(TransparencyError):
    """The text is not a verification key, or its point must not be accepted."""

    code = "malformed_key"


class MalformedNote(TransparencyError):
    """The bytes are not a signed note."""

    code = "malformed_signed_note"


class MalformedCheckpoint(TransparencyError):
    """The note or its text is not a checkpoint."""

    code = "malformed_checkpoint"


class MalformedTilePath(TransparencyError):
    """The path names no tile and no entry bundle, or spells one in another way than ours."""

    code = "malformed_tile_path"


class MalformedBundle(TransparencyError):
    """The bytes are not an entry bundle."""

    code = "malformed_bundle"


class MalformedProof(TransparencyError):
    """The bytes are not an index proof."""

    code = "malformed_proof"


class MalformedReceipt(TransparencyError):
    """The bytes are not a receipt."""

    code = "malformed_receipt"


class MalformedSeal(TransparencyError):
    """The entry is not a seal."""

    code = "malformed_seal"


class MalformedSnapshot(TransparencyError):
    """The bytes are no snapshot of an index, or steps that do not follow one another."""

    code = "malformed_snapshot"


class MalformedPromise(TransparencyError):
    """The note is neither a promise nor a refusal, or not the one asked for."""

    code = "malformed_promise"


class MalformedPolicy(TransparencyError):
    """The bytes are not a trust policy; the message names the line."""

    code = "malformed_policy"


class MalformedAddCheckpoint(TransparencyError):
    """The bytes are no request to a witness, or its old size is beyond the checkpoint's."""

    code = "malformed_add_checkpoint"


class MalformedWitnessAnswer(TransparencyError):
    """What a witness answered is not what a witness answers."""

    code = "malformed_witness_answer"


class MalformedHistory(TransparencyError):
    """The bytes are not a history bundle."""

    code = "malformed_history"


class MalformedEvidence(TransparencyError):
    """The bytes are not a file of evidence."""

    code = "malformed_evidence"


class SealNotLast(TransparencyError):
    """What stands last under a checkpoint is no seal over all entries before it."""

    code = "seal_not_last"


class EvidenceInconclusive(TransparencyError):
    """The pieces are what they say they are, and they do not show what the evidence is about."""

    code = "evidence_inconclusive"


class EvidenceNeedsLog(TransparencyError):
    """The evidence can only be judged by reading the log up to its checkpoint."""

    code = "evidence_needs_log"


class EvidenceNeedsPolicy(TransparencyError):
    """The evidence rests on cosignatures: name the policy that says whose count."""

    code = "evidence_needs_policy"


class MldsaUnavailable(TransparencyError):
    """ML-DSA-44 is asked for, and the library that knows it is not installed."""

    code = "mldsa_unavailable"


class QuorumMissing(TransparencyError):
    """Fewer witnesses have cosigned than the policy asks for."""

    code = "quorum_missing"


class OriginNotWitnessed(TransparencyError):
    """The witness does not know this log."""

    code = "origin_not_witnessed"


class SubmissionNotSigned(TransparencyError):
    """No key that the witness trusts has signed the checkpoint, or such a signature is wrong."""

    code = "submission_not_signed"


class OldSizeMismatch(TransparencyError):
    """The witness stands at another size than the request says: ask again from there."""

    code = "old_size_mismatch"

    def __init__(self, tree_size: int) -> None:
        super().__init__(f"the last cosigned checkpoint has size {tree_size}")
        self.tree_size = tree_size


class CheckpointInconsistent(TransparencyError):
    """The checkpoint does not continue, as far as shown, what the witness has cosigned."""

    code = "checkpoint_inconsistent"


class SealWrong(TransparencyError):
    """The log was published under a seal that is missing or wrong: refused for ever."""

    code = "seal_wrong"

    def __init__(self, reason: str, entry_index: int, index_root_hash: bytes) -> None:
        super().__init__(f"entry {entry_index}: {reason}")
        self.reason = reason
        self.entry_index = entry_index
        self.index_root_hash = index_root_hash


class ReplayIncomplete(TransparencyError):
    """The index auditor has not replayed the log up to the checkpoint yet: ask again later."""

    code = "replay_incomplete"


class SignatureInvalid(TransparencyError):
    """No signature by the given keys stands under the text, or one of them is wrong."""

    code = "signature_invalid"


class ProofInvalid(TransparencyError):
    """The proof does not lead to the root that it was checked against."""

    code = "proof_invalid"


class CheckpointNotSigned(TransparencyError):
    """The checkpoint is not signed by the log it claims to be from."""

    code = "checkpoint_not_signed"


class TileNotFound(TransparencyError):
    """The store or server has no such tile, bundle or checkpoint."""

    code = "tile_not_found"


class TileStoreUnavailable(TransparencyError):
    """The disk or the network failed; the same call may succeed later."""

    code = "tile_store_unavailable"


class TileStoreCorrupt(TransparencyError):
    """A stored tile holds other bytes than it must: stop publishing."""

    code = "tile_store_corrupt"


class LogMisbehaviour(TransparencyError):
    """Two signed things cannot both be true; both are kept, byte for byte."""

    code = "log_misbehaviour"

    def __init__(self, reason: str, first: bytes, second: bytes) -> None:
        super().__init__(reason)
        self.reason = reason
        self.first = first
        self.second = second
