"""The code book's first table: every running number given out, and keyed for which dossier."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of allotted codes."""
    op.create_table(
        "allotted_codes",
        sa.Column("agency", sa.String(32), primary_key=True),
        sa.Column("owner", sa.String(2), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("running_number", sa.Integer, primary_key=True),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("code", sa.String(40), nullable=False, unique=True),
        sa.Column("dossier_hash", sa.LargeBinary(32)),
        sa.Column("allotted_at", sa.String(32), nullable=False),
        sa.UniqueConstraint("agency", "owner", "day", "dossier_hash"),
    )
