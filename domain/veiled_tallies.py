"""Tallies of veiled dossiers: how many were received and ended where, in cells of ten or more.

The log says of each veiled act only the office at the top of the tree (`domain.veils`). Once a
month a tally parts the acts of that month into cells, for each top office and crowd apart::

    office, procedure  ->  office, field  ->  below its parent, field  ->  below its parent
        ->  ...  ->  below the top office, field  ->  all under it that no other cell counts

The cells are a partition (`domain.tallies`): those of one top office add up to its veils of the
month, act by act, and nothing waits. A cell below ten is never shown but joined with others; only
the cell of the whole top office may be smaller, since the log itself says as much.

The document is JSON, for example::

    {"cells":[{"office":"H27.101","procedure":"2.000815","received":12,"top":"H27"},
              {"ended_late":1,"ended_on_time":9,"top":"H27"}],"month":"2026-11"}
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from domain.errors import MalformedDocument
from domain.facts.shapes import Code
from domain.facts.tallies import Count
from domain.offices import Document, decode_document
from domain.offices.records import MAX_DOCUMENT_BYTES
from domain.tallies import LEAST_OF_CELL, MOST_CELLS, Places, ShortText, roll_up


class CountedAct(StrEnum):
    """The acts that a tally counts, by the words of their veils; steps are not among them."""

    RECEIVED = "received"
    ENDED_EARLY = "ended_early"
    ENDED_ON_TIME = "ended_on_time"
    ENDED_LATE = "ended_late"


WordT = TypeVar("WordT", bound=str)

# By top office and act, how many there are in a month.
VeilSums = Mapping[tuple[str, str], int]


class VeiledLabel(Document, frozen=True, kw_only=True):
    """Which acts a cell counts, under the office at the top of the tree.

    With `below` it is the offices under `office`, as far as no other cell counts them; without
    `office` it is everything under `top` that no other cell counts.
    """

    top: Code
    office: Code | None = None
    below: bool = False
    procedure: Code | None = None
    field: ShortText | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether it narrows nothing down."""
        return self == VeiledLabel(top=self.top)


class VeiledCell(VeiledLabel, frozen=True, kw_only=True):
    """What one cell shows: either dossiers received, or how they ended."""

    received: Count = 0
    ended_early: Count = 0
    ended_on_time: Count = 0
    ended_late: Count = 0

    @property
    def label(self) -> VeiledLabel:
        """Give the label without what is counted."""
        names = VeiledLabel.__struct_fields__
        return VeiledLabel(**{name: getattr(self, name) for name in names})

    @property
    def acts(self) -> dict[CountedAct, int]:
        """Give what it counts of each act, where it counts any."""
        counts = {act: int(getattr(self, act.value)) for act in CountedAct}
        return {act: count for act, count in counts.items() if count}

    @property
    def count(self) -> int:
        """Count all its acts."""
        return sum(self.acts.values())


class VeiledTally(Document, frozen=True, kw_only=True):
    """A tally's document."""

    month: Annotated[str, Meta(pattern="^[0-9]{4}-(?:0[1-9]|1[0-2])$(?!\\n)")]
    cells: Annotated[tuple[VeiledCell, ...], Meta(max_length=MOST_CELLS)] = ()

    @property
    def counted(self) -> int:
        """Count the acts in all cells."""
        return sum(cell.count for cell in self.cells)

    @property
    def sums(self) -> VeilSums:
        """Add the cells up by top office and act: what the veils of the month must be."""
        sums: Counter[tuple[str, str]] = Counter()
        for cell in self.cells:
            for act, count in cell.acts.items():
                sums[cell.top, act.value] += count
        return sums


@dataclass(frozen=True, slots=True)
class VeiledAct:
    """One act as a tally counts it: what its veil says, and what that veils."""

    top: str
    act: CountedAct
    office: str
    procedure: str


Ladder = tuple[VeiledLabel, ...]

# So many labels of a ladder name the office itself.
_OWN: Final = 2

_DECODER: Final = msgspec.json.Decoder(VeiledTally)


def parse_veiled_tally(document: bytes) -> VeiledTally:
    """Read a tally's document.

    Raises:
        MalformedDocument: another shape, a label that stands twice, or a cell that counts nothing,
            arrivals and ends together, or fewer than ten.
    """
    tally = decode_document(document, _DECODER)
    seen: set[tuple[VeiledLabel, bool]] = set()
    for cell in tally.cells:
        _check_cell(cell)
        key = (cell.label, bool(cell.received))
        if key in seen:
            raise MalformedDocument("cells")
        seen.add(key)
    return tally


def _check_cell(cell: VeiledCell) -> None:
    ends = cell.count - cell.received
    if cell.count == 0 or (cell.received and ends):
        raise MalformedDocument("cells")
    # The whole of a top office says no more than its veils do.
    if cell.count < LEAST_OF_CELL and not cell.label.is_whole:
        raise MalformedDocument("cells")


def render_veiled_tally(tally: VeiledTally) -> bytes:
    """Write a tally's document."""
    return msgspec.json.encode(tally, order="sorted")


def counted_of(veils: Mapping[tuple[str, WordT], int]) -> VeilSums:
    """Give the veils that a tally counts, of all of one month: the steps stay out."""
    words = set(CountedAct)
    return {(top, str(act)): count for (top, act), count in veils.items() if act in words and count}


def tally_veiled(month: str, acts: Sequence[VeiledAct], places: Places) -> VeiledTally:
    """Make the tally of a month's veiled acts."""
    ladders = _aligned([(ladder_of(act, places), act) for act in acts])
    while True:
        tally = VeiledTally(month=month, cells=_cells_of(ladders))
        if len(render_veiled_tally(tally)) <= MAX_DOCUMENT_BYTES and _is_short(tally):
            return tally
        if not any(ladder for ladder, _ in ladders):
            # Two cells for each top office: no ledger has so many that they do not fit.
            return tally
        # Too fine for one document: everybody goes one step up.
        ladders = [(ladder[1:], act) for ladder, act in ladders]


def _aligned(ladders: Sequence[tuple[Ladder, VeiledAct]]) -> list[tuple[Ladder, VeiledAct]]:
    """Let all ladders be of one length, so that what they end in is tried for all at once.

    An office with fewer offices above it waits on its own labels until the others come up.
    """
    longest = max((len(ladder) for ladder, _ in ladders), default=0)
    return [
        (ladder[:_OWN] + ladder[_OWN - 1 : _OWN] * (longest - len(ladder)) + ladder[_OWN:], act)
        for ladder, act in ladders
    ]


def _is_short(tally: VeiledTally) -> bool:
    return len(tally.cells) <= MOST_CELLS


def ladder_of(act: VeiledAct, places: Places) -> Ladder:
    """Give the labels under which an act may be counted, the finest first, short of the whole."""
    procedure = places.procedure(act.procedure)
    field = None if procedure is None else procedure.field
    top, office = act.top, act.office
    steps = [
        VeiledLabel(top=top, office=office, procedure=act.procedure),
        VeiledLabel(top=top, office=office, field=field),
    ]
    for above in _between(office, top, places):
        steps += [
            VeiledLabel(top=top, office=above, below=True, field=field),
            VeiledLabel(top=top, office=above, below=True),
        ]
    # Without a field this would be the whole, which takes what is left over of everything.
    steps.append(steps[-1] if field is None else VeiledLabel(top=top, field=field))
    return tuple(steps)


def _between(office_id: str, top: str, places: Places) -> list[str]:
    """Give the offices above one and under the top, the nearest first; a circle ends at once."""
    found: list[str] = []
    office = places.office(office_id)
    while office is not None and office.parent not in (None, top, office_id, *found):
        assert office.parent is not None
        found.append(office.parent)
        office = places.office(office.parent)
    return found


def _cells_of(ladders: Iterable[tuple[Ladder, VeiledAct]]) -> tuple[VeiledCell, ...]:
    crowds: dict[tuple[str, bool], list[tuple[Ladder, VeiledAct]]] = {}
    for ladder, act in ladders:
        crowds.setdefault((act.top, act.act is CountedAct.RECEIVED), []).append((ladder, act))
    cells = [
        _cell_of(label, group)
        for (top, _), crowd in crowds.items()
        for label, group in _parted(VeiledLabel(top=top), crowd).items()
    ]
    return tuple(sorted(cells, key=lambda cell: msgspec.json.encode(cell, order="sorted")))


def _parted(
    whole: VeiledLabel, crowd: Sequence[tuple[Ladder, VeiledAct]]
) -> dict[VeiledLabel, list[VeiledAct]]:
    # Fewer than ten leave the ledger only where the promise of one ends: then nothing is parted.
    if len(crowd) < LEAST_OF_CELL:
        return {whole: [act for _, act in crowd]}
    return roll_up(crowd, whole)


def _cell_of(label: VeiledLabel, acts: Iterable[VeiledAct]) -> VeiledCell:
    counts = Counter(act.act.value for act in acts)
    return msgspec.convert({**msgspec.structs.asdict(label), **counts}, VeiledCell)
