"""The catalogue over HTTP: searching procedures, and every version of one."""

import asyncio
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from falcon.asgi import Request, Response

from api.bodies import EntryIndex, encode
from api.errors import MalformedParameter, NothingHere, ServiceStarting
from api.parts import Parts
from domain.moments import Moment, render_moment
from domain.offices import BilingualName, Level
from domain.procedures import (
    ChannelFees,
    ChannelLimits,
    FactTag,
    Limit,
    Procedure,
    ProcedureRecord,
    Sensitivity,
)
from projections.catalogue.searching import DEFAULT_PAGE, MAX_PAGE, ProcedureQuery
from projections.counts import CheckpointReference
from projections.dossier_rows import Act, index_of
from projections.reading import reference_to
from projections.views import Position, ViewReader, Views
from transparency.encoding import render_utc_milliseconds

CACHING: Final = "public, max-age=1"
MAX_QUESTION_CHARACTERS: Final = 200
PUBLISHED: Final = "procedure.version_published"

VersionNumber = Annotated[int, msgspec.Meta(ge=1)]


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the answers; an absent member is left out."""


class ProcedureSummary(_Answer, frozen=True, kw_only=True):
    """What a search shows of a procedure: its newest version.

    ``unverified`` names the members that no source confirms: they are not to be shown as law.
    """

    code: str
    url: str
    version: VersionNumber
    document: str
    name: BilingualName
    levels: tuple[Level, ...]
    limit: Limit
    channel_limits: ChannelLimits = ChannelLimits()
    fee_vnd: int | None = None
    channel_fees: ChannelFees = ChannelFees()
    field: str | None = None
    life_events: tuple[str, ...] = ()
    sensitivity: Sensitivity | None = None
    unverified: tuple[str, ...] = ()
    name_untranslated: bool = False


class ProceduresAnswer(_Answer, frozen=True, kw_only=True):
    """One page of a search, by code; ``next`` leads to the page after it."""

    procedures: tuple[ProcedureSummary, ...]
    checkpoint: CheckpointReference
    as_of: str
    next: str | None = None


class ProcedureVersionAnswer(_Answer, frozen=True, kw_only=True):
    """One version: which document it is, and the entry that published it."""

    version: VersionNumber
    document: str
    document_url: str
    entry_index: EntryIndex
    receipt_url: str
    published_at: str
    recorded_at: str
    in_force: bool
    office: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    law: str | None = None


class ProcedureAnswer(_Answer, frozen=True, kw_only=True):
    """A procedure: all its versions, oldest first, and the newest one's document."""

    code: str
    versions: tuple[ProcedureVersionAnswer, ...]
    procedure: Procedure
    checkpoint: CheckpointReference
    as_of: str


class ProceduresResource:
    """``/v1/procedures`` and ``/v1/procedures/{code}``."""

    def __init__(self, parts: Parts):
        self._views = parts.views

    async def on_get(self, request: Request, response: Response) -> None:
        """Search the catalogue, one page at a time."""
        query = asked_query(request)
        answer = await asyncio.to_thread(search, self._views, query)
        _answer_publicly(response, answer)

    async def on_get_one(self, _request: Request, response: Response, *, code: str) -> None:
        """Give one procedure with all its versions."""
        answer = await asyncio.to_thread(find, self._views, code)
        _answer_publicly(response, answer)


def search(views: Views, query: ProcedureQuery) -> ProceduresAnswer:
    """Read one page of the catalogue.

    Raises:
        ServiceStarting: the views stand at no checkpoint yet.
    """
    with views.reading() as reader:
        position = _position(reader)
        codes, after = reader.search_procedures(query)
        records = reader.states(f"procedure:{code}" for code in codes)
    found = (records[f"procedure:{code}"] for code in codes)
    return ProceduresAnswer(
        procedures=tuple(_summary(each) for each in found if isinstance(each, ProcedureRecord)),
        checkpoint=reference_to(position),
        as_of=position.as_of,
        next=None if after is None else _next_address(query, after),
    )


def find(views: Views, code: str) -> ProcedureAnswer:
    """Read one procedure.

    Raises:
        ServiceStarting: the views stand at no checkpoint yet.
        NothingHere: no version of such a procedure is published.
    """
    stream = f"procedure:{code}"
    with views.reading() as reader:
        position = _position(reader)
        record = reader.states((stream,)).get(stream)
        acts = [act for act in reader.acts_of(stream) if act.kind == PUBLISHED]
        zones = reader.zones()
    if not isinstance(record, ProcedureRecord):
        raise NothingHere(f"no procedure {code} is published")
    # The day is that of whoever published last; a version holds by its own dates.
    zone = zones.get(acts[-1].office or "", "UTC") if acts else "UTC"
    in_force = record.version_in_force(Moment(instant=position.sealed_at).day_in(zone))
    # One publication, one version, one document: the fold adds them together.
    listed = zip(acts, record.versions, record.documents, strict=True)
    return ProcedureAnswer(
        code=code,
        versions=tuple(
            _version(act, version, document, is_in_force=version == in_force)
            for act, version, document in listed
        ),
        procedure=record.versions[-1],
        checkpoint=reference_to(position),
        as_of=position.as_of,
    )


def _position(reader: ViewReader) -> Position:
    position = reader.position()
    if position is None:
        raise ServiceStarting
    return position


def _summary(record: ProcedureRecord) -> ProcedureSummary:
    newest = record.versions[-1]
    return ProcedureSummary(
        code=record.code,
        url=f"/v1/procedures/{record.code}",
        version=newest.version,
        document=record.documents[-1],
        name=newest.name,
        name_untranslated=newest.name_untranslated,
        levels=newest.office_levels(),
        limit=newest.limit,
        channel_limits=newest.channel_limits,
        fee_vnd=newest.fee_vnd,
        channel_fees=newest.channel_fees,
        field=newest.field,
        life_events=newest.life_events,
        sensitivity=newest.sensitivity,
        unverified=unverified_members(newest),
    )


def unverified_members(procedure: Procedure) -> tuple[str, ...]:
    """Name the members that no source confirms."""
    return tuple(
        member
        for each in procedure.provenance
        if each.tag is FactTag.UNVERIFIED
        for member in each.members
    )


def _version(
    act: Act, version: Procedure, document: str, *, is_in_force: bool
) -> ProcedureVersionAnswer:
    return ProcedureVersionAnswer(
        version=version.version,
        document=document,
        document_url=f"/documents/{document}",
        entry_index=index_of(act),
        receipt_url=f"/v1/entries/{act.entry_index}/receipt",
        published_at=render_moment(act.at),
        recorded_at=render_utc_milliseconds(act.recorded_at),
        in_force=is_in_force,
        office=act.office,
        valid_from=None if version.valid_from is None else version.valid_from.isoformat(),
        valid_to=None if version.valid_to is None else version.valid_to.isoformat(),
        law=version.law,
    )


def asked_query(request: Request) -> ProcedureQuery:
    """Read what a request searches for.

    Raises:
        MalformedParameter: a text that is too long, no level, or no size of a page.
    """
    return ProcedureQuery(
        words=_text(request, "q"),
        field=_text(request, "field"),
        level=_level(request),
        office=_text(request, "office"),
        life_event=_text(request, "life_event"),
        after=_text(request, "after"),
        limit=_limit(request),
    )


def _next_address(query: ProcedureQuery, after: str) -> str:
    asked = {
        "q": query.words,
        "field": query.field,
        "level": query.level,
        "office": query.office,
        "life_event": query.life_event,
        "limit": query.limit,
        "after": after,
    }
    given = {name: str(value) for name, value in asked.items() if value is not None}
    return f"/v1/procedures?{urlencode(given)}"


def _text(request: Request, name: str) -> str | None:
    text = request.get_param(name, allow_multiple=False)
    if text is not None and len(text) > MAX_QUESTION_CHARACTERS:
        raise MalformedParameter(f"{name} has at most {MAX_QUESTION_CHARACTERS} characters")
    return text


def _level(request: Request) -> Level | None:
    text = _text(request, "level")
    if text is None:
        return None
    try:
        return Level(text)
    except ValueError as error:
        raise MalformedParameter(f"level is one of {', '.join(Level)}") from error


def _limit(request: Request) -> int:
    text = _text(request, "limit")
    if text is None:
        return DEFAULT_PAGE
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PAGE):
        raise MalformedParameter(f"limit is a number from 1 to {MAX_PAGE}")
    return int(text)


def _answer_publicly(response: Response, answer: ProceduresAnswer | ProcedureAnswer) -> None:
    response.data = encode(answer)
    response.set_header("Cache-Control", CACHING)
    response.set_header("Access-Control-Allow-Origin", "*")
