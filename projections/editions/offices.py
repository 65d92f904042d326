"""Figures of every office by month, which the next edition compares with its own.

They stand in no file of an edition: of two hundred offices over two years they would be 5 MB a day,
and an answer holds fewer of them. Whoever folds the log has them, and so they are compared without
a limit. Rows are held as bytes, since nearly all of them are what they were.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import msgspec

from projections.editions.figures import EditionFigures
from projections.editions.revisions import Monthly, RevisedFile, measures_of_row
from projections.reading import FiguresInViews
from projections.recompute import FiguresOfWorld
from projections.statistics.asking import Dimension, Query
from projections.statistics.backlog import backlog_of
from projections.statistics.by_acts.fee_figures import count_fees
from projections.statistics.by_acts.step_figures import measure_steps
from projections.statistics.by_acts.visit_figures import count_visits
from projections.statistics.judging import judge_groups
from projections.tallies.placing import RatingQuery
from projections.tallies.ratings import count_ratings

_Source = FiguresInViews | FiguresOfWorld
_Rows = Callable[[_Source], Iterable[msgspec.Struct]]
_QUERY: Final = Query(by=frozenset({Dimension.OFFICE, Dimension.PERIOD}))


def _ratings(source: _Source) -> Iterable[msgspec.Struct]:
    return count_ratings(source.tallies(), source.cells(), RatingQuery(_QUERY)).figures


# Petitions stand under offices in their file already; what is left there is rolled up.
_ROWS: Final[Mapping[str, _Rows]] = MappingProxyType(
    {
        "timeliness": lambda source: judge_groups(source.cells(), _QUERY)[0],
        "backlog": lambda source: backlog_of(source.cells(), _QUERY),
        "steps": lambda source: measure_steps(source.acts(), _QUERY)[0],
        "visits": lambda source: count_visits(source.acts(), _QUERY)[0],
        "fees": lambda source: count_fees(source.acts(), _QUERY)[0],
        "ratings": _ratings,
    }
)

# By theme, period, office, and what else tells rows of the theme apart.
_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfficeFigures:
    """All rows of all themes as JSON, and the months that had a tally of ratings."""

    rows: Mapping[_Key, bytes]
    tallied: frozenset[str]


def office_figures(figures: EditionFigures, themes: Iterable[RevisedFile]) -> OfficeFigures:
    """Give the figures of every office and month, of those themes that tell offices apart."""
    source, encode = figures.statistics, msgspec.json.Encoder().encode
    rows = {
        _key_of(theme, row): encode(row)
        for theme in themes
        if theme.theme in _ROWS
        for row in _ROWS[theme.theme](source)
    }
    return OfficeFigures(rows, frozenset(tally.month for tally in source.tallies()))


def changed_figures(
    before: OfficeFigures, after: OfficeFigures, themes: Iterable[RevisedFile]
) -> tuple[Monthly, Monthly]:
    """Give the numbers of those rows that are others now, as they were and as they are."""
    by_theme = {each.theme: each for each in themes}
    changed = [
        key
        for key in before.rows.keys() | after.rows.keys()
        if before.rows.get(key) != after.rows.get(key)
        if not by_theme[key[0]].is_tallied or key[1] in before.tallied
    ]
    return _numbers(before, changed, by_theme), _numbers(after, changed, by_theme)


def _numbers(
    figures: OfficeFigures, keys: Iterable[_Key], by_theme: Mapping[str, RevisedFile]
) -> Monthly:
    found: Monthly = {}
    for key in keys:
        row = figures.rows.get(key)
        if row is not None:
            members = msgspec.json.decode(row, type=dict[str, Any])
            found.update(measures_of_row(by_theme[key[0]], members))
    return found


def _key_of(theme: RevisedFile, row: msgspec.Struct) -> _Key:
    names = ("period", "office", *theme.by)
    return theme.theme, *(str(getattr(row, name)) for name in names)
