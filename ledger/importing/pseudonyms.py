"""Everything that an import would draw at random, drawn from a secret and the source instead.

A second import of one source then makes the same stream ids, salts and secrets, so the same
bytes, and recognises all that is there. The keyed hash is HMAC-SHA-256 under a secret in the
operator's keys: without it nobody can link a pseudonym to the source's names, or guess a salt.

Each use has its own first line, and source names hold no line break, so no two uses collide.
"""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable

KeyedHash = Callable[[bytes], bytes]
"""From a message to 32 bytes; the same secret for every message of one ledger."""

PERFORMER_HEX_DIGITS = 32


def keyed_hash(secret: bytes) -> KeyedHash:
    """Give HMAC-SHA-256 under a secret."""
    return lambda message: hmac.digest(secret, message, "sha256")


class Pseudonyms:
    """The names and salts of one source."""

    def __init__(self, source_name: str, keyed_hash: KeyedHash) -> None:
        assert "\n" not in source_name

        self._source_name = source_name
        self._keyed_hash = keyed_hash
        self._performers: dict[str, str] = {}

    def stream(self, case_id: str) -> str:
        """Give the dossier stream of a case, shaped like one drawn at random."""
        digest = self._hash("stream", case_id)
        return f"dossier:{uuid.UUID(bytes=digest[:16], version=4)}"

    def performer(self, resource: str) -> str:
        """Give the pseudonym of one of the source's resources."""
        performer = self._performers.get(resource)
        if performer is None:
            performer = self._hash("performer", resource).hex()[:PERFORMER_HEX_DIGITS]
            self._performers[resource] = performer
        return performer

    def holder_secret(self, stream: str) -> str:
        """Give the secret that version 1's private part hands to the dossier's holder."""
        return base64.b64encode(self._hash("holder secret", stream)).decode()

    def salt(self, stream: str, version: int) -> bytes:
        """Give the salt of the commitment to one action's private part."""
        return self._hash("salt", f"{stream} {version}")

    def _hash(self, use: str, text: str) -> bytes:
        message = f"dossier-ledger/import/{use}@v1\n{self._source_name}\n{text}"
        return self._keyed_hash(message.encode())


def label_hash(label: str) -> str:
    """Give the public stand-in of a label whose text is not public."""
    return hashlib.sha256(label.encode()).hexdigest()
