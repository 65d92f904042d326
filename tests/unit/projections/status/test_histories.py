"""Where a dossier stands, over any history that the law's table permits."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.actions import StreamType
from domain.dossiers import Dossier
from domain.kinds import KINDS
from domain.roles import Role
from domain.transitions import TRANSITIONS
from projections.queues.items import Placed, Queue, item_of
from projections.queues.stored import without_persons
from projections.status.basis import Basis, basis_of
from projections.status.desks import OFF_ALL_DESKS
from projections.status.next_steps import is_permitted
from projections.status.situation import Situation, situation_of
from projections.status.stages import STATUS_OF
from projections.status.standing import standing_of
from projections.status.steps import Step
from projections.status.waiting import awaited_now
from projections.stored.rows import decode_state
from tests.support.builders import a_life, a_register
from tests.support.references.queues import KeptLine, belongs
from tests.support.situations.lives import Lived, a_stepped_procedure, fold, instant

KINDS_OF_DOSSIERS: Final = [
    name
    for name, kind in KINDS.items()
    if kind.stream is StreamType.DOSSIER
    and not TRANSITIONS[name].creates
    and kind.signers.alone - {Role.IMPORTER, Role.PROXY}
]
# Most permitted acts end a dossier, so that random histories alone would seldom get far.
COURSE: Final = (
    "dossier.submitted",
    "dossier.accepted",
    "dossier.forwarded",
    "dossier.handover_acknowledged",
    "dossier.submitted_for_approval",
    "dossier.result_approved",
    "dossier.result_issued",
)
BEGINNINGS: Final = [COURSE[: length + 1] for length in range(len(COURSE))]
REGISTER: Final = a_register(a_stepped_procedure())


@st.composite
def histories(draw: st.DrawFn) -> Lived:
    names = list(draw(st.sampled_from(BEGINNINGS)))
    life = fold(a_life(*names), REGISTER)
    for _ in range(draw(st.integers(0, 14))):
        permitted = [
            name for name in KINDS_OF_DOSSIERS if is_permitted(TRANSITIONS[name], life.dossier)
        ]
        if not permitted:
            break
        names.append(draw(st.sampled_from(permitted)))
        life = fold(a_life(*names), REGISTER)
    return life


def placed(life: Lived, hours: int) -> tuple[Situation, Basis]:
    as_of = instant("2026-03-02T02:00:00Z") + timedelta(hours=hours)
    basis = basis_of(life.dossier, life.register, as_of)
    return situation_of(life.dossier, life.acts, basis), basis


def as_kept(dossier: Dossier) -> Dossier:
    """Give a dossier as a kept queue has it."""
    state = without_persons(msgspec.msgpack.encode(dossier))
    assert not any(key.encode() in state for key in (*dossier.applicant_keys, *dossier.accepted_by))
    kept = decode_state(dossier.stream, state)
    assert isinstance(kept, Dossier)
    return kept


@given(histories(), st.integers(0, 2_000))
def test_situation_never_contradicts_the_official_status(life: Lived, hours: int) -> None:
    situation, _ = placed(life, hours)

    assert STATUS_OF[situation.stage] is life.dossier.status
    is_off = life.dossier.status in OFF_ALL_DESKS and not life.dossier.suspended
    assert (situation.desk is None) == is_off
    assert bool(situation.next.acts) == (not is_off)
    assert all(is_permitted(TRANSITIONS[act.kind], life.dossier) for act in situation.next.acts)


@given(histories(), st.integers(0, 2_000))
def test_what_waits_for_its_applicant_is_neither_late_nor_idle(life: Lived, hours: int) -> None:
    situation, _ = placed(life, hours)

    assert situation.movement is not None
    if life.dossier.is_waiting or life.dossier.ended_at is not None:
        assert situation.overdue is None
        assert not situation.movement.is_idle
    if life.dossier.is_waiting:
        assert situation.waiting


@given(histories(), st.integers(0, 2_000), st.integers(0, 400))
def test_use_of_a_step_only_grows(life: Lived, hours: int, more: int) -> None:
    (early, _), (late, _) = placed(life, hours), placed(life, hours + more)

    if isinstance(early.step, Step) and isinstance(late.step, Step):
        first, second = early.step, late.step
        assert (first.used_seconds is None) == (second.used_seconds is None)
        if first.used_seconds is not None and second.used_seconds is not None:
            assert 0 <= first.used_seconds <= second.used_seconds
            assert first.waited_seconds is not None
            assert second.waited_seconds is not None
            assert 0 <= first.waited_seconds <= second.waited_seconds


@given(histories(), st.integers(0, 2_000), st.integers(1, 100))
def test_kept_line_that_is_not_odd_says_what_the_state_says(
    life: Lived, hours: int, soon: int
) -> None:
    situation, basis = placed(life, hours)
    on_desk = Placed(life.dossier, standing_of(life.dossier, life.acts), basis)
    item = item_of(on_desk, soon)
    assert item_of(replace(on_desk, dossier=as_kept(life.dossier)), soon) == item
    awaited = tuple(whom for _, whom in awaited_now(life.dossier, on_desk.standing.stage))
    assert awaited == tuple(waiting.awaited for waiting in situation.waiting)

    for queue in (Queue.DUE_SOON, Queue.OVERDUE, Queue.WAITING):
        kept = KeptLine(life.dossier, on_desk.standing.stage, REGISTER, basis.as_of)
        if not kept.line.is_odd:
            assert kept.is_in(queue, basis.as_of, soon) is belongs(item, queue, awaited)
    assert not (item.overdue and item.due_soon)
