"""Where each projection of the views stands, and which of them have stopped."""

from dataclasses import dataclass

from projections.desks.keeping import desks_stand_at
from projections.parts.registry import CORE, IN_VIEWS, Projection
from projections.parts.stops import Stop
from projections.stored.cells import stands_at
from projections.views import ViewReader


@dataclass(frozen=True, slots=True)
class Standing:
    """Up to which log position a projection has come, and its stop, if it has stopped."""

    projection: Projection
    log_position: int
    stop: Stop | None


class StandingReader(ViewReader):
    """A reader of the views that also knows where each projection stands."""

    def __init__(self, reader: ViewReader) -> None:
        super().__init__(reader._connection, reader._visible)

    def standings(self) -> list[Standing]:
        """Give all projections of the views database, the core first."""
        return [self._standing(projection) for projection in IN_VIEWS]

    def _standing(self, projection: Projection) -> Standing:
        stop = self.stops().get(projection)
        if stop is not None and projection is not CORE:
            return Standing(projection, stop.log_position, stop)
        # Cells and desks stay behind while the follower catches up: they are made at the end.
        if projection is Projection.STATISTICS:
            return Standing(projection, stands_at(self._connection), None)
        if projection is Projection.DESKS:
            return Standing(projection, desks_stand_at(self._connection)[0], None)
        position = self.position()
        return Standing(projection, 0 if position is None else position.log_position, stop)
