"""What each projection writes when the follower moves the views by one step.

One that raises is named by `PartFailed`, so that the step can be taken without it. A failure of
the database itself is nobody's own: it ends the whole step, which is tried again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.decisions import StreamState
from ledger.errors import StoreUnavailable
from projections.catalogue.rows import rows_of
from projections.desks.keeping import keep_desks
from projections.parts.registry import Projection
from projections.petitions.stored import replace_petitions
from projections.stored.by_acts.keeping import keep_act_cells
from projections.stored.cells import keep_dossiers
from projections.stored.examining import forget_papers, keep_papers
from projections.stored.rows import (
    forget_marks,
    insert_acts,
    replace_marks,
    replace_rows,
    replace_states,
)
from projections.stored.steps import ViewUpdate, step_of
from projections.stored.veiled import divide_states, insert_veiled_acts
from projections.tables import (
    dossiers_table,
    procedures_table,
    states_table,
    veiled_dossiers_table,
    veiled_states_table,
)
from projections.veiled.stored import add_veils

# What a projection writes that the database does not take; anything else of it is its failure.
_OWN_FAULTS: Final = (
    sa.exc.IntegrityError,
    sa.exc.DataError,
    sa.exc.ProgrammingError,
    sa.exc.InterfaceError,
)


@dataclass(frozen=True, slots=True)
class DividedUpdate:
    """An update, with the states of open streams apart; the views were as of ``old_as_of``."""

    update: ViewUpdate
    opened: Mapping[str, StreamState]
    old_as_of: datetime | None


PartWriter = Callable[[sa.Connection, DividedUpdate], None]


class PartFailed(Exception):
    """One projection could not be written; the cause is the exception that it raised."""

    def __init__(self, projection: Projection, error: Exception) -> None:
        super().__init__(projection.value)
        self.projection = projection
        self.error = error


def _write_statistics(connection: sa.Connection, divided: DividedUpdate) -> None:
    # It writes the core's open dossiers in passing: cells go by the rows as they were.
    step = step_of(divided.update, divided.old_as_of)
    keep_dossiers(connection, divided.opened, step)
    keep_act_cells(connection, divided.opened, step)


def _write_petitions(connection: sa.Connection, divided: DividedUpdate) -> None:
    replace_petitions(connection, divided.update.states)


def _write_catalogue(connection: sa.Connection, divided: DividedUpdate) -> None:
    procedures = rows_of(divided.update.states, divided.update.acts)
    replace_rows(connection, procedures_table, list(map(msgspec.structs.asdict, procedures)))


def _write_desks(connection: sa.Connection, divided: DividedUpdate) -> None:
    keep_desks(connection, divided.update, divided.opened)


def _write_holders(connection: sa.Connection, divided: DividedUpdate) -> None:
    update = divided.update
    replace_marks(connection, update.holder_marks)
    keep_papers(connection, update.papers)


def _write_veils(connection: sa.Connection, divided: DividedUpdate) -> None:
    add_veils(connection, divided.update.veils)


PART_WRITERS: Final[Mapping[Projection, PartWriter]] = {
    Projection.STATISTICS: _write_statistics,
    Projection.PETITIONS: _write_petitions,
    Projection.CATALOGUE: _write_catalogue,
    Projection.DESKS: _write_desks,
    Projection.HOLDERS: _write_holders,
    Projection.VEILS: _write_veils,
}


def write_parts(
    connection: sa.Connection,
    update: ViewUpdate,
    old_as_of: datetime | None,
    writers: Mapping[Projection, PartWriter],
    stopped: Collection[Projection],
) -> None:
    """Write the core and every projection that has a writer here and has not stopped.

    Raises:
        PartFailed: one of them raised; what was written must be rolled back.
        SQLAlchemyError, StoreUnavailable: the database failed.
    """
    opened, veiled = divide_states(connection, update.states, update.acts)
    # The acts before the cells, some of which are counted by them.
    insert_acts(connection, [a for a in update.acts if a.entry_index is not None])
    divided = DividedUpdate(update, opened, old_as_of)
    running = {name: write for name, write in writers.items() if name not in stopped}
    counting = running.pop(Projection.STATISTICS, None)
    if counting is None:
        replace_states(connection, opened, dossiers_table, states_table)
    else:
        with _part(Projection.STATISTICS):
            counting(connection, divided)
    replace_states(connection, veiled, veiled_dossiers_table, veiled_states_table)
    insert_veiled_acts(connection, [a for a in update.acts if a.entry_index is None])
    for name, write in running.items():
        with _part(name):
            write(connection, divided)
    # Last, and whether or not the holders' projection runs: an erasure waits for nobody.
    forget_marks(connection, (*update.erased, *_erased_meanwhile(update)))
    forget_papers(connection, update.erased)


def _erased_meanwhile(update: ViewUpdate) -> Collection[str]:
    """Give whose marks were erased after they were opened for this step.

    Of petitions no entry tells: whoever erases takes their marks out of the views, perhaps just
    before they come. The write lock is held by now, so that whoever comes later finds them here.
    """
    if update.erased_among is None or not update.holder_marks:
        return ()
    return update.erased_among({mark.stream for mark in update.holder_marks})


@contextmanager
def _part(name: Projection) -> Iterator[None]:
    try:
        yield
    except (StoreUnavailable, MemoryError):
        raise
    except Exception as error:
        # The edge of a projection: it stops alone.
        if isinstance(error, sa.exc.SQLAlchemyError) and not isinstance(error, _OWN_FAULTS):
            raise
        raise PartFailed(name, error) from error
