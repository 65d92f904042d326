"""Rebuilding projections of the views database while others read it, and the follower writes it.

Everything is made beside, up to where the stored views stand; what follows from the core's rows is
made from a copy of them, all else from the ledger. If the stored views moved meanwhile, those
beside catch up, until both stand at one place and the rows are replaced (`replacing`).
"""

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import StoreUnavailable
from projections.follower import EntryReader
from projections.parts.registry import CORE, FROM_CORE, IN_VIEWS, Projection, with_dependents
from projections.parts.writers import PART_WRITERS
from projections.rebuilding.folding import (
    Progress,
    RebuildSources,
    Target,
    begin_folding,
    fold_up_to,
)
from projections.rebuilding.indexing import drop_indexes, indexing_first
from projections.rebuilding.replacing import replace_projections
from projections.rebuilding.seeding import copy_core, make_from_core
from projections.views import Position, Views, open_views

VIEWS_FILE: Final = "views.sqlite3"
# The stored views move once a second at most, and each catching up takes less.
MOST_ATTEMPTS: Final = 100


@dataclass(frozen=True, slots=True)
class RebuiltViews:
    """What was rebuilt, and whether the log was folded for it or the core's rows were enough."""

    projections: frozenset[Projection]
    from_log: bool
    log_position: int


def rebuild_views(
    stored: Path,
    folder: Path,
    wanted: Collection[Projection],
    sources: RebuildSources,
    progress: Progress,
) -> RebuiltViews:
    """Rebuild projections of the stored views, in a folder that is empty.

    Raises:
        StoreUnavailable: a database failed, or the views stand nowhere and only some are wanted.
        StoreCorrupt, EntryUnreadable: the ledger cannot be folded.
        ProjectionStopped: a projection fails again; nothing was replaced.
    """
    together = with_dependents(wanted)
    writers = {name: write for name, write in PART_WRITERS.items() if name in together}
    from_log = not together <= FROM_CORE
    path = folder / VIEWS_FILE
    erased = None if sources.private is None else sources.private.erased
    if CORE in together:
        writers[Projection.STATISTICS] = indexing_first(writers[Projection.STATISTICS])
    with (
        closing(open_views(stored)) as old,
        closing(open_views(path, writers, is_beside=True)) as remade,
    ):
        if CORE in together:
            drop_indexes(path)
        if not from_log:
            copy_core(stored, path)
            make_from_core(path, together, _stand_of(remade))
        folding = begin_folding(remade, together, sources, progress)
        for _ in range(MOST_ATTEMPTS):
            target = _target(old, sources.reader, together)
            fold_up_to(target, folding)
            if replace_projections(stored, path, together, erased):
                return RebuiltViews(together, from_log, target.log_position)
    raise StoreUnavailable("the views moved on each time: try again when there is less to do")


def _stand_of(views: Views) -> Position:
    with views.reading() as reader:
        position = reader.position()
    if position is None:
        raise StoreUnavailable("the views stand nowhere yet: nothing can be made from their rows")
    return position


def _target(stored: Views, reader: EntryReader, wanted: Collection[Projection]) -> Target:
    """Give where the stored views stand; where that is nowhere, the published checkpoint."""
    with stored.reading() as stored_reader:
        position = stored_reader.position()
    if position is not None:
        return Target(position.log_position, position.checkpoint_note, position.veiled_position)
    published = reader.checkpoint()
    if published is None or not frozenset(IN_VIEWS) <= frozenset(wanted):
        raise StoreUnavailable("the views stand nowhere yet: serve makes them, or a rebuild of all")
    return Target(published.tree_size, published.note, None)
