"""``/v1/queues/{queue}``: what lies with an officer, or with the officer's offices.

A signed request (RFC 9421) proves who asks. Seen is what lies with offices for which the key holds
an officer's role now; whose personal number two keys share is one person. The first page puts the
list together; if there is more of it, the list is kept, and `next` leads through it, whatever new
entries do meanwhile.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

import msgspec
from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import (
    MalformedParameter,
    NothingHere,
    QueueCursorEnded,
    ReadingNotPermitted,
    ServiceStarting,
)
from api.parts import Parts
from api.reading.askers import signed_request
from api.reading.kept_lists import KeptPlace, KeptShape, parse_cursor
from api.reading.office_roles import OfficeRoles
from api.reading.officers import Officers
from api.reading.rights import check_right, reading_as
from api.resources.queues.answers import (
    KeptQueue,
    QueueAnswer,
    items_of_page,
    keep_dossiers,
    keep_petitions,
    queue_answer,
)
from api.uploads import read_any_body
from domain.actions import StreamType
from domain.keys import KeyRecord
from domain.moments import Moment
from domain.reading.rights import Subject
from ledger.errors import StoreCorrupt
from projections.queues.items import DUE_SOON_HOURS, Queue, QueueItem, counts_by_step
from projections.queues.listing import (
    Officer,
    Shown,
    list_petitions,
    sort_queue,
    stored_of,
)
from projections.queues.sorting import counts_of
from projections.queues.stored import DeskReader
from projections.reading import reference_to
from projections.states import StreamStates
from projections.views import ViewReader

MAX_REQUEST_BYTES: Final = 4096
DEFAULT_LINES: Final = 50
MAX_LINES: Final = 100
MAX_DUE_SOON_HOURS: Final = 24 * 366

_kept = KeptShape("queue", 3, KeptQueue)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for; with a cursor, the list is what it was."""

    queue: Queue
    office: str | None
    limit: int
    due_soon_hours: int
    cursor: KeptPlace | None


class QueuesResource:
    """``/v1/queues/{queue}``."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._officers = Officers(parts)

    async def on_get(self, request: Request, response: Response, *, queue: str) -> None:
        """Give one page of a queue of the officer whose key signed the request."""
        response.set_header("Cache-Control", "no-store")
        settings = self._parts.settings
        body = await read_any_body(request, MAX_REQUEST_BYTES, seconds=settings.body_seconds)
        signed = signed_request(request, body, settings.public_address)
        record = self._parts.requests.check_enrolled(signed)
        asked = _asked(request, queue)
        response.data = encode(await asyncio.to_thread(self._answer, record, asked))

    def _answer(self, record: KeyRecord, asked: Asked) -> QueueAnswer:
        if asked.cursor is not None:
            return self._page(record, asked, asked.cursor)
        with self._parts.views.reading() as view:
            # Who that is must be known before there is a right to check.
            reader = self._offices(record, view, asked.office).reader()
        with reading_as(self._parts.views, reader, Subject.QUEUES) as view:
            kept, shown = self._listed(record, view, asked)
            items = items_of_page(kept, 0, asked.limit, shown)
        if len(kept.lines) <= asked.limit:
            return queue_answer(kept, items, None, asked.limit)
        parts = self._parts
        list_id = parts.kept_lists.keep(record.name, _kept.write(kept), parts.clock())
        return queue_answer(kept, items, KeptPlace(list_id, asked.limit), asked.limit)

    def _page(self, record: KeyRecord, asked: Asked, cursor: KeptPlace) -> QueueAnswer:
        """Give a later page of a list, if the asker may still see what it is of."""
        parts = self._parts
        body = parts.kept_lists.find(cursor.list_id, record.name, parts.clock())
        kept = _kept.read(body)
        if kept.queue is not asked.queue:
            raise MalformedParameter("this cursor leads through another queue")
        with parts.views.reading() as view:
            offices = self._offices(record, view, None)
            check_right(offices.reader(), Subject.QUEUES)
            if not all(map(offices.covers, kept.offices)):
                raise ReadingNotPermitted
            shown = Shown(offices.register, kept.sealed_at, kept.due_soon_hours)
            items = _items_kept(kept, cursor.position, asked.limit, shown)
        end = cursor.position + asked.limit
        following = KeptPlace(cursor.list_id, end) if end < len(kept.lines) else None
        return queue_answer(kept, items, following, asked.limit)

    def _listed(self, record: KeyRecord, view: ViewReader, asked: Asked) -> tuple[KeptQueue, Shown]:
        position = view.position()
        if position is None:
            raise ServiceStarting
        offices = self._offices(record, view, asked.office)
        officer = self._officer(record, view, offices)
        shown = Shown(offices.register, position.sealed_at, asked.due_soon_hours)
        return whole_queue(view, officer, asked.queue, shown, offices), shown

    def _offices(self, record: KeyRecord, view: ViewReader, only: str | None) -> OfficeRoles:
        parts = self._parts
        register = StreamStates(parts.origin, parts.documents, view.states)
        # At once: whoever may act for any of them is asked office by office.
        offices = DeskReader(view).desk_offices()
        register.prefetch(f"{StreamType.OFFICE}:{office}" for office in offices)
        now = Moment(instant=parts.clock().replace(microsecond=0))
        return OfficeRoles(record, register, now, only)

    def _officer(self, record: KeyRecord, view: ViewReader, offices: OfficeRoles) -> Officer:
        keys = frozenset(view.persons().keys_of(record.name))
        return Officer(
            keys=keys,
            covers=offices.covers,
            approves=offices.approves,
            assigned=lambda given: self._officers.assigned_to(view, keys, given),
        )


def _items_kept(kept: KeptQueue, position: int, limit: int, shown: Shown) -> tuple[QueueItem, ...]:
    """Make the items of a later page.

    Raises:
        QueueCursorEnded: another program kept the list, which wrote dossiers in another way.
    """
    try:
        return items_of_page(kept, position, limit, shown)
    except (msgspec.MsgspecError, StoreCorrupt) as error:
        raise QueueCursorEnded from error


def whole_queue(
    view: ViewReader, officer: Officer, queue: Queue, shown: Shown, offices: OfficeRoles
) -> KeptQueue:
    """Give a queue as it is kept, as of the views' checkpoint; the asker has the right to it."""
    position = view.position()
    assert position is not None
    if queue is Queue.PETITIONS:
        items = list_petitions(view, officer, shown.due_soon_hours)
        lines, counts = keep_petitions(items), counts_by_step(items)
    else:
        found = sort_queue(view, officer, queue, shown)
        lines, counts = keep_dossiers(stored_of(view, found)), counts_of(found)
    return KeptQueue(
        queue=queue,
        lines=lines,
        counts_by_step=counts,
        due_soon_hours=shown.due_soon_hours,
        offices=tuple(sorted(office for office in offices.known if offices.covers(office))),
        checkpoint=reference_to(position),
        sealed_at=position.sealed_at,
    )


def _asked(request: Request, queue: str) -> Asked:
    """Read what is asked for.

    Raises:
        NothingHere: there is no such queue.
        MalformedParameter: a number is none or out of range; or the list is chosen twice.
    """
    if queue not in list(Queue):
        raise NothingHere
    office, cursor = _text(request, "office"), _text(request, "cursor")
    hours = _text(request, "due_soon_hours")
    if cursor is not None and (office is not None or hours is not None):
        raise MalformedParameter("cursor goes on with a list: office and due_soon_hours are its")
    return Asked(
        queue=Queue(queue),
        office=office,
        limit=_number("limit", _text(request, "limit"), DEFAULT_LINES, MAX_LINES),
        due_soon_hours=_number("due_soon_hours", hours, DUE_SOON_HOURS, MAX_DUE_SOON_HOURS),
        cursor=None if cursor is None else parse_cursor(cursor),
    )


def _text(request: Request, name: str) -> str | None:
    text: str | None = request.get_param(name, allow_multiple=False)
    return text


def _number(name: str, text: str | None, default: int, largest: int) -> int:
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(largest)):
        raise MalformedParameter(f"{name} is a number from 1 to {largest}")
    if not 1 <= int(text) <= largest:
        raise MalformedParameter(f"{name} is a number from 1 to {largest}")
    return int(text)
