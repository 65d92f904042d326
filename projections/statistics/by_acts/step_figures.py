"""Time per stage by any grouping, `steps@v1`: each stay at the office that held the dossier.

A dossier's stays count in the period of its end, the handing over in that of the return. The
percentile p of n stays is the one of rank ceil(p n / 100), in whole seconds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import msgspec

from projections.counts import CheckpointReference
from projections.durations import MEDIAN, NINETIETH
from projections.statistics.asking import WHOLE, Query, few, selection_of
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.asking import ActSource, Value
from projections.statistics.by_acts.cells import seconds_told
from projections.statistics.by_acts.grouping import (
    Place,
    Words,
    added_up,
    cells_by_place,
    place_order,
    shown_period,
)
from projections.statistics.by_acts.stays import STAGE_SENTENCES, Stage
from projections.statistics.counting import Asked
from projections.statistics.lasting import LONGEST, THIRD_QUARTILE, Spread, ranked
from projections.statistics.periods import Granularity
from projections.statistics.walking import EVERYTHING

DEFINITION: Final = "steps@v1"
PERCENTILES: Final = (MEDIAN, THIRD_QUARTILE, NINETIETH, LONGEST)
STAGE_WORDS: Final = tuple(
    Words(code=stage.value, vi=words.vi, en=words.en) for stage, words in STAGE_SENTENCES.items()
)
_STAGES: Final = tuple(stage.value for stage in Stage)
_NOWHERE: Final[Place] = (EVERYTHING, WHOLE)


class StepFigure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The stays in one stage of one group and period; the office is the one that held dossiers.

    A dossier that two offices held in one stage is two stays, also where both are in one sum.
    """

    office: str
    procedure: str
    field: str | None
    channel: str
    period: str
    stage: str
    stays: int
    total_seconds: int
    spread: Spread


class StepStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Time per stage as it is published; ``stages`` puts all of them into words."""

    asked: Asked
    figures: tuple[StepFigure, ...]
    totals: tuple[StepFigure, ...]
    stages: tuple[Words, ...]
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def measure_steps(
    source: ActSource, query: Query, most: int | None = None
) -> tuple[tuple[StepFigure, ...], tuple[StepFigure, ...]]:
    """Give the figures of a query in order, and those of all groups and periods together.

    Raises:
        TooManyFigures: there are more than ``most``.
    """
    cells = cells_by_place(source, Theme.STEPS, query, most)
    figures = few(
        (
            figure
            for place in sorted(cells, key=place_order)
            for figure in _figures(place, cells[place], query)
        ),
        most,
    )
    return figures, tuple(_figures(_NOWHERE, _all_cells(source, query, cells), query))


def _all_cells(
    source: ActSource, query: Query, cells: Mapping[Place, list[Mapping[str, Value]]]
) -> list[Mapping[str, Value]]:
    """Give the cells of all groups and periods together."""
    wanted = selection_of(query, source.places())
    named = (wanted.offices is not None) + (wanted.procedures is not None)
    if named == len("op") or (named and query.granularity is Granularity.DAY):
        # No cells are coarser.
        return [cell for of_place in cells.values() for cell in of_place]
    # From coarser cells: fewer and longer runs to look through.
    whole = cells_by_place(source, Theme.STEPS, replace(query, by=frozenset()))
    return whole.get(_NOWHERE, [])


def _figures(
    place: Place, cells: Sequence[Mapping[str, Value]], query: Query
) -> Iterator[StepFigure]:
    group, period = place
    runs = defaultdict[str, list[bytes]](list)
    for cell in cells:
        for stage, (_, _, run) in cell.items():
            runs[stage].append(run)
    values = added_up(cells)
    for stage in _STAGES:
        if stage in runs:
            stays, seconds = values[stage]
            yield StepFigure(
                office=group.office,
                procedure=group.procedure,
                field=group.field,
                channel=group.channel,
                period=shown_period(period, query),
                stage=stage,
                stays=stays,
                total_seconds=seconds,
                spread=_spread(runs[stage]),
            )


def _spread(packed: list[bytes]) -> Spread:
    # A channel orders nothing but stays of the same seconds: the ranks are those of the seconds.
    median, third_quartile, ninetieth, longest = map(seconds_told, ranked(packed, PERCENTILES))
    return Spread(
        median_seconds=median,
        p75_seconds=third_quartile,
        p90_seconds=ninetieth,
        longest_seconds=longest,
    )
