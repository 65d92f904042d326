"""Published notes, read by the hundred thousand: what `open_text` reads, and by another way.

Followers read every note of a log again, and need of it the action and its text. Nearly
all notes are alike: these are read in one go, and any that is not is left to `open_text`, which
reads it or says what is wrong. So both accept the same notes, and refuse others with the same
error; a property test compares them.
"""

import re
from datetime import date, datetime
from typing import Final

from domain.actions import Action, Signer, streams_of
from domain.errors import DomainError
from domain.kinds import KINDS
from ledger.action_notes import MAX_NOTE_BYTES, action_of, open_text
from ledger.bodies import ACTION_TYPE_LINE, SignerRole, is_plain_line, text_reader
from ledger.errors import SchemaMismatch

_LINE_AT: Final = len(ACTION_TYPE_LINE)
# Names are sorted, so a canonical line says first what kind it is of, and then when it was.
_KIND_AT: Final = len(b'{"action":"')
_DAY_ENDS: Final = len(b'","at":"2026-11-21')
# Signature lines as nearly all notes have them: a key name in ASCII, and the base64 of key id and
# Ed25519 signature, 68 bytes, in its one spelling. `parse_note` accepts these, and others.
_PLAIN_LINES: Final = re.compile(
    rb"(?:\xe2\x80\x94 [!-*,-~]+ [A-Za-z0-9+/]{90}[AEIMQUYcgkosw048]=\n){1,64}"
)


class _Reader:
    """How the notes of one kind are read."""

    __slots__ = ("is_stream", "kind", "read")

    def __init__(self, name: str, at_type: type[date]) -> None:
        self.kind = KINDS[name]
        self.read = text_reader(self.kind.facts, at_type)
        self.is_stream = streams_of(self.kind.stream).fullmatch


class _Readers(dict[bytes, _Reader]):
    """The readers of notes whose acts were at instants, or on days; of known kinds alone."""

    def __init__(self, at_type: type[date]) -> None:
        super().__init__()
        self._at_type = at_type

    def __missing__(self, name: bytes) -> _Reader:
        self[name] = reader = _Reader(name.decode(), self._at_type)
        return reader


_AT_INSTANTS: Final = _Readers(datetime)
_ON_DAYS: Final = _Readers(date)


def read_published(note: bytes, ledger: str | None) -> tuple[Action, bytes]:
    """Read the action of a published note, and give its text; `open_text` for many notes.

    It accepts and refuses what `open_text` does, and gives no signatures.

    Raises:
        MalformedAction, WrongLedger: as `open_text`.
    """
    text = note[: note.rfind(b"\n\n") + 1]
    action = _read_at_once(note, text, ledger)
    if action is not None:
        return action, text
    opened = open_text(note, ledger)
    return opened.action, opened.signed.text


def _read_at_once(note: bytes, text: bytes, ledger: str | None) -> Action | None:
    """Read a note as nearly all are; None where `open_text` must say what it is."""
    line = text[_LINE_AT:-1]
    if len(note) > MAX_NOTE_BYTES or not text.startswith(ACTION_TYPE_LINE):
        return None
    if not is_plain_line(line) or not _PLAIN_LINES.fullmatch(note, len(text) + 1):
        return None
    kind_ends = line.find(b'"', _KIND_AT)
    readers = _AT_INSTANTS if line.startswith(b"T", kind_ends + _DAY_ENDS) else _ON_DAYS
    try:
        reader = readers[line[_KIND_AT:kind_ends]]
        decoded = reader.read(line)
        if decoded is None or (ledger is not None and decoded.ledger != ledger):
            return None
        if decoded.action != reader.kind.name or not reader.is_stream(decoded.stream):
            return None
        return action_of(decoded, reader.kind, decoded.facts, _signers_of(decoded.signers))
    except (DomainError, KeyError, ValueError, SchemaMismatch):
        return None


def _signers_of(signers: tuple[SignerRole, ...]) -> tuple[Signer, ...]:
    if len(signers) == 1:
        # Nearly always; the general way takes three times as long.
        return (Signer(signers[0].key, signers[0].role),)
    return tuple([Signer(signer.key, signer.role) for signer in signers])
