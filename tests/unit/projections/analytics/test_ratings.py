"""Ratings over an export are those of `ratings@v1`, over random tallies."""

from collections.abc import Iterable
from typing import Any

from hypothesis import given

from domain.tallies import LEAST_OF_CELL
from projections.analytics.expressions.ratings import ANYWHERE, BELOW, OWN
from projections.analytics.names import FigureName
from projections.opendata.rows.rating_cells import MARKS, RATING_CELLS, rating_cell_rows
from projections.statistics.asking import Dimension, Query
from projections.tallies.placing import RatingQuery
from projections.tallies.published import RatingTally
from projections.tallies.rating_shapes import RatingFigure
from projections.tallies.ratings import count_ratings
from tests.property.statistics.test_ratings import CELLS, months, tallies_of
from tests.support.analytics.exports import figure
from tests.support.tallies.territory import ratings_of, tallied
from tests.unit.projections.analytics.test_parity import EXAMPLES

QUERY = RatingQuery(Query(by=frozenset({Dimension.OFFICE, Dimension.PERIOD})))
ANSWERS = {
    "overall": ("mark_1", "mark_2", "mark_3", "mark_4", "mark_5"),
    "contacts": ("points_0", "points_1", "points_2"),
    "agencies": ("points_0", "points_1", "points_2"),
    "attitude": ("points_0", "points_1", "points_2"),
    "unofficial_cost": ("yes", "no", "refuse"),
}


def analysed(tallies: Iterable[RatingTally]) -> list[dict[str, Any]]:
    return figure(FigureName.RATINGS, {RATING_CELLS: rating_cell_rows(tallies)})


def row_of(found: RatingFigure) -> dict[str, Any]:
    """Give a figure of the server as the analysis has it."""
    row: dict[str, Any] = {"place": OWN, "office": found.office, "period": found.period}
    row["ratings"] = found.ratings
    for question, answers in ANSWERS.items():
        marks = getattr(found, question)
        row[f"{question}_of_ratings"] = marks.of_ratings
        for name, answer in zip(MARKS[question], answers, strict=True):
            row[name] = getattr(marks, answer)
    row["satisfied"] = found.overall.satisfied
    row["satisfied_per_10000"] = found.overall.satisfied_per_10000
    return row


@EXAMPLES
@given(months)
def test_ratings_of_offices_are_those_of_the_server_and_no_rating_is_lost(given: Any) -> None:
    tallies = tallies_of(given)
    counted = count_ratings(tallies, CELLS, QUERY)

    rows = analysed(tallies)

    assert [row for row in rows if row["place"] == OWN] == [
        row_of(each) for each in counted.figures
    ]
    others = {
        (row["place"], row["office"], row["period"]): row["ratings"]
        for row in rows
        if row["place"] != OWN
    }
    assert others == {
        (BELOW if each.below else ANYWHERE, each.office or "", each.period): each.ratings
        for each in counted.not_placed
    }
    assert sum(row["ratings"] for row in rows) == counted.sums.counted
    assert all(row["ratings"] >= LEAST_OF_CELL for row in rows)


def test_satisfied_are_those_above_two_of_those_who_answered() -> None:
    marks = (1, 2, 2, 3, 4, 4, 4, 5, 5, 5, 5, 5)

    (row,) = analysed([tallied("2026-03", ratings_of("A1", "p1", marks))])

    assert (row["place"], row["office"], row["period"]) == (OWN, "A1", "2026-03")
    assert [row[name] for name in MARKS["overall"]] == [1, 2, 1, 3, 5]
    assert (row["satisfied"], row["satisfied_per_10000"]) == (9, 7_500)


def test_question_that_no_cell_shows_has_no_number() -> None:
    (row,) = analysed([tallied("2026-03", ratings_of("A1", "p1", (5,) * 10))])

    assert (row["ratings"], row["overall_of_ratings"]) == (10, 0)
    assert (row["overall_mark_5"], row["satisfied"], row["satisfied_per_10000"]) == (None,) * 3
