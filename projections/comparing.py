"""Comparing the stored views with views made again from the public log, row by row, both ways.

The stored views say which checkpoint they are as of. The follower's own code folds the log up to
that checkpoint once more, in a folder of its own; entries leave the log only proven under it, and
the log's key must have signed it. The stored file is only read, in one transaction, so a server
may go on writing beside it.
"""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import sqlalchemy as sa

from ledger.documents import DocumentSource
from ledger.errors import StoreUnavailable
from ledger.key_files import Anchors
from ledger.storage.port import PublishedCheckpoint, StoredEntry, StoredEvent
from projections.desks.tables import veiled_desks_table
from projections.follower import Follower, PrivateFold
from projections.parts.registry import CORE, TABLES_BY_NAME
from projections.stored.veiled_events import VeiledReader
from projections.tables import (
    VEILED_TABLES,
    holders_table,
    metadata,
    position_table,
    rebuilds_table,
    requested_papers_table,
    stopped_projections_table,
)
from projections.views import VIEW, Views, open_views
from transparency.checkpoints import open_checkpoint
from transparency.errors import CheckpointNotSigned, MalformedCheckpoint
from transparency.tile_store import LogSource
from transparency.trusted_log import TrustedLog

LOCK_SECONDS: Final = 30.0
# What only the vault's key makes again.
PRIVATE_TABLES: Final = (holders_table, requested_papers_table)
NOTHING_PRIVATE: Final = PrivateFold(lambda _text_hash: None, b"")


@dataclass(frozen=True, slots=True)
class ViewDifference:
    """A table that is not what the log makes of it: in how many rows, and the first one's key."""

    table: str
    rows: int
    first_key: str


@dataclass(frozen=True, slots=True)
class ViewComparison:
    """What was compared, and what differs; views that stand nowhere must be empty."""

    was_compared: bool
    differences: tuple[ViewDifference, ...] = ()


@dataclass(frozen=True, slots=True)
class FoldSources:
    """What views are made from; without ``private`` the holders cannot be, and are left out.

    ``veiled`` is the ledger database. Without it nothing that rests on veiled dossiers can be made.
    """

    log: LogSource
    anchors: Anchors
    documents: DocumentSource
    private: PrivateFold | None = None
    veiled: VeiledReader | None = None


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where the stored views stand."""

    note: bytes
    veiled_position: int


class ProvenEntries:
    """The public log under one checkpoint, as a follower reads a ledger.

    The acts of veiled dossiers come from a ledger database, up to a position.
    """

    def __init__(
        self, log: TrustedLog, veiled: VeiledReader | None = None, veiled_position: int = 0
    ) -> None:
        self._log = log
        self._veiled = veiled
        self._veiled_position = veiled_position

    def checkpoint(self) -> PublishedCheckpoint:
        """Give the checkpoint that everything is proven under."""
        return PublishedCheckpoint(self._log.tree_size, self._log.signed_checkpoint.note)

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""
        bodies = self._log.entries(start_index, end_index)
        return [StoredEntry(index, body) for index, body in enumerate(bodies, start_index)]

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give the next acts of veiled dossiers after one, in order of recording."""
        if self._veiled is None:
            return ()
        events = self._veiled.veiled_events(after_notification_id, limit)
        return [event for event in events if event.notification_id <= self._veiled_position]


def compare_views(stored: Path, sources: FoldSources) -> ViewComparison:
    """Make the views again as of the stored ones' checkpoint, and give every table that differs.

    Raises:
        StoreUnavailable: the stored views cannot be read, or the new ones not written.
        StoreCorrupt, EntryUnreadable, TransparencyError: the log cannot be folded.
    """
    if not stored.exists():
        return ViewComparison(was_compared=False)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "views.sqlite3"
        with closing(open_views(path)) as remade, _side_by_side(stored, path) as connection:
            return _compare(connection, remade, sources)


@contextmanager
def _side_by_side(stored: Path, remade: Path) -> Iterator[sqlite3.Connection]:
    """Open the stored views as ``main``, to be read only, and the new ones as ``remade``."""
    try:
        with closing(
            sqlite3.connect(
                f"{stored.absolute().as_uri()}?mode=ro",
                uri=True,
                timeout=LOCK_SECONDS,
                isolation_level=None,
            )
        ) as connection:
            connection.execute("ATTACH DATABASE ? AS remade", (str(remade),))
            connection.execute("PRAGMA query_only=ON")
            yield connection
    except sqlite3.Error as error:
        raise StoreUnavailable(f"the views cannot be compared: {error}") from error


def _compare(connection: sqlite3.Connection, remade: Views, sources: FoldSources) -> ViewComparison:
    if not any(_columns_of(connection, table.name) for table in metadata.sorted_tables):
        return ViewComparison(was_compared=False)
    try:
        # The long way first: until it ends, nothing is held on the file that a server writes.
        _fold_up_to(_stored_stand(connection), remade, sources)
        connection.execute("BEGIN")
        stand = _stored_stand(connection)
        _fold_up_to(stand, remade, sources)
    except (CheckpointNotSigned, MalformedCheckpoint):
        unsigned = ViewDifference(position_table.name, 1, VIEW)
        return ViewComparison(was_compared=False, differences=(unsigned,))
    leaves_out, elsewhere = _leaves_out(stand, sources), _standing_elsewhere(connection)
    found = (
        _other_table(connection, table)
        if table.name in elsewhere
        else _difference(connection, table, leaves_out)
        for table in metadata.sorted_tables
        if table.name not in leaves_out
    )
    differences = tuple(difference for difference in found if difference is not None)
    return ViewComparison(was_compared=stand is not None, differences=differences)


def _leaves_out(stand: _Stand | None, sources: FoldSources) -> frozenset[str]:
    """Name the tables and columns that could not be made again."""
    private = {table.name for table in PRIVATE_TABLES}
    if stand is not None and stand.veiled_position and sources.veiled is None:
        veiled = {table.name for table in (*VEILED_TABLES, veiled_desks_table)}
        return frozenset({*private, *veiled, "veiled_position"})
    return frozenset(private if sources.private is None else ())


def _standing_elsewhere(connection: sqlite3.Connection) -> frozenset[str]:
    """Name the tables whose rows are not as of where the views stand.

    Those of stopped projections answer no request; that they stopped is a difference itself. How
    often rows were rebuilt follows from no log.
    """
    names = {rebuilds_table.name}
    if _other_table(connection, stopped_projections_table) is None:
        query = f"SELECT projection FROM main.{stopped_projections_table.name}"  # noqa: S608 - our own table
        stopped = {str(name) for (name,) in connection.execute(query)} - {CORE.value}
        names |= {name for name, owner in TABLES_BY_NAME.items() if owner.value in stopped}
    return frozenset(names)


def _stored_stand(connection: sqlite3.Connection) -> _Stand | None:
    columns = _columns_of(connection, position_table.name)
    if not columns:
        return None
    # A file of another schema differs in this table, and tells nothing of veiled dossiers.
    veiled = "veiled_position" if "veiled_position" in columns else "0"
    row = connection.execute(
        f"SELECT CAST(checkpoint_note AS BLOB), CAST({veiled} AS INTEGER) "  # noqa: S608 - our own column
        "FROM main.position WHERE view = ?",
        (VIEW,),
    ).fetchone()
    return None if row is None else _Stand(bytes(row[0]), int(row[1]))


def _fold_up_to(stand: _Stand | None, remade: Views, sources: FoldSources) -> None:
    if stand is None:
        return
    log = TrustedLog(sources.log, open_checkpoint(stand.note, sources.anchors.logs))
    entries = ProvenEntries(log, sources.veiled, stand.veiled_position)
    private = sources.private or NOTHING_PRIVATE
    Follower(sources.anchors.origin, entries, remade, sources.documents, private).catch_up()


def _difference(
    connection: sqlite3.Connection, table: sa.Table, leaves_out: Collection[str]
) -> ViewDifference | None:
    other = _other_table(connection, table)
    if other is not None:
        return other
    name = table.name
    columns = [column.name for column in table.columns if column.name not in leaves_out]
    counts = [_count(connection, database, name) for database in ("remade", "main")]
    row = connection.execute(_differing_keys(table, columns)).fetchone()
    if row is not None:
        return ViewDifference(name, int(row[0]), " ".join(str(key) for key in row[1:]))
    # Equal as sets, yet a table that lost its primary key may hold rows twice.
    return None if counts[0] == counts[1] else ViewDifference(name, abs(counts[1] - counts[0]), "")


def _other_table(connection: sqlite3.Connection, table: sa.Table) -> ViewDifference | None:
    """Give the difference where a table is missing, or another one stands under its name."""
    if _columns_of(connection, table.name) == [column.name for column in table.columns]:
        return None
    # None of its rows is what it must be.
    return ViewDifference(table.name, max(1, _count(connection, "remade", table.name)), "")


def _differing_keys(table: sa.Table, columns: Sequence[str]) -> str:
    """Select how many keys have differing rows, and the first of them."""
    # A collation that somebody gave a column must not make two texts equal.
    listed = ", ".join(f'rows."{name}" COLLATE BINARY AS "{name}"' for name in columns)
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    stored = f'SELECT {listed} FROM main."{table.name}" AS rows'  # noqa: S608 - our own tables
    remade = f'SELECT {listed} FROM remade."{table.name}" AS rows'  # noqa: S608 - our own tables
    return (
        f"WITH differing AS (SELECT * FROM ({stored} EXCEPT {remade}) "  # noqa: S608 - our own tables
        f"UNION ALL SELECT * FROM ({remade} EXCEPT {stored})) "
        f"SELECT count(*) OVER (), {keys} FROM (SELECT DISTINCT {keys} FROM differing) "
        f"ORDER BY {keys} LIMIT 1"
    )


def _columns_of(connection: sqlite3.Connection, table: str) -> list[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?, 'main')", (table,))
    return [str(name) for (name,) in rows]


def _count(connection: sqlite3.Connection, database: str, table: str) -> int:
    statement = f'SELECT count(*) FROM {database}."{table}"'  # noqa: S608 - our own tables
    ((count,),) = connection.execute(statement)
    return int(count)
