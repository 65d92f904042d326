"""A second good Ed25519 signature over the same text: what a signer with random nonces may send."""

import hashlib
from dataclasses import replace

from nacl import bindings as b

from ledger.action_notes import SubmittedAction
from transparency.notes import (
    NoteSignature,
    SigningKey,
    check_signature,
    parse_note,
    render_note,
)


class RandomizedSigner:
    """Signs with another nonce each time, as Ed25519 permits and our own keys never do."""

    def __init__(self, key: SigningKey, nonce: int) -> None:
        self._key = key
        self._nonce = nonce

    def sign(self, text: bytes) -> NoteSignature:
        digest = hashlib.sha512(self._key.seed).digest()
        scalar = bytearray(digest[:32])
        scalar[0] &= 248
        scalar[31] = (scalar[31] & 127) | 64
        public = self._key.verification_key.public_key
        nonce = b.crypto_core_ed25519_scalar_reduce(self._nonce.to_bytes(64, "little"))
        point = b.crypto_scalarmult_ed25519_base_noclamp(nonce)
        hashed = hashlib.sha512(point + public + text).digest()
        product = b.crypto_core_ed25519_scalar_mul(
            b.crypto_core_ed25519_scalar_reduce(hashed),
            b.crypto_core_ed25519_scalar_reduce(bytes(scalar) + bytes(32)),
        )
        signature = point + b.crypto_core_ed25519_scalar_add(nonce, product)
        return NoteSignature(self._key.name, self._key.verification_key.key_id, signature)


def signed_otherwise(action: SubmittedAction, key: SigningKey, nonce: int = 77) -> SubmittedAction:
    """The same text under another good signature by the same key."""
    text = parse_note(action.note).text
    signature = RandomizedSigner(key, nonce).sign(text)
    check_signature(key.verification_key, text, signature)
    return replace(action, note=render_note(text, [signature]))
