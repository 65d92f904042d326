"""Kept cells added up as they are asked for: by channels or all together, by groups or fields."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from projections.counts import ALL
from projections.statistics.adding import pack_seconds, unpack_seconds
from projections.statistics.asking import BEFORE, Selection
from projections.statistics.by_acts.asking import ActCell, Value
from projections.statistics.by_acts.cells import (
    CHANNEL_PLACES,
    STAY_BYTES,
    run_of_channel,
    seconds_told_in,
)
from projections.statistics.by_acts.fees import OUTSTANDING
from projections.stored.by_acts.packing import StoredCell

# A cell by office, procedure and the name of its period.
Stored = tuple[str, str, str, StoredCell]


def stays_by_channel(stored: Iterable[Stored], wanted: Selection) -> Iterator[ActCell]:
    """Give stays by channel or of one, each group and period as one cell."""
    found: dict[tuple[str, str, str], dict[str, list[bytes]]] = {}
    for office, procedure, name, cell in stored:
        code = wanted.stand_ins.get(procedure, procedure)
        runs = found.setdefault((office, code, name), {})
        for stage, run in cell.runs.items():
            runs.setdefault(stage, []).append(run)
    for (office, procedure, name), runs in found.items():
        by_channel: dict[str, dict[str, Value]] = {}
        for stage, several in runs.items():
            for channel, value in _by_channel(several, wanted.channel):
                by_channel.setdefault(channel, {})[stage] = value
        for channel, values in by_channel.items():
            told = channel if "c" in wanted.apart else ALL
            yield ActCell(office, procedure, told, name, values)


def _by_channel(runs: Sequence[bytes], wanted: str | None) -> Iterator[tuple[str, Value]]:
    """Give the stays of several runs as one run for each channel, or for the one that is wanted."""
    run = runs[0] if len(runs) == 1 else pack_seconds(unpack_seconds(b"".join(runs)))
    for channel in CHANNEL_PLACES if wanted is None else (wanted,):
        packed = run_of_channel(run, channel)
        if packed:
            stays = unpack_seconds(packed)
            yield channel, Value(len(stays), seconds_told_in(stays, channel), packed)


def stays_together(stored: Iterable[Stored]) -> Iterator[ActCell]:
    """Give the stays of all channels, cell by cell."""
    for office, procedure, name, cell in stored:
        seconds = dict.fromkeys(cell.runs, 0)
        for sums in cell.sums.values():
            for stage, (_, total) in sums.items():
                seconds[stage] += total
        # As its own constructor makes them, which takes twice as long.
        values = {
            stage: tuple.__new__(Value, (len(run) // STAY_BYTES, seconds[stage], run))
            for stage, run in cell.runs.items()
        }
        yield ActCell(office, procedure, ALL, name, values)


_Totals = dict[str, list[int]]


def sums_of_cells(
    stored: Iterable[Stored], wanted: Selection, *, at_once: bool
) -> Iterator[ActCell]:
    """Add up cells: all channels as one, one of them, or each; ``at_once`` or cell by cell."""
    found: dict[tuple[str, str, str, str], _Totals] = {}
    stand_in, channels = wanted.stand_ins.get, "c" in wanted.apart
    for office, procedure, name, cell in stored:
        code = stand_in(procedure, procedure)
        for channel, sums in cell.sums.items():
            # Before the first period only what is owed is asked for, and few cells hold any.
            if wanted.channel in (None, channel) and (name != BEFORE or OUTSTANDING in sums):
                group = (office, code, channel if channels else ALL, name)
                added = {OUTSTANDING: sums[OUTSTANDING]} if name == BEFORE else sums
                _add_sums(found.setdefault(group, {}), added)
        if not at_once:
            yield from _cells_of(found)
            found.clear()
    yield from _cells_of(found)


def _add_sums(totals: _Totals, sums: Mapping[str, tuple[int, int]]) -> None:
    for measure, (times, total) in sums.items():
        known = totals.get(measure)
        if known is None:
            totals[measure] = [times, total]
        else:
            known[0] += times
            known[1] += total


def _cells_of(found: Mapping[tuple[str, str, str, str], _Totals]) -> Iterator[ActCell]:
    for group, totals in found.items():
        values = {measure: Value(times, total, b"") for measure, (times, total) in totals.items()}
        yield ActCell(*group, values)


def add_owed(owed: dict[tuple[str, str, str], tuple[int, int]], cell: ActCell, sign: int) -> None:
    """Add what a cell adds to what is owed, or with ``sign`` -1 take it off."""
    value = cell.values.get(OUTSTANDING)
    if value is not None:
        times, total = owed.get(cell[:3], (0, 0))
        owed[cell[:3]] = (times + sign * value.times, total + sign * value.total)
