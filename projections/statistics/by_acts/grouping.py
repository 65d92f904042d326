"""Sums by group and period: what all three sorts of figures made from acts are read through."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from projections.counts import ALL
from projections.statistics.asking import BEFORE, WHOLE, Query, TooManyFigures, selection_of
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.asking import ActSource, Value
from projections.statistics.by_acts.fees import OUTSTANDING
from projections.statistics.walking import Group, group_order

# Of each measure how many, and the total.
Values = dict[str, tuple[int, int]]
Place = tuple[Group, str]
NONE: Final = (0, 0)


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a code of an answer stands for, in both languages."""

    code: str
    vi: str
    en: str


def cells_by_place(
    source: ActSource, theme: Theme, query: Query, most: int | None = None
) -> dict[Place, list[Mapping[str, Value]]]:
    """Read the cells of a theme by group and period; what lies before the first is `BEFORE`.

    Raises:
        TooManyFigures: more than ``most`` of them surely have a figure.
    """
    places = source.places()
    wanted = selection_of(query, places)
    if most is not None and source.has_more_figures(theme, wanted, most):
        raise TooManyFigures
    found: dict[Place, list[Mapping[str, Value]]] = {}
    # Many cells are of one group, and naming it costs more than all else that is done with them.
    known: dict[tuple[str, str, str, str], list[Mapping[str, Value]]] = {}
    shown = set[tuple[int, str]]()
    for cell in source.act_cells(theme, wanted):
        key = cell[:4]
        cells = known.get(key)
        if cells is None:
            group = Group.of(cell.office, cell.procedure, cell.channel, query, places)
            cells = known[key] = found.setdefault((group, cell.period), [])
        if most is not None and cell.period != BEFORE:
            shown.update((id(cells), name) for name in _surely_shown(theme, cell.values))
            if len(shown) > most:
                raise TooManyFigures
        cells.append(cell.values)
    return found


def _surely_shown(theme: Theme, values: Mapping[str, Value]) -> Iterable[str]:
    """Name the figures of a group and period that are there, whatever is added.

    Of stays they are the stages; of all else it is one, and only what is owed may come to nothing.
    """
    if theme is Theme.STEPS:
        return values
    is_shown = any(value[0] > 0 and measure != OUTSTANDING for measure, value in values.items())
    return (ALL,) if is_shown else ()


def sums_of(
    source: ActSource, theme: Theme, query: Query, most: int | None = None
) -> dict[Place, Values]:
    """Add up the cells of each group and period; it raises as `cells_by_place`."""
    found = cells_by_place(source, theme, query, most)
    return {place: added_up(cells) for place, cells in found.items()}


def added_up(cells: Sequence[Mapping[str, Value]]) -> Values:
    """Add up the measures of cells."""
    if len(cells) == 1:
        return {measure: value[:2] for measure, value in cells[0].items()}
    total: Values = {}
    for cell in cells:
        for measure, value in cell.items():
            times, known = total.get(measure, NONE)
            total[measure] = (times + value[0], known + value[1])
    return total


def add_values(total: Values, more: Values) -> None:
    """Add up measures."""
    for measure, value in more.items():
        total[measure] = plus(total.get(measure, NONE), value)


def plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Add up two counts with their totals."""
    return one[0] + other[0], one[1] + other[1]


def place_order(place: Place) -> tuple[tuple[str, str, str, str], str]:
    """Say where a group's period stands among others."""
    return group_order(place[0]), place[1]


def shown_period(period: str, query: Query) -> str:
    """Give a period as figures name it."""
    return query.period if period == WHOLE else period
