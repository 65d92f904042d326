"""Whether the process lives, and whether it can do its work."""

import asyncio
from http import HTTPStatus

from falcon.asgi import Request, Response

from api.bodies import FollowerHealth, Health, encode
from api.data_folder import DataFolder
from api.parts import Parts
from ledger.witnessing.standing import read_standing


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
    """

    def __init__(self, parts: Parts):
        self._parts = parts
        settings = parts.settings
        # Without a policy a file of counts is an older setting's.
        self._standing = DataFolder(settings.data).witnesses if settings.witnesses else None
        self._behind_at: int | None = None
        self._behind_since = 0.0

    async def on_get(self, _request: Request, response: Response) -> None:
        """Ask writer and views."""
        writer = await self._parts.writer_reachable()
        published_size, log_position = await asyncio.to_thread(self._sizes)
        follows = self._follows(published_size, log_position)
        ready = writer and follows
        response.data = encode(
            Health(
                ready=ready,
                writer=writer,
                follower=FollowerHealth(
                    follows=follows,
                    log_position=log_position,
                    behind_entries=published_size - log_position,
                ),
                published_size=published_size,
                witnesses=read_standing(self._standing) if self._standing else None,
            )
        )
        response.status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        response.set_header("Cache-Control", "no-store")

    def _sizes(self) -> tuple[int, int]:
        # The views first: they are never ahead of what is published.
        with self._parts.views.reading() as reader:
            position = reader.position()
        published = self._parts.reader.checkpoint()
        return (
            0 if published is None else published.tree_size,
            0 if position is None else position.log_position,
        )

    def _follows(self, published_size: int, log_position: int) -> bool:
        if log_position == published_size:
            self._behind_at = None
            return True
        now = asyncio.get_running_loop().time()
        if log_position != self._behind_at:
            self._behind_at, self._behind_since = log_position, now
        longest = self._parts.settings.longest_follower_delay_seconds
        return log_position > 0 and now - self._behind_since <= longest
