"""Public figures as JSON or CSV: the same numbers that anyone can recompute from the log."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import MalformedParameter, ServiceStarting
from api.negotiation import CSV_MEDIA_TYPE, Format, preferred_format, render_csv
from api.parts import Parts
from api.reading.rights import check_right
from domain.reading.rights import Reader, Subject
from projections.counts import CountStatistics, Figure, Span
from projections.durations import Duration, DurationStatistics
from projections.reading import read_counts, read_durations, read_veiled_figures
from projections.veiled.counts import VeiledFigure, VeiledStatistics
from projections.views import Views

# Whoever compares figures wants those of now; a second of caching takes a rush off the server.
CACHING: Final = "public, max-age=1"
_MONTH: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_AS_OF_COLUMNS: Final = ("checkpoint_size", "checkpoint_root", "as_of", "definition")


class StatisticsResource:
    """``/v1/statistics/counts``, ``/v1/statistics/durations`` and ``/v1/statistics/veiled``."""

    def __init__(self, parts: Parts):
        self._views = parts.views

    async def on_get_counts(self, request: Request, response: Response) -> None:
        """Give the counts; CSV ends with the total."""
        wanted = _wanted_format(request)
        span = _span(request)
        office, procedure = _text(request, "office"), _text(request, "procedure")
        statistics = await asyncio.to_thread(counts, self._views, span, office, procedure)
        if wanted == "csv":
            rows = (*statistics.figures, statistics.total)
            _answer_csv(response, Figure.__struct_fields__, rows, statistics)
        else:
            response.data = encode(statistics)
        _answer_publicly(response)

    async def on_get_veiled(self, request: Request, response: Response) -> None:
        """Give the counts of veiled dossiers, by top office and month; CSV ends with the total."""
        wanted = _wanted_format(request)
        span, office = _span(request), _text(request, "office")
        statistics = await asyncio.to_thread(veiled, self._views, span, office)
        if wanted == "csv":
            rows = (*statistics.figures, statistics.total)
            _answer_csv(response, VeiledFigure.__struct_fields__, rows, statistics)
        else:
            response.data = encode(statistics)
        _answer_publicly(response)

    async def on_get_durations(self, request: Request, response: Response) -> None:
        """Give the durations, per month with ``by=period``."""
        wanted = _wanted_format(request)
        span = _span(request)
        by_period = _text(request, "by")
        if by_period not in (None, "period"):
            raise MalformedParameter("by is period or absent")
        office, procedure = _text(request, "office"), _text(request, "procedure")
        whole = await asyncio.to_thread(
            durations, self._views, span, by_period=by_period is not None
        )
        statistics = msgspec.structs.replace(
            whole, durations=tuple(_only(whole.durations, office, procedure))
        )
        if wanted == "csv":
            rows = statistics.durations
            _answer_csv(response, Duration.__struct_fields__, rows, statistics)
        else:
            response.data = encode(statistics)
        _answer_publicly(response)


def veiled(views: Views, span: Span, office: str | None) -> VeiledStatistics:
    """Read the counts of veiled dossiers from the views.

    Raises:
        ServiceStarting: the views stand at no checkpoint yet.
    """
    check_right(Reader.ANYONE, Subject.FIGURES)
    with views.reading() as reader:
        statistics = read_veiled_figures(reader, span, office)
    if statistics is None:
        raise ServiceStarting
    return statistics


def counts(views: Views, span: Span, office: str | None, procedure: str | None) -> CountStatistics:
    """Read the counts from the views.

    Raises:
        ServiceStarting: the views stand at no checkpoint yet.
    """
    check_right(Reader.ANYONE, Subject.FIGURES)
    with views.reading() as reader:
        statistics = read_counts(reader, span, office, procedure)
    if statistics is None:
        raise ServiceStarting
    return statistics


def durations(views: Views, span: Span, *, by_period: bool) -> DurationStatistics:
    """Read the durations from the views.

    Raises:
        ServiceStarting: the views stand at no checkpoint yet.
    """
    check_right(Reader.ANYONE, Subject.FIGURES)
    with views.reading() as reader:
        statistics = read_durations(reader, span, by_period=by_period)
    if statistics is None:
        raise ServiceStarting
    return statistics


def _only(
    measured: Iterable[Duration], office: str | None, procedure: str | None
) -> Iterable[Duration]:
    for duration in measured:
        if office in (None, duration.office) and procedure in (None, duration.procedure):
            yield duration


def _wanted_format(request: Request) -> Format:
    parameter = _text(request, "format")
    wanted = preferred_format(parameter, request.get_header("Accept"))
    if wanted is None:
        raise MalformedParameter("format is json or csv")
    return wanted


def _span(request: Request) -> Span:
    first, last = _month(request, "from"), _month(request, "to")
    if first is not None and last is not None and first > last:
        raise MalformedParameter("from comes after to")
    return Span(first, last)


def _month(request: Request, name: str) -> str | None:
    text = _text(request, name)
    if text is not None and (_MONTH.fullmatch(text) is None or text < "1900-01"):
        raise MalformedParameter(f"{name} is a month such as 2026-11")
    return text


def _text(request: Request, name: str) -> str | None:
    return request.get_param(name, allow_multiple=False)


def _answer_csv(
    response: Response,
    columns: tuple[str, ...],
    figures: Iterable[msgspec.Struct],
    statistics: CountStatistics | DurationStatistics | VeiledStatistics,
) -> None:
    as_of: Mapping[str, object] = {
        "checkpoint_size": statistics.checkpoint.size,
        "checkpoint_root": statistics.checkpoint.root,
        "as_of": statistics.as_of,
        "definition": statistics.definition,
    }
    rows = ({**msgspec.structs.asdict(figure), **as_of} for figure in figures)
    response.data = render_csv((*columns, *_AS_OF_COLUMNS), rows)
    response.content_type = f"{CSV_MEDIA_TYPE}; charset=utf-8"
    response.set_header("Content-Disposition", 'attachment; filename="figures.csv"')


def _answer_publicly(response: Response) -> None:
    response.set_header("Cache-Control", CACHING)
    response.set_header("Access-Control-Allow-Origin", "*")
    response.append_header("Vary", "Accept")
