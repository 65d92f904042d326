"""The catalogue as pages: a search with its results, and one procedure with all its versions.

What no source confirms is named on the page beside what is: nobody should take it for law.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from falcon.asgi import Request, Response

from api.pages.rendering import Page, Renderer
from api.pages.words import Words
from api.parts import Parts
from api.resources.procedures import (
    ProcedureAnswer,
    ProceduresAnswer,
    ProcedureSummary,
    asked_query,
    find,
    search,
    unverified_members,
)
from domain.facts import Channel
from domain.moments import parse_moment
from domain.offices import Level
from domain.procedures import Fee, Limit, LimitUnit, Procedure
from projections.catalogue.searching import ProcedureQuery

SECTION: Final = "/procedures"
NO_QUERY: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Said:
    """A text in the page's language, or a source's own, which is Vietnamese."""

    text: str
    is_original: bool = False


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """The limit and the fee of one channel, in words."""

    channel: str
    limit: Said
    fee: Said


@dataclass(frozen=True, slots=True)
class ProcedureLine:
    """One procedure among the results of a search."""

    code: str
    name: str
    field: Said
    levels: str
    limits: tuple[Said, ...]


class CataloguePages:
    """``/procedures`` and ``/procedures/{code}``."""

    def __init__(self, renderer: Renderer, parts: Parts):
        self._renderer = renderer
        self._views = parts.views

    async def on_get(self, request: Request, response: Response) -> None:
        """Show the search and one page of what it finds."""
        query = asked_query(request)
        found = await asyncio.to_thread(search, self._views, query)
        words = self._renderer.words(request)
        values = {
            "query": query,
            "lines": tuple(_line(each, words) for each in found.procedures),
            "levels": tuple((level.value, words.member("level", level)) for level in Level),
            "after": _last_code(found),
            "asked": asked_members(query),
        }
        page = Page("procedures.html", SECTION, SECTION, values, asked_members(query))
        self._renderer.answer(request, response, page)

    async def on_get_one(self, request: Request, response: Response, *, code: str) -> None:
        """Show one procedure.

        Raises:
            NothingHere: no version of such a procedure is published.
        """
        found: ProcedureAnswer = await asyncio.to_thread(find, self._views, code)
        words = self._renderer.words(request)
        newest = found.procedure
        values = {
            "page": found,
            "procedure": newest,
            "name": words.name(newest.name),
            "field": _original(newest.field),
            "published": [parse_moment(each.published_at) for each in found.versions],
            "levels": _levels(newest.office_levels(), words),
            "channels": tuple(_channel_lines(newest, words)),
            "unverified": unverified_members(newest),
        }
        page = Page("procedure.html", SECTION, f"{SECTION}/{code}", values, NO_QUERY)
        self._renderer.answer(request, response, page)

    on_head = on_get
    on_head_one = on_get_one


def asked_members(query: ProcedureQuery) -> dict[str, str]:
    """Give the members of a search as they stand in an address."""
    asked = {
        "q": query.words,
        "field": query.field,
        "level": query.level,
        "office": query.office,
        "life_event": query.life_event,
    }
    return {name: str(value) for name, value in asked.items() if value}


def _last_code(found: ProceduresAnswer) -> str | None:
    return None if found.next is None else found.procedures[-1].code


def _line(found: ProcedureSummary, words: Words) -> ProcedureLine:
    limits = [found.limit, *filter(None, map(found.channel_limits.of, Channel))]
    stated = [limit for limit in limits if limit.unit is not LimitUnit.UNKNOWN or limit.prose]
    texts = dict.fromkeys(_limit_text(limit, words) for limit in stated or limits[:1])
    return ProcedureLine(
        code=found.code,
        name=words.name(found.name),
        field=_original(found.field) or Said("–"),
        levels=_levels(found.levels, words),
        limits=tuple(texts),
    )


def _levels(levels: tuple[Level, ...], words: Words) -> str:
    return ", ".join(words.member("level", level) for level in levels)


def _channel_lines(procedure: Procedure, words: Words) -> Iterator[ChannelLine]:
    for channel in procedure.channels or tuple(Channel):
        yield ChannelLine(
            channel=words.member("channel", channel),
            limit=_limit_text(procedure.limit_for(channel), words),
            fee=_fee_text(procedure.fee_for(channel), words),
        )


def _limit_text(limit: Limit, words: Words) -> Said:
    if limit.unit is LimitUnit.UNKNOWN:
        return _original(limit.prose) or Said(words.texts("procedures.not_stated"))
    return Said(words.limit(limit))


def _fee_text(fee: Fee, words: Words) -> Said:
    if fee.amount_vnd is None:
        return _original(fee.prose) or Said(words.texts("procedures.not_stated"))
    return Said(words.formats.vnd(fee.amount_vnd))


def _original(text: str | None) -> Said | None:
    return Said(text, is_original=True) if text else None
