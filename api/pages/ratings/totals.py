"""Ratings as the statistics page shows them: the total of the API's, and what it cannot tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.pages.statistics import Asked
from projections.statistics.asking import CellSource, Query
from projections.tallies.placing import RatingQuery
from projections.tallies.published import RatingTally
from projections.tallies.rating_shapes import RatingFigure, RatingSums
from projections.tallies.ratings import count_ratings


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question that some cells show: its answers from the worst, and how many answered."""

    code: str
    counts: tuple[int, ...]
    answered: int
    of_ratings: int


@dataclass(frozen=True, slots=True)
class RatingPart:
    """What the page shows of ratings; ``doubtful`` may be of what is asked for, or not."""

    total: RatingFigure
    sums: RatingSums
    doubtful: int
    rows: tuple[QuestionRow, ...]
    query: Mapping[str, str]

    @property
    def satisfied_share(self) -> float | None:
        """Give which part of those who answered were satisfied, of 1."""
        overall = self.total.overall
        return None if overall.satisfied is None else overall.satisfied / overall.answered

    @property
    def per_100_ended(self) -> float | None:
        """Give how many ratings come on a hundred dossiers that ended."""
        ended = self.total.ended_dossiers
        return None if ended is None else 100 * self.total.ratings / ended


def rating_part(
    tallies: Sequence[RatingTally], cells: CellSource, asked: Asked
) -> RatingPart | None:
    """Give the total of what a reader filters by; None where no tally has anything of it."""
    query = Query(
        office=asked.office,
        procedure=asked.procedure,
        first=asked.span.first,
        last=asked.span.last,
    )
    found = count_ratings(tallies, cells, RatingQuery(query))
    doubtful = sum(line.ratings for line in found.not_placed if not line.in_total)
    if not found.total.ratings and not doubtful:
        return None
    rows = tuple(row for row in _rows(found.total) if row.answered)
    return RatingPart(found.total, found.sums, doubtful, rows, asked.query)


def _rows(total: RatingFigure) -> Sequence[QuestionRow]:
    overall, costs = total.overall, total.unofficial_cost
    five = (overall.mark_1, overall.mark_2, overall.mark_3, overall.mark_4, overall.mark_5)
    points = {"contacts": total.contacts, "agencies": total.agencies, "attitude": total.attitude}
    return (
        _row("overall", five, overall.answered, overall.of_ratings),
        *(
            _row(code, (one.points_0, one.points_1, one.points_2), one.answered, one.of_ratings)
            for code, one in points.items()
        ),
        _row(
            "unofficial_cost",
            (costs.yes, costs.no, costs.refuse),
            costs.answered,
            costs.of_ratings,
        ),
    )


def _row(code: str, counts: Sequence[int | None], answered: int, of_ratings: int) -> QuestionRow:
    return QuestionRow(code, tuple(each or 0 for each in counts), answered, of_ratings)
