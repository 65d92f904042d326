"""For inspectors, whose key signs the request: findings, and the trail of one signer.

An inspector sees what concerns the offices that the key's grants cover; `*` covers all of them.
"""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import MalformedParameter, ServiceStarting, UnknownSigner
from api.parts import Parts
from api.reading.askers import signed_request
from api.reading.rights import reading_as
from api.resources.answers import (
    FindingsAnswer,
    TrailAnswer,
    TrailKeyAnswer,
    finding_answer,
    trail_acts,
)
from api.signatures import RequestVerifier
from api.uploads import read_any_body
from domain.keys import KeyRecord
from domain.reading.rights import Reader, Subject
from domain.roles import Role
from projections.reading import read_findings, read_trail, reference_to
from projections.states import StreamStates
from projections.views import Position, ViewReader

MAX_INSPECTION_BYTES: Final = 4096
MAX_SIGNER_CHARACTERS: Final = 200
_FIRST_DAY: Final = date(1900, 1, 1)
_LAST_DAY: Final = date(2199, 12, 31)


class _Inspection:
    """What both resources do first: find out who asks."""

    def __init__(self, parts: Parts):
        self._views = parts.views
        self._origin = parts.origin
        self._documents = parts.documents
        self._requests: RequestVerifier = parts.requests
        self._public_address = parts.settings.public_address
        self._body_seconds = parts.settings.body_seconds

    async def _inspector(self, request: Request, response: Response) -> KeyRecord:
        response.set_header("Cache-Control", "no-store")
        body = await read_any_body(request, MAX_INSPECTION_BYTES, seconds=self._body_seconds)
        return self._requests.check_inspector(signed_request(request, body, self._public_address))


class FindingsResource(_Inspection):
    """``/v1/findings``."""

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the findings, of one ``rule`` or ``office`` where the request says so."""
        inspector = await self._inspector(request, response)
        rule = request.get_param("rule", allow_multiple=False)
        office = request.get_param("office", allow_multiple=False)
        answer = await asyncio.to_thread(self._answer, inspector, rule, office)
        response.data = encode(answer)

    def _answer(self, inspector: KeyRecord, rule: str | None, office: str | None) -> FindingsAnswer:
        with reading_as(self._views, Reader.INSPECTOR, Subject.FINDINGS) as reader:
            position = _position(reader)
            findings = read_findings(reader, office)
        return FindingsAnswer(
            findings=tuple(
                finding_answer(finding)
                for finding in findings
                if rule in (None, finding.rule) and inspector.covers(Role.INSPECTOR, finding.office)
            ),
            checkpoint=reference_to(position),
            as_of=position.as_of,
        )


class TrailResource(_Inspection):
    """``/v1/trail/{key}``."""

    async def on_get(self, request: Request, response: Response, *, key: str) -> None:
        """Give what one person, or one performer of an import, did, by days of recorded time (UTC).

        ``follow=key`` leaves out what the person signed with other keys.
        """
        inspector = await self._inspector(request, response)
        start, end = _period(request)
        follows = _follows_person(request)
        if len(key) > MAX_SIGNER_CHARACTERS:
            raise MalformedParameter("this is no name of a key")
        answer = await asyncio.to_thread(self._answer, inspector, key, (start, end), follows)
        response.data = encode(answer)

    def _answer(
        self,
        inspector: KeyRecord,
        signer: str,
        period: tuple[datetime, datetime],
        follows: bool,  # noqa: FBT001 - handed over to a thread by place
    ) -> TrailAnswer:
        with reading_as(self._views, Reader.INSPECTOR, Subject.TRAIL) as reader:
            position = _position(reader)
            persons = reader.persons()
            signers = persons.keys_of(signer) if follows else (signer,)
            trail = read_trail(reader, signers, *period)
            if not trail and not self._is_known(reader, signer):
                raise UnknownSigner
        covered = [act for act in trail if inspector.covers(Role.INSPECTOR, act.office)]
        # Which keys a person has elsewhere is not for an inspector of this office.
        shown = sorted({signer, *(act.key for act in covered if act.key is not None)})
        return TrailAnswer(
            signer=signer,
            keys=tuple(
                TrailKeyAnswer(name=key, link=persons.link(signer, key).value) for key in shown
            ),
            acts=trail_acts(covered),
            checkpoint=reference_to(position),
            as_of=position.as_of,
        )

    def _is_known(self, reader: ViewReader, signer: str) -> bool:
        """Tell whether the name is a key's or a performer's, whoever has signed in the period."""
        register = StreamStates(self._origin, self._documents, reader.states)
        ever = (_start_of(_FIRST_DAY), _start_of(_LAST_DAY))
        return register.key(signer) is not None or bool(reader.acts_by(signer, *ever))


def _follows_person(request: Request) -> bool:
    follow = request.get_param("follow", allow_multiple=False) or "person"
    if follow not in ("person", "key"):
        raise MalformedParameter("follow is person or key")
    return follow == "person"


def _position(reader: ViewReader) -> Position:
    position = reader.position()
    if position is None:
        raise ServiceStarting
    return position


def _period(request: Request) -> tuple[datetime, datetime]:
    first = _day(request, "from", _FIRST_DAY)
    last = _day(request, "to", _LAST_DAY)
    if first > last:
        raise MalformedParameter("from comes after to")
    return _start_of(first), _start_of(last + timedelta(days=1))


def _day(request: Request, name: str, default: date) -> date:
    text = request.get_param(name, allow_multiple=False)
    if text is None:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise MalformedParameter(f"{name} is a day such as 2026-11-21") from error
    if day.isoformat() != text or not _FIRST_DAY <= day <= _LAST_DAY:
        raise MalformedParameter(f"{name} is a day such as 2026-11-21")
    return day


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
