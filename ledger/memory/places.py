"""The place that a memory is as of, and the program that made it: what a start compares first."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from ledger.errors import MemoryUnusable
from ledger.remembering.recalling import Counts

FORMAT: Final = "dossier-ledger/memory@v2"
_ROOM: Final = Path(__file__).parents[1]
# A state is what these rules made of the entries: other rules would have made another.
_RULES: Final = ("domain", "ledger")


class MemoryPlace(msgspec.Struct, frozen=True):
    """As of which entry and which recorded act; ``waiting`` are withheld acts by their places."""

    format: str
    program: bytes
    origin: str
    tree_size: int
    root_hash: bytes
    notification_id: int
    note_hash: bytes
    latest: datetime
    counts: Counts
    waiting: tuple[tuple[str, int], ...]


@cache
def program_hash() -> bytes:
    """Give the hash of the rules that states follow from."""
    made = hashlib.sha256()
    for room in _RULES:
        for path in sorted((_ROOM.parent / room).rglob("*.py")):
            made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.digest()


def note_hash(note: bytes | None) -> bytes:
    """Give what a place says of the act recorded last; nothing before the first."""
    return b"" if note is None else hashlib.sha256(note).digest()


def parse_place(data: bytes | None, origin: str) -> MemoryPlace:
    """Read a place.

    Raises:
        MemoryUnusable: there is none, or it is another ledger's or another program's.
    """
    if data is None:
        raise MemoryUnusable("nothing is remembered yet")
    try:
        place = msgspec.msgpack.decode(data, type=MemoryPlace)
    except msgspec.DecodeError as error:
        raise MemoryUnusable(f"the memory's place cannot be read: {error}") from error
    if (place.format, place.origin) != (FORMAT, origin):
        raise MemoryUnusable("the memory is of another ledger, or written in another way")
    if place.program != program_hash():
        raise MemoryUnusable("the memory was made by other rules")
    return place
