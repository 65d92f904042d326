"""The keyring's first table: one wrapped key per stream."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of wrapped keys."""
    op.create_table(
        "dossier_keys",
        sa.Column("stream", sa.String(120), primary_key=True),
        sa.Column("nonce", sa.LargeBinary(24), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(48), nullable=False),
    )
