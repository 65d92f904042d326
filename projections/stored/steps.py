"""Steps: what one move of the follower changes in the views, and where it leads from and to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from domain.decisions import StreamState
from ledger.errors import StoreCorrupt, StoreUnavailable
from projections.dossier_rows import Act
from projections.holders import ErasedAmong, HolderMark
from projections.requested_papers import RequestedPaper
from projections.stored.cells import Step
from projections.tables import position_table, rebuilds_table
from projections.veiled.counts import VeilCounts
from transparency.encoding import (
    encode_base64,
    parse_utc_milliseconds,
    render_utc_milliseconds,
)

VIEW: Final = "public"
_MOVED: Final = ("log_position", "veiled_position", "sealed_at")


@dataclass(frozen=True, slots=True)
class Position:
    """The checkpoint that the views are as of; ``log_position`` is the next entry index to read.

    ``sealed_at`` is the time of the checkpoint's seal, which figures are as of. What veiled
    dossiers were acted on is there up to the notification id ``veiled_position``.
    """

    log_position: int
    root_hash: bytes
    sealed_at: datetime
    checkpoint_note: bytes
    veiled_position: int = 0

    @property
    def root_base64(self) -> str:
        """Give the root as checkpoints write it."""
        return encode_base64(self.root_hash)

    @property
    def as_of(self) -> str:
        """Give the seal's time as figures carry it."""
        return render_utc_milliseconds(self.sealed_at)


@dataclass(frozen=True, slots=True)
class ViewUpdate:
    """What one step of the follower changes, and where it leads from and to.

    Acts without an entry index are those of veiled dossiers. With ``counts_later`` the cells of
    statistics wait for a later step. ``rebuilds`` is how often rows had been replaced from beside
    when it was folded; ``holders_failure`` what kept marks and papers from being folded. Where
    nobody else writes any more, ``erased_among`` is asked whose marks were erased meanwhile.
    """

    old_log_position: int
    position: Position
    states: Mapping[str, StreamState]
    acts: Sequence[Act]
    holder_marks: Sequence[HolderMark]
    erased: Sequence[str] = ()
    erased_among: ErasedAmong | None = None
    papers: Sequence[RequestedPaper] = ()
    old_veiled_position: int = 0
    veils: VeilCounts = field(default_factory=dict)
    counts_later: bool = False
    rebuilds: int = 0
    holders_failure: Exception | None = None


def move_position(connection: sa.Connection, update: ViewUpdate) -> datetime | None:
    """Move the views' position, and give the instant that they were as of.

    Raises:
        StoreCorrupt: the views are not where the update begins; another follower writes.
        StoreUnavailable: rows were replaced since it was folded; fold it again.
    """
    position = update.position
    old = connection.execute(
        sa.delete(position_table)
        .where(position_table.c.view == VIEW)
        .returning(*(position_table.c[name] for name in _MOVED))
    ).one_or_none()
    # After the first change, which took the write lock: a rebuild cannot come in between now.
    if (connection.execute(sa.select(rebuilds_table.c.number)).scalar() or 0) != update.rebuilds:
        raise StoreUnavailable("the views were rebuilt meanwhile")
    if tuple(old or (0, 0))[:2] != (update.old_log_position, update.old_veiled_position):
        raise StoreCorrupt(f"the views are not at entry {update.old_log_position}")
    connection.execute(
        sa.insert(position_table).values(
            view=VIEW,
            log_position=position.log_position,
            root_hash=position.root_hash,
            sealed_at=render_utc_milliseconds(position.sealed_at),
            checkpoint_note=position.checkpoint_note,
            veiled_position=position.veiled_position,
        )
    )
    return None if old is None else parse_utc_milliseconds(old.sealed_at)


def step_of(update: ViewUpdate, old_as_of: datetime | None) -> Step:
    """Give what the cells must know of an update."""
    position = update.position
    places = (update.old_log_position, old_as_of, position.log_position, position.sealed_at)
    return Step(*places, counts_later=update.counts_later)
