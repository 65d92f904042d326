"""The public keys that the ledger knows, read from the streams that brought them."""

from dataclasses import dataclass, field
from typing import Final

from ledger.action_notes import keys_brought, open_text
from ledger.storage.port import LedgerReader
from transparency.notes import VerificationKey

MAX_CACHED_STREAMS: Final = 100_000


@dataclass(slots=True)
class _Learnt:
    """The keys that a stream's actions have brought, as far as the stream was read."""

    versions_read: int = 0
    keys: dict[str, VerificationKey] = field(default_factory=dict)


class StoredKeys:
    """Finds keys by name in a ledger database, and remembers them.

    One name belongs to one public key for ever, so remembering is safe; whether a key still may
    sign is the writer's question, asked in order. An applicant's key is known on its own stream
    only. A name that is not remembered has the stream read on: the ledger's may have brought
    another root since, a dossier's another applicant's key.
    """

    def __init__(self, reader: LedgerReader, ledger: str):
        self._reader = reader
        self._ledger = ledger
        self._learnt: dict[str, _Learnt] = {}

    def find(self, key_name: str, stream: str) -> VerificationKey | None:
        """Give the key of that name: the ledger's own, an enrolled one, or the stream's."""
        sources = (f"key:{key_name}", stream, f"ledger:{self._ledger}")
        # What is remembered first: most keys that are asked for were asked for before.
        for learnt in (self._learnt.get(source) for source in sources):
            if learnt is not None and key_name in learnt.keys:
                return learnt.keys[key_name]
        for source in sources:
            known = self._read_on(source).get(key_name)
            if known is not None:
                return known
        return None

    def _read_on(self, stream: str) -> dict[str, VerificationKey]:
        learnt = self._learnt.get(stream, _Learnt())
        version = learnt.versions_read
        while (event := self._reader.find(stream, version + 1)) is not None:
            learnt.keys |= keys_brought(open_text(event.note, self._ledger).action)
            version += 1
        # Threads share this: none of them may skip a version that another one has only begun.
        learnt.versions_read = max(learnt.versions_read, version)
        if learnt.versions_read and stream not in self._learnt:
            if len(self._learnt) >= MAX_CACHED_STREAMS:
                self._learnt = {}
            self._learnt[stream] = learnt
        return learnt.keys
