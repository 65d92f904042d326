"""The public keys that the ledger knows, read from the streams that brought them."""

from collections.abc import Mapping
from typing import Final

from ledger.action_notes import keys_brought, open_text
from ledger.storage.port import LedgerReader
from transparency.notes import VerificationKey

MAX_CACHED_STREAMS: Final = 100_000


class StoredKeys:
    """Finds keys by name in a ledger database, and remembers them.

    One name belongs to one public key for ever, so remembering is safe; whether a key still may
    sign is the writer's question, asked in order. An applicant's key is known on its own stream
    only.
    """

    def __init__(self, reader: LedgerReader, ledger: str):
        self._reader = reader
        self._ledger = ledger
        self._brought_by: dict[str, Mapping[str, VerificationKey]] = {}

    def find(self, key_name: str, stream: str) -> VerificationKey | None:
        """Give the key of that name: the ledger's own, an enrolled one, or the stream's."""
        sources = (f"ledger:{self._ledger}", f"key:{key_name}", stream)
        # What is remembered first: most keys that are asked for were asked for before.
        for brought in (self._brought_by.get(source) for source in sources):
            if brought is not None and key_name in brought:
                return brought[key_name]
        for source in sources:
            known = self._learn(source).get(key_name)
            if known is not None:
                return known
        return None

    def _learn(self, stream: str) -> Mapping[str, VerificationKey]:
        if stream in self._brought_by:
            return self._brought_by[stream]
        first = self._reader.find(stream, 1)
        if first is None:
            return {}
        brought = keys_brought(open_text(first.note, self._ledger).action)
        if len(self._brought_by) >= MAX_CACHED_STREAMS:
            self._brought_by = {}
        self._brought_by[stream] = brought
        return brought
