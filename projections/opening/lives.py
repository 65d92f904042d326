"""Findings with their private parts opened: what became of each, as of a checkpoint.

Whoever has ledger and vault makes it. It stands outside `recompute` but for public alarms.
"""

from collections.abc import Iterable, Iterator

from domain.actions import Action
from ledger.storage.port import LedgerReader
from projections.access import open_actions
from projections.findings.life.folding import fold_life
from projections.findings.life.records import FindingLife
from projections.holders import OpenPrivate


class LifeOpener:
    """Opens the streams of one ledger's findings."""

    def __init__(self, reader: LedgerReader, ledger: str, open_private: OpenPrivate):
        self._reader = reader
        self._ledger = ledger
        self._open_private = open_private

    def lives(self, streams: Iterable[str], tree_size: int) -> tuple[FindingLife, ...]:
        """Give the life of each finding that was raised below a tree size, by stream.

        Of an erased part nothing opens: the life says less.

        Raises:
            LedgerError: a stored act cannot be read, or its private part does not open.
        """
        folded = (fold_life(self._acts(stream, tree_size)) for stream in sorted(streams))
        return tuple(life for life in folded if life is not None)

    def _acts(self, stream: str, tree_size: int) -> Iterator[tuple[Action, int | None]]:
        for event in self._reader.stream_events(stream):
            if event.entry_index is not None and event.entry_index < tree_size:
                (action,) = open_actions((event,), self._ledger, self._open_private)
                yield action, event.entry_index
