"""Ed25519's edge cases: keys on which verifiers disagree never become keys of ours.

Provenance: C2SP CCTV ed25519vectors.json (BSD-3-Clause), read from the shared folder.
"""

import json
from typing import TypedDict

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.support.transparency_builders import SHARED, a_key
from transparency.errors import MalformedKey, SignatureInvalid
from transparency.notes import (
    ED25519_KEY_TYPE,
    NoteSignature,
    VerificationKey,
    check_public_key,
    check_signature,
    parse_vkey,
    render_vkey,
)

VECTORS = SHARED / "vectors/cctv-ed25519/ed25519vectors.json"

pytestmark = pytest.mark.skipif(
    not VECTORS.is_file(), reason="../shared/vectors/cctv-ed25519 is absent"
)


class Vector(TypedDict):
    """One edge case: a key, a signature and what is odd about them."""

    key: str
    sig: str
    msg: str
    flags: list[str] | None


def vectors() -> list[Vector]:
    found: list[Vector] = json.loads(VECTORS.read_text())
    return found


def flags_of(vector: Vector) -> set[str]:
    return set(vector["flags"] or [])


def is_acceptable(public_key: bytes) -> bool:
    try:
        check_public_key(public_key)
    except MalformedKey:
        return False
    return True


def we_verify(vector: Vector) -> bool:
    key = VerificationKey("edge", ED25519_KEY_TYPE, bytes.fromhex(vector["key"]))
    line = NoteSignature("edge", key.key_id, bytes.fromhex(vector["sig"]))
    try:
        check_signature(key, vector["msg"].encode(), line)
    except SignatureInvalid:
        return False
    return True


def openssl_verifies(vector: Vector) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(vector["key"]))
        key.verify(bytes.fromhex(vector["sig"]), vector["msg"].encode())
    except InvalidSignature:
        return False
    return True


def test_low_order_and_non_canonical_keys_are_never_accepted() -> None:
    odd = {"low_order_A", "non_canonical_A", "low_order_component_A"}

    for vector in vectors():
        if flags_of(vector) & odd:
            assert not is_acceptable(bytes.fromhex(vector["key"])), vector
            key = VerificationKey("edge", ED25519_KEY_TYPE, bytes.fromhex(vector["key"]))
            with pytest.raises(MalformedKey):
                parse_vkey(render_vkey(key))


def test_keys_of_honest_signers_are_accepted() -> None:
    for seed_byte in range(100):
        assert is_acceptable(a_key(seed_byte=seed_byte).verification_key.public_key)


def test_for_every_key_we_accept_another_verifier_agrees_unless_the_signer_cheats() -> None:
    accepted = [v for v in vectors() if is_acceptable(bytes.fromhex(v["key"]))]

    differing = [v for v in accepted if we_verify(v) != openssl_verifies(v)]

    assert len(accepted) > 0
    # Only the holder of the private key can make such a point R, and only by meaning to.
    assert all("low_order_R" in flags_of(v) for v in differing)
    assert not any(we_verify(v) for v in differing)
