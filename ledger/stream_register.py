"""A register for commands: what a few streams add up to, read from the ledger database when asked.

The writer and the followers keep all states in memory; whoever asks for one office or one dossier
need not wait for that. Whatever is recorded counts here, published or not.
"""

from typing import TypeVar

from domain.calendars import CalendarRecord
from domain.decisions import StreamState, evolve
from domain.dossiers import Dossier
from domain.keys import KeyRecord, LedgerRecord, root_keys
from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord
from ledger.action_notes import open_text
from ledger.documents import DocumentSource
from ledger.storage.port import LedgerReader

StateT = TypeVar("StateT")


class StreamRegister:
    """Folds the streams that are asked for; a state that was read once stays as it was then."""

    def __init__(self, reader: LedgerReader, documents: DocumentSource, ledger: str):
        self._reader = reader
        self._documents = documents
        self._ledger = ledger
        self._states: dict[str, StreamState | None] = {}

    def key(self, name: str) -> KeyRecord | None:
        """Give the record of a key: one that entry 0 enrols, or one on a stream of its own."""
        opened = self._state_of(f"ledger:{self._ledger}", LedgerRecord)
        roots = {} if opened is None else {record.name: record for record in root_keys(opened)}
        return roots.get(name) or self._state_of(f"key:{name}", KeyRecord)

    def office(self, office_id: str) -> OfficeRecord | None:
        """Give the record of an office."""
        return self._state_of(f"office:{office_id}", OfficeRecord)

    def procedure(self, code: str) -> ProcedureRecord | None:
        """Give the record of a procedure."""
        return self._state_of(f"procedure:{code}", ProcedureRecord)

    def calendar(self, calendar_id: str) -> CalendarRecord | None:
        """Give the record of a calendar."""
        return self._state_of(f"calendar:{calendar_id}", CalendarRecord)

    def dossier(self, stream: str) -> Dossier | None:
        """Give a dossier by the name of its stream."""
        return self._state_of(stream, Dossier)

    def document(self, sha256_hex: str) -> bytes | None:
        """Give the bytes of a public document."""
        return self._documents.read(sha256_hex)

    def _state_of(self, stream: str, state_type: type[StateT]) -> StateT | None:
        if stream not in self._states:
            self._states[stream] = self._fold(stream)
        state = self._states[stream]
        return state if isinstance(state, state_type) else None

    def _fold(self, stream: str) -> StreamState | None:
        state: StreamState | None = None
        for event in self._reader.stream_events(stream):
            state = evolve(state, open_text(event.note, self._ledger).action, self)
        return state
