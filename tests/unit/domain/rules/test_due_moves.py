"""What acts on other streams do to due dates: calendars too late, office hours, outages."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.actions import Action
from domain.decisions import evolve, moved_by, moves_dossiers
from domain.dossiers import (
    Dossier,
    Due,
    DueChange,
    Halt,
    HaltKind,
    Status,
    TooLate,
    Wait,
    WaitKind,
)
from domain.facts import CalendarPublished, OfficeRegistered
from domain.facts.integrity import OutageDeclared, OutageEnded
from domain.figures import overdue_at
from domain.offices import OfficeRecord, Session
from domain.oversight.integrity import Outage
from domain.procedures import Limit, LimitUnit, SupplementPolicy
from tests.support.builders import (
    DEPARTMENT,
    ENROLLED_AT,
    HEX64,
    LEDGER,
    OFFICE,
    ZONE,
    MemoryRegister,
    a_calendar,
    a_dossier_in_process,
    a_moment,
    a_procedure,
    a_register,
    an_action,
    an_office,
    dossier_after,
)

MARCH_10_OFF = a_calendar(days_off=tuple(sorted({*a_calendar().days_off, date(2026, 3, 10)})))
MARCH_11, MARCH_12, MARCH_13 = (Due(day=date(2026, 3, day)) for day in (11, 12, 13))
IN_TIME, TOO_LATE = "2026-03-11T02:00:00Z", "2026-03-12T02:00:00Z"
SOME_HEX = "cd" * 32
HOURS = Limit(amount=16, unit=LimitUnit.HOURS)
# Sixteen working hours from ten o'clock on Monday, 2 March.
BY_HOURS = Due(instant=a_moment("2026-03-04T03:00:00Z").instant)


def publication(at: str, version: int = 2) -> Action:
    facts = CalendarPublished(document=SOME_HEX)
    return an_action(
        "calendar.published",
        stream="calendar:VN",
        version=version,
        at=a_moment(at),
        facts=facts,
    )


def later_calendar(**flags: Any) -> MemoryRegister:
    """Give a register whose second calendar has 10 March off, and whose first one is on file."""
    register = a_register(a_procedure(**flags))
    register.documents[HEX64] = msgspec.json.encode(a_calendar())
    register.calendars["VN"] = register.calendars["VN"].followed_by(
        MARCH_10_OFF, SOME_HEX, a_moment(IN_TIME)
    )
    return register


def counted(**changes: Any) -> Dossier:
    """Give a dossier in process, due on 11 March by the first calendar."""
    settled = {"calendar_version": 1, "office_version": 1, "accepting_office": OFFICE}
    return a_dossier_in_process(**(settled | changes))


def test_calendar_in_time_moves_the_date_and_one_after_it_does_not() -> None:
    register = later_calendar()

    in_time = moved_by(counted(), publication(IN_TIME), register)
    too_late = moved_by(counted(), publication(TOO_LATE), register)

    assert in_time is not None
    assert (in_time.due, in_time.calendar_version) == (MARCH_12, 2)
    assert too_late == counted(came_too_late=TooLate(a_moment(TOO_LATE), "calendar:VN", 2))


def test_dossier_that_a_calendar_found_late_stays_counted_with_the_former_one() -> None:
    register = later_calendar(pause_in_consultation=True)
    late = moved_by(counted(), publication(TOO_LATE), register)
    assert late is not None
    acts = (
        an_action("dossier.consultation_requested", at=a_moment("2026-03-13T02:00:00Z")),
        an_action("dossier.consultation_answered", at=a_moment("2026-03-16T02:00:00Z")),
    )

    after = dossier_after(*acts, state=late, register=register)

    assert (after.due, after.calendar_version) == (MARCH_11, 1)
    assert moved_by(after, publication(TOO_LATE, 3), register) is None


@pytest.mark.parametrize(
    ("changes", "policy", "due"),
    [
        pytest.param(
            {"waits": (Wait(WaitKind.SUPPLEMENT, a_moment("2026-03-09T02:00:00Z")),)},
            SupplementPolicy.PAUSE,
            MARCH_12,
            id="waiting for papers since before it",
        ),
        pytest.param(
            {"waits": (Wait(WaitKind.SUPPLEMENT, a_moment("2026-03-09T02:00:00Z")),)},
            SupplementPolicy.NONE,
            MARCH_11,
            id="waiting, while the clock runs",
        ),
        pytest.param(
            {"waits": (Wait(WaitKind.SUPPLEMENT, a_moment("2026-03-12T01:00:00Z")),)},
            SupplementPolicy.PAUSE,
            MARCH_11,
            id="waiting since after it",
        ),
        pytest.param(
            {
                "halts": (
                    Halt(HaltKind.SUSPENSION, a_moment("2026-03-10T02:00:00Z"), stops_clock=True),
                )
            },
            SupplementPolicy.PAUSE,
            MARCH_12,
            id="suspended since before it",
        ),
    ],
)
def test_date_has_not_passed_while_its_clock_stands_still(
    changes: dict[str, Any], policy: SupplementPolicy, due: Due
) -> None:
    register = later_calendar(supplement_policy=policy)

    moved = moved_by(counted(**changes), publication(TOO_LATE), register)

    assert moved is not None
    assert moved.due == due


def amended(at: str, **changes: Any) -> tuple[Action, OfficeRecord]:
    """Give the act that registers the office's second document, and its record after that."""
    action = an_action(
        "office.registered",
        stream=f"office:{OFFICE}",
        version=2,
        at=a_moment(at),
        facts=OfficeRegistered(document=SOME_HEX),
    )
    record = OfficeRecord(an_office(), HEX64, ENROLLED_AT)
    return action, record.followed_by(an_office(**changes), SOME_HEX, action.at)


MORNINGS = (Session(opens="08:00", closes="12:00"),)


def test_new_office_hours_move_what_is_counted_in_hours_from_their_day_on() -> None:
    action, record = amended("2026-03-03T08:00:00Z", office_hours=MORNINGS)
    register = a_register(a_procedure(limit=HOURS))
    register.offices[OFFICE] = record

    moved = moved_by(counted(due=BY_HOURS), action, register)

    # Six hours of Monday stay six; from Tuesday on a day has four.
    after = Due(instant=a_moment("2026-03-05T03:00:00Z").instant)
    assert moved is not None
    assert (moved.due, moved.office_version) == (after, 2)
    change = DueChange(action.at, f"office:{OFFICE}", 2, BY_HOURS, after)
    assert moved.due_changes == (change,)


@pytest.mark.parametrize(
    ("dossier", "limit"),
    [
        pytest.param(counted(), Limit(amount=7, unit=LimitUnit.WORKING_DAYS), id="in days"),
        pytest.param(counted(accepting_office=DEPARTMENT), HOURS, id="of another office"),
        pytest.param(counted(ended_at=a_moment()), HOURS, id="ended"),
    ],
)
def test_new_office_hours_leave_alone(dossier: Dossier, limit: Limit) -> None:
    action, record = amended("2026-03-03T08:00:00Z", office_hours=MORNINGS)
    register = a_register(a_procedure(limit=limit))
    register.offices[OFFICE] = record

    assert moved_by(dossier, action, register) is None


def test_first_documents_move_nothing_and_later_ones_may() -> None:
    action, _ = amended("2026-03-03T08:00:00Z")

    assert not moves_dossiers(publication(IN_TIME, 1))
    assert moves_dossiers(publication(IN_TIME, 2))
    assert not moves_dossiers(msgspec.structs.replace(action, version=1))
    assert moves_dossiers(action)
    assert moves_dossiers(declared())
    assert moves_dossiers(ended())
    assert not moves_dossiers(an_action("dossier.accepted"))


def declared(at: str = "2026-03-04T09:00:00Z", **facts: Any) -> Action:
    return an_action(
        "ledger.outage_declared",
        stream=f"ledger:{LEDGER}",
        version=2,
        at=a_moment(at),
        office=None,
        facts=OutageDeclared(since="2026-03-03T02:00:00Z", **facts),
    )


def ended(at: str = "2026-03-05T09:00:00Z", version: int = 2) -> Action:
    return an_action(
        "ledger.outage_ended",
        stream=f"ledger:{LEDGER}",
        version=3,
        at=a_moment(at),
        office=None,
        facts=OutageEnded(declared_version=version, until="2026-03-05T02:00:00Z"),
    )


def after_outage(dossier: Dossier, register: MemoryRegister, *actions: Action) -> Dossier:
    for action in actions:
        dossier = moved_by(dossier, action, register) or dossier
    return dossier


def test_outage_pauses_the_clock_where_the_procedure_lets_it() -> None:
    register = a_register(a_procedure(pause_in_outage=True))

    lasting = after_outage(counted(), register, declared())
    over = after_outage(lasting, register, ended())

    assert lasting.due == MARCH_11
    assert [(halt.kind, halt.until) for halt in lasting.halts] == [(HaltKind.OUTAGE, None)]
    # The 4th and the 5th of March do not count.
    assert over.due == MARCH_13
    assert over.due_changes == (DueChange(ended().at, f"ledger:{LEDGER}", 3, MARCH_11, MARCH_13),)


@pytest.mark.parametrize(
    ("flag", "offices", "acts"),
    [
        pytest.param(False, (), (declared(), ended()), id="the procedure does not say so"),
        pytest.param(
            True, (DEPARTMENT,), (declared(offices=(DEPARTMENT,)), ended()), id="elsewhere"
        ),
        pytest.param(True, (), (declared(), ended(version=1)), id="another outage ended"),
    ],
)
def test_outage_moves_nothing_where(
    flag: bool, offices: tuple[str, ...], acts: tuple[Action, ...]
) -> None:
    register = a_register(a_procedure(pause_in_outage=flag))

    moved = after_outage(counted(), register, *acts)

    assert moved.due == MARCH_11
    assert moved.due_changes == ()
    assert bool(moved.halts) == (flag and not offices)


def test_outage_that_began_after_the_date_had_passed_heals_nothing() -> None:
    register = a_register(a_procedure(pause_in_outage=True))
    late = counted(due=Due(day=date(2026, 3, 2)))
    quick = a_register(
        a_procedure(pause_in_outage=True, limit=Limit(amount=0, unit=LimitUnit.WORKING_DAYS))
    )

    moved = after_outage(late, quick, declared(), ended())

    assert moved.due == late.due
    assert after_outage(counted(), register, declared(), ended()).due == MARCH_13


def test_dossier_accepted_while_the_system_was_out_has_the_pause_too() -> None:
    register = a_register(a_procedure(pause_in_outage=True))
    since = a_moment("2026-03-03T02:00:00Z").instant
    until = a_moment("2026-03-05T02:00:00Z").instant
    assert since is not None
    before = Outage(1, since.replace(day=1), since.replace(day=2))
    register.declared = (before, Outage(2, since, until), Outage(3, since, until, (DEPARTMENT,)))
    accepted = an_action("dossier.accepted", at=a_moment("2026-03-04T02:00:00Z"))
    state = a_dossier_in_process(
        status=Status.NEWLY_REGISTERED, accepted_at=None, procedure_version=None, due=None
    )

    dossier = evolve(state, accepted, register)
    unpaused = evolve(state, accepted, a_register())

    assert isinstance(dossier, Dossier)
    assert isinstance(unpaused, Dossier)
    assert [halt.outage_version for halt in dossier.halts] == [2]
    assert unpaused.due == MARCH_13
    assert dossier.due == Due(day=date(2026, 3, 16))


def test_outage_excuses_from_its_declaration_on_and_changes_no_earlier_figure() -> None:
    register = a_register(a_procedure(pause_in_outage=True))
    late = counted(due=Due(day=date(2026, 3, 2)))

    halted = after_outage(late, register, declared("2026-03-04T09:00:00Z"))

    instants = (a_moment(f"2026-03-0{day}T03:00:00Z").instant for day in (3, 4, 5))
    overdue = [overdue_at(halted, instant, ZONE) for instant in instants if instant]
    assert overdue == [True, True, False]
