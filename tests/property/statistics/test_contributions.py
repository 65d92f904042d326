"""What a dossier adds, with its short cuts, is what looking at every turning point gives."""

from collections.abc import Sequence
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from domain.dossiers import Channel, Dossier
from domain.figures import Stretch, overdue_stretches, stretches_where, turning_points
from domain.moments import Moment
from domain.on_time_766 import difference_766, late_stretches_766
from projections.statistics.measures import (
    INDEX_OVERDUE,
    OVERDUE,
    PENDING_PREFIX,
    Change,
    contribution_of,
)
from tests.property.statistics.test_statistics import appointed, dressed
from tests.property.test_counts import ZONES, dossiers


@given(dossiers, appointed, st.sampled_from(sorted(ZONES.values())))
def test_changes_are_those_of_every_turning_point(
    found: list[Dossier], more: list[tuple[object, Channel, int]], zone: str
) -> None:
    for dossier in dressed(found, more):
        contribution = contribution_of(dossier, zone)
        if contribution is not None:
            slow = [] if _ends_at_once(dossier, zone) else _slow_changes(dossier, zone)
            assert sorted(contribution.changes, key=repr) == sorted(slow, key=repr)


def _ends_at_once(dossier: Dossier, zone: str) -> bool:
    assert dossier.accepted_at is not None
    if dossier.ended_at is None:
        return False
    return dossier.ended_at.day_in(zone) <= dossier.accepted_at.day_in(zone)


def _slow_changes(dossier: Dossier, zone: str) -> list[Change]:
    assert dossier.accepted_at is not None
    first = Moment(day=dossier.accepted_at.day_in(zone)).start_in(zone)
    last = None
    if dossier.ended_at is not None:
        last = Moment(day=dossier.ended_at.day_in(zone)).start_in(zone)
    by_law, by_index = overdue_stretches(dossier, zone), late_stretches_766(dossier, zone)
    late = {OVERDUE: by_law, INDEX_OVERDUE: by_index}
    if not _has_one_due_date_and_nothing_else(dossier):
        late |= _reasons(dossier, (*by_law, *by_index), zone)
    else:
        late[INDEX_OVERDUE] = by_law
    return [change for name, each in late.items() for change in _within(each, name, first, last)]


def _has_one_due_date_and_nothing_else(dossier: Dossier) -> bool:
    # From the day's beginning, as it is for the law: the acceptance's hour does not part the two.
    return (
        dossier.due is not None
        and dossier.due == dossier.appointment
        and dossier.supplement_requests == 0
        and not (dossier.waits or dossier.halts or dossier.due_changes)
    )


def _reasons(
    dossier: Dossier, late: Sequence[Stretch], zone: str
) -> dict[str, tuple[Stretch, ...]]:
    assert dossier.accepted_at is not None
    bounds = {moment for each in late for moment in (each.since, each.until) if moment is not None}
    bounds |= {dossier.accepted_at.start_in(zone), *turning_points(dossier, zone)}
    cuts = sorted(bounds)
    found = [difference_766(dossier, zone, cut) for cut in cuts]
    reasons = [None if each is None else each.reason.value for each in found]
    return {
        f"{PENDING_PREFIX}{reason}": stretches_where(cuts, [each == reason for each in reasons])
        for reason in {each for each in reasons if each is not None}
    }


def _within(
    stretches: Sequence[Stretch], name: str, first: datetime, last: datetime | None
) -> list[Change]:
    found: list[Change] = []
    for each in stretches:
        since, until = max(each.since, first), each.until
        if last is not None:
            until = last if until is None else min(until, last)
        if until is None or since < until:
            found.append(Change(since, name, +1))
            found += [] if until is None else [Change(until, name, -1)]
    return found
