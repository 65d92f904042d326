"""Explanations: everything that a due date rests on, and one sentence in each language."""

from datetime import date

import pytest

from domain.calendars import DayKind, DayNote, WorkingTime
from domain.clocks.explanations import CalendarReference, DayReason, Explanation, explain
from domain.clocks.laws import LAWS, law_on
from domain.clocks.limits import (
    ClockReading,
    acceptance_reading,
    consultation_reading,
    processing_count,
    stops_clock,
    supplement_reading,
)
from domain.clocks.sentences import OtherStreams, SkippedDays, skipped_clause
from domain.dossiers import (
    Dossier,
    Due,
    DueChange,
    Halt,
    HaltKind,
    Wait,
    WaitKind,
)
from domain.facts import Channel
from domain.moments import Moment
from domain.offices import BilingualName
from domain.procedures import (
    AcceptanceLimits,
    Limit,
    LimitUnit,
    Procedure,
    SupplementPolicy,
)
from domain.transitions import Clock
from tests.support.builders import ZONE, a_calendar, a_dossier, a_moment, a_procedure

NOTES = (
    DayNote(
        day=date(2026, 2, 17),
        kind=DayKind.HOLIDAY,
        name=BilingualName(vi="Tết Nguyên Đán", en="Lunar New Year"),
    ),
    DayNote(day=date(2026, 8, 31), kind=DayKind.SWAPPED_OFF, verified=False),
    DayNote(day=date(2026, 8, 22), kind=DayKind.MADE_UP),
)
WORKING = WorkingTime(a_calendar(notes=NOTES), ZONE)
CALENDAR = CalendarReference("VN", 3, "0" * 64)


def explained(dossier: Dossier, procedure: Procedure, *changes: DueChange) -> Explanation:
    counted = processing_count(dossier, procedure, WORKING)
    assert counted is not None
    reading = ClockReading(Clock.PROCESSING, counted, law_on(date(2026, 3, 2)))
    moves = OtherStreams(changes, dossier.came_too_late)
    return explain(reading, (procedure.code, procedure.version), CALENDAR, WORKING, moves)


def test_explanation_names_each_day_that_is_not_what_its_weekday_says() -> None:
    dossier = a_dossier(accepted_at=Moment(day=date(2026, 8, 20)))

    found = explained(dossier, a_procedure(limit=Limit(amount=8, unit=LimitUnit.WORKING_DAYS)))

    assert found.due == Due(day=date(2026, 9, 3))
    assert [(special.day, special.reason) for special in found.special_days] == [
        (date(2026, 8, 22), DayReason.MADE_UP),
        (date(2026, 8, 31), DayReason.SWAPPED_OFF),
        (date(2026, 9, 1), DayReason.DAY_OFF),
        (date(2026, 9, 2), DayReason.DAY_OFF),
    ]
    assert found.weekend_days == 3
    assert not found.is_verified
    assert "skipped 3 weekend days and 3 other days off" in found.sentence.en


@pytest.mark.parametrize(
    ("weekend", "special", "english", "vietnamese"),
    [
        (2, 0, "skipped 2 weekend days", "bỏ qua 2 ngày nghỉ hằng tuần"),
        (0, 1, "skipped 1 other day off", "bỏ qua 1 ngày nghỉ khác"),
        (1, 2, "skipped 1 weekend day and 2 other days off", "1 ngày nghỉ hằng tuần và 2 ngày"),
    ],
)
def test_skipped_days_are_told_without_zeros_and_one_day_is_one_day(
    weekend: int, special: int, english: str, vietnamese: str
) -> None:
    told = skipped_clause(SkippedDays(weekend, special), LimitUnit.WORKING_DAYS)

    assert told.en == english
    assert vietnamese in told.vi
    assert " 0 " not in told.en


def test_day_off_has_the_name_that_the_calendar_gives_it() -> None:
    found = explained(a_dossier(accepted_at=Moment(day=date(2026, 2, 13))), a_procedure())

    named = [special for special in found.special_days if special.name is not None]
    assert [(special.day, special.name and special.name.vi) for special in named] == [
        (date(2026, 2, 17), "Tết Nguyên Đán")
    ]
    assert found.is_verified


def test_steps_tell_the_count_from_the_limit_to_the_date() -> None:
    waits = (
        Wait(WaitKind.SUPPLEMENT, Moment(day=date(2026, 3, 4)), Moment(day=date(2026, 3, 9))),
        Wait(WaitKind.PAYMENT, Moment(day=date(2026, 3, 10)), Moment(day=date(2026, 3, 11))),
        Wait(WaitKind.PAYMENT, Moment(day=date(2026, 4, 1)), Moment(day=date(2026, 4, 2))),
    )
    dossier = a_dossier(accepted_at=Moment(day=date(2026, 3, 2)), waits=waits)

    found = explained(dossier, a_procedure(pause_in_payment=True))

    assert [(step.what, step.amount, step.due and step.due.day) for step in found.steps] == [
        ("limit", 7, date(2026, 3, 11)),
        ("supplement_restarted", None, date(2026, 3, 18)),
        ("payment_paused", 1, date(2026, 3, 19)),
        ("payment_was_late", None, date(2026, 3, 19)),
    ]
    assert "counted anew from 9 March 2026" in found.sentence.en
    assert "không tính 1 ngày làm việc chờ nộp tiền" in found.sentence.vi
    assert "moves nothing, since the limit had passed" in found.sentence.en


def test_sentence_names_the_calendar_that_moved_the_date() -> None:
    change = DueChange(
        a_moment(), "calendar:VN", 3, Due(day=date(2026, 3, 10)), Due(day=date(2026, 3, 11))
    )
    from_nothing = DueChange(a_moment(), "calendar:VN", 2, None, Due(day=date(2026, 3, 10)))

    found = explained(
        a_dossier(accepted_at=Moment(day=date(2026, 3, 2))), a_procedure(), from_nothing, change
    )

    assert "version 3 of calendar VN" in found.sentence.en
    assert "moved it from 10 March 2026 to 11 March 2026" in found.sentence.en
    assert "moved it from none to 10 March 2026" in found.sentence.en
    assert "bản 3" in found.sentence.vi


@pytest.mark.parametrize(
    ("unit", "amount", "accepted", "words"),
    [
        (LimitUnit.HOURS, 1, "2026-03-02T02:00:00Z", "1 working hour counted from 09:00 on"),
        (LimitUnit.CALENDAR_DAYS, 20, "2026-03-02", "20 calendar days counted from 2 March 2026"),
        (LimitUnit.MONTHS, 1, "2026-03-02", "1 month counted from 2 March 2026, the first day not"),
        (LimitUnit.HOURS, 8, "2026-03-02", "No due date for processing the dossier is computed"),
    ],
)
def test_sentence_names_limit_and_start(
    unit: LimitUnit, amount: int, accepted: str, words: str
) -> None:
    dossier = a_dossier(accepted_at=a_moment(accepted))

    found = explained(dossier, a_procedure(limit=Limit(amount=amount, unit=unit)))

    assert words in found.sentence.en


def test_pause_is_told_in_the_unit_of_the_limit() -> None:
    halt = Halt(
        HaltKind.CONSULTATION,
        a_moment("2026-03-03T02:00:00Z"),
        a_moment("2026-03-03T04:00:00Z"),
        stops_clock=True,
    )
    hours = Limit(amount=16, unit=LimitUnit.HOURS)
    months = Limit(amount=1, unit=LimitUnit.MONTHS)
    dossier = a_dossier(accepted_at=a_moment("2026-03-02T02:00:00Z"), halts=(halt,))

    by_hours = explained(dossier, a_procedure(limit=hours))
    by_months = explained(dossier, a_procedure(limit=months))

    assert "120 minutes of office time of consultation not counted" in by_hours.sentence.en
    assert "0 calendar days of consultation not counted" in by_months.sentence.en


def test_clock_that_runs_on_says_so() -> None:
    wait = Wait(WaitKind.SUPPLEMENT, a_moment("2026-03-03"), a_moment("2026-03-05"))
    dossier = a_dossier(accepted_at=a_moment("2026-03-02"), waits=(wait,))

    found = explained(dossier, a_procedure(supplement_policy=SupplementPolicy.NONE))

    assert "the time of waiting for the supplement (3 March 2026 – 5 March 2026) counts" in (
        found.sentence.en
    )


def test_open_and_cut_off_stretches_move_nothing() -> None:
    waits = (Wait(WaitKind.PAYMENT, a_moment("2026-03-03"), a_moment("2026-03-05"), cut_off=True),)
    halts = (Halt(HaltKind.SUSPENSION, a_moment("2026-03-04"), stops_clock=True),)
    dossier = a_dossier(accepted_at=a_moment("2026-03-02"), waits=waits, halts=halts)

    found = explained(dossier, a_procedure(pause_in_payment=True))

    assert found.reading.count.stretches == ()


def test_supplement_that_a_withdrawal_interrupted_pauses_and_does_not_restart() -> None:
    first, second = a_moment("2026-03-03"), a_moment("2026-03-05")
    waits = (
        Wait(WaitKind.SUPPLEMENT, first, second, interrupted=True),
        Wait(WaitKind.WITHDRAWAL, second, a_moment("2026-03-06")),
    )
    dossier = a_dossier(accepted_at=a_moment("2026-03-02"), waits=waits)

    found = explained(dossier, a_procedure())

    assert [counted.effect for counted in found.reading.count.stretches] == ["paused", "paused"]
    assert found.due == Due(day=date(2026, 3, 16))


@pytest.mark.parametrize(
    ("day", "law"),
    [
        (date(2018, 6, 20), None),
        (date(2018, 6, 21), "nd61-2018"),
        (date(2025, 6, 30), "nd61-2018"),
        (date(2025, 7, 1), "nd118-2025"),
        (date(2099, 1, 1), "nd118-2025"),
    ],
)
def test_law_is_the_one_of_the_day(day: date, law: str | None) -> None:
    found = law_on(day)

    assert (found and found.id) == law


def test_only_what_was_read_in_the_law_itself_is_called_verified() -> None:
    verified = {
        (law.id, name)
        for law in LAWS
        for name, limit in (
            *((channel.value, each) for channel, each in law.acceptance.items()),
            ("supplement_wait", law.supplement_wait),
            ("supplement_request", law.supplement_request),
            ("transfer", law.transfer.limit),
            *((f"notice_{channel}", each) for channel, each in law.intake_notice.items()),
        )
        if limit.verified
    }

    assert verified == {("nd61-2018", "supplement_request"), ("nd61-2018", "transfer")}
    assert all(limit.source for law in LAWS for limit in law.acceptance.values())


def test_intake_by_the_procedures_own_limit_needs_no_law() -> None:
    own = AcceptanceLimits(online=Limit(amount=4, unit=LimitUnit.HOURS))
    dossier = a_dossier(submitted_at=a_moment("2026-03-02T02:00:00Z"))

    reading = acceptance_reading(dossier, a_procedure(acceptance_limits=own), WORKING)

    assert reading is not None
    assert reading.from_law is None
    assert reading.law_verified
    assert reading.ended_at is None


def test_intake_by_an_assumed_limit_says_so_in_both_languages() -> None:
    dossier = a_dossier(submitted_at=a_moment("2026-03-02T13:00:00Z"))

    reading = acceptance_reading(dossier, None, WORKING)

    assert reading is not None
    found = explain(reading, ("1.004222", None), CALENDAR, WORKING)
    assert reading.rule == "acceptance@v1"
    assert not found.is_verified
    assert found.sentence.en.startswith(
        "The limit for checking and accepting the dossier ends at 17:00 on 3 March 2026: 8 working "
        "hours counted from 08:00 on 3 March 2026 because it arrived late or on a day off "
        "(20:00 on 2 March 2026); "
    )
    assert (
        "8 giờ làm việc tính từ 08:00 03/03/2026 vì hồ sơ đến muộn hoặc vào ngày nghỉ "
        "(20:00 02/03/2026);"
    ) in found.sentence.vi
    assert "an assumption" in found.sentence.en
    assert "chưa được đối chiếu" in found.sentence.vi


def test_intake_limit_in_prose_has_no_due_date() -> None:
    own = AcceptanceLimits(online=Limit(unit=LimitUnit.UNKNOWN, prose="ngay"))

    reading = acceptance_reading(a_dossier(), a_procedure(acceptance_limits=own), WORKING)

    assert reading is not None
    assert reading.count.due is None


def test_intake_before_any_law_has_a_clock_only_by_the_procedure() -> None:
    calendar = a_calendar(valid_from=date(2017, 1, 1), days_off=(), working_days_extra=(), notes=())
    working = WorkingTime(calendar, ZONE)
    dossier = a_dossier(submitted_at=a_moment("2017-03-01T13:00:00Z"), channel=Channel.COUNTER)
    own = AcceptanceLimits(counter=Limit(amount=1, unit=LimitUnit.WORKING_DAYS))

    reading = acceptance_reading(dossier, a_procedure(acceptance_limits=own), working)

    assert acceptance_reading(dossier, a_procedure(), working) is None
    assert reading is not None
    assert reading.count.due == Due(day=date(2017, 3, 2))


@pytest.mark.parametrize(
    ("changes", "ended"),
    [
        ({}, None),
        ({"accepted_at": a_moment("2026-03-03")}, "2026-03-03"),
        (
            {
                "accepted_at": a_moment("2026-03-05"),
                "waits": (
                    Wait(WaitKind.SUPPLEMENT, a_moment("2026-03-03"), a_moment("2026-03-04")),
                ),
                "waits_at_intake": 1,
            },
            "2026-03-03",
        ),
        ({"ended_at": a_moment("2026-03-04")}, "2026-03-04"),
    ],
)
def test_intake_ends_with_its_first_answer(changes: dict[str, object], ended: str | None) -> None:
    reading = acceptance_reading(a_dossier(**changes), a_procedure(), WORKING)

    assert reading is not None
    assert reading.ended_at == (None if ended is None else a_moment(ended))


def test_supplement_wait_is_the_procedures_or_else_an_assumption() -> None:
    wait = Wait(WaitKind.SUPPLEMENT, a_moment("2026-03-02T02:00:00Z"))
    asked = a_dossier(waits=(wait,))
    own = a_procedure(supplement_wait=Limit(amount=10, unit=LimitUnit.CALENDAR_DAYS))
    in_prose = a_procedure(supplement_wait=Limit(unit=LimitUnit.UNKNOWN))

    by_procedure = supplement_reading(asked, own, WORKING)
    by_law = supplement_reading(asked, None, WORKING)

    assert by_procedure is not None
    assert by_law is not None
    assert by_procedure.count.due == Due(day=date(2026, 3, 12))
    assert by_law.count.due == Due(day=date(2026, 3, 23))
    assert (by_procedure.law_verified, by_law.law_verified) == (True, False)
    assert supplement_reading(asked, in_prose, WORKING) is None
    assert supplement_reading(a_dossier(), own, WORKING) is None


def test_consultation_is_due_on_the_day_that_was_asked_for() -> None:
    asked = Halt(HaltKind.CONSULTATION, a_moment("2026-03-02"), answer_by=date(2026, 3, 9))
    reading = consultation_reading(asked, WORKING)

    assert reading is not None
    found = explain(reading, ("1", None), None, WORKING)
    assert found.due == Due(day=date(2026, 3, 9))
    assert found.special_days == ()
    assert "the day that was asked for" in found.sentence.en
    assert consultation_reading(Halt(HaltKind.SITE_SURVEY, a_moment()), WORKING) is None


def test_halts_stop_the_clock_by_the_procedures_flags() -> None:
    flagged = a_procedure(
        pause_in_consultation=True, pause_in_site_survey=True, pause_in_outage=True
    )

    for kind in HaltKind:
        assert stops_clock(kind, flagged)
        assert stops_clock(kind, a_procedure()) == (kind is HaltKind.SUSPENSION)
        assert stops_clock(kind, None) == (kind is HaltKind.SUSPENSION)
