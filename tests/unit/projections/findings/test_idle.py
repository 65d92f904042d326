"""R13: days without an act, against a count day by day; and what the finding says."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.calendars import WorkingTime, is_working_day
from domain.clocks.limits import STEP_KINDS
from domain.dossiers import Halt, HaltKind, Status, StepBegun
from domain.moments import Moment
from domain.procedures import InternalStep
from domain.roles import Role
from projections.findings import ExaminedDossier, Finding, find
from projections.findings.life.identities import identity_of_lead
from projections.findings.rules.clocks.idle import _idle_days, _stretches
from tests.support.builders import a_procedure
from tests.support.dossier_cases import CALENDAR, HANOI, a_dossier, an_act, examined_dossier
from tests.support.histories.dossiers import History, on
from tests.support.situations.lives import Lived
from tests.unit.projections.findings.fixtures.due_dates import with_two_steps
from tests.unit.projections.status.test_histories import histories

FIRST = date(2026, 8, 24)  # the days off around 2 September lie within
DAYS = st.integers(0, 30).map(lambda number: FIRST + timedelta(days=number))


def in_order(pair: tuple[date, date]) -> tuple[date, date]:
    return (min(pair), max(pair))


STRETCHES = st.tuples(DAYS, DAYS).map(in_order)


@given(gap=STRETCHES, halts=st.lists(STRETCHES, max_size=4))
def test_idle_days_are_those_that_a_count_day_by_day_gives(
    gap: tuple[date, date], halts: list[tuple[date, date]]
) -> None:
    since, until = gap
    stretches = tuple(
        Halt(HaltKind.CONSULTATION, Moment(day=begin), Moment(day=end)) for begin, end in halts
    )
    dossier = replace(a_dossier("2026-08-03"), halts=stretches)
    act = an_act("handover_acknowledged", since.isoformat())
    working = WorkingTime(CALENDAR, HANOI)

    counted = _idle_days(examined_dossier(dossier, act), working, act, Moment(day=until))

    between = (since + timedelta(days=number) for number in range(1, (until - since).days))
    idle = [
        day
        for day in between
        if is_working_day(CALENDAR, day) and not any(begin < day <= end for begin, end in halts)
    ]
    assert counted == len(idle)


def idle(examined: ExaminedDossier) -> list[Finding]:
    return [each for each in find(examined) if each.rule == "R13"]


def entries(history: History, *places: int) -> tuple[int | None, ...]:
    return tuple(history.acts[place].entry_index for place in places)


def test_finding_names_the_acts_around_a_stretch_and_how_long_it_was() -> None:
    history = History().in_process(on(2)).act("component_digitised", on(3))
    examined = history.issued(on(12)).until(on(13))

    (finding,) = idle(examined)

    assert finding.evidence == entries(history, 3, 4)
    assert "6 working days" in finding.reason.en


def test_every_idle_stretch_of_a_life_is_a_lead_not_the_longest_alone() -> None:
    history = History().in_process(on(2)).act("component_digitised", on(9))
    history.act("component_digitised", on(17))

    found = idle(history.until(on(25)))

    assert [finding.evidence for finding in found] == [
        entries(history, 2, 3),
        entries(history, 3, 4),
        entries(history, 4),
    ]
    assert ["has happened" in finding.reason.en for finding in found] == [False, False, True]


def test_later_acts_leave_the_lead_of_an_ended_stretch_the_same() -> None:
    history = History().in_process(on(2)).act("component_digitised", on(9))
    (before,) = idle(history.until(on(10)))

    (after,) = idle(history.issued(on(10)).until(on(31)))

    assert identity_of_lead(before) == identity_of_lead(after)


def test_stretch_beyond_the_calendar_does_not_hide_an_earlier_one() -> None:
    history = History().in_process(on(2)).act("component_digitised", on(9))
    history.calendar_until(date(2026, 3, 10))

    (finding,) = idle(history.until(on(31)))

    assert finding.evidence == entries(history, 2, 3)


def test_step_before_the_last_is_found_by_the_acts_around_it() -> None:
    history = with_two_steps()

    (finding,) = idle(history.until(on(4, 17)))

    assert finding.evidence == entries(history, 2, 3)
    assert "8 working hours" in finding.reason.en


def test_dossier_of_which_no_step_began_yet_has_none_over_its_hours() -> None:
    steps = (InternalStep(role=Role.PROCESSOR, hours=8, code="s1"),)

    assert idle(History(a_procedure(steps=steps)).accepted(on(2)).until(on(31))) == []


def test_stretch_and_step_between_the_same_acts_are_one_lead() -> None:
    history = with_two_steps(on(10))

    (finding,) = idle(history.until(on(10, 11)))

    assert finding.evidence == entries(history, 2, 3)
    assert "nothing happened for 5 working days. An internal step of 8" in finding.reason.en


@given(histories())
def test_last_of_the_steps_that_acts_tell_is_the_step_of_the_dossier(life: Lived) -> None:
    begun = [act for act in life.acts if act.kind in STEP_KINDS]

    told = StepBegun(begun[-1].at, len(begun), begun[-1].step) if begun else None

    assert told == life.dossier.step


@given(histories())
def test_every_act_of_the_office_in_process_begins_a_stretch_and_ends_the_one_before(
    life: Lived,
) -> None:
    acts = life.acts
    before = [None, *(act.status for act in acts)]
    outside = {Role.APPLICANT, Role.PROXY, Role.HOLDER}
    begins = [
        act.version
        for act, former in zip(acts, before, strict=False)
        if act.status is Status.IN_PROCESS
        and (former is not Status.IN_PROCESS or {each.role for each in act.signers} - outside)
    ]

    stretches = list(_stretches(examined_dossier(life.dossier, *acts)))

    assert [former.version for former, _ in stretches] == begins
    for _, latter in stretches:
        assert latter is None or latter.version in begins or latter.status != Status.IN_PROCESS
