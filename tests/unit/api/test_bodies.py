"""Request bodies: any bytes give a body or one clear error."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.bodies import parse_action, parse_lookup
from api.errors import BodyTooLarge, MalformedBody, UnsupportedMediaType
from api.uploads import check_media_type, split_lines
from transparency.encoding import encode_base64

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
SENT = st.fixed_dictionaries(
    {"note": JSON_VALUES},
    optional={
        "details": JSON_VALUES | st.fixed_dictionaries({"salt": st.text(), "body": st.text()}),
        "document": JSON_VALUES,
    },
)


@given(st.binary())
@example(b"\xff")
@example(b'{"note":"\\ud800"}')
@example(b"[" * 100_000)
@example(b'{"note":"a","note":"b"}')
def test_any_bytes_are_an_action_or_malformed(body: bytes) -> None:
    try:
        parse_action(body)
    except MalformedBody as error:
        assert error.code == "malformed_body"


@given(SENT)
def test_any_json_is_an_action_or_malformed(sent: dict[str, object]) -> None:
    try:
        submitted = parse_action(msgspec.json.encode(sent))
    except MalformedBody:
        return

    assert submitted.note.decode() == sent["note"]


@given(st.binary())
def test_any_bytes_are_a_lookup_or_malformed(body: bytes) -> None:
    try:
        parse_lookup(body)
    except MalformedBody as error:
        assert error.code == "malformed_body"


def test_action_keeps_every_byte_of_note_details_and_document() -> None:
    body = msgspec.json.encode(
        {
            "note": "text\n\n— sig\n",
            "details": {"salt": encode_base64(bytes(32)), "body": '{"name":"Đặng"}'},
            "document": "văn bản\n",
        }
    )

    submitted = parse_action(body)

    assert submitted.note == "text\n\n— sig\n".encode()
    assert submitted.salt == bytes(32)
    assert submitted.details == '{"name":"Đặng"}'.encode()
    assert submitted.document == "văn bản\n".encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"note":1}',
        b'{"note":"x","unknown":1}',
        b'{"note":"x","details":{"salt":"%%%%","body":"{}"}}',
        b'{"note":"x","details":{"salt":"AA==","body":"{}","more":1}}',
        b'{"note":"x"} {}',
        b'\xef\xbb\xbf{"note":"x"}',
    ],
)
def test_body_of_another_shape_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedBody):
        parse_action(body)


@given(st.lists(st.binary().filter(lambda line: b"\n" not in line), max_size=8))
def test_lines_come_back_in_order(lines: list[bytes]) -> None:
    body = b"".join(line + b"\n" for line in lines)

    assert split_lines(body, max_lines=8) == lines


def test_last_line_may_lack_its_line_feed() -> None:
    assert split_lines(b"a\nb", max_lines=2) == [b"a", b"b"]


def test_one_line_over_the_limit_is_too_many() -> None:
    assert len(split_lines(b"a\n" * 3, max_lines=3)) == 3
    with pytest.raises(BodyTooLarge):
        split_lines(b"a\n" * 4, max_lines=3)


@pytest.mark.parametrize(
    ("content_type", "coding"),
    [
        (None, None),
        ("text/plain", None),
        ("application/json; charset=latin-1", None),
        ("application/json", "gzip"),
    ],
)
def test_other_media_types_and_codings_are_refused(
    content_type: str | None, coding: str | None
) -> None:
    with pytest.raises(UnsupportedMediaType):
        check_media_type(content_type, coding, "application/json")


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON", 'application/json; charset="UTF-8"']
)
def test_other_spellings_of_the_media_type_are_read(content_type: str) -> None:
    check_media_type(content_type, None, "application/json")
