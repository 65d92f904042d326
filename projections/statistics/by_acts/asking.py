"""Asking for figures made from acts: what is read for a query, and from where."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from projections.statistics.asking import Selection
from projections.statistics.by_acts.adding import Theme
from projections.statistics.places import Places


class Value(NamedTuple):
    """What one measure of a cell holds: how many, and a total.

    Of stays, too, each of them, as rising 64-bit integers (`cells.told_stay`) with the lowest byte
    first; of all others there are none.
    """

    times: int
    total: int
    stays: bytes


class ActCell(NamedTuple):
    """One cell by its measures, in one period asked for, or before the first one (`BEFORE`)."""

    office: str
    procedure: str
    channel: str
    period: str
    values: Mapping[str, Value]


class ActSource(Protocol):
    """Where cells of figures made from acts are read, all as of one checkpoint."""

    def as_of(self) -> datetime:
        """Give the instant that the figures are as of."""

    def places(self) -> Places:
        """Give offices and procedures as they are at the checkpoint."""

    def act_cells(self, theme: Theme, wanted: Selection) -> Iterable[ActCell]:
        """Give the cells of a theme, in any order; a group may come in many parts.

        What came before the first period is given of what is owed alone.
        """

    def has_more_figures(self, theme: Theme, wanted: Selection, most: int) -> bool:
        """Tell whether there surely are more figures than so many.

        False where nothing quicker tells than the cells themselves.
        """
