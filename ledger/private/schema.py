"""The tables of vault and keyring, and the migrations that bring a file up to date."""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import event

from ledger.errors import StoreUnavailable

vault_metadata = sa.MetaData()
keyring_metadata = sa.MetaData()

details_table = sa.Table(
    "details",
    vault_metadata,
    sa.Column("text_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("stream", sa.String(120), nullable=False, index=True),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("stored_at", sa.String(32), nullable=False),
    sa.Column("nonce", sa.LargeBinary(24), nullable=False),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
)

keys_table = sa.Table(
    "dossier_keys",
    keyring_metadata,
    sa.Column("stream", sa.String(120), primary_key=True),
    sa.Column("nonce", sa.LargeBinary(24), nullable=False),
    sa.Column("wrapped_key", sa.LargeBinary(48), nullable=False),
)

# What was erased on purpose: a late or repeated submission must not bring it back.
erased_table = sa.Table(
    "erased_streams",
    vault_metadata,
    sa.Column("stream", sa.String(120), primary_key=True),
)

destroyed_table = sa.Table(
    "destroyed_keys",
    keyring_metadata,
    sa.Column("stream", sa.String(120), primary_key=True),
)


def _progress_table(metadata: sa.MetaData) -> sa.Table:
    # Up to which entry the ledger's erasures are carried out in this very file: a restored older
    # copy says by itself how far it is behind.
    return sa.Table(
        "erasure_progress",
        metadata,
        sa.Column("log_position", sa.BigInteger, nullable=False),
    )


vault_progress_table = _progress_table(vault_metadata)
keyring_progress_table = _progress_table(keyring_metadata)

_MIGRATIONS: Final = Path(__file__).parent / "migrations"


def open_engine(path: Path, store: str) -> sa.Engine:
    """Open the vault or the keyring (``store`` names its migrations), brought up to date.

    Raises:
        StoreUnavailable: the file cannot be opened or migrated.
    """
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_durability)
    try:
        # Made here, so that nobody else may read it, nor the files that SQLite puts beside it.
        path.touch(mode=0o600)
        path.chmod(0o600)
        _migrate(engine, store)
    except (sa.exc.SQLAlchemyError, OSError) as error:
        raise StoreUnavailable(f"the {store} cannot be opened: {error}") from error
    return engine


def _set_durability(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    # Details are promised to be durable before the hand-over, and erasable to the byte.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(engine: sa.Engine, store: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS / store))
    head = ScriptDirectory.from_config(config).get_current_head()
    with engine.connect() as connection:
        if _current_revision(connection) == head:
            return
    with engine.begin() as connection:
        # Two processes may open a new file at once: whoever comes second waits and finds tables.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if _current_revision(connection) == head:
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _current_revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(
        sa.text("SELECT version_num FROM alembic_version")
    ).scalar()
    return revision
