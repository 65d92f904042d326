"""Telling somebody else: each event is one POST of its JSON, tried again until it is taken.

An answer of 200 to 299 takes an event. Whoever receives one twice knows it by its header
``Idempotency-Key``: after a crash an event may come again.
"""

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

from cli.output import UsageProblem
from cli.sources import open_address
from ledger.monitoring.events import Event, render_event

TIMEOUT_SECONDS: Final = 5.0
# Within one round; what was not taken then is tried at the next one.
RETRY_SECONDS: Final = (0.5, 2.0)


class Webhook:
    """One address that takes events."""

    def __init__(self, address: str, wait: Callable[[float], None]) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageProblem("--webhook is an address with http:// or https:// and a host")
        self._address = address
        self._wait = wait
        self.failures = 0

    def post(self, event: Event) -> bool:
        """Post one event; tell whether it was taken."""
        for seconds in (0.0, *RETRY_SECONDS):
            if seconds:
                self._wait(seconds)
            if self._post(render_event(event)):
                return True
            self.failures += 1
        return False

    def _post(self, body: bytes) -> bool:
        request = urllib.request.Request(  # noqa: S310 - the constructor lets only http and https through
            self._address,
            data=body,
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": hashlib.sha256(body).hexdigest(),
            },
            method="POST",
        )
        try:
            with open_address(self._address).open(request, timeout=TIMEOUT_SECONDS):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except (OSError, HTTPException):
            return False
