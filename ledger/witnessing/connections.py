"""A connection to one witness that stays open between requests (tlog-witness, `add-checkpoint`).

Addresses stand in the operator's own policy file. A witness is not believed: its answer is read up
to a limit of bytes and of seconds for the whole of it, and a request that takes too long for
whoever waits is cut off from outside by `abort`.
"""

import socket
import threading
from contextlib import suppress
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

from transparency.fetching.limited import Allowance, LimitedConnection, LimitedTlsConnection
from transparency.witnessing.answers import MAX_ANSWER_BYTES, HttpAnswer
from transparency.witnessing.requests import (
    ADD_CHECKPOINT_PATH,
    AddCheckpoint,
    monitoring_path,
    render_add_checkpoint,
)

_HEADERS: Final = {"Content-Type": "text/plain; charset=utf-8"}


class WitnessConnection:
    """One witness's address; one thread asks at a time, and any other may cut it off."""

    def __init__(self, url: str, timeout_seconds: float):
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url} is no address of a witness")
        self._parts = parts
        self._timeout_seconds = timeout_seconds
        self._connection: LimitedConnection | None = None
        self._changing = threading.Lock()
        self._is_cut_off = False

    def ask(self, request: AddCheckpoint) -> HttpAnswer:
        """Send one request, over the connection that is open if there is one.

        Raises:
            OSError: the witness does not answer, or not with HTTP.
        """
        self._is_cut_off = False
        body = render_add_checkpoint(request.old_size, request.proof, request.note)
        return self._send("POST", ADD_CHECKPOINT_PATH, body)

    def shown(self, origin: str) -> HttpAnswer:
        """Read what the witness shows of a log (tlog-witness, "Monitoring"), unread.

        Raises:
            OSError: the witness does not answer, or not with HTTP.
        """
        return self._send("GET", monitoring_path(origin), None)

    def abort(self) -> None:
        """Cut off a request that is under way; whoever waits for it gets an `OSError`."""
        with self._changing:
            self._is_cut_off = True
            open_socket = None if self._connection is None else self._connection.sock
            if open_socket is not None:
                with suppress(OSError):
                    open_socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Leave; the next request connects anew."""
        with self._changing:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _send(self, method: str, path: str, body: bytes | None) -> HttpAnswer:
        was_open = self._connection is not None
        try:
            return self._exchange(method, path, body)
        except (OSError, HTTPException) as error:
            self.close()
            # A server may end an idle connection at any moment; asking twice changes nothing.
            if was_open and not isinstance(error, TimeoutError) and not self._is_cut_off:
                return self._send(method, path, body)
            if isinstance(error, TimeoutError):
                raise
            raise OSError(f"the witness does not answer: {error}") from error

    def _exchange(self, method: str, path: str, body: bytes | None) -> HttpAnswer:
        connection = self._connected()
        target = f"{self._parts.path.rstrip('/')}/{path}"
        connection.request(method, target, body, _HEADERS if body is not None else {})
        with connection.getresponse() as response:
            data = response.read(MAX_ANSWER_BYTES + 1)
            answer = HttpAnswer(response.status, response.getheader("Content-Type") or "", data)
            if not response.isclosed() or response.will_close:
                self.close()
        return answer

    def _connected(self) -> LimitedConnection:
        allowance = Allowance.of(self._timeout_seconds, MAX_ANSWER_BYTES)
        with self._changing:
            if self._connection is None:
                is_tls = self._parts.scheme == "https"
                kind = LimitedTlsConnection if is_tls else LimitedConnection
                assert self._parts.hostname is not None
                self._connection = kind(
                    self._parts.hostname,
                    self._parts.port,
                    timeout=self._timeout_seconds,
                    allowance=allowance,
                )
            else:
                self._connection.allow(allowance)
            return self._connection
