"""Everything that can go wrong with a transparency log, sorted by what the reader must do.

`Malformed…`: the bytes are not what they claim to be; whoever sent them must send others.
`SignatureInvalid`, `CheckpointNotSigned`, `ProofInvalid`: well-formed, and not believed.
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


class MalformedPromise(TransparencyError):
    """The note is neither a promise nor a refusal, or not the one asked for."""

    code = "malformed_promise"


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
