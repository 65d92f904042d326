"""The bytes that answer a statistics address: one function for the server and for `recompute`.

Given the same address and figures as of the same checkpoint it gives the same bytes, wherever the
figures come from: the views, or the public log folded again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from api.bodies import encode
from api.errors import MalformedParameter
from api.figures.asking import (
    BACKLOG,
    COMPARISON,
    COUNTS,
    DURATIONS,
    FEES,
    PETITIONS,
    RATINGS,
    STEPS,
    TIMELINESS,
    VEILED,
    VISITS,
    Members,
    first_request,
    grouped_query,
    is_first,
    rating_query,
)
from api.figures.first import answer_first
from api.figures.sources import AS_OF_COLUMNS, Answered, FigureSource, as_of_text, as_of_values
from api.figures.tables import flat_columns, flat_values
from api.negotiation import CSV_MEDIA_TYPE, JSON_MEDIA_TYPE, Format
from projections.counts import CheckpointReference
from projections.petitions.figures import PetitionFigure, PetitionStatistics
from projections.statistics.asking import CellSource, Query, TooManyFigures, check_few, few
from projections.statistics.backlog import BacklogFigure, PendingOverTime, backlog_of
from projections.statistics.by_acts.fee_figures import FeeStatistics, count_fees
from projections.statistics.by_acts.step_figures import (
    STAGE_WORDS,
    StepFigure,
    StepStatistics,
    measure_steps,
)
from projections.statistics.by_acts.visit_figures import (
    VISIT_WORDS,
    VisitStatistics,
    count_visits,
)
from projections.statistics.comparing_offices import (
    LEAST_COMPARED,
    LEAST_SHOWN,
    Comparison,
    compare_offices,
)
from projections.statistics.counting import GroupedCounts, asked_of, count_groups
from projections.statistics.judging import Timeliness, judge_groups, texts_of
from projections.statistics.lasting import GroupedDurations, measure_groups
from projections.statistics.lines import as_csv, csv_line
from projections.tallies.rating_shapes import RATING_WORDS, RatingFigure, RatingStatistics
from projections.tallies.ratings import LEAST_RATINGS, count_ratings
from projections.tallies.ratings import asked_of as ratings_asked
from projections.veiled.counts import VeiledStatistics, count_veiled

# More are asked for in parts: by office, field or period.
MAX_FIGURES: Final = 2_000
CONFIDENCE_PERCENT: Final = 95


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is encoded: the whole as JSON, or its rows as CSV."""

    whole: msgspec.Struct
    rows: Callable[[], Sequence[msgspec.Struct]]
    row_type: type[msgspec.Struct]
    is_dated: bool = True


def answer(source: FigureSource, path: str, members: Members, wanted: Format = "json") -> Answered:
    """Answer a statistics address; ``members`` are its query members.

    Raises:
        MalformedParameter: a member is not what it must be, or asks for too much.
        KeyError: there is no such address.
    """
    if is_first(path, members):
        return answer_first(source, path, members, wanted)
    try:
        made = _MAKING[path](source, path, members)
    except TooManyFigures as error:
        raise MalformedParameter(
            f"the answer would have more than {MAX_FIGURES} figures, and at most so many are "
            "given: ask for fewer offices, procedures or periods, or tell fewer of them apart"
        ) from error
    if wanted == "json":
        return Answered(encode(made.whole), JSON_MEDIA_TYPE)
    return Answered(_in_csv(made), f"{CSV_MEDIA_TYPE}; charset=utf-8")


def _in_csv(made: _Answer) -> bytes:
    columns, shared = flat_columns(made.row_type), _as_of_values(made)
    form = as_csv(shared)
    head = csv_line((*columns, *(AS_OF_COLUMNS if shared else ())))
    lines = form.between.join(csv_line(flat_values(row)) for row in made.rows())
    return f"{head}\r\n".encode() + form.whole(lines.encode())


def _as_of_values(made: _Answer) -> Sequence[object]:
    if not made.is_dated:
        return ()
    fields = msgspec.structs.asdict(made.whole)
    checkpoint = fields["checkpoint"]
    assert isinstance(checkpoint, CheckpointReference)
    return as_of_values(checkpoint, fields["as_of"], fields["definition"])


def _veiled(source: FigureSource, _path: str, members: Members) -> _Answer:
    asked = first_request(members)
    counts = count_veiled(source.veils(), source.as_of(), asked.span, asked.office)
    whole = VeiledStatistics(
        figures=counts.figures,
        total=counts.total,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*counts.figures, counts.total), type(counts.total))


def _petitions(source: FigureSource, _path: str, _members: Members) -> _Answer:
    counts = source.petitions()
    whole = PetitionStatistics(
        figures=counts.figures,
        totals=counts.totals,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*counts.figures, *counts.totals), PetitionFigure, is_dated=False)


def _few_cells(source: FigureSource, query: Query, *, ended: bool = False) -> CellSource:
    """Give the cells that answer a query, unless it surely asks for too many figures."""
    cells = source.cells()
    check_few(cells, query, MAX_FIGURES, ended=ended)
    return cells


def _counts(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    cells = _few_cells(source, query)
    figures, total = count_groups(cells, query, MAX_FIGURES)
    whole = GroupedCounts(
        asked=asked_of(query),
        figures=figures,
        total=total,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*figures, total), type(total))


def _durations(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    cells = _few_cells(source, query, ended=True)
    found, total = measure_groups(cells, query, MAX_FIGURES)
    whole = GroupedDurations(
        asked=asked_of(query),
        durations=found,
        total=total,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*found, total), type(total))


def _timeliness(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    cells = _few_cells(source, query)
    figures, total = judge_groups(cells, query, MAX_FIGURES)
    whole = Timeliness(
        asked=asked_of(query),
        figures=figures,
        total=total,
        reasons=texts_of((*figures, total)),
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*figures, total), type(total))


def _backlog(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    cells = _few_cells(source, query)
    figures = backlog_of(cells, query, MAX_FIGURES)
    whole = PendingOverTime(
        asked=asked_of(query),
        figures=figures,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: figures, BacklogFigure)


def _comparison(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    compared, together = compare_offices(source.cells(), query)
    offices = few(compared, MAX_FIGURES)
    whole = Comparison(
        asked=asked_of(query),
        offices=offices,
        all_offices=together,
        least_compared=LEAST_COMPARED,
        least_shown=LEAST_SHOWN,
        confidence_percent=CONFIDENCE_PERCENT,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*offices, together), type(together))


def _steps(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    figures, totals = measure_steps(source.acts(), query, MAX_FIGURES)
    whole = StepStatistics(
        asked=asked_of(query),
        figures=figures,
        totals=totals,
        stages=STAGE_WORDS,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*figures, *totals), StepFigure)


def _visits(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    figures, total = count_visits(source.acts(), query, MAX_FIGURES)
    whole = VisitStatistics(
        asked=asked_of(query),
        figures=figures,
        total=total,
        counted=VISIT_WORDS,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*figures, total), type(total))


def _fees(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    figures, total = count_fees(source.acts(), query, MAX_FIGURES)
    whole = FeeStatistics(
        asked=asked_of(query),
        figures=figures,
        total=total,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*figures, total), type(total))


def _ratings(source: FigureSource, _path: str, members: Members) -> _Answer:
    query = rating_query(members)
    found = count_ratings(source.tallies(), source.cells(), query, MAX_FIGURES)
    whole = RatingStatistics(
        asked=ratings_asked(query),
        figures=found.figures,
        total=found.total,
        not_placed=found.not_placed,
        sums=found.sums,
        tallies=found.tallies,
        least_ratings=LEAST_RATINGS,
        words=RATING_WORDS,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return _Answer(whole, lambda: (*found.figures, found.total), RatingFigure)


_Making = Callable[[FigureSource, str, Members], _Answer]
_MAKING: Final[Mapping[str, _Making]] = {
    COUNTS: _counts,
    DURATIONS: _durations,
    TIMELINESS: _timeliness,
    BACKLOG: _backlog,
    COMPARISON: _comparison,
    STEPS: _steps,
    VISITS: _visits,
    FEES: _fees,
    VEILED: _veiled,
    PETITIONS: _petitions,
    RATINGS: _ratings,
}
