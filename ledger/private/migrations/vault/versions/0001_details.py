"""The vault's first table: ciphertext of private details, found by the hash of the signed text."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the table of details."""
    op.create_table(
        "details",
        sa.Column("text_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("stream", sa.String(120), nullable=False, index=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("stored_at", sa.String(32), nullable=False),
        sa.Column("nonce", sa.LargeBinary(24), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    )
