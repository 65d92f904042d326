r"""ML-DSA-44 lines under a checkpoint (C2SP tlog-cosignature, type 0x06), beside Ed25519.

A quantum computer that could forge Ed25519 could not forge these (FIPS 204). The line stands beside
the Ed25519 one, which tlog-tiles asks for; whoever does not know its key passes over it. The key
id is computed with type 0x06 over 1,312 bytes of public key. After it come the moment, in POSIX
seconds as eight bytes big-endian, and 2,420 bytes of signature over

    "subtree/v1\n\0"                      12 bytes
    u8 length || name of the key
    u64 the same moment
    u8 length || origin
    u64 0 || u64 tree size || 32 bytes of root

A log signs with the moment 0: when is the seals' and the witnesses' word. Extension lines of a
checkpoint are not signed. Signatures are randomised: the same checkpoint twice gives two of them.

`cryptography` does the arithmetic; it is asked for only where such a line is made or checked.

>>> key = MldsaSigningKey("x.org", bytes(32))
>>> render_mldsa_vkey(key.public)[:38]
'x.org+2079acbd+Brpx+fZOEbrrWPqcb7tuFOY'
"""

import importlib
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from transparency.checkpoints import Checkpoint, parse_checkpoint_text
from transparency.encoding import U64_BYTES, decode_base64, encode_base64, encode_u64
from transparency.errors import MalformedKey, MldsaUnavailable, SignatureInvalid
from transparency.notes import KEY_ID_BYTES, NoteSignature, is_key_name, parse_note

MLDSA_KEY_TYPE = 0x06
MLDSA_PUBLIC_KEY_BYTES = 1312
MLDSA_SIGNATURE_BYTES = 2420
MLDSA_SEED_BYTES = 32
MAX_NAME_BYTES = 255

_LABEL = b"subtree/v1\n\0"
_VKEY_PARTS = 3
_NO_MOMENT = 0


@dataclass(frozen=True, slots=True)
class MldsaKey:
    """A public key with its name, under which its lines stand."""

    name: str
    public_key: bytes = field(repr=False)
    key_id: bytes = field(init=False, compare=False)

    def __post_init__(self) -> None:
        assert is_key_name(self.name)
        assert len(self.name.encode()) <= MAX_NAME_BYTES
        assert len(self.public_key) == MLDSA_PUBLIC_KEY_BYTES

        identified = self.name.encode() + bytes([0x0A, MLDSA_KEY_TYPE]) + self.public_key
        object.__setattr__(self, "key_id", sha256(identified).digest()[:KEY_ID_BYTES])


@dataclass(frozen=True, slots=True)
class MldsaSigningKey:
    """A private key with its name; the seed never shows in a representation."""

    name: str
    seed: bytes = field(repr=False)
    public: MldsaKey = field(init=False, compare=False)
    _private: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make the key pair.

        Raises:
            MldsaUnavailable: the library is not installed.
        """
        assert len(self.seed) == MLDSA_SEED_BYTES

        private = _library().MLDSA44PrivateKey.from_seed_bytes(self.seed)
        object.__setattr__(self, "_private", private)
        public_key: bytes = private.public_key().public_bytes_raw()
        object.__setattr__(self, "public", MldsaKey(self.name, public_key))

    def sign(self, checkpoint: Checkpoint) -> NoteSignature:
        """Sign a checkpoint as its log, which names no moment."""
        signature: bytes = self._private.sign(_message(checkpoint, self.name, _NO_MOMENT))
        return NoteSignature(self.name, self.public.key_id, encode_u64(_NO_MOMENT) + signature)


def check_mldsa_line(checkpoint_note: bytes, key: MldsaKey) -> bool:
    """Check the line of a key under a checkpoint; tell whether there is one.

    Raises:
        MalformedNote, MalformedCheckpoint: the bytes are no checkpoint.
        SignatureInvalid: its line is wrong, or there are two.
        MldsaUnavailable: the library is not installed.
    """
    unverified = parse_note(checkpoint_note)
    checkpoint = parse_checkpoint_text(unverified.text)
    lines = [
        line
        for line in unverified.signatures
        if (line.key_name, line.key_id) == (key.name, key.key_id)
    ]
    if len(lines) > 1:
        raise SignatureInvalid(f"{key.name} signed twice with ML-DSA-44")
    for line in lines:
        _check_line(checkpoint, key, line)
    return bool(lines)


def _check_line(checkpoint: Checkpoint, key: MldsaKey, line: NoteSignature) -> None:
    if len(line.signature) != U64_BYTES + MLDSA_SIGNATURE_BYTES:
        raise SignatureInvalid(f"the line by {key.name} is not an ML-DSA-44 signature")
    posix_seconds = int.from_bytes(line.signature[:U64_BYTES], "big")
    message = _message(checkpoint, key.name, posix_seconds)
    library = _library()
    try:
        public = library.MLDSA44PublicKey.from_public_bytes(key.public_key)
        public.verify(line.signature[U64_BYTES:], message)
    except _invalid_signature() as error:
        raise SignatureInvalid(f"the ML-DSA-44 signature by {key.name} does not verify") from error


def _message(checkpoint: Checkpoint, name: str, posix_seconds: int) -> bytes:
    origin = checkpoint.origin.encode()
    if len(origin) > MAX_NAME_BYTES:
        raise SignatureInvalid(f"an origin that ML-DSA-44 signs has at most {MAX_NAME_BYTES} bytes")
    return b"".join(
        (
            _LABEL,
            bytes([len(name.encode())]) + name.encode(),
            encode_u64(posix_seconds),
            bytes([len(origin)]) + origin,
            encode_u64(0),
            encode_u64(checkpoint.tree_size),
            checkpoint.root_hash,
        )
    )


def render_mldsa_vkey(key: MldsaKey) -> str:
    """Write a public key as its one line of text."""
    body = encode_base64(bytes([MLDSA_KEY_TYPE]) + key.public_key)
    return f"{key.name}+{key.key_id.hex()}+{body}"


def parse_mldsa_vkey(text: str) -> MldsaKey:
    """Read a public key.

    Raises:
        MalformedKey: bad form, another type, or a key id that does not fit.
    """
    parts = text.split("+", 2)
    if len(parts) != _VKEY_PARTS or not is_key_name(parts[0]) or not text.isascii():
        raise MalformedKey("a verification key is <name>+<key id>+<base64>")
    name, key_id_hex, body_base64 = parts
    try:
        body = decode_base64(body_base64, size_bytes=1 + MLDSA_PUBLIC_KEY_BYTES)
    except ValueError as error:
        raise MalformedKey("the public key is not 1,313 bytes of base64") from error
    if body[0] != MLDSA_KEY_TYPE or len(name) > MAX_NAME_BYTES:
        raise MalformedKey("this is no ML-DSA-44 key")
    key = MldsaKey(name, body[1:])
    if key.key_id.hex() != key_id_hex:
        raise MalformedKey("the key id does not belong to this key")
    return key


def _library() -> Any:  # noqa: ANN401 - an extra, of which nothing is known where it is missing
    try:
        return importlib.import_module("cryptography.hazmat.primitives.asymmetric.mldsa")
    except ImportError as error:
        raise MldsaUnavailable(
            "ML-DSA-44 needs `cryptography` 50 or newer: install dossier-ledger[mldsa]"
        ) from error


def _invalid_signature() -> type[Exception]:
    found: type[Exception] = importlib.import_module("cryptography.exceptions").InvalidSignature
    return found
