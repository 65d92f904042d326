from datetime import UTC, date, datetime, timedelta, timezone

from api.pages.formats import PAGE_ZONE, Formats, machine_time
from domain.dossiers import Due
from domain.moments import Moment

VIETNAMESE, ENGLISH = Formats("vi"), Formats("en")
LATE_EVENING = datetime(2026, 11, 21, 17, 30, 5, tzinfo=UTC)


def test_numbers_are_grouped_as_the_language_does() -> None:
    assert VIETNAMESE.number(1_234_567) == "1.234.567"
    assert ENGLISH.number(1_234_567) == "1,234,567"


def test_rates_have_one_decimal() -> None:
    assert (VIETNAMESE.one_decimal(1234.56), ENGLISH.one_decimal(21)) == ("1.234,6", "21.0")


def test_shares_have_at_most_one_decimal() -> None:
    assert VIETNAMESE.percent(0.9394) == "93,9%"
    assert ENGLISH.percent(1.0) == "100.0%"
    assert (VIETNAMESE.percent(0.06), VIETNAMESE.percent(0.063)) == ("6,0%", "6,3%")


def test_amounts_bear_their_currency() -> None:
    assert VIETNAMESE.vnd(8000).replace("\xa0", " ") == "8.000 ₫"


def test_instants_are_shown_in_the_zone_of_the_office() -> None:
    assert VIETNAMESE.instant(LATE_EVENING) == "00:30, 22/11/2026"
    assert ENGLISH.second(LATE_EVENING, PAGE_ZONE) == "00:30:05, 22 November 2026"


def test_instants_of_another_zone_bear_their_offset() -> None:
    summer = datetime(2011, 7, 1, 12, tzinfo=UTC)

    assert ENGLISH.second(LATE_EVENING, "UTC") == "17:30:05, 21 November 2026 (UTC+00:00)"
    assert VIETNAMESE.instant(summer, "Europe/Amsterdam") == "14:00, 01/07/2011 (UTC+02:00)"
    assert ENGLISH.moment(Moment(instant=summer), "Asia/Bangkok") == "19:00, 1 July 2011"


def test_days_stay_the_days_they_are() -> None:
    day = date(2026, 11, 21)

    assert VIETNAMESE.moment(Moment(day=day)) == "21/11/2026"
    assert ENGLISH.due(Due(day=day)) == "21 November 2026"


def test_months_are_named() -> None:
    assert VIETNAMESE.month("2026-08") == "08/2026"
    assert ENGLISH.month("2026-08") == "Aug 2026"


def test_machines_read_utc() -> None:
    elsewhere = LATE_EVENING.astimezone(timezone(timedelta(hours=7)))

    assert machine_time(elsewhere) == "2026-11-21T17:30:05Z"
    assert machine_time(Due(instant=LATE_EVENING)) == "2026-11-21T17:30:05Z"
    assert machine_time(Moment(day=date(2026, 11, 21))) == "2026-11-21"
