"""The offline verifier: it needs a receipt and the log's key, no network and no server."""

from dataclasses import dataclass

from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.hashing import leaf_hash
from transparency.log_keys import LogKey
from transparency.proofs import verify_inclusion
from transparency.receipts import parse_receipt


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """An entry that stands at its index under a checkpoint that the log has signed."""

    entry: bytes
    entry_index: int
    checkpoint: SignedCheckpoint


def verify_receipt(receipt_bytes: bytes, log_key: LogKey) -> VerifiedReceipt:
    """Check that the log has signed for the entry in this receipt.

    Raises:
        MalformedReceipt: the bytes are not a receipt.
        MalformedCheckpoint: what it carries as checkpoint is none.
        CheckpointNotSigned: the checkpoint is not signed by this log.
        ProofInvalid: the entry is not at its index under the checkpoint.
    """
    receipt = parse_receipt(receipt_bytes)
    signed = open_checkpoint(receipt.checkpoint_note, log_key)
    verify_inclusion(
        receipt.entry_index,
        signed.checkpoint.tree_size,
        leaf_hash(receipt.entry),
        receipt.proof,
        signed.checkpoint.root_hash,
    )
    return VerifiedReceipt(receipt.entry, receipt.entry_index, signed)
