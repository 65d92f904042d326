"""Ratings by office and month, from the cells of the monthly tallies, `ratings@v1`.

Cells are added up whole. Those that no single office stands for are rows of their own, so that all
rows together are all ratings that were counted; which cells these are, `place` says.
"""

from collections.abc import Mapping
from typing import Final

import ibis

from domain.errors import Sentence
from projections.analytics.expressions.shapes import Figure, Table, Tables, Value
from projections.analytics.names import FigureName
from projections.opendata.rows.rating_cells import MARKS, RATING_CELLS
from projections.tallies import rating_shapes
from projections.tallies.ratings import MOST_DISSATISFIED, TEN_THOUSAND

OWN: Final = "office"
BELOW: Final = "below"
ANYWHERE: Final = "anywhere"

_KEY: Final = ("place", "office", "period")
_OF_RATINGS: Final = {question: f"{question}_of_ratings" for question in MARKS}
_COUNTS: Final = tuple(name for names in MARKS.values() for name in names)
_SATISFIED: Final = ("satisfied", "satisfied_per_10000")


def ratings_of(tables: Tables) -> Table:
    """Give the ratings of every office and month, and of those that none can be told of."""
    cells = tables[RATING_CELLS.name]
    place = ibis.cases((cells.office.isnull(), ANYWHERE), (cells.below, BELOW), else_=OWN)
    cells = cells.mutate(place=place, office=cells.office.coalesce(""))
    found = cells.group_by(list(_KEY)).agg(ratings=cells.ratings.sum(), **_sums(cells))
    marks = MARKS["overall"]
    satisfied = _added(found, marks[MOST_DISSATISFIED:])
    answered = _added(found, marks)
    # Halves up, in whole numbers.
    share = (2 * TEN_THOUSAND * satisfied + answered) // (2 * answered)
    return found.mutate(satisfied=satisfied, satisfied_per_10000=share)


def _sums(cells: Table) -> Mapping[str, Value]:
    """Add up each value's answers, null where no cell shows them, and the ratings of those cells.

    A cell shows all values of a question or none.
    """
    sums: dict[str, Value] = {name: cells[name].sum() for name in _COUNTS}
    for question, name in _OF_RATINGS.items():
        shown = cells[MARKS[question][0]].notnull()
        sums[name] = cells.ratings.sum(where=shown).coalesce(0)
    return sums


def _added(found: Table, names: tuple[str, ...]) -> Value:
    first, *others = (found[name] for name in names)
    for each in others:
        first += each
    return first


RATINGS: Final = Figure(
    name=FigureName.RATINGS,
    definition=rating_shapes.DEFINITION,
    title=Sentence("Đánh giá hài lòng theo tháng", "Ratings by month"),
    meaning=Sentence(
        "Số lượt đánh giá và số trả lời từng mức, theo cơ quan và tháng của bảng tổng hợp. Ô đã "
        "gộp nhiều cơ quan đứng riêng: place là below (dưới cơ quan đó) hoặc anywhere.",
        "Ratings and the answers to each question by office and month of the tally. Cells that "
        "join offices are rows of their own: place is below (under that office) or anywhere.",
    ),
    datasets=(RATING_CELLS,),
    key=_KEY,
    measures=(
        "ratings",
        *(name for question, names in MARKS.items() for name in (_OF_RATINGS[question], *names)),
        *_SATISFIED,
    ),
    expression=ratings_of,
    # Where no cell shows the question.
    may_be_null=frozenset({*_COUNTS, *_SATISFIED}),
)
