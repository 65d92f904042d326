"""Real limit texts: a limit where there is one meaning, prose with its doubt everywhere else."""

import pytest

from domain.procedures import Limit, LimitUnit
from domain.procedures.limit_texts import LimitDoubt, StatedLimit, read_limit

WORKING, CALENDAR = LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("30 Ngày làm việc", 30, WORKING),
        ("07 Ngày làm việc", 7, WORKING),
        ("20 Ngày", 20, CALENDAR),
        ("01 Giờ", 1, LimitUnit.HOURS),
        ("8 giờ làm việc", 8, LimitUnit.HOURS),
        ("7 Tháng", 7, LimitUnit.MONTHS),
        ("  10   ngày\u00a0làm việc. ", 10, WORKING),
        ("Không quá 03 (ba) ngày làm việc", 3, WORKING),
        ("Trong thời hạn 15 ngày kể từ ngày nhận đủ hồ sơ hợp lệ", 15, CALENDAR),
        ("30 Nga\u0300y la\u0300m vie\u0302\u0323c", 30, WORKING),
        ("3650 Ngày", 3650, CALENDAR),
    ],
)
def test_plain_limit_is_read_and_keeps_its_words(text: str, amount: int, unit: LimitUnit) -> None:
    reading = read_limit([StatedLimit(text)])

    assert reading.limit == Limit(amount=amount, unit=unit, prose=text.strip())
    assert reading.doubt is None
    assert reading.is_parsed


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("Không quy định", LimitDoubt.NOT_REGULATED),
        ("không quy định.", LimitDoubt.NOT_REGULATED),
        ("", LimitDoubt.NOT_STATED),
        ("0 Giờ", LimitDoubt.ZERO),
        ("0.5 Giờ", LimitDoubt.FRACTION),
        ("1,5 ngày", LimitDoubt.FRACTION),
        ("10-25", LimitDoubt.UNREADABLE),
        ("10-25 ngày", LimitDoubt.UNREADABLE),
        ("3651 Ngày", LimitDoubt.TOO_LONG),
        ("99999 ngày", LimitDoubt.TOO_LONG),
        ("Trước khi tàu cập cảng", LimitDoubt.UNREADABLE),
        ("Trong ngày", LimitDoubt.UNREADABLE),
        ("-3 ngày", LimitDoubt.UNREADABLE),
        ("ba ngày", LimitDoubt.UNREADABLE),
        ("10 ngày hoặc 40 ngày", LimitDoubt.SEVERAL_CASES),
        ("5 ngày làm việc; phức tạp: 10 ngày làm việc", LimitDoubt.SEVERAL_CASES),
        ("30 ngày, trừ trường hợp bất khả kháng", LimitDoubt.UNREADABLE),
        ("٣ ngày", LimitDoubt.UNREADABLE),
    ],
)
def test_doubtful_limit_stays_prose_whole_and_says_why(text: str, doubt: LimitDoubt) -> None:
    reading = read_limit([StatedLimit(text)])

    assert reading.limit == Limit(unit=LimitUnit.UNKNOWN, prose=text or None)
    assert reading.doubt is doubt
    assert not reading.is_parsed


def test_two_limits_for_one_channel_are_several_cases_and_both_are_kept() -> None:
    reading = read_limit([StatedLimit("07 Ngày"), StatedLimit("14 Ngày", "Nội dung phức tạp")])

    assert reading.doubt is LimitDoubt.SEVERAL_CASES
    assert reading.limit.prose == "07 Ngày\n14 Ngày: Nội dung phức tạp"


def test_two_rows_that_say_the_same_are_one_limit() -> None:
    reading = read_limit([StatedLimit("01 Giờ", "khi đến"), StatedLimit("1 giờ", "khi đi")])

    assert (reading.limit.amount, reading.limit.unit) == (1, LimitUnit.HOURS)
    assert reading.limit.prose == "01 Giờ: khi đến\n1 giờ: khi đi"


@pytest.mark.parametrize(
    ("description", "doubt"),
    [
        pytest.param("", None, id="nothing said"),
        pytest.param("05 (năm) ngày, kể từ ngày nhận", None, id="the same in words"),
        pytest.param("05 (năm) ngày làm việc", LimitDoubt.CONTRADICTED, id="other kind of days"),
        pytest.param("5 ngày hoặc 10 ngày", LimitDoubt.SEVERAL_CASES, id="a longer case"),
        pytest.param("2 ngày tại xã, 3 ngày tại tỉnh", LimitDoubt.DESCRIBED_OTHERWISE, id="parts"),
        pytest.param("theo Điều 5 Nghị định 12/2021", None, id="numbers that are no limits"),
    ],
)
def test_description_confirms_or_casts_doubt(description: str, doubt: LimitDoubt | None) -> None:
    reading = read_limit([StatedLimit("5 Ngày", description)])

    assert reading.doubt is doubt
    assert reading.is_parsed == (doubt in (None, LimitDoubt.DESCRIBED_OTHERWISE))


def test_no_row_at_all_states_no_limit() -> None:
    assert read_limit([]).doubt is LimitDoubt.NOT_STATED
