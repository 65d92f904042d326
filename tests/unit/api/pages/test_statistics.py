"""Sums of figures by month, office and procedure agree with the counts they are made of."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec

from api.pages.formats import Formats
from api.pages.statistics import (
    Asked,
    Choice,
    StatisticsPage,
    identity_holds,
    months_of,
    series_of,
    share_late,
    statistics_page,
)
from domain.dossiers import Status
from projections.counts import ALL, Figure, Span
from projections.dossier_rows import DossierRow, row_of
from projections.statistics.counting import FirstSums, first_sums
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.places import OfficePlace, Places
from tests.support.builders import (
    DEPARTMENT,
    OFFICE,
    PROCEDURE,
    ZONE,
    a_dossier_in_process,
    a_moment,
)

PLACES = Places(
    {
        name: OfficePlace(office=name, parent=None, level="commune", zone=ZONE)
        for name in (OFFICE, DEPARTMENT)
    }
)
AS_OF = datetime(2026, 6, 15, tzinfo=UTC)
OFFICES = (Choice(OFFICE, "Cam Lac commune"), Choice(DEPARTMENT, "Department of Construction"))
PROCEDURES = (Choice(PROCEDURE, "Permanent residence"),)


def a_figure(**changes: Any) -> Figure:
    figure = Figure(
        office=OFFICE,
        procedure=PROCEDURE,
        period="2026-03",
        received=5,
        resolved_early=1,
        resolved_on_time=1,
        resolved_late=1,
        pending_in_time=1,
        pending_overdue=1,
        carried_over=0,
    )
    return msgspec.structs.replace(figure, **changes)


def a_row(number: int, accepted: str, ended: str | None, office: str = OFFICE) -> DossierRow:
    return row_of(
        a_dossier_in_process(
            stream=f"dossier:{number:032x}",
            office=office,
            accepted_at=a_moment(accepted),
            ended_at=None if ended is None else a_moment(ended),
            status=Status.IN_PROCESS if ended is None else Status.PROCESSED,
        )
    )


def some_sums(span: Span) -> FirstSums:
    rows = [
        a_row(1, "2026-02-10", "2026-02-20"),
        a_row(2, "2026-02-11", "2026-04-02"),
        a_row(3, "2026-03-02", "2026-03-11"),
        a_row(4, "2026-03-03", None),
        a_row(5, "2026-05-05", "2026-05-06", DEPARTMENT),
        a_row(6, "2026-03-05", "2026-06-06", DEPARTMENT),
    ]
    return first_sums(CellsInMemory(rows, PLACES, AS_OF), span)


def a_page(span: Span = Span()) -> StatisticsPage:  # noqa: B008 - a frozen value
    asked = Asked(span=span)
    return statistics_page(asked, some_sums(span), (OFFICES, PROCEDURES), Formats("en"))


def test_chart_and_table_show_the_same_numbers() -> None:
    page = a_page()

    assert len(page.chart.bars) == len(page.months) == 5
    for bar, month in zip(page.chart.bars, page.months, strict=True):
        assert tuple(segment.count for segment in bar.segments) == series_of(month)
        assert sum(series_of(month)) == month.carried_over + month.received


def test_each_month_carries_over_what_the_one_before_left() -> None:
    months = a_page().months

    for before, after in pairwise(months):
        assert after.carried_over == before.pending


def test_identity_holds_in_every_row() -> None:
    page = a_page(Span("2026-03", "2026-05"))
    rows = [row.figure for row in (*page.by_office, *page.by_procedure)]

    assert all(identity_holds(figure) for figure in (page.total, *page.months, *rows))


def test_rows_by_office_and_by_procedure_add_up_to_the_total() -> None:
    for span in (Span(), Span("2026-03"), Span(None, "2026-04"), Span("2026-03", "2026-05")):
        sums = some_sums(span)

        for figures in (sums.offices, sums.procedures):
            assert added_up(figures) == counted(sums.total)


def added_up(figures: Iterable[Figure]) -> list[int]:
    return [sum(values) for values in zip(*map(counted, figures), strict=True)]


def counted(figure: Figure) -> list[int]:
    return list(msgspec.structs.astuple(figure)[3:])


def sums_of_months(months: Sequence[Figure]) -> FirstSums:
    return FirstSums(tuple(months), (), (), a_figure(office=ALL, procedure=ALL, period=ALL))


def test_month_in_which_nothing_happened_is_shown_as_zeros() -> None:
    figures = [
        a_figure(period="2026-01", received=2, resolved_early=2, resolved_on_time=0,
                 resolved_late=0, pending_in_time=0, pending_overdue=0),
        a_figure(period="2026-03"),
    ]  # fmt: skip

    months = months_of(figures)

    assert [month.period for month in months] == ["2026-01", "2026-02", "2026-03"]
    assert series_of(months[1]) == (0, 0, 0)


def test_old_months_are_left_to_the_files() -> None:
    figures = tuple(
        a_figure(period=f"{year}-{month:02d}", carried_over=0)
        for year in range(2021, 2026)
        for month in range(1, 13)
    )

    page = statistics_page(Asked(), sums_of_months(figures), ((), ()), Formats("vi"))

    assert (len(page.months), page.hidden_months) == (36, 24)
    assert page.months[-1].period == "2025-12"


def test_months_after_an_old_import_in_which_nothing_moved_are_passed_over() -> None:
    still = {"received": 0, "resolved_early": 0, "resolved_on_time": 0, "resolved_late": 0}
    waiting = {**still, "pending_in_time": 0, "pending_overdue": 1, "carried_over": 1}
    figures = tuple(
        a_figure(period=f"{year}-{month:02d}", **({} if year == 2011 else waiting))
        for year in range(2011, 2027)
        for month in range(1, 13)
    )

    page = statistics_page(Asked(), sums_of_months(figures), ((), ()), Formats("vi"))
    recent = statistics_page(Asked(), sums_of_months(figures[:36]), ((), ()), Formats("vi"))

    assert (page.months[0].period, page.months[-1].period) == ("2011-01", "2011-12")
    assert page.is_quiet_since
    assert recent.months[-1].period == "2013-12"
    assert not recent.is_quiet_since


def test_figure_that_does_not_add_up_is_seen() -> None:
    assert identity_holds(a_figure())
    assert not identity_holds(a_figure(resolved_late=0))


def test_share_late_is_of_what_was_resolved() -> None:
    assert share_late(a_figure(resolved_early=1, resolved_on_time=1, resolved_late=2)) == 0.5
    assert share_late(a_figure(resolved_early=0, resolved_on_time=0, resolved_late=0)) is None


def test_filter_travels_to_the_api() -> None:
    asked = Asked(OFFICE, None, Span("2026-03", None))

    assert asked.query == {"office": OFFICE, "from": "2026-03"}
