"""Asking: what statistics are wanted of, and of whom the cells are that answer it.

A `Query` is what a reader asks, in words of places; a `Selection` is what is read for it, in
offices and procedures. `CellSource` is where cells come from: the views, or dossiers in memory.
Both give the same sums, and the same functions make figures of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from math import inf, prod
from typing import Final, NamedTuple, Protocol, TypeVar

from domain.facts import Channel
from projections.counts import ALL
from projections.statistics.adding import Kind
from projections.statistics.measures import Values
from projections.statistics.periods import Granularity
from projections.statistics.places import Places

# The name under which everything before the first period asked for is summed up.
BEFORE: Final = ""
WHOLE: Final = "*"

FigureT = TypeVar("FigureT")


class Dimension(StrEnum):
    """By what figures may be told apart."""

    OFFICE = "office"
    PROCEDURE = "procedure"
    FIELD = "field"
    CHANNEL = "channel"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: of which dossiers, over which periods, and told apart by what.

    ``subtree``: with all offices under the one that is named. ``first`` and ``last`` are periods
    of the granularity, both included; None leaves that side open.
    """

    office: str | None = None
    subtree: bool = False
    level: str | None = None
    procedure: str | None = None
    field: str | None = None
    channel: str | None = None
    first: str | None = None
    last: str | None = None
    granularity: Granularity = Granularity.MONTH
    by: frozenset[Dimension] = frozenset()

    @property
    def period(self) -> str:
        """Give the period of a figure that is not told apart by periods: `from/to`, or `*`."""
        if self.first is None and self.last is None:
            return ALL
        return f"{self.first or ''}/{self.last or ''}"

    @property
    def by_period(self) -> bool:
        """Tell whether each period has figures of its own."""
        return Dimension.PERIOD in self.by


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cells are summed up, and into what; None selects everything.

    Where all offices with anything in cells are asked for, ``offices`` is None, too: a selection
    reads cells of open dossiers, and says nothing of what is counted elsewhere (`offices_of`).

    ``apart`` holds a letter for each of office (`o`), procedure (`p`) and channel (`c`) that sums
    tell apart. Where only fields are asked for, ``stand_ins`` names for each procedure one of the
    same field, under which sums of both may be given. ``stands_alone``: of what lies before the
    first period only what stands at its end is wanted: what is pending, which may be told as
    received, what is late, and reasons of the pending; a group of nothing may be left out.
    """

    offices: frozenset[str] | None
    procedures: frozenset[str] | None
    channel: str | None
    apart: frozenset[str]
    granularity: Granularity
    first: str | None
    last: str | None
    by_period: bool
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    stands_alone: bool = False

    @property
    def grain(self) -> str:
        """Give the coarsest grain of cells that can answer."""
        wanted = {
            "o": self.offices is not None,
            "p": self.procedures is not None,
            "c": self.channel is not None,
        }
        return "".join(letter for letter in "opc" if wanted[letter] or letter in self.apart)


# What cells add up to: office, procedure, channel, and period, or `BEFORE` the first one.
# Plain tuples, of which there are thousands.
Sum = tuple[str, str, str, str, Values]


class ReasonSum(NamedTuple):
    """How many dossiers law and index judge differently for one reason; changes where pending."""

    office: str
    procedure: str
    channel: str
    period: str
    measure: str
    dossiers: int


# Durations in seconds, gross and net, as 64-bit integers, by office, procedure, channel and period;
# of one group there may be several. The last is after how many runs each of them rises anew.
DurationSum = tuple[str, str, str, str, bytes, bytes, int]


@dataclass(frozen=True, slots=True)
class Ahead:
    """A dossier that came or went after the day of the figures, and is late at their instant.

    ``today`` is their day where it is; ``in_cells`` tells whether the cells count it as late.
    """

    kind: Kind
    today: date
    received_on: date
    ended_on: date | None
    late: Mapping[str, bool]


class CellSource(Protocol):
    """Where cells are read, all as of one checkpoint."""

    def as_of(self) -> datetime:
        """Give the instant that the figures are as of."""

    def places(self) -> Places:
        """Give offices and procedures as they are at the checkpoint."""

    def sums(self, wanted: Selection) -> Iterable[Sum]:
        """Give the sums of all measures, in any order; a group may come in several parts."""

    def reasons(self, wanted: Selection) -> Iterable[ReasonSum]:
        """Give the sums of the reasons for which law and index differ."""

    def durations(self, wanted: Selection) -> Iterable[DurationSum]:
        """Give the durations of what ended in the periods asked for."""

    def has_more_groups(self, wanted: Selection, most: int, *, ended: bool) -> bool:
        """Tell whether dossiers of more groups and periods than so many surely came, or ended.

        False where nothing quicker tells than the figures themselves.
        """

    def ahead(self) -> Iterable[Ahead]:
        """Give the dossiers that are ahead of the figures."""


class TooManyFigures(Exception):
    """An answer would have more figures than may be asked for at once."""


def few(figures: Iterable[FigureT], most: int | None) -> tuple[FigureT, ...]:
    """Give the figures; those beyond ``most`` are not even made.

    Raises:
        TooManyFigures: there are more.
    """
    found = tuple(figures if most is None else islice(figures, most + 1))
    if most is not None and len(found) > most:
        raise TooManyFigures
    return found


def check_few(source: CellSource, query: Query, most: int, *, ended: bool = False) -> None:
    """Refuse what surely has too many figures before any of them is made.

    ``ended``: there is a figure for each group and period in which a dossier ended; otherwise for
    each in which one came.

    Raises:
        TooManyFigures: there are more than ``most``.
    """
    places = source.places()
    if _most_groups(query, places) <= most:
        return
    if source.has_more_groups(selection_of(query, places), most, ended=ended):
        raise TooManyFigures


def _most_groups(query: Query, places: Places) -> float:
    """Give a bound of how many groups there are, as far as it is known without looking."""
    if query.by_period:
        return inf
    sizes = {
        Dimension.OFFICE: len(places.offices),
        Dimension.PROCEDURE: len(places.fields),
        Dimension.FIELD: len(set(places.fields.values())),
        Dimension.CHANNEL: len(Channel),
    }
    by = query.by - {Dimension.FIELD} if Dimension.PROCEDURE in query.by else query.by
    return prod(sizes[dimension] for dimension in by)


def selection_of(query: Query, places: Places) -> Selection:
    """Say which cells answer a query."""
    apart = {_LETTERS[dimension] for dimension in query.by if dimension is not Dimension.PERIOD}
    return Selection(
        offices=_offices_read(query, places),
        procedures=_procedures(query, places),
        channel=query.channel,
        apart=frozenset(apart),
        granularity=query.granularity,
        first=query.first,
        last=query.last,
        by_period=query.by_period,
        stand_ins=_stand_ins(query, places),
    )


def _stand_ins(query: Query, places: Places) -> Mapping[str, str]:
    if Dimension.FIELD not in query.by or Dimension.PROCEDURE in query.by:
        return {}
    firsts: dict[str | None, str] = {}
    return {code: firsts.setdefault(each, code) for code, each in places.fields.items()}


_LETTERS: Final = {
    Dimension.OFFICE: "o",
    Dimension.PROCEDURE: "p",
    Dimension.FIELD: "p",
    Dimension.CHANNEL: "c",
}


def offices_of(query: Query, places: Places) -> frozenset[str] | None:
    """Give the offices that are asked for, registered or not; None where no office is named."""
    found: frozenset[str] | None = None
    if query.office is not None:
        found = places.subtree(query.office) if query.subtree else frozenset({query.office})
    if query.level is not None:
        of_level = places.of_level(query.level)
        found = of_level if found is None else found & of_level
    return found


def _offices_read(query: Query, places: Places) -> frozenset[str] | None:
    found = offices_of(query, places)
    # All offices are asked for by asking for none: coarser cells answer that.
    return None if found is None or places.are_all_busy(found) else found


def _procedures(query: Query, places: Places) -> frozenset[str] | None:
    found = None if query.procedure is None else frozenset({query.procedure})
    if query.field is not None:
        in_field = places.in_field(query.field)
        found = in_field if found is None else found & in_field
    return found
