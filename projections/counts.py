"""Counts: how many dossiers were received, resolved and are pending (domain.md 5.2), `counts@v1`.

A figure belongs to one office, one procedure and one month of the office's time zone. Only
accepted dossiers count. With `acc` the acceptance, `end` the end of processing, `due` the legal
due date and P a month whose last instant (or `as_of`, if that is earlier) is b::

    received(P)   acc lies in P
    resolved(P)   end lies in P; an end before the acceptance falls in the acceptance's month
      late        end after due: by the instant where both have one, else by the day
      early, on time   by the day; without a due date on time
    pending(P)    received in P or earlier and not resolved by then
      overdue     b is after the due date in force at b, and at b the dossier does not wait for
                  its applicant, nor does a halt stop its clock: a due date that moves later (by
                  a wait or by a calendar) leaves earlier months as they were
    carried(P)    pending in the month before P
    IDENTITY      carried + received = resolved + pending

A due day counts to its end. The total is one figure of the same shape over all months asked for:
without limits it covers all history, so nothing is carried into it. All figures are as of the
checkpoint that they name, at its seal's time.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from domain.deadlines import Timeliness
from domain.dossiers import Dossier, Due
from domain.errors import DomainError
from domain.figures import end_period, overdue_at, received_period, resolution
from domain.moments import Moment, time_zone
from ledger.errors import StoreCorrupt
from projections.dossier_rows import DossierRow, counted_dossier

DEFINITION: Final = "counts@v1"
ALL: Final = "*"
MONTHS_PER_YEAR: Final = 12

_LAST_MOMENT = timedelta(microseconds=1)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of one office, procedure and month (`2026-11`); `*` stands for all of them."""

    office: str
    procedure: str
    period: str
    received: int
    resolved_early: int
    resolved_on_time: int
    resolved_late: int
    pending_in_time: int
    pending_overdue: int
    carried_over: int

    @property
    def resolved(self) -> int:
        """Count the dossiers whose processing ended."""
        return self.resolved_early + self.resolved_on_time + self.resolved_late

    @property
    def pending(self) -> int:
        """Count the dossiers that were still in process at the end."""
        return self.pending_in_time + self.pending_overdue

    def check_identity(self) -> None:
        """Assert that what came is what went or stayed."""
        assert self.carried_over + self.received == self.resolved + self.pending
        assert self.pending_in_time >= 0


class CheckpointReference(msgspec.Struct, frozen=True):
    """As of which checkpoint something was computed: its size and its root in base64."""

    size: int
    root: str


class CountStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Counts as they are published: everything that it takes to compute them again."""

    figures: tuple[Figure, ...]
    total: Figure
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures by office, procedure and month, and their total; months of zeros are left out."""

    figures: tuple[Figure, ...]
    total: Figure


@dataclass(frozen=True, slots=True)
class Span:
    """Which months are asked for, both included; None leaves that side open."""

    first: str | None = None
    last: str | None = None

    @property
    def text(self) -> str:
        """Give the period as it stands in the total."""
        if self.first is None and self.last is None:
            return ALL
        return f"{self.first or ''}/{self.last or ''}"


ALL_HISTORY: Final = Span()


@dataclass(slots=True)
class _Cell:
    """What happened month by month in one office and procedure; months are plain numbers."""

    zone: str
    received: Counter[int] = field(default_factory=Counter)
    resolved: dict[Timeliness, Counter[int]] = field(
        default_factory=lambda: {kind: Counter() for kind in Timeliness}
    )
    # +1 in the month from whose end a dossier is overdue, -1 in the month when it no more is.
    overdue_change: Counter[int] = field(default_factory=Counter)

    def add(self, other: "_Cell") -> None:
        """Take in what was counted of other dossiers."""
        assert self.zone == other.zone
        self.received.update(other.received)
        for kind, counter in other.resolved.items():
            self.resolved[kind].update(counter)
        self.overdue_change.update(other.overdue_change)


# By office and procedure; one that holds no dossier has no cell.
CountCells = dict[tuple[str, str], _Cell]


def count_dossiers(
    rows: Iterable[DossierRow],
    as_of: datetime,
    zones: Mapping[str, str],
    span: Span = ALL_HISTORY,
) -> Counts:
    """Count dossiers as of an instant; ``zones`` gives each office's time zone.

    Raises:
        StoreCorrupt: a row does not hold a dossier of a registered office.
    """
    return counts_of(count_cells(rows, as_of, zones), as_of, span)


def count_cells(
    rows: Iterable[DossierRow], as_of: datetime, zones: Mapping[str, str]
) -> CountCells:
    """Count some of the dossiers, so that others can be added (`add_cells`).

    Raises:
        StoreCorrupt: a row does not hold a dossier of a registered office.
    """
    cells: CountCells = {}
    for row in rows:
        if row.accepted_at is None:
            continue
        cell = cells.get((row.office, row.procedure))
        if cell is None:
            cell = cells[row.office, row.procedure] = _Cell(_zone_of(row, zones))
        _count(cell, open_row(row), as_of)
    return cells


def add_cells(shares: Iterable[CountCells]) -> CountCells:
    """Add up counts of different dossiers, all as of one instant."""
    total: CountCells = {}
    for cells in shares:
        for key, cell in cells.items():
            total.setdefault(key, _Cell(cell.zone)).add(cell)
    return total


def counts_of(cells: CountCells, as_of: datetime, span: Span = ALL_HISTORY) -> Counts:
    """Make the figures of what was counted."""
    months = [
        (key, list(_walk(key, cell, as_of, span.last))) for key, cell in sorted(cells.items())
    ]
    figures = [
        figure
        for _, walked in months
        for figure in walked
        if span.first is None or figure.period >= span.first
    ]
    return Counts(
        tuple(figure for figure in figures if figure.carried_over or figure.received),
        _total(figures, [walked for _, walked in months], span),
    )


def open_row(row: DossierRow) -> Dossier:
    """Give the dossier of a stored row.

    Raises:
        StoreCorrupt: the row does not hold a dossier.
    """
    try:
        return counted_dossier(row)
    except (DomainError, msgspec.MsgspecError, ValueError, TypeError) as error:
        raise StoreCorrupt(f"the row of {row.stream} does not hold a dossier: {error}") from error


def _zone_of(row: DossierRow, zones: Mapping[str, str]) -> str:
    zone = zones.get(row.office)
    if zone is None:
        raise StoreCorrupt(f"the row of {row.stream} names an office that is not registered")
    return zone


def _count(cell: _Cell, dossier: Dossier, as_of: datetime) -> None:
    received = received_period(dossier, cell.zone)
    assert received is not None
    first = month_number(received)
    cell.received[first] += 1
    end = end_period(dossier, cell.zone)
    stop: int | None = None
    if end is not None:
        stop = month_number(end)
        kind = resolution(dossier, cell.zone)
        assert kind is not None
        cell.resolved[kind][stop] += 1
    if stop != first:
        _count_overdue(cell, dossier, (first, stop), as_of)


def _count_overdue(
    cell: _Cell, dossier: Dossier, months: tuple[int, int | None], as_of: datetime
) -> None:
    """Note at which month ends from the first to before the last one it was pending overdue."""
    dues = _dues(dossier)
    if not dues:
        return
    first, stop = months
    first = max(first, min(_month_of(due, cell.zone) for due in dues))
    if stop is None and not (dossier.waits or dossier.halts or dossier.due_changes):
        # Overdue for good: at the end of its due month, or else of the next one.
        while not overdue_at(dossier, _end_of(first, cell.zone, as_of), cell.zone):
            if _end_of(first, cell.zone, as_of) == as_of:
                return
            first += 1
        cell.overdue_change[first] += 1
        return
    last = max(first, _month_at(as_of, cell.zone)) + 1 if stop is None else stop
    was_overdue = False
    for month in range(first, last):
        overdue = overdue_at(dossier, _end_of(month, cell.zone, as_of), cell.zone)
        cell.overdue_change[month] += overdue - was_overdue
        was_overdue = overdue
    if stop is not None:
        cell.overdue_change[stop] -= was_overdue


def _dues(dossier: Dossier) -> list[Due]:
    """Give every due date that the dossier has had."""
    earlier = [change.due_before for change in dossier.due_changes]
    return [due for due in (*earlier, dossier.due) if due is not None]


def _walk(
    key: tuple[str, str], cell: _Cell, as_of: datetime, last_period: str | None
) -> Iterator[Figure]:
    """Give the figures of one cell from its first month to the one of ``as_of``, or before."""
    last = max(_month_at(as_of, cell.zone), *cell.received, *_ends(cell))
    if last_period is not None:
        last = min(last, month_number(last_period))
    pending = overdue = 0
    for month in range(min(cell.received), last + 1):
        carried = pending
        resolved = {kind: cell.resolved[kind][month] for kind in Timeliness}
        pending += cell.received[month] - sum(resolved.values())
        overdue += cell.overdue_change[month]
        figure = Figure(
            office=key[0],
            procedure=key[1],
            period=period_name(month),
            received=cell.received[month],
            resolved_early=resolved[Timeliness.EARLY],
            resolved_on_time=resolved[Timeliness.ON_TIME],
            resolved_late=resolved[Timeliness.LATE],
            pending_in_time=pending - overdue,
            pending_overdue=overdue,
            carried_over=carried,
        )
        figure.check_identity()
        yield figure


def _ends(cell: _Cell) -> Iterator[int]:
    for counter in cell.resolved.values():
        yield from counter


def _total(figures: list[Figure], cells: list[list[Figure]], span: Span) -> Figure:
    """Add up what came and went in all figures; what is pending is what each cell ends with."""
    last = [walked[-1] for walked in cells if walked]
    first = span.first
    carried = 0 if first is None else sum(_pending_before(walked, first) for walked in cells)
    total = Figure(
        office=ALL,
        procedure=ALL,
        period=span.text,
        received=sum(figure.received for figure in figures),
        resolved_early=sum(figure.resolved_early for figure in figures),
        resolved_on_time=sum(figure.resolved_on_time for figure in figures),
        resolved_late=sum(figure.resolved_late for figure in figures),
        pending_in_time=sum(figure.pending_in_time for figure in last),
        pending_overdue=sum(figure.pending_overdue for figure in last),
        carried_over=carried,
    )
    total.check_identity()
    return total


def _pending_before(walked: list[Figure], first: str) -> int:
    before = [figure for figure in walked if figure.period < first]
    return before[-1].pending if before else 0


def month_number(period: str) -> int:
    """Number months so that neighbours differ by one; the period is `YYYY-MM`."""
    return int(period[:4]) * MONTHS_PER_YEAR + int(period[5:7]) - 1


def period_name(month: int) -> str:
    """Write the month of a number as `YYYY-MM`."""
    return f"{month // MONTHS_PER_YEAR:04d}-{month % MONTHS_PER_YEAR + 1:02d}"


def _month_at(instant: datetime, zone: str) -> int:
    local = instant.astimezone(time_zone(zone))
    return local.year * MONTHS_PER_YEAR + local.month - 1


def _month_of(due: Due, zone: str) -> int:
    day = Moment(instant=due.instant, day=due.day).day_in(zone)
    return day.year * MONTHS_PER_YEAR + day.month - 1


@lru_cache(maxsize=4096)
def _last_instant(month: int, zone: str) -> datetime:
    following = month + 1
    start = datetime(
        following // MONTHS_PER_YEAR, following % MONTHS_PER_YEAR + 1, 1, tzinfo=time_zone(zone)
    )
    return start.astimezone(UTC) - _LAST_MOMENT


def _end_of(month: int, zone: str, as_of: datetime) -> datetime:
    return min(_last_instant(month, zone), as_of)
