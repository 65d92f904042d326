"""Stops: which projections have stopped, where they stand, and why; kept in the views database.

A stop holds no message, since messages may quote what somebody wrote: a constant code, and the
name of the exception's type. It stays until the projection is rebuilt; that of the core ends when
the follower gets on, which tries again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from domain.errors import DomainError
from ledger.errors import LedgerError
from projections.entries import ProjectionError
from projections.parts.registry import Projection
from projections.tables import rebuilds_table, stopped_projections_table
from transparency.encoding import parse_utc_milliseconds, render_utc_milliseconds
from transparency.errors import TransparencyError

UNFORESEEN: Final = "unforeseen"
MAX_ERROR_CHARACTERS: Final = 100
_NAMES: Final = frozenset(projection.value for projection in Projection)


class ProjectionStopped(ProjectionError):
    """The projection that an answer rests on has stopped, or stops again while it is rebuilt.

    The message begins with its name; where nobody but its operator reads it, ``why`` may follow.
    """

    code = "projection_stopped"

    def __init__(self, projection: str, why: str = "") -> None:
        super().__init__(f"{projection}: {why}" if why else projection)
        self.projection = projection


@dataclass(frozen=True, slots=True)
class Stop:
    """Where and why a projection stopped: it has taken in every entry before ``log_position``.

    ``as_of`` is the time of the seal that it stands at; ``cause`` the code of the error, or
    `UNFORESEEN`; ``error`` the name of its type.
    """

    projection: Projection
    log_position: int
    as_of: datetime | None
    cause: str
    error: str

    @property
    def last_entry_index(self) -> int | None:
        """Give the last entry that it took in; None where it took in none."""
        return self.log_position - 1 if self.log_position else None


def stop_by(
    error: BaseException, projection: Projection, log_position: int, as_of: datetime | None
) -> Stop:
    """Give the stop that an error is the cause of."""
    known = isinstance(error, DomainError | LedgerError | ProjectionError | TransparencyError)
    cause = str(getattr(error, "code", UNFORESEEN)) if known else UNFORESEEN
    name = type(error).__name__[:MAX_ERROR_CHARACTERS]
    return Stop(projection, log_position, as_of, cause, name)


def read_stops(connection: sa.Connection) -> dict[Projection, Stop]:
    """Give the projections that have stopped."""
    rows = connection.execute(sa.select(stopped_projections_table)).all()
    stops = [
        Stop(
            Projection(row.projection),
            row.log_position,
            None if row.as_of is None else parse_utc_milliseconds(row.as_of),
            row.cause,
            row.error,
        )
        for row in rows
        if row.projection in _NAMES
    ]
    return {stop.projection: stop for stop in stops}


def note_stop(connection: sa.Connection, stop: Stop) -> None:
    """Note that a projection has stopped; of one that had stopped before, the newest cause."""
    end_stops(connection, (stop.projection,))
    connection.execute(
        sa.insert(stopped_projections_table).values(
            projection=stop.projection.value,
            log_position=stop.log_position,
            as_of=None if stop.as_of is None else render_utc_milliseconds(stop.as_of),
            cause=stop.cause,
            error=stop.error,
        )
    )


def end_stops(connection: sa.Connection, projections: Collection[Projection]) -> None:
    """Forget that projections had stopped: they stand where the views stand."""
    names = [projection.value for projection in projections]
    column = stopped_projections_table.c.projection
    connection.execute(sa.delete(stopped_projections_table).where(column.in_(names)))


def rebuilds_counted(connection: sa.Connection) -> int:
    """Give how often rows were replaced from beside."""
    return connection.execute(sa.select(rebuilds_table.c.number)).scalar() or 0
