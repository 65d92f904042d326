"""Where each microsecond of one action goes: every step alone, over and over, in one process."""

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from api.bodies import RecordedAnswer, encode, parse_action
from bench.world import World, dossier_bodies
from ledger import bodies
from ledger.action_notes import OpenedText, open_text, verify_action
from ledger.private.vault import Keyring, PrivatePart, Vault
from transparency.hashing import leaf_hash
from transparency.index import StreamIndex
from transparency.merkle import MerkleTree
from transparency.notes import VerificationKey, check_signature, parse_vkey, render_vkey
from transparency.promises import Promise, sign_promise
from transparency.proofs import prove_inclusion
from transparency.receipts import Receipt, render_receipt

ROUNDS: Final = 2_000
TREE_SIZE: Final = 100_000


class _OneKey:
    """A key source that knows the officer."""

    def __init__(self, key: VerificationKey):
        self._key = key

    def find(self, key_name: str, stream: str) -> VerificationKey | None:
        """Give the officer's key by its name."""
        del stream
        return self._key if key_name == self._key.name else None


def measure(world: World) -> dict[str, float]:
    """Time the steps of an acceptance; microseconds per action, mean over 2,000."""
    raw = [accepted for _, accepted in dossier_bodies(world, ROUNDS)]
    submitted = [parse_action(body) for body in raw]
    opened = [open_text(action.note, world.origin) for action in submitted]
    key = parse_vkey(render_vkey(world.officer.verification_key))
    keys = _OneKey(key)
    steps: dict[str, float] = {}
    steps["HTTP body to submitted action"] = _mean(parse_action, raw)
    steps["note, canonical JSON, schema"] = _mean(
        lambda action: open_text(action.note, world.origin), submitted
    )
    steps["Ed25519 verification"] = _mean(
        lambda text: check_signature(key, text.signed.text, text.signed.signatures[0]), opened
    )
    steps["all checks of the web worker"] = _mean(
        lambda action: verify_action(action, world.origin, keys), submitted
    )
    steps["encrypt and store details, groups of 16"] = _vault(submitted, opened)
    steps["promise signed"] = _promise(world, opened)
    steps |= _log_steps(submitted)
    return {name: round(value, 2) for name, value in steps.items()}


def _mean(step: Callable[..., object], items: Sequence[object]) -> float:
    started = time.perf_counter()
    for item in items:
        step(item)
    return (time.perf_counter() - started) / len(items) * 1e6


def _vault(submitted: Sequence[object], opened: Sequence[OpenedText]) -> float:
    del submitted
    with tempfile.TemporaryDirectory() as folder:
        keyring = Keyring(Path(folder) / "keyring.sqlite3", bytes(32), os.urandom)
        vault = Vault(Path(folder) / "vault.sqlite3", keyring, "localhost/bench", os.urandom)
        salt = bytes(bodies.SALT_BYTES)
        parts = [
            PrivatePart(text.action.stream, 2, text.text_hash, salt, b'{"code":"H27-261121-0001"}')
            for text in opened
        ]
        groups = [parts[start : start + 16] for start in range(0, len(parts), 16)]
        took = _mean(lambda group: vault.store(group, "2026-11-21T00:00:00Z"), groups)
        vault.close()
        keyring.close()
    return took / 16


def _promise(world: World, opened: Sequence[OpenedText]) -> float:
    at = opened[0].action.at.instant
    assert at is not None

    def promise(text: OpenedText) -> bytes:
        promised = Promise(world.origin, leaf_hash(text.note), text.action.stream, 2, at, at)
        return sign_promise(promised, world.officer)

    return _mean(promise, opened)


def _log_steps(submitted: Sequence[object]) -> dict[str, float]:
    tree, index = MerkleTree(), StreamIndex()
    for number in range(TREE_SIZE):
        tree.append(number.to_bytes(32, "big"))
    notes = [bytes(getattr(action, "note")) for action in submitted]  # noqa: B009 - any object
    steps = {"leaf hash and tree": _mean(lambda note: tree.append(leaf_hash(note)), notes)}
    started = time.perf_counter()
    for number, note in enumerate(notes):
        index.append(leaf_hash(note), number)
        if number % 16 == 0:
            index.root_hash()
    steps["index, root every 16"] = (time.perf_counter() - started) / len(notes) * 1e6
    size = tree.tree_size
    proofs = [prove_inclusion(size - 1 - n, size, tree) for n in range(len(notes))]
    steps["inclusion proof"] = _mean(
        lambda number: prove_inclusion(size - 1 - number, size, tree), range(len(notes))
    )
    pairs = list(zip(notes, proofs, strict=True))
    steps["receipt and answer rendered"] = _mean(lambda pair: _answer(*pair), pairs)
    return steps


def _answer(note: bytes, proof: Sequence[bytes]) -> bytes:
    receipt = render_receipt(Receipt(note, 1, tuple(proof), b"o\n1\nr\n\n"))
    return encode(
        RecordedAnswer(entry_index=1, stream="", version=1, receipt=receipt.decode(), promise="")
    )
