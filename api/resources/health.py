"""Whether the process lives, and whether it can do its work."""

import asyncio
from http import HTTPStatus

from falcon.asgi import Request, Response

from api.bodies import FollowerHealth, Health, encode
from api.parts import Parts
from api.resources.observing.standing import ServerStanding, StandingSource


class LivenessResource:
    """``/livez``."""

    async def on_get(self, _request: Request, response: Response) -> None:
        """Say that the event loop turns."""
        response.text = "ok\n"
        response.content_type = "text/plain; charset=utf-8"
        response.set_header("Cache-Control", "no-store")


class ReadinessResource:
    """``/readyz``: 200 when the writer can be reached and the views move with the log, else 503.

    Views may lag a little while work comes in. They count as stopped when they stood at the same
    place, behind the log, for longer than the limit; before the first position they are not ready.
    Where the core has stopped, they are not ready at once. A projection that stopped alone is
    named and leaves the server ready: all but what rests on it is answered as before, and whoever
    took the server out of service for it would take away the rest as well.
    """

    def __init__(self, parts: Parts):
        self._parts = parts
        self._source = StandingSource(parts)
        self._behind_at: int | None = None
        self._behind_since = 0.0

    async def on_get(self, _request: Request, response: Response) -> None:
        """Ask writer and views."""
        writer = await self._parts.writer_reachable()
        standing = await asyncio.to_thread(self._source.read)
        follows = self._follows(standing) and not standing.core_has_stopped
        ready = writer and follows
        response.data = encode(
            Health(
                ready=ready,
                writer=writer,
                follower=FollowerHealth(
                    follows=follows,
                    log_position=standing.log_position,
                    behind_entries=standing.published_size - standing.log_position,
                ),
                published_size=standing.published_size,
                projections=standing.projections,
                witnesses=standing.witnesses,
            )
        )
        response.status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        response.set_header("Cache-Control", "no-store")

    def _follows(self, standing: ServerStanding) -> bool:
        log_position = standing.log_position
        if log_position == standing.published_size:
            self._behind_at = None
            return True
        now = asyncio.get_running_loop().time()
        if log_position != self._behind_at:
            self._behind_at, self._behind_since = log_position, now
        longest = self._parts.settings.longest_follower_delay_seconds
        return log_position > 0 and now - self._behind_since <= longest
