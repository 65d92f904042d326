"""Which of the things found at a look are told: what is new, and what is over.

An alarm that lasts is told once, and once more when it is over; a problem of one entry is told
once, also after a restart that finds it again. What waits for a webhook is kept in order.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from ledger.monitoring.events import Event, Severity
from ledger.monitoring.state import MAX_UNSENT, MonitorState

OVER: Final = "over"
MAX_TOLD: Final = 10_000


class Journal:
    """What was told so far, in a state that lasts."""

    def __init__(self, state: MonitorState) -> None:
        self._state = state
        self._told = set(state.told)
        self._has_wrong_entries = False
        self.has_alarmed = False
        self.is_alarmed = False
        self.is_troubled = False

    def take(self, found: Sequence[Event], judged: Collection[str], at: str) -> list[Event]:
        """Take what one look found; give what is to be told, in order.

        ``judged`` are the codes that the look could have found: of them, what is not found any
        more is over.
        """
        alarms = [event for event in found if event.severity is Severity.ALARM]
        # What is wrong with an entry stays wrong.
        self._has_wrong_entries |= any(not event.lasting for event in alarms)
        self.is_alarmed = bool(alarms) or self._has_wrong_entries
        self.has_alarmed |= self.is_alarmed
        self.is_troubled = any(event.severity is Severity.TROUBLE for event in found)
        fresh = [event for event in found if self._is_new(event)]
        return [*self._over(found, judged, at), *fresh]

    def keep_for_webhook(self, events: Iterable[Event]) -> None:
        """Keep events until a webhook has taken them; beyond a thousand the oldest go, counted."""
        self._state.unsent += [event for event in events if event.severity is not Severity.INFO]
        lost = max(0, len(self._state.unsent) - MAX_UNSENT)
        self._state.unsent_lost += lost
        del self._state.unsent[:lost]

    def send(self, post: Callable[[Event], bool]) -> int:
        """Hand over what waits, in order, until one is not taken; give how many still wait."""
        while self._state.unsent and post(self._state.unsent[0]):
            del self._state.unsent[0]
        return len(self._state.unsent)

    def _is_new(self, event: Event) -> bool:
        if event.lasting:
            is_new = event.key not in self._state.lasting
            self._state.lasting[event.key] = event.message
            return is_new
        if event.severity is Severity.INFO:
            return True
        if event.severity is Severity.ACT:
            return self._is_new_act(event)
        if event.key in self._told or len(self._told) >= MAX_TOLD:
            return False
        self._told.add(event.key)
        self._state.told.append(event.key)
        return True

    def _is_new_act(self, event: Event) -> bool:
        assert event.stream is not None
        assert event.version is not None
        if event.version <= self._state.watched.get(event.stream, 0):
            return False
        self._state.watched[event.stream] = event.version
        return True

    def _over(self, found: Sequence[Event], judged: Collection[str], at: str) -> list[Event]:
        standing = {event.key for event in found if event.lasting}
        lasting = self._state.lasting
        ended = [key for key in lasting if key in judged and key not in standing]
        return [
            Event(
                severity=Severity.INFO,
                code=OVER,
                at=at,
                origin=self._state.origin,
                message=f"{key} is over; it was: {lasting.pop(key)}",
            )
            for key in ended
        ]
