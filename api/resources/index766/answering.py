"""The index and the report as JSON, CSV or a spreadsheet: all from the same public figures."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final, TypeVar

from falcon.asgi import Request, Response

from api.errors import MalformedParameter, NothingHere, ServiceStarting
from api.figures.indexing import answer_index, answer_report, bad_period
from api.figures.sources import Answered
from api.negotiation import JSON_MEDIA_TYPE, preferred_format
from api.parts import Parts
from api.reading.rights import check_right
from domain.errors import MalformedMoment
from domain.index766 import DEFAULT_VERSION, FORMULAS, formulas_of
from domain.offices import OfficeRecord
from domain.reading.rights import Reader, Subject
from projections.index766.answers import IndexStatistics
from projections.index766.reading import read_index, read_report
from projections.index766.report import Report
from projections.views import Position, ViewReader, Views

CACHING: Final = "public, max-age=1"
# Answers kept while the views stand at one checkpoint: some hundred offices, a few periods each.
MAX_KEPT: Final = 512

AnswerT = TypeVar("AnswerT")


class KeptAnswers:
    """Answers that were made at the views' present checkpoint; a newer one drops them all."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._position: tuple[int, bytes] | None = None
        self._answers: OrderedDict[object, object] = OrderedDict()

    def get(self, position: Position, key: object, make: Callable[[], AnswerT]) -> AnswerT:
        """Give the answer of a key, made now if it was not made at this checkpoint before."""
        stand = position.log_position, position.root_hash
        with self._lock:
            if self._position != stand:
                self._position = stand
                self._answers.clear()
            kept = self._answers.get(key)
        if kept is not None:
            return kept  # type: ignore[return-value]
        answer = make()
        with self._lock:
            if self._position == stand:
                self._answers[key] = answer
                if len(self._answers) > MAX_KEPT:
                    self._answers.popitem(last=False)
        return answer


class IndexResource:
    """``/v1/statistics/index`` and ``/v1/statistics/report``."""

    def __init__(self, parts: Parts):
        self._views = parts.views
        self._kept = KeptAnswers()

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the index of an ``office`` over a ``period``; CSV has one row per indicator."""
        wanted = preferred_format(_text(request, "format"), request.get_header("Accept"))
        if wanted is None:
            raise MalformedParameter("format is json or csv")
        asked = _text(request, "office"), _text(request, "period")
        version = _text(request, "formulas") or DEFAULT_VERSION
        statistics = await asyncio.to_thread(index_of, self._views, self._kept, *asked, version)
        _answer(response, answer_index(statistics, wanted), f"index.{wanted}")

    async def on_get_report(self, request: Request, response: Response) -> None:
        """Give the counts of an ``office`` over a ``period`` in the shape of form II.06."""
        wanted = _text(request, "format")
        if wanted not in (None, "json", "csv", "xlsx"):
            raise MalformedParameter("format is json, csv or xlsx")
        if wanted is None:
            wanted = preferred_format(None, request.get_header("Accept")) or "json"
        asked = _text(request, "office"), _text(request, "period")
        report = await asyncio.to_thread(report_of, self._views, self._kept, *asked)
        answered = await asyncio.to_thread(answer_report, report, wanted)
        _answer(response, answered, f"report.{wanted}")


def index_of(
    views: Views,
    kept: KeptAnswers,
    office: str | None,
    period: str | None,
    version: str = DEFAULT_VERSION,
) -> IndexStatistics:
    """Read the index of an office with all under it, or of the whole ledger.

    Raises:
        ServiceStarting: the views stand at no checkpoint yet.
        NothingHere: no such office is registered.
        MalformedParameter: the period is no month, quarter or year, or no such wording is held.
        LedgerError: the views cannot be read.
    """
    check_right(Reader.ANYONE, Subject.FIGURES)
    formulas = formulas_of(version)
    if formulas is None:
        raise MalformedParameter(f"formulas is one of {', '.join(FORMULAS)}")
    with views.reading() as reader:
        position = _checked(reader, office)
        try:
            found = kept.get(
                position,
                ("index", office, period, version),
                lambda: read_index(reader, formulas, office, period),
            )
        except MalformedMoment as error:
            raise bad_period() from error
    assert found is not None
    return found


def report_of(views: Views, kept: KeptAnswers, office: str | None, period: str | None) -> Report:
    """Read the report of an office with all under it, or of the whole ledger.

    Raises:
        ServiceStarting, NothingHere, MalformedParameter, LedgerError: as `index_of`.
    """
    check_right(Reader.ANYONE, Subject.FIGURES)
    with views.reading() as reader:
        position = _checked(reader, office)
        try:
            found = kept.get(
                position, ("report", office, period), lambda: read_report(reader, office, period)
            )
        except MalformedMoment as error:
            raise bad_period() from error
    assert found is not None
    return found


def _checked(reader: ViewReader, office: str | None) -> Position:
    position = reader.position()
    if position is None:
        raise ServiceStarting
    if office is not None:
        stream = f"office:{office}"
        if not isinstance(reader.states((stream,)).get(stream), OfficeRecord):
            raise NothingHere(f"no office {office} is registered")
    return position


def _text(request: Request, name: str) -> str | None:
    return request.get_param(name, allow_multiple=False)


def _answer(response: Response, answered: Answered, name: str) -> None:
    response.data, response.content_type = answered.body, answered.media_type
    if answered.media_type != JSON_MEDIA_TYPE:
        response.set_header("Content-Disposition", f'attachment; filename="{name}"')
    _answer_publicly(response)


def _answer_publicly(response: Response) -> None:
    response.set_header("Cache-Control", CACHING)
    response.set_header("Access-Control-Allow-Origin", "*")
    response.append_header("Vary", "Accept")
