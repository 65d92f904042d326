"""ML-DSA-44 lines: they verify, wrong ones are refused, and who does not know them passes over."""

import importlib
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.transparency_builders import with_one_bit_flipped
from transparency.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from transparency.errors import MalformedKey, MldsaUnavailable, SignatureInvalid
from transparency.notes import NoteSignature, SigningKey, parse_note, render_note
from transparency.witnessing.mldsa import (
    MLDSA_SIGNATURE_BYTES,
    MldsaSigningKey,
    check_mldsa_line,
    parse_mldsa_vkey,
    render_mldsa_vkey,
)

ORIGIN = "example.com/log"
KEY = SigningKey(ORIGIN, bytes([1]) * 32)
MLDSA = MldsaSigningKey(ORIGIN, bytes([2]) * 32)
CHECKPOINT = Checkpoint(ORIGIN, 70_000, bytes([3]) * 32)


def _note(*lines: NoteSignature, checkpoint: Checkpoint = CHECKPOINT) -> bytes:
    return sign_checkpoint(checkpoint, KEY, more_lines=lines)


def test_line_beside_the_logs_own_verifies_and_changes_nothing_for_others() -> None:
    note = _note(MLDSA.sign(CHECKPOINT))

    assert check_mldsa_line(note, MLDSA.public)
    assert open_checkpoint(note, KEY.verification_key).checkpoint == CHECKPOINT


def test_checkpoint_without_the_line_has_none() -> None:
    assert not check_mldsa_line(_note(), MLDSA.public)


def test_line_has_the_length_that_the_specification_gives() -> None:
    line = MLDSA.sign(CHECKPOINT)

    assert len(line.key_id + line.signature) == 4 + 8 + 2420


@pytest.mark.parametrize(
    "other",
    [
        Checkpoint(ORIGIN, 70_001, bytes([3]) * 32),
        Checkpoint(ORIGIN, 70_000, bytes([4]) * 32),
        Checkpoint("example.com/lag", 70_000, bytes([3]) * 32),
    ],
    ids=["another size", "another root", "another origin"],
)
def test_line_of_another_checkpoint_is_refused(other: Checkpoint) -> None:
    note = _note(MLDSA.sign(other))

    with pytest.raises(SignatureInvalid):
        check_mldsa_line(note, MLDSA.public)


@pytest.mark.parametrize("position", [4, 7, 8, 600, 2427])
def test_line_with_one_bit_changed_is_refused(position: int) -> None:
    line = MLDSA.sign(CHECKPOINT)
    signature = with_one_bit_flipped(line.signature, position)

    with pytest.raises(SignatureInvalid):
        check_mldsa_line(_note(NoteSignature(ORIGIN, line.key_id, signature)), MLDSA.public)


def test_line_of_another_length_is_refused() -> None:
    line = MLDSA.sign(CHECKPOINT)
    short = NoteSignature(ORIGIN, line.key_id, line.signature[:MLDSA_SIGNATURE_BYTES])

    with pytest.raises(SignatureInvalid):
        check_mldsa_line(_note(short), MLDSA.public)


def test_two_lines_of_one_key_are_refused() -> None:
    with pytest.raises(SignatureInvalid):
        check_mldsa_line(_note(MLDSA.sign(CHECKPOINT), MLDSA.sign(CHECKPOINT)), MLDSA.public)


def test_origin_too_long_for_the_signed_bytes_is_refused() -> None:
    origin = "x" * 256
    checkpoint = Checkpoint(origin, 1, bytes(32))
    text = parse_note(sign_checkpoint(checkpoint, SigningKey(origin, bytes(32)))).text
    line = MLDSA.sign(CHECKPOINT)

    with pytest.raises(SignatureInvalid):
        check_mldsa_line(render_note(text, [line]), MLDSA.public)


def test_vkey_makes_the_round_trip() -> None:
    assert parse_mldsa_vkey(render_mldsa_vkey(MLDSA.public)) == MLDSA.public


VKEY = render_mldsa_vkey(MLDSA.public)


@pytest.mark.parametrize(
    "text",
    [
        "",
        VKEY.replace(ORIGIN, "an other"),
        VKEY.replace("+", "-", 1),
        VKEY[:-4],
        VKEY.replace("+B", "+A", 1),
        VKEY.replace(ORIGIN, "example.com/lag"),
        VKEY.replace(ORIGIN, "x" * 256),
        VKEY + "é",
    ],
    ids=[
        "nothing", "name with a space", "one plus", "cut", "another type", "another name",
        "name too long", "not ASCII",
    ],
)  # fmt: skip
def test_malformed_vkey_is_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse_mldsa_vkey(text)


@given(st.text())
def test_any_text_is_a_vkey_or_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse_mldsa_vkey(text)


def test_where_the_library_is_missing_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    note = _note(MLDSA.sign(CHECKPOINT))

    def missing(name: str) -> ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)

    with pytest.raises(MldsaUnavailable):
        MldsaSigningKey(ORIGIN, bytes(32))
    with pytest.raises(MldsaUnavailable):
        check_mldsa_line(note, MLDSA.public)
    # Whoever does not ask for the line needs no library.
    assert not check_mldsa_line(_note(), MLDSA.public)
