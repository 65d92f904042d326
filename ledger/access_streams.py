"""Access streams: their names, made from a dossier's first secret, and where a ledger has them.

SPEC: formats.md, "Keys and the ledger's own entries". The stream's name is ``access:`` and, in
hex, HMAC-SHA256 of the text ``access`` under the 32 bytes of the secret in version 1's details. A
secret that is replaced later leaves it where it is. Secret ``AAAA…A=`` (32 zero bytes) gives
``access:cd587cb4…``; a test holds the whole.
"""

import hmac
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Final

from domain.actions import Action, StreamType
from domain.facts import DossierSubmittedDetails
from ledger.action_notes import check_private_part, open_text
from ledger.bodies import ACTION_TYPE_LINE
from ledger.private.vault import PrivatePart
from ledger.storage.port import LedgerReader
from transparency.encoding import decode_base64

ENTRIES_PER_READ: Final = 2_000
SECRET_BYTES: Final = 32
_BEGINNINGS: Final = (b'"action":"access.logged"', b'"action":"access.order_issued"')

# By the hash of an action's text; None where nothing of it is kept.
OpenPrivate = Callable[[bytes], PrivatePart | None]


def access_stream(secret: str) -> str:
    """Name the access stream of a dossier by the secret of its version 1, in base64."""
    key = decode_base64(secret, size_bytes=SECRET_BYTES)
    return f"{StreamType.ACCESS}:{hmac.digest(key, b'access', sha256).hex()}"


def access_stream_of(actions: Sequence[Action]) -> str | None:
    """Name a dossier's access stream by its opened acts; None where version 1 has no secret."""
    details = actions[0].details if actions else None
    return access_stream(details.secret) if isinstance(details, DossierSubmittedDetails) else None


def find_access_stream(
    reader: LedgerReader, open_private: OpenPrivate, ledger: str, dossier: str
) -> str | None:
    """Name the access stream of a dossier; None without a first secret, and once it is erased.

    Raises:
        LedgerError: its first act cannot be read, or the private part does not open.
    """
    first = reader.find(dossier, 1)
    if first is None:
        return None
    opened = open_text(first.note, ledger)
    part = None if opened.action.commitment is None else open_private(opened.text_hash)
    if part is None:
        return None
    return access_stream_of([check_private_part(opened.action, part.salt, part.details)])


class AccessStreams:
    """The access streams of a ledger, by its entries: what only an operator's work needs.

    Asked again, it reads what was recorded since, and nothing twice.
    """

    def __init__(self, reader: LedgerReader):
        self._reader = reader
        self._entry_position = 0
        self._found: dict[str, None] = {}

    def names(self) -> list[str]:
        """Name every access stream, those of orders too, in order of their first entries.

        Raises:
            LedgerError: entries cannot be read.
        """
        size = self._reader.sequenced_size()
        while self._entry_position < size:
            end_index = min(size, self._entry_position + ENTRIES_PER_READ)
            for entry in self._reader.entries(self._entry_position, end_index):
                # Most entries are none: those that may be one are parsed.
                is_beginning = any(mark in entry.body for mark in _BEGINNINGS)
                if is_beginning and entry.body.startswith(ACTION_TYPE_LINE):
                    self._found[open_text(entry.body, None).action.stream] = None
            self._entry_position = end_index
        return list(self._found)
