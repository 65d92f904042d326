"""Seals: the last entry under every checkpoint, which fixes the index over all before it.

The bytes of the entry, UTF-8, every line ended by LF:

    dossier-ledger/seal@v1
    <covers: decimal>
    <base64 of the 32-byte index root>
    <sealed at: RFC 3339 in UTC, exactly three decimals, Z>
    <empty line>
    <the previously published checkpoint, verbatim, with its cosignatures; or nothing>

`covers` is the number of entries before the seal, so it is the seal's own entry index. Years run
from 1900 to 2199, as those of acts do: arithmetic with a seal's time stays within what dates can
hold, and what names another year is no seal. Only the first seal of a log has no previous
checkpoint. Whoever relies on the previous checkpoint opens it as one: a seal only carries it.

>>> from datetime import UTC, datetime
>>> from transparency.hashing import EMPTY_ROOT_HASH
>>> at = datetime(2026, 11, 21, 8, 3, 11, 250_000, tzinfo=UTC)
>>> entry = render_seal(Seal(0, EMPTY_ROOT_HASH, at, b""))
>>> print(entry.decode(), end="")
dossier-ledger/seal@v1
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
2026-11-21T08:03:11.250Z
<BLANKLINE>
>>> parse_seal(entry).sealed_at == at
True
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from transparency.encoding import (
    MAX_TREE_SIZE,
    decode_base64,
    encode_base64,
    parse_decimal,
    parse_utc_milliseconds,
    render_utc_milliseconds,
)
from transparency.errors import MalformedSeal
from transparency.hashing import HASH_BYTES
from transparency.tiles import MAX_ENTRY_BYTES

SEAL_TYPE_LINE = b"dossier-ledger/seal@v1\n"
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199


@dataclass(frozen=True, slots=True)
class Seal:
    """The index root over the `covers` entries before the seal, and when it was set."""

    covers: int
    index_root_hash: bytes
    sealed_at: datetime
    previous_checkpoint: bytes


def is_seal(entry: bytes) -> bool:
    """Tell whether an entry calls itself a seal."""
    return entry.startswith(SEAL_TYPE_LINE)


def render_seal(seal: Seal) -> bytes:
    """Write a seal as the bytes of its entry."""
    assert 0 <= seal.covers <= MAX_TREE_SIZE
    assert len(seal.index_root_hash) == HASH_BYTES
    assert FIRST_YEAR <= seal.sealed_at.year <= LAST_YEAR

    covers = str(seal.covers)
    root_base64 = encode_base64(seal.index_root_hash)
    sealed_at = render_utc_milliseconds(seal.sealed_at)
    head = f"{covers}\n{root_base64}\n{sealed_at}\n\n".encode()
    entry = SEAL_TYPE_LINE + head + seal.previous_checkpoint
    assert len(entry) <= MAX_ENTRY_BYTES
    return entry


def parse_seal(entry: bytes) -> Seal:
    """Read a seal; the previous checkpoint inside is not checked.

    Raises:
        MalformedSeal: the entry is not a seal, or its time lies beyond 1900 to 2199.
    """
    if not is_seal(entry) or len(entry) > MAX_ENTRY_BYTES:
        raise MalformedSeal("the entry does not begin like a seal, or is too large")
    head, separator, previous_checkpoint = entry.partition(b"\n\n")
    try:
        _, covers, root_base64, sealed_at = head.decode().split("\n")
        seal = Seal(
            covers=parse_decimal(covers),
            index_root_hash=decode_base64(root_base64, size_bytes=HASH_BYTES),
            sealed_at=parse_utc_milliseconds(sealed_at),
            previous_checkpoint=previous_checkpoint,
        )
    except ValueError as error:
        raise MalformedSeal("a seal is type, covers, index root and time") from error
    if not separator:
        raise MalformedSeal("a seal has an empty line before the previous checkpoint")
    if not FIRST_YEAR <= seal.sealed_at.year <= LAST_YEAR:
        raise MalformedSeal(f"a seal names a time from {FIRST_YEAR} to {LAST_YEAR}")
    return seal
