"""One office's evaluation over a quarter or a year, `evaluation@v1`: a pure function of figures.

LAW: Circular 01/2018/TT-VPCP arts 13 to 15: quarterly and yearly, public (domain.md 6.1). What the
record does not show is left out and named, never guessed:

    1  total time          dossiers that ended in the period: early 2, on time 1, late 0
    3, 4, 7                what raters said of contacts, agencies and attitude, in monthly tallies
    8  feedback            that was filed in the period: answered in time, and nothing overdue
    9  online service      procedures that the office handled, and channels of what it accepted
    2, 5, 6                not on record in public: time of each unit, what is decided at the
                           one-stop shop, what hangs on the wall

Each is a mean or a mark in tenths, 0 to 20. The circular adds 3, 4 and 7 up by what happened to
each dossier and by field; a tally says what raters answered, for the whole office. With indicators
missing a sum says little: the band is given only where all nine are there.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec

from domain.evaluation import (
    AGENCY_INDICATORS,
    CIRCULAR_2018,
    TENTHS,
    EvaluationLaw,
    Share,
    agency_band,
    agency_tenths,
    counted_tenths,
    feedback_points,
    online_points,
)
from domain.procedures import ProcedureRecord
from domain.procedures.contents import Service
from domain.tallies import Cell
from projections.counts import CheckpointReference, Figure
from projections.petitions.figures import PetitionFigure

DEFINITION: Final = "evaluation@v1"
MOST_POINTS: Final = 2
QUESTIONS: Final[Mapping[int, str]] = {3: "contacts", 4: "agencies", 7: "attitude"}
_ONLINE: Final = frozenset({Service.FULL, Service.PARTIAL})


class Source(StrEnum):
    """What an indicator is made from."""

    FIGURES = "figures"
    RATINGS = "ratings"
    PETITIONS = "petitions"
    RECORD = "record"


class Missing(StrEnum):
    """Why an indicator has no value."""

    NOTHING_ENDED = "nothing_ended"
    NOTHING_RECEIVED = "nothing_received"
    TOO_FEW_RATINGS = "too_few_ratings"
    TOO_FEW_PETITIONS = "too_few_petitions"
    LEVELS_UNKNOWN = "service_levels_unknown"
    NOT_ON_RECORD = "not_on_record"


class IndicatorFigure(msgspec.Struct, frozen=True, kw_only=True):
    """One of the nine indicators; `tenths` (0 to 20) or why there are none.

    `counted` is on how many it rests: dossiers, raters who answered, or petitions. Of dossiers,
    `without_due` count as on time since they had no due date; null where none are counted so.
    """

    number: int
    source: Source
    counted: int = 0
    tenths: int | None = None
    missing: Missing | None = None
    without_due: int | None = None


class OfficeEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """An office's evaluation, with everything that it takes to compute it again.

    `tenths` add up the indicators that have a value, `most_tenths` is the most they could be.
    `verified` tells whether the rules are known to hold in the whole period; `is_over` whether
    the period is. Veiled dossiers are not in it.
    """

    office: str
    period: str
    months: tuple[str, ...]
    is_over: bool
    indicators: tuple[IndicatorFigure, ...]
    tenths: int
    most_tenths: int
    band: str | None
    law: str
    law_source: str
    verified: bool
    least_ratings: int
    tallies: tuple[str, ...]
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


@dataclass(frozen=True, slots=True)
class Inputs:
    """What one office's evaluation is made from, all of the months of one period.

    `figures` are the office's counts, `feedback` the figures of feedback under all labels, `cells`
    those of the tallies, `online_received` how many of what it accepted came online, and
    `without_due` how many were resolved without a due date.
    """

    office: str
    figures: Sequence[Figure] = ()
    feedback: Sequence[PetitionFigure] = ()
    cells: Sequence[Cell] = ()
    online_received: int = 0
    without_due: int = 0
    procedures: Mapping[str, ProcedureRecord] = field(default_factory=dict)


def indicators_of(
    inputs: Inputs, law: EvaluationLaw = CIRCULAR_2018
) -> tuple[IndicatorFigure, ...]:
    """Give the nine indicators of an office, in order."""
    found = {
        1: _total_time(inputs),
        8: _feedback(inputs, law),
        9: _online(inputs, law),
        **{number: _rated(number, inputs, law) for number in QUESTIONS},
    }
    return tuple(
        found.get(number) or _without(number, Source.RECORD, Missing.NOT_ON_RECORD)
        for number in sorted(AGENCY_INDICATORS)
    )


def summed(
    indicators: Iterable[IndicatorFigure], law: EvaluationLaw = CIRCULAR_2018
) -> tuple[int, int, str | None]:
    """Give the sum, the most it could be, and the band where no indicator is missing."""
    by_number = {one.number: one.tenths for one in indicators}
    known = [number for number, tenths in by_number.items() if tenths is not None]
    total = agency_tenths(by_number)
    is_whole = set(known) == set(AGENCY_INDICATORS)
    most = len(known) * MOST_POINTS * TENTHS
    return total, most, agency_band(total, law).value if is_whole else None


def _total_time(inputs: Inputs) -> IndicatorFigure:
    points = Counter[int]()
    for figure in inputs.figures:
        points[2] += figure.resolved_early
        points[1] += figure.resolved_on_time
        points[0] += figure.resolved_late
    tenths = counted_tenths(points)
    if tenths is None:
        return _without(1, Source.FIGURES, Missing.NOTHING_ENDED)
    return IndicatorFigure(
        number=1,
        source=Source.FIGURES,
        counted=points.total(),
        tenths=tenths,
        without_due=inputs.without_due,
    )


def _rated(number: int, inputs: Inputs, law: EvaluationLaw) -> IndicatorFigure:
    """Give the mean of what raters answered: in the office's own cells, of whatever procedure."""
    points = Counter[int]()
    for cell in inputs.cells:
        if cell.office == inputs.office and not cell.below:
            points.update(dict(enumerate(cell.marks.get(QUESTIONS[number], ()))))
    counted = points.total()
    if counted < law.least_ratings_office:
        return _without(number, Source.RATINGS, Missing.TOO_FEW_RATINGS)
    return IndicatorFigure(
        number=number, source=Source.RATINGS, counted=counted, tenths=counted_tenths(points)
    )


def _feedback(inputs: Inputs, law: EvaluationLaw) -> IndicatorFigure:
    own = [figure for figure in inputs.feedback if figure.office == inputs.office]
    if inputs.feedback and not own:
        # What is too few stands under an office above, or under all: none here, or a few.
        return _without(8, Source.PETITIONS, Missing.TOO_FEW_PETITIONS)
    filed = sum(figure.filed - figure.undated for figure in own)
    in_time = sum(figure.answered_on_time + figure.pending_in_time for figure in own)
    is_dragging = any(figure.pending_overdue for figure in own)
    points = feedback_points(Share(in_time, filed), is_dragging=is_dragging, law=law)
    return IndicatorFigure(number=8, source=Source.PETITIONS, counted=filed, tenths=points * TENTHS)


def _online(inputs: Inputs, law: EvaluationLaw) -> IndicatorFigure:
    received = sum(figure.received for figure in inputs.figures)
    if not received:
        return _without(9, Source.FIGURES, Missing.NOTHING_RECEIVED)
    levels = [_service_of(inputs.procedures.get(code)) for code in _handled(inputs.figures)]
    if None in levels:
        return _without(9, Source.FIGURES, Missing.LEVELS_UNKNOWN)
    last = max(figure.period for figure in inputs.figures)
    has_late = any(
        figure.resolved_late or (figure.period == last and figure.pending_overdue)
        for figure in inputs.figures
    )
    points = online_points(
        Share(sum(level in _ONLINE for level in levels), len(levels)),
        Share(inputs.online_received, received),
        has_late=has_late,
        law=law,
    )
    return IndicatorFigure(
        number=9, source=Source.FIGURES, counted=received, tenths=points * TENTHS
    )


def _handled(figures: Iterable[Figure]) -> list[str]:
    return sorted({figure.procedure for figure in figures if figure.received})


def _service_of(record: ProcedureRecord | None) -> Service | None:
    level = None if record is None else record.versions[-1].service_level
    return None if level is None else level.service


def _without(number: int, source: Source, missing: Missing) -> IndicatorFigure:
    return IndicatorFigure(number=number, source=source, missing=missing)
