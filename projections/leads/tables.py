"""The file of leads: its tables, and how it is opened.

It holds nothing that the views do not tell: with another number it is emptied and made again. It
is private like the views: it names veiled dossiers, and persons as personnel numbers join them.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event

from ledger.errors import StoreUnavailable

LEADS_NUMBER: Final = 3
_SUFFIXES: Final = ("", "-wal", "-shm")

metadata = sa.MetaData()

# Up to which checkpoint leads were looked for, by which program, and amid which surroundings; a
# row of its own says it of the rules that compare, whose reports it keeps.
stand_table = sa.Table(
    "stand",
    metadata,
    sa.Column("of", sa.String(16), primary_key=True),
    sa.Column("log_position", sa.BigInteger, nullable=False),
    sa.Column("veiled_position", sa.BigInteger, nullable=False),
    sa.Column("root_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("sealed_at", sa.String(24), nullable=False),
    sa.Column("program", sa.LargeBinary(32), nullable=False),
    sa.Column("surroundings", sa.LargeBinary(32), nullable=False),
    sa.Column("reports", sa.LargeBinary),
)

# What keys and procedures were when leads were looked for, as hashes.
around_table = sa.Table(
    "around",
    metadata,
    sa.Column("stream", sa.String(300), primary_key=True),
    sa.Column("digest", sa.LargeBinary(32), nullable=False),
)

# One row for each dossier that was looked at. `is_watched`: its verdict rests on the time, too.
examined_table = sa.Table(
    "examined",
    metadata,
    sa.Column("stream", sa.String(120), primary_key=True),
    sa.Column("office", sa.String(64), nullable=False),
    sa.Column("is_veiled", sa.Boolean, nullable=False),
    sa.Column("is_watched", sa.Boolean, nullable=False),
    sa.Column("last_version", sa.BigInteger, nullable=False),
    sa.Column("observed", sa.LargeBinary, nullable=False),
    sa.Index("examined_by_office", "office"),
)
sa.Index(
    "examined_watched", examined_table.c.stream, sqlite_where=examined_table.c.is_watched.is_(True)
)

# The leads in the order of their places; `number` tells those of one dossier or section in the
# order of a walk, which has the veiled dossiers after all others.
leads_table = sa.Table(
    "leads",
    metadata,
    sa.Column("section", sa.SmallInteger, primary_key=True),
    sa.Column("sorting", sa.String(120), primary_key=True),
    sa.Column("place", sa.String(64), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("is_veiled", sa.Boolean, nullable=False),
    sa.Column("office", sa.String(64), nullable=False),
    sa.Column("rule", sa.String(32), nullable=False),
    sa.Column("finding", sa.LargeBinary, nullable=False),
    # Pages are read in order of the places, and dossiers are counted, from these alone.
    sa.Index("leads_by_office", "office", "section", "sorting", "place", "rule"),
    sa.Index("leads_by_rule", "rule", "section", "sorting", "place", "office"),
)


def open_leads_file(path: Path) -> sa.Engine:
    """Open the file of leads; what is none of ours is thrown away and begun again.

    Raises:
        StoreUnavailable: it cannot be made.
    """
    try:
        return _opened(path)
    except sa.exc.OperationalError as error:
        raise StoreUnavailable(f"the file of leads cannot be opened: {error}") from error
    except sa.exc.DatabaseError:
        for suffix in _SUFFIXES:
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).unlink()
    try:
        return _opened(path)
    except sa.exc.SQLAlchemyError as error:
        raise StoreUnavailable(f"the file of leads cannot be opened: {error}") from error


def _opened(path: Path) -> sa.Engine:
    preparing = _engine(path, "BEGIN IMMEDIATE")
    with preparing.begin() as connection:
        number = connection.exec_driver_sql("PRAGMA user_version").scalar()
        if number != LEADS_NUMBER:
            found = sa.MetaData()
            found.reflect(connection)
            found.drop_all(connection)
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {LEADS_NUMBER}")
    preparing.dispose()
    path.chmod(0o600)
    return _engine(path, "BEGIN")


def _engine(path: Path, begin: str) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _set_up_connection(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
    # Without this, Python's driver begins transactions late and reads would not be of one moment.
    connection.isolation_level = None
    cursor = connection.cursor()
    # What power takes is made again; what was erased is not to be found in free pages.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
