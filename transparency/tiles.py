"""Tiles and entry bundles (C2SP tlog-tiles): the log cut into static files, and their names.

A tile of level L and index N holds 256 hashes of 32 bytes, left to right: hash i is the root
of the complete subtree over the 256^L leaves that begin at leaf (256 N + i) 256^L. An entry
bundle holds the entries below the level 0 tile of the same index, each after its length as
two bytes, big-endian. The last tile of a level and the last bundle may be partial: 1 to 255
wide. A partial tile never feeds the level above it.

    tile/<L>/<N>[.p/<W>]           L: 0 to 63      W: 1 to 255, only when partial
    tile/entries/<N>[.p/<W>]

N is written in groups of three digits, all but the last with an x before them.

>>> tile_path(Tile(level=0, index=1234067, width=256))
'tile/0/x001/x234/067'
>>> bundle_path(EntryBundle(index=273, width=112))
'tile/entries/273.p/112'
>>> parse_tile_path("tile/1/001.p/17")
Tile(level=1, index=1, width=17)
>>> [partial_tile_width(level, 70_000) for level in (0, 1, 2)]
[112, 17, 1]
>>> pack_bundle([b"one", b""]).hex(), parse_bundle(bytes.fromhex("00036f6e650000"))
('00036f6e650000', [b'one', b''])
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from transparency.encoding import MAX_TREE_SIZE
from transparency.errors import MalformedBundle, MalformedTilePath

TILE_HEIGHT = 8
TILE_WIDTH = 256
MAX_TILE_LEVEL = 63
MAX_ENTRY_BYTES = 65_535
MAX_BUNDLE_BYTES = TILE_WIDTH * (2 + MAX_ENTRY_BYTES)

_MAX_TILE_INDEX = MAX_TREE_SIZE >> TILE_HEIGHT
_LENGTH_BYTES = 2
_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})"
    r"/(?P<groups>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[0-9]{1,3}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """The coordinates of one tile; a width of 256 means that it is full."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        assert 0 <= self.level <= MAX_TILE_LEVEL
        assert 0 <= self.index <= _MAX_TILE_INDEX
        assert 0 < self.width <= TILE_WIDTH


@dataclass(frozen=True, slots=True)
class EntryBundle:
    """The coordinates of one entry bundle; a width of 256 means that it is full."""

    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        assert 0 <= self.index <= _MAX_TILE_INDEX
        assert 0 < self.width <= TILE_WIDTH


def tile_path(tile: Tile) -> str:
    """Name a tile's file below the log's address."""
    return f"tile/{tile.level}/{_render_position(tile.index, tile.width)}"


def bundle_path(bundle: EntryBundle) -> str:
    """Name an entry bundle's file below the log's address."""
    return f"tile/entries/{_render_position(bundle.index, bundle.width)}"


def parse_tile_path(path: str) -> Tile | EntryBundle:
    """Read the path of a tile or an entry bundle; each has exactly one spelling.

    Raises:
        MalformedTilePath: the path names neither, or in another spelling.
    """
    match = _PATH.fullmatch(path)
    if match is None:
        raise MalformedTilePath("this is not the path of a tile or an entry bundle")
    index = int(match["groups"].replace("x", "").replace("/", ""))
    width = int(match["width"] or TILE_WIDTH)
    if index > _MAX_TILE_INDEX or not 0 < width <= TILE_WIDTH:
        raise MalformedTilePath("no log has such a tile")
    parsed = _place(match["level"], index, width)
    # Rendering is the only rule about zeros and widths: other spellings fail here.
    if (tile_path(parsed) if isinstance(parsed, Tile) else bundle_path(parsed)) != path:
        raise MalformedTilePath("a tile has only one spelling")
    return parsed


def partial_tile_width(tile_level: int, tree_size: int) -> int:
    """Count the hashes in the unfinished tile at the right edge of a level.

    Zero means that the level has no unfinished tile, so none may be served
    (tlog-tiles, "Partial Tiles"). A tree of 70,000 leaves gives 112, 17 and 1.
    """
    assert tile_level >= 0
    assert tree_size >= 0

    hash_count = tree_size >> (TILE_HEIGHT * tile_level)
    return hash_count % TILE_WIDTH


def tiles_between(old_tree_size: int, new_tree_size: int) -> list[Tile]:
    """List the tiles, full and partial, that must be written when the log grows."""
    assert 0 <= old_tree_size <= new_tree_size

    tiles = []
    level, old_count, new_count = 0, old_tree_size, new_tree_size
    while old_count != new_count:
        tiles += [Tile(level, index, width) for index, width in _growth(old_count, new_count)]
        level += 1
        old_count >>= TILE_HEIGHT
        new_count >>= TILE_HEIGHT
    return tiles


def bundles_between(old_tree_size: int, new_tree_size: int) -> list[EntryBundle]:
    """List the entry bundles, full and partial, that must be written when the log grows."""
    assert 0 <= old_tree_size <= new_tree_size

    if old_tree_size == new_tree_size:
        return []
    return [EntryBundle(index, width) for index, width in _growth(old_tree_size, new_tree_size)]


def pack_bundle(entries: Iterable[bytes]) -> bytes:
    """Write entries one after the other, each after its length."""
    packed = bytearray()
    for count, entry in enumerate(entries):
        assert count < TILE_WIDTH
        assert len(entry) <= MAX_ENTRY_BYTES

        packed += len(entry).to_bytes(_LENGTH_BYTES, "big")
        packed += entry
    return bytes(packed)


def parse_bundle(data: bytes) -> list[bytes]:
    """Read the entries of a bundle.

    Raises:
        MalformedBundle: an entry is cut off, or there are none, or more than 256.
    """
    entries: list[bytes] = []
    position = 0
    while position < len(data) and len(entries) <= TILE_WIDTH:
        start = position + _LENGTH_BYTES
        position = start + int.from_bytes(data[position:start], "big")
        entries.append(data[start:position])
    if position != len(data) or not 0 < len(entries) <= TILE_WIDTH:
        raise MalformedBundle("a bundle is 1 to 256 entries, each after its length")
    return entries


def _render_position(index: int, width: int) -> str:
    groups = f"{index % 1000:03d}"
    while index >= 1000:  # noqa: PLR2004  three digits to a group
        index //= 1000
        groups = f"x{index % 1000:03d}/{groups}"
    return groups if width == TILE_WIDTH else f"{groups}.p/{width}"


def _place(level: str, index: int, width: int) -> Tile | EntryBundle:
    if level == "entries":
        return EntryBundle(index, width)
    if int(level) > MAX_TILE_LEVEL:
        raise MalformedTilePath(f"tile levels end at {MAX_TILE_LEVEL}")
    return Tile(int(level), index, width)


def _growth(old_count: int, new_count: int) -> Iterator[tuple[int, int]]:
    # A tile that was partial and is full now is written again, under its full name.
    for index in range(old_count // TILE_WIDTH, new_count // TILE_WIDTH):
        yield index, TILE_WIDTH
    if new_count % TILE_WIDTH:
        yield new_count // TILE_WIDTH, new_count % TILE_WIDTH
