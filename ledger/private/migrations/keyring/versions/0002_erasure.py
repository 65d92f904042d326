"""The keyring's memory of destroyed keys, and how far it has read the ledger's erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make both tables, at the beginning of the ledger."""
    op.create_table("destroyed_keys", sa.Column("stream", sa.String(120), primary_key=True))
    progress = op.create_table(
        "erasure_progress", sa.Column("log_position", sa.BigInteger, nullable=False)
    )
    op.bulk_insert(progress, [{"log_position": 0}])
