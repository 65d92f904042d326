"""Cells as bytes: what is owed is read alone, and as the whole cell tells it."""

import pytest

from ledger.errors import StoreCorrupt
from projections.statistics.by_acts.cells import Sums
from projections.statistics.by_acts.fees import OUTSTANDING, REQUIRED
from projections.stored.by_acts.packing import changed_cell, unpack_cell, unpack_owed


def cell_of(**by_channel: dict[str, tuple[int, int]]) -> bytes:
    sums = Sums()
    for channel, measures in by_channel.items():
        for measure, (times, total) in measures.items():
            sums.add((channel, measure), times, total)
    packed = changed_cell(None, sums)
    assert packed is not None
    return packed


def test_what_is_owed_is_read_as_the_whole_cell_tells_it() -> None:
    packed = cell_of(
        counter={REQUIRED: (3, 90_000), OUTSTANDING: (-1, -30_000)}, online={REQUIRED: (1, 5_000)}
    )

    owed = unpack_owed(packed)

    assert owed.sums == {"counter": {OUTSTANDING: unpack_cell(packed).sums["counter"][OUTSTANDING]}}
    assert owed.sums == {"counter": {OUTSTANDING: (-1, -30_000)}}


def test_bytes_that_are_no_cell_are_corrupt_when_only_what_is_owed_is_read_too() -> None:
    with pytest.raises(StoreCorrupt):
        unpack_owed(b"\x91\xc1")
