"""Cosignatures: the bytes of tlog-cosignature version 1, and what is refused."""

import pytest

from tests.support.transparency_builders import a_key, a_log, with_one_bit_flipped
from transparency.checkpoints import open_checkpoint
from transparency.cosignatures import (
    MAX_POSIX_SECONDS,
    add_signature_lines,
    cosign,
    cosigner_key,
    open_cosignature,
    open_cosignatures,
    parse_signature_lines,
    render_signature_lines,
)
from transparency.errors import MalformedNote, SignatureInvalid
from transparency.notes import (
    MAX_SIGNATURE_LINES,
    NoteSignature,
    VerificationKey,
    parse_note,
    render_vkey,
)
from transparency.tile_store import MemoryTileStore

WITNESS = a_key("witness.example/w1", 9)
KEY = cosigner_key(WITNESS)
SECONDS = 1679315147
NOTE = a_log(MemoryTileStore(), 7).signed_checkpoint().note
TEXT = parse_note(NOTE).text

# Made by aics-tlog 0.2.1 (`sign_cosignature`) from the same seed, time and checkpoint, and
# accepted by tlog-scales 0.0.3; the second has an extension line after the checkpoint's three.
KNOWN_LINE = (
    "\u2014 witness.example/w1 JLXZ/gAAAABkGFDL6pPVuNwRijawLWo0eROVCWKRP3mX+WLRetXgho9b"
    "yO+EvNJIISfT5AAEMiI0iKgaDiUxtPnruCblRMDi8B3/Dg==\n"
)
KNOWN_SIGNATURE_WITH_EXTENSION = bytes.fromhex(
    "17c44369a96571f3b747d7124be498e9e3ef07d4683aa48df0f325cbb2fb7f86"
    "ba4b7101adcd3d6a320a6aa2d08af74822bbfa3d660df6df029332c81fc67a06"
)


def test_line_is_the_one_that_another_program_writes() -> None:
    line = cosign(TEXT, WITNESS, SECONDS)

    assert render_signature_lines([line]).decode() == KNOWN_LINE
    assert open_cosignature(TEXT, KEY, line).posix_seconds == SECONDS


def test_extension_lines_are_signed_too() -> None:
    text = TEXT + b"an extension\n"

    line = cosign(text, WITNESS, SECONDS)

    assert line.signature[8:] == KNOWN_SIGNATURE_WITH_EXTENSION
    with pytest.raises(SignatureInvalid):
        open_cosignature(TEXT, KEY, line)


def test_key_id_is_of_type_four() -> None:
    assert render_vkey(KEY) == (
        "witness.example/w1+24b5d9fe+BP0XJDhaoMdbZPt4zWAvodmR/ev3axPFjtcC6sg16fYY"
    )
    assert KEY.key_id != WITNESS.verification_key.key_id


@pytest.mark.parametrize("posix_seconds", [0, 1, MAX_POSIX_SECONDS])
def test_moments_at_the_limits_are_read(posix_seconds: int) -> None:
    opened = open_cosignature(TEXT, KEY, cosign(TEXT, WITNESS, posix_seconds))

    assert opened.posix_seconds == posix_seconds
    assert (opened.cosigned_at is None) == (posix_seconds == MAX_POSIX_SECONDS)


def test_moment_beyond_the_limit_is_refused() -> None:
    line = cosign(TEXT, WITNESS, 0)
    beyond = NoteSignature(
        line.key_name, line.key_id, (2**63).to_bytes(8, "big") + line.signature[8:]
    )

    with pytest.raises(SignatureInvalid, match="beyond"):
        open_cosignature(TEXT, KEY, beyond)


def test_line_with_one_bit_changed_anywhere_is_refused() -> None:
    line = cosign(TEXT, WITNESS, SECONDS)

    for position in range(len(line.signature)):
        changed = with_one_bit_flipped(line.signature, position)
        with pytest.raises(SignatureInvalid):
            open_cosignature(TEXT, KEY, NoteSignature(line.key_name, line.key_id, changed))


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (cosigner_key(a_key("witness.example/w1", 8)), cosign(TEXT, WITNESS, 1)),
        (cosigner_key(a_key("witness.example/w2", 9)), cosign(TEXT, WITNESS, 1)),
        (WITNESS.verification_key, WITNESS.sign(TEXT)),
        (KEY, NoteSignature(KEY.name, KEY.key_id, bytes(71))),
        (KEY, NoteSignature(KEY.name, KEY.key_id, WITNESS.sign(TEXT).signature)),
    ],
    ids=["another key", "another name", "a note's key", "too short", "a note's signature"],
)
def test_line_that_is_no_cosignature_of_the_key_is_refused(
    key: VerificationKey, line: NoteSignature
) -> None:
    with pytest.raises(SignatureInvalid):
        open_cosignature(TEXT, key, line)


def test_cosignatures_under_a_checkpoint_leave_the_log_s_signature_alone() -> None:
    other = a_key("witness.example/w2", 10)
    note = add_signature_lines(NOTE, [cosign(TEXT, WITNESS, 5), cosign(TEXT, other, 6)])

    found = open_cosignatures(note, [KEY])

    assert [(each.key, each.posix_seconds) for each in found] == [(KEY, 5)]
    assert open_checkpoint(note, a_key().verification_key).checkpoint.tree_size == 7
    assert open_cosignatures(NOTE, [KEY]) == ()


def test_fresh_line_takes_the_place_of_the_same_witness_s_old_one() -> None:
    note = add_signature_lines(NOTE, [cosign(TEXT, WITNESS, 5)])

    refreshed = add_signature_lines(note, [cosign(TEXT, WITNESS, 6)])

    assert [each.posix_seconds for each in open_cosignatures(refreshed, [KEY])] == [6]
    assert len(parse_note(refreshed).signatures) == 2


def test_known_witness_with_two_lines_or_a_wrong_one_is_refused() -> None:
    twice = NOTE + render_signature_lines([cosign(TEXT, WITNESS, 5), cosign(TEXT, WITNESS, 6)])
    wrong = NOTE + render_signature_lines([cosign(b"other\n", WITNESS, 5)])

    for note in (twice, wrong):
        with pytest.raises(SignatureInvalid):
            open_cosignatures(note, [KEY])


def test_note_takes_no_more_lines_than_its_readers_do() -> None:
    lines = [cosign(TEXT, a_key(f"w{number}", 1 + number), 1) for number in range(63)]

    full = add_signature_lines(NOTE, lines)

    assert len(parse_note(full).signatures) == MAX_SIGNATURE_LINES
    with pytest.raises(MalformedNote):
        add_signature_lines(full, [cosign(TEXT, WITNESS, 1)])


def test_lines_alone_are_read_as_they_were_written() -> None:
    lines = (cosign(TEXT, WITNESS, 5), cosign(TEXT, a_key("w2", 10), 6))

    assert parse_signature_lines(render_signature_lines(lines)) == lines


@pytest.mark.parametrize("data", [b"", b"\n", b"x\n", b"x\n\n" + KNOWN_LINE.encode()])
def test_what_is_not_signature_lines_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedNote):
        parse_signature_lines(data)
