"""A server that answers as no server should: byte by byte, or without an end."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

DRIP_SECONDS = 0.05
MEBIBYTE = 1 << 20

# Sends what it likes over a connection; it ends when whoever asked has left.
Behaviour = Callable[[socket.socket, threading.Event], None]


@contextmanager
def hostile_server(behaviour: Behaviour) -> Iterator[str]:
    """Serve each request by one behaviour; the value is the server's address."""
    over = threading.Event()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    # An accept that is under way does not hear of a close.
    listener.settimeout(0.05)
    thread = threading.Thread(target=_serve, args=(listener, behaviour, over), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        over.set()
        thread.join()
        listener.close()


def _serve(listener: socket.socket, behaviour: Behaviour, over: threading.Event) -> None:
    while not over.is_set():
        try:
            asking, _ = listener.accept()
        except TimeoutError:
            continue
        with asking, suppress(OSError):
            asking.settimeout(5)
            asking.recv(65_536)
            behaviour(asking, over)


def dripping(head: bytes) -> Behaviour:
    """Give what sends a head at once, and then a byte now and then."""

    def drip(asking: socket.socket, over: threading.Event) -> None:
        asking.sendall(head)
        while not over.wait(DRIP_SECONDS):
            asking.sendall(b"a")

    return drip


class Flood:
    """Sends a head, and then as much as is taken; it counts that."""

    def __init__(self, head: bytes, most_bytes: int = 256 * MEBIBYTE):
        self._head = head
        self._most_bytes = most_bytes
        self.sent_bytes = 0

    def __call__(self, asking: socket.socket, over: threading.Event) -> None:
        """Serve one request."""
        asking.sendall(self._head)
        while self.sent_bytes < self._most_bytes and not over.is_set():
            self.sent_bytes += asking.send(b"a" * MEBIBYTE)


def saying(answer: bytes) -> Behaviour:
    """Give what sends some bytes, and leaves."""
    return lambda asking, _: asking.sendall(answer)
