"""Shared spellings: one spelling per value, and no other is read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from transparency.encoding import (
    MAX_TREE_SIZE,
    decode_base64,
    encode_base64,
    encode_u64,
    parse_decimal,
    parse_utc_milliseconds,
    parse_utc_seconds,
    render_utc_milliseconds,
    render_utc_seconds,
)


@pytest.mark.parametrize("data", [b"", b"\x00", b"ab", b"abc", bytes(range(256))])
def test_base64_round_trip(data: bytes) -> None:
    assert decode_base64(encode_base64(data)) == data


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("YQ", id="missing padding"),
        pytest.param("YR==", id="unused bits are set"),
        pytest.param("YQ==\n", id="line feed after it"),
        pytest.param("YW Jj", id="space inside"),
        pytest.param("YWJ_", id="alphabet of addresses"),
        pytest.param("YQ==YQ==", id="padding inside"),
        pytest.param("é===", id="not ASCII"),
        pytest.param("=", id="only padding"),
    ],
)
def test_base64_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode_base64(text)


def test_base64_of_another_size_is_refused() -> None:
    assert decode_base64("YWJj", size_bytes=3) == b"abc"
    with pytest.raises(ValueError, match="3 bytes, not 4"):
        decode_base64("YWJj", size_bytes=4)


@pytest.mark.parametrize("value", [0, 1, 10, 70_000, MAX_TREE_SIZE])
def test_decimal_round_trip(value: int) -> None:
    assert parse_decimal(str(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        " 1",
        "1 ",
        "01",
        "00",
        "1_0",
        "1.0",
        "²",
        "\u0661",
        "1\n",
        str(MAX_TREE_SIZE + 1),
        "9" * 20,
        "9" * 10000,
    ],
)
def test_decimal_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="decimal number"):
        parse_decimal(text)


def test_u64_is_eight_bytes_with_the_highest_first() -> None:
    assert encode_u64(0) == bytes(8)
    assert encode_u64(258) == b"\x00\x00\x00\x00\x00\x00\x01\x02"
    assert encode_u64(2**64 - 1) == b"\xff" * 8


def test_instants_are_written_with_seconds_or_milliseconds() -> None:
    instant = datetime(2026, 11, 21, 8, 3, 11, tzinfo=UTC)

    assert render_utc_seconds(instant) == "2026-11-21T08:03:11Z"
    assert render_utc_milliseconds(instant) == "2026-11-21T08:03:11.000Z"
    assert parse_utc_seconds("2026-11-21T08:03:11Z") == instant
    assert parse_utc_milliseconds("2026-11-21T08:03:11.000Z") == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T08:03:11",
        "2026-11-21T08:03:11+00:00",
        "2026-11-21 08:03:11Z",
        "2026-11-21Z",
        "2026-11-21T08:03:11.000Z",
        "2026-02-30T08:03:11Z",
        "20261121T080311Z",
        "Z",
        "x",
        "2026-11-21T08:03:11+01:00Z",
        "2026-11-21T08:03Z",
        "0000-01-01T00:00:00Z",
    ],
)
def test_instant_in_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_utc_seconds(text)


def test_instant_that_the_format_cannot_hold_is_our_mistake() -> None:
    with pytest.raises(AssertionError):
        render_utc_seconds(datetime(2026, 11, 21, 8, 3, 11, 1, tzinfo=UTC))
    with pytest.raises(AssertionError):
        render_utc_milliseconds(datetime(2026, 11, 21, 8, 3, 11, 1, tzinfo=UTC))
    with pytest.raises(AssertionError):
        render_utc_seconds(datetime(2026, 11, 21, 8, 3, tzinfo=timezone(timedelta(hours=7))))
