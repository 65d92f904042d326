"""Time stamps: zones, fractions, days without a time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.moments import Moment, parse_moment
from ledger.importing.errors import MalformedSource
from ledger.importing.timestamps import TimeRules, parse_timestamp, time_order

INSTANTS = TimeRules(ZoneInfo("Europe/Amsterdam"), midnight_is_a_day=False)
DAYS = TimeRules(ZoneInfo("Europe/Amsterdam"), midnight_is_a_day=True)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2011-10-11T13:45:40+02:00", "2011-10-11T11:45:40Z", id="offset"),
        pytest.param("2011-10-11T13:45:40Z", "2011-10-11T13:45:40Z", id="utc"),
        pytest.param("2011-10-11 13:45:40", "2011-10-11T11:45:40Z", id="zone in summer"),
        pytest.param("2011-12-11 13:45:40", "2011-12-11T12:45:40Z", id="zone in winter"),
        pytest.param("2011-10-11T13:45", "2011-10-11T11:45:00Z", id="no seconds"),
        pytest.param("2011-10-11T13:45:40.276+02:00", "2011-10-11T11:45:41Z", id="fraction"),
        pytest.param("2011-10-11T13:45:40.000+0200", "2011-10-11T11:45:40Z", id="no fraction"),
        pytest.param(
            "2011-12-31T23:59:59.0000001Z",
            "2012-01-01T00:00:00Z",
            id="fraction below a microsecond",
        ),
        pytest.param("2011-10-11", "2011-10-11", id="day"),
        pytest.param("2011-10-11T00:00:00+02:00", "2011-10-10T22:00:00Z", id="midnight"),
    ],
)
def test_time_stamp_is_a_moment_in_utc_with_fractions_rounded_up(text: str, moment: str) -> None:
    assert parse_timestamp(text, INSTANTS) == parse_moment(moment)


def test_local_midnight_is_a_day_where_the_mapping_says_so() -> None:
    midnight = parse_timestamp("2011-10-11T00:00:00+02:00", DAYS)

    assert midnight == Moment(day=date(2011, 10, 11))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2011-10-11T00:00:00Z", id="midnight elsewhere"),
        pytest.param("2011-10-11T00:00:00.001+02:00", id="a fraction after midnight"),
        pytest.param("2011-10-11T00:00:01+02:00", id="a second after midnight"),
    ],
)
def test_any_other_time_keeps_its_precision(text: str) -> None:
    assert not parse_timestamp(text, DAYS).is_day_only


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("yesterday", id="words"),
        pytest.param("2011-10", id="month only"),
        pytest.param("2011-W41-2", id="week date"),
        pytest.param("20111011T134540Z", id="basic form"),
        pytest.param("2011-02-30", id="no such day"),
        pytest.param("2011-10-11T25:00:00Z", id="no such hour"),
        pytest.param("2011-10-11T13:45:40+99:00", id="no such offset"),
        pytest.param("0001-01-01T00:00:00+01:00", id="before all years"),
        pytest.param("9999-12-31T23:59:59.9Z", id="after all years"),
        pytest.param("2011-10-11T13:45:40Z\n", id="line break"),
        pytest.param("٢٠١١-10-11", id="other digits"),
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(MalformedSource):
        parse_timestamp(text, INSTANTS)


def test_days_stand_before_the_instants_of_the_same_day() -> None:
    noon = Moment(instant=datetime(2011, 10, 11, 10, tzinfo=UTC))
    morning = Moment(instant=datetime(2011, 10, 11, 6, tzinfo=UTC))
    day = Moment(day=date(2011, 10, 11))
    evening_before = Moment(instant=datetime(2011, 10, 10, 20, tzinfo=UTC))

    ordered = sorted(
        [noon, day, morning, evening_before], key=lambda moment: time_order(moment, DAYS)
    )

    assert ordered == [evening_before, day, morning, noon]


@given(st.text(max_size=40) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+\d\d:\d\d"))
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    try:
        moment = parse_timestamp(text, INSTANTS)
    except MalformedSource:
        return
    assert moment.instant is None or moment.instant.microsecond == 0
