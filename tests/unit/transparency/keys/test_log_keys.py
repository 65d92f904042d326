"""Which key of a log may sign which checkpoint, at and beside the edges."""

import pytest

from transparency.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from transparency.errors import CheckpointNotSigned, MalformedCheckpoint
from transparency.log_keys import KeyPeriod, LogKeys
from transparency.notes import SigningKey, render_note

ORIGIN = "example.com/log"
OLD, NEW = (SigningKey(ORIGIN, bytes([number]) * 32) for number in (1, 2))
KEYS = LogKeys(
    ORIGIN, (KeyPeriod(OLD.verification_key, 0, 900), KeyPeriod(NEW.verification_key, 801))
)
NOBODY_AT_FIRST = LogKeys(ORIGIN, (KeyPeriod(NEW.verification_key, 801, 900),))


def _checkpoint(size: int) -> Checkpoint:
    return Checkpoint(ORIGIN, size, bytes([size % 256]) * 32)


@pytest.mark.parametrize(
    ("size", "may_sign"),
    [(1, [OLD]), (800, [OLD]), (801, [OLD, NEW]), (900, [OLD, NEW]), (901, [NEW])],
)
def test_keys_sign_from_their_first_size_to_their_last(
    size: int, may_sign: list[SigningKey]
) -> None:
    for key in (OLD, NEW):
        note = sign_checkpoint(_checkpoint(size), key)
        if key in may_sign:
            assert open_checkpoint(note, KEYS).checkpoint.tree_size == size
        else:
            with pytest.raises(CheckpointNotSigned):
                open_checkpoint(note, KEYS)


def test_a_wrong_line_of_either_key_refuses_the_checkpoint() -> None:
    wrong = NEW.sign(b"another text\n")

    with pytest.raises(CheckpointNotSigned):
        open_checkpoint(sign_checkpoint(_checkpoint(850), OLD, more_lines=[wrong]), KEYS)


def test_a_line_of_a_key_beyond_its_sizes_counts_for_nothing() -> None:
    note = sign_checkpoint(_checkpoint(950), NEW, more_lines=[OLD.sign(b"another text\n")])

    assert open_checkpoint(note, KEYS).checkpoint.tree_size == 950


def test_a_size_that_no_key_signs_is_refused_even_with_a_good_signature() -> None:
    with pytest.raises(CheckpointNotSigned):
        open_checkpoint(sign_checkpoint(_checkpoint(1000), NEW), NOBODY_AT_FIRST)


def test_what_is_no_checkpoint_is_malformed_if_the_log_signed_it() -> None:
    note = render_note(b"no checkpoint\n", [OLD.sign(b"no checkpoint\n")])

    with pytest.raises(MalformedCheckpoint):
        open_checkpoint(note, KEYS)


def test_keys_have_the_name_of_their_log() -> None:
    assert KEYS.name == KEYS.origin == KEYS.first.name == ORIGIN
