"""Checkpoints: three lines signed by the log whose name they bear."""

import pytest

from tests.support.transparency_builders import ORIGIN, a_key, with_one_bit_flipped
from transparency.checkpoints import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint_text,
    render_checkpoint_text,
    sign_checkpoint,
)
from transparency.encoding import MAX_TREE_SIZE, encode_base64
from transparency.errors import CheckpointNotSigned, MalformedCheckpoint
from transparency.hashing import EMPTY_ROOT_HASH
from transparency.notes import parse_note, render_note

KEY = a_key()
ROOT_HASH = bytes(range(32))
ROOT_LINE = encode_base64(ROOT_HASH).encode() + b"\n"


@pytest.mark.parametrize(
    "checkpoint",
    [
        Checkpoint(ORIGIN, 0, EMPTY_ROOT_HASH),
        Checkpoint(ORIGIN, 1, ROOT_HASH),
        Checkpoint("x", MAX_TREE_SIZE, ROOT_HASH),
    ],
)
def test_checkpoint_text_round_trip(checkpoint: Checkpoint) -> None:
    assert parse_checkpoint_text(render_checkpoint_text(checkpoint)) == checkpoint


def test_signed_checkpoint_round_trip() -> None:
    checkpoint = Checkpoint(ORIGIN, 7, ROOT_HASH)
    note = sign_checkpoint(checkpoint, KEY)

    signed = open_checkpoint(note, KEY.verification_key)

    assert signed.checkpoint == checkpoint
    assert signed.note == note


def test_extension_lines_of_others_are_tolerated() -> None:
    text = b"x\n7\n" + ROOT_LINE + b"an extension\nand another\n"

    assert parse_checkpoint_text(text) == Checkpoint("x", 7, ROOT_HASH)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"x\n7\n", id="two lines"),
        pytest.param(b"\n7\n" + ROOT_LINE, id="no origin"),
        pytest.param(b"\xff\n7\n" + ROOT_LINE, id="not UTF-8"),
        pytest.param(b"x\n07\n" + ROOT_LINE, id="leading zero"),
        pytest.param(b"x\n9223372036854775808\n" + ROOT_LINE, id="size too large"),
        pytest.param(b"x\n7\nAAAA\n", id="short root"),
        pytest.param(b"x\n7\n" + ROOT_LINE[:-1], id="no final line feed"),
        pytest.param(b"x\n7\n" + ROOT_LINE + b"\n", id="empty extension line"),
        pytest.param(b"x\n0\n" + ROOT_LINE, id="empty tree with another root"),
    ],
)
def test_malformed_checkpoint_is_refused(text: bytes) -> None:
    note = render_note(text, [KEY.sign(text)]) if text.endswith(b"\n") else text

    with pytest.raises(MalformedCheckpoint):
        parse_checkpoint_text(text)
    with pytest.raises((MalformedCheckpoint, CheckpointNotSigned)):
        open_checkpoint(note, KEY.verification_key)


def test_checkpoint_that_is_no_note_is_malformed() -> None:
    with pytest.raises(MalformedCheckpoint):
        open_checkpoint(b"example.com/log\n7\n" + ROOT_LINE, KEY.verification_key)


def test_checkpoint_signed_by_another_key_of_the_same_name_is_refused() -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 7, ROOT_HASH), a_key(seed_byte=2))

    with pytest.raises(CheckpointNotSigned):
        open_checkpoint(note, KEY.verification_key)


def test_checkpoint_of_another_log_is_refused_even_if_our_key_signed_it() -> None:
    text = render_checkpoint_text(Checkpoint("example.com/other", 7, ROOT_HASH))
    note = render_note(text, [KEY.sign(text)])

    with pytest.raises(CheckpointNotSigned, match="not one of"):
        open_checkpoint(note, KEY.verification_key)


def test_cosignatures_are_kept_in_the_note() -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 7, ROOT_HASH), KEY)
    text = parse_note(note).text
    cosigned = render_note(text, [KEY.sign(text), a_key("witness", 3).sign(text)])

    assert open_checkpoint(cosigned, KEY.verification_key).note == cosigned


def test_every_changed_byte_refuses_the_checkpoint() -> None:
    note = sign_checkpoint(Checkpoint(ORIGIN, 7, ROOT_HASH), KEY)

    for position in range(len(note)):
        with pytest.raises((MalformedCheckpoint, CheckpointNotSigned)):
            open_checkpoint(with_one_bit_flipped(note, position), KEY.verification_key)
