"""Tallies in the public log: found by their acts in views, and read from entries that are proven.

So whoever folds tiles into views of their own needs no ledger to add ratings up.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.storage.port import StoredEntry, StoredEvent
from projections.dossier_rows import Act


class EntryReader(Protocol):
    """Gives the entries of a log that were proven under its checkpoint."""

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""


@dataclass(frozen=True, slots=True)
class LoggedStreams:
    """The streams of a log; ``acts_of`` gives the acts of one as views have them."""

    acts_of: Callable[[str], Sequence[Act]]
    log: EntryReader

    def stream_events(self, stream: str) -> Sequence[StoredEvent]:
        """Give the actions of a stream that are entries, by version.

        Raises:
            TransparencyError: the log cannot be read, or is not to be believed.
        """
        return list(self._events(stream))

    def _events(self, stream: str) -> Iterator[StoredEvent]:
        for act in self.acts_of(stream):
            if act.entry_index is None:
                continue
            (entry,) = self.log.entries(act.entry_index, act.entry_index + 1)
            yield StoredEvent(stream, act.version, act.kind, entry.body, act.entry_index)
