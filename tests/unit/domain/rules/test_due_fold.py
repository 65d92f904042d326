"""What moves a due date: halts, denials, calendars that come later; and what does not."""

from datetime import date

import msgspec
import pytest

from domain.actions import Action
from domain.calendars import Calendar, CalendarRecord
from domain.decisions import evolve, moved_by
from domain.dossiers import Dossier, Due, DueChange, HaltKind, Status
from domain.errors import CalendarHorizonPassed
from domain.facts import AppointmentRescheduled, CalendarPublished, ReschedulingGround
from domain.rules.dates.due_fold import DUE_EFFECTS
from domain.transitions import TRANSITIONS, Clock, ClockAct
from tests.support.builders import (
    HEX64,
    STREAM,
    MemoryRegister,
    a_calendar,
    a_dossier_in_process,
    a_moment,
    a_procedure,
    a_register,
    an_action,
    dossier_after,
)

MARCH_11, MARCH_16 = Due(day=date(2026, 3, 11)), Due(day=date(2026, 3, 16))
PUBLISHED_AT = a_moment("2026-03-05T02:00:00Z")


def fold(dossier: Dossier, *actions: Action, register: MemoryRegister) -> Dossier:
    for action in actions:
        state = evolve(dossier, action, register)
        assert isinstance(state, Dossier)
        dossier = state
    return dossier


def between(first: str, second: str) -> tuple[Action, Action]:
    """Give two acts, on 4 March and on 9 March 2026: three working days lie between them."""
    return (
        an_action(first, at=a_moment("2026-03-04T02:00:00Z")),
        an_action(second, at=a_moment("2026-03-09T02:00:00Z")),
    )


@pytest.mark.parametrize(
    ("acts", "flags", "due"),
    [
        pytest.param(
            between("dossier.consultation_requested", "dossier.consultation_answered"),
            {"pause_in_consultation": True},
            MARCH_16,
            id="consultation with the flag",
        ),
        pytest.param(
            between("dossier.consultation_requested", "dossier.consultation_answered"),
            {},
            MARCH_11,
            id="consultation without the flag",
        ),
        pytest.param(
            between("dossier.verification_scheduled", "dossier.verification_recorded"),
            {"pause_in_site_survey": True},
            MARCH_16,
            id="site survey with the flag",
        ),
        pytest.param(
            between("dossier.verification_scheduled", "dossier.verification_recorded"),
            {"pause_in_consultation": True},
            MARCH_11,
            id="site survey without the flag",
        ),
        pytest.param(
            between("dossier.withdrawal_requested", "dossier.withdrawal_denied"),
            {},
            MARCH_16,
            id="withdrawal that was denied",
        ),
        pytest.param(
            between("dossier.processing_suspended", "dossier.processing_resumed"),
            {},
            MARCH_16,
            id="suspension by law",
        ),
    ],
)
def test_halt_moves_the_due_date_where_the_procedure_says_so(
    acts: tuple[Action, Action], flags: dict[str, bool], due: Due
) -> None:
    register = a_register(a_procedure(**flags))

    dossier = fold(a_dossier_in_process(), *acts, register=register)

    assert dossier.status is Status.IN_PROCESS
    assert dossier.due == due


def test_answer_that_nobody_asked_for_moves_nothing() -> None:
    register = a_register(a_procedure(pause_in_consultation=True))
    answer = an_action("dossier.consultation_answered", at=a_moment("2026-03-09T02:00:00Z"))

    dossier = fold(a_dossier_in_process(), answer, register=register)

    assert dossier == a_dossier_in_process()


def test_two_consultations_at_once_count_once_and_end_with_the_last_answer() -> None:
    register = a_register(a_procedure(pause_in_consultation=True))
    asked, answered = between("dossier.consultation_requested", "dossier.consultation_answered")
    early = msgspec.structs.replace(answered, at=a_moment("2026-03-05T02:00:00Z"))

    once = fold(a_dossier_in_process(), asked, asked, early, register=register)
    both = fold(once, answered, register=register)

    assert once.due == Due(day=date(2026, 3, 12))
    assert both.due == MARCH_16
    assert [halt.kind for halt in both.halts] == [HaltKind.CONSULTATION] * 2


def test_due_effects_follow_the_clock_column_of_the_transitions() -> None:
    pausing = {
        kind
        for kind, row in TRANSITIONS.items()
        if kind.startswith("dossier.")
        for effect in row.clock
        if effect.clock is Clock.PROCESSING and effect.act is ClockAct.PAUSE
    }
    by_status = {"dossier.payment_required", "dossier.withdrawal_requested"}

    assert pausing - by_status == {
        "dossier.consultation_requested",
        "dossier.verification_scheduled",
        "dossier.processing_suspended",
    }
    assert pausing - by_status <= set(DUE_EFFECTS)


def publication(version: int = 2) -> Action:
    return an_action(
        "calendar.published",
        stream="calendar:VN",
        version=version,
        at=PUBLISHED_AT,
        facts=CalendarPublished(document=HEX64),
    )


def under(calendar: Calendar, **flags: bool) -> MemoryRegister:
    """Give a register whose calendar is in its second version."""
    register = a_register(a_procedure(**flags), calendar=calendar)
    register.calendars["VN"] = CalendarRecord(calendar, HEX64, PUBLISHED_AT, ("0" * 64,))
    return register


def with_holiday(*days: date) -> Calendar:
    return a_calendar(days_off=tuple(sorted({*a_calendar().days_off, *days})))


def test_calendar_published_later_moves_a_running_dossier_and_says_so() -> None:
    running = a_dossier_in_process(calendar_version=1)

    moved = moved_by(running, publication(), under(with_holiday(date(2026, 3, 10))))

    after = Due(day=date(2026, 3, 12))
    assert moved is not None
    assert moved.due == after
    assert moved.calendar_version == 2
    assert moved.due_changes == (DueChange(PUBLISHED_AT, "calendar:VN", 2, MARCH_11, after),)


def test_later_calendar_counts_as_if_it_had_been_there_from_the_beginning() -> None:
    register = a_register(a_procedure(pause_in_payment=True))
    later = under(with_holiday(date(2026, 3, 6)), pause_in_payment=True)
    acts = between("dossier.payment_required", "dossier.payment_confirmed")
    accepted = a_dossier_in_process(calendar_version=1)

    moved = moved_by(fold(accepted, *acts, register=register), publication(), later)

    assert moved is not None
    assert moved.due == fold(accepted, *acts, register=later).due


def test_calendar_that_changes_no_date_of_a_dossier_leaves_no_trace_but_its_version() -> None:
    running = a_dossier_in_process(calendar_version=1)

    moved = moved_by(running, publication(), under(a_calendar()))

    assert moved == msgspec.structs.replace(running, calendar_version=2, office_version=1)


@pytest.mark.parametrize(
    "dossier",
    [
        pytest.param(
            a_dossier_in_process(calendar_version=1, ended_at=a_moment()), id="it has ended"
        ),
        pytest.param(a_dossier_in_process(accepted_at=None), id="it was not accepted yet"),
        pytest.param(a_dossier_in_process(due_imported=True), id="its date was imported"),
    ],
)
def test_later_calendar_leaves_alone(dossier: Dossier) -> None:
    assert moved_by(dossier, publication(), under(with_holiday(date(2026, 3, 10)))) is None


def test_other_calendar_moves_nothing() -> None:
    other = msgspec.structs.replace(publication(), stream="calendar:H27")

    moved = moved_by(
        a_dossier_in_process(calendar_version=1), other, under(with_holiday(date(2026, 3, 10)))
    )

    assert moved is None


def test_calendar_that_ends_too_early_moves_nothing() -> None:
    short = a_calendar(valid_to=date(2026, 3, 6), days_off=(), working_days_extra=())

    assert moved_by(a_dossier_in_process(calendar_version=1), publication(), under(short)) is None
    with pytest.raises(CalendarHorizonPassed):
        dossier_after(
            *between("dossier.payment_required", "dossier.payment_confirmed"),
            state=a_dossier_in_process(calendar_version=1),
            register=under(short, pause_in_payment=True),
        )


def test_wait_that_the_end_cut_off_moves_nothing_afterwards() -> None:
    asked, stopped = between("dossier.payment_required", "dossier.processing_stopped")
    register = a_register(a_procedure(pause_in_payment=True))

    ended = fold(a_dossier_in_process(calendar_version=1), asked, stopped, register=register)

    assert ended.due == MARCH_11
    assert ended.waits[-1].cut_off
    assert ended.stream == STREAM


def test_rescheduling_moves_the_appointment_and_never_the_legal_due_date() -> None:
    rescheduled = an_action(
        "dossier.appointment_rescheduled",
        facts=AppointmentRescheduled(appointment="2026-03-20", ground=ReschedulingGround.LAW),
    )

    dossier = fold(a_dossier_in_process(), rescheduled, register=a_register())

    assert dossier.appointment == Due(day=date(2026, 3, 20))
    assert dossier.due == MARCH_11
    assert dossier.apologies == 0
