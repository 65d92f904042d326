"""Cells of figures made from acts, as the bytes that their rows hold."""

import sys
from array import array
from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from ledger.errors import StoreCorrupt
from projections.statistics.adding import pack_seconds, unpack_seconds
from projections.statistics.by_acts.cells import Sums, told_apart
from projections.statistics.by_acts.fees import OUTSTANDING


class StoredCell(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One cell: by channel and measure how many and the total; by stage the stays of all."""

    sums: dict[str, dict[str, tuple[int, int]]]
    runs: dict[str, bytes]


class _Owed(msgspec.Struct, frozen=True, gc=False):
    """Of all measures of a channel what is owed, under its name."""

    outstanding: tuple[int, int] | None = None


class _OwedCell(msgspec.Struct, array_like=True, frozen=True, gc=False):
    sums: dict[str, _Owed]


_encoder = msgspec.msgpack.Encoder()
_cells = msgspec.msgpack.Decoder(StoredCell)
_owed_cells = msgspec.msgpack.Decoder(_OwedCell)
_EMPTY: Final = StoredCell({}, {})
_NOT_HELD: Final = "the cells do not hold what a dossier added: rebuild the views"


def unpack_cell(packed: bytes) -> StoredCell:
    """Read a cell.

    Raises:
        StoreCorrupt: that is none.
    """
    try:
        return _cells.decode(packed)
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise StoreCorrupt(f"a cell of acts cannot be read: {error}") from error


def unpack_owed(packed: bytes) -> StoredCell:
    """Read of a cell what is owed, without reading anything else.

    Raises:
        StoreCorrupt: that is none.
    """
    try:
        by_channel = _owed_cells.decode(packed).sums
    except (msgspec.MsgspecError, TypeError, ValueError) as error:
        raise StoreCorrupt(f"a cell of acts cannot be read: {error}") from error
    sums = {
        channel: {OUTSTANDING: owed.outstanding}
        for channel, owed in by_channel.items()
        if owed.outstanding is not None
    }
    return StoredCell(sums, {})


def changed_cell(packed: bytes | None, change: Sums) -> bytes | None:
    """Add sums to a cell, or to none; None where all of it comes to nothing.

    Raises:
        StoreCorrupt: a stay is to be taken out that it does not hold.
    """
    if packed is None and change.more and not change.less:
        return _new_cell(change)
    cell = _EMPTY if packed is None else unpack_cell(packed)
    runs = _changed_runs(cell.runs, change)
    added = {**change.sums, **_sums_of_runs(runs)}
    for channel, by_measure in cell.sums.items():
        for measure, (times, total) in by_measure.items():
            if not cell.runs:
                more = added.get((channel, measure), (0, 0))
                added[channel, measure] = [times + more[0], total + more[1]]
    sums = _in_order(added)
    return _encoder.encode((sums, runs)) if sums else None


def _new_cell(change: Sums) -> bytes:
    """Write a cell of stays alone, of which there was none before."""
    runs: dict[str, bytes] = {}
    added = dict(change.sums)
    for stage in sorted(change.more):
        stays = sorted(change.more[stage])
        runs[stage] = packed = pack_seconds(stays)
        for channel, times, total in told_apart(packed, stays):
            added[channel, stage] = [times, total]
    return _encoder.encode((_in_order(added), runs))


def _in_order(
    added: Mapping[tuple[str, str], Sequence[int]],
) -> dict[str, dict[str, Sequence[int]]]:
    sums: dict[str, dict[str, Sequence[int]]] = {}
    for channel, measure in sorted(added):
        value = added[channel, measure]
        if value[0] or value[1]:
            sums.setdefault(channel, {})[measure] = value
    return sums


def _sums_of_runs(runs: Mapping[str, bytes]) -> dict[tuple[str, str], list[int]]:
    """Count the stays of each channel and stage, and add up their seconds."""
    return {
        (channel, stage): [times, total]
        for stage, packed in runs.items()
        for channel, times, total in told_apart(packed)
    }


def _changed_runs(runs: Mapping[str, bytes], change: Sums) -> dict[str, bytes]:
    if not runs and not change.less:
        return {stage: pack_seconds(change.more[stage]) for stage in sorted(change.more)}
    found: dict[str, bytes] = {}
    for stage in sorted({*runs, *change.more, *change.less}):
        more, less = change.more.get(stage, ()), change.less.get(stage, ())
        run = _changed_run(runs.get(stage, b""), more, less)
        if run:
            found[stage] = run
    return found


def _changed_run(packed: bytes, more: Sequence[int], less: Sequence[int]) -> bytes:
    """Put stays into a rising run, and take others out."""
    if not (more or less):
        return packed
    run = unpack_seconds(packed)
    if len(more) > len(run):
        run = array("q", sorted([*run, *more]))
    else:
        for stay in more:
            insort(run, stay)
    for stay in less:
        place = bisect_left(run, stay)
        if place == len(run) or run[place] != stay:
            raise StoreCorrupt(_NOT_HELD)
        del run[place]
    if sys.byteorder == "big":
        run.byteswap()
    return run.tobytes()
