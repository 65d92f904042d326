r"""Signed notes (C2SP signed-note) with Ed25519, and the keys that sign and check them.

A note is text, an empty line and signature lines, all in UTF-8 without control characters
other than line feeds:

    <text, ends with LF>
    <LF>
    U+2014 SP <key name> SP <base64 of key id || signature> LF          one or more

The last empty line of the note separates; the text itself may hold empty lines. What is
signed is the text with its final LF, without the separator. A key name is not empty and
holds neither Unicode spaces nor '+'. A key id is the first four bytes of
SHA-256(key name || 0x0A || type byte || public key). A verification key is written

    <key name>+<key id: 8 lowercase hex digits>+<base64 of type byte || public key>

and split at its first two '+', since base64 may hold more of them. Type 0x01 is an Ed25519
signature over the text; 0x04 (timestamped cosignature) is read, and not checked here yet.

Whoever opens a note names the keys it knows. A line by a known key must verify, or the note
is refused; lines by unknown keys are ignored; at least one known line must be there.

Public keys of low order, off the prime-order group, or in a non-canonical spelling are never
accepted: verifiers disagree on what such keys sign.

>>> key = SigningKey("x.org", bytes(32))
>>> render_vkey(key.verification_key)
'x.org+3c567648+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop'
>>> note = render_note(b"A line.\n", [key.sign(b"A line.\n")])
>>> print(note.decode(), end="")
A line.
<BLANKLINE>
— x.org PFZ2SD2iI9Aq14rj1wv+m/TZWIn8pS/YSOQf3BJ2Hn0I4NKHKAkTRN9iN6ICZ52Dhw98ClFLMPU9Q8ZUL3tYEzoCDgM=
>>> open_note(note, [key.verification_key]).text
b'A line.\n'
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from nacl.bindings import (
    crypto_core_ed25519_is_valid_point,
    crypto_sign,
    crypto_sign_open,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import BadSignatureError

from transparency.encoding import decode_base64, encode_base64
from transparency.errors import MalformedKey, MalformedNote, SignatureInvalid

ED25519_KEY_TYPE = 0x01
COSIGNATURE_KEY_TYPE = 0x04
KEY_ID_BYTES = 4
PUBLIC_KEY_BYTES = 32
SEED_BYTES = 32
SIGNATURE_BYTES = 64

# SPEC: signed-note asks verifiers to bear at least 16 signature lines.
MAX_SIGNATURE_LINES = 64
MAX_NOTE_BYTES = 512 * 1024
MAX_VKEY_BYTES = 1024

_SIGNATURE_MARK = "\u2014"
_SIGNATURE_LINE_PARTS = 3
_VKEY_PARTS = 3
_DERIVED_NAME_HEX_DIGITS = 16
_CONTROL_CHARACTER = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_KEY_ID_HEX = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key with its name: what a verifier knows beforehand."""

    name: str
    key_type: int
    public_key: bytes
    key_id: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        assert is_key_name(self.name)
        assert len(self.public_key) == PUBLIC_KEY_BYTES

        identified = self.name.encode() + bytes([0x0A, self.key_type]) + self.public_key
        object.__setattr__(self, "key_id", sha256(identified).digest()[:KEY_ID_BYTES])


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who claims to have signed, and the bytes that shall show it."""

    key_name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text and signature lines; `parse_note` checks their form, `open_note` the signatures."""

    text: bytes
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key with its name; the seed never shows in a representation."""

    name: str
    seed: bytes = field(repr=False)
    verification_key: VerificationKey = field(init=False, compare=False)
    _secret_key: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        assert len(self.seed) == SEED_BYTES

        public_key, secret_key = crypto_sign_seed_keypair(self.seed)
        verification_key = VerificationKey(self.name, ED25519_KEY_TYPE, public_key)
        object.__setattr__(self, "verification_key", verification_key)
        object.__setattr__(self, "_secret_key", secret_key)

    @classmethod
    def named_after_kind(cls, kind: str, seed: bytes) -> "SigningKey":
        """Make a key whose name is derived from its kind and its public key."""
        public_key, _ = crypto_sign_seed_keypair(seed)
        return cls(derive_key_name(kind, public_key), seed)

    def sign(self, text: bytes) -> NoteSignature:
        """Sign the text of a note."""
        signature: bytes = crypto_sign(text, self._secret_key)[:SIGNATURE_BYTES]
        return NoteSignature(self.name, self.verification_key.key_id, signature)


def derive_key_name(kind: str, public_key: bytes) -> str:
    """Name a key by its kind and its bytes, so that no name tells a person or an office."""
    return f"{kind}-{sha256(public_key).hexdigest()[:_DERIVED_NAME_HEX_DIGITS]}"


def is_key_name(name: str) -> bool:
    """Tell whether a key may have this name."""
    return name.split() == [name] and "+" not in name


def render_vkey(key: VerificationKey) -> str:
    """Write a verification key as its one line of text."""
    body = encode_base64(bytes([key.key_type]) + key.public_key)
    return f"{key.name}+{key.key_id.hex()}+{body}"


def parse_vkey(text: str) -> VerificationKey:
    """Read a verification key that is safe to accept.

    Raises:
        MalformedKey: bad form, a key id that does not fit, an unknown type, or a public key
            that verifiers disagree on.
    """
    parts = text.split("+", 2)
    if len(text) > MAX_VKEY_BYTES or len(parts) != _VKEY_PARTS or not _is_utf_8(text):
        raise MalformedKey("a verification key is <name>+<key id>+<base64>")
    name, key_id_hex, body_base64 = parts
    if not is_key_name(name) or not _KEY_ID_HEX.fullmatch(key_id_hex):
        raise MalformedKey("the key name or the key id is malformed")
    try:
        body = decode_base64(body_base64, size_bytes=1 + PUBLIC_KEY_BYTES)
    except ValueError as error:
        raise MalformedKey("the public key is not 33 bytes of base64") from error
    if body[0] not in (ED25519_KEY_TYPE, COSIGNATURE_KEY_TYPE):
        raise MalformedKey(f"key type 0x{body[0]:02x} is not supported")
    check_public_key(body[1:])

    key = VerificationKey(name, body[0], body[1:])
    if key.key_id.hex() != key_id_hex:
        raise MalformedKey("the key id does not belong to this key")
    return key


def check_public_key(public_key: bytes) -> None:
    """Refuse bytes that are not a canonical point of the prime-order group.

    Raises:
        MalformedKey: another length, low or mixed order, or a non-canonical spelling.
    """
    if len(public_key) != PUBLIC_KEY_BYTES or not crypto_core_ed25519_is_valid_point(public_key):
        raise MalformedKey("this is no Ed25519 public key that all verifiers agree on")


def render_note(text: bytes, signatures: Sequence[NoteSignature]) -> bytes:
    """Put a text and its signature lines together, in the given order."""
    assert text.endswith(b"\n")
    assert 0 < len(signatures) <= MAX_SIGNATURE_LINES

    lines = [
        f"{_SIGNATURE_MARK} {line.key_name} {encode_base64(line.key_id + line.signature)}\n"
        for line in signatures
    ]
    return text + b"\n" + "".join(lines).encode()


def parse_note(note: bytes) -> SignedNote:
    """Split a note into its text and its signature lines, none of which is checked.

    Raises:
        MalformedNote: the bytes do not have the form of a note.
    """
    if len(note) > MAX_NOTE_BYTES:
        raise MalformedNote(f"a note has at most {MAX_NOTE_BYTES} bytes")
    if _CONTROL_CHARACTER.search(note):
        raise MalformedNote("a note holds no control characters but line feeds")
    separator = note.rfind(b"\n\n")
    if separator < 0 or note[-1] != ord("\n") or separator + 2 == len(note):
        raise MalformedNote("a note is text, an empty line and signature lines")
    try:
        note[: separator + 1].decode()
        lines = note[separator + 2 : -1].decode().split("\n")
    except UnicodeDecodeError as error:
        raise MalformedNote("a note is UTF-8") from error
    if len(lines) > MAX_SIGNATURE_LINES:
        raise MalformedNote(f"a note has at most {MAX_SIGNATURE_LINES} signature lines")
    return SignedNote(note[: separator + 1], tuple(map(_parse_signature_line, lines)))


def check_signature(key: VerificationKey, text: bytes, signature: NoteSignature) -> None:
    """Check one signature line over the text of a note.

    Raises:
        SignatureInvalid: the line is not this key's, or the signature is not over this text.
    """
    if signature.key_id != key.key_id or signature.key_name != key.name:
        raise SignatureInvalid(f"the signature line is not by {key.name}")
    if key.key_type != ED25519_KEY_TYPE or len(signature.signature) != SIGNATURE_BYTES:
        raise SignatureInvalid(f"the signature by {key.name} is not an Ed25519 signature")
    try:
        crypto_sign_open(signature.signature + text, key.public_key)
    except BadSignatureError as error:
        raise SignatureInvalid(f"the signature by {key.name} does not verify") from error


def open_note(note: bytes, keys: Sequence[VerificationKey]) -> SignedNote:
    """Check a note by the keys one knows; the result holds only lines that verified.

    Raises:
        MalformedNote: the bytes do not have the form of a note.
        SignatureInvalid: a known key's line is wrong or repeated, or no known key signed.
    """
    unverified = parse_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    verified: dict[VerificationKey, NoteSignature] = {}
    for line in unverified.signatures:
        key = known.get((line.key_name, line.key_id))
        if key is None:
            continue
        if key in verified:
            raise SignatureInvalid(f"{key.name} signed twice")
        check_signature(key, unverified.text, line)
        verified[key] = line
    if not verified:
        raise SignatureInvalid("no known key signed this note")
    return SignedNote(unverified.text, tuple(verified.values()))


def _is_utf_8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _parse_signature_line(line: str) -> NoteSignature:
    parts = line.split(" ")
    if len(parts) != _SIGNATURE_LINE_PARTS or parts[0] != _SIGNATURE_MARK:
        raise MalformedNote("a signature line is a dash, a key name and base64")
    if not is_key_name(parts[1]):
        raise MalformedNote("a key name is not empty and holds neither spaces nor '+'")
    try:
        blob = decode_base64(parts[2])
    except ValueError as error:
        raise MalformedNote("a signature is base64") from error
    if len(blob) <= KEY_ID_BYTES:
        raise MalformedNote("a signature line holds a key id and a signature")
    return NoteSignature(parts[1], blob[:KEY_ID_BYTES], blob[KEY_ID_BYTES:])
