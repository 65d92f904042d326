"""Cells of figures made from acts in memory, made from dossiers and their acts at once.

`recompute` reads figures from here, from days alone; so it also judges the views' coarser cells.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from ledger.errors import StoreCorrupt
from projections.dossier_rows import DossierRow
from projections.statistics.adding import Kind, pack_seconds
from projections.statistics.asking import BEFORE, Selection
from projections.statistics.by_acts.acts import SeenAct
from projections.statistics.by_acts.adding import Theme, parts_of
from projections.statistics.by_acts.asking import ActCell, Value
from projections.statistics.by_acts.cells import PairPart, Sums, seconds_told, told_stay
from projections.statistics.by_acts.fees import OUTSTANDING
from projections.statistics.in_memory import placing
from projections.statistics.places import Places


class ActsInMemory:
    """An `ActSource` over dossiers and their acts as of one instant."""

    def __init__(
        self,
        rows: Iterable[DossierRow],
        acts: Mapping[str, Sequence[SeenAct]],
        places: Places,
        as_of: datetime,
    ) -> None:
        """Add up all dossiers; ``acts`` are by stream, and by version.

        Raises:
            StoreCorrupt: a dossier was accepted by an office that is not registered.
        """
        self._places = places
        self._as_of = as_of
        self._parts = defaultdict[Theme, dict[tuple[str, str], list[PairPart]]](dict)
        for row in rows:
            if row.accepted_at is None:
                continue
            zone = places.zone_of(row.office)
            if zone is None:
                raise StoreCorrupt(f"{row.stream} is of an office that is not registered")
            for part in parts_of(row, acts.get(row.stream, ()), zone):
                listed = self._parts[part.theme].setdefault((part.office, row.procedure), [])
                listed.append(PairPart(part.day, row.channel, *part[3:]))

    def as_of(self) -> datetime:
        """Give the instant that the figures are as of."""
        return self._as_of

    def places(self) -> Places:
        """Give the places that the cells were made with."""
        return self._places

    def act_cells(self, theme: Theme, wanted: Selection) -> Iterator[ActCell]:
        """Give the cells of a theme, each group in one."""
        return cells_of_parts(theme, wanted, self._parts[theme].items())

    def has_more_figures(self, theme: Theme, wanted: Selection, most: int) -> bool:  # noqa: ARG002 - as a source
        """Tell nothing: the parts are at hand."""
        return False


def cells_of_parts(
    theme: Theme, wanted: Selection, listed: Iterable[tuple[tuple[str, str], Iterable[PairPart]]]
) -> Iterator[ActCell]:
    """Add up parts of a theme as they are asked for; ``listed`` by office and procedure."""
    place = placing(wanted)
    found: dict[tuple[str, str, str, str], Sums] = {}
    for pair, parts in listed:
        # Where a day of a channel counts is looked up once.
        known: dict[tuple[str, str], tuple[Sums | None, bool]] = {}
        for day, channel, measure, times, total in parts:
            if (day, channel) not in known:
                group = place(Kind(*pair, channel), day)
                is_before = group is not None and group[-1] == BEFORE
                if group is None or (is_before and theme is not Theme.FEES):
                    known[day, channel] = (None, is_before)
                else:
                    known[day, channel] = (found.setdefault(group, Sums()), is_before)
            sums, is_before = known[day, channel]
            if sums is None or (is_before and measure != OUTSTANDING):
                continue
            if theme is Theme.STEPS:
                sums.add_stay(measure, told_stay(total, channel))
            else:
                sums.add((channel, measure), times, total)
    for group, sums in found.items():
        yield ActCell(*group, _values(sums))


def _values(sums: Sums) -> dict[str, Value]:
    values = {
        stage: Value(len(stays), sum(map(seconds_told, stays)), pack_seconds(stays))
        for stage, stays in sums.more.items()
    }
    for (_, measure), (times, total) in sums.sums.items():
        known = values.get(measure, NOTHING)
        values[measure] = Value(known.times + times, known.total + total, known.stays)
    return values


NOTHING: Final = Value(0, 0, b"")
