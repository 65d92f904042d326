"""One office over HTTP: every document that the registry took in, and the office as of a day."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import msgspec
from falcon.asgi import Request, Response

from api.bodies import EntryIndex, encode
from api.errors import MalformedParameter, NothingHere, ServiceStarting
from api.parts import Parts
from api.reading.rights import reading_as
from domain.facts import OfficeRegistered
from domain.moments import FIRST_YEAR, LAST_YEAR, Moment, render_moment
from domain.offices import Office, OfficeRecord, OfficeVersion
from domain.reading.rights import Reader, Subject
from ledger.action_notes import open_text
from projections.counts import CheckpointReference
from projections.dossier_rows import Act, index_of
from projections.reading import reference_to
from projections.views import Position
from transparency.encoding import render_utc_milliseconds

CACHING: Final = "public, max-age=1"
REGISTERED: Final = "office.registered"


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the answers; an absent member is left out."""


class OfficeVersionAnswer(_Answer, frozen=True, kw_only=True):
    """One document of an office, and the entry that registered it.

    ``holds_from`` is the first day of which it speaks: its own ``valid_from``, or its registration.
    """

    document: str
    document_url: str
    entry_index: EntryIndex
    receipt_url: str
    registered_at: str
    recorded_at: str
    holds_from: date
    valid_from: date | None = None
    valid_to: date | None = None


class RegisteredOfficeAnswer(_Answer, frozen=True, kw_only=True):
    """An office: all its documents, oldest first, and what it was on a day.

    ``office`` is the newest document that speaks of the day ``on``, or the oldest where none does;
    ``in_force`` tells whether by that document the office existed then.
    """

    id: str
    on: date
    in_force: bool
    document: str
    office: Office
    versions: tuple[OfficeVersionAnswer, ...]
    checkpoint: CheckpointReference
    as_of: str


class OfficesResource:
    """``/v1/offices/{office}``."""

    def __init__(self, parts: Parts):
        self._parts = parts

    async def on_get(self, request: Request, response: Response, *, office: str) -> None:
        """Give one office with all its documents, and as it was ``on`` a day."""
        answer = await asyncio.to_thread(find_office, self._parts, office, _day_of(request))
        response.data = encode(answer)
        response.set_header("Cache-Control", CACHING)
        response.set_header("Access-Control-Allow-Origin", "*")


def find_office(parts: Parts, office_id: str, day: date | None) -> RegisteredOfficeAnswer:
    """Read one office; without a day it is the checkpoint's, where the office is.

    Raises:
        ServiceStarting: the views stand at no checkpoint yet.
        NothingHere: no such office is registered.
        LedgerError: its entries cannot be read.
    """
    stream = f"office:{office_id}"
    with reading_as(parts.views, Reader.ANYONE, Subject.PUBLIC_RECORD) as reader:
        position = reader.position()
        if position is None:
            raise ServiceStarting
        record = reader.states((stream,)).get(stream)
        acts = [act for act in reader.acts_of(stream) if act.kind == REGISTERED]
    if not isinstance(record, OfficeRecord):
        raise NothingHere(f"no office {office_id} is registered")
    return _answer(record, tuple(_publishing(parts, acts)), position, day)


def _publishing(parts: Parts, acts: Sequence[Act]) -> Iterator[Act]:
    """Give the acts that brought another document; the present one again makes no version."""
    present = ""
    for act in acts:
        event = parts.reader.find(act.stream, act.version)
        assert event is not None
        facts = open_text(event.note, parts.origin).action.facts
        assert isinstance(facts, OfficeRegistered)
        if facts.document != present:
            present = facts.document
            yield act


def _answer(
    record: OfficeRecord, acts: Sequence[Act], position: Position, day: date | None
) -> RegisteredOfficeAnswer:
    zone = record.office.time_zone
    on = day or Moment(instant=position.sealed_at).day_in(zone)
    then = record.as_of(on)
    newest_first = reversed(record.versions)
    return RegisteredOfficeAnswer(
        id=record.office.id,
        on=on,
        in_force=then.in_force_on(on),
        document=next(each.document for each in newest_first if each.office == then),
        office=then,
        versions=tuple(
            _version(act, version) for act, version in zip(acts, record.versions, strict=True)
        ),
        checkpoint=reference_to(position),
        as_of=position.as_of,
    )


def _version(act: Act, version: OfficeVersion) -> OfficeVersionAnswer:
    return OfficeVersionAnswer(
        document=version.document,
        document_url=f"/documents/{version.document}",
        entry_index=index_of(act),
        receipt_url=f"/v1/entries/{act.entry_index}/receipt",
        registered_at=render_moment(version.registered_at),
        recorded_at=render_utc_milliseconds(act.recorded_at),
        holds_from=version.holds_from,
        valid_from=version.office.valid_from,
        valid_to=version.office.valid_to,
    )


def _day_of(request: Request) -> date | None:
    text = request.get_param("on", allow_multiple=False)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise MalformedParameter("on is a day, such as 2026-03-02") from error
    if day.isoformat() != text or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise MalformedParameter("on is a day, such as 2026-03-02")
    return day
