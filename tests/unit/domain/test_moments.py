"""Moments: reading, writing, days in a zone, and comparing what is known to the day only."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.errors import MalformedMoment
from domain.moments import (
    Moment,
    is_before,
    moment_at,
    parse_moment,
    render_moment,
    seconds_between,
)
from tests.support.builders import ZONE


@pytest.mark.parametrize("text", ["2026-11-21T08:03:11Z", "2026-11-21", "1900-01-01", "2199-12-31"])
def test_moment_is_written_as_it_was_read(text: str) -> None:
    moment = parse_moment(text)

    assert render_moment(moment) == text
    assert moment.is_day_only == (len(text) == 10)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("2026-11-21T08:03:11+00:00", id="offset instead of Z"),
        pytest.param("2026-11-21T08:03:11.5Z", id="fraction"),
        pytest.param("2026-11-21t08:03:11z", id="lower case"),
        pytest.param("2026-11-21 08:03:11Z", id="space"),
        pytest.param("2026-11-21\n", id="line feed at the end"),
        pytest.param("2026-02-30", id="no such day"),
        pytest.param("2026-11-21T24:00:00Z", id="no such hour"),
        pytest.param("2026-11-21T23:59:60Z", id="leap second"),
        pytest.param("1899-12-31", id="before the first year"),
        pytest.param("2200-01-01", id="after the last year"),
        pytest.param("٢٠٢٦-11-21", id="digits of another script"),
    ],
)
def test_text_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(MalformedMoment):
        parse_moment(text)


@pytest.mark.parametrize("text", ["2026-11-21T08:03:11Z", "2026-11-21", "1900-01-01", "2199-12-31"])
def test_moment_that_was_read_otherwise_is_the_same(text: str) -> None:
    read = datetime if text.endswith("Z") else date

    assert moment_at(read.fromisoformat(text)) == parse_moment(text)


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(datetime(2026, 11, 21, 8), id="no zone"),  # noqa: DTZ001
        pytest.param(datetime(2026, 11, 21, 8, tzinfo=timezone(timedelta(hours=7))), id="zone"),
        pytest.param(datetime(2026, 11, 21, 8, 0, 0, 500_000, tzinfo=UTC), id="fraction"),
        pytest.param(datetime(1899, 12, 31, 8, tzinfo=UTC), id="too early"),
        pytest.param(date(2200, 1, 1), id="too late"),
    ],
)
def test_moment_that_no_text_says_is_refused(at: date) -> None:
    with pytest.raises(MalformedMoment):
        moment_at(at)


def test_day_of_an_instant_is_the_offices_day() -> None:
    late_evening_utc = parse_moment("2026-11-21T18:00:00Z")

    assert late_evening_utc.day_in(ZONE) == date(2026, 11, 22)
    assert late_evening_utc.day_in("UTC") == date(2026, 11, 21)


def test_day_starts_at_midnight_of_the_office() -> None:
    assert parse_moment("2026-11-21").start_in(ZONE) == datetime(2026, 11, 20, 17, tzinfo=UTC)
    assert parse_moment("2026-11-21T08:00:00Z").start_in(ZONE) == datetime(
        2026, 11, 21, 8, tzinfo=UTC
    )


def test_moment_is_either_an_instant_or_a_day() -> None:
    with pytest.raises(AssertionError):
        Moment()
    with pytest.raises(AssertionError):
        Moment(instant=datetime(2026, 1, 1, tzinfo=UTC), day=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param("2026-11-21T08:00:00Z", "2026-11-21T08:00:01Z", True, id="a second earlier"),
        pytest.param("2026-11-21T08:00:00Z", "2026-11-21T08:00:00Z", False, id="same instant"),
        pytest.param("2026-11-21", "2026-11-21T08:00:00Z", False, id="same day"),
        pytest.param("2026-11-21", "2026-11-21T18:00:00Z", True, id="next day there"),
        pytest.param("2026-11-22", "2026-11-21T08:00:00Z", False, id="later day"),
    ],
)
def test_moments_of_one_day_do_not_precede_each_other(
    first: str, second: str, expected: bool
) -> None:
    assert is_before(parse_moment(first), parse_moment(second), ZONE) is expected


def test_seconds_between_days_are_whole_days() -> None:
    instant, later = parse_moment("2026-11-21T08:00:00Z"), parse_moment("2026-11-21T08:00:09Z")
    day = parse_moment("2026-11-23")

    assert seconds_between(instant, later, ZONE) == 9
    assert seconds_between(instant, day, ZONE) == 2 * 86_400
    assert seconds_between(day, instant, ZONE) == -2 * 86_400
