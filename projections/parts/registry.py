"""The projections by name: which tables each of them keeps, and which rest on which.

The core (`DOSSIERS`) is what the follower continues from; all others in the views database are
folded beside it, step by step, and may stop alone. The index of histories, the leads of findings
and the daily editions have files of their own.
A test holds that every table of the views database stands here once.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from projections.desks.tables import desks_stand_table, desks_table, veiled_desks_table
from projections.statistics.by_acts.tables import ActTables
from projections.statistics.tables import CellTables
from projections.tables import (
    ACT_CELLS,
    CELLS,
    VEILED_TABLES,
    act_signers_table,
    acts_table,
    dossiers_table,
    holders_table,
    petitions_table,
    position_table,
    procedures_table,
    rebuilds_table,
    requested_papers_table,
    schema_table,
    states_table,
    stopped_projections_table,
    veil_counts_table,
)


class Projection(StrEnum):
    """The name of a projection, as commands, answers and metrics say it."""

    DOSSIERS = "dossiers"
    STATISTICS = "statistics"
    PETITIONS = "petitions"
    CATALOGUE = "catalogue"
    DESKS = "desks"
    HOLDERS = "holders"
    VEILS = "veils"
    HISTORIES = "histories"
    FINDINGS = "findings"
    EDITIONS = "editions"


CORE: Final = Projection.DOSSIERS

TABLES: Final[Mapping[Projection, tuple[sa.Table, ...]]] = {
    Projection.DOSSIERS: (
        dossiers_table,
        acts_table,
        act_signers_table,
        states_table,
        *VEILED_TABLES,
    ),
    Projection.STATISTICS: (
        *(getattr(CELLS, name) for name in CellTables.__slots__),
        *(getattr(ACT_CELLS, name) for name in ActTables.__slots__),
    ),
    Projection.PETITIONS: (petitions_table,),
    Projection.CATALOGUE: (procedures_table,),
    Projection.DESKS: (desks_table, veiled_desks_table, desks_stand_table),
    Projection.HOLDERS: (holders_table, requested_papers_table),
    Projection.VEILS: (veil_counts_table,),
}
IN_VIEWS: Final = tuple(TABLES)
TABLES_BY_NAME: Final[Mapping[str, Projection]] = {
    table.name: projection for projection, tables in TABLES.items() for table in tables
}
# Where the views stand, and what is kept about the projections themselves.
STAND_TABLES: Final = (position_table, schema_table)
BOOKKEEPING_TABLES: Final = (stopped_projections_table, rebuilds_table)

# What is made once and never again: there is nothing to rebuild.
MADE_ONCE: Final = frozenset({Projection.EDITIONS})
# What follows from the core's rows alone: it goes with them, and needs no log to be made again.
FROM_CORE: Final = frozenset(
    {Projection.STATISTICS, Projection.PETITIONS, Projection.CATALOGUE, Projection.DESKS}
)
# What needs no states of streams: what the notes and veils say is enough.
FROM_NOTES: Final = frozenset({Projection.HOLDERS, Projection.VEILS})
# What only the vault's key makes again.
PRIVATE: Final = frozenset({Projection.HOLDERS})


def with_dependents(wanted: Collection[Projection]) -> frozenset[Projection]:
    """Give what must be replaced together: with the core goes whatever follows from its rows."""
    return frozenset(wanted) | (FROM_CORE if CORE in wanted else frozenset())


def tables_of(projections: Collection[Projection]) -> list[sa.Table]:
    """Give the tables of some projections, in the order of the registry."""
    return [table for name in IN_VIEWS if name in projections for table in TABLES[name]]
