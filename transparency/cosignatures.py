r"""Cosignatures of witnesses (C2SP tlog-cosignature, version 1): a checkpoint, seen at a time.

A cosignature is a signature line of a checkpoint's note. Its key id is computed with type 0x04,
and what follows the key id is the moment, in POSIX seconds as eight bytes, big-endian and below
2^63, and then 64 bytes of Ed25519 over

    cosignature/v1 LF
    time <the same seconds: decimal> LF
    <the checkpoint's whole text, extension lines and final LF included>

It says: as of this moment, the largest consistent tree that I have seen of this log has this
root. A key may stand for a further statement, made known beforehand and the same for all that it
signs; an index auditor's is that every seal up to the checkpoint is right.

Lines of cosigners that one does not know are ignored. A line of a known cosigner must verify, and
stand there once, or the note is refused. The moment is the witness's word; nothing here compares
it with a clock.

>>> from transparency.checkpoints import Checkpoint, render_checkpoint_text
>>> from transparency.hashing import EMPTY_ROOT_HASH
>>> text = render_checkpoint_text(Checkpoint("x.org", 0, EMPTY_ROOT_HASH))
>>> key = SigningKey("w.org", bytes(32))
>>> line = cosign(text, key, 1679315147)
>>> line.key_id.hex(), line.signature[:12].hex()
('f0be2099', '00000000641850cb278e940c')
>>> open_cosignature(text, cosigner_key(key), line).cosigned_at.isoformat()
'2023-03-20T12:25:47+00:00'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from transparency.encoding import MAX_TREE_SIZE, U64_BYTES, encode_u64
from transparency.errors import MalformedNote, SignatureInvalid
from transparency.notes import (
    COSIGNATURE_KEY_TYPE,
    ED25519_KEY_TYPE,
    MAX_SIGNATURE_LINES,
    SIGNATURE_BYTES,
    NoteSignature,
    SigningKey,
    VerificationKey,
    check_signature,
    parse_note,
    render_note,
)

# SPEC: tlog-cosignature, "Format": "It MUST NOT exceed 2^63 - 1".
MAX_POSIX_SECONDS = MAX_TREE_SIZE


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A cosignature that verified: by whom, when by the cosigner's clock, and its line."""

    key: VerificationKey
    posix_seconds: int
    line: NoteSignature

    @property
    def cosigned_at(self) -> datetime | None:
        """Give the moment; None where it lies beyond the years that a calendar writes."""
        try:
            return datetime.fromtimestamp(self.posix_seconds, UTC)
        except (OverflowError, ValueError, OSError):
            return None


def cosigner_key(key: SigningKey) -> VerificationKey:
    """Give the public side of a key as a cosigner's: the same bytes under type 0x04."""
    return VerificationKey(key.name, COSIGNATURE_KEY_TYPE, key.verification_key.public_key)


def cosign(checkpoint_text: bytes, key: SigningKey, posix_seconds: int) -> NoteSignature:
    """Cosign the text of a checkpoint as of a moment."""
    assert checkpoint_text.endswith(b"\n")
    assert 0 <= posix_seconds <= MAX_POSIX_SECONDS

    signature = key.sign(_message(checkpoint_text, posix_seconds)).signature
    stamped = encode_u64(posix_seconds) + signature
    return NoteSignature(key.name, cosigner_key(key).key_id, stamped)


def open_cosignature(
    checkpoint_text: bytes, key: VerificationKey, line: NoteSignature
) -> Cosignature:
    """Check one line as the cosignature of a known cosigner.

    Raises:
        SignatureInvalid: the line is not this key's, has another form, or does not verify.
    """
    if line.key_id != key.key_id or line.key_name != key.name:
        raise SignatureInvalid(f"the signature line is not by {key.name}")
    if key.key_type != COSIGNATURE_KEY_TYPE or len(line.signature) != U64_BYTES + SIGNATURE_BYTES:
        raise SignatureInvalid(f"the line by {key.name} is not an Ed25519 cosignature")
    posix_seconds = int.from_bytes(line.signature[:U64_BYTES], "big")
    if posix_seconds > MAX_POSIX_SECONDS:
        raise SignatureInvalid(f"{key.name} names a moment beyond 2^63 seconds")
    # The bytes signed begin with a line of their own, so no note's signature passes for this.
    plain_key = VerificationKey(key.name, ED25519_KEY_TYPE, key.public_key)
    plain_line = NoteSignature(key.name, plain_key.key_id, line.signature[U64_BYTES:])
    check_signature(plain_key, _message(checkpoint_text, posix_seconds), plain_line)
    return Cosignature(key, posix_seconds, line)


def open_cosignatures(note: bytes, keys: Sequence[VerificationKey]) -> tuple[Cosignature, ...]:
    """Find the cosignatures of known cosigners under a checkpoint; perhaps none.

    Raises:
        MalformedNote: the bytes do not have the form of a note.
        SignatureInvalid: a known cosigner's line is wrong or repeated.
    """
    unverified = parse_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    found: dict[VerificationKey, Cosignature] = {}
    for line in unverified.signatures:
        key = known.get((line.key_name, line.key_id))
        if key is None:
            continue
        if key in found:
            raise SignatureInvalid(f"{key.name} cosigned twice")
        found[key] = open_cosignature(unverified.text, key, line)
    return tuple(found.values())


def add_signature_lines(note: bytes, lines: Sequence[NoteSignature]) -> bytes:
    """Put lines under a note, after those that stand there; a line by the same key gives way.

    Raises:
        MalformedNote: the bytes do not have the form of a note, or it gets too many lines.
    """
    unverified = parse_note(note)
    coming = {(line.key_name, line.key_id) for line in lines}
    kept = [line for line in unverified.signatures if (line.key_name, line.key_id) not in coming]
    if len(kept) + len(lines) > MAX_SIGNATURE_LINES:
        raise MalformedNote(f"a note has at most {MAX_SIGNATURE_LINES} signature lines")
    return render_note(unverified.text, [*kept, *lines])


def render_signature_lines(lines: Sequence[NoteSignature]) -> bytes:
    """Write signature lines alone, as a witness answers with them."""
    return render_note(b"\n", lines)[2:]


def parse_signature_lines(data: bytes) -> tuple[NoteSignature, ...]:
    """Read signature lines that stand alone; none of them is checked.

    Raises:
        MalformedNote: the bytes are not one or more signature lines.
    """
    parsed = parse_note(b"-\n\n" + data)
    if parsed.text != b"-\n":
        raise MalformedNote("there is an empty line among the signature lines")
    return parsed.signatures


def _message(checkpoint_text: bytes, posix_seconds: int) -> bytes:
    return b"cosignature/v1\ntime %d\n" % posix_seconds + checkpoint_text
