"""The tables of desks: one row for each pending dossier, and how far the rows are kept.

A row is public, made from published acts alone; those of veiled dossiers have a table of their
own, as everything of them has. Where a dossier is not on any desk, `role` and what follows it are
empty. `sent_by` is there while it is on its way. `near` lists the offices that had it or that it
was sent to, as JSON. `line` is what a queue is sorted, filtered and counted by (`lines`).
"""

from typing import Final

import sqlalchemy as sa

from projections.tables import metadata


def _desks(name: str) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        sa.Column("stream", sa.String(120), primary_key=True),
        sa.Column("lies_with", sa.String(64), nullable=False),
        sa.Column("sent_by", sa.String(64)),
        sa.Column("near", sa.Text, nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("role", sa.String(32)),
        sa.Column("office", sa.String(64)),
        sa.Column("since", sa.String(20)),
        sa.Column("version", sa.BigInteger),
        sa.Column("key", sa.String(120)),
        sa.Column("assigned_version", sa.BigInteger),
        sa.Column("moved_kind", sa.String(64)),
        sa.Column("moved_at", sa.String(20)),
        sa.Column("line", sa.LargeBinary, nullable=False),
        sa.Index(f"{name}_by_office", "lies_with", "sent_by"),
    )


desks_table: Final = _desks("desks")
veiled_desks_table: Final = _desks("veiled_desks")

# Up to where the rows are kept; a follower that catches up counts them at the end.
desks_stand_table: Final = sa.Table(
    "desks_stand",
    metadata,
    sa.Column("log_position", sa.BigInteger, primary_key=True),
    sa.Column("veiled_position", sa.BigInteger, nullable=False),
)
