"""The cheat: what a "reset overdue dossier" button does, done to the databases themselves.

Real provincial systems have had such a button: it moves the finish date of a late dossier onto
its due date. Whoever can write the databases can do the same here: the note of the finishing act
in the ledger database, and the row of the dossier
with the cells that the published figures are read from. What he cannot
change is the public log and the receipts that people hold; so figures, audit and receipt convict
him. `rebuild` makes both databases again what the public log says.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from api.bootstrap import documents
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.demo.province import ZONE
from cli.demo.server import is_demo
from cli.output import UsageProblem
from domain.deadlines import Timeliness, timeliness
from domain.moments import Moment, parse_moment, render_moment
from ledger.action_notes import open_text
from ledger.key_files import load_anchors
from projections.dossier_rows import DossierRow, parse_due
from projections.recompute import replay_log
from projections.stored.cells import recount
from projections.tables import open_engine
from projections.views import open_views
from transparency.checkpoints import open_checkpoint
from transparency.tile_store import FileTileStore
from transparency.trusted_log import TrustedLog

LOCK_SECONDS: Final = 30.0
FINISHING_KINDS: Final = ("dossier.result_issued", "dossier.resolution_refused")


@dataclass(frozen=True, slots=True)
class Cheat:
    """What was changed: the dossier, the entry of its finishing act, and the two moments."""

    stream: str
    entry_index: int
    kind: str
    due: str
    finished_at: str
    changed_to: str


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What differed from the public log and was made right again."""

    notes: int
    rows: int


def reset_overdue(data: Path, stream: str | None = None) -> Cheat:
    """Move the finish date of a dossier that ended late onto its due date, in both databases.

    Raises:
        UsageProblem: no demo's folder, or no such dossier that ended late.
    """
    _check_demo(data)
    target = _find_late(data, stream)
    assert target.ended_at is not None
    ended = parse_moment(target.ended_at)
    due = parse_due(target.due)
    assert due is not None
    assert ended.instant is not None
    due_day = Moment(instant=due.instant, day=due.day).day_in(ZONE)
    changed = render_moment(Moment(instant=ended.instant - (ended.day_in(ZONE) - due_day)))
    entry_index, kind = _change_note(data, target, changed)
    _change_rows(DataFolder(data), [(target, replace(target, ended_at=changed))])
    return Cheat(target.stream, entry_index, kind, str(target.due), target.ended_at, changed)


def stored_note(data: Path, entry_index: int) -> bytes:
    """Give the note that the ledger database holds for an entry."""
    with closing(sqlite3.connect(DataFolder(data).ledger, timeout=LOCK_SECONDS)) as ledger:
        row = ledger.execute(_SELECT_NOTE, (entry_index,)).fetchone()
    return bytes(row[0])


def rebuild(data: Path) -> Rebuilt:
    """Make notes and rows again what the public log says, while the server runs.

    Raises:
        TransparencyError: the public log itself cannot be trusted.
    """
    _check_demo(data)
    folder = DataFolder(data)
    anchors = load_anchors(folder.keys / "anchors.toml")
    tiles = FileTileStore(folder.log)
    log = TrustedLog(tiles, open_checkpoint(tiles.read_checkpoint(), anchors.logs))
    notes = _restore_notes(folder, log)
    settings = settings_of_process({"data": data})
    world = replay_log(tiles, anchors, documents(settings), log.tree_size)
    return Rebuilt(notes, _restore_rows(folder, world.rows))


_SELECT_NOTE: Final = (
    "SELECT stored_events.state FROM stored_events JOIN entries "
    "ON entries.notification_id = stored_events.rowid "
    # A rating stands in the log as its envelope: its note is another text, and stays.
    "WHERE entries.entry_index = ? AND entries.body IS NULL"
)
_SELECT_FINISHING: Final = (
    "SELECT stored_events.rowid, entries.entry_index, topic, state FROM stored_events "
    "JOIN entries ON entries.notification_id = stored_events.rowid "
    "WHERE originator_id = ? AND topic IN (?, ?)"
)
_UPDATE_NOTE: Final = "UPDATE stored_events SET state = ? WHERE rowid = ?"
_COLUMNS: Final = DossierRow.__struct_fields__


def _check_demo(data: Path) -> None:
    if not is_demo(data):
        raise UsageProblem(f"{data} is not a demo's data folder: nothing is changed")


@contextmanager
def _writing(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=LOCK_SECONDS)) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def _rows(connection: sqlite3.Connection) -> list[DossierRow]:
    statement = f"SELECT {', '.join(_COLUMNS)} FROM dossiers"  # noqa: S608 - our own columns
    return [
        msgspec.convert(dict(zip(_COLUMNS, row, strict=True)), DossierRow, strict=False)
        for row in connection.execute(statement)
    ]


def _find_late(data: Path, stream: str | None) -> DossierRow:
    with closing(sqlite3.connect(DataFolder(data).views, timeout=LOCK_SECONDS)) as views:
        rows = _rows(views)
    late = [row for row in rows if _ended_late(row) and stream in (None, row.stream)]
    if not late:
        raise UsageProblem(f"there is no dossier {stream or ''} that ended late")
    return max(late, key=lambda row: (row.ended_at or "", row.stream))


def _ended_late(row: DossierRow) -> bool:
    if row.ended_at is None or row.due is None or row.accepted_at is None:
        return False
    ended = parse_moment(row.ended_at)
    return not ended.is_day_only and timeliness(ended, parse_due(row.due), ZONE) is Timeliness.LATE


def _change_note(data: Path, target: DossierRow, changed: str) -> tuple[int, str]:
    """Change the moment in the signed text of the finishing act; its signature stays behind."""
    with _writing(DataFolder(data).ledger) as ledger:
        row = ledger.execute(_SELECT_FINISHING, (target.stream, *FINISHING_KINDS)).fetchone()
        if row is None:
            raise UsageProblem(f"{target.stream} has no finishing act to change")
        rowid, entry_index, kind, note = row
        old = f'"at":"{render_moment(open_text(bytes(note), None).action.at)}"'
        forged = bytes(note).replace(old.encode(), f'"at":"{changed}"'.encode(), 1)
        ledger.execute(_UPDATE_NOTE, (forged, rowid))
    return int(entry_index), str(kind)


def _restore_notes(folder: DataFolder, log: TrustedLog) -> int:
    restored = 0
    with _writing(folder.ledger) as ledger:
        for entry_index, entry in log.replay():
            row = ledger.execute(_SELECT_NOTE, (entry_index,)).fetchone()
            if row is None or bytes(row[0]) == entry:
                continue
            ledger.execute(
                "UPDATE stored_events SET state = ? WHERE rowid = "
                "(SELECT notification_id FROM entries WHERE entry_index = ?)",
                (entry, entry_index),
            )
            restored += 1
    return restored


def _restore_rows(folder: DataFolder, honest: tuple[DossierRow, ...]) -> int:
    with closing(sqlite3.connect(folder.views, timeout=LOCK_SECONDS)) as views:
        kept = {row.stream: row for row in _rows(views)}
    wrong = [(kept[row.stream], row) for row in honest if kept.get(row.stream) not in (None, row)]
    _change_rows(folder, wrong)
    return len(wrong)


def _change_rows(folder: DataFolder, changed: list[tuple[DossierRow, DossierRow]]) -> None:
    """Change rows, and what the cells of the figures hold of them."""
    views = open_views(folder.views)
    with views.reading() as reader:
        position = reader.position()
    views.close()
    assert position is not None
    engine = open_engine(folder.views)
    with engine.begin() as connection:
        recount(connection, changed, position.sealed_at)
    engine.dispose()
