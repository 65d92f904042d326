"""Public figures as JSON or CSV: the same numbers that anyone can recompute from the log."""

import asyncio
from collections.abc import Mapping
from typing import Final

from falcon.asgi import Request, Response

from api.errors import MalformedParameter, ServiceStarting
from api.figures.answering import answer
from api.figures.asking import MEMBERS, PETITIONS, Members
from api.figures.sources import Answered
from api.negotiation import CSV_MEDIA_TYPE, Format, preferred_format
from api.parts import Parts
from api.reading.rights import check_right
from domain.reading.rights import Reader, Subject
from projections.reading import FiguresInViews
from projections.tallies.published import Tallies
from projections.views import Views

# Whoever compares figures wants those of now; a second of caching takes a rush off the server.
CACHING: Final = "public, max-age=1"
# Petitions are answered by a resource of their own, from the same function.
STATISTICS_PATHS: Final = tuple(path for path in MEMBERS if path != PETITIONS)


class StatisticsResource:
    """All addresses of public figures that `api.figures` answers."""

    def __init__(self, parts: Parts):
        self._views = parts.views
        self._tallies = Tallies(parts.origin, parts.reader, parts.documents)

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the figures; CSV ends with the total, where there is one."""
        path = request.uri_template or ""
        members = _members(request, path)
        wanted = preferred_format(members.get("format"), request.get_header("Accept"))
        if wanted is None:
            raise MalformedParameter("format is json or csv")
        answered = await asyncio.to_thread(
            figures, self._views, self._tallies, path, members, wanted
        )
        response.data = answered.body
        response.content_type = answered.media_type
        if wanted == "csv":
            assert answered.media_type.startswith(CSV_MEDIA_TYPE)
            response.set_header("Content-Disposition", 'attachment; filename="figures.csv"')
        answer_publicly(response)


def figures(
    views: Views, tallies: Tallies, path: str, members: Members, wanted: Format
) -> Answered:
    """Answer from the views, and of ratings from the tallies.

    Raises:
        MalformedParameter: a query member is not what it must be, or asks for too much.
        ServiceStarting: the views stand at no checkpoint yet.
    """
    check_right(Reader.ANYONE, Subject.FIGURES)
    with views.reading() as reader:
        position = reader.position()
        if position is None:
            raise ServiceStarting
        return answer(FiguresInViews(reader, position, tallies), path, members, wanted)


def _members(request: Request, path: str) -> Mapping[str, str]:
    found = {name: request.get_param(name, allow_multiple=False) for name in MEMBERS[path]}
    return {name: text for name, text in found.items() if text is not None}


def answer_publicly(response: Response) -> None:
    """Let anyone read the answer, from any site, and keep it for a second."""
    response.set_header("Cache-Control", CACHING)
    response.set_header("Access-Control-Allow-Origin", "*")
    response.append_header("Vary", "Accept")
