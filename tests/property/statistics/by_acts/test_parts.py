"""What one dossier with its acts adds: the slow reference, and sums that add up."""

from collections import Counter

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.dossiers import Dossier, Halt, HaltKind
from domain.facts import Channel, PaymentMethod
from domain.figures import gross_duration_seconds
from domain.moments import render_moment
from domain.roles import Role
from projections.dossier_rows import row_of
from projections.statistics.by_acts.acts import SeenAct
from projections.statistics.by_acts.adding import (
    SEEN_KINDS,
    SUPPLEMENTS,
    VISITS,
    Theme,
    parts_of,
)
from projections.statistics.by_acts.stays import Stage, stays_of
from projections.statistics.by_acts.visits import visits_of
from tests.property.test_counts import ZONES, dossiers, moments
from tests.support.references.stays import slow_stays

texts = moments.map(render_moment)
acts = st.lists(
    st.builds(
        SeenAct,
        st.sampled_from(sorted(SEEN_KINDS)),
        texts,
        st.sampled_from(sorted(ZONES)),
        st.sampled_from(sorted(ZONES)),
        st.none() | st.integers(0, 500_000),
        st.none() | st.sampled_from([method.value for method in PaymentMethod]),
        st.frozensets(st.sampled_from([Role.RECEIVER, Role.RETURNER, Role.POST, Role.APPLICANT])),
    ),
    max_size=7,
)
more_halts = st.lists(
    st.builds(Halt, st.sampled_from(list(HaltKind)), moments, st.none() | moments), max_size=2
).map(tuple)


def complete(
    found: list[Dossier], halts: tuple[Halt, ...], more: tuple[object, int, Channel]
) -> list[Dossier]:
    """Give the accepted dossiers, with more halts, a return, requests and a channel."""
    returned, requests, channel = more
    return [
        msgspec.structs.replace(
            each,
            halts=(*each.halts, *halts),
            returned_at=returned if each.ended_at is not None else None,
            supplement_requests=requests,
            channel=channel,
        )
        for each in found
        if each.accepted_at is not None
    ]


extras = st.tuples(st.none() | moments, st.integers(0, 5), st.sampled_from(list(Channel)))


@given(dossiers, more_halts, extras, acts, moments)
def test_stays_are_those_of_the_slow_reference_and_add_up_to_the_gross_duration(
    found: list[Dossier],
    halts: tuple[Halt, ...],
    more: tuple[object, int, Channel],
    done: list[SeenAct],
    submitted: object,
) -> None:
    for each in complete(found, halts, more):
        dossier = msgspec.structs.replace(each, submitted_at=submitted)
        zone = ZONES[dossier.office]

        stays = stays_of(row_of(dossier), done, zone)

        by_stage = {(stay.office, stay.stage.value): stay.seconds for stay in stays}
        assert len(by_stage) == len(stays)
        assert by_stage == slow_stays(dossier, done, zone)
        at_work = [s for s in stays if s.stage not in (Stage.INTAKE, Stage.INTAKE_WAIT)]
        gross = gross_duration_seconds(dossier, zone) or 0
        assert sum(stay.seconds for stay in at_work) == max(0, gross)
        assert all(stay.seconds > 0 for stay in stays)


@given(dossiers, more_halts, extras, acts)
def test_every_resolved_dossier_is_in_one_class_of_visits_and_of_supplements(
    found: list[Dossier],
    halts: tuple[Halt, ...],
    more: tuple[object, int, Channel],
    done: list[SeenAct],
) -> None:
    for dossier in complete(found, halts, more):
        row, zone = row_of(dossier), ZONES[dossier.office]
        parts = [part for part in parts_of(row, done, zone) if part.theme is Theme.VISITS]

        counted = Counter(part.measure for part in parts)

        is_resolved = int(dossier.ended_at is not None)
        assert sum(counted[name] for name in (*VISITS, "not_known")) == is_resolved
        assert sum(counted[name] for name in SUPPLEMENTS) == is_resolved
        visits = visits_of(row, done, zone)
        assert visits is not None
        assert 0 <= visits <= len(done)


@given(dossiers, extras, acts)
def test_outstanding_money_is_never_below_zero_and_of_no_dossier_that_stopped_waiting(
    found: list[Dossier], more: tuple[object, int, Channel], done: list[SeenAct]
) -> None:
    for dossier in complete(found, (), more):
        changes = sorted(
            (part.day, -part.times, part)
            for part in parts_of(row_of(dossier), done, ZONES[dossier.office])
            if part.measure == "outstanding"
        )
        owing = amount = 0
        for _, _, part in changes:
            owing, amount = owing + part.times, amount + part.total
            assert owing >= 0
            assert amount >= 0
        waiting = sum(wait.until is None and wait.kind == "payment" for wait in dossier.waits)
        assert owing <= waiting
