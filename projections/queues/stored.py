"""What queues are read from in the views: the desks of pending dossiers, and their states.

The rows of desks are found by office; the states of those dossiers are then read by stream.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.dossiers import Dossier
from ledger.errors import StoreUnavailable
from projections.desks.keeping import desks_stand_at
from projections.desks.rows import Held, held_of_row
from projections.desks.tables import desks_table, veiled_desks_table
from projections.parts.registry import Projection
from projections.stored.rows import decode_state
from projections.tables import states_table, veiled_states_table
from projections.views import Position, ViewReader

Covers = Callable[[str], bool]
_OPEN: Final = (desks_table, states_table)
_VEILED: Final = (veiled_desks_table, veiled_states_table)


@dataclass(frozen=True, slots=True)
class Lying:
    """A pending dossier, and where it lies."""

    dossier: Dossier
    held: Held
    is_veiled: bool


class DeskReader(ViewReader):
    """A reader of the views that also finds what lies with whom, in the same transaction."""

    def __init__(self, reader: ViewReader):
        super().__init__(reader._connection, reader._visible)

    def check_stand(self, position: Position) -> None:
        """Check that the rows of desks are as of the position of this transaction.

        Raises:
            ProjectionStopped: they are not kept any more.
            StoreUnavailable: the follower catches up, and makes them at its end.
        """
        self.check_runs(Projection.DESKS)
        stand = desks_stand_at(self._connection)
        if stand != (position.log_position, position.veiled_position):
            raise StoreUnavailable("the follower catches up, and makes the desks at the end")

    def desk_offices(self) -> set[str]:
        """Give the offices with which anything lies, or that sent anything which is on its way."""
        tables = (desks_table, veiled_desks_table) if self._sees_veiled else (desks_table,)
        return set().union(*map(self._offices_in, tables))

    def _offices_in(self, desks: sa.Table) -> set[str]:
        places = sa.select(desks.c.lies_with, desks.c.sent_by).distinct()
        offices = {office for row in self._connection.execute(places) for office in row}
        return offices - {None}

    def held_by(self, covers: Covers) -> Iterator[Lying]:
        """Give what lies with offices that ``covers`` names, and what they sent on meanwhile.

        A veiled dossier is for the offices that have it alone; of others, what was sent on is
        public.
        """
        yield from self._held_in(*_OPEN, covers, is_veiled=False)
        if self._sees_veiled:
            yield from self._held_in(*_VEILED, covers, is_veiled=True)

    def _held_in(
        self, desks: sa.Table, states: sa.Table, covers: Covers, *, is_veiled: bool
    ) -> Iterator[Lying]:
        covered = [office for office in sorted(self._offices_in(desks)) if covers(office)]
        listed = sa.func.json_each(msgspec.json.encode(covered).decode()).table_valued("value")
        named = sa.select(listed.c.value)
        query = (
            sa.select(desks, states.c.state)
            .join(states, states.c.stream == desks.c.stream)
            .where(sa.or_(desks.c.lies_with.in_(named), desks.c.sent_by.in_(named)))
        )
        for row in self._connection.execute(query).all():
            dossier, held = decode_state(row.stream, row.state), held_of_row(row)
            assert isinstance(dossier, Dossier)
            had = {dossier.office, dossier.current_office} if is_veiled else held.near
            if any(map(covers, had)):
                yield Lying(dossier, held, is_veiled)
