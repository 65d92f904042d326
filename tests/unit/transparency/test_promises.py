"""Promises and refusals: signed, canonical, and read by nothing but their own form."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.transparency_builders import a_key
from transparency.encoding import encode_base64
from transparency.errors import MalformedPromise, SignatureInvalid
from transparency.notes import render_note
from transparency.promises import (
    MAX_STATEMENT_BYTES,
    MAX_VERSION,
    Promise,
    Refusal,
    open_promise,
    open_refusal,
    sign_promise,
    sign_refusal,
)

KEY = a_key("promise-0123456789abcdef", 4)
AT = datetime(2026, 11, 21, 8, 3, 11, tzinfo=UTC)
HASH = bytes(range(32))
HASH_BASE64 = encode_base64(HASH)
PROMISE = Promise("x.org", HASH, "dossier:1", 3, AT, AT + timedelta(hours=1))
REFUSAL = Refusal("x.org", HASH, "stale_version")
TYPE_LINE = b"dossier-ledger/promise@v1\n"
MEMBERS = (
    f'{{"leaf_hash":"{HASH_BASE64}","ledger":"x.org","promised_at":"2026-11-21T08:03:11Z",'
    '"publish_by":"2026-11-21T09:03:11Z","stream":"dossier:1","version":3}'
).encode()


def signed(text: bytes) -> bytes:
    return render_note(text, [KEY.sign(text)])


def test_promise_round_trip_to_the_byte() -> None:
    note = sign_promise(PROMISE, KEY)

    assert note == signed(TYPE_LINE + MEMBERS + b"\n")
    assert open_promise(note, KEY.verification_key) == PROMISE


def test_promise_of_what_enters_in_anothers_place_says_so() -> None:
    promise = replace(PROMISE, published_as="H27 step")
    note = sign_promise(promise, KEY)

    assert b'"published_as":"H27 step","stream"' in note
    assert open_promise(note, KEY.verification_key) == promise


def test_refusal_round_trip_to_the_byte() -> None:
    members = f'{{"code":"stale_version","ledger":"x.org","text_hash":"{HASH_BASE64}"}}\n'
    note = sign_refusal(REFUSAL, KEY)

    assert note == signed(b"dossier-ledger/refusal@v1\n" + members.encode())
    assert open_refusal(note, KEY.verification_key) == REFUSAL


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"a note\n", id="one line"),
        pytest.param(b"dossier-ledger/refusal@v1\n" + MEMBERS + b"\n", id="another type line"),
        pytest.param(TYPE_LINE + b"{}\n", id="no members"),
        pytest.param(TYPE_LINE + b"[]\n", id="not an object"),
        pytest.param(TYPE_LINE + b"{\n", id="not JSON"),
        pytest.param(TYPE_LINE + MEMBERS + b"\n\n", id="a line too many"),
        pytest.param(TYPE_LINE + MEMBERS + b" \n", id="space"),
        pytest.param(TYPE_LINE + MEMBERS.replace(b"r:1", b"r:\\u0031") + b"\n", id="escape"),
        pytest.param(TYPE_LINE + MEMBERS.replace(b":3", b":3.0") + b"\n", id="not an integer"),
        pytest.param(TYPE_LINE + MEMBERS.replace(b":3", b":true") + b"\n", id="truth for a number"),
        pytest.param(TYPE_LINE + MEMBERS.replace(b":3", b":0") + b"\n", id="version zero"),
        pytest.param(
            TYPE_LINE + MEMBERS.replace(b":3", b":%d" % (MAX_VERSION + 1)) + b"\n",
            id="version too large",
        ),
        pytest.param(TYPE_LINE + MEMBERS.replace(b'"x.org"', b"7") + b"\n", id="number for text"),
        pytest.param(TYPE_LINE + MEMBERS.replace(b"11Z", b"11.0Z") + b"\n", id="fraction"),
        pytest.param(TYPE_LINE + MEMBERS.replace(b"AAEC", b"AAE=") + b"\n", id="bad hash"),
        pytest.param(TYPE_LINE + MEMBERS.replace(b"}", b',"z":1}') + b"\n", id="unknown member"),
        pytest.param(TYPE_LINE + MEMBERS.replace(b"x.org", b"\xc3\xa9") + b"\n", id="not ASCII"),
        pytest.param(
            TYPE_LINE + MEMBERS.replace(b"x.org", b"x" * MAX_STATEMENT_BYTES) + b"\n", id="too long"
        ),
    ],
)
def test_malformed_statement_is_refused_though_signed(text: bytes) -> None:
    note = signed(text)

    with pytest.raises(MalformedPromise):
        open_promise(note, KEY.verification_key)
    with pytest.raises(MalformedPromise):
        open_refusal(note, KEY.verification_key)


def test_bytes_that_are_no_note_are_malformed() -> None:
    with pytest.raises(MalformedPromise):
        open_promise(b"no note", KEY.verification_key)


def test_promise_by_another_key_is_refused() -> None:
    note = sign_promise(PROMISE, a_key(KEY.name, 5))

    with pytest.raises(SignatureInvalid):
        open_promise(note, KEY.verification_key)


def test_promise_is_not_taken_for_a_refusal() -> None:
    with pytest.raises(MalformedPromise):
        open_refusal(sign_promise(PROMISE, KEY), KEY.verification_key)
    with pytest.raises(MalformedPromise):
        open_promise(sign_refusal(REFUSAL, KEY), KEY.verification_key)
