"""An office's nine indicators: what each is made from, and what has no value and why."""

from datetime import date
from typing import Any

import pytest

from domain.errors import MalformedMoment
from domain.evaluation import AGENCY_INDICATORS
from domain.procedures import ProcedureRecord
from domain.procedures.contents import Service, ServiceLevel
from domain.tallies import Cell
from projections.counts import Figure
from projections.evaluating.office import IndicatorFigure, Inputs, Missing, indicators_of, summed
from projections.evaluating.periods import day_after, last_quarter, months_of_period
from projections.petitions.figures import PetitionFigure
from tests.support.builders import OFFICE, PROCEDURE, a_procedure


def a_figure(**counts: Any) -> Figure:
    members: dict[str, Any] = {
        "office": OFFICE,
        "procedure": PROCEDURE,
        "period": "2026-03",
        "received": 0,
        "resolved_early": 0,
        "resolved_on_time": 0,
        "resolved_late": 0,
        "pending_in_time": 0,
        "pending_overdue": 0,
        "carried_over": 0,
    }
    return Figure(**(members | counts))


def feedback(**counts: Any) -> PetitionFigure:
    members: dict[str, Any] = {
        "track": "feedback",
        "office": OFFICE,
        "period": "2026-03",
        "answered_on_time": 0,
        "answered_late": 0,
        "pending_in_time": 0,
        "pending_overdue": 0,
        "undated": 0,
        "disputed": 0,
    }
    members |= counts
    filed = sum(members[name] for name in list(members)[3:8])
    return PetitionFigure(**{"filed": filed, **members})


def a_record(service: Service | None) -> dict[str, ProcedureRecord]:
    level = None if service is None else ServiceLevel(service=service)
    procedure = a_procedure(service_level=level)
    return {PROCEDURE: ProcedureRecord(PROCEDURE, (procedure,), ("aa",))}


def indicator(number: int, **inputs: Any) -> IndicatorFigure:
    (found,) = (one for one in indicators_of(Inputs(OFFICE, **inputs)) if one.number == number)
    return found


def test_all_nine_are_named_and_an_office_without_anything_has_one_value() -> None:
    found = indicators_of(Inputs(OFFICE))

    assert [one.number for one in found] == sorted(AGENCY_INDICATORS)
    # LAW: Circular 01/2018 art. 14: no feedback at all earns the highest mark.
    assert {one.number: one.tenths for one in found if one.tenths is not None} == {8: 20}
    assert all((one.tenths is None) == (one.missing is not None) for one in found)


def test_total_time_says_how_much_had_no_due_date() -> None:
    figures = [a_figure(resolved_on_time=7, received=7)]

    assert indicator(1, figures=figures, without_due=5).without_due == 5
    assert indicator(9, figures=figures, without_due=5).without_due is None


def test_total_time_is_the_mean_over_what_ended() -> None:
    figures = (
        a_figure(resolved_early=3, resolved_on_time=4),
        a_figure(period="2026-04", resolved_late=3),
    )

    found = indicator(1, figures=figures)

    assert (found.tenths, found.counted) == (10, 10)
    assert indicator(1).missing is Missing.NOTHING_ENDED


@pytest.mark.parametrize(
    ("number", "question"), [(3, "contacts"), (4, "agencies"), (7, "attitude")]
)
def test_raters_answers_are_points(number: int, question: str) -> None:
    own = Cell(office=OFFICE, procedure=PROCEDURE, count=12, marks={question: (3, 4, 5)})
    below = Cell(office=OFFICE, below=True, count=10, marks={question: (5, 5, 0)})
    other = Cell(office="H27.99", count=10, marks={question: (5, 5, 0)})

    found = indicator(number, cells=(own, below, other))

    assert (found.tenths, found.counted) == (12, 12)


def test_cells_whose_raters_were_too_few_or_too_much_alike_give_no_value() -> None:
    silent = Cell(office=OFFICE, procedure=PROCEDURE, count=40, marks={})

    assert indicator(7, cells=(silent,)).missing is Missing.TOO_FEW_RATINGS


FEEDBACK = {
    "all in time": ([feedback(answered_on_time=10)], 20),
    "nine of ten": ([feedback(answered_on_time=8, pending_in_time=1, answered_late=1)], 10),
    "fewer": ([feedback(answered_on_time=8, answered_late=2)], 0),
    "dragging on": ([feedback(answered_on_time=99, pending_overdue=1)], 0),
    "over two months": ([feedback(answered_on_time=10), feedback(answered_late=1)], 10),
}


@pytest.mark.parametrize(("figures", "tenths"), FEEDBACK.values(), ids=FEEDBACK.keys())
def test_feedback_is_marked_by_what_was_answered_in_time(
    figures: list[PetitionFigure], tenths: int
) -> None:
    assert indicator(8, feedback=figures).tenths == tenths


def test_feedback_that_is_shown_under_another_label_leaves_it_open() -> None:
    """None here and a few here must look alike."""
    rolled_up = feedback(office="*", answered_on_time=12)

    assert indicator(8, feedback=[rolled_up]).missing is Missing.TOO_FEW_PETITIONS


ONLINE = {
    "all online": (Service.FULL, 10, {}, 20),
    "few dossiers online": (Service.PARTIAL, 2, {}, 10),
    "hardly any": (Service.FULL, 1, {}, 0),
    "one was late": (Service.FULL, 10, {"resolved_late": 1}, 0),
    "one is overdue": (Service.FULL, 10, {"pending_overdue": 1}, 0),
    "no procedure online": (Service.INFO_ONLY, 10, {}, 10),
}


@pytest.mark.parametrize(
    ("service", "online", "counts", "tenths"), ONLINE.values(), ids=ONLINE.keys()
)
def test_online_service(service: Service, online: int, counts: dict[str, int], tenths: int) -> None:
    figures = (a_figure(received=10, **counts),)

    found = indicator(9, figures=figures, online_received=online, procedures=a_record(service))

    assert (found.tenths, found.counted) == (tenths, 10)


def test_procedure_without_a_published_level_leaves_online_service_open() -> None:
    figures = (a_figure(received=10),)

    found = indicator(9, figures=figures, online_received=10, procedures=a_record(None))

    assert found.missing is Missing.LEVELS_UNKNOWN


def test_overdue_in_a_month_that_is_not_the_last_is_not_counted_twice() -> None:
    figures = (a_figure(received=5, pending_overdue=1), a_figure(period="2026-04", received=5))

    found = indicator(9, figures=figures, online_received=10, procedures=a_record(Service.FULL))

    assert found.tenths == 20


def test_sum_says_how_much_it_could_be_and_gives_no_band_while_indicators_are_missing() -> None:
    figures = (a_figure(resolved_early=10),)

    assert summed(indicators_of(Inputs(OFFICE, figures=figures))) == (40, 40, None)


def test_band_is_given_where_all_nine_are_there() -> None:
    whole = [
        IndicatorFigure(number=number, source="figures", counted=10, tenths=20)  # type: ignore[arg-type]
        for number in AGENCY_INDICATORS
    ]

    assert summed(whole) == (180, 180, "excellent")


PERIODS = {
    "2026": ("2026-01", "2026-12", 12, date(2027, 1, 1)),
    "2026-Q1": ("2026-01", "2026-03", 3, date(2026, 4, 1)),
    "2026-Q4": ("2026-10", "2026-12", 3, date(2027, 1, 1)),
}


@pytest.mark.parametrize("period", PERIODS)
def test_period_is_a_quarter_or_a_year(period: str) -> None:
    months = months_of_period(period)

    assert (months[0], months[-1], len(months), day_after(period)) == PERIODS[period]


@pytest.mark.parametrize("text", ["2026-Q5", "2026-Q", "2026-03", "26", "2026-Q1 ", "", "3026"])
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(MalformedMoment):
        months_of_period(text)


def test_last_quarter_is_over() -> None:
    assert last_quarter(date(2026, 3, 31)) == "2025-Q4"
    assert last_quarter(date(2026, 4, 1)) == "2026-Q1"
