"""How often one client may ask for dossiers: codes can be guessed, so guessing is made slow.

Counted in each web worker, in memory, over a moving minute. A proxy in front should limit too.
"""

from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from api.errors import TooManyRequests

RETRY_SECONDS: Final = 60


class LookupLimiter:
    """Counts the look-ups of each client address."""

    def __init__(self, per_minute: int):
        self._limit = RateLimitItemPerMinute(per_minute)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def check(self, client: str) -> None:
        """Count one look-up.

        Raises:
            TooManyRequests: the client has asked too often within the last minute.
        """
        if not self._limiter.hit(self._limit, client):
            raise TooManyRequests(headers={"Retry-After": str(RETRY_SECONDS)})
