"""What queues are read from in the views: dossiers on which somebody must act, and their acts.

They are found by a scan over the rows of all dossiers, of which few are pending; their states and
acts are then read by stream.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import sqlalchemy as sa

from domain.dossiers import Dossier, Status
from projections.dossier_rows import Act
from projections.stored.rows import decode_state
from projections.tables import open_act
from projections.views import ViewReader

_STREAMS_PER_QUERY: Final = 500


class PendingReader(ViewReader):
    """A reader of the views that also finds what is pending, in the same transaction."""

    def __init__(self, reader: ViewReader):
        super().__init__(reader._connection, reader._visible)

    def pending(self) -> Iterator[Dossier]:
        """Give the dossiers that have not ended, and those whose result waits to be handed over.

        What was imported with an end is history: nobody hands it over here.
        """
        dossiers, states = self._visible.dossiers.c, self._visible.states.c
        to_hand_over = sa.and_(dossiers.status == Status.PROCESSED.value, ~dossiers.imported)
        query = (
            sa.select(states.stream, states.state)
            .join(self._visible.dossiers, dossiers.stream == states.stream)
            .where(sa.or_(dossiers.ended_at.is_(None), to_hand_over))
        )
        for stream, state in self._connection.execute(query):
            decoded = decode_state(stream, state)
            if isinstance(decoded, Dossier):
                yield decoded

    def acts_of_all(self, streams: Iterable[str]) -> dict[str, list[Act]]:
        """Give the acts of several streams by version, each stream's list in its place."""
        wanted = sorted(streams)
        found: dict[str, list[Act]] = {stream: [] for stream in wanted}
        acts = self._visible.acts
        for start in range(0, len(wanted), _STREAMS_PER_QUERY):
            part = wanted[start : start + _STREAMS_PER_QUERY]
            query = sa.select(acts).where(acts.c.stream.in_(part))
            for row in self._connection.execute(query.order_by(acts.c.stream, acts.c.version)):
                found[row.stream].append(open_act(row))
        return found

    def sent_to(self, streams: Iterable[str]) -> dict[str, set[str]]:
        """Give to which offices each of these dossiers was ever sent on."""
        found: dict[str, set[str]] = {}
        acts, wanted = self._visible.acts, sorted(streams)
        for start in range(0, len(wanted), _STREAMS_PER_QUERY):
            part = wanted[start : start + _STREAMS_PER_QUERY]
            query = sa.select(acts.c.stream, acts.c.to_office).where(
                acts.c.stream.in_(part), acts.c.to_office.is_not(None)
            )
            for stream, office in self._connection.execute(query):
                found.setdefault(stream, set()).add(office)
        return found
