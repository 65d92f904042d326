"""Seals: bytes of the entry, and what is no seal."""

from datetime import UTC, datetime

import pytest

from transparency.encoding import encode_base64
from transparency.errors import MalformedSeal
from transparency.seals import Seal, is_seal, parse_seal, render_seal
from transparency.tiles import MAX_ENTRY_BYTES

AT = datetime(2026, 11, 21, 8, 3, 11, 7_000, tzinfo=UTC)
ROOT_HASH = bytes(range(32))
CHECKPOINT = b"x\n7\nroot\nextension\n\n\xe2\x80\x94 x c2lnbmF0dXJl\n"
HEAD = b"dossier-ledger/seal@v1\n"
ROOT_LINE = encode_base64(ROOT_HASH).encode() + b"\n"
TIME_LINE = b"2026-11-21T08:03:11.007Z\n"


@pytest.mark.parametrize(
    "seal",
    [
        pytest.param(Seal(0, ROOT_HASH, AT, b""), id="first of a log"),
        pytest.param(Seal(8, ROOT_HASH, AT, CHECKPOINT), id="with a previous checkpoint"),
    ],
)
def test_seal_round_trip(seal: Seal) -> None:
    entry = render_seal(seal)

    assert is_seal(entry)
    assert parse_seal(entry) == seal


def test_seal_is_written_to_the_byte() -> None:
    entry = render_seal(Seal(8, ROOT_HASH, AT, CHECKPOINT))

    assert entry == HEAD + b"8\n" + ROOT_LINE + TIME_LINE + b"\n" + CHECKPOINT


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"dossier-ledger/action@v1\n{}\n", id="an action"),
        pytest.param(b"dossier-ledger/seal@v2\n8\n", id="another version"),
        pytest.param(HEAD, id="type line only"),
        pytest.param(HEAD + b"8\n" + ROOT_LINE + TIME_LINE, id="no empty line"),
        pytest.param(HEAD + b"08\n" + ROOT_LINE + TIME_LINE + b"\n", id="leading zero"),
        pytest.param(HEAD + b"8\nAAAA\n" + TIME_LINE + b"\n", id="short root"),
        pytest.param(HEAD + b"8\n" + ROOT_LINE + b"2026-11-21T08:03:11Z\n\n", id="whole seconds"),
        pytest.param(HEAD + b"8\n" + ROOT_LINE + TIME_LINE + b"more\n\n", id="a line too many"),
        pytest.param(
            HEAD + b"8\n" + ROOT_LINE + b"2200-01-01T00:00:00.000Z\n\n", id="after all years"
        ),
        pytest.param(
            HEAD + b"8\n" + ROOT_LINE + b"1899-12-31T23:59:59.999Z\n\n", id="before all years"
        ),
        pytest.param(HEAD + b"\xff\n" + ROOT_LINE + TIME_LINE + b"\n", id="not UTF-8"),
        pytest.param(
            HEAD + b"8\n" + ROOT_LINE + TIME_LINE + b"\n" + b"x" * MAX_ENTRY_BYTES, id="too large"
        ),
        pytest.param(HEAD + b"8\n" + ROOT_LINE + TIME_LINE[:-1], id="head without line feed"),
    ],
)
def test_malformed_seal_is_refused(entry: bytes) -> None:
    with pytest.raises(MalformedSeal):
        parse_seal(entry)


def test_action_is_no_seal() -> None:
    assert not is_seal(b"dossier-ledger/action@v1\n{}\n")
