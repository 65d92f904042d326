"""The few spellings that all formats of this room share: one spelling per value, no other read.

- base64: RFC 4648 section 4, padded, without line breaks, unused bits zero.
- decimal: ASCII digits without sign or leading zeros, below 2^63.
- u64: eight bytes, big-endian.
- instants: RFC 3339 in UTC with the letter Z, whole seconds or exactly three decimals.

Parsers raise `ValueError`; the format that calls them turns it into its own error.

>>> encode_base64(b"ledger"), decode_base64("bGVkZ2Vy", size_bytes=6)
('bGVkZ2Vy', b'ledger')
>>> parse_decimal("70000"), encode_u64(70000).hex()
(70000, '0000000000011170')
>>> render_utc_seconds(parse_utc_seconds("2026-11-21T08:03:11Z"))
'2026-11-21T08:03:11Z'
"""

from binascii import a2b_base64, b2a_base64
from datetime import UTC, datetime, timedelta

MAX_TREE_SIZE = 2**63 - 1
U64_BYTES = 8
_MAX_U64 = 2**64 - 1
_MAX_DECIMAL_DIGITS = 19
_NO_OFFSET = timedelta(0)


def encode_base64(data: bytes) -> str:
    """Write bytes as padded base64."""
    return b2a_base64(data, newline=False).decode("ascii")


def decode_base64(text: str, size_bytes: int | None = None) -> bytes:
    """Read padded base64, of exactly `size_bytes` bytes if given.

    Raises:
        ValueError: another alphabet, missing padding, set unused bits, or another size.
    """
    data = a2b_base64(text, strict_mode=True)
    if b2a_base64(data, newline=False) != text.encode("ascii"):
        raise ValueError("base64 is not in its one canonical spelling")
    if size_bytes is not None and len(data) != size_bytes:
        raise ValueError(f"base64 holds {len(data)} bytes, not {size_bytes}")
    return data


def parse_decimal(text: str) -> int:
    """Read a size or an index.

    Raises:
        ValueError: not plain digits, a leading zero, or 2^63 and more.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > _MAX_DECIMAL_DIGITS:
        raise ValueError("not a decimal number below 2^63")
    if text[0] == "0" and text != "0":
        raise ValueError("a decimal number has no leading zeros")
    value = int(text)
    if value > MAX_TREE_SIZE:
        raise ValueError("not a decimal number below 2^63")
    return value


def encode_u64(value: int) -> bytes:
    """Write a number as eight bytes, the highest first."""
    assert 0 <= value <= _MAX_U64

    return value.to_bytes(U64_BYTES, "big")


def render_utc_seconds(instant: datetime) -> str:
    """Write an instant of whole seconds, such as 2026-11-21T08:03:11Z."""
    assert instant.microsecond == 0

    return _render_utc(instant, "seconds")


def parse_utc_seconds(text: str) -> datetime:
    """Read what `render_utc_seconds` writes; anything else raises `ValueError`."""
    return _parse_utc(text, "seconds")


def render_utc_milliseconds(instant: datetime) -> str:
    """Write an instant of whole milliseconds, such as 2026-11-21T08:03:11.250Z."""
    assert instant.microsecond % 1000 == 0

    return _render_utc(instant, "milliseconds")


def parse_utc_milliseconds(text: str) -> datetime:
    """Read what `render_utc_milliseconds` writes; anything else raises `ValueError`."""
    return _parse_utc(text, "milliseconds")


def _render_utc(instant: datetime, timespec: str) -> str:
    assert instant.utcoffset() == _NO_OFFSET

    return instant.replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def _parse_utc(text: str, timespec: str) -> datetime:
    if not text.endswith("Z"):
        raise ValueError("an instant ends with Z")
    instant = datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC)
    if _render_utc(instant, timespec) != text:
        raise ValueError(f"not an instant in UTC with {timespec}")
    return instant
