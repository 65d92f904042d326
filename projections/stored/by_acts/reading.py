"""Reading cells of figures made from acts, in one transaction, as of its checkpoint."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa

from projections.counts import ALL
from projections.statistics.adding import MONTH_LENGTH
from projections.statistics.asking import BEFORE, WHOLE, Selection
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.asking import ActCell, Value
from projections.statistics.by_acts.cells import ALL_HISTORY, MONTH
from projections.statistics.by_acts.fees import OUTSTANDING
from projections.statistics.by_acts.spans import Piece, pieces_of
from projections.statistics.periods import Granularity, period_after, period_at
from projections.statistics.places import Places
from projections.stored.by_acts.choosing import (
    Named,
    are_months_quicker,
    as_kept,
    cells_to_read,
    grain_of,
    months_of,
    tells_channels,
)
from projections.stored.by_acts.kept import (
    Stored,
    add_owed,
    stays_by_channel,
    stays_together,
    sums_of_cells,
)
from projections.stored.by_acts.lists import procedures_in, unpack_list
from projections.stored.by_acts.packing import unpack_cell, unpack_owed
from projections.stored.by_acts.summing import Listed, cells_of_lists
from projections.stored.cell_spans import pieces_of as spans_of_days
from projections.tables import ACT_CELLS

Condition = sa.ColumnElement[bool]
ROWS_AT_ONCE: Final = 500
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
        kept = as_kept(wanted, self._places)
        pieces = cells_to_read(theme, kept)
        if pieces is not None:
            yield from self._kept(theme, kept, pieces)
        elif are_months_quicker(kept):
            yield from self._of_days(theme, wanted, kept)
        elif theme is Theme.FEES and wanted.first is not None:
            yield from self._owed_and_listed(wanted, kept)
        else:
            yield from cells_of_lists(theme, wanted, self._lists(theme, wanted))

    def has_more_figures(self, theme: Theme, wanted: Selection, most: int) -> bool:
        """Tell whether there surely are more figures, from a part of what they are made from."""
        pieces = cells_to_read(theme, as_kept(wanted, self._places))
        if pieces is None:
            return _are_pairs_shown(theme, wanted) and self._has_more_pairs(theme, wanted, most)
        if theme is not Theme.STEPS or not tells_channels(wanted):
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
            Theme.STEPS, as_kept(wanted, self._places), [piece]
        ):
            group = (office, wanted.stand_ins.get(procedure, procedure), name)
            for channel, sums in cell.sums.items():
                if wanted.channel in (None, channel):
                    found.update((*group, channel, stage) for stage in sums)
            if len(found) > most:
                return True
        return False

    def _stored(self, theme: Theme, wanted: Selection, pieces: Iterable[Named]) -> Iterator[Stored]:
        """Give kept cells by office, procedure and period, as they are."""
        for piece, named in pieces:
            query = _query(theme, wanted, piece)
            # Before the first period only what is owed is asked for.
            unpack = unpack_owed if named == BEFORE else unpack_cell
            for office, procedure, period, packed in self._rows(query):
                name = _named(period, piece, wanted) if named is None else named
                yield office, procedure, name, unpack(packed)

    def _kept(self, theme: Theme, wanted: Selection, pieces: Sequence[Named]) -> Iterator[ActCell]:
        stored = self._stored(theme, wanted, pieces)
        if theme is Theme.STEPS and tells_channels(wanted):
            # Taken apart by channels at once, many short runs are taken apart as a few long ones.
            yield from stays_by_channel(stored, wanted)
            return
        cells = (
            stays_together(stored)
            if theme is Theme.STEPS
            # Where each cell is a group of its own, whoever has too many reads no further.
            else sums_of_cells(stored, wanted, at_once=len(pieces) > 1 or bool(wanted.stand_ins))
        )
        for cell in cells:
            if cell.values:
                yield cell

    def _of_days(self, theme: Theme, wanted: Selection, kept: Selection) -> Iterator[ActCell]:
        """Give a span of days: months from kept cells, and the days at its edges from lists."""
        edges = set[str]()
        for each in spans_of_days(wanted.first, wanted.last):
            if each.is_days:
                edges.add(f"{each.first}"[:MONTH_LENGTH] + "-01")
            elif theme is Theme.FEES or not each.is_before:
                name = BEFORE if each.is_before else WHOLE
                pieces = [(piece, name) for piece in pieces_of(each.first, each.last)]
                yield from self._kept(theme, kept, pieces)
        # What lies before the span is in the month of its first day, and read along with it.
        lists = chain.from_iterable(
            self._lists(theme, replace(wanted, first=day, last=day)) for day in sorted(edges)
        )
        yield from cells_of_lists(theme, wanted, lists, are_few=True)

    def _owed_and_listed(self, wanted: Selection, kept: Selection) -> Iterator[ActCell]:
        """Give fees; what was owed before them is what is owed at last, less what came since.

        So the lists of earlier years, which are most of them, are not even read.
        """
        theme, last = Theme.FEES, wanted.last
        lists = list(self._lists(theme, replace(wanted, last=None)))
        since: dict[tuple[str, str, str], tuple[int, int]] = {}
        for cell in cells_of_lists(theme, wanted, lists, with_before=False):
            yield cell
            add_owed(since, cell, -1)
        if last is not None:
            following = period_after(last, wanted.granularity)
            after = replace(wanted, first=following, last=None, by_period=False)
            for cell in cells_of_lists(theme, after, lists, with_before=False):
                add_owed(since, cell, -1)
        for cell in self._kept(theme, kept, [(Piece(ALL_HISTORY, None, None), BEFORE)]):
            add_owed(since, cell, +1)
        for group, owed in since.items():
            yield ActCell(*group, BEFORE, {OUTSTANDING: Value(*owed, b"")})

    def _lists(self, theme: Theme, wanted: Selection) -> Iterator[Listed]:
        for month, office, packed in self._packed_lists(theme, wanted):
            yield month, office, unpack_list(packed)

    def _packed_lists(self, theme: Theme, wanted: Selection) -> Iterator[Sequence[Any]]:
        lists = ACT_CELLS.lists.c
        found = [lists.theme == theme.value, *_in_months(lists.month, wanted)]
        if wanted.offices is not None:
            # With each month named, the key leads straight to the offices.
            found = [
                lists.theme == theme.value,
                lists.month.in_(_months_with_lists(theme, wanted)),
                lists.office.in_(sorted(wanted.offices)),
            ]
        query = sa.select(lists.month, lists.office, lists.parts).where(*found)
        yield from self._rows(query.order_by(lists.month, lists.office))

    def _rows(self, query: sa.Select[Any]) -> Iterator[Sequence[Any]]:
        """Give rows, some at a time: whoever refuses an answer reads no further."""
        result = self._connection.execute(query)
        while found := result.fetchmany(ROWS_AT_ONCE):
            yield from found


def _months_with_lists(theme: Theme, wanted: Selection) -> sa.Select[Any]:
    """Select the months of lists, one after another, since there are many lists of each.

    Cells do not name them all: what offices have in a month may come to nothing together.
    """
    first, other = ACT_CELLS.lists.alias().c, ACT_CELLS.lists.alias().c
    begin = sa.select(sa.func.min(first.month).label("month"))
    begin = begin.where(first.theme == theme.value, *_in_months(first.month, wanted))
    months = begin.cte("months", recursive=True)
    later = sa.select(sa.func.min(other.month)).where(
        other.theme == theme.value, *_in_months(other.month, wanted), other.month > months.c.month
    )
    known = months.c.month.is_not(None)
    months = months.union_all(sa.select(later.scalar_subquery()).where(known))
    return sa.select(months.c.month).where(months.c.month.is_not(None))


def _in_months(month: sa.Column[Any], wanted: Selection) -> Iterator[Condition]:
    first, last = months_of(wanted)
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


def _named(period: str, piece: Piece, wanted: Selection) -> str:
    return period_at(period, wanted.granularity) if piece.level == MONTH else period


def _query(theme: Theme, wanted: Selection, piece: Piece) -> sa.Select[Any]:
    cells = ACT_CELLS.cells.c
    grain = grain_of(wanted)
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


def _among(columns: _Columns, wanted: Selection) -> list[Condition]:
    found: list[Condition] = []
    if wanted.offices is not None:
        found.append(columns.office.in_(sorted(wanted.offices)))
    if wanted.procedures is not None:
        found.append(columns.procedure.in_(sorted(wanted.procedures)))
    return found
