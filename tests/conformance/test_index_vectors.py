"""The index's known answers: roots of up to 100,000 keys, and proofs of presence and absence.

Provenance: made by running rsc/tmp mpt (BSD-3-Clause), read from the shared folder.
"""

import json
from base64 import b64decode
from hashlib import sha256
from typing import TypedDict

import pytest

from tests.support.transparency_builders import SHARED
from transparency.errors import ProofInvalid
from transparency.index import (
    IndexProof,
    PatriciaMap,
    parse_index_proof,
    render_index_proof,
    verify_map_proof,
)

KNOWN_ANSWERS = SHARED / "vectors/mpt/mpt-kat.json"
OVERWRITTEN = -42  # the vectors' name for 100,000 keys, key 42 set twice

pytestmark = pytest.mark.skipif(
    not KNOWN_ANSWERS.is_file(), reason="../shared/vectors/mpt is absent"
)


class KnownProof(TypedDict):
    """One proof of the vectors."""

    n: int
    key_hex: str
    present: bool
    value_hex: str
    proof_b64: str


def known_roots() -> dict[int, bytes]:
    roots = json.loads(KNOWN_ANSWERS.read_text())["roots"]
    return {root["n"]: bytes.fromhex(root["root_hex"]) for root in roots}


def known_proofs() -> dict[int, list[KnownProof]]:
    proofs: dict[int, list[KnownProof]] = {}
    for proof in json.loads(KNOWN_ANSWERS.read_text())["proofs"]:
        proofs.setdefault(proof["n"], []).append(proof)
    return proofs


def set_key(patricia: PatriciaMap, number: int, value_number: int) -> None:
    key, value = sha256(b"key %d" % number), sha256(b"val %d" % value_number)
    patricia.set(key.digest(), value.digest())


def check_known_proof(patricia: PatriciaMap, known: KnownProof) -> None:
    key = bytes.fromhex(known["key_hex"])
    value = bytes.fromhex(known["value_hex"]) if known["present"] else None

    proof = patricia.prove(key)

    assert render_index_proof(proof) == b64decode(known["proof_b64"])
    assert parse_index_proof(b64decode(known["proof_b64"])) == proof
    verify_map_proof(key, value, proof, patricia.root_hash())
    check_changed_proofs(key, value, proof, patricia.root_hash())


def check_changed_proofs(
    key: bytes, value: bytes | None, proof: IndexProof, root_hash: bytes
) -> None:
    rendered = render_index_proof(proof)
    for position in range(len(rendered)):
        changed = bytearray(rendered)
        changed[position] ^= 1
        with pytest.raises(ProofInvalid):
            verify_map_proof(key, value, parse_index_proof(bytes(changed)), root_hash)


def test_known_roots_and_proofs_to_100_000_keys() -> None:
    roots, proofs = known_roots(), known_proofs()
    patricia, count = PatriciaMap(), 0

    for size in sorted(size for size in roots if size >= 0):
        while count < size:
            set_key(patricia, count, count)
            count += 1
        assert patricia.root_hash() == roots[size]
        for known in proofs.pop(size, []):
            check_known_proof(patricia, known)
    set_key(patricia, 42, 4242)
    assert patricia.root_hash() == roots[OVERWRITTEN]
    for known in proofs.pop(OVERWRITTEN, []):
        check_known_proof(patricia, known)

    assert count == 100_000
    assert not proofs
