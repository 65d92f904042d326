"""Tiles and bundles: their names, what a growing log must write, and bundle bytes."""

import pytest

from transparency.encoding import MAX_TREE_SIZE
from transparency.errors import MalformedBundle, MalformedTilePath
from transparency.tiles import (
    MAX_ENTRY_BYTES,
    EntryBundle,
    Tile,
    bundle_path,
    bundles_between,
    pack_bundle,
    parse_bundle,
    parse_tile_path,
    partial_tile_width,
    tile_path,
    tiles_between,
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tile/0/000", Tile(0, 0)),
        ("tile/0/999", Tile(0, 999)),
        ("tile/0/x001/000", Tile(0, 1000)),
        ("tile/0/x001/x234/067", Tile(0, 1_234_067)),
        ("tile/63/000.p/1", Tile(63, 0, 1)),
        ("tile/1/001.p/255", Tile(1, 1, 255)),
        ("tile/entries/000", EntryBundle(0)),
        ("tile/entries/x001/x234/067.p/8", EntryBundle(1_234_067, 8)),
        ("tile/0/x036/x028/x797/x018/x963/967", Tile(0, MAX_TREE_SIZE >> 8)),
    ],
)
def test_path_round_trip(path: str, expected: Tile | EntryBundle) -> None:
    parsed = parse_tile_path(path)

    assert parsed == expected
    assert (tile_path(parsed) if isinstance(parsed, Tile) else bundle_path(parsed)) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "/tile/0/000",
        "tile/00/000",
        "tile/64/000",
        "tile/99/000",
        "tile/-1/000",
        "tile/x/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/999",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000/5",
        "tile/0/000\n",
        "tile/0/\u0660\u0660\u0660",
        "tile/entries/0",
        "tile/data/000",
        "checkpoint",
        "tile/0/../000",
        "tile/0/000/",
        "tile/0/x036/x028/x797/x018/x963/968",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)
def test_another_spelling_or_no_tile_at_all_is_refused(path: str) -> None:
    with pytest.raises(MalformedTilePath):
        parse_tile_path(path)


@pytest.mark.parametrize(
    ("tree_size", "widths"),
    [(0, [0, 0]), (255, [255, 0]), (256, [0, 1]), (70_000, [112, 17]), (65_536, [0, 0])],
)
def test_partial_width_is_what_full_tiles_leave_over(tree_size: int, widths: list[int]) -> None:
    assert [partial_tile_width(level, tree_size) for level in (0, 1)] == widths


def test_first_publication_writes_every_tile() -> None:
    tiles = tiles_between(0, 70_000)

    assert tiles[:273] == [Tile(0, index) for index in range(273)]
    assert tiles[273:] == [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]


@pytest.mark.parametrize(
    ("old_size", "new_size", "expected"),
    [
        (0, 0, []),
        (5, 5, []),
        (0, 1, [Tile(0, 0, 1)]),
        (1, 2, [Tile(0, 0, 2)]),
        (255, 256, [Tile(0, 0), Tile(1, 0, 1)]),
        (256, 257, [Tile(0, 1, 1)]),
        (250, 513, [Tile(0, 0), Tile(0, 1), Tile(0, 2, 1), Tile(1, 0, 2)]),
        (65_535, 65_536, [Tile(0, 255), Tile(1, 0), Tile(2, 0, 1)]),
    ],
)
def test_later_publication_writes_only_what_changed(
    old_size: int, new_size: int, expected: list[Tile]
) -> None:
    assert tiles_between(old_size, new_size) == expected


@pytest.mark.parametrize(
    ("old_size", "new_size", "expected"),
    [
        (0, 0, []),
        (300, 300, []),
        (0, 3, [EntryBundle(0, 3)]),
        (3, 256, [EntryBundle(0)]),
        (256, 600, [EntryBundle(1), EntryBundle(2, 88)]),
    ],
)
def test_bundles_follow_the_tiles_of_level_zero(
    old_size: int, new_size: int, expected: list[EntryBundle]
) -> None:
    assert bundles_between(old_size, new_size) == expected


def test_bundle_round_trip_at_its_limits() -> None:
    entries = [b"", b"x" * MAX_ENTRY_BYTES, *[b"entry"] * 254]

    assert parse_bundle(pack_bundle(entries)) == entries


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="no entry"),
        pytest.param(b"\x00", id="half a length"),
        pytest.param(b"\x00\x05abcd", id="entry cut off"),
        pytest.param(b"\x00\x01ab", id="a byte too many"),
        pytest.param(b"\x00\x00" * 257, id="257 entries"),
        pytest.param(b"\x00\x00" * 100_000, id="very many entries"),
    ],
)
def test_malformed_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedBundle):
        parse_bundle(data)


def test_entry_or_bundle_beyond_its_limit_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        pack_bundle([b"x" * (MAX_ENTRY_BYTES + 1)])
    with pytest.raises(AssertionError):
        pack_bundle([b""] * 257)
