"""In which bucket of a memory's file a row lies, and the codes that say what each bucket holds.

Each part has its own buckets, and a key has the same place in every part. A bucket's code is keyed
over all that it holds, in the order of the keys, so it tells of a row that somebody changed, took
out, put back or moved, and of the absence of a key. The codes of all buckets, in one array, stand
under the code of the place: who knows the array needs one bucket to believe one answer.
"""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from hashlib import blake2b
from typing import Final

CODE_BYTES: Final = 16
# At a million keys about fifteen are in a bucket.
BUCKETS_PER_PART: Final = 65_536
# The array is stored in pieces that are written anew where a code in them changed.
PIECE_BYTES: Final = 128 * CODE_BYTES
EMPTY: Final = bytes(CODE_BYTES)

# Key and body.
Row = tuple[bytes, bytes]


class Part(IntEnum):
    """What a row tells. A head lies in ``RUNNING`` while acts on other streams may move it."""

    RUNNING = 0
    RESTING = 1
    RATED = 2
    NAMES = 3
    ENROLLED = 4
    CODES = 5
    VEILED = 6
    NOTED = 7


class BucketRules:
    """The numbers and codes that follow from a secret."""

    def __init__(self, secret: bytes):
        self._secret = secret

    def number(self, part: Part, key: bytes) -> int:
        """Give the bucket of a key; nobody without the secret can fill one of his choice."""
        place = blake2b(key, key=self._secret, digest_size=8, person=b"bucket").digest()
        return part * BUCKETS_PER_PART + int.from_bytes(place, "big") % BUCKETS_PER_PART

    def code(self, number: int, rows: Iterable[Row]) -> bytes:
        """Give the code of a bucket that holds these rows, in the order of their keys."""
        held = [
            field for key, body in rows for field in (b"%d %d\n" % (len(key), len(body)), key, body)
        ]
        return self._coded(b"rows", b"%d\n" % number, *held) if held else EMPTY

    def place_code(self, codes: bytes, place: bytes) -> bytes:
        """Give the code of a place at which the buckets have these codes."""
        assert len(codes) == len(Part) * BUCKETS_PER_PART * CODE_BYTES

        return self._coded(b"place", codes, place)

    def _coded(self, use: bytes, *fields: bytes) -> bytes:
        # Joined, since a long text is hashed while other threads go on.
        made = blake2b(b"".join(fields), key=self._secret, digest_size=CODE_BYTES, person=use)
        return made.digest()


class BucketCodes:
    """The codes of all buckets, and which pieces of the array changed."""

    def __init__(self, codes: bytes | None = None):
        self._codes = bytearray(codes or len(Part) * BUCKETS_PER_PART * CODE_BYTES)
        self._changed: set[int] = set()

    def __getitem__(self, number: int) -> bytes:
        """Give the code of a bucket; `EMPTY` where it holds nothing."""
        return bytes(self._codes[number * CODE_BYTES : (number + 1) * CODE_BYTES])

    def __setitem__(self, number: int, code: bytes) -> None:
        """Set the code of a bucket."""
        self._codes[number * CODE_BYTES : (number + 1) * CODE_BYTES] = code
        self._changed.add(number * CODE_BYTES // PIECE_BYTES)

    def __bytes__(self) -> bytes:
        """Give all of them."""
        return bytes(self._codes)

    def put_piece(self, piece_number: int, piece: bytes) -> None:
        """Take in a stored piece; the whole must be compared afterwards."""
        start = piece_number * PIECE_BYTES
        assert len(piece) == PIECE_BYTES
        assert 0 <= start < len(self._codes)

        self._codes[start : start + PIECE_BYTES] = piece

    def changed_pieces(self) -> Iterator[tuple[int, bytes]]:
        """Give the pieces that changed since these codes were made."""
        for number in sorted(self._changed):
            start = number * PIECE_BYTES
            yield number, bytes(self._codes[start : start + PIECE_BYTES])


def buckets_of(part: Part) -> range:
    """Give the numbers of a part's buckets."""
    return range(part * BUCKETS_PER_PART, (part + 1) * BUCKETS_PER_PART)


def piece_count() -> int:
    """Count the pieces of the array."""
    return len(Part) * BUCKETS_PER_PART * CODE_BYTES // PIECE_BYTES
