"""The statistics page: figures added up by month, office and procedure, and the chart of months.

Everything is added up from the cells that the API's figures are made of, so table, chart and API
cannot differ. Pure functions of `projections.statistics.counting`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from api.pages.charts import Stack, StackedBars, stacked_bars
from api.pages.formats import Formats
from domain.offices import OfficeRecord
from projections.counts import ALL, ALL_HISTORY, Figure, Span, month_number, period_name
from projections.statistics.counting import FirstSums
from projections.veiled.counts import VeilCounts, VeiledFigure, count_months, count_veiled

MAX_MONTHS: Final = 36


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a filter can be set to."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader filters by; None leaves it open. A bad period is said and not applied."""

    office: str | None = None
    procedure: str | None = None
    span: Span = ALL_HISTORY
    is_bad_period: bool = False

    @property
    def query(self) -> dict[str, str]:
        """Give the filter as query parameters of the statistics API."""
        named = {
            "office": self.office,
            "procedure": self.procedure,
            "from": self.span.first,
            "to": self.span.last,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class NamedFigure:
    """A figure under the name of its row."""

    name: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class StatisticsPage:
    """Everything that the statistics page shows but the checkpoint.

    ``by_acts`` is a `api.pages.by_acts.sums.ActPart` and ``ratings`` a
    `api.pages.ratings.totals.RatingPart`, which are made from what is ``asked``;
    ``without_due`` of those resolved on time had no due date.
    """

    asked: Asked
    offices: tuple[Choice, ...]
    procedures: tuple[Choice, ...]
    total: Figure
    months: tuple[Figure, ...]
    hidden_months: int
    is_quiet_since: bool
    by_office: tuple[NamedFigure, ...]
    by_procedure: tuple[NamedFigure, ...]
    chart: StackedBars
    veiled: "VeiledPart | None" = None
    by_acts: object = None
    ratings: object = None
    without_due: int = 0
    is_office_known: bool = True


@dataclass(frozen=True, slots=True)
class VeiledRow:
    """A figure of veiled dossiers under the name of its row."""

    name: str
    figure: VeiledFigure


@dataclass(frozen=True, slots=True)
class VeiledPart:
    """What the page shows of veiled dossiers: of one top office, or of all.

    ``top`` names the office at the top of the tree of the one that was asked for.
    """

    top: Choice | None
    by_month: tuple[VeiledRow, ...]
    by_office: tuple[VeiledRow, ...]
    total: VeiledFigure
    query: Mapping[str, str]

    @property
    def is_ahead(self) -> bool:
        """Tell whether some row has a dash: more ends than arrivals were published."""
        rows = (*self.by_month, *self.by_office)
        figures = (self.total, *(row.figure for row in rows))
        return any(one.pending is None or one.carried_over is None for one in figures)


def statistics_page(
    asked: Asked,
    sums: FirstSums,
    choices: tuple[tuple[Choice, ...], tuple[Choice, ...]],
    formats: Formats,
) -> StatisticsPage:
    """Add up the figures; ``choices`` are the offices and procedures that a filter offers."""
    offices, procedures = choices
    all_months = months_of(sums.months)
    months = shown_months(all_months)
    return StatisticsPage(
        asked=asked,
        offices=offices,
        procedures=procedures,
        total=sums.total,
        months=months,
        hidden_months=len(all_months) - len(months),
        is_quiet_since=bool(months) and months[-1] != all_months[-1],
        by_office=_named({one.office: one for one in sums.offices}, offices),
        by_procedure=_named({one.procedure: one for one in sums.procedures}, procedures),
        chart=chart_of(months, formats),
    )


def months_of(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """Give month after month; one without a figure between others is all zeros."""
    by_month = {figure.period: figure for figure in figures}
    if not by_month:
        return ()
    periods = range(month_number(min(by_month)), month_number(max(by_month)) + 1)
    return tuple(by_month.get(name) or _nothing_in(name) for name in map(period_name, periods))


def _nothing_in(month: str) -> Figure:
    zeros = dict.fromkeys(Figure.__struct_fields__[len(("office", "procedure", "period")) :], 0)
    return Figure(office=ALL, procedure=ALL, period=month, **zeros)


def shown_months(months: Sequence[Figure]) -> tuple[Figure, ...]:
    """Give the latest months, or the last ones with movement where those would be empty.

    After an import of an old log, years follow in which nothing came and nothing ended.
    """
    latest = tuple(months[-MAX_MONTHS:])
    moving = [number for number, month in enumerate(months, 1) if month.received or month.resolved]
    if not moving or moving[-1] > len(months) - len(latest):
        return latest
    return tuple(months[max(0, moving[-1] - MAX_MONTHS) : moving[-1]])


def chart_of(months: Sequence[Figure], formats: Formats) -> StackedBars:
    """Lay out the chart of months: on time, late, pending at the end, from the bottom up."""
    return stacked_bars([Stack(formats.month(month.period), series_of(month)) for month in months])


def series_of(figure: Figure) -> tuple[int, int, int]:
    """Give the three numbers that a bar stacks up; they add up to carried plus received."""
    on_time = figure.resolved_early + figure.resolved_on_time
    return (on_time, figure.resolved_late, figure.pending)


def _named(figures: Mapping[str, Figure], choices: Sequence[Choice]) -> tuple[NamedFigure, ...]:
    names = {choice.value: choice.name for choice in choices}
    rows = [NamedFigure(names.get(key, key), figure) for key, figure in figures.items()]
    return tuple(sorted(rows, key=lambda row: row.name))


def identity_holds(figure: Figure) -> bool:
    """Tell whether what came is what went or stayed."""
    return figure.carried_over + figure.received == figure.resolved + figure.pending


def share_late(figure: Figure) -> float | None:
    """Give which part of what was resolved was late, of 1; None where nothing was resolved."""
    return figure.resolved_late / figure.resolved if figure.resolved else None


def figure_cells(figure: Figure, formats: Formats) -> Markup:
    """Write a figure as cells of a table; here, since a page has rows by the hundred."""
    share = share_late(figure)
    cells = (
        _cell(formats.number(figure.carried_over)),
        _cell(formats.number(figure.received)),
        _cell(formats.number(figure.resolved_early)),
        _cell(formats.number(figure.resolved_on_time)),
        _cell(formats.number(figure.resolved_late), is_late=figure.resolved_late > 0),
        _cell("–" if share is None else formats.percent(share), is_late=bool(share)),
        _cell(formats.number(figure.pending_in_time)),
        _cell(formats.number(figure.pending_overdue), is_late=figure.pending_overdue > 0),
    )
    return Markup("".join(cells))  # noqa: S704 - numbers as they are written, and nothing else


def _cell(number: str, *, is_late: bool = False) -> str:
    return f'<td class="late">{number}</td>\n' if is_late else f"<td>{number}</td>\n"


def veiled_part(
    asked: Asked,
    veils: VeilCounts,
    as_of: datetime,
    offices: tuple[Mapping[str, OfficeRecord], Callable[[str], str]],
    formats: Formats,
) -> VeiledPart | None:
    """Add the veiled dossiers up; None where there are none, or where a procedure is asked for.

    ``offices`` are the registry's records and their names. Veils say nothing of procedures.
    """
    records, name_of = offices
    top = None if asked.office is None else top_of(asked.office, records)
    counts = count_veiled(veils, as_of, asked.span, top)
    if asked.procedure is not None or not counts.figures:
        return None
    tops = sorted({figure.office for figure in counts.figures})
    totals = {one: count_veiled(veils, as_of, asked.span, one).total for one in tops}
    query = {name: value for name, value in asked.query.items() if name != "office"}
    return VeiledPart(
        top=None if top is None else Choice(top, name_of(top)),
        by_month=tuple(
            VeiledRow(formats.month(figure.period), figure)
            for figure in count_months(veils, as_of, asked.span, top)[-MAX_MONTHS:]
        ),
        by_office=tuple(VeiledRow(name_of(one), total) for one, total in totals.items()),
        total=counts.total,
        query=query if top is None else {**query, "office": top},
    )


def top_of(office_id: str, records: Mapping[str, OfficeRecord]) -> str:
    """Give the office at the top of an office's tree, as it is now (`domain.veils.top_office`)."""
    seen = [office_id]
    while (record := records.get(seen[-1])) is not None:
        parent = record.office.parent
        if parent is None or parent in seen or parent not in records:
            break
        seen.append(parent)
    return seen[-1]
