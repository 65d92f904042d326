"""Query members: what no route asks for is refused, so that a mistyped filter is not left out.

One table says which members an address takes: the documented operations' own, and the pages'.
"""

import re
from collections.abc import Mapping
from typing import Final

from falcon.asgi import Request, Response

from api.errors import UnknownParameter

_CONVERTER: Final = re.compile(r"\{(\w+):[^}]*\}")
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}", re.ASCII)
# What messengers and search engines add to a link that somebody passes on; it filters nothing.
_ADDED_TO_LINKS: Final = re.compile(r"utm_[a-z]+|fbclid|gclid|zarsrc", re.ASCII)

# By the route's template without converters.
KnownQueries = Mapping[str, frozenset[str]]


class QueryMembers:
    """Falcon middleware: checks the names of query members once the route is known."""

    def __init__(self, documented: KnownQueries, pages: KnownQueries):
        self._documented = documented
        self._pages = pages

    async def process_resource(
        self, request: Request, _response: Response, _resource: object, _params: object
    ) -> None:
        """Refuse a request with a member that its address does not take.

        Raises:
            UnknownParameter: it has one; the detail names it, and what the address takes.
        """
        template = _CONVERTER.sub(r"{\1}", request.uri_template or "")
        known = self._documented.get(template, frozenset()) | self._pages.get(template, frozenset())
        unknown = [name for name in request.params if name not in known]
        if template in self._pages:
            unknown = [name for name in unknown if _ADDED_TO_LINKS.fullmatch(name) is None]
        if unknown:
            raise UnknownParameter(_sentence(unknown[0], known))


def _sentence(name: str, known: frozenset[str]) -> str:
    shown = name if _PLAIN_NAME.fullmatch(name) else "a query member"
    takes = ", ".join(sorted(known)) or "none"
    return f"{shown} is not known at this address; query members it takes: {takes}"
