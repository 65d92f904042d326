"""Tallies: what is said of many acts together, so that nothing is said of one.

A tally's cells are a partition: every act that it counts is in exactly one cell, and a cell below
ten acts is never shown but joined with others, by a ladder from the finest label to the coarsest::

    office, procedure, stage  ->  office, procedure  ->  office, field
        ->  below the office's parent, field  -> ... ->  everything else

Marginal sums are not published. So whatever is added or subtracted, what comes out is a union of
cells, and none has fewer than ten acts (SPEC: formats.md, "Neighbour test"). What is left over at
the end joins the smallest cell that is shown; where nothing is shown, it waits for a later month.

The document is JSON, for example::

    {"cells":[{"count":12,"marks":{"overall":[0,0,1,4,7]},"office":"H27","procedure":"1.001"}],
     "month":"2026-11","subject":"ratings"}

`marks` counts the answers to a question by their value, the lowest first. A question is left out
where fewer than ten of a cell's raters answered it, or fewer than three otherwise than the most:
ten raters of one mind would be a crowd, and everybody's mark would stand there. The cell's count
stays, so nothing comes out by subtracting.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Protocol, TypeVar

import msgspec
from msgspec import Meta

from domain.errors import MalformedDocument
from domain.facts import RatingStage, SatisfactionRatedDetails
from domain.facts.feedback import UnofficialCost
from domain.facts.shapes import Code
from domain.facts.tallies import Count, TallySubject
from domain.offices import Document, Office, decode_document
from domain.offices.records import MAX_DOCUMENT_BYTES
from domain.procedures import Procedure

LEAST_OF_CELL: Final = 10
# So many answered otherwise than the most: two of them who talk do not know everybody's answer.
LEAST_DISSENT: Final = 3
MOST_CELLS: Final = 1_000
# One envelope in so many waits, beyond the first ten.
ONE_WAITS_IN: Final = 10

_VALUES_OF_QUESTION: Final[Mapping[str, tuple[object, ...]]] = {
    "overall": (1, 2, 3, 4, 5),
    "contacts": (0, 1, 2),
    "agencies": (0, 1, 2),
    "attitude": (0, 1, 2),
    "unofficial_cost": tuple(UnofficialCost),
}

ItemT = TypeVar("ItemT")
LabelT = TypeVar("LabelT", bound=Hashable)

ShortText = Annotated[str, Meta(min_length=1, max_length=500)]


class Label(Document, frozen=True, kw_only=True):
    """Which acts a cell counts; an absent member leaves that open.

    With `below` it is the offices under `office`, as far as no other cell counts them; without
    any member it is everything that no other cell counts.
    """

    office: Code | None = None
    below: bool = False
    procedure: Code | None = None
    field: ShortText | None = None
    stage: RatingStage | None = None


class Cell(Label, frozen=True, kw_only=True):
    """What one cell shows."""

    count: Annotated[int, Meta(ge=LEAST_OF_CELL, le=10**12)]
    marks: dict[str, tuple[Count, ...]] = msgspec.field(default_factory=dict)

    @property
    def label(self) -> Label:
        """Give the label without what is counted."""
        return Label(
            office=self.office,
            below=self.below,
            procedure=self.procedure,
            field=self.field,
            stage=self.stage,
        )


class Tally(Document, frozen=True, kw_only=True):
    """A tally's document."""

    subject: TallySubject
    month: Annotated[str, Meta(pattern="^[0-9]{4}-(?:0[1-9]|1[0-2])$(?!\\n)")]
    cells: Annotated[tuple[Cell, ...], Meta(max_length=MOST_CELLS)] = ()

    @property
    def counted(self) -> int:
        """Count the acts in all cells."""
        return sum(cell.count for cell in self.cells)


class Places(Protocol):
    """Looks up what ladders are made of."""

    def office(self, office_id: str) -> Office | None:
        """Give an office as it is."""
        ...

    def procedure(self, code: str) -> Procedure | None:
        """Give the newest version of a procedure."""
        ...


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating as a tally counts it; without marks where its private part was erased."""

    office: str
    procedure: str
    stage: RatingStage
    marks: SatisfactionRatedDetails | None


_DECODER: Final = msgspec.json.Decoder(Tally)


def parse_tally(document: bytes) -> Tally:
    """Read a tally's document.

    Raises:
        MalformedDocument: another shape, a cell below ten, a label that stands twice, or marks
            that are not those of a cell, or tell each rater's.
    """
    tally = decode_document(document, _DECODER)
    labels = [cell.label for cell in tally.cells]
    if len(set(labels)) != len(labels):
        raise MalformedDocument("cells: a label stands twice")
    for cell in tally.cells:
        _check_marks(cell)
    return tally


def _check_marks(cell: Cell) -> None:
    for question, counts in cell.marks.items():
        values = _VALUES_OF_QUESTION.get(question)
        if values is None or len(counts) != len(values):
            raise MalformedDocument("marks: a question of another form")
        if sum(counts) > cell.count or not may_be_shown(counts):
            raise MalformedDocument("marks: too few, too alike, or more than the cell counts")


def may_be_shown(counts: Sequence[int]) -> bool:
    """Tell whether answers are many enough, and differ enough, to say nothing of one of them."""
    answered = sum(counts)
    return answered >= LEAST_OF_CELL and answered - max(counts) >= LEAST_DISSENT


def withheld_of(envelopes: int) -> int:
    """Tell how many of all envelopes stay uncounted: ten, and of many one in ten.

    It follows from what everybody counts in the log, so one denunciation more moves nothing
    (`split_off` says which ratings wait to fill the number up).
    """
    return max(LEAST_OF_CELL, LEAST_OF_CELL - 2 + envelopes // ONE_WAITS_IN)


def split_off(waiting: Sequence[ItemT], others: int, counted_before: int = 0) -> Sequence[ItemT]:
    """Give the ratings that a tally counts, of those that wait, the oldest first.

    ``others`` of the envelopes hold no rating. The last ratings stay back, as many as fill the
    others up to `withheld_of`. Nothing is counted where fewer than ten would be, nor while the
    others are more than that: it would tell how many they are.
    """
    withheld = withheld_of(counted_before + len(waiting) + others)
    if others > withheld:
        return ()
    counted = waiting[: max(0, len(waiting) - (withheld - others))]
    return counted if len(counted) >= LEAST_OF_CELL else ()


def tally_ratings(month: str, ratings: Sequence[Rating], places: Places) -> Tally:
    """Make the tally of ratings, none or at least ten."""
    assert not ratings or len(ratings) >= LEAST_OF_CELL
    ladders = [(ladder_of(rating, places), rating) for rating in ratings]
    tally = Tally(subject=TallySubject.RATINGS, month=month)
    while ladders:
        cells = _cells_of(roll_up(ladders, Label()))
        tally = Tally(subject=TallySubject.RATINGS, month=month, cells=cells)
        if len(cells) <= MOST_CELLS and len(render_tally(tally)) <= MAX_DOCUMENT_BYTES:
            break
        # Too fine for one document: everybody goes one step up.
        ladders = [(ladder[1:], rating) for ladder, rating in ladders]
    return tally


def render_tally(tally: Tally) -> bytes:
    """Write a tally's document."""
    return msgspec.json.encode(tally, order="sorted")


def _cells_of(groups: Mapping[Label, Sequence[Rating]]) -> tuple[Cell, ...]:
    cells = (_cell_of(label, group) for label, group in groups.items())
    return tuple(sorted(cells, key=lambda cell: msgspec.json.encode(cell.label, order="sorted")))


def ladder_of(rating: Rating, places: Places) -> tuple[Label, ...]:
    """Give the labels under which a rating may be counted, the finest first."""
    office, code = rating.office, rating.procedure
    procedure = places.procedure(code)
    field = None if procedure is None else procedure.field
    return (
        Label(office=office, procedure=code, stage=rating.stage),
        Label(office=office, procedure=code),
        Label(office=office, field=field),
        *(Label(office=above, below=True, field=field) for above in _above(office, places)),
    )


def _above(office_id: str, places: Places) -> list[str]:
    """Give the offices above one, the nearest first; a circle ends where it closes."""
    found: list[str] = []
    office = places.office(office_id)
    while office is not None and office.parent not in (None, office_id, *found):
        assert office.parent is not None
        found.append(office.parent)
        office = places.office(office.parent)
    return found


def roll_up(
    items: Iterable[tuple[Sequence[LabelT], ItemT]],
    everything: LabelT,
    least: int = LEAST_OF_CELL,
) -> dict[LabelT, list[ItemT]]:
    """Part items into groups of at least ``least``, each under the finest label that allows it.

    The items are at least as many, or none. ``everything`` is the label of what is left over.
    """
    remaining, shown = list(items), dict[LabelT, list[ItemT]]()
    steps = max((len(ladder) for ladder, _ in remaining), default=0)
    for step in range(steps):
        remaining = _show_crowds(remaining, shown, step, least)
    rest = [item for _, item in remaining]
    if rest and len(rest) < least:
        # Shown alone they would be below ten, and left out they would be the difference.
        smallest = min(shown, key=lambda label: (len(shown[label]), repr(label)))
        rest += shown.pop(smallest)
    if rest:
        shown[everything] = rest
    return shown


def _show_crowds(
    remaining: list[tuple[Sequence[LabelT], ItemT]],
    shown: dict[LabelT, list[ItemT]],
    step: int,
    least: int,
) -> list[tuple[Sequence[LabelT], ItemT]]:
    """Show what is a crowd under the labels of one step; give what is none."""
    groups: dict[LabelT, list[tuple[Sequence[LabelT], ItemT]]] = {}
    smaller: list[tuple[Sequence[LabelT], ItemT]] = []
    for ladder, item in remaining:
        if step < len(ladder):
            groups.setdefault(ladder[step], []).append((ladder, item))
        else:
            smaller.append((ladder, item))
    for label, group in groups.items():
        if len(group) >= least:
            shown.setdefault(label, []).extend(item for _, item in group)
        else:
            smaller += group
    return smaller


def _cell_of(label: Label, ratings: Sequence[Rating]) -> Cell:
    marks = {}
    for question, values in _VALUES_OF_QUESTION.items():
        given = [getattr(rating.marks, question, None) for rating in ratings]
        counts = tuple(given.count(value) for value in values)
        if may_be_shown(counts):
            marks[question] = counts
    return Cell(**msgspec.structs.asdict(label), count=len(ratings), marks=marks)
