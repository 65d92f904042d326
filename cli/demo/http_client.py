"""A small HTTP client of the demo: one kept connection, patient with a server that is away."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from ledger.errors import StoreUnavailable
from transparency.encoding import encode_base64
from transparency.notes import SigningKey

TIMEOUT_SECONDS: Final = 60.0
PATIENCE_SECONDS: Final = 30.0
PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered."""

    status: int
    body: bytes


class HttpClient:
    """Talks to one server; an action may be sent twice, since the ledger recognises it."""

    def __init__(self, address: str):
        self.address = address
        self._connection = http.client.HTTPConnection(
            urlsplit(address).netloc, timeout=TIMEOUT_SECONDS
        )

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask for a resource."""
        return self._ask("GET", path, None, headers or {})

    def get_when_there(self, path: str) -> bytes:
        """Ask for a resource that is about to appear.

        Raises:
            StoreUnavailable: it did not within the time we wait.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            reply = self.get(path)
            if reply.status == HTTPStatus.OK:
                return reply.body
            time.sleep(PAUSE_SECONDS)
        raise StoreUnavailable(f"{self.address}{path} did not appear")

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Send a body."""
        return self._ask("POST", path, body, headers)

    def get_signed(self, path: str, key: SigningKey, created: datetime, nonce: str) -> Reply:
        """Ask as an inspector: the request is signed (RFC 9421) over method and address."""
        covered = (
            f'("@method" "@target-uri");created={int(created.timestamp())};'
            f'keyid="{key.name}";nonce="{nonce}"'
        )
        # SPEC: RFC 9421, 2.5 "Creating the Signature Base".
        base = (
            f'"@method": GET\n"@target-uri": {self.address}{path}\n"@signature-params": {covered}'
        )
        signature = encode_base64(key.sign(base.encode()).signature)
        return self.get(
            path, {"Signature-Input": f"sig1={covered}", "Signature": f"sig1=:{signature}:"}
        )

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Reply:
        """Ask until the server answers with anything but "try again".

        Raises:
            StoreUnavailable: it did not within the time we wait.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            reply = self._ask_once(method, path, body, headers)
            if reply is not None and reply.status != HTTPStatus.SERVICE_UNAVAILABLE:
                return reply
            if time.monotonic() > deadline:
                raise StoreUnavailable(f"{self.address}{path} does not answer")
            time.sleep(PAUSE_SECONDS)

    def _ask_once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Reply | None:
        try:
            self._connection.request(method, path, body=body, headers=dict(headers))
            answer = self._connection.getresponse()
            return Reply(answer.status, answer.read())
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return None
