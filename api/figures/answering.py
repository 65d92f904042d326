"""The bytes that answer a statistics address: one function for the server and for `recompute`.

Given the same address and figures as of the same checkpoint it gives the same bytes, wherever the
figures come from: the views, or the public log folded again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

import msgspec

from api.bodies import encode
from api.errors import MalformedParameter
from api.figures.asking import (
    BACKLOG,
    COMPARISON,
    COUNTS,
    DURATIONS,
    PETITIONS,
    TIMELINESS,
    VEILED,
    Members,
    first_request,
    grouped_query,
    is_first,
)
from api.figures.tables import flat_columns, flat_row
from api.negotiation import CSV_MEDIA_TYPE, JSON_MEDIA_TYPE, Format, render_csv
from projections.counts import DEFINITION as FIRST_DEFINITION
from projections.counts import CheckpointReference, Figure, Span
from projections.durations import Duration, DurationStatistics
from projections.petitions.figures import PetitionCounts, PetitionFigure, PetitionStatistics
from projections.statistics.asking import CellSource
from projections.statistics.backlog import BacklogFigure, PendingOverTime, backlog_of
from projections.statistics.comparing_offices import (
    LEAST_COMPARED,
    LEAST_SHOWN,
    Comparison,
    compare_offices,
)
from projections.statistics.counting import GroupedCounts, asked_of, count_groups, first_total
from projections.statistics.judging import Timeliness, judge_groups, texts_of
from projections.statistics.lasting import GroupedDurations, first_durations, measure_groups
from projections.veiled.counts import VeilCounts, VeiledStatistics, count_veiled
from transparency.encoding import render_utc_milliseconds

# More are asked for in parts: by office, field or period.
MAX_FIGURES: Final = 2_000
CONFIDENCE_PERCENT: Final = 95

_AS_OF_COLUMNS: Final = ("checkpoint_size", "checkpoint_root", "as_of", "definition")


FigureT = TypeVar("FigureT")

_lines_decoder = msgspec.json.Decoder(tuple[Figure, ...])


class FigureSource(Protocol):
    """Everything that public statistics are made from, as of one checkpoint."""

    def checkpoint(self) -> CheckpointReference:
        """Give the checkpoint."""

    def as_of(self) -> datetime:
        """Give the time of its seal, which figures are as of."""

    def cells(self) -> CellSource:
        """Give the cells of open dossiers."""

    def count_lines(self, span: Span, office: str | None, procedure: str | None) -> bytes:
        """Give the figures of `counts@v1` as a JSON list."""

    def veils(self) -> VeilCounts:
        """Give the counts of veils."""

    def petitions(self) -> PetitionCounts:
        """Give the counts of petitions."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The body of an answer, and its media type."""

    body: bytes
    media_type: str


class _CountsInLines(msgspec.Struct, frozen=True, kw_only=True):
    """`projections.counts.CountStatistics` with its figures written already."""

    figures: msgspec.Raw
    total: Figure
    checkpoint: CheckpointReference
    as_of: str
    definition: str = FIRST_DEFINITION


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
    making = _FIRST[path] if is_first(path, members) else _MAKING[path]
    made = making(source, path, members)
    if wanted == "json":
        return Answered(encode(made.whole), JSON_MEDIA_TYPE)
    as_of = _as_of_columns(made.whole) if made.is_dated else {}
    columns = (*flat_columns(made.row_type), *as_of)
    rows = ({**flat_row(row), **as_of} for row in made.rows())
    return Answered(render_csv(columns, rows), f"{CSV_MEDIA_TYPE}; charset=utf-8")


def _as_of_columns(whole: msgspec.Struct) -> Mapping[str, object]:
    fields = msgspec.structs.asdict(whole)
    checkpoint = fields["checkpoint"]
    assert isinstance(checkpoint, CheckpointReference)
    values = (checkpoint.size, checkpoint.root, fields["as_of"], fields["definition"])
    return dict(zip(_AS_OF_COLUMNS, values, strict=True))


def _first_counts(source: FigureSource, _path: str, members: Members) -> _Answer:
    asked = first_request(members)
    of_whom = (asked.span, asked.office, asked.procedure)
    lines, total = source.count_lines(*of_whom), first_total(source.cells(), *of_whom)
    whole = _CountsInLines(
        figures=msgspec.Raw(lines),
        total=total,
        checkpoint=source.checkpoint(),
        as_of=_as_of(source),
    )
    return _Answer(whole, lambda: (*_lines_decoder.decode(lines), total), Figure)


def _first_durations(source: FigureSource, _path: str, members: Members) -> _Answer:
    asked = first_request(members)
    found = first_durations(
        source.cells(), asked.span, asked.office, asked.procedure, by_period=asked.by_period
    )
    whole = DurationStatistics(
        durations=tuple(found), checkpoint=source.checkpoint(), as_of=_as_of(source)
    )
    return _Answer(whole, lambda: found, Duration)


def _veiled(source: FigureSource, _path: str, members: Members) -> _Answer:
    asked = first_request(members)
    counts = count_veiled(source.veils(), source.as_of(), asked.span, asked.office)
    whole = VeiledStatistics(
        figures=counts.figures,
        total=counts.total,
        checkpoint=source.checkpoint(),
        as_of=_as_of(source),
    )
    return _Answer(whole, lambda: (*counts.figures, counts.total), type(counts.total))


def _petitions(source: FigureSource, _path: str, _members: Members) -> _Answer:
    counts = source.petitions()
    whole = PetitionStatistics(
        figures=counts.figures,
        totals=counts.totals,
        checkpoint=source.checkpoint(),
        as_of=_as_of(source),
    )
    return _Answer(whole, lambda: (*counts.figures, *counts.totals), PetitionFigure, is_dated=False)


def _counts(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    figures, total = count_groups(source.cells(), query)
    whole = GroupedCounts(
        asked=asked_of(query),
        figures=_few(figures),
        total=total,
        checkpoint=source.checkpoint(),
        as_of=_as_of(source),
    )
    return _Answer(whole, lambda: (*figures, total), type(total))


def _durations(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    found, total = measure_groups(source.cells(), query)
    whole = GroupedDurations(
        asked=asked_of(query),
        durations=_few(found),
        total=total,
        checkpoint=source.checkpoint(),
        as_of=_as_of(source),
    )
    return _Answer(whole, lambda: (*found, total), type(total))


def _timeliness(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    figures, total = judge_groups(source.cells(), query)
    whole = Timeliness(
        asked=asked_of(query),
        figures=_few(figures),
        total=total,
        reasons=texts_of((*figures, total)),
        checkpoint=source.checkpoint(),
        as_of=_as_of(source),
    )
    return _Answer(whole, lambda: (*figures, total), type(total))


def _backlog(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    figures = backlog_of(source.cells(), query)
    whole = PendingOverTime(
        asked=asked_of(query),
        figures=_few(figures),
        checkpoint=source.checkpoint(),
        as_of=_as_of(source),
    )
    return _Answer(whole, lambda: figures, BacklogFigure)


def _comparison(source: FigureSource, path: str, members: Members) -> _Answer:
    query = grouped_query(path, members)
    offices, together = compare_offices(source.cells(), query)
    whole = Comparison(
        asked=asked_of(query),
        offices=_few(offices),
        all_offices=together,
        least_compared=LEAST_COMPARED,
        least_shown=LEAST_SHOWN,
        confidence_percent=CONFIDENCE_PERCENT,
        checkpoint=source.checkpoint(),
        as_of=_as_of(source),
    )
    return _Answer(whole, lambda: (*offices, together), type(together))


def _few(figures: tuple[FigureT, ...]) -> tuple[FigureT, ...]:
    if len(figures) > MAX_FIGURES:
        raise MalformedParameter(
            f"the answer would have {len(figures)} figures, and at most {MAX_FIGURES} are given: "
            "ask for fewer offices, procedures or periods, or tell fewer of them apart"
        )
    return figures


def _as_of(source: FigureSource) -> str:
    return render_utc_milliseconds(source.as_of())


_Making = Callable[[FigureSource, str, Members], _Answer]
_FIRST: Final[Mapping[str, _Making]] = {COUNTS: _first_counts, DURATIONS: _first_durations}
_MAKING: Final[Mapping[str, _Making]] = {
    COUNTS: _counts,
    DURATIONS: _durations,
    TIMELINESS: _timeliness,
    BACKLOG: _backlog,
    COMPARISON: _comparison,
    VEILED: _veiled,
    PETITIONS: _petitions,
}
