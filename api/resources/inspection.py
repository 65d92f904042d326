"""For inspectors, whose key signs the request: who asks, whose look is kept, one signer's trail.

An inspector sees what concerns the offices that the key's grants cover; `*` covers all of them.
A trail is a look at somebody: it is kept before it is answered (`api.reading.looks`).
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

from falcon.asgi import Request, Response

from api.bodies import encode
from api.data_folder import DataFolder
from api.errors import MalformedParameter, ServiceStarting, UnknownSigner
from api.parts import Parts
from api.reading.askers import signed_request
from api.reading.looks import LookBook, render_look_time
from api.reading.orders import OrderInForce, order_in_force
from api.reading.rights import reading_as
from api.resources.answers import (
    TrailAnswer,
    TrailKeyAnswer,
    trail_acts,
)
from api.signatures import RequestVerifier, SignedRequest
from api.uploads import read_any_body
from domain.errors import UnknownOffice
from domain.facts import ANY_OFFICE
from domain.keys import KeyRecord
from domain.reading.rights import Reader, Subject
from domain.roles import Role
from ledger.looks.leaves import Look
from projections.reading import read_trail, reference_to
from projections.states import StreamStates
from projections.views import Position, ViewReader

MAX_INSPECTION_BYTES: Final = 4096
MAX_SIGNER_CHARACTERS: Final = 200
_FIRST_DAY: Final = date(1900, 1, 1)
_LAST_DAY: Final = date(2199, 12, 31)


class Inspection:
    """What the resources of inspectors do first: find out who asks, and keep at whom they look."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._looks = LookBook(DataFolder(parts.settings.data).looks, parts.random_bytes)
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

    async def asked_by(
        self, request: Request, response: Response
    ) -> tuple[KeyRecord, SignedRequest]:
        """Give the inspector who asks, and the request as it was signed.

        Raises:
            ApiError: as `RequestVerifier.check_inspector`.
        """
        inspector = await self._inspector(request, response)
        return inspector, signed_request(request, b"", self._public_address)

    def order_of(
        self, reader: ViewReader, inspector: KeyRecord, stream: str | None
    ) -> OrderInForce | None:
        """Give the order that a request names, by any key of the inspector; None for no order.

        Raises:
            InspectionOrderNeeded: as `order_in_force`.
        """
        if stream is None:
            return None
        return order_in_force(self._parts, stream, reader.persons().keys_of(inspector.name))

    def note_look(
        self,
        inspector: KeyRecord,
        signed: SignedRequest,
        subjects: Mapping[str, str],
        order: OrderInForce | None,
        shown: Iterable[str] = (),
    ) -> None:
        """Keep a look with the request that was signed for it; ``shown`` as `_reach` has it.

        Raises:
            StoreUnavailable: it could not be kept; nothing may be answered.
        """
        self._looks.note(self._look(inspector, signed, subjects, order, shown))

    def note_look_at_offices(
        self,
        inspector: KeyRecord,
        signed: SignedRequest,
        offices: Iterable[str],
        order: OrderInForce | None,
    ) -> None:
        """Keep a look at several offices, once for each of them; raises as `note_look`."""
        looks = [self._look(inspector, signed, {"office": each}, order) for each in offices]
        if looks:
            self._looks.note(*looks)

    def _look(
        self,
        inspector: KeyRecord,
        signed: SignedRequest,
        subjects: Mapping[str, str],
        order: OrderInForce | None,
        shown: Iterable[str] = (),
    ) -> Look:
        query = parse_qs(urlsplit(signed.url).query)
        return Look(
            at=render_look_time(self._parts.clock()),
            inspector=inspector.name,
            first_day=query.get("from", [None])[0],
            last_day=query.get("to", [None])[0],
            order=None if order is None else order.number,
            order_stream=None if order is None else order.stream,
            reach=_reach(inspector, order, subjects, shown),
            target=signed.url,
            signature_input=_header(signed, "signature-input"),
            signature=_header(signed, "signature"),
            **subjects,
        )


class TrailResource(Inspection):
    """``/v1/trail/{key}``."""

    async def on_get(self, request: Request, response: Response, *, key: str) -> None:
        """Give what one person, or one performer of an import, did, by days of recorded time (UTC).

        ``follow=key`` leaves out what the person signed with other keys.
        """
        inspector, signed = await self.asked_by(request, response)
        asked = _OfSigner(
            signer=key,
            period=period_of(request),
            follows=_follows_person(request),
            order_stream=request.get_param("order_stream", allow_multiple=False),
        )
        if len(key) > MAX_SIGNER_CHARACTERS:
            raise MalformedParameter("this is no name of a key")
        response.data = encode(await asyncio.to_thread(self._answer, inspector, asked, signed))

    def _answer(
        self, inspector: KeyRecord, asked: "_OfSigner", signed: SignedRequest
    ) -> TrailAnswer:
        signer, period, follows = asked.signer, asked.period, asked.follows
        with reading_as(self._views, Reader.INSPECTOR, Subject.TRAIL) as reader:
            position = position_of(reader)
            order = self.order_of(reader, inspector, asked.order_stream)
            self.note_look(inspector, signed, {"officer": signer}, order)
            persons = reader.persons()
            signers = persons.keys_of(signer) if follows else (signer,)
            trail = read_trail(reader, signers, *period)
            if not trail and not self._is_known(reader, signer):
                raise UnknownSigner
        scope = None if order is None else order.scope
        covered = [
            act
            for act in trail
            if inspector.covers(Role.INSPECTOR, act.office)
            and (scope is None or act.office in scope.offices or act.stream in scope.dossiers)
        ]
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


@dataclass(frozen=True, slots=True)
class _OfSigner:
    """Whose trail is asked for, of which period, with all of the person's keys or with one."""

    signer: str
    period: tuple[datetime, datetime]
    follows: bool
    order_stream: str | None


def covered_offices(inspector: KeyRecord) -> tuple[str, ...] | None:
    """Give the offices that an inspector's grants cover now; None for all of them."""
    if inspector.covers(Role.INSPECTOR, None):
        return None
    grants = (held.grant for held in inspector.held())
    return tuple(
        sorted({g.office for g in grants if g.role is Role.INSPECTOR and g.office != ANY_OFFICE})
    )


def _reach(
    inspector: KeyRecord,
    order: OrderInForce | None,
    subjects: Mapping[str, str],
    shown: Iterable[str],
) -> str | None:
    """Write the offices whose heads learn of a look at a procedure, or at an office above theirs.

    Of a procedure they are those whose acts grants or an order let be shown. ``shown`` are offices
    whose acts the answer shows, or might by the dossiers that the order names.
    """
    if "office" in subjects:
        return " ".join(sorted(set(shown))) or None
    if "procedure" not in subjects:
        return None
    covered = covered_offices(inspector)
    if order is None:
        return ANY_OFFICE if covered is None else " ".join(covered)
    offices = {*order.scope.offices, *shown}
    return " ".join(sorted(each for each in offices if covered is None or each in covered))


def _header(signed: SignedRequest, name: str) -> str:
    found = {header.lower(): value for header, value in signed.headers.items()}
    return found[name]


def _follows_person(request: Request) -> bool:
    follow = request.get_param("follow", allow_multiple=False) or "person"
    if follow not in ("person", "key"):
        raise MalformedParameter("follow is person or key")
    return follow == "person"


def position_of(reader: ViewReader) -> Position:
    """Give the checkpoint that answers are as of.

    Raises:
        ServiceStarting: there is none yet.
    """
    position = reader.position()
    if position is None:
        raise ServiceStarting
    return position


def check_registered(reader: ViewReader, office: str | None) -> None:
    """Refuse an office that was mistyped: nothing found of it would read as nothing wrong.

    Raises:
        UnknownOffice: it is named, and not registered.
    """
    if office is not None and office not in reader.offices():
        raise UnknownOffice(office)


def period_of(request: Request) -> tuple[datetime, datetime]:
    """Give the period of recorded times that a request names by its first and last day (UTC).

    Raises:
        MalformedParameter: it names no days, or the last comes before the first.
    """
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
