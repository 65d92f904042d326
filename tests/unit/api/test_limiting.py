"""Looking dossiers up: how often one client may ask."""

import pytest

from api.errors import TooManyRequests
from api.limiting import LookupLimiter


def test_client_that_asks_too_often_is_told_when_to_come_back() -> None:
    limiter = LookupLimiter(per_minute=3)
    for _ in range(3):
        limiter.check("192.0.2.1")

    with pytest.raises(TooManyRequests) as refused:
        limiter.check("192.0.2.1")

    assert refused.value.headers["Retry-After"] == "60"


def test_one_client_does_not_use_up_what_another_may_ask() -> None:
    limiter = LookupLimiter(per_minute=1)
    limiter.check("192.0.2.1")

    limiter.check("192.0.2.2")
