"""Signed notes: form, keys, and which signatures count."""

from hashlib import sha256

import pytest

from tests.support.transparency_builders import a_key, with_one_bit_flipped
from transparency.encoding import encode_base64
from transparency.errors import MalformedKey, MalformedNote, SignatureInvalid
from transparency.notes import (
    COSIGNATURE_KEY_TYPE,
    MAX_NOTE_BYTES,
    MAX_SIGNATURE_LINES,
    MAX_VKEY_BYTES,
    NoteSignature,
    SigningKey,
    VerificationKey,
    check_signature,
    derive_key_name,
    open_note,
    parse_note,
    parse_vkey,
    render_note,
    render_vkey,
)

TEXT = b"first line\n\nthird line\n"
KEY = a_key("log.example", 1)
OTHER_KEY = a_key("witness.example", 2)


def a_line(name: str = "name", blob: bytes = b"keyidsignature") -> bytes:
    return f"\u2014 {name} {encode_base64(blob)}\n".encode()


def test_text_may_hold_empty_lines() -> None:
    note = render_note(TEXT, [KEY.sign(TEXT)])

    parsed = parse_note(note)

    assert parsed.text == TEXT
    assert parsed.signatures == (KEY.sign(TEXT),)


def test_rendered_note_is_read_back_in_the_order_of_its_signatures() -> None:
    signatures = (OTHER_KEY.sign(TEXT), KEY.sign(TEXT))

    assert parse_note(render_note(TEXT, signatures)).signatures == signatures


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\n\n", id="no signature line after the separator"),
        pytest.param(b"text\n", id="no separator"),
        pytest.param(b"text\n\n", id="no signature lines"),
        pytest.param(b"text\n\n" + a_line()[:-1], id="no final line feed"),
        pytest.param(b"text\n\n" + a_line() + b"\n", id="empty line after the signatures"),
        pytest.param(b"text\r\n\n" + a_line(), id="carriage return"),
        pytest.param(b"te\x00xt\n\n" + a_line(), id="zero byte"),
        pytest.param(b"te\xffxt\n\n" + a_line(), id="text is not UTF-8"),
        pytest.param(b"text\n\n" + a_line()[:-1] + b"\xff\n", id="line is not UTF-8"),
        pytest.param(b"text\n\n- name a2V5aWRz\n", id="hyphen instead of the dash"),
        pytest.param(b"text\n\n" + a_line("two words"), id="space in the key name"),
        pytest.param(b"text\n\n" + a_line("thin\u2009space"), id="Unicode space in the name"),
        pytest.param(b"text\n\n" + a_line("a+b"), id="plus in the key name"),
        pytest.param(b"text\n\n" + a_line(""), id="empty key name"),
        pytest.param(b"text\n\n" + a_line(blob=b"keyi"), id="key id without signature"),
        pytest.param(b"text\n\n\xe2\x80\x94 name !!!!\n", id="not base64"),
        pytest.param(b"text\n\n\xe2\x80\x94 name\n", id="no signature"),
        pytest.param(b"text\n\n" + a_line() * (MAX_SIGNATURE_LINES + 1), id="too many lines"),
        pytest.param(b"t" * MAX_NOTE_BYTES + b"\n\n" + a_line(), id="too long"),
    ],
)
def test_malformed_note_is_refused(note: bytes) -> None:
    with pytest.raises(MalformedNote):
        parse_note(note)


def test_note_at_its_limits_is_read() -> None:
    lines = a_line() * MAX_SIGNATURE_LINES
    filler = b"t" * (MAX_NOTE_BYTES - len(lines) - 2)
    note = filler + b"\n\n" + lines

    parsed = parse_note(note)

    assert len(note) == MAX_NOTE_BYTES
    assert len(parsed.signatures) == MAX_SIGNATURE_LINES


def test_signature_over_the_text_verifies() -> None:
    check_signature(KEY.verification_key, TEXT, KEY.sign(TEXT))


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(OTHER_KEY.sign(TEXT), id="by another key"),
        pytest.param(KEY.sign(TEXT + b"more\n"), id="over another text"),
        pytest.param(
            NoteSignature("another", KEY.verification_key.key_id, KEY.sign(TEXT).signature),
            id="another name",
        ),
        pytest.param(
            NoteSignature(KEY.name, b"\x00\x00\x00\x00", KEY.sign(TEXT).signature),
            id="another key id",
        ),
        pytest.param(
            NoteSignature(KEY.name, KEY.verification_key.key_id, KEY.sign(TEXT).signature[:-1]),
            id="cut off",
        ),
    ],
)
def test_wrong_signature_is_refused(signature: NoteSignature) -> None:
    with pytest.raises(SignatureInvalid):
        check_signature(KEY.verification_key, TEXT, signature)


def test_signature_that_borrows_bytes_of_the_text_is_refused() -> None:
    whole = KEY.sign(TEXT).signature
    borrowed = NoteSignature(KEY.name, KEY.verification_key.key_id, whole[:32])

    with pytest.raises(SignatureInvalid):
        check_signature(KEY.verification_key, whole[32:] + TEXT, borrowed)


def test_cosignature_keys_are_read_but_check_nothing_yet() -> None:
    key = VerificationKey(KEY.name, COSIGNATURE_KEY_TYPE, KEY.verification_key.public_key)
    line = NoteSignature(KEY.name, key.key_id, KEY.sign(TEXT).signature)

    assert parse_vkey(render_vkey(key)) == key
    with pytest.raises(SignatureInvalid, match="not an Ed25519 signature"):
        check_signature(key, TEXT, line)


def test_opened_note_holds_only_the_verified_lines() -> None:
    note = render_note(TEXT, [OTHER_KEY.sign(TEXT), KEY.sign(TEXT)])

    opened = open_note(note, [KEY.verification_key])

    assert opened.text == TEXT
    assert opened.signatures == (KEY.sign(TEXT),)


def test_wrong_line_by_an_unknown_key_is_ignored() -> None:
    stranger = NoteSignature("stranger", b"abcd", b"not a signature")
    same_name = NoteSignature(KEY.name, b"abcd", b"not a signature")
    note = render_note(TEXT, [stranger, same_name, KEY.sign(TEXT)])

    assert open_note(note, [KEY.verification_key]).signatures == (KEY.sign(TEXT),)


def test_wrong_line_by_a_known_key_refuses_the_note() -> None:
    wrong = OTHER_KEY.sign(b"another text\n")
    note = render_note(TEXT, [KEY.sign(TEXT), wrong])

    with pytest.raises(SignatureInvalid):
        open_note(note, [KEY.verification_key, OTHER_KEY.verification_key])


def test_known_key_that_signed_twice_refuses_the_note() -> None:
    note = render_note(TEXT, [KEY.sign(TEXT), KEY.sign(TEXT)])

    with pytest.raises(SignatureInvalid, match="twice"):
        open_note(note, [KEY.verification_key])


@pytest.mark.parametrize("known", [[], [OTHER_KEY.verification_key]], ids=["nobody", "another"])
def test_note_that_no_known_key_signed_is_refused(known: list[VerificationKey]) -> None:
    note = render_note(TEXT, [KEY.sign(TEXT)])

    with pytest.raises(SignatureInvalid):
        open_note(note, known)


def test_every_changed_byte_refuses_the_note() -> None:
    note = render_note(TEXT, [KEY.sign(TEXT)])

    for position in range(len(note)):
        with pytest.raises((MalformedNote, SignatureInvalid)):
            open_note(with_one_bit_flipped(note, position), [KEY.verification_key])


def test_verification_key_round_trip() -> None:
    text = render_vkey(KEY.verification_key)

    assert parse_vkey(text) == KEY.verification_key
    assert parse_vkey(text).key_id == KEY.verification_key.key_id


def a_vkey(key_type: int = 1, public_key: bytes = KEY.verification_key.public_key) -> str:
    """A verification key's text whose key id fits, however bad the rest is."""
    body = bytes([key_type]) + public_key
    key_id_hex = sha256(b"log.example\n" + body).hexdigest()[:8]
    return f"log.example+{key_id_hex}+{encode_base64(body)}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("log.example", id="no key"),
        pytest.param("log.example+00000000", id="two parts"),
        pytest.param(a_vkey().replace("log.example", "log example"), id="space in the name"),
        pytest.param(a_vkey().replace("log.example", ""), id="no name"),
        pytest.param(a_vkey().replace("log.example", "log.exampl3"), id="key id of another name"),
        pytest.param(a_vkey().replace("log.example", "\ud800"), id="lone surrogate"),
        pytest.param(a_vkey().upper(), id="uppercase"),
        pytest.param(a_vkey() + "=", id="not base64"),
        pytest.param(a_vkey(public_key=b"short"), id="short public key"),
        pytest.param(a_vkey(key_type=2), id="unsupported type"),
        pytest.param(a_vkey(public_key=bytes(32)), id="low order"),
        pytest.param(a_vkey(public_key=b"\x01" + bytes(31)), id="neutral element"),
        pytest.param(a_vkey(public_key=b"\xff" * 32), id="non canonical"),
        pytest.param("n" * MAX_VKEY_BYTES + a_vkey(), id="too long"),
    ],
)
def test_malformed_or_unsafe_verification_key_is_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse_vkey(text)


def test_key_name_is_derived_from_kind_and_public_key() -> None:
    key = SigningKey.named_after_kind("officer", b"\x05" * 32)

    assert key.name == derive_key_name("officer", key.verification_key.public_key)
    assert key.name.startswith("officer-")
    assert len(key.name) == len("officer-") + 16


def test_representation_of_a_signing_key_does_not_show_the_secret() -> None:
    key = SigningKey("log.example", b"\x07" * 32)

    assert repr(b"\x07" * 32) not in repr(key)
    assert "seed" not in repr(key)
    assert "secret" not in repr(key)
