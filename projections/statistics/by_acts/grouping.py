"""Sums by group and period: what all three sorts of figures made from acts are read through."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

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
    # Of stays each stage is a figure, of all else each group and period.
    shown, stages = 0, defaultdict[int, set[str]](set)
    for cell in source.act_cells(theme, wanted):
        key = cell[:4]
        cells = known.get(key)
        if cells is None:
            group = Group.of(cell.office, cell.procedure, cell.channel, query, places)
            cells = known[key] = found.setdefault((group, cell.period), [])
        if most is not None and cell.period != BEFORE:
            if theme is Theme.STEPS:
                of_place = stages[id(cells)]
                before = len(of_place)
                of_place.update(cell.values)
                shown += len(of_place) - before
            elif not cells and _is_surely_shown(cell.values):
                shown += 1
            if shown > most:
                raise TooManyFigures
        cells.append(cell.values)
    return found


def _is_surely_shown(values: Mapping[str, Value]) -> bool:
    """Tell whether whatever is added leaves a figure: only what is owed may come to nothing."""
    for measure, value in values.items():  # noqa: SIM110 - half as long as with `any`
        if value[0] > 0 and measure != OUTSTANDING:
            return True
    return False


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
    # Written out: lists of figures are made of tens of thousands of them.
    for measure, (times, amount) in more.items():
        known = total.get(measure)
        total[measure] = (times, amount) if known is None else (known[0] + times, known[1] + amount)


def plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Add up two counts with their totals."""
    return one[0] + other[0], one[1] + other[1]


def place_order(place: Place) -> tuple[tuple[str, str, str, str], str]:
    """Say where a group's period stands among others."""
    return group_order(place[0]), place[1]


def shown_period(period: str, query: Query) -> str:
    """Give a period as figures name it."""
    return query.period if period == WHOLE else period
