"""A pool without threads: what it is given is done at once, so that one order is the order."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


class InTurn:
    """Does what it is given in the caller's thread, where a pool would do it beside."""

    def submit(self, do: Callable[..., Any], *given: Any) -> "Future[Any]":
        """Do it; the future is over. The death of a process waits for nobody's `result`."""
        future: Future[Any] = Future()
        try:
            future.set_result(do(*given))
        except Exception as error:  # noqa: BLE001 - it is raised where the result is asked for
            future.set_exception(error)
        return future

    def shutdown(self, *, wait: bool = True, cancel_futures: bool = False) -> None:
        """Have nothing left to do."""
