"""What a ledger's state is made of, for whoever writes it down and goes on from it later."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from domain.actions import Action
from domain.keys import KeyRecord, LedgerRecord, root_keys
from domain.rules.register import RecordsByStream
from domain.veils import VeilAct
from ledger.remembering.matters import Matters
from ledger.remembering.noted import Noted


@dataclass(frozen=True, slots=True)
class StateMaps:
    """The parts that grow with the ledger: heads by stream, and what is known of keys and codes."""

    heads: dict[str, Any]
    rated: dict[tuple[str, str], bool]
    key_of_name: dict[str, str]
    stream_of_enrolled: dict[str, str]
    stream_of_code: dict[str, str]


class Counts(msgspec.Struct, frozen=True):
    """The parts that do not grow."""

    sealed_at: datetime | None
    sealed_before: datetime | None
    envelopes: int
    ratings_counted: int
    veils: tuple[tuple[str, str, VeilAct, int], ...]


class Recallable(RecordsByStream):
    """The members of a ledger's state; `ledger.state` says what they mean."""

    _heads: dict[str, Any]
    _rated: dict[tuple[str, str], bool]
    _key_of_name: dict[str, str]
    _stream_of_enrolled: dict[str, str]
    _stream_of_code: dict[str, str]
    _sealed_at: datetime | None
    _sealed_before: datetime | None
    _envelopes: int
    _ratings_counted: int
    _veils: Counter[tuple[str, str, VeilAct]]
    _roots: dict[str, KeyRecord]
    _matters: Matters

    def __init__(self) -> None:
        self.noted = Noted()

    @property
    def counts(self) -> Counts:
        """Give what does not grow, as it is now."""
        return Counts(
            self._sealed_at,
            self._sealed_before,
            self._envelopes,
            self._ratings_counted,
            tuple((*key, count) for key, count in self._veils.items()),
        )

    def use_maps(self, maps: StateMaps) -> None:
        """Keep what grows in these maps; nothing may have been taken in before."""
        assert not self._heads

        self._heads, self._rated = maps.heads, maps.rated
        self._key_of_name = maps.key_of_name
        self._stream_of_enrolled = maps.stream_of_enrolled
        self._stream_of_code = maps.stream_of_code

    def recall(self, counts: Counts, origin: str) -> None:
        """Go on from a place whose maps are in use already."""
        self._sealed_at, self._sealed_before = counts.sealed_at, counts.sealed_before
        self._envelopes, self._ratings_counted = counts.envelopes, counts.ratings_counted
        self._veils = Counter({tuple(key): count for *key, count in counts.veils})  # type: ignore[misc]
        # The registrar's own keys stand on the ledger's stream.
        ledger = self._state_of(f"ledger:{origin}", LedgerRecord)
        self._roots = {} if ledger is None else {each.name: each for each in root_keys(ledger)}

    def recall_noted(self, action: Action) -> None:
        """Take in again an act whose private part is to be opened."""
        self.noted.recall(action)
        self._matters.take(action)
