"""R13: days without an act, against a count day by day; and what the finding says."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.calendars import WorkingTime, is_working_day
from domain.dossiers import Halt, HaltKind
from domain.moments import Moment
from projections.findings import find
from projections.findings.rules.clocks.idle import _idle_days
from tests.support.dossier_cases import CALENDAR, HANOI, a_dossier, an_act, examined_dossier
from tests.support.histories.dossiers import History, on

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


def test_finding_names_the_longest_gap_and_how_long_it_was() -> None:
    history = History().in_process(on(2)).act("component_digitised", on(3))
    examined = history.issued(on(12)).until(on(13))

    (finding,) = [each for each in find(examined) if each.rule == "R13"]

    assert finding.evidence == (history.acts[3].entry_index,)
    assert "6 working days" in finding.reason.en
