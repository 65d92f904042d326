"""Time per stage, visits and fees as the statistics page shows them: the totals of the API's."""

from dataclasses import dataclass
from typing import Final

from api.pages.statistics import Asked
from domain.errors import Sentence
from projections.statistics.asking import Query
from projections.statistics.by_acts.asking import ActSource
from projections.statistics.by_acts.fee_figures import FeeFigure, count_fees
from projections.statistics.by_acts.stays import STAGE_SENTENCES, Stage
from projections.statistics.by_acts.step_figures import StepFigure, measure_steps
from projections.statistics.by_acts.visit_figures import VisitFigure, count_visits

_SECONDS_PER_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class StageRow:
    """One stage in words, with how long stays in it took, in whole hours, halves up."""

    name: Sentence
    stays: int
    median_hours: int
    p75_hours: int
    p90_hours: int
    longest_hours: int


@dataclass(frozen=True, slots=True)
class ActPart:
    """What the page shows of figures that are made from acts."""

    stages: tuple[StageRow, ...]
    visits: VisitFigure
    fees: FeeFigure


def act_part(source: ActSource, asked: Asked) -> ActPart:
    """Give the totals of what a reader filters by."""
    query = Query(
        office=asked.office,
        procedure=asked.procedure,
        first=asked.span.first,
        last=asked.span.last,
    )
    _, steps = measure_steps(source, query)
    return ActPart(
        stages=tuple(map(_row, steps)),
        visits=count_visits(source, query)[1],
        fees=count_fees(source, query)[1],
    )


def _row(figure: StepFigure) -> StageRow:
    spread = figure.spread
    return StageRow(
        name=STAGE_SENTENCES[Stage(figure.stage)],
        stays=figure.stays,
        median_hours=_hours(spread.median_seconds),
        p75_hours=_hours(spread.p75_seconds),
        p90_hours=_hours(spread.p90_seconds),
        longest_hours=_hours(spread.longest_seconds),
    )


def _hours(seconds: int | None) -> int:
    assert seconds is not None
    return (2 * seconds + _SECONDS_PER_HOUR) // (2 * _SECONDS_PER_HOUR)
