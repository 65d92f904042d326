r"""Receipts (C2SP tlog-proof v1): an entry and the proof that it is in the log, in one file.

    c2sp.org/tlog-proof@v1 LF
    extra <base64 of the entry> LF
    index <entry index: decimal> LF
    <base64 of a hash> LF                      0 to 63 lines, the leaf's sibling first
    LF
    <checkpoint, verbatim, with its cosignatures>

The file ends in `.tlog-proof`. `extra` holds the entry itself, so a receipt needs nothing
else; any C2SP tool checks it once it has hashed the entry into its leaf. Reading checks the
form alone: `transparency.verifier` decides whether to believe it.

>>> receipt = Receipt(b"entry", 1, (bytes(32),), b"example.com/log\n...")
>>> print(render_receipt(receipt).decode())
c2sp.org/tlog-proof@v1
extra ZW50cnk=
index 1
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
<BLANKLINE>
example.com/log
...
>>> parse_receipt(render_receipt(receipt)) == receipt
True
"""

from dataclasses import dataclass

from transparency.encoding import MAX_TREE_SIZE, decode_base64, encode_base64, parse_decimal
from transparency.errors import MalformedReceipt
from transparency.hashing import HASH_BYTES
from transparency.notes import MAX_NOTE_BYTES
from transparency.proofs import MAX_PROOF_HASHES
from transparency.tiles import MAX_ENTRY_BYTES

RECEIPT_TYPE_LINE = "c2sp.org/tlog-proof@v1"
MAX_RECEIPT_BYTES = MAX_NOTE_BYTES + 128 * 1024

_EXTRA = "extra "
_INDEX = "index "


@dataclass(frozen=True, slots=True)
class Receipt:
    """What somebody was handed as a receipt; nothing in it is checked yet."""

    entry: bytes
    entry_index: int
    proof: tuple[bytes, ...]
    checkpoint_note: bytes


def render_receipt(receipt: Receipt) -> bytes:
    """Write a receipt as the bytes of its file.

    Raises:
        MalformedReceipt: the entry is empty, as a liar's log may have one.
    """
    if not receipt.entry:
        raise MalformedReceipt("there is no receipt of an empty entry")
    assert len(receipt.entry) <= MAX_ENTRY_BYTES
    assert 0 <= receipt.entry_index <= MAX_TREE_SIZE
    assert len(receipt.proof) <= MAX_PROOF_HASHES

    lines = [
        RECEIPT_TYPE_LINE,
        _EXTRA + encode_base64(receipt.entry),
        f"{_INDEX}{receipt.entry_index}",
        *map(encode_base64, receipt.proof),
    ]
    return "\n".join(lines).encode() + b"\n\n" + receipt.checkpoint_note


def parse_receipt(data: bytes) -> Receipt:
    """Read the file of a receipt; whether it proves anything is the verifier's question.

    Raises:
        MalformedReceipt: the bytes are not a receipt of ours.
    """
    head, separator, checkpoint_note = data.partition(b"\n\n")
    if len(data) > MAX_RECEIPT_BYTES or not separator or not checkpoint_note:
        raise MalformedReceipt("a receipt is a proof, an empty line and a checkpoint")
    try:
        type_line, extra, index, *hashes = head.decode("ascii").split("\n")
        entry = decode_base64(_after(_EXTRA, extra))
        entry_index = parse_decimal(_after(_INDEX, index))
        proof = tuple(decode_base64(line, size_bytes=HASH_BYTES) for line in hashes)
    except ValueError as error:
        raise MalformedReceipt("a line of the receipt is missing or malformed") from error
    if type_line != RECEIPT_TYPE_LINE:
        raise MalformedReceipt("this is not a tlog-proof of version 1")
    if not 0 < len(entry) <= MAX_ENTRY_BYTES or len(proof) > MAX_PROOF_HASHES:
        raise MalformedReceipt("the entry or the proof is too long, or there is no entry")
    return Receipt(entry, entry_index, proof, checkpoint_note)


def _after(word: str, line: str) -> str:
    if not line.startswith(word):
        raise ValueError(f"the line does not begin with {word!r}")
    return line[len(word) :]
