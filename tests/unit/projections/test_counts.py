from typing import Any

import msgspec
import pytest

from domain.dossiers import WaitKind
from domain.moments import Moment
from domain.procedures import SupplementPolicy
from ledger.errors import StoreCorrupt
from projections.counts import ALL_HISTORY, Counts, Figure, Span, count_dossiers
from projections.dossier_rows import DossierRow, row_of
from tests.support import builders
from tests.support.dossier_cases import HANOI, OFFICE, a_change, a_row, a_wait, instant

MONTH_ENDS = ((1, 31), (2, 28), (3, 31), (4, 30), (5, 31))
ZONES = {OFFICE: HANOI, "X1": "Europe/Berlin", "Y1": "America/New_York"}


def counts(
    *rows: DossierRow, as_of: str = "2026-03-15T00:00:00Z", span: Span = ALL_HISTORY
) -> Counts:
    return count_dossiers(rows, instant(as_of), ZONES, span)


def numbers(figure: Figure) -> tuple[int, ...]:
    """Give carried, received, early, on time, late, pending in time, pending overdue."""
    return (
        figure.carried_over,
        figure.received,
        figure.resolved_early,
        figure.resolved_on_time,
        figure.resolved_late,
        figure.pending_in_time,
        figure.pending_overdue,
    )


def by_month(found: Counts) -> dict[str, tuple[int, ...]]:
    return {figure.period: numbers(figure) for figure in found.figures}


def test_small_world_counted_by_hand() -> None:
    rows = [
        a_row("2026-01-05", "2026-01-08", "2026-01-12"),  # early
        a_row("2026-01-05", "2026-01-12", "2026-01-12"),  # on time
        a_row("2026-01-20", "2026-02-10", "2026-02-03"),  # overdue since 4 February, late
        a_row("2026-01-28", None, "2026-02-20"),  # overdue at the end of February
        a_row("2026-02-25", None, "2026-03-31"),  # in time
        a_row("2026-02-26", "2026-03-02"),  # without a due date: on time
        a_row(None, "2026-01-02"),  # never accepted: does not count
    ]

    found = counts(*rows)

    assert by_month(found) == {
        "2026-01": (0, 4, 1, 1, 0, 2, 0),
        "2026-02": (2, 2, 0, 0, 1, 2, 1),
        "2026-03": (3, 0, 0, 1, 0, 1, 1),
    }
    assert numbers(found.total) == (0, 6, 1, 2, 1, 1, 1)


def test_figures_stand_per_office_and_procedure_in_order() -> None:
    found = counts(
        a_row("2026-03-01", procedure="p2"),
        a_row("2026-03-01", procedure="p1"),
        a_row("2026-03-01", office="X1", procedure="p1"),
    )

    assert [(figure.office, figure.procedure) for figure in found.figures] == [
        (OFFICE, "p1"),
        (OFFICE, "p2"),
        ("X1", "p1"),
    ]


def test_no_dossiers_give_no_figures_and_a_total_of_zeros() -> None:
    found = counts()

    assert found.figures == ()
    assert numbers(found.total) == (0,) * 7


def test_month_in_which_nothing_came_or_stayed_is_left_out() -> None:
    found = counts(a_row("2026-01-05", "2026-01-06"), a_row("2026-03-05", "2026-03-06"))

    assert list(by_month(found)) == ["2026-01", "2026-03"]


@pytest.mark.parametrize(
    ("ended", "due_at", "column"),
    [
        pytest.param("2026-02-10T16:59:59Z", "2026-02-10", 3, id="last second of a due day"),
        pytest.param("2026-02-10T17:00:00Z", "2026-02-10", 4, id="first second after a due day"),
        pytest.param("2026-02-09T16:59:59Z", "2026-02-10", 2, id="day before"),
        pytest.param("2026-02-10T08:00:00Z", "2026-02-10T08:00:00Z", 3, id="on the instant"),
        pytest.param("2026-02-10T08:00:01Z", "2026-02-10T08:00:00Z", 4, id="a second late"),
        pytest.param("2026-02-10T01:00:00Z", "2026-02-10T08:00:00Z", 3, id="earlier that day"),
        pytest.param("2026-02-10", "2026-02-10T08:00:00Z", 3, id="day only on the due day"),
        pytest.param("2026-02-11", "2026-02-10T08:00:00Z", 4, id="day only after it"),
        pytest.param("2026-02-20", None, 3, id="no due date"),
    ],
)
def test_resolution_is_early_on_time_or_late(ended: str, due_at: str | None, column: int) -> None:
    found = counts(a_row("2026-02-02", ended, due_at))

    resolved = numbers(found.total)[2:5]
    assert resolved == tuple(int(number == column) for number in (2, 3, 4))


@pytest.mark.parametrize(
    ("due_at", "overdue"),
    [
        pytest.param("2026-02-28", 0, id="due on the last day of the month"),
        pytest.param("2026-02-27", 1, id="due the day before"),
        pytest.param("2026-02-28T16:59:59Z", 1, id="due at the month's last second"),
        pytest.param("2026-02-28T17:00:00Z", 0, id="due with the next month's first instant"),
    ],
)
def test_month_ends_with_its_last_instant_in_the_zone_of_the_office(
    due_at: str, overdue: int
) -> None:
    found = counts(a_row("2026-02-02", "2026-03-10", due_at))

    assert by_month(found)["2026-02"][-1] == overdue


@pytest.mark.parametrize(
    ("wait", "february"),
    [
        pytest.param(a_wait("2026-02-20", "2026-03-02"), (1, 0), id="paused over the end"),
        pytest.param(a_wait("2026-02-20", "2026-02-25"), (0, 1), id="paused before the end"),
        pytest.param(a_wait("2026-03-01"), (0, 1), id="paused from the next day"),
        pytest.param(a_wait("2026-02-28T16:59:59Z"), (1, 0), id="paused in the last second"),
        pytest.param(a_wait("2026-02-20", "2026-03-01"), (1, 0), id="paused to its very end"),
        pytest.param(
            a_wait("2026-02-20", None, WaitKind.PAYMENT), (1, 0), id="payment awaited since"
        ),
        pytest.param(a_wait("2026-03-05", "2026-02-01"), (0, 1), id="imported backwards"),
    ],
)
def test_dossier_that_waits_for_its_applicant_at_the_end_of_a_month_is_in_time(
    wait: Any, february: tuple[int, int]
) -> None:
    found = counts(a_row("2026-02-02", "2026-03-10", "2026-02-10", waits=(wait,)))

    assert by_month(found)["2026-02"][-2:] == february


def test_dossier_may_be_overdue_paused_and_overdue_again() -> None:
    waiting = (a_wait("2026-02-20", "2026-03-05"),)

    found = counts(
        a_row("2026-01-02", None, "2026-01-10", waits=waiting), as_of="2026-04-20T00:00:00Z"
    )

    assert [(period, each[-1]) for period, each in by_month(found).items()] == [
        ("2026-01", 1),
        ("2026-02", 0),
        ("2026-03", 1),
        ("2026-04", 1),
    ]


def test_month_that_ended_overdue_stays_overdue_when_the_due_date_moves_later() -> None:
    moved = {
        "waits": (a_wait("2026-03-02", "2026-03-10"),),
        "due_changes": (a_change("2026-03-10", "2026-02-10", "2026-03-19"),),
    }

    ended = counts(a_row("2026-02-02", "2026-03-15", "2026-03-19", **moved))
    pending = counts(a_row("2026-02-02", None, "2026-03-19", **moved), as_of="2026-04-20T00:00:00Z")

    assert by_month(ended)["2026-02"][-2:] == (0, 1)
    assert by_month(ended)["2026-03"] == (1, 0, 1, 0, 0, 0, 0)
    assert [each[-1] for each in by_month(pending).values()] == [1, 1, 1]


def test_month_before_the_due_date_moved_is_judged_by_the_one_of_that_time() -> None:
    waits = (a_wait("2026-03-02", "2026-03-10"), a_wait("2026-03-12", "2026-04-20"))
    changes = (
        a_change("2026-03-10", "2026-02-10", "2026-03-19"),
        a_change("2026-04-20", "2026-03-19", "2026-05-04"),
    )
    row = a_row("2026-01-05", None, "2026-05-04", waits=waits, due_changes=changes)

    found = counts(row, as_of="2026-05-05T00:00:00Z")

    assert [each[-1] for each in by_month(found).values()] == [0, 1, 0, 0, 1]


ASKED_IN_TIME = (
    ("accepted", "2026-01-05T02:00:00Z"),  # due on 14 January
    ("processor_assigned", "2026-01-06T02:00:00Z"),
    ("supplement_requested", "2026-01-13T02:00:00Z"),
    ("supplement_submitted", "2026-02-09T02:00:00Z"),
    ("supplement_completed", "2026-02-10T02:00:00Z"),
    ("supplement_requested", "2026-02-12T02:00:00Z"),
    ("supplement_submitted", "2026-04-01T02:00:00Z"),
    ("supplement_completed", "2026-04-02T02:00:00Z"),
)
ASKED_TOO_LATE = (
    *ASKED_IN_TIME[:2],
    ("supplement_requested", "2026-02-03T02:00:00Z"),
    ("supplement_submitted", "2026-03-09T02:00:00Z"),
    ("supplement_completed", "2026-03-10T02:00:00Z"),
)


@pytest.mark.parametrize("policy", list(SupplementPolicy))
@pytest.mark.parametrize(
    "life", [pytest.param(ASKED_IN_TIME, id="in time"), pytest.param(ASKED_TOO_LATE, id="too late")]
)
def test_what_a_month_end_showed_is_what_it_shows_for_ever(
    life: tuple[tuple[str, str], ...], policy: SupplementPolicy
) -> None:
    register = builders.a_register(builders.a_procedure(supplement_policy=policy))
    zones = {builders.OFFICE: HANOI}
    dossier = builders.a_dossier(submitted_at=Moment(instant=instant("2026-01-05T01:00:00Z")))
    shown: dict[str, tuple[int, ...]] = {}
    acts = [(f"dossier.{kind}", instant(at)) for kind, at in life]

    for month_end in (instant(f"2026-{month:02d}-{day}T16:59:59Z") for month, day in MONTH_ENDS):
        while acts and acts[0][1] <= month_end:
            kind, at = acts.pop(0)
            action = builders.an_action(kind, at=Moment(instant=at))
            dossier = builders.dossier_after(action, state=dossier, register=register)
        by_now = by_month(count_dossiers([row_of(dossier)], month_end, zones))
        assert by_now | shown == by_now
        shown = by_now

    assert len(shown) == len(MONTH_ENDS)


def test_current_month_is_counted_at_the_seal_and_not_at_its_end() -> None:
    row = a_row("2026-03-02", None, "2026-03-14")

    on_due_day = counts(row, as_of="2026-03-14T16:59:59Z")
    after = counts(row, as_of="2026-03-14T17:00:00Z")

    assert on_due_day.total.pending_in_time == 1
    assert after.total.pending_overdue == 1


def test_end_before_acceptance_counts_in_the_month_of_the_acceptance_by_its_real_day() -> None:
    found = counts(a_row("2026-02-03", "2026-01-20", "2026-02-10"))

    assert by_month(found) == {"2026-02": (0, 1, 1, 0, 0, 0, 0)}


@pytest.mark.parametrize(
    ("office", "period"), [(OFFICE, "2026-02"), ("X1", "2026-01"), ("Y1", "2026-01")]
)
def test_periods_are_months_of_the_zone_of_the_office(office: str, period: str) -> None:
    found = counts(a_row("2026-01-31T20:00:00Z", "2026-01-31T20:30:00Z", office=office))

    assert list(by_month(found)) == [period]


def test_due_day_ends_in_the_zone_of_the_office() -> None:
    rows = [
        a_row("2026-01-12", "2026-01-20T22:00:00Z", "2026-01-20", office=office)
        for office in ("X1", OFFICE)
    ]

    found = {figure.office: figure for figure in counts(*rows).figures}

    assert found["X1"].resolved_on_time == 1
    assert found[OFFICE].resolved_late == 1


@pytest.mark.parametrize(
    ("span", "total"),
    [
        pytest.param(Span("2026-02"), (1, 1, 0, 0, 1, 1, 0), id="from"),
        pytest.param(Span(None, "2026-01"), (0, 2, 1, 0, 0, 1, 0), id="to"),
        pytest.param(Span("2026-02", "2026-02"), (1, 1, 0, 0, 1, 1, 0), id="one month"),
        pytest.param(Span("2026-05"), (1, 0, 0, 0, 0, 1, 0), id="after everything"),
        pytest.param(Span(None, "2025-05"), (0,) * 7, id="before everything"),
    ],
)
def test_total_of_a_range_carries_what_was_pending_before_it(
    span: Span, total: tuple[int, ...]
) -> None:
    rows = [
        a_row("2026-01-05", "2026-01-08", "2026-01-12"),
        a_row("2026-01-20", "2026-02-10", "2026-02-03"),
        a_row("2026-02-25", None, "2026-03-31"),
    ]

    found = counts(*rows, span=span)

    assert numbers(found.total) == total
    assert found.total.period == span.text


def test_figure_is_published_with_exactly_these_fields() -> None:
    published = msgspec.to_builtins(counts(a_row("2026-02-03")).figures[0])

    assert list(published) == [
        "office",
        "procedure",
        "period",
        "received",
        "resolved_early",
        "resolved_on_time",
        "resolved_late",
        "pending_in_time",
        "pending_overdue",
        "carried_over",
    ]


def test_row_of_an_office_that_is_not_registered_is_corrupt() -> None:
    with pytest.raises(StoreCorrupt, match="not registered"):
        counts(a_row("2026-02-03", office="Z9"))


@pytest.mark.parametrize("field", ["accepted_at", "due", "waits", "outcome", "channel"])
def test_row_that_holds_no_dossier_is_corrupt(field: str) -> None:
    row = msgspec.structs.replace(a_row("2026-02-03"), **{field: "nonsense"})

    with pytest.raises(StoreCorrupt, match="does not hold a dossier"):
        counts(row)


def test_broken_figure_is_a_programming_error() -> None:
    figure = counts(a_row("2026-02-03")).total

    with pytest.raises(AssertionError):
        msgspec.structs.replace(figure, received=5).check_identity()


def test_dossier_accepted_after_the_seal_and_overdue_already_is_pending_overdue() -> None:
    """Found by Hypothesis: a wait, and no month between acceptance and seal."""
    row = a_row("2026-05-02", None, "2026-01-10", waits=(a_wait("2026-01-02", "2026-01-03"),))

    found = counts(row, as_of="2026-03-15T00:00:00Z")

    assert by_month(found) == {"2026-05": (0, 1, 0, 0, 0, 0, 1)}
