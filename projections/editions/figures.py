"""What an edition's files are answered from: figures, and the record that the index is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from projections.index766.from_log import record_of_world
from projections.index766.inputs import PublicRecord
from projections.index766.reading import read_record
from projections.reading import FiguresInViews
from projections.recompute import FiguresOfWorld, PublicWorld
from projections.tallies.published import Tallies
from projections.views import Position, ViewReader


@dataclass(frozen=True, slots=True)
class EditionFigures:
    """All public figures as of one checkpoint, wherever they come from."""

    statistics: FiguresInViews | FiguresOfWorld
    record: Callable[[], PublicRecord]


# Gives the body that answers an address; None where the answer would be too large.
Answering = Callable[[EditionFigures, str], bytes | None]


def figures_in_views(
    reader: ViewReader, position: Position, tallies: Tallies | None = None
) -> EditionFigures:
    """Give the figures of views, in one read of them, and of the tallies that the views name."""

    def record() -> PublicRecord:
        found = read_record(reader)
        assert found is not None
        return found

    return EditionFigures(FiguresInViews(reader, position, tallies), record)


def figures_of_world(world: PublicWorld) -> EditionFigures:
    """Give the figures of a log that was replayed."""
    statistics = FiguresOfWorld(world)
    return EditionFigures(statistics, lambda: record_of_world(world, statistics.cells()))
