"""Reading cells of figures made from acts, in one transaction, as of its checkpoint."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from projections.counts import ALL
from projections.statistics.adding import (
    COARSEST,
    MONTH_LENGTH,
    pack_seconds,
    unpack_seconds,
)
from projections.statistics.asking import BEFORE, WHOLE, Selection
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.asking import ActCell, Value
from projections.statistics.by_acts.cells import (
    ALL_HISTORY,
    CHANNEL_PLACES,
    DAY,
    LEVEL_OF,
    LEVELS,
    MONTH,
    QUARTER,
    YEAR_LENGTH,
    run_of_channel,
    seconds_told_in,
)
from projections.statistics.by_acts.fees import OUTSTANDING
from projections.statistics.by_acts.spans import Piece, pieces_of
from projections.statistics.periods import (
    Granularity,
    first_day,
    last_day,
    period_after,
    period_at,
)
from projections.statistics.places import Places
from projections.stored.by_acts.lists import StoredList, unpack_list
from projections.stored.by_acts.packing import StoredCell, unpack_cell
from projections.stored.by_acts.summing import cells_of_lists
from projections.stored.cell_spans import pieces_of as spans_of_days
from projections.tables import ACT_CELLS

Condition = sa.ColumnElement[bool]
# Which cells to read, with the name of their period where it is not their own.
Named = tuple[Piece, str | None]
# A cell by office, procedure and the name of its period.
Stored = tuple[str, str, str, StoredCell]
_Columns = sa.sql.base.ReadOnlyColumnCollection[str, sa.Column[Any]]


class StoredActs:
    """An `ActSource` over the views."""

    def __init__(self, connection: sa.Connection, places: Places, as_of: datetime) -> None:
        self._connection = connection
        self._places = places
        self._as_of = as_of

    def as_of(self) -> datetime:
        """Give the instant that the figures are as of."""
        return self._as_of

    def places(self) -> Places:
        """Give offices and procedures as they are at the checkpoint."""
        return self._places

    def act_cells(self, theme: Theme, wanted: Selection) -> Iterator[ActCell]:
        """Give the cells of a theme; where there are none so fine, what dossiers added one by one.

        A group may then come in one cell or in many.
        """
        pieces = _pieces(theme, wanted)
        if pieces is not None:
            yield from self._kept(theme, wanted, pieces)
        elif _are_months_quicker(theme, wanted):
            yield from self._of_days(theme, wanted)
        elif theme is Theme.FEES and wanted.first is not None:
            yield from self._owed_and_listed(wanted)
        else:
            yield from cells_of_lists(theme, wanted, self._lists(theme, wanted))

    def _stored(self, theme: Theme, wanted: Selection, pieces: Iterable[Named]) -> Iterator[Stored]:
        """Give kept cells by office, procedure and period, as they are."""
        for piece, named in pieces:
            rows = self._connection.execute(_query(theme, wanted, piece)).all()
            for office, procedure, period, packed in rows:
                name = _named(period, piece, wanted) if named is None else named
                yield office, procedure, name, unpack_cell(packed)

    def _kept(self, theme: Theme, wanted: Selection, pieces: Iterable[Named]) -> Iterator[ActCell]:
        stored = self._stored(theme, wanted, pieces)
        if theme is Theme.STEPS and wanted.grain.endswith("c"):
            # Taken apart by channels at once, many short runs are taken apart as a few long ones.
            yield from _stays_by_channel(stored, wanted)
            return
        for office, procedure, name, cell in stored:
            # Before the first period only what is owed is asked for, and few cells hold any.
            if name != BEFORE or any(OUTSTANDING in sums for sums in cell.sums.values()):
                cells = _cells(office, procedure, name, cell, wanted)
                yield from map(_owed, cells) if name == BEFORE else cells

    def _of_days(self, theme: Theme, wanted: Selection) -> Iterator[ActCell]:
        """Give a span of days: months from kept cells, and the days at its edges from lists."""
        for each in spans_of_days(wanted.first, wanted.last):
            if each.is_before and theme is not Theme.FEES:
                continue
            name = BEFORE if each.is_before else WHOLE
            if not each.is_days:
                pieces = [(piece, name) for piece in pieces_of(each.first, each.last)]
                yield from self._kept(theme, wanted, pieces)
                continue
            edge = replace(wanted, first=each.first, last=each.last)
            for cell in cells_of_lists(theme, edge, self._lists(theme, edge), with_before=False):
                yield _owed(cell._replace(period=BEFORE)) if each.is_before else cell

    def _owed_and_listed(self, wanted: Selection) -> Iterator[ActCell]:
        """Give fees; what was owed before them is what is owed at last, less what came since.

        So the lists of earlier years, which are most of them, are not even read.
        """
        theme, last = Theme.FEES, wanted.last
        lists = list(self._lists(theme, replace(wanted, last=None)))
        for cell in cells_of_lists(theme, wanted, lists, with_before=False):
            yield cell
            yield from _not_yet_owed(cell)
        if last is not None:
            following = period_after(last, wanted.granularity)
            after = replace(wanted, first=following, last=None, by_period=False)
            for cell in cells_of_lists(theme, after, lists, with_before=False):
                yield from _not_yet_owed(cell)
        yield from self._kept(theme, wanted, [(Piece(ALL_HISTORY, None, None), BEFORE)])

    def _lists(self, theme: Theme, wanted: Selection) -> Iterator[tuple[str, str, StoredList]]:
        pairs = ACT_CELLS.pairs.c
        found = [pairs.theme == theme.value, *_among(pairs, wanted)]
        if wanted.first is not None:
            found.append(pairs.year >= wanted.first[:YEAR_LENGTH])
        if wanted.last is not None:
            found.append(pairs.year <= wanted.last[:YEAR_LENGTH])
        query = sa.select(pairs.office, pairs.procedure, pairs.parts).where(*found)
        for office, procedure, packed in self._connection.execute(query).all():
            yield office, procedure, unpack_list(packed)


def _are_months_quicker(theme: Theme, wanted: Selection) -> bool:
    """Tell whether a span of days is read from months; stays would have to be merged again."""
    return not wanted.by_period and theme is not Theme.STEPS and MONTH in LEVELS[_grain(wanted)]


def _pieces(theme: Theme, wanted: Selection) -> list[Named] | None:
    """Say which cells to read, with the name of their period where it is not their own.

    None where the cells are not so fine.
    """
    levels = LEVELS[_grain(wanted)]
    if wanted.by_period or wanted.granularity is Granularity.DAY:
        is_whole = not wanted.by_period and wanted.first is None and wanted.last is None
        if is_whole and ALL_HISTORY in levels:
            return [(Piece(ALL_HISTORY, None, None), WHOLE)]
        pieces = _by_period(wanted, levels)
    else:
        pieces = _together(wanted, levels)
    if pieces is None:
        return None
    found = [(piece, None if wanted.by_period else WHOLE) for piece in pieces]
    if theme is Theme.FEES and wanted.first is not None:
        found += [(piece, BEFORE) for piece in _before(wanted.first, levels)]
    return found


def _by_period(wanted: Selection, levels: Iterable[str]) -> list[Piece] | None:
    """Give periods of the granularity asked for, or the months of which they consist."""
    level = LEVEL_OF[wanted.granularity]
    if level in levels:
        return [Piece(level, wanted.first, wanted.last)]
    if level == DAY or MONTH not in levels:
        return None
    return [Piece(MONTH, *_months(wanted))]


def _together(wanted: Selection, levels: Iterable[str]) -> list[Piece] | None:
    first, last = _months(wanted)
    if first is None and last is None and ALL_HISTORY in levels:
        return [Piece(ALL_HISTORY, None, None)]
    if MONTH not in levels:
        return None
    if QUARTER not in levels or (first is None and last is None):
        return [Piece(MONTH, first, last)]
    return pieces_of(first, last)


def _named(period: str, piece: Piece, wanted: Selection) -> str:
    return period_at(period, wanted.granularity) if piece.level == MONTH else period


def _months(wanted: Selection) -> tuple[str | None, str | None]:
    first, last = wanted.first, wanted.last
    return (
        None if first is None else first_day(first).isoformat()[:MONTH_LENGTH],
        None if last is None else last_day(last, wanted.granularity).isoformat()[:MONTH_LENGTH],
    )


def _before(first: str, levels: Iterable[str]) -> list[Piece]:
    """Give what lies before a period: months as far as these end before it, then days."""
    day = first_day(first).isoformat()
    begin = f"{day[:MONTH_LENGTH]}-01"
    month = (date.fromisoformat(begin) - timedelta(days=1)).isoformat()[:MONTH_LENGTH]
    pieces = pieces_of(None, month) if QUARTER in levels else [Piece(MONTH, None, month)]
    if begin < day:
        before = date.fromisoformat(day) - timedelta(days=1)
        pieces.append(Piece(DAY, begin, before.isoformat()))
    return pieces


def _query(theme: Theme, wanted: Selection, piece: Piece) -> sa.Select[Any]:
    cells = ACT_CELLS.cells.c
    grain = _grain(wanted)
    found = [cells.theme == theme.value, cells.grain == f"{grain}{piece.level}"]
    found += _among(cells, wanted)
    # With it named, the key leads straight to the periods.
    found += [cells[name] == ALL for letter, name in _NAMES if letter not in grain]
    if piece.first is not None:
        found.append(cells.period >= piece.first)
    if piece.last is not None:
        found.append(cells.period <= piece.last)
    shown = [
        cells[name] if letter in wanted.apart else sa.literal_column(f"'{ALL}'").label(name)
        for letter, name in _NAMES
    ]
    return sa.select(*shown, cells.period, cells.cell).where(*found)


_NAMES: Final = (("o", "office"), ("p", "procedure"))


def _grain(wanted: Selection) -> str:
    """Give the grain of cells; channels are told apart within each."""
    return wanted.grain.replace("c", COARSEST)


def _among(columns: _Columns, wanted: Selection) -> list[Condition]:
    found: list[Condition] = []
    if wanted.offices is not None:
        found.append(columns.office.in_(sorted(wanted.offices)))
    if wanted.procedures is not None:
        found.append(columns.procedure.in_(sorted(wanted.procedures)))
    return found


def _stays_by_channel(stored: Iterable[Stored], wanted: Selection) -> Iterator[ActCell]:
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


def _cells(
    office: str, procedure: str, period: str, cell: StoredCell, wanted: Selection
) -> Iterator[ActCell]:
    """Give what is asked for of a stored cell: all channels as one, one of them, or each.

    Of stays it is all channels as one (`_stays_by_channel`).
    """
    if "c" not in wanted.apart and wanted.channel is None:
        yield ActCell(office, procedure, ALL, period, _all_channels(cell))
        return
    for channel, sums in cell.sums.items():
        if wanted.channel in (None, channel):
            values = {measure: Value(times, total, b"") for measure, (times, total) in sums.items()}
            named = channel if "c" in wanted.apart else ALL
            yield ActCell(office, procedure, named, period, values)


def _owed(cell: ActCell) -> ActCell:
    owed = cell.values.get(OUTSTANDING)
    return cell._replace(values={} if owed is None else {OUTSTANDING: owed})


def _not_yet_owed(cell: ActCell) -> Iterator[ActCell]:
    """Take what a cell adds to what is owed off what was owed before."""
    owed = cell.values.get(OUTSTANDING)
    if owed is not None:
        values = {OUTSTANDING: Value(-owed.times, -owed.total, b"")}
        yield cell._replace(period=BEFORE, values=values)


def _all_channels(cell: StoredCell) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for sums in cell.sums.values():
        for measure, (times, total) in sums.items():
            known = values.get(measure)
            if known is None:
                values[measure] = Value(times, total, cell.runs.get(measure, b""))
            else:
                values[measure] = Value(known[0] + times, known[1] + total, known[2])
    return values
