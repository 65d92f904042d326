"""Which dossiers the views hold, and which of them were acted on since a checkpoint."""

from collections.abc import Collection, Iterable, Mapping

import msgspec
import sqlalchemy as sa

from domain.actions import StreamType
from projections.people.persons import Persons
from projections.stored.examining import Examiner, Registry
from projections.tables import (
    OPEN_ALONE,
    VEILED_ALONE,
    act_signers_table,
    acts_table,
    dossiers_table,
    veiled_act_signers_table,
    veiled_acts_table,
    veiled_dossiers_table,
)
from projections.views import Position, ViewReader

_DOSSIERS = (f"{StreamType.DOSSIER}:", f"{StreamType.DOSSIER};")


class LeadViews(ViewReader):
    """A reader of the views that tells what changed, in the same transaction."""

    def __init__(self, reader: ViewReader):
        super().__init__(reader._connection, reader._visible)

    def has_more_dossiers_than(self, count: int) -> bool:
        """Tell whether there are more dossiers than that; it counts no further."""
        query = sa.select(self._visible.dossiers.c.stream).offset(count).limit(1)
        return self._connection.execute(query).first() is not None

    def registry(self) -> tuple[Registry, Persons]:
        """Give what the registry holds, and whose keys are one person's."""
        return Registry(self.offices(), self.procedures(), self.keys()), self.persons()

    def examiners(self, registry: Registry, position: Position) -> dict[bool, Examiner]:
        """Give who puts open dossiers together, and who veiled ones."""
        return {
            is_veiled: Examiner(self._connection, registry, position.sealed_at, visible)
            for is_veiled, visible in ((False, OPEN_ALONE), (True, VEILED_ALONE))
        }

    def all_dossiers(self) -> tuple[set[str], set[str]]:
        """Give the open and the veiled dossiers that have acts."""
        return self._acted_on(0), set(self.veiled_versions())

    def acted_on_since(
        self, log_position: int, versions: Mapping[str, int]
    ) -> tuple[set[str], set[str]]:
        """Give the open dossiers with acts from an entry on, and the veiled ones with new acts.

        ``versions`` are the last known ones of veiled dossiers: no entry tells when they were
        acted on.
        """
        found = self.veiled_versions()
        veiled = {stream for stream, last in found.items() if versions.get(stream) != last}
        return self._acted_on(log_position), veiled

    def veiled_versions(self) -> dict[str, int]:
        """Give the last version of each veiled dossier."""
        acts = veiled_acts_table.c
        begin, end = _DOSSIERS
        query = (
            sa.select(acts.stream, sa.func.max(acts.version))
            .where(acts.stream >= begin, acts.stream < end)
            .group_by(acts.stream)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def signed_by(self, keys: Collection[str]) -> tuple[set[str], set[str]]:
        """Give the open and the veiled dossiers on which one of these keys signed an act."""
        if not keys:
            return set(), set()
        named = _listed(keys)
        signers, veiled = act_signers_table.c, veiled_act_signers_table.c
        opened = (
            sa.select(acts_table.c.stream)
            .join(act_signers_table, signers.entry_index == acts_table.c.entry_index)
            .where(signers.signer.in_(named))
        )
        hidden = sa.select(veiled.stream).where(veiled.signer.in_(named))
        return self._dossiers(opened), self._dossiers(hidden)

    def of_procedures(self, codes: Collection[str]) -> tuple[set[str], set[str]]:
        """Give the open and the veiled dossiers of these procedures."""
        if not codes:
            return set(), set()
        named = _listed(codes)
        opened, hidden = (
            self._dossiers(sa.select(table.c.stream).where(table.c.procedure.in_(named)))
            for table in (dossiers_table, veiled_dossiers_table)
        )
        return opened, hidden

    def _acted_on(self, log_position: int) -> set[str]:
        acts = acts_table.c
        return self._dossiers(sa.select(acts.stream).where(acts.entry_index >= log_position))

    def _dossiers(self, query: sa.Select[tuple[str]]) -> set[str]:
        begin, end = _DOSSIERS
        streams: Iterable[str] = self._connection.scalars(query.distinct())
        return {stream for stream in streams if begin <= stream < end}


def _listed(values: Collection[str]) -> sa.Select[tuple[str]]:
    """Give a list as one value of a statement: its length changes, the statement does not."""
    text = msgspec.json.encode(sorted(values)).decode()
    return sa.select(sa.func.json_each(text).table_valued("value").c.value)
