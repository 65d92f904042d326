"""The offline verifier: a receipt and the log's key are enough, and nothing less is."""

import pytest

from tests.support.transparency_builders import a_key, a_log, with_one_bit_flipped
from transparency.errors import (
    CheckpointNotSigned,
    MalformedCheckpoint,
    MalformedReceipt,
    ProofInvalid,
    TransparencyError,
)
from transparency.receipts import Receipt, parse_receipt, render_receipt
from transparency.tile_store import MemoryTileStore
from transparency.verifier import verify_receipt

LOG = a_log(MemoryTileStore(), 300)
LOG_KEY = LOG.key.verification_key


@pytest.mark.parametrize("entry_index", [0, 1, 255, 256, 299])
def test_receipt_of_any_entry_is_believed(entry_index: int) -> None:
    verified = verify_receipt(LOG.receipt(entry_index), LOG_KEY)

    assert verified.entry == LOG.entries[entry_index]
    assert verified.entry_index == entry_index
    assert verified.checkpoint == LOG.signed_checkpoint()


def test_every_changed_byte_refuses_the_receipt() -> None:
    receipt = LOG.receipt(42)

    for position in range(len(receipt)):
        with pytest.raises(TransparencyError):
            verify_receipt(with_one_bit_flipped(receipt, position), LOG_KEY)


def test_receipt_of_another_entry_is_refused() -> None:
    receipt = parse_receipt(LOG.receipt(42))
    forged = Receipt(b"another", 42, receipt.proof, receipt.checkpoint_note)

    with pytest.raises(ProofInvalid):
        verify_receipt(render_receipt(forged), LOG_KEY)


def test_receipt_of_another_log_is_refused() -> None:
    with pytest.raises(CheckpointNotSigned):
        verify_receipt(LOG.receipt(42), a_key(seed_byte=9).verification_key)


def test_receipt_without_a_checkpoint_is_refused() -> None:
    receipt = parse_receipt(LOG.receipt(42))

    with pytest.raises(MalformedReceipt):
        verify_receipt(b"no receipt", LOG_KEY)
    with pytest.raises(MalformedCheckpoint):
        verify_receipt(
            render_receipt(Receipt(receipt.entry, 42, receipt.proof, b"no note")), LOG_KEY
        )
