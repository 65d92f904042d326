"""``/v1/feeds/entries``: published acts as server-sent events, as they are published.

SPEC: HTML, "Server-sent events". The id of an event is its entry index; whoever comes back with
``Last-Event-ID`` (or ``from_entry``) gets every act after it, in order and each once. A heartbeat
is an id without data: it moves the listener's place over entries that do not match, and nothing
is shown. Whoever does not ask for ``text/event-stream`` gets what there is now, and the end.

Listeners hold a connection each, so there are only so many in one worker; one that takes nothing
for some time is cut off, and comes back when it can.
"""

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

import structlog
from falcon.asgi import Request, Response, SSEvent

from api.errors import LISTENER_TOO_SLOW, MalformedParameter, ServiceStarting, TooManyListeners
from api.parts import Parts
from api.reading.rights import check_right
from api.resources.opendata.feeds import asked_filter, whole_number
from domain.reading.rights import Reader, Subject
from ledger.bodies import MAX_SAFE_INTEGER
from projections.dossier_rows import Act, index_of
from projections.opendata.acts import ActFilter, ActReader
from projections.opendata.feeds import event_line

EVENT_STREAM: Final = "text/event-stream"
LAST_EVENT_ID: Final = "Last-Event-ID"
_log: Final = structlog.get_logger("dossier_ledger")


@dataclass(frozen=True, slots=True)
class ListeningLimits:
    """How many may listen in one worker, and how long what may take.

    ``entries_at_once`` are read in one query, whether they match or not; where an index finds those
    that match, so many of these.
    """

    listeners: int = 100
    poll_seconds: float = 1.0
    heartbeat_seconds: float = 15.0
    slowest_seconds: float = 30.0
    entries_at_once: int = 5_000
    retry_milliseconds: int = 3_000


@dataclass(frozen=True, slots=True)
class Window:
    """The acts that match between where a listener stands and ``next_entry``."""

    acts: tuple[Act, ...]
    next_entry: int
    is_last: bool


class _Place:
    """One listener's place: given back when it leaves, or when its request was dropped."""

    def __init__(self, release: Callable[[], None]) -> None:
        self.leave = weakref.finalize(self, release)


class ListeningResource:
    """``/v1/feeds/entries``."""

    def __init__(self, parts: Parts, limits: ListeningLimits | None = None):
        self._views = parts.views
        self._limits = limits or ListeningLimits()
        self._listeners = 0

    @property
    def listeners(self) -> int:
        """Count those who listen now."""
        return self._listeners

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the acts from a place on, and those to come to whoever listens.

        Raises:
            TooManyListeners: as many listen already as this worker bears.
        """
        check_right(Reader.ANYONE, Subject.PUBLIC_RECORD)
        wanted, start = asked_filter(request), _asked_start(request)
        if start is None:
            start = await asyncio.to_thread(self._end)
        stays = EVENT_STREAM in (request.get_header("Accept") or "")
        place = self._take_place()
        response.set_header("Cache-Control", "no-store")
        response.set_header("Access-Control-Allow-Origin", "*")
        # Else a proxy collects events until its buffer is full.
        response.set_header("X-Accel-Buffering", "no")
        response.sse = self._listen(place, wanted, start, stays=stays)

    def _take_place(self) -> "_Place":
        if self._listeners >= self._limits.listeners:
            retry_seconds = max(1, self._limits.retry_milliseconds // 1_000)
            raise TooManyListeners(headers={"Retry-After": str(retry_seconds)})
        self._listeners += 1
        return _Place(self._release)

    def _release(self) -> None:
        self._listeners -= 1

    async def _listen(
        self, place: "_Place", wanted: ActFilter, start: int, *, stays: bool
    ) -> AsyncIterator[SSEvent | None]:
        try:
            async for event in self._events(wanted, start, stays=stays):
                # Whoever does not take an event in time is cut off: the request's task ends here.
                cut = self._cut_later(place)
                try:
                    yield event
                finally:
                    cut.cancel()
        finally:
            place.leave()

    def _cut_later(self, place: "_Place") -> asyncio.TimerHandle:
        task = asyncio.current_task()
        assert task is not None

        def cut() -> None:
            # At once: this generator stands where it waits until somebody collects it.
            place.leave()
            waited_seconds = self._limits.slowest_seconds
            _log.info("listener cut off", code=LISTENER_TOO_SLOW, waited_seconds=waited_seconds)
            # The server closes the connection; by the word it knows that nothing went wrong.
            task.cancel(LISTENER_TOO_SLOW)

        return asyncio.get_running_loop().call_later(self._limits.slowest_seconds, cut)

    async def _events(
        self, wanted: ActFilter, start: int, *, stays: bool
    ) -> AsyncIterator[SSEvent | None]:
        loop = asyncio.get_running_loop()
        yield SSEvent(retry=self._limits.retry_milliseconds)
        beat_at = loop.time() + self._limits.heartbeat_seconds
        while True:
            window = await asyncio.to_thread(self._window, wanted, start)
            for act in window.acts:
                yield SSEvent(text=event_line(act), event_id=str(index_of(act)))
            start = window.next_entry
            if not window.is_last:
                continue
            if not stays:
                return
            if window.acts or loop.time() >= beat_at:
                yield _heartbeat(start)
                beat_at = loop.time() + self._limits.heartbeat_seconds
            await asyncio.sleep(self._limits.poll_seconds)

    def _window(self, wanted: ActFilter, start: int) -> Window:
        with self._views.reading() as views_reader:
            reader = ActReader.beside(views_reader)
            position = reader.position()
            published = 0 if position is None else position.log_position
            limit = self._limits.entries_at_once
            # With an index nothing is read of what lies between two acts that match.
            end = published if wanted.is_indexed else min(published, start + limit)
            if end <= start:
                return Window((), start, is_last=True)
            acts = reader.acts_between(start, end, limit, wanted)
        if wanted.is_indexed and len(acts) == limit:
            end = index_of(acts[-1]) + 1
        return Window(tuple(acts), end, is_last=end == published)

    def _end(self) -> int:
        with self._views.reading() as reader:
            position = reader.position()
        if position is None:
            raise ServiceStarting
        return position.log_position


def _heartbeat(start: int) -> SSEvent | None:
    """Give what only moves a listener's place: the id of the last entry that was looked at."""
    return SSEvent(event_id=str(start - 1)) if start else None


def _asked_start(request: Request) -> int | None:
    """Give the entry index from which on acts are wanted; None for those to come alone."""
    last = request.get_header(LAST_EVENT_ID)
    if last is not None:
        return _whole(last, LAST_EVENT_ID) + 1
    first = request.get_param("from_entry", allow_multiple=False)
    return None if first is None else _whole(first, "from_entry")


def _whole(text: str, name: str) -> int:
    number = whole_number(text)
    if number is None or number > MAX_SAFE_INTEGER:
        raise MalformedParameter(f"{name} is an entry index")
    return number
