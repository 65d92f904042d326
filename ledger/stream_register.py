"""A register for commands: what a few streams add up to, read from the ledger database when asked.

The writer and the followers keep all states in memory; whoever asks for one office or one dossier
need not wait for that. Whatever is recorded counts here, published or not.
"""

from typing import TypeVar

from domain.decisions import StreamState, evolve
from domain.keys import KeyRecord, LedgerRecord, root_keys
from domain.rules.register import RecordsByStream
from ledger.action_notes import open_text
from ledger.documents import DocumentSource
from ledger.storage.port import LedgerReader

StateT = TypeVar("StateT")


class StreamRegister(RecordsByStream):
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
