"""Comparing the stored views with views made again from the public log, row by row, both ways.

The stored views say which checkpoint they are as of. The follower's own code folds the log up to
that checkpoint once more, in a folder of its own; entries leave the log only proven under it, and
the log's key must have signed it. The stored file is only read, in one transaction, so a server
may go on writing beside it.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import sqlalchemy as sa

from ledger.documents import DocumentSource
from ledger.errors import StoreUnavailable
from ledger.key_files import Anchors
from ledger.storage.port import PublishedCheckpoint, StoredEntry
from projections.follower import Follower, PrivateFold
from projections.tables import holders_table, metadata, position_table
from projections.views import VIEW, Views, open_views
from transparency.checkpoints import open_checkpoint
from transparency.errors import CheckpointNotSigned, MalformedCheckpoint
from transparency.tile_store import LogSource
from transparency.trusted_log import TrustedLog

LOCK_SECONDS: Final = 30.0
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
    """What views are made from; without ``private`` the holders cannot be, and are left out."""

    log: LogSource
    anchors: Anchors
    documents: DocumentSource
    private: PrivateFold | None = None


class ProvenEntries:
    """The public log under one checkpoint, as a follower reads a ledger."""

    def __init__(self, log: TrustedLog) -> None:
        self._log = log

    def checkpoint(self) -> PublishedCheckpoint:
        """Give the checkpoint that everything is proven under."""
        return PublishedCheckpoint(self._log.tree_size, self._log.signed_checkpoint.note)

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""
        bodies = self._log.entries(start_index, end_index)
        return [StoredEntry(index, body) for index, body in enumerate(bodies, start_index)]


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
        _fold_up_to(_stored_note(connection), remade, sources)
        connection.execute("BEGIN")
        note = _stored_note(connection)
        _fold_up_to(note, remade, sources)
    except (CheckpointNotSigned, MalformedCheckpoint):
        unsigned = ViewDifference(position_table.name, 1, VIEW)
        return ViewComparison(was_compared=False, differences=(unsigned,))
    tables = [
        table
        for table in metadata.sorted_tables
        if table is not holders_table or sources.private is not None
    ]
    found = (_difference(connection, table) for table in tables)
    differences = tuple(difference for difference in found if difference is not None)
    return ViewComparison(was_compared=note is not None, differences=differences)


def _stored_note(connection: sqlite3.Connection) -> bytes | None:
    if not _columns_of(connection, position_table.name):
        return None
    row = connection.execute(
        "SELECT CAST(checkpoint_note AS BLOB) FROM main.position WHERE view = ?", (VIEW,)
    ).fetchone()
    return None if row is None else bytes(row[0])


def _fold_up_to(note: bytes | None, remade: Views, sources: FoldSources) -> None:
    if note is None:
        return
    log = TrustedLog(sources.log, open_checkpoint(note, sources.anchors.log))
    private = sources.private or NOTHING_PRIVATE
    Follower(
        sources.anchors.origin, ProvenEntries(log), remade, sources.documents, private
    ).catch_up()


def _difference(connection: sqlite3.Connection, table: sa.Table) -> ViewDifference | None:
    name, columns = table.name, [column.name for column in table.columns]
    counts = [_count(connection, "remade", name)]
    if _columns_of(connection, name) != columns:
        # Missing, or another table under its name: none of its rows is what it must be.
        return ViewDifference(name, max(1, counts[0]), "")
    counts.append(_count(connection, "main", name))
    row = connection.execute(_differing_keys(table, columns)).fetchone()
    if row is not None:
        return ViewDifference(name, int(row[0]), " ".join(str(key) for key in row[1:]))
    # Equal as sets, yet a table that lost its primary key may hold rows twice.
    return None if counts[0] == counts[1] else ViewDifference(name, abs(counts[1] - counts[0]), "")


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
