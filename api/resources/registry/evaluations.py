"""An office's evaluation by the nine indicators, over HTTP: what can be computed, and from what."""

import asyncio
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import MalformedParameter, NothingHere, ServiceStarting
from api.parts import Parts
from api.reading.rights import check_right
from domain.errors import MalformedMoment
from domain.offices import OfficeRecord
from domain.reading.rights import Reader, Subject
from projections.evaluating.office import OfficeEvaluation
from projections.evaluating.reading import read_evaluation
from projections.tallies.published import Tallies

CACHING: Final = "public, max-age=1"


class EvaluationsResource:
    """``/v1/offices/{office}/evaluation``."""

    def __init__(self, parts: Parts):
        self._parts = parts

    async def on_get(self, request: Request, response: Response, *, office: str) -> None:
        """Give the evaluation of a ``period``: a quarter `2026-Q3` or a year; else the last one."""
        period = request.get_param("period", allow_multiple=False)
        answer = await asyncio.to_thread(evaluate, self._parts, office, period)
        response.data = encode(answer)
        response.set_header("Cache-Control", CACHING)
        response.set_header("Access-Control-Allow-Origin", "*")


def evaluate(parts: Parts, office_id: str, period: str | None) -> OfficeEvaluation:
    """Read one office's evaluation from views and tallies.

    Raises:
        ServiceStarting: the views stand at no checkpoint yet.
        NothingHere: no such office is registered.
        MalformedParameter: the period is neither a quarter nor a year.
        LedgerError: what it is made from cannot be read.
    """
    check_right(Reader.ANYONE, Subject.FIGURES)
    stream = f"office:{office_id}"
    tallies = Tallies(parts.origin, parts.reader, parts.documents)
    with parts.views.reading() as reader:
        if reader.position() is None:
            raise ServiceStarting
        record = reader.states((stream,)).get(stream)
        if not isinstance(record, OfficeRecord):
            raise NothingHere(f"no office {office_id} is registered")
        try:
            found = read_evaluation(reader, record, period, tallies)
        except MalformedMoment as error:
            raise MalformedParameter("period is a quarter (2026-Q3) or a year (2026)") from error
    assert found is not None
    return found
