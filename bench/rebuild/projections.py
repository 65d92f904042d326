"""Each projection rebuilt as `dossier-ledger rebuild` does it, and all of them.

Of the core it is measured besides what it takes alone. No command does that, since what follows
from its rows is replaced with it: its rows are made beside and indexed, and nothing is counted.
"""

from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import sqlalchemy as sa

from bench.logs.long_log import ORIGIN
from bench.rebuild.worlds import World, processor_seconds
from projections.comparing import ProvenEntries
from projections.follower import Follower
from projections.parts.registry import CORE, FROM_CORE, IN_VIEWS, Projection
from projections.parts.writers import DividedUpdate
from projections.rebuilding.folding import RebuildSources, Target, begin_folding, fold_up_to
from projections.rebuilding.indexing import drop_indexes, indexing_first
from projections.rebuilding.rebuild import rebuild_views
from projections.stored.rows import replace_states
from projections.tables import dossiers_table, states_table
from projections.views import open_views

EVERYTHING: Final = "everything"
CORE_ALONE: Final = "dossiers alone, made and not yet put in place"
FIRST_FOLD: Final = "everything, by a follower into an empty database"


def measure_projections(world: World) -> dict[str, dict[str, float | str]]:
    """Fold everything once, and rebuild each projection of it; of the core, what goes with it."""
    size = world.log.tree_size
    found: dict[str, dict[str, float | str]] = {}
    with TemporaryDirectory() as folder:
        stored = Path(folder) / "views.sqlite3"
        found[FIRST_FOLD] = {"made_from": "log", **_rates(size, _fold(world, stored))}
        found[CORE_ALONE] = {"made_from": "log", **_rates(size, _make_core(world))}
        for name in IN_VIEWS:
            source = "rows of the core" if name in FROM_CORE else "log"
            seconds = _rebuild(world, stored, (name,))
            found[_name_of(name)] = {"made_from": source, **_rates(size, seconds)}
        seconds = _rebuild(world, stored, IN_VIEWS)
        found[EVERYTHING] = {"made_from": "log", **_rates(size, seconds)}
    return found


def _name_of(name: Projection) -> str:
    return f"{CORE.value}, with what follows from its rows" if name is CORE else name.value


def _rates(size: int, seconds: float) -> dict[str, float]:
    return {
        "processor_seconds": round(seconds, 2),
        "entries_per_second": round(size / seconds),
    }


def _fold(world: World, stored: Path) -> float:
    with closing(open_views(stored)) as views, world.private() as private:
        reader = ProvenEntries(world.log)
        follower = Follower(ORIGIN, reader, views, world.documents, private)
        seconds, _ = processor_seconds(follower.catch_up)
    return seconds


def _make_core(world: World) -> float:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "views.sqlite3"
        writers = {Projection.STATISTICS: indexing_first(_write_dossiers)}
        sources = RebuildSources(ORIGIN, ProvenEntries(world.log), world.documents)
        checkpoint = sources.reader.checkpoint()
        assert checkpoint is not None
        target = Target(checkpoint.tree_size, checkpoint.note, None)
        with closing(open_views(path, writers, is_beside=True)) as views:
            drop_indexes(path)
            folding = begin_folding(views, (CORE,), sources, lambda _entries: None)
            seconds, _ = processor_seconds(lambda: fold_up_to(target, folding))
    return seconds


def _write_dossiers(connection: sa.Connection, divided: DividedUpdate) -> None:
    # What statistics write in passing, without their cells.
    replace_states(connection, divided.opened, dossiers_table, states_table)


def _rebuild(world: World, stored: Path, names: Collection[Projection]) -> float:
    with TemporaryDirectory() as folder, world.private() as private:
        sources = RebuildSources(ORIGIN, ProvenEntries(world.log), world.documents, private)

        def rebuild() -> None:
            rebuild_views(stored, Path(folder), names, sources, lambda _entries: None)

        seconds, _ = processor_seconds(rebuild)
    return seconds
