"""Watched streams: each new act of them, with the time at which it was recorded.

That is the time of the first published seal that covers it (formats.md, "Seal entry"): a seal was
published if the next one embeds its checkpoint, or if the log ends in it. An act on a dossier
under a veil is no entry, so nobody can watch one from the log alone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from domain.actions import Action
from domain.moments import render_moment
from ledger import action_notes
from ledger.bodies import ACTION_TYPE_LINE
from ledger.errors import LedgerError
from ledger.monitoring.events import Event, Severity
from transparency.checkpoints import parse_checkpoint_text
from transparency.encoding import render_utc_milliseconds
from transparency.errors import TransparencyError
from transparency.notes import parse_note
from transparency.seals import Seal, is_seal, parse_seal

NEW_ACT: Final = "new_act"


class Watcher:
    """Takes a log in, entry by entry, and tells the acts of some streams once they are recorded.

    ``at`` is the monitor's clock.
    """

    def __init__(self, origin: str, streams: Iterable[str]) -> None:
        self._origin = origin
        self._marks = {stream: f'"stream":"{stream}"'.encode() for stream in streams}
        self._uncovered: list[tuple[int, Action]] = []
        self._covered: list[tuple[int, Action]] = []
        self._seal: Seal | None = None

    def take(self, entry_index: int, entry: bytes, at: str) -> list[Event]:
        """Take the next entry; give the acts that are known to be recorded by it."""
        if is_seal(entry):
            return self._take_seal(entry, at)
        marks = self._marks.values()
        if entry.startswith(ACTION_TYPE_LINE) and any(mark in entry for mark in marks):
            self._note(entry_index, entry)
        return []

    def end(self, at: str) -> list[Event]:
        """Note that the log ends here; its last seal is published. Give the acts it covers."""
        covered, self._covered = self._covered, []
        if self._seal is None:
            return []
        sealed_at = self._seal.sealed_at
        return [self._event(index, action, sealed_at, at) for index, action in covered]

    def _note(self, entry_index: int, entry: bytes) -> None:
        try:
            action = action_notes.open_text(entry, self._origin).action
        except LedgerError:
            # The audit names what is wrong with it.
            return
        if action.stream in self._marks:
            self._uncovered.append((entry_index, action))

    def _take_seal(self, entry: bytes, at: str) -> list[Event]:
        try:
            following = parse_seal(entry)
            embedded_size = _embedded_size(following)
        except TransparencyError:
            return []
        is_published = self._seal is not None and embedded_size == self._seal.covers + 1
        told = self.end(at) if is_published else []
        self._seal = following
        self._covered += self._uncovered
        self._uncovered = []
        return told

    def _event(self, entry_index: int, action: Action, sealed_at: datetime, at: str) -> Event:
        return Event(
            severity=Severity.ACT,
            code=NEW_ACT,
            at=at,
            origin=self._origin,
            message=f"{action.kind.name} is version {action.version} of {action.stream}",
            entry_index=entry_index,
            stream=action.stream,
            version=action.version,
            kind=action.kind.name,
            office=action.office,
            happened=render_moment(action.at),
            recorded=render_utc_milliseconds(sealed_at),
        )


def _embedded_size(seal: Seal) -> int:
    if not seal.previous_checkpoint:
        return 0
    return parse_checkpoint_text(parse_note(seal.previous_checkpoint).text).tree_size
