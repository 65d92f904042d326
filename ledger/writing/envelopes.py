r"""Envelopes: how a rating enters the public log without telling whose it is.

A kind whose publication is deferred is recorded and promised at once, but its note stays in the
ledger. At the end of the month everything that waits enters the log together, each as::

    dossier-ledger/envelope@v1
    <base64 of SHA-256("dossier-ledger/envelope@v1\n" || 32-byte salt || note)>

The salt is HMAC-SHA-256 under the promise key's seed, so it need not be stored, and whoever has
it and the note can open the envelope. Envelopes are ordered by their commitment: an order that
tells nothing, and that a crash does not change.

>>> render_envelope(bytes(32)).decode().splitlines()[0]
'dossier-ledger/envelope@v1'
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger.errors import MalformedAction
from transparency.encoding import decode_base64, encode_base64
from transparency.notes import SigningKey

ENVELOPE_TYPE_LINE: Final = b"dossier-ledger/envelope@v1\n"
COMMITMENT_BYTES: Final = 32
_SALT_USE: Final = b"dossier-ledger/envelope-salt@v1\n"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One deferred event with the month in which it was recorded and its envelope."""

    month: str
    stream: str
    version: int
    envelope: bytes


class DeferredPool:
    """What waits for the end of its month."""

    def __init__(self, promise_key: SigningKey):
        self._seed = promise_key.seed
        self._waiting: list[Waiting] = []

    def add(self, stream: str, version: int, note: bytes, recorded_at: datetime) -> None:
        """Let an event wait for the end of the month in which it was recorded."""
        envelope = self.envelope_of(note)
        self._waiting.append(Waiting(_month(recorded_at), stream, version, envelope))

    def envelope_of(self, note: bytes) -> bytes:
        """Give the envelope that a note is, or will be, published as."""
        salt = hmac.digest(self._seed, _SALT_USE + hashlib.sha256(note).digest(), "sha256")
        return render_envelope(hashlib.sha256(ENVELOPE_TYPE_LINE + salt + note).digest())

    def has_due(self, now: datetime) -> bool:
        """Tell whether a month has ended in which something was recorded."""
        month = _month(now)
        return any(waiting.month < month for waiting in self._waiting)

    def take_due(self, now: datetime) -> list[Waiting]:
        """Give what is due, in the order in which it enters the log, and let it wait no more."""
        month = _month(now)
        due = [waiting for waiting in self._waiting if waiting.month < month]
        self._waiting = [waiting for waiting in self._waiting if waiting.month >= month]
        return sorted(due, key=lambda waiting: waiting.envelope)


def render_envelope(commitment: bytes) -> bytes:
    """Write an envelope as it stands in the log."""
    return ENVELOPE_TYPE_LINE + encode_base64(commitment).encode("ascii") + b"\n"


def check_envelope(entry: bytes) -> None:
    """Check that an entry which begins as an envelope holds a commitment and nothing else.

    Raises:
        MalformedAction: it holds something else, such as text that ought not to be public.
    """
    body = entry.removeprefix(ENVELOPE_TYPE_LINE)
    try:
        decode_base64(body.removesuffix(b"\n").decode("ascii"), size_bytes=COMMITMENT_BYTES)
    except (ValueError, UnicodeDecodeError) as error:
        raise MalformedAction("an envelope holds one commitment and nothing else") from error
    if not body.endswith(b"\n") or body.count(b"\n") != 1:
        raise MalformedAction("an envelope is two lines")


def _month(instant: datetime) -> str:
    return f"{instant:%Y-%m}"
