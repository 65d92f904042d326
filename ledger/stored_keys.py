"""The public keys that the ledger knows, read from the streams that brought them."""

from typing import Final

from ledger.action_notes import keys_brought, open_text
from ledger.storage.port import LedgerReader
from transparency.notes import VerificationKey

MAX_CACHED_KEYS: Final = 100_000


class StoredKeys:
    """Finds keys by name in a ledger database, and remembers them.

    One name belongs to one public key for ever, so remembering is safe; whether a key still may
    sign is the writer's question, asked in order.
    """

    def __init__(self, reader: LedgerReader, ledger: str):
        self._reader = reader
        self._ledger = ledger
        self._known: dict[str, VerificationKey] = {}

    def find(self, key_name: str, stream: str) -> VerificationKey | None:
        """Give the key of that name: the ledger's own, an enrolled one, or the stream's."""
        known = self._known.get(key_name)
        if known is not None:
            return known
        for source in (f"key:{key_name}", stream, f"ledger:{self._ledger}"):
            self._learn(source)
            known = self._known.get(key_name)
            if known is not None:
                return known
        return None

    def _learn(self, stream: str) -> None:
        first = self._reader.find(stream, 1)
        if first is None:
            return
        if len(self._known) >= MAX_CACHED_KEYS:
            self._known.clear()
        self._known.update(keys_brought(open_text(first.note, self._ledger).action))
