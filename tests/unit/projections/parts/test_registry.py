from collections import Counter

from projections.parts.registry import (
    BOOKKEEPING_TABLES,
    CORE,
    FROM_CORE,
    IN_VIEWS,
    STAND_TABLES,
    TABLES,
    Projection,
    tables_of,
    with_dependents,
)
from projections.parts.writers import PART_WRITERS
from projections.tables import metadata


def test_every_table_of_the_views_is_one_projections_or_tells_where_they_stand() -> None:
    named = Counter(table.name for table in tables_of(IN_VIEWS))
    named.update(table.name for table in (*STAND_TABLES, *BOOKKEEPING_TABLES))

    assert set(named) == set(metadata.tables)
    assert [name for name, count in named.items() if count > 1] == []


def test_every_projection_beside_the_core_has_a_writer_and_those_in_a_file_of_their_own_none() -> (
    None
):
    assert set(PART_WRITERS) == set(TABLES) - {CORE}
    in_files = {Projection.HISTORIES, Projection.FINDINGS, Projection.EDITIONS}
    assert set(Projection) - set(TABLES) == in_files


def test_what_follows_from_the_cores_rows_goes_with_them() -> None:
    assert with_dependents([CORE]) == {CORE, *FROM_CORE}
    assert with_dependents([Projection.VEILS]) == {Projection.VEILS}
