"""Lines of queues: their order is total, pages lose nothing, counts add up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.queues.items import (
    Placed,
    Queue,
    QueueItem,
    counts_by_step,
    in_order,
    item_of,
    order_of,
    page_of,
)
from projections.status.standing import standing_of
from projections.status.waiting import Awaited
from tests.support.references.queues import KeptLine, belongs
from tests.support.situations.lives import Lived, act, instant, lived

BEFORE = (
    ("submitted", "2026-03-02T01:00:00Z"),
    ("accepted", "2026-03-02T02:00:00Z"),
    ("processor_assigned", "2026-03-02T03:00:00Z"),
)


def line(life: Lived, as_of: str, *, due_soon_hours: int = 24, is_mine: bool = False) -> QueueItem:
    standing = standing_of(life.dossier, life.acts)
    placed = Placed(life.dossier, standing, life.basis(as_of), is_mine=is_mine)
    return item_of(placed, due_soon_hours)


instants = st.sampled_from([None, "2026-03-11T17:00:00.000000Z", "2026-03-12T17:00:00.000000Z"])
days = st.sampled_from([None, "2026-03-02", "2026-03-02T02:00:00Z", "2026-03-03T02:00:00Z"])
lines = st.lists(
    st.builds(
        QueueItem,
        stream=st.integers(0, 999).map(lambda number: f"dossier:{number:032x}"),
        office=st.just("H27.15"),
        stage=st.sampled_from(["processing", "accepted", "supplement"]),
        since=st.just("2026-03-02"),
        procedure=st.sampled_from(["1.004222", "1.004223"]),
        step=st.sampled_from([None, "b1", "b2"]),
        due_at=instants,
        accepted_at=days,
        submitted_at=st.just("2026-03-01T01:00:00Z"),
    ),
    unique_by=lambda item: item.stream,
    max_size=40,
)


@given(lines, st.randoms(use_true_random=False))
def test_order_does_not_depend_on_the_order_in_which_lines_came(
    items: list[QueueItem], random: object
) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert in_order(shuffled) == in_order(items)


@given(lines)
def test_no_two_lines_have_one_place(items: list[QueueItem]) -> None:
    assert len({order_of(item) for item in items}) == len(items)


@given(lines, st.integers(1, 7))
def test_pages_together_are_the_queue_and_show_nothing_twice(
    items: list[QueueItem], limit: int
) -> None:
    queue = in_order(items)
    pages = [page_of(queue, start, limit) for start in range(0, len(queue) + limit, limit)]

    assert [item for page in pages for item in page] == list(queue)
    assert all(len(page) <= limit for page in pages)


@given(lines)
def test_counts_by_step_add_up_to_the_queue(items: list[QueueItem]) -> None:
    counts = counts_by_step(items)

    assert sum(each.count for each in counts) == len(items)
    assert len({(each.stage, each.procedure, each.step) for each in counts}) == len(counts)
    assert [each.count for each in counts] == sorted((each.count for each in counts), reverse=True)


def test_what_is_due_first_comes_first_and_what_has_no_date_comes_last() -> None:
    soon = line(lived(*BEFORE), "2026-03-03T00:00:00Z")
    later = line(
        lived(("submitted", "2026-03-03T01:00:00Z"), ("accepted", "2026-03-03T02:00:00Z")),
        "2026-03-03T03:00:00Z",
    )
    undated = line(lived(("submitted", "2026-03-01T01:00:00Z")), "2026-03-03T00:00:00Z")

    assert in_order([undated, later, soon]) == (soon, later, undated)


def test_due_soon_is_what_passes_within_the_hours_asked_for() -> None:
    # Due on 11 March: the day is over at 17:00 UTC.
    life = lived(*BEFORE)

    assert not line(life, "2026-03-10T16:59:59Z").due_soon
    assert line(life, "2026-03-10T17:00:00Z").due_soon
    assert line(life, "2026-03-09T17:00:00Z", due_soon_hours=48).due_soon
    assert not line(life, "2026-03-11T17:00:00Z").due_soon
    assert line(life, "2026-03-11T17:00:00Z").overdue


def test_what_waits_for_its_applicant_is_neither_due_soon_nor_overdue() -> None:
    life = lived(*BEFORE, ("supplement_requested", "2026-03-04T02:00:00Z"))

    for as_of in ("2026-03-11T02:00:00Z", "2026-03-16T02:00:00Z"):
        found = line(life, as_of)
        assert (found.due_soon, found.overdue) == (False, False)
        assert found.waits_for == ("supplement",)


def test_result_to_hand_over_has_no_date_that_runs() -> None:
    life = lived(
        *BEFORE,
        ("result_approved", "2026-03-04T02:00:00Z"),
        ("result_issued", "2026-03-04T03:00:00Z"),
    )

    found = line(life, "2026-04-04T02:00:00Z")

    assert (found.due_at, found.overdue, found.role) == (None, False, "returner")


@pytest.mark.parametrize("queue", list(Queue))
@pytest.mark.parametrize("as_of", ["2026-03-05", "2026-03-10", "2026-03-11", "2026-03-16"])
@pytest.mark.parametrize("hour", ["00:30", "16:59", "17:00", "23:30"])
@pytest.mark.parametrize("more", [(), (("supplement_requested", "2026-03-04T02:00:00Z"),)])
def test_kept_line_says_of_every_queue_what_the_state_says(
    queue: Queue, as_of: str, hour: str, more: tuple[tuple[str, str], ...]
) -> None:
    life, at = lived(*BEFORE, *more), f"{as_of}T{hour}:00Z"
    awaited = [waiting.awaited for waiting in life.situation(at).waiting]

    stage = standing_of(life.dossier, life.acts).stage
    kept = KeptLine(life.dossier, stage, life.register, instant("2026-03-04T02:00:00Z"))

    assert not kept.line.is_odd
    assert kept.is_in(queue, instant(at)) is belongs(line(life, at), queue, awaited)


def test_line_names_no_person_and_no_code() -> None:
    assert {"code", "name", "applicant", "assignee"}.isdisjoint(QueueItem.__struct_fields__)


def test_each_queue_takes_its_own() -> None:
    mine = line(lived(*BEFORE), "2026-03-16T02:00:00Z", is_mine=True)

    taken = {queue for queue in Queue if belongs(mine, queue, [Awaited.APPLICANT])}

    assert taken == set(Queue) - {Queue.DUE_SOON}
    assert not belongs(mine, Queue.WAITING, [Awaited.CONSULTED_AGENCY])


def test_idle_days_stand_in_the_line() -> None:
    idle = line(lived(*BEFORE), "2026-03-10T02:00:00Z")
    moved = act("component_digitised", "2026-03-09T02:00:00Z")

    assert idle.idle_working_days == 6
    assert line(lived(*BEFORE, moved), "2026-03-10T02:00:00Z").idle_working_days is None


def test_line_of_a_wait_that_begins_after_the_seal_says_that_it_cannot_tell() -> None:
    life = lived(*BEFORE, ("supplement_requested", "2026-03-04T02:00:00Z"))
    stage = standing_of(life.dossier, life.acts).stage

    earlier, later = (
        KeptLine(life.dossier, stage, life.register, instant(at)).line
        for at in ("2026-03-04T01:59:59Z", "2026-03-04T02:00:00Z")
    )

    assert (earlier.is_odd, later.is_odd) == (True, False)
