"""On time by the index of Decision 766: random lives, the slow reference, and stretches."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decisions import decide, evolve
from domain.dossiers import Dossier, Due, DueChange, Halt, HaltKind, Wait, WaitKind
from domain.errors import ActionRefused
from domain.figures import overdue_at, resolution
from domain.moments import Moment
from domain.on_time_766 import (
    Difference766,
    On766,
    difference_766,
    judge_766,
    late_stretches_766,
    verdict_766,
)
from domain.procedures import Limit, LimitUnit, Procedure, SupplementPolicy
from projections.dossier_rows import counted_dossier, row_of
from tests.support.builders import (
    ZONE,
    MemoryRegister,
    a_dossier,
    a_procedure,
    a_register,
    an_action,
)
from tests.support.references.on_time_766 import Seen, slow_judge_766

ACTS = (
    "dossier.handover_acknowledged",
    "dossier.supplement_requested",
    "dossier.supplement_completed",
    "dossier.payment_required",
    "dossier.payment_confirmed",
    "dossier.consultation_requested",
    "dossier.consultation_answered",
    "dossier.processing_suspended",
    "dossier.processing_resumed",
    "dossier.withdrawal_requested",
    "dossier.withdrawal_denied",
    "dossier.extension_apology_issued",
    "dossier.resolution_refused",
    "dossier.processing_stopped",
    "dossier.withdrawal_confirmed",
)
# Drawn more often: most of the rule is about papers, and lives should come to an end.
FAVOURED = (
    "dossier.handover_acknowledged",
    "dossier.supplement_requested",
    "dossier.supplement_completed",
    "dossier.resolution_refused",
)
START = datetime(2026, 3, 2, 2, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

procedures = st.builds(
    lambda unit, amount, policy, pause: a_procedure(
        limit=Limit(unit=unit, amount=amount), supplement_policy=policy, pause_in_payment=pause
    ),
    st.sampled_from([LimitUnit.HOURS, LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS]),
    st.integers(1, 12),
    st.sampled_from(list(SupplementPolicy)),
    st.booleans(),
)
appointments = (
    st.none()
    | st.builds(Due, instant=st.integers(1, 400).map(lambda hours: START + timedelta(hours=hours)))
    | st.builds(Due, day=st.dates(date(2026, 3, 2), date(2026, 3, 20)))
)


def a_life(
    register: MemoryRegister, appointment: Due | None, gaps: list[int], data: st.DataObject
) -> list[Seen]:
    """Give an accepted dossier's acts, each with the state after it."""
    at = START
    seen = [_seen(a_dossier(), "dossier.accepted", at, register)]
    first = msgspec.structs.replace(seen[0].after, appointment=appointment)
    seen = [Seen(at, "dossier.accepted", first)]
    for gap in gaps:
        at += timedelta(hours=gap, seconds=1)
        permitted = [kind for kind in ACTS if _permits(seen[-1].after, kind, at, register)]
        if not permitted:
            break
        favoured = [kind for kind in permitted if kind in FAVOURED]
        kind = data.draw(st.sampled_from(favoured * 4 + permitted))
        seen.append(_seen(seen[-1].after, kind, at, register))
    return seen


def _permits(dossier: Dossier, kind: str, at: datetime, register: MemoryRegister) -> bool:
    try:
        decide(dossier, an_action(kind, at=Moment(instant=at), version=9), register)
    except ActionRefused:
        return False
    return True


def _seen(dossier: Dossier, kind: str, at: datetime, register: MemoryRegister) -> Seen:
    state = evolve(dossier, an_action(kind, at=Moment(instant=at), version=9), register)
    assert isinstance(state, Dossier)
    return Seen(at, kind, state)


@settings(deadline=None, max_examples=250)
@given(procedures, appointments, st.lists(st.integers(0, 90), min_size=3, max_size=14), st.data())
def test_judgement_is_what_the_progression_of_statuses_gives(
    procedure: Procedure, appointment: Due | None, gaps: list[int], data: st.DataObject
) -> None:
    seen = a_life(a_register(procedure), appointment, gaps, data)
    last = seen[-1].after
    ends = [line.at for line in seen] + [seen[-1].at + timedelta(hours=hour) for hour in (1, 200)]
    tried = {end + step for end in ends for step in (timedelta(), -MICROSECOND)}
    tried |= {START + timedelta(hours=hour) for hour in range(0, 600, 7)}

    for at in tried:
        if at >= START:
            expected = On766.LATE if slow_judge_766(seen, last, at, ZONE) else On766.ON_TIME
            assert judge_766(last, ZONE, at) is expected, at
    assert counted_dossier(row_of(last)).supplement_requests == last.supplement_requests
    check_stretches(last)


days = st.dates(date(2026, 2, 25), date(2026, 4, 5))
instants = st.integers(0, 40 * 86_400).map(
    lambda seconds: datetime(2026, 2, 25, tzinfo=UTC) + timedelta(seconds=seconds)
)
moments = days.map(lambda day: Moment(day=day)) | instants.map(
    lambda instant: Moment(instant=instant)
)
dues = moments.map(lambda moment: Due(day=moment.day, instant=moment.instant))
waits = st.lists(
    st.builds(
        Wait,
        st.sampled_from(list(WaitKind)),
        moments,
        st.none() | moments,
        st.booleans(),
        st.booleans(),
    ),
    max_size=4,
).map(tuple)
halts = st.lists(
    st.builds(
        Halt,
        st.sampled_from([HaltKind.SUSPENSION, HaltKind.CONSULTATION]),
        moments,
        st.none() | moments,
        stops_clock=st.booleans(),
    ),
    max_size=2,
).map(tuple)
changes = st.lists(
    st.builds(DueChange, moments, st.just("calendar:VN"), st.just(2), st.none() | dues, dues),
    max_size=2,
).map(tuple)
# Histories as imports may bring them: in no order, and with moments that contradict each other.
wild = st.builds(
    lambda accepted, ended, due, appointment, waits, halts, changes, asked, apologies: a_dossier(
        accepted_at=accepted,
        ended_at=ended,
        due=due,
        appointment=appointment,
        waits=waits,
        halts=halts,
        due_changes=changes,
        supplement_requests=asked,
        apologies=apologies,
        imported=True,
    ),
    st.none() | moments,
    st.none() | moments,
    st.none() | dues,
    st.none() | dues,
    waits,
    halts,
    changes,
    st.integers(0, 5),
    st.integers(0, 1),
)


@settings(deadline=None)
@given(wild)
def test_stretches_agree_with_the_judgement_at_every_instant(dossier: Dossier) -> None:
    check_stretches(dossier)


def check_stretches(dossier: Dossier) -> None:
    stretches = late_stretches_766(dossier, ZONE)
    accepted = dossier.accepted_at
    if accepted is None:
        assert stretches == ()
        return
    end = None if dossier.ended_at is None else dossier.ended_at.start_in(ZONE)
    edges = [edge for stretch in stretches for edge in (stretch.since, stretch.until) if edge]
    hours = [
        datetime(2026, 2, 24, tzinfo=UTC) + timedelta(hours=hour) for hour in range(0, 1000, 5)
    ]
    for edge in (*edges, *hours, accepted.start_in(ZONE)):
        for at in (edge - MICROSECOND, edge):
            if accepted.start_in(ZONE) <= at and (end is None or at < end):
                is_late = any(
                    stretch.since <= at and (stretch.until is None or at < stretch.until)
                    for stretch in stretches
                )
                assert is_late == (judge_766(dossier, ZONE, at) is On766.LATE), at
    for stretch, following in pairwise(stretches):
        assert stretch.until is not None
        assert stretch.until < following.since
    assert all(stretch.until is None or stretch.since < stretch.until for stretch in stretches)


@given(wild, instants)
def test_difference_is_told_exactly_where_the_two_judgements_differ(
    dossier: Dossier, at: datetime
) -> None:
    verdict = judge_766(dossier, ZONE, at)
    difference = difference_766(dossier, ZONE, at)
    ended = dossier.ended_at is not None and dossier.ended_at.start_in(ZONE) <= at
    timeliness = resolution(dossier, ZONE)
    by_law = timeliness == "late" if ended else overdue_at(dossier, at, ZONE)

    if verdict is On766.NOT_COUNTED or (verdict is On766.LATE) == by_law:
        assert difference is None
    else:
        assert isinstance(difference, Difference766)
        assert difference.is_late_by_law == by_law
        assert difference.is_late_by_index != by_law
        assert difference.sentence.vi != difference.sentence.en


@given(wild)
def test_ended_dossier_has_one_verdict_whenever_it_is_asked_for(dossier: Dossier) -> None:
    verdict = verdict_766(dossier, ZONE)

    later = datetime(2027, 1, 1, tzinfo=UTC)
    if dossier.accepted_at is None or dossier.ended_at is None:
        assert verdict is None
    else:
        assert verdict is judge_766(dossier, ZONE, later)


@given(wild, instants)
def test_row_gives_the_same_judgement_as_the_dossier(dossier: Dossier, at: datetime) -> None:
    again = counted_dossier(row_of(dossier))

    assert judge_766(again, ZONE, at) is judge_766(dossier, ZONE, at)
    assert late_stretches_766(again, ZONE) == late_stretches_766(dossier, ZONE)
