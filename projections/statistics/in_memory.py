"""Cells in memory: what the views keep in tables, made from dossiers at once.

`recompute` reads statistics from here; the sums are taken from the cells of days alone, so that
they also judge the coarser cells of the views.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from ledger.errors import StoreCorrupt
from projections.counts import ALL, open_row
from projections.dossier_rows import DossierRow
from projections.statistics.adding import CellChanges, Durations, Kind, Vector, pack_seconds
from projections.statistics.asking import (
    BEFORE,
    WHOLE,
    Ahead,
    DurationSum,
    ReasonSum,
    Selection,
    Sum,
)
from projections.statistics.being_ahead import ahead_of
from projections.statistics.measures import MEASURES
from projections.statistics.periods import period_at
from projections.statistics.places import Places


class CellsInMemory:
    """A `CellSource` over dossiers as of one instant."""

    def __init__(self, rows: Iterable[DossierRow], places: Places, as_of: datetime) -> None:
        """Add up all dossiers.

        Raises:
            StoreCorrupt: a row does not hold a dossier of a registered office.
        """
        self._places = places
        self._cells = CellChanges(as_of)
        self._ahead: list[Ahead] = []
        for row in rows:
            if row.accepted_at is not None:
                self._add(row)

    def _add(self, row: DossierRow) -> None:
        zone = self._places.zone_of(row.office)
        if zone is None:
            raise StoreCorrupt(f"the row of {row.stream} names an office that is not registered")
        dossier = open_row(row)
        self._cells.add_dossier(dossier, zone)
        ahead = ahead_of(dossier, zone, self._cells.as_of)
        if ahead is not None:
            self._ahead.append(ahead)

    def as_of(self) -> datetime:
        """Give the instant that the figures are as of."""
        return self._cells.as_of

    def places(self) -> Places:
        """Give the places that the cells were made with."""
        return self._places

    def sums(self, wanted: Selection) -> Iterator[Sum]:
        """Give the sums of all measures."""
        place = placing(wanted)
        sums: defaultdict[tuple[str, str, str, str], Vector] = defaultdict(
            lambda: [0] * len(MEASURES)
        )
        for (kind, day), values in self._cells.values.items():
            group = place(kind, day)
            if group is not None:
                total = sums[group]
                for number, value in enumerate(values):
                    total[number] += value
        return ((*group, values) for group, values in sums.items())

    def reasons(self, wanted: Selection) -> Iterator[ReasonSum]:
        """Give the sums of the reasons for which law and index differ."""
        place = placing(wanted)
        sums: Counter[tuple[str, str, str, str, str]] = Counter()
        for (kind, day), counts in self._cells.reasons.items():
            group = place(kind, day)
            if group is not None:
                for measure, count in counts.items():
                    sums[(*group, measure)] += count
        return (ReasonSum(*group, count) for group, count in sums.items() if count)

    def durations(self, wanted: Selection) -> Iterator[DurationSum]:
        """Give the durations of what ended in the periods asked for."""
        place = placing(wanted)
        found: defaultdict[tuple[str, str, str, str], Durations] = defaultdict(list)
        for (kind, day), durations in self._cells.durations.items():
            group = place(kind, day)
            if group is not None and group[3] != BEFORE:
                found[group] += durations
        for group, durations in found.items():
            gross = pack_seconds(each for each, _, _ in durations)
            yield *group, gross, pack_seconds(each for _, each, _ in durations), 1

    def has_more_groups(self, wanted: Selection, most: int, *, ended: bool) -> bool:  # noqa: ARG002
        """Tell nothing: the figures are made of all days, whatever is asked for."""
        return False

    def ahead(self) -> list[Ahead]:
        """Give the dossiers that are ahead of the figures."""
        return self._ahead


def placing(
    wanted: Selection,
) -> Callable[[Kind, str], tuple[str, str, str, str] | None]:
    """Give what says into which sum a cell of a day goes; None where into none."""

    def place(kind: Kind, day: str) -> tuple[str, str, str, str] | None:
        period = period_at(day, wanted.granularity)
        if not is_selected(kind, wanted) or (wanted.last is not None and period > wanted.last):
            return None
        if wanted.first is not None and period < wanted.first:
            period = BEFORE
        elif not wanted.by_period:
            period = WHOLE
        return (
            kind.office if "o" in wanted.apart else ALL,
            kind.procedure if "p" in wanted.apart else ALL,
            kind.channel if "c" in wanted.apart else ALL,
            period,
        )

    return place


def is_selected(kind: Kind, wanted: Selection) -> bool:
    """Tell whether dossiers of a kind are asked for."""
    return (
        (wanted.offices is None or kind.office in wanted.offices)
        and (wanted.procedures is None or kind.procedure in wanted.procedures)
        and wanted.channel in (None, kind.channel)
    )
