"""Acts on veiled dossiers: read in the order of recording, and compared with the veils in the log.

What a veil shows follows from the states of its dossier before and after the act; that the act was
right is decided again where it was recorded, between the entries before and after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.actions import Action
from ledger.action_notes import (
    KeySource,
    check_signature_lines,
    open_text,
    verify_signatures,
)
from ledger.errors import LedgerError, MalformedAction, StoreCorrupt
from ledger.inspecting.opening import PartOpener, Recorded
from ledger.inspecting.report import Check, VaultReport, Why
from ledger.state import LedgerState
from ledger.storage.port import LedgerReader, StoredEvent
from ledger.writing.envelopes import DeferredPool
from ledger.writing.reading import veiled_events
from ledger.writing.veils import Face, parse_veil
from ledger.writing.withheld import VeiledDossiers

VEIL_DIFFERS: Final = "veil_differs"
VEIL_EMPTY: Final = "veil_without_event"

# Takes an act in as any other; tells whether it was permitted by the public rules.
TakeAct = Callable[[Recorded, Action, datetime], bool]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the veil at an entry must be; without the promise key the commitment is not known."""

    face: Face
    commitment: bytes | None


class VeiledActs:
    """Takes the acts on veiled dossiers in, each at its place between the entries."""

    def __init__(
        self,
        ledger: str,
        reader: LedgerReader,
        keys: KeySource,
        pool: DeferredPool | None,
        latest: datetime,
        report: VaultReport,
    ):
        """``latest`` is now: where no promise tells, an act was recorded by then."""
        self._ledger = ledger
        self._keys = keys
        self._pool = pool
        self._latest = latest
        self._report = report
        self._events = veiled_events(reader)
        self._next = next(self._events, None)
        self._dossiers = VeiledDossiers()
        self._shown: dict[int, _Shown] = {}

    def take_before(
        self, entry_index: int, opener: PartOpener, state: LedgerState, take: TakeAct
    ) -> None:
        """Take in what was recorded before an entry and was not taken in yet."""
        while self._next is not None and self._next.recorded_after < entry_index:
            self._take(self._next, opener, state, take)
            self._next = next(self._events, None)

    def _take(
        self, event: StoredEvent, opener: PartOpener, state: LedgerState, take: TakeAct
    ) -> None:
        try:
            one = Recorded(event.entry_index, open_text(event.note, self._ledger))
        except LedgerError:
            # The public audit names it: it reads the ledger database too.
            self._report.not_remade[Check.VEILS, Why.UNREADABLE] += 1
            return
        (action,) = opener.open([one])
        self._check_signatures(one)
        before = state.head(action.stream)
        if not take(one, action, self._promised_at(event)):
            return
        after = state.head(action.stream)
        assert after is not None
        before_state = None if before is None else before.state
        face = self._dossiers.face_of(one.opened.action, before_state, after.state, state)
        if face is None:
            message = "its dossier is not veiled, and its note is no entry"
            self._report.add_problem("stored_event_unpublished", event.entry_index, message)
        elif event.entry_index is not None:
            pool = self._pool
            commitment = None if pool is None else pool.commitment_of(event.note)
            self._shown[event.entry_index] = _Shown(face, commitment)

    def _check_signatures(self, one: Recorded) -> None:
        try:
            check_signature_lines(one.opened)
            verify_signatures(one.opened, {}, self._keys)
        except LedgerError as error:
            message = f"{one.opened.action.kind.name} must not have been recorded: {error.code}"
            self._report.add_problem(error.code, one.entry_index, message)

    def _promised_at(self, event: StoredEvent) -> datetime:
        if self._pool is not None:
            try:
                return self._pool.promised_at(event)
            except StoreCorrupt as error:
                self._report.add_problem(error.code, event.entry_index, str(error))
        return self._latest

    def take_veil(self, entry_index: int, entry: bytes, state: LedgerState) -> None:
        """Compare a veil in the log with the act that it stands for."""
        try:
            state.take_withheld(entry)
            veil = parse_veil(entry)
        except MalformedAction:
            # The public audit names what cannot be read.
            self._report.not_remade[Check.VEILS, Why.UNREADABLE] += 1
            return
        shown = self._shown.pop(entry_index, None)
        if shown is None:
            message = "the ledger database holds no act for this veil, or a forbidden one"
            self._report.add_problem(VEIL_EMPTY, entry_index, message)
            return
        if shown.commitment is None:
            self._report.not_remade[Check.VEILS, Why.NO_PROMISE_KEY] += 1
        else:
            self._report.remade[Check.VEILS] += 1
        differs = shown.commitment not in (None, veil.commitment)
        if differs or shown.face != veil.face:
            message = f"the veil says {veil.face}, the act it stands for is {shown.face}"
            self._report.add_problem(VEIL_DIFFERS, entry_index, message)
