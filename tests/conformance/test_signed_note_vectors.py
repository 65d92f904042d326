"""C2SP signed-note: the last example of the specification, key, text and signature line."""

import pytest

from tests.support.transparency_builders import with_one_bit_flipped
from transparency.errors import MalformedNote, SignatureInvalid
from transparency.notes import open_note, parse_vkey, render_note, render_vkey

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SIGNATURE_BASE64 = (
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
)
TEXT = b"This is an example message.\n"
NOTE = TEXT + f"\n\u2014 example.com/foo {SIGNATURE_BASE64}\n".encode()


def test_example_of_the_specification_is_opened_and_written_again() -> None:
    key = parse_vkey(VKEY)

    opened = open_note(NOTE, [key])

    assert opened.text == TEXT
    assert render_note(opened.text, opened.signatures) == NOTE
    assert render_vkey(key) == VKEY
    assert key.key_id.hex() == "530d903a"


def test_example_with_one_bit_changed_anywhere_is_refused() -> None:
    key = parse_vkey(VKEY)

    for position in range(len(NOTE)):
        with pytest.raises((MalformedNote, SignatureInvalid)):
            open_note(with_one_bit_flipped(NOTE, position), [key])
