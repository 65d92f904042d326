"""Receipts: the form of the file."""

import pytest

from transparency.encoding import encode_base64
from transparency.errors import MalformedReceipt
from transparency.proofs import MAX_PROOF_HASHES
from transparency.receipts import MAX_RECEIPT_BYTES, Receipt, parse_receipt, render_receipt
from transparency.tiles import MAX_ENTRY_BYTES

HASH_LINE = encode_base64(bytes(32)).encode() + b"\n"
TYPE_LINE = b"c2sp.org/tlog-proof@v1\n"
EXTRA_LINE = b"extra ZW50cnk=\n"


@pytest.mark.parametrize(
    "receipt",
    [
        pytest.param(Receipt(b"entry", 0, (), b"note\n\nlines\n"), id="one leaf"),
        pytest.param(
            Receipt(b"x" * MAX_ENTRY_BYTES, 7, (bytes(32),) * MAX_PROOF_HASHES, b"note"),
            id="largest",
        ),
    ],
)
def test_receipt_round_trip(receipt: Receipt) -> None:
    assert parse_receipt(render_receipt(receipt)) == receipt


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(TYPE_LINE + EXTRA_LINE + b"index 1\n", id="no empty line"),
        pytest.param(TYPE_LINE + EXTRA_LINE + b"index 1\n\n", id="no checkpoint"),
        pytest.param(b"c2sp.org/tlog-proof@v2\n" + EXTRA_LINE + b"index 1\n\nnote", id="version 2"),
        pytest.param(TYPE_LINE + b"index 1\n\nnote", id="no entry"),
        pytest.param(TYPE_LINE + b"extra \nindex 1\n\nnote", id="empty entry"),
        pytest.param(TYPE_LINE + b"extra ZW50cnk\nindex 1\n\nnote", id="entry is not base64"),
        pytest.param(TYPE_LINE + EXTRA_LINE + b"index 01\n\nnote", id="leading zero"),
        pytest.param(TYPE_LINE + EXTRA_LINE + b"indexes 1\n\nnote", id="another word"),
        pytest.param(TYPE_LINE + EXTRA_LINE + b"index 1\nAAAA\n\nnote", id="short hash"),
        pytest.param(TYPE_LINE + EXTRA_LINE + b"index 1\r\n\nnote", id="carriage return"),
        pytest.param(TYPE_LINE + b"extra \xc3\xa9\nindex 1\n\nnote", id="not ASCII"),
        pytest.param(
            TYPE_LINE + EXTRA_LINE + b"index 1\n" + HASH_LINE * (MAX_PROOF_HASHES + 1) + b"\nnote",
            id="64 hashes",
        ),
        pytest.param(
            TYPE_LINE
            + f"extra {encode_base64(bytes(MAX_ENTRY_BYTES + 1))}\n".encode()
            + b"index 1\n\nnote",
            id="entry too large",
        ),
        pytest.param(
            TYPE_LINE + EXTRA_LINE + b"index 1\n\n" + b"x" * MAX_RECEIPT_BYTES, id="too large"
        ),
    ],
)
def test_malformed_receipt_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedReceipt):
        parse_receipt(data)


def test_receipt_of_an_empty_entry_is_never_written() -> None:
    with pytest.raises(MalformedReceipt):
        render_receipt(Receipt(b"", 0, (), b"note"))
