"""Due dates by example: the five of domain.md 8.1 and a hundred more, against a slow reference.

The calendar is the real one of 2018 to 2027. Times are those of the clock in Viet Nam.
"""

from datetime import date

import pytest

from domain.calendars import WorkingTime, parse_calendar
from domain.clocks.counting import Start, StartReason, Stretch, count
from domain.clocks.limits import processing_count
from domain.dossiers import Due
from domain.facts import Channel
from domain.moments import Moment
from domain.procedures import ChannelLimits, Limit, LimitUnit
from ledger.calendar_source import calendar_document
from tests.support.builders import ZONE, a_dossier, a_procedure
from tests.support.references.worked import (
    CD,
    CONSULTATION,
    NONE,
    OUTAGE,
    PAUSE,
    PAYMENT,
    RESTART,
    SUPPLEMENT,
    SURVEY,
    WD,
    WORKING,
    Example,
    H,
    M,
    a_moment,
    as_due,
    slow_due,
)

EXAMPLES = {
    # The five of domain.md 8.1 (the second is about intake, below).
    "1: Tet is not counted": Example((5, WD), "2026-02-13", "2026-02-27"),
    "3: make-up Saturday counts": Example((3, WD), "2026-08-20", "2026-08-24"),
    "4: swap and National Day": Example((7, WD), "2026-08-24", "2026-09-07"),
    "5: calendar days end after the holiday": Example((30, CD), "2026-08-02", "2026-09-03"),
    # Tet of other years.
    "Tet 2025, nine days off": Example((1, WD), "2025-01-24", "2025-02-03"),
    "Tet 2024": Example((3, WD), "2024-02-07", "2024-02-19"),
    "Tet 2027": Example((2, WD), "2027-02-04", "2027-02-12"),
    "accepted on a Tet day": Example((1, WD), "2026-02-18", "2026-02-23"),
    "calendar days end within Tet": Example((5, CD), "2026-02-12", "2026-02-23"),
    "a month ends within Tet": Example((1, M), "2026-01-17", "2026-02-23"),
    "hours across Tet": Example((8, H), "2026-02-13T15:00", "2026-02-23T15:00"),
    # Swaps and make-up days.
    "swap of 29 April 2024": Example((1, WD), "2024-04-26", "2024-05-02"),
    "make-up Saturday of 4 May 2024": Example((2, WD), "2024-05-02", "2024-05-04"),
    "make-up Saturday is the last day": Example((1, WD), "2025-04-25", "2025-04-26"),
    "swap of 2 May 2025": Example((2, WD), "2025-04-28", "2025-05-05"),
    "hours on a make-up Saturday": Example((8, H), "2026-08-21T14:00", "2026-08-22T14:00"),
    "swap of 2 January 2026": Example((1, WD), "2025-12-31", "2026-01-05"),
    "make-up Saturday of 10 January 2026": Example((1, WD), "2026-01-09", "2026-01-10"),
    "calendar days may end on a make-up Saturday": Example((2, CD), "2026-08-20", "2026-08-22"),
    # Weekends, days off, the acceptance's own day.
    "Friday, one day": Example((1, WD), "2026-03-06", "2026-03-09"),
    "accepted on a Saturday": Example((1, WD), "2026-03-07", "2026-03-09"),
    "same day": Example((0, WD), "2026-03-03", "2026-03-03"),
    "same day on a Sunday": Example((0, WD), "2026-03-08", "2026-03-09"),
    "late at night is still that day": Example((1, WD), "2026-03-03T23:59", "2026-03-04"),
    "after 15:00 counts as the next day": Example(
        (0, WD), "2026-03-03T15:01", "2026-03-04", next_day_after="15:00"
    ),
    "at 15:00 sharp is still that day": Example(
        (0, WD), "2026-03-03T15:00", "2026-03-03", next_day_after="15:00"
    ),
    "after 15:00 on a Friday": Example(
        (0, WD), "2026-03-06T15:01", "2026-03-09", next_day_after="15:00"
    ),
    "Hung Kings' day observed on a Monday": Example((1, WD), "2026-04-24", "2026-04-28"),
    # Hours.
    "hours over lunch": Example((4, H), "2026-03-03T10:00", "2026-03-03T15:00"),
    "hours into the next day": Example((4, H), "2026-03-03T15:00", "2026-03-04T10:00"),
    "hours from before opening": Example((2, H), "2026-03-03T06:00", "2026-03-03T10:00"),
    "hours from the lunch break": Example((1, H), "2026-03-03T12:30", "2026-03-03T14:00"),
    "hours over a weekend": Example((3, H), "2026-03-06T16:00", "2026-03-09T10:00"),
    "hours end exactly at closing": Example((8, H), "2026-03-03T08:00", "2026-03-03T17:00"),
    # Months and leap years.
    "month of 31 January, common year": Example((1, M), "2026-01-31", "2026-03-02"),
    "month of 31 January, leap year": Example((1, M), "2024-01-31", "2024-02-29"),
    "month of 30 January, leap year": Example((1, M), "2024-01-30", "2024-02-29"),
    "twelve months from 29 February": Example((12, M), "2024-02-29", "2025-02-28"),
    "month of 31 March": Example((1, M), "2026-03-31", "2026-05-04"),
    "three months over the year's end": Example((3, M), "2025-11-30", "2026-03-02"),
    # Stretches that do not count.
    "pause in working days over a weekend": Example(
        (7, WD), "2026-03-02", "2026-03-16", ((SUPPLEMENT, "2026-03-04", "2026-03-09"),)
    ),
    "pause over Tet costs the working days alone": Example(
        (5, WD), "2026-02-09", "2026-02-25", ((PAYMENT, "2026-02-11", "2026-02-22"),)
    ),
    "pause in calendar days": Example(
        (10, CD), "2026-03-02", "2026-03-16", ((SUPPLEMENT, "2026-03-04", "2026-03-08"),)
    ),
    "pause that begins after the end moved off a day off": Example(
        (11, CD), "2026-02-03", "2026-03-05", ((PAYMENT, "2026-02-15", "2026-02-25"),)
    ),
    "same day on a Sunday, paused from that day": Example(
        (0, WD), "2026-03-08", "2026-03-10", ((PAYMENT, "2026-03-08", "2026-03-10"),)
    ),
    "same day on a Sunday, paused from Monday": Example(
        (0, WD), "2026-03-08", "2026-03-11", ((PAYMENT, "2026-03-09", "2026-03-11"),)
    ),
    "pause within a month": Example(
        (1, M), "2026-03-02", "2026-04-08", ((SUPPLEMENT, "2026-03-10", "2026-03-16"),)
    ),
    "pause in hours over lunch": Example(
        (8, H),
        "2026-03-03T08:00",
        "2026-03-04T10:00",
        ((CONSULTATION, "2026-03-03T11:00", "2026-03-03T14:00"),),
    ),
    "pause in hours over a night": Example(
        (8, H),
        "2026-03-03T08:00",
        "2026-03-04T10:00",
        ((SURVEY, "2026-03-03T16:00", "2026-03-04T09:00"),),
    ),
    "two pauses that overlap count once": Example(
        (5, WD),
        "2026-03-02",
        "2026-03-12",
        ((CONSULTATION, "2026-03-03", "2026-03-05"), (SURVEY, "2026-03-04", "2026-03-06")),
    ),
    "pause that begins on the due day": Example(
        (2, WD), "2026-03-02", "2026-03-06", ((PAYMENT, "2026-03-04", "2026-03-06"),)
    ),
    "pause after the due day heals nothing": Example(
        (2, WD), "2026-03-02", "2026-03-04", ((PAYMENT, "2026-03-05", "2026-03-09"),)
    ),
    "restart": Example(
        (7, WD),
        "2026-03-02",
        "2026-03-18",
        ((SUPPLEMENT, "2026-03-04", "2026-03-09"),),
        policy=RESTART,
    ),
    "restart forgets the pause before it": Example(
        (5, WD),
        "2026-03-02",
        "2026-03-16",
        ((PAYMENT, "2026-03-03", "2026-03-05"), (SUPPLEMENT, "2026-03-06", "2026-03-09")),
        policy=RESTART,
    ),
    "restart within a consultation": Example(
        (5, WD),
        "2026-03-02",
        "2026-03-19",
        ((CONSULTATION, "2026-03-03", "2026-03-12"), (SUPPLEMENT, "2026-03-04", "2026-03-09")),
        policy=RESTART,
    ),
    "pause after a restart": Example(
        (5, WD),
        "2026-03-02",
        "2026-03-18",
        ((SUPPLEMENT, "2026-03-03", "2026-03-09"), (PAYMENT, "2026-03-11", "2026-03-13")),
        policy=RESTART,
    ),
    "supplement that stops nothing": Example(
        (5, WD),
        "2026-03-02",
        "2026-03-09",
        ((SUPPLEMENT, "2026-03-03", "2026-03-06"),),
        policy=NONE,
    ),
    # More of Tet.
    "last working day before Tet 2026, one month ends on a working Friday": Example(
        (1, M), "2026-02-13", "2026-03-13"
    ),
    "thirty calendar days over Tet count every day of it": Example(
        (30, CD), "2026-02-10", "2026-03-12"
    ),
    "Tet 2025, hours from its eve to the first morning after it": Example(
        (4, H), "2025-01-24T15:00", "2025-02-03T10:00"
    ),
    "accepted on New Year's Day, and the Friday after it is swapped off": Example(
        (1, WD), "2026-01-01", "2026-01-05"
    ),
    "same day on Hung Kings' day moves to the day after the observed Monday": Example(
        (0, WD), "2026-04-26", "2026-04-28"
    ),
    "Hung Kings, Liberation and Labour Day in one week": Example(
        (3, WD), "2026-04-24", "2026-05-04"
    ),
    "calendar days ending on Labour Day move over the weekend": Example(
        (10, CD), "2026-04-21", "2026-05-04"
    ),
    "Culture Day of 2026 is skipped": Example((2, WD), "2026-11-23", "2026-11-26"),
    # More of swaps and make-up days.
    "swapped Monday and both National Days in a row": Example((1, WD), "2026-08-28", "2026-09-03"),
    "accepted on a make-up Saturday, whose day is the first and not counted": Example(
        (1, WD), "2026-08-22", "2026-08-24"
    ),
    "after 15:00 on a make-up Saturday counts from Monday": Example(
        (0, WD), "2026-08-22T15:01", "2026-08-24", next_day_after="15:00"
    ),
    "after 15:00 before Tet counts from the first day after it": Example(
        (1, WD), "2026-02-13T16:00", "2026-02-24", next_day_after="15:00"
    ),
    "hours over a swapped Monday and National Day": Example(
        (2, H), "2026-08-28T16:00", "2026-09-03T09:00"
    ),
    # Outages.
    "outage of three days costs the days after its first": Example(
        (5, WD), "2026-03-02", "2026-03-11", ((OUTAGE, "2026-03-03T09:00", "2026-03-05T09:00"),)
    ),
    "outage within one day costs no working day": Example(
        (5, WD), "2026-03-02", "2026-03-09", ((OUTAGE, "2026-03-03T08:00", "2026-03-03T17:00"),)
    ),
    "outage within one day costs its office hours": Example(
        (8, H),
        "2026-03-03T08:00",
        "2026-03-04T11:00",
        ((OUTAGE, "2026-03-03T11:00", "2026-03-03T15:00"),),
    ),
    "outage over a weekend costs Monday alone": Example(
        (5, WD), "2026-03-05", "2026-03-13", ((OUTAGE, "2026-03-06T10:00", "2026-03-09T10:00"),)
    ),
    "outage that began before the acceptance costs from the acceptance on": Example(
        (5, WD), "2026-03-03", "2026-03-12", ((OUTAGE, "2026-03-01T10:00", "2026-03-05T10:00"),)
    ),
    "outage within a consultation counts once": Example(
        (5, WD),
        "2026-03-02",
        "2026-03-12",
        ((CONSULTATION, "2026-03-03", "2026-03-06"), (OUTAGE, "2026-03-04", "2026-03-05")),
    ),
    "outage after the due day heals nothing": Example(
        (2, WD), "2026-03-02", "2026-03-04", ((OUTAGE, "2026-03-05T08:00", "2026-03-06T17:00"),)
    ),
    # Months.
    "month from the last of February of a leap year": Example((1, M), "2024-02-29", "2024-03-29"),
    "month that ends on a Saturday moves to Monday": Example((1, M), "2026-05-13", "2026-06-15"),
    "month that ends on a make-up Saturday ends there": Example((1, M), "2026-07-22", "2026-08-22"),
}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_due_date_by_example(example: Example) -> None:
    assert example.count().due == as_due(example.due)
    assert slow_due(example) == as_due(example.due)


@pytest.mark.parametrize(
    ("example", "due"),
    [
        pytest.param(
            Example((8, H), "2026-03-02", ""), None, id="hours, where only the day is known"
        ),
        pytest.param(
            Example((8, H), "2026-03-03T08:00", "", ((SUPPLEMENT, "2026-03-03", "2026-03-04"),)),
            "2026-03-03T17:00",
            id="hours, a pause known to the day",
        ),
        pytest.param(
            Example((7, WD), "2026-03-02", "", ((SUPPLEMENT, "2026-03-09", "2026-03-04"),)),
            "2026-03-11",
            id="imported wait that ends before it begins",
        ),
        pytest.param(
            Example(
                (8, H),
                "2026-03-03T08:00",
                "",
                ((PAYMENT, "2026-03-03T11:00", "2026-03-03T09:00"),),
            ),
            "2026-03-03T17:00",
            id="imported hours that end before they begin",
        ),
    ],
)
def test_count_abstains_where_a_moment_is_not_known_well_enough(
    example: Example, due: str | None
) -> None:
    assert example.count().due == (None if due is None else as_due(due))


def test_unknown_limit_has_no_count() -> None:
    dossier = a_dossier(accepted_at=a_moment("2026-03-02"))
    procedure = a_procedure(limit=Limit(unit=LimitUnit.UNKNOWN, prose="trong ngày"))

    assert processing_count(dossier, procedure, WORKING) is None
    assert processing_count(a_dossier(), a_procedure(), WORKING) is None


def test_channel_with_its_own_limit_is_counted_by_that() -> None:
    own = ChannelLimits(counter=Limit(amount=2, unit=WD))
    procedure = a_procedure(channel_limits=own)

    def due_of(channel: Channel) -> Due | None:
        dossier = a_dossier(channel=channel, accepted_at=a_moment("2026-03-02"))
        found = processing_count(dossier, procedure, WORKING)
        return None if found is None else found.due

    assert due_of(Channel.ONLINE) == as_due("2026-03-11")
    assert due_of(Channel.COUNTER) == as_due("2026-03-04")


def test_limit_of_a_calendar_that_names_no_swap_is_another_one() -> None:
    without = WorkingTime(parse_calendar(calendar_document()), ZONE)
    days = tuple(day for day in without.calendar.days_off if day != date(2026, 8, 31))
    shorter = WorkingTime(
        without.calendar.__class__(
            id="VN",
            valid_from=without.calendar.valid_from,
            valid_to=without.calendar.valid_to,
            days_off=days,
            working_days_extra=without.calendar.working_days_extra,
        ),
        ZONE,
    )

    def start_of(at: Moment) -> Start:
        return Start(at, at, StartReason.DAY_AFTER)

    seven = Limit(amount=7, unit=WD)
    rest = Stretch(PAYMENT, a_moment("2026-08-25"), a_moment("2026-08-26"), PAUSE)

    by_both = [
        count(seven, a_moment("2026-08-24"), start_of, stretches, working).due
        for working in (WORKING, shorter)
        for stretches in ((), (rest,))
    ]

    assert by_both == [
        as_due(day) for day in ("2026-09-07", "2026-09-08", "2026-09-04", "2026-09-07")
    ]
