"""Reading cells of figures made from acts, in one transaction, as of its checkpoint."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
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
    STAY_BYTES,
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
from projections.stored.by_acts.lists import procedures_in, unpack_list
from projections.stored.by_acts.packing import StoredCell, unpack_cell
from projections.stored.by_acts.summing import Listed, cells_of_lists
from projections.stored.cell_spans import pieces_of as spans_of_days
from projections.tables import ACT_CELLS

Condition = sa.ColumnElement[bool]
ROWS_AT_ONCE: Final = 500
# Which cells to read, with the name of their period where it is not their own.
Named = tuple[Piece, str | None]
# A cell by office, procedure and the name of its period.
Stored = tuple[str, str, str, StoredCell]
_Columns = sa.sql.base.ReadOnlyColumnCollection[str, sa.Column[Any]]


@dataclass(frozen=True, slots=True)
class _OfLevel(Selection):
    """A selection of all offices of one level, which stands in their place."""

    @property
    def grain(self) -> str:
        """Give the coarsest grain of cells that can answer."""
        return Selection.grain.fget(self).replace("o", "l")


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
        kept = self._as_kept(wanted)
        pieces = _pieces(theme, kept)
        if pieces is not None:
            yield from self._kept(theme, kept, pieces)
        elif _are_months_quicker(kept):
            yield from self._of_days(theme, wanted, kept)
        elif theme is Theme.FEES and wanted.first is not None:
            yield from self._owed_and_listed(wanted, kept)
        else:
            yield from cells_of_lists(theme, wanted, self._lists(theme, wanted))

    def has_more_figures(self, theme: Theme, wanted: Selection, most: int) -> bool:
        """Tell whether there surely are more figures, from a part of what they are made from."""
        pieces = _pieces(theme, self._as_kept(wanted))
        if pieces is None:
            return _are_pairs_shown(theme, wanted) and self._has_more_pairs(theme, wanted, most)
        if theme is not Theme.STEPS or not _tells_channels(wanted):
            return False
        return self._has_more_stages(wanted, pieces[0], most)

    def _has_more_pairs(self, theme: Theme, wanted: Selection, most: int) -> bool:
        """Count offices with procedures; each has a figure in a month of which it has a list."""
        found = set[tuple[str, str]]()
        for _, office, packed in self._packed_lists(theme, wanted):
            found.update((office, code) for code in procedures_in(packed))
            if len(found) > most:
                return True
        return False

    def _has_more_stages(self, wanted: Selection, piece: Named, most: int) -> bool:
        """Count stages by channels, which are long to take apart."""
        found = set[tuple[str, ...]]()
        for office, procedure, name, cell in self._stored(
            Theme.STEPS, self._as_kept(wanted), [piece]
        ):
            group = (office, wanted.stand_ins.get(procedure, procedure), name)
            for channel, sums in cell.sums.items():
                if wanted.channel in (None, channel):
                    found.update((*group, channel, stage) for stage in sums)
            if len(found) > most:
                return True
        return False

    def _as_kept(self, wanted: Selection) -> Selection:
        """Give what is asked for as cells tell it: all offices of one level by that level."""
        if wanted.offices is None or "o" in wanted.apart:
            return wanted
        level = self._places.level_of_all(wanted.offices)
        if level is None:
            return wanted
        return _OfLevel(**{**_fields_of(wanted), "offices": frozenset({level})})

    def _stored(self, theme: Theme, wanted: Selection, pieces: Iterable[Named]) -> Iterator[Stored]:
        """Give kept cells by office, procedure and period, as they are."""
        for piece, named in pieces:
            query = _query(theme, wanted, piece)
            for office, procedure, period, packed in self._rows(query):
                name = _named(period, piece, wanted) if named is None else named
                yield office, procedure, name, unpack_cell(packed)

    def _kept(self, theme: Theme, wanted: Selection, pieces: Sequence[Named]) -> Iterator[ActCell]:
        stored = self._stored(theme, wanted, pieces)
        if theme is Theme.STEPS and _tells_channels(wanted):
            # Taken apart by channels at once, many short runs are taken apart as a few long ones.
            yield from _stays_by_channel(stored, wanted)
            return
        cells = (
            _stays_together(stored)
            if theme is Theme.STEPS
            # Where each cell is a group of its own, whoever has too many reads no further.
            else _sums_of(stored, wanted, at_once=len(pieces) > 1 or bool(wanted.stand_ins))
        )
        for cell in cells:
            if cell.values:
                yield cell

    def _of_days(self, theme: Theme, wanted: Selection, kept: Selection) -> Iterator[ActCell]:
        """Give a span of days: months from kept cells, and the days at its edges from lists."""
        for each in spans_of_days(wanted.first, wanted.last):
            if each.is_before and theme is not Theme.FEES:
                continue
            name = BEFORE if each.is_before else WHOLE
            if not each.is_days:
                pieces = [(piece, name) for piece in pieces_of(each.first, each.last)]
                yield from self._kept(theme, kept, pieces)
                continue
            edge = replace(wanted, first=each.first, last=each.last)
            for cell in cells_of_lists(theme, edge, self._lists(theme, edge), with_before=False):
                yield _owed(cell._replace(period=BEFORE)) if each.is_before else cell

    def _owed_and_listed(self, wanted: Selection, kept: Selection) -> Iterator[ActCell]:
        """Give fees; what was owed before them is what is owed at last, less what came since.

        So the lists of earlier years, which are most of them, are not even read.
        """
        theme, last = Theme.FEES, wanted.last
        lists = list(self._lists(theme, replace(wanted, last=None)))
        since: dict[tuple[str, str, str], tuple[int, int]] = {}
        for cell in cells_of_lists(theme, wanted, lists, with_before=False):
            yield cell
            _add_owed(since, cell, -1)
        if last is not None:
            following = period_after(last, wanted.granularity)
            after = replace(wanted, first=following, last=None, by_period=False)
            for cell in cells_of_lists(theme, after, lists, with_before=False):
                _add_owed(since, cell, -1)
        for cell in self._kept(theme, kept, [(Piece(ALL_HISTORY, None, None), BEFORE)]):
            _add_owed(since, cell, +1)
        for group, owed in since.items():
            yield ActCell(*group, BEFORE, {OUTSTANDING: Value(*owed, b"")})

    def _lists(self, theme: Theme, wanted: Selection) -> Iterator[Listed]:
        for month, office, packed in self._packed_lists(theme, wanted):
            yield month, office, unpack_list(packed)

    def _packed_lists(self, theme: Theme, wanted: Selection) -> Iterator[sa.Row[Any]]:
        lists = ACT_CELLS.lists.c
        found = [lists.theme == theme.value, *_in_months(lists.month, wanted)]
        if wanted.offices is not None:
            # With each month named, the key leads straight to the offices.
            of_months = ACT_CELLS.cells.c
            named = sa.select(of_months.period).where(
                of_months.theme == theme.value,
                of_months.grain == MONTH,
                of_months.office == ALL,
                of_months.procedure == ALL,
                *_in_months(of_months.period, wanted),
            )
            found = [
                lists.theme == theme.value,
                lists.month.in_(named),
                lists.office.in_(sorted(wanted.offices)),
            ]
        query = sa.select(lists.month, lists.office, lists.parts).where(*found)
        yield from self._rows(query.order_by(lists.month, lists.office))

    def _rows(self, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
        """Give rows, some at a time: whoever refuses an answer reads no further."""
        result = self._connection.execute(query)
        while found := result.fetchmany(ROWS_AT_ONCE):
            yield from found


def _fields_of(wanted: Selection) -> dict[str, Any]:
    return {field.name: getattr(wanted, field.name) for field in fields(wanted)}


def _in_months(month: sa.Column[Any], wanted: Selection) -> Iterator[Condition]:
    first, last = _months(wanted)
    if first is not None:
        yield month >= first
    if last is not None:
        yield month <= last


def _are_pairs_shown(theme: Theme, wanted: Selection) -> bool:
    """Tell whether each procedure in a list of an office surely has a figure of its own.

    Of fees it may have nothing but what was owed before.
    """
    return (
        theme is not Theme.FEES
        and wanted.apart >= {"o", "p"}
        and not wanted.stand_ins
        and (wanted.procedures is None and wanted.channel is None)
        and wanted.granularity is not Granularity.DAY
    )


def _tells_channels(wanted: Selection) -> bool:
    return wanted.grain.endswith("c")


def _are_months_quicker(wanted: Selection) -> bool:
    """Tell whether a span of days is read from months, and from lists at its edges alone."""
    return not wanted.by_period and MONTH in LEVELS[_grain(wanted)]


def _pieces(theme: Theme, wanted: Selection) -> list[Named] | None:
    """Say which cells to read, with the name of their period where it is not their own.

    None where the cells are not so fine.
    """
    levels = LEVELS[_grain(wanted)]
    if wanted.by_period or wanted.granularity is Granularity.DAY:
        is_whole = not wanted.by_period and wanted.first is None and wanted.last is None
        if is_whole and ALL_HISTORY in levels:
            return [(Piece(ALL_HISTORY, None, None), WHOLE)]
        is_long = DAY in levels and MONTH in levels and not wanted.by_period
        pieces = _days_and_months(wanted) if is_long else _by_period(wanted, levels)
    else:
        pieces = _together(wanted, levels)
    if pieces is None:
        return None
    found = [(piece, None if wanted.by_period else WHOLE) for piece in pieces]
    if theme is Theme.FEES and wanted.first is not None:
        found += [(piece, BEFORE) for piece in _before(wanted.first, levels)]
    return found


def _days_and_months(wanted: Selection) -> list[Piece]:
    """Give a span of days as whole months and the days at its edges: fewer and longer runs."""
    return [
        Piece(DAY if each.is_days else MONTH, each.first, each.last)
        for each in spans_of_days(wanted.first, wanted.last)
        if not each.is_before
    ]


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
    found += [cells[name] == ALL for letters, name in _TOLD_BY if letters.isdisjoint(grain)]
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
_TOLD_BY: Final = ((frozenset("ol"), "office"), (frozenset("p"), "procedure"))


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


def _stays_together(stored: Iterable[Stored]) -> Iterator[ActCell]:
    """Give the stays of all channels, cell by cell."""
    for office, procedure, name, cell in stored:
        seconds: dict[str, int] = {}
        for sums in cell.sums.values():
            for stage, (_, total) in sums.items():
                seconds[stage] = seconds.get(stage, 0) + total
        values = {
            stage: Value(len(run) // STAY_BYTES, seconds[stage], run)
            for stage, run in cell.runs.items()
        }
        yield ActCell(office, procedure, ALL, name, values)


_Totals = dict[str, list[int]]


def _sums_of(stored: Iterable[Stored], wanted: Selection, *, at_once: bool) -> Iterator[ActCell]:
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


def _owed(cell: ActCell) -> ActCell:
    owed = cell.values.get(OUTSTANDING)
    return cell._replace(values={} if owed is None else {OUTSTANDING: owed})


def _add_owed(owed: dict[tuple[str, str, str], tuple[int, int]], cell: ActCell, sign: int) -> None:
    """Add what a cell adds to what is owed, or with ``sign`` -1 take it off."""
    value = cell.values.get(OUTSTANDING)
    if value is not None:
        times, total = owed.get(cell[:3], (0, 0))
        owed[cell[:3]] = (times + sign * value.times, total + sign * value.total)
