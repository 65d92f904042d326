"""Published notes, read by the hundred thousand: what `open_text` reads, and by another way.

Followers read every note of a log again, and need of it the action and its text. Nearly
all notes are alike: these are read in one go, and any that is not is left to `open_text`, which
reads it or says what is wrong. So both accept the same notes, and refuse others with the same
error; a property test compares them.
"""

import re
from typing import Final

from domain.actions import Action, Signer, is_stream_of
from domain.errors import DomainError
from domain.kinds import KINDS
from ledger import bodies
from ledger.action_notes import MAX_NOTE_BYTES, action_of, open_text
from ledger.bodies import ACTION_TYPE_LINE
from ledger.errors import SchemaMismatch

# Names are sorted, so a canonical line says first what kind it is of.
_LINE_BEGINS: Final = b'{"action":"'
_KINDS: Final = {name.encode(): kind for name, kind in KINDS.items()}
# Signature lines as nearly all notes have them: a key name in ASCII, and the base64 of key id and
# Ed25519 signature, 68 bytes, in its one spelling. `parse_note` accepts these, and others.
_PLAIN_LINES: Final = re.compile(
    rb"(?:\xe2\x80\x94 [!-*,-~]+ [A-Za-z0-9+/]{90}[AEIMQUYcgkosw048]=\n){1,64}"
)


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
    line = text[len(ACTION_TYPE_LINE) : -1]
    if len(note) > MAX_NOTE_BYTES or not text.startswith(ACTION_TYPE_LINE):
        return None
    if not bodies.is_plain_line(line) or not _PLAIN_LINES.fullmatch(note, len(text) + 1):
        return None
    start = len(_LINE_BEGINS)
    kind = _KINDS.get(line[start : line.find(b'"', start)])
    decoded = None if kind is None else bodies.read_text(line, kind.facts)
    if kind is None or decoded is None or decoded.action != kind.name:
        return None
    if ledger not in (None, decoded.ledger) or not is_stream_of(decoded.stream, kind.stream):
        return None
    signers = tuple([Signer(signer.key, signer.role) for signer in decoded.signers])
    try:
        return action_of(decoded, kind, decoded.facts, signers)
    except (DomainError, ValueError, SchemaMismatch):
        return None
