r"""Envelopes: how a rating enters the public log without telling whose it is.

A kind whose publication is deferred is recorded and promised at once, but its note stays in the
ledger. At the end of the month everything that waits enters the log together, each as::

    dossier-ledger/envelope@v1
    <base64 of SHA-256("dossier-ledger/envelope@v1\n" || 32-byte salt || note)>

The salt is HMAC-SHA-256 under the promise key's seed, so it need not be stored. Whoever signed the
note is given the *opening* with the promise, and can show later that the envelope holds it::

    dossier-ledger/opening@v1
    <base64 of the salt>
    <the note, unchanged>

Envelopes are ordered by their commitment: an order that tells nothing, and that a crash does not
change.

>>> render_envelope(bytes(32)).decode().splitlines()[0]
'dossier-ledger/envelope@v1'
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ledger.errors import MalformedAction, MalformedOpening, OpeningMismatch, StoreCorrupt
from ledger.storage.port import StoredEvent
from transparency.encoding import decode_base64, encode_base64
from transparency.errors import TransparencyError
from transparency.notes import SigningKey
from transparency.promises import Promise, open_promise

ENVELOPE_TYPE_LINE: Final = b"dossier-ledger/envelope@v1\n"
OPENING_TYPE_LINE: Final = b"dossier-ledger/opening@v1\n"
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
        self._verification_key = promise_key.verification_key
        self._waiting: list[Waiting] = []

    def add(self, stream: str, version: int, note: bytes, recorded_at: datetime) -> None:
        """Let an event wait for the end of the month in which it was recorded."""
        envelope = self.envelope_of(note)
        self._waiting.append(Waiting(month_of(recorded_at), stream, version, envelope))

    def add_stored(self, event: StoredEvent) -> None:
        """Let an event wait that was recorded before the process began.

        Raises:
            StoreCorrupt: the promise that tells its month is missing or not ours.
        """
        promised_at = self.promised_at(event)
        self.add(event.stream, event.version, event.note, promised_at)

    def promised_at(self, event: StoredEvent) -> datetime:
        """Tell when a deferred event was recorded: its stored promise says so.

        Raises:
            StoreCorrupt: the promise is missing or not ours.
        """
        return self.promise_of(event).promised_at

    def promise_of(self, event: StoredEvent) -> Promise:
        """Give the promise that is stored with an event.

        Raises:
            StoreCorrupt: it is missing or not ours.
        """
        try:
            return open_promise(event.promise, self._verification_key)
        except TransparencyError as error:
            raise StoreCorrupt(f"the promise of {event.place} cannot be read: {error}") from error

    def envelope_of(self, note: bytes) -> bytes:
        """Give the envelope that a note is, or will be, published as."""
        return render_envelope(self.commitment_of(note))

    def commitment_of(self, note: bytes) -> bytes:
        """Give what an envelope or a veil says of a note."""
        return commitment_of(self._salt_of(note), note)

    def opening_of(self, note: bytes) -> bytes:
        """Give what shows, to whoever has it, that the envelope holds this note."""
        salt = encode_base64(self._salt_of(note)).encode("ascii")
        return OPENING_TYPE_LINE + salt + b"\n" + note

    def _salt_of(self, note: bytes) -> bytes:
        return hmac.digest(self._seed, _SALT_USE + hashlib.sha256(note).digest(), "sha256")

    def waiting(self) -> list[tuple[str, int]]:
        """Give stream and version of each event that waits."""
        return [(waiting.stream, waiting.version) for waiting in self._waiting]

    def has_due(self, now: datetime) -> bool:
        """Tell whether a month has ended in which something was recorded."""
        month = month_of(now)
        return any(waiting.month < month for waiting in self._waiting)

    def take_due(self, now: datetime) -> list[Waiting]:
        """Give what is due, in the order in which it enters the log, and let it wait no more."""
        month = month_of(now)
        due = [waiting for waiting in self._waiting if waiting.month < month]
        self._waiting = [waiting for waiting in self._waiting if waiting.month >= month]
        return sorted(due, key=lambda waiting: waiting.envelope)


def commitment_of(salt: bytes, note: bytes) -> bytes:
    """Give the commitment to a note under a salt."""
    return hashlib.sha256(ENVELOPE_TYPE_LINE + salt + note).digest()


def parse_opening(opening: bytes) -> tuple[bytes, bytes]:
    """Read an opening; give salt and note.

    Raises:
        MalformedOpening: it is not of the form that the module describes.
    """
    salt_line, line_end, note = opening.removeprefix(OPENING_TYPE_LINE).partition(b"\n")
    try:
        salt = decode_base64(salt_line.decode("ascii"), size_bytes=COMMITMENT_BYTES)
    except (ValueError, UnicodeDecodeError) as error:
        raise MalformedOpening("the second line of an opening is a salt of 32 bytes") from error
    if not (opening.startswith(OPENING_TYPE_LINE) and line_end and note):
        raise MalformedOpening("an opening is its type line, a salt and a note")
    return salt, note


def check_opening(entry: bytes, opening: bytes) -> bytes:
    """Check that an entry of the log is the envelope of an opening's note; give the note.

    Raises:
        MalformedOpening: it is no opening.
        OpeningMismatch: the entry is another envelope, or none.
    """
    salt, note = parse_opening(opening)
    if render_envelope(commitment_of(salt, note)) != entry:
        raise OpeningMismatch("this entry is not the envelope of the note in the opening")
    return note


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


def month_of(instant: datetime) -> str:
    """Name the month in UTC: promises and envelopes are the ledger's, which has no other zone."""
    return f"{instant:%Y-%m}"
