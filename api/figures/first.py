"""The first definitions: lists of a line for each office, procedure and month, joined as they are.

They may be tens of thousands of lines, which the views keep as they are published; so an answer is
joined from them, and no figure is made for it.
"""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from api.bodies import encode
from api.figures.asking import COUNTS, DURATIONS, FirstRequest, Members, first_request
from api.figures.sources import (
    AS_OF_COLUMNS,
    Answered,
    FigureSource,
    as_of_text,
    as_of_values,
)
from api.negotiation import CSV_MEDIA_TYPE, JSON_MEDIA_TYPE, Format
from projections.counts import DEFINITION as COUNTS_DEFINITION
from projections.counts import CheckpointReference, Figure
from projections.durations import DEFINITION as DURATIONS_DEFINITION
from projections.durations import Duration
from projections.statistics.counting import first_total
from projections.statistics.lines import AS_JSON, LineForm, as_csv, csv_line, join_lines


class _CountsInLines(msgspec.Struct, frozen=True, kw_only=True):
    """`projections.counts.CountStatistics` with its figures written already."""

    figures: msgspec.Raw
    total: Figure
    checkpoint: CheckpointReference
    as_of: str
    definition: str = COUNTS_DEFINITION


class _DurationsInLines(msgspec.Struct, frozen=True, kw_only=True):
    """`projections.durations.DurationStatistics` with its figures written already."""

    durations: msgspec.Raw
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DURATIONS_DEFINITION


def answer_first(source: FigureSource, path: str, members: Members, wanted: Format) -> Answered:
    """Answer an address of a first definition.

    Raises:
        MalformedParameter: a member is not what it must be.
    """
    body = _MAKING[path](source, first_request(members), wanted)
    if wanted == "json":
        return Answered(body, JSON_MEDIA_TYPE)
    return Answered(body, f"{CSV_MEDIA_TYPE}; charset=utf-8")


def _counts(source: FigureSource, asked: FirstRequest, wanted: Format) -> bytes:
    of_whom = (asked.span, asked.office, asked.procedure)
    total = first_total(source.cells(), *of_whom)
    if wanted == "csv":
        form = _csv_form(source, COUNTS_DEFINITION)
        lines = source.count_lines(*of_whom, form)
        return b"".join((_csv_head(Figure), lines, join_lines((total,), form)))
    whole = _CountsInLines(
        figures=msgspec.Raw(source.count_lines(*of_whom, AS_JSON)),
        total=total,
        checkpoint=source.checkpoint(),
        as_of=as_of_text(source),
    )
    return encode(whole)


def _durations(source: FigureSource, asked: FirstRequest, wanted: Format) -> bytes:
    form = _csv_form(source, DURATIONS_DEFINITION) if wanted == "csv" else AS_JSON
    of_whom = (asked.span, asked.office, asked.procedure)
    lines = source.duration_lines(*of_whom, form, by_period=asked.by_period)
    if wanted == "csv":
        return b"".join((_csv_head(Duration), lines))
    whole = _DurationsInLines(
        durations=msgspec.Raw(lines), checkpoint=source.checkpoint(), as_of=as_of_text(source)
    )
    return encode(whole)


def _csv_form(source: FigureSource, definition: str) -> LineForm:
    return as_csv(as_of_values(source.checkpoint(), as_of_text(source), definition))


def _csv_head(row_type: type[msgspec.Struct]) -> bytes:
    return f"{csv_line((*row_type.__struct_fields__, *AS_OF_COLUMNS))}\r\n".encode()


_Making = Callable[[FigureSource, FirstRequest, Format], bytes]
_MAKING: Final[Mapping[str, _Making]] = {COUNTS: _counts, DURATIONS: _durations}
