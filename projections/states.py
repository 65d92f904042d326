"""The states of streams as a public fold sees them: what each published action left behind.

It implements the domain's `Register`, as the writer's memory does, and holds only what it was
asked for: a follower gives it a loader over its own stored states, so that a restart continues
where the view stands and a nation's dossiers need not fit into memory. Without a loader
everything is folded from the first entry.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from domain.actions import StreamType
from domain.calendars import CalendarRecord
from domain.decisions import StreamState, evolve, moved_by, moves_dossiers
from domain.dossiers import Dossier
from domain.errors import DomainError
from domain.keys import KeyRecord, LedgerRecord, root_keys
from domain.offices import OfficeRecord
from domain.oversight.integrity import Outage
from domain.oversight.petitions import PetitionRecord
from domain.procedures import ProcedureRecord
from ledger.documents import DocumentSource
from projections.entries import EntryUnreadable, PublicEntry

StateLoader = Callable[[Iterable[str]], Mapping[str, StreamState]]

StateT = TypeVar("StateT")

# How the names of streams begin: written out once, since offices are asked for with every act.
_LEDGERS: Final = f"{StreamType.LEDGER}:"
_KEYS: Final = f"{StreamType.KEY}:"
_OFFICES: Final = f"{StreamType.OFFICE}:"
_PROCEDURES: Final = f"{StreamType.PROCEDURE}:"
_CALENDARS: Final = f"{StreamType.CALENDAR}:"


def _nothing_stored(_streams: Iterable[str]) -> Mapping[str, StreamState]:
    return {}


class StreamStates:
    """States by stream, folded entry by entry; a `Register` for the domain's fold."""

    def __init__(
        self,
        ledger: str,
        documents: DocumentSource,
        load: StateLoader = _nothing_stored,
        running: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        """``running`` names the stored dossiers that have not ended, which a calendar may move."""
        self._ledger = ledger
        self._documents = documents
        self._load = load
        self._running = running
        self._moved: dict[str, Dossier] = {}
        self._states: dict[str, StreamState | None] = {}

    def prefetch(self, streams: Iterable[str]) -> None:
        """Load the states of these streams together, where they are not in memory yet."""
        missing = set(streams).difference(self._states)
        if missing:
            self._states |= dict.fromkeys(missing) | dict(self._load(missing))

    def apply(self, entry: PublicEntry) -> StreamState:
        """Fold one entry and give the state that it leaves.

        Raises:
            EntryUnreadable: the entry does not fit the state, or its document is missing.
        """
        action = entry.action
        try:
            state = evolve(self._state(action.stream), action, self)
        except (DomainError, KeyError) as error:
            raise EntryUnreadable(entry.entry_index, f"{action.kind.name}: {error}") from error
        self._states[action.stream] = state
        if moves_dossiers(action, state):
            self._move_dossiers(entry)
        return state

    def take_moved(self) -> dict[str, Dossier]:
        """Give the dossiers that actions on other streams moved since this was last asked."""
        if not self._moved:
            return {}
        moved, self._moved = self._moved, {}
        return moved

    def _move_dossiers(self, entry: PublicEntry) -> None:
        """Let an action move every dossier that still runs, in memory or stored."""
        self.prefetch(self._running())
        for dossier in list(self.dossiers()):
            try:
                moved = moved_by(dossier, entry.action, self)
            except (DomainError, KeyError) as error:
                raise EntryUnreadable(entry.entry_index, f"{dossier.stream}: {error}") from error
            if moved is not None:
                self._states[dossier.stream] = self._moved[dossier.stream] = moved

    def forget_dossiers(self, most: int) -> None:
        """Drop dossiers from memory once there are more states than that: the ended ones first."""
        if len(self._states) > most:
            self._drop(lambda dossier: dossier.ended_at is not None)
        if len(self._states) > most:
            self._drop(lambda _dossier: True)

    def _drop(self, is_dropped: Callable[[Dossier], bool]) -> None:
        self._states = {
            stream: state
            for stream, state in self._states.items()
            if not isinstance(state, Dossier) or not is_dropped(state)
        }

    def dossiers(self) -> Iterable[Dossier]:
        """Give the dossiers in memory."""
        return (state for state in self._states.values() if isinstance(state, Dossier))

    def petitions(self) -> dict[str, PetitionRecord]:
        """Give the petitions in memory by their streams."""
        states = self._states.items()
        return {stream: state for stream, state in states if isinstance(state, PetitionRecord)}

    def offices(self) -> dict[str, OfficeRecord]:
        """Give the records of the offices in memory by their ids."""
        offices = (state for state in self._states.values() if isinstance(state, OfficeRecord))
        return {record.office.id: record for record in offices}

    def procedures(self) -> dict[str, ProcedureRecord]:
        """Give the records of the procedures in memory by their codes."""
        found = (state for state in self._states.values() if isinstance(state, ProcedureRecord))
        return {record.code: record for record in found}

    def zones(self) -> dict[str, str]:
        """Give the time zone of every office in memory."""
        return {name: record.office.time_zone for name, record in self.offices().items()}

    def key(self, name: str) -> KeyRecord | None:
        """Give the record of a key: the ledger's own, or one registered on its stream."""
        opened = self._find(f"{_LEDGERS}{self._ledger}", LedgerRecord)
        roots = () if opened is None else root_keys(opened)
        own = next((record for record in roots if record.name == name), None)
        return own or self._find(f"{_KEYS}{name}", KeyRecord)

    def office(self, office_id: str) -> OfficeRecord | None:
        """Give the record of an office."""
        return self._find(f"{_OFFICES}{office_id}", OfficeRecord)

    def procedure(self, code: str) -> ProcedureRecord | None:
        """Give the record of a procedure."""
        return self._find(f"{_PROCEDURES}{code}", ProcedureRecord)

    def calendar(self, calendar_id: str) -> CalendarRecord | None:
        """Give the record of a calendar."""
        return self._find(f"{_CALENDARS}{calendar_id}", CalendarRecord)

    def dossier(self, stream: str) -> Dossier | None:
        """Give a dossier by the name of its stream."""
        return self._find(stream, Dossier)

    def outages(self, ledger: str) -> tuple[Outage, ...]:
        """Give the outages that were declared in a ledger, by its origin."""
        record = self._find(f"{_LEDGERS}{ledger}", LedgerRecord)
        return () if record is None else record.outages

    def document(self, sha256_hex: str) -> bytes | None:
        """Give the bytes of a public document; a source that answers others has none."""
        document = self._documents.read(sha256_hex)
        if document is None or hashlib.sha256(document).hexdigest() != sha256_hex:
            return None
        return document

    def _find(self, stream: str, state_type: type[StateT]) -> StateT | None:
        state = self._state(stream)
        return state if isinstance(state, state_type) else None

    def _state(self, stream: str) -> StreamState | None:
        if stream not in self._states:
            self.prefetch((stream,))
        return self._states[stream]
