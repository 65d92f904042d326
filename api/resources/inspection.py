"""For inspectors, whose key signs the request: findings, and the trail of one signer.

An inspector sees what concerns the offices that the key's grants cover; `*` covers all of them.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import MalformedParameter, ServiceStarting
from api.parts import Parts
from api.resources.answers import FindingsAnswer, TrailAnswer, finding_answer, trail_acts
from api.signatures import RequestVerifier, SignedRequest
from api.uploads import read_any_body
from domain.keys import KeyRecord
from domain.roles import Role
from projections.reading import read_findings, read_trail, reference_to
from projections.views import Position, ViewReader

MAX_INSPECTION_BYTES: Final = 4096
MAX_SIGNER_CHARACTERS: Final = 200
_FIRST_DAY: Final = date(1900, 1, 1)
_LAST_DAY: Final = date(2199, 12, 31)


class _Inspection:
    """What both resources do first: find out who asks."""

    def __init__(self, parts: Parts):
        self._views = parts.views
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
        with self._views.reading() as reader:
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
        """Give what one key, or one performer of an import, did, by days of recorded time (UTC)."""
        inspector = await self._inspector(request, response)
        start, end = _period(request)
        if len(key) > MAX_SIGNER_CHARACTERS:
            raise MalformedParameter("this is no name of a key")
        answer = await asyncio.to_thread(self._answer, inspector, key, start, end)
        response.data = encode(answer)

    def _answer(
        self, inspector: KeyRecord, signer: str, start: datetime, end: datetime
    ) -> TrailAnswer:
        with self._views.reading() as reader:
            position = _position(reader)
            trail = read_trail(reader, signer, start, end)
        covered = [act for act in trail if inspector.covers(Role.INSPECTOR, act.office)]
        return TrailAnswer(
            signer=signer,
            acts=trail_acts(covered),
            checkpoint=reference_to(position),
            as_of=position.as_of,
        )


def signed_request(request: Request, body: bytes, public_address: str | None) -> SignedRequest:
    """Give what the request's signature may cover, as the client sent it.

    With a public address set, a request that was signed for another server is refused: its
    ``@target-uri`` is another.
    """
    scope: Mapping[str, object] = request.scope
    raw_path = scope.get("raw_path")
    path = raw_path.decode("latin-1") if isinstance(raw_path, bytes) else request.path
    query = f"?{request.query_string}" if request.query_string else ""
    base = public_address or f"{request.scheme}://{request.netloc}"
    return SignedRequest(request.method, f"{base}{path}{query}", request.headers, body)


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
