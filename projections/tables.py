"""The tables of the views database, and the schema number that says whether they are these.

Views hold nothing that cannot be made again, so they know no migration: a file with another
schema number is emptied, and the follower fills it from entry 0. Acts are written to their columns
in `stored.tuples.acts`; other rows are plain columns already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy import event

from ledger.errors import StoreUnavailable
from projections.statistics.by_acts.tables import act_tables
from projections.statistics.tables import cell_tables

SCHEMA_NUMBER: Final = 15

# NORMAL may lose the last transactions with the power, but position and rows alike: the follower
# then makes them again.
STORED_PRAGMAS: Final = ("journal_mode=WAL", "synchronous=NORMAL")
# 64 MiB of pages, so that those which are changed again and again are written once.
BESIDE_PRAGMAS: Final = ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-65536")

metadata = sa.MetaData()

schema_table = sa.Table("schema", metadata, sa.Column("number", sa.Integer, primary_key=True))

# Public: what figures are computed from, one row per dossier (`dossier_rows.DossierRow`).
dossiers_table = sa.Table(
    "dossiers",
    metadata,
    sa.Column("stream", sa.String(120), primary_key=True),
    sa.Column("office", sa.String(64), nullable=False),
    sa.Column("procedure", sa.String(64), nullable=False),
    sa.Column("procedure_version", sa.Integer),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False),
    sa.Column("submitted_at", sa.String(20), nullable=False),
    sa.Column("accepted_at", sa.String(20)),
    sa.Column("due", sa.String(20)),
    sa.Column("appointment", sa.String(20)),
    sa.Column("ended_at", sa.String(20)),
    sa.Column("returned_at", sa.String(20)),
    sa.Column("outcome", sa.String(16)),
    sa.Column("waits", sa.Text, nullable=False),
    sa.Column("halts", sa.Text, nullable=False),
    sa.Column("due_changes", sa.Text, nullable=False),
    sa.Column("supplement_requests", sa.Integer, nullable=False),
    sa.Column("apologies", sa.Integer, nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False),
    sa.Index("dossiers_by_office", "office", "procedure"),
)

# Public: one row per published action (`dossier_rows.Act`); `signers` is JSON.
acts_table = sa.Table(
    "acts",
    metadata,
    # In SQLite the table itself is then in this order, and needs no index for it.
    sa.Column("entry_index", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("stream", sa.String(300), nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("at", sa.String(20), nullable=False),
    sa.Column("recorded_at", sa.String(24), nullable=False),
    sa.Column("office", sa.String(64)),
    sa.Column("signers", sa.Text, nullable=False),
    sa.Column("performer", sa.String(64)),
    sa.Column("status", sa.SmallInteger),
    sa.Column("due", sa.String(20)),
    sa.Column("appointment", sa.String(20)),
    sa.Column("amount_vnd", sa.BigInteger),
    sa.Column("to_office", sa.String(64)),
    sa.Column("answer_by", sa.String(10)),
    sa.Column("refers_to", sa.BigInteger),
    sa.Column("payment_method", sa.String(16)),
    sa.Column("label", sa.String(120)),
    sa.Column("step", sa.String(64)),
    sa.Index("acts_by_stream", "stream", "version"),
    # For feeds of one office. SQLite adds the entry index to it, so they are read in their order.
    sa.Index("acts_by_office", "office"),
)
# Few acts name an amount, and statistics of fees look at these alone.
sa.Index(
    "acts_about_money",
    acts_table.c.stream,
    sqlite_where=acts_table.c.amount_vnd.is_not(None),
    postgresql_where=acts_table.c.amount_vnd.is_not(None),
)

# Public: who acted in which entry, by key name or by an import's performer, for trails.
act_signers_table = sa.Table(
    "act_signers",
    metadata,
    sa.Column("signer", sa.String(120), primary_key=True),
    sa.Column("entry_index", sa.BigInteger, primary_key=True),
    sqlite_with_rowid=False,
)

# The state of every stream as MessagePack, so that a follower continues where it stopped.
states_table = sa.Table(
    "states",
    metadata,
    sa.Column("stream", sa.String(300), primary_key=True),
    sa.Column("state", sa.LargeBinary, nullable=False),
)


def _veiled(table: sa.Table, *keys: str) -> sa.Table:
    """Give the table that holds of veiled dossiers what another holds of open ones."""
    columns = [
        sa.Column(
            column.name,
            column.type,
            primary_key=column.name in keys,
            nullable=column.name not in keys and (column.nullable or column.primary_key),
        )
        for column in table.columns
    ]
    return sa.Table(f"veiled_{table.name}", metadata, *columns)


# Private: veiled dossiers, their acts and states. Tables of their own, so that no query over the
# public ones can show one of them by having forgotten a condition.
veiled_dossiers_table = _veiled(dossiers_table, "stream")
sa.Index(
    "veiled_dossiers_by_office",
    veiled_dossiers_table.c.office,
    veiled_dossiers_table.c.procedure,
)
veiled_states_table = _veiled(states_table, "stream")
# No act here has an entry index: the notes are no entries. Where its veil stands, the ledger knows.
veiled_acts_table = _veiled(acts_table, "stream", "version")
veiled_act_signers_table = sa.Table(
    "veiled_act_signers",
    metadata,
    sa.Column("signer", sa.String(120), primary_key=True),
    sa.Column("stream", sa.String(300), primary_key=True),
    sa.Column("version", sa.BigInteger, primary_key=True),
)
VEILED_TABLES: Final = (
    veiled_dossiers_table,
    veiled_states_table,
    veiled_acts_table,
    veiled_act_signers_table,
)


@dataclass(frozen=True, slots=True)
class Visible:
    """From what a reader of the views selects dossiers, states and acts."""

    dossiers: sa.FromClause
    states: sa.FromClause
    acts: sa.FromClause


OPEN_ALONE: Final = Visible(dossiers_table, states_table, acts_table)
VEILED_ALONE: Final = Visible(veiled_dossiers_table, veiled_states_table, veiled_acts_table)
WITH_VEILED: Final = Visible(
    *(
        sa.union_all(sa.select(open_table), sa.select(veiled_table)).subquery(open_table.name)
        for open_table, veiled_table in (
            (dossiers_table, veiled_dossiers_table),
            (states_table, veiled_states_table),
            (acts_table, veiled_acts_table),
        )
    )
)

# Public: by what a procedure is found (`catalogue.rows.ProcedureRow`); all else is its state.
procedures_table = sa.Table(
    "procedures",
    metadata,
    sa.Column("code", sa.String(64), primary_key=True),
    sa.Column("office", sa.String(64), nullable=False),
    sa.Column("levels", sa.String(120), nullable=False),
    sa.Column("field_words", sa.Text, nullable=False),
    sa.Column("life_events", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
)

# Public: what petitions are listed and counted from (`petitions.rows.PetitionRow`).
petitions_table = sa.Table(
    "petitions",
    metadata,
    sa.Column("stream", sa.String(120), primary_key=True),
    sa.Column("track", sa.String(16), nullable=False),
    sa.Column("state", sa.String(32), nullable=False),
    sa.Column("office", sa.String(64), nullable=False),
    sa.Column("category", sa.String(16)),
    sa.Column("level", sa.SmallInteger),
    sa.Column("outcome", sa.String(16)),
    sa.Column("is_complex", sa.Boolean, nullable=False),
    sa.Column("is_remote", sa.Boolean, nullable=False),
    sa.Column("filed_at", sa.String(20), nullable=False),
    sa.Column("refused_at", sa.String(20)),
    sa.Column("information_at", sa.String(20)),
    sa.Column("forwarded_at", sa.String(20)),
    sa.Column("answered_at", sa.String(20)),
    sa.Column("answer_to_publish_at", sa.String(20)),
    sa.Column("published_at", sa.String(20)),
    sa.Column("disputed_at", sa.String(20)),
    sa.Column("accepted_at", sa.String(20)),
    sa.Column("decided_at", sa.String(20)),
)

# Public: how many veils stand in the log, by top office, month and act (`veiled.counts`).
veil_counts_table = sa.Table(
    "veil_counts",
    metadata,
    sa.Column("office", sa.String(64), primary_key=True),
    sa.Column("month", sa.String(7), primary_key=True),
    sa.Column("act", sa.String(16), primary_key=True),
    sa.Column("veils", sa.BigInteger, nullable=False),
)

# Public: what statistics are read from, kept with every step (`stored.cells`).
CELLS: Final = cell_tables(metadata)
# Public: what statistics made from acts are read from, kept with every step (`stored.by_acts`).
ACT_CELLS: Final = act_tables(metadata)

# Private: keyed hashes by which holders are recognised.
holders_table = sa.Table(
    "holders",
    metadata,
    sa.Column("stream", sa.String(120), primary_key=True),
    sa.Column("mark", sa.String(8), primary_key=True),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sa.Index("holders_by_hash", "mark", "hash"),
)

# Private: keyed hashes of the papers that requests for a supplement asked for (rule R03).
requested_papers_table = sa.Table(
    "requested_papers",
    metadata,
    sa.Column("stream", sa.String(120), primary_key=True),
    sa.Column("version", sa.BigInteger, primary_key=True),
    sa.Column("paper", sa.LargeBinary(32), primary_key=True),
    sa.Column("listed", sa.Boolean),
)

# How far the views are: the checkpoint that everything above is as of, and the notification id of
# the last act of a veiled dossier.
position_table = sa.Table(
    "position",
    metadata,
    sa.Column("view", sa.String(32), primary_key=True),
    sa.Column("log_position", sa.BigInteger, nullable=False),
    sa.Column("root_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("sealed_at", sa.String(24), nullable=False),
    sa.Column("checkpoint_note", sa.LargeBinary, nullable=False),
    sa.Column("veiled_position", sa.BigInteger, nullable=False),
)

# Which projections have stopped, where they stand, and why (`parts.stops`).
stopped_projections_table = sa.Table(
    "stopped_projections",
    metadata,
    sa.Column("projection", sa.String(32), primary_key=True),
    sa.Column("log_position", sa.BigInteger, nullable=False),
    sa.Column("as_of", sa.String(24)),
    sa.Column("cause", sa.String(64), nullable=False),
    sa.Column("error", sa.String(100), nullable=False),
)

# How often rows were replaced from beside: whoever remembers any then reads them again.
rebuilds_table = sa.Table(
    "rebuilds",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
)


def open_engine(path: Path, *, is_beside: bool = False) -> sa.Engine:
    """Open the views database, with exactly the tables above.

    One that ``is_beside`` is made anew after any crash, so nothing of it is kept safe from one.

    Raises:
        StoreUnavailable: the file cannot be opened or is no database.
    """
    try:
        # Two processes may open a new file at once: whoever comes second waits and finds tables.
        pragmas = BESIDE_PRAGMAS if is_beside else STORED_PRAGMAS
        preparing = _engine(path, "BEGIN IMMEDIATE", pragmas)
        with preparing.begin() as connection:
            _make_tables(connection)
        preparing.dispose()
    except sa.exc.SQLAlchemyError as error:
        raise StoreUnavailable(f"the views database cannot be opened: {error}") from error
    path.chmod(0o600)
    return _engine(path, "BEGIN", pragmas)


def _engine(path: Path, begin: str, pragmas: Sequence[str]) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    event.listen(engine, "connect", partial(_set_up_connection, pragmas))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _set_up_connection(
    pragmas: Sequence[str], connection: sa.engine.interfaces.DBAPIConnection, _record: object
) -> None:
    # Without this, Python's driver begins transactions late and reads would not be of one moment.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _make_tables(connection: sa.Connection) -> None:
    if _schema_number(connection) == SCHEMA_NUMBER:
        return
    found = sa.MetaData()
    found.reflect(connection)
    found.drop_all(connection)
    metadata.create_all(connection)
    connection.execute(sa.insert(schema_table).values(number=SCHEMA_NUMBER))


def _schema_number(connection: sa.Connection) -> int | None:
    if not sa.inspect(connection).has_table(schema_table.name):
        return None
    number: int | None = connection.execute(sa.select(schema_table.c.number)).scalar()
    return number
