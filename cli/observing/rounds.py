"""The rhythm of a command that looks again and again, until it is told to stop."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


class Rounds:
    """Gives a turn every so many seconds; SIGINT and SIGTERM end it after the present one."""

    def __init__(self, interval_seconds: float, *, once: bool) -> None:
        self._interval_seconds = interval_seconds
        self._once = once
        self._stop = threading.Event()

    def __iter__(self) -> Iterator[int]:
        """Give the numbers of the turns, the first at once."""
        number = 0
        while not self._stop.is_set():
            yield number
            number += 1
            if self._once:
                return
            self._stop.wait(self._interval_seconds)

    def wait(self, seconds: float) -> None:
        """Wait within a turn; being told to stop ends the wait."""
        self._stop.wait(seconds)

    def stop(self) -> None:
        """End after the present turn."""
        self._stop.set()

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        """Let signals end it for as long as the context lasts."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, self._on_signal) for number in numbers]
        try:
            yield
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop.set()
