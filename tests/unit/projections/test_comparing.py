"""The stored views are made again from the public log: whatever was changed in them is named."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.errors import StoreUnavailable
from projections.comparing import FoldSources, ViewComparison, ViewDifference, compare_views
from projections.follower import PrivateFold
from projections.parts.registry import IN_VIEWS, Projection
from projections.tables import metadata
from projections.views import open_views
from tests.support.dossier_cases import OFFICE, PROCEDURE
from tests.support.followed_ledger import VIEW_SECRET, a_follower, some_history, tables_of
from tests.support.paper_ledger import PaperLedger, a_stream
from tests.support.planted.changes import plant
from tests.support.rebuilding.worlds import rows_in
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.errors import ProofInvalid, TileNotFound
from transparency.notes import SigningKey
from transparency.tile_store import MemoryTileStore

DOSSIERS = 3
SAME = ViewComparison(was_compared=True)


@pytest.fixture
def paper() -> PaperLedger:
    paper = PaperLedger()
    paper.open_registry()
    paper.seal_and_publish("2026-01-01T00:00:00.000Z")
    some_history(paper, DOSSIERS)
    return paper


@pytest.fixture
def path(paper: PaperLedger, tmp_path: Path) -> Path:
    path = tmp_path / "views.sqlite3"
    with closing(open_views(path)) as views:
        a_follower(paper, views).catch_up()
    return path


def _sources(paper: PaperLedger, *, private: bool = True) -> FoldSources:
    fold = PrivateFold(paper.private.get, VIEW_SECRET) if private else None
    return FoldSources(paper.tiles, paper.anchors, paper.documents, fold)


def _changed(paper: PaperLedger, path: Path, *statements: str) -> tuple[ViewDifference, ...]:
    plant(path, *statements)
    return compare_views(path, _sources(paper)).differences


def test_views_that_nobody_touched_are_the_same(paper: PaperLedger, path: Path) -> None:
    assert compare_views(path, _sources(paper)) == SAME


def test_views_behind_the_log_are_compared_where_they_stand(paper: PaperLedger, path: Path) -> None:
    some_history(paper, DOSSIERS - 1)

    assert compare_views(path, _sources(paper)) == SAME


def test_views_that_move_on_while_they_are_made_again_are_the_same(
    paper: PaperLedger, path: Path
) -> None:
    class Moving(MemoryTileStore):
        """Tiles whose first look lets the server go on and publish."""

        has_moved = False

        def read(self, path_of_file: str) -> bytes:
            if not self.has_moved:
                self.has_moved = True
                paper.submit(a_stream(70), "2026-03-01T01:00:00Z")
                paper.seal_and_publish("2026-03-01T01:00:05.000Z")
                with closing(open_views(path)) as views:
                    a_follower(paper, views).catch_up()
            return paper.tiles.read(path_of_file)

    private = PrivateFold(paper.private.get, VIEW_SECRET)
    sources = FoldSources(Moving(), paper.anchors, paper.documents, private)

    assert compare_views(path, sources) == SAME
    assert len(tables_of(path)["dossiers"]) == DOSSIERS + 1


FIRST_ACT = f"entry_index = (SELECT min(entry_index) FROM acts WHERE stream = '{a_stream(0)}')"
CHANGES = {
    "a recorded time was rewritten": (
        f"UPDATE acts SET recorded_at = '2026-01-01T00:00:00.000Z' WHERE {FIRST_ACT}",
        ("acts", 1, "6"),
    ),
    "an act was deleted": (f"DELETE FROM acts WHERE {FIRST_ACT}", ("acts", 1, "6")),
    "an act was added": (
        "INSERT INTO acts SELECT 999, stream, 99, kind, at, recorded_at, office, signers, "
        "performer, status, due, appointment, amount_vnd, to_office, answer_by, refers_to, "
        f"payment_method, label, step FROM acts WHERE {FIRST_ACT}",
        ("acts", 1, "999"),
    ),
    "a state was overwritten": (
        f"UPDATE states SET state = (SELECT state FROM states WHERE stream = '{a_stream(1)}') "
        f"WHERE stream = '{a_stream(0)}'",
        ("states", 1, a_stream(0)),
    ),
    "a dossier was submitted at another time": (
        f"UPDATE dossiers SET submitted_at = '2026-01-09T00:00:00Z' WHERE stream = '{a_stream(2)}'",
        ("dossiers", 1, a_stream(2)),
    ),
    "dossiers have another office and due date": (
        "UPDATE dossiers SET office = 'X9', due = NULL",
        ("dossiers", DOSSIERS, a_stream(0)),
    ),
    "a dossier was deleted": (
        f"DELETE FROM dossiers WHERE stream = '{a_stream(0)}'",
        ("dossiers", 1, a_stream(0)),
    ),
    "a cell of the figures was changed": (
        "UPDATE month_cells SET resolved_late = resolved_late + 1 WHERE grain = ''",
        ("month_cells", 1, " * * * 2026-02"),
    ),
    "a published figure was taken out": (
        "DELETE FROM count_lines",
        ("count_lines", 1, f"{OFFICE} {PROCEDURE} 2026-02"),
    ),
    "the holders' hashes were zeroed": (
        "UPDATE holders SET hash = zeroblob(32)",
        ("holders", 2 * DOSSIERS, f"{a_stream(0)} code"),
    ),
    "a holder was added": (
        "INSERT INTO holders VALUES ('dossier:ff', 'code', zeroblob(32))",
        ("holders", 1, "dossier:ff code"),
    ),
    "the position has another entry": (
        "UPDATE position SET log_position = log_position - 1",
        ("position", 1, "public"),
    ),
    "the position has another root": (
        "UPDATE position SET root_hash = zeroblob(32)",
        ("position", 1, "public"),
    ),
    "the position has another time": (
        "UPDATE position SET sealed_at = '2027-01-01T00:00:00.000Z'",
        ("position", 1, "public"),
    ),
    "the schema has another number": ("UPDATE schema SET number = 0", ("schema", 2, "0")),
}


@pytest.mark.parametrize("planted", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_named_with_its_table_and_its_first_key(
    paper: PaperLedger, path: Path, planted: tuple[str, tuple[str, int, str]]
) -> None:
    statement, (table, rows, first_key) = planted

    assert _changed(paper, path, statement) == (ViewDifference(table, rows, first_key),)


def test_signers_that_were_emptied_are_named(paper: PaperLedger, path: Path) -> None:
    count = len(tables_of(path)["act_signers"])

    (difference,) = _changed(paper, path, "DELETE FROM act_signers")

    assert (difference.table, difference.rows) == ("act_signers", count)


def test_every_changed_table_is_named(paper: PaperLedger, path: Path) -> None:
    tables = ("acts", "act_signers", "dossiers", "holders", "states")

    differences = _changed(paper, path, *(f"DELETE FROM {table}" for table in tables))

    assert {difference.table for difference in differences} == set(tables)


@pytest.mark.parametrize(
    "table", [table.name for table in metadata.sorted_tables if table.name != "position"]
)
def test_a_table_that_is_missing_or_another_one_is_named(
    paper: PaperLedger, path: Path, table: str
) -> None:
    first = _changed(paper, path, f"DROP TABLE {table}")
    second = _changed(paper, path, f"CREATE TABLE {table} (x)")

    assert [[each.table for each in found] for found in (first, second)] == [[table]] * 2


def test_rows_that_stand_twice_in_a_table_without_its_key_are_named(
    paper: PaperLedger, path: Path
) -> None:
    differences = _changed(
        paper,
        path,
        "CREATE TABLE twice AS SELECT * FROM dossiers UNION ALL SELECT * FROM dossiers",
        "DROP TABLE dossiers",
        "ALTER TABLE twice RENAME TO dossiers",
    )

    assert differences == (ViewDifference("dossiers", DOSSIERS, ""),)


def _with_note(path: Path, note: bytes) -> None:
    plant(path, f"UPDATE position SET checkpoint_note = x'{note.hex()}'")


def test_a_position_that_the_logs_key_did_not_sign_is_named(paper: PaperLedger, path: Path) -> None:
    stranger = SigningKey(paper.anchors.origin, bytes(32))
    _with_note(path, sign_checkpoint(Checkpoint(paper.anchors.origin, 5, bytes(32)), stranger))

    comparison = compare_views(path, _sources(paper))

    assert comparison.differences == (ViewDifference("position", 1, "public"),)
    assert not comparison.was_compared


def test_a_position_that_is_no_checkpoint_is_named(paper: PaperLedger, path: Path) -> None:
    _with_note(path, b"anything\n")

    named = compare_views(path, _sources(paper)).differences

    assert named == (ViewDifference("position", 1, "public"),)


def test_a_signed_position_with_another_root_cannot_be_folded(
    paper: PaperLedger, path: Path
) -> None:
    published = paper.store.checkpoint()
    assert published is not None
    other = Checkpoint(paper.anchors.origin, published.tree_size, bytes(32))
    _with_note(path, sign_checkpoint(other, paper.log_key))

    with pytest.raises(ProofInvalid):
        compare_views(path, _sources(paper))


def test_a_signed_position_that_was_never_published_cannot_be_folded(
    paper: PaperLedger, path: Path
) -> None:
    inside = Checkpoint(paper.anchors.origin, 4, paper.log.root_hash(4))
    _with_note(path, sign_checkpoint(inside, paper.log_key))

    with pytest.raises(TileNotFound):
        compare_views(path, _sources(paper))


def test_a_position_that_was_taken_away_names_everything_that_it_was_of(
    paper: PaperLedger, path: Path
) -> None:
    plant(path, "DELETE FROM position")

    comparison = compare_views(path, _sources(paper))

    assert not comparison.was_compared
    holding = {name for name, rows in rows_in(path, IN_VIEWS).items() if rows}
    assert {each.table for each in comparison.differences} == holding
    assert {"acts", "states", "count_lines", "holders"} <= holding


def _missing(path: Path) -> None:
    path.unlink()


def _empty_file(path: Path) -> None:
    path.unlink()
    path.touch()


def _empty_views(path: Path) -> None:
    path.unlink()
    open_views(path).close()


@pytest.mark.parametrize("leave", [_missing, _empty_file, _empty_views])
def test_views_that_hold_nothing_are_not_compared_and_not_wrong(
    paper: PaperLedger, path: Path, leave: Callable[[Path], None]
) -> None:
    leave(path)

    assert compare_views(path, _sources(paper)) == ViewComparison(was_compared=False)


def test_without_the_vault_everything_but_the_holders_is_compared(
    paper: PaperLedger, path: Path
) -> None:
    plant(path, "UPDATE holders SET hash = zeroblob(32)")
    sources = _sources(paper, private=False)
    before = compare_views(path, sources)

    plant(path, "UPDATE acts SET kind = 'dossier.returned'")

    assert before == SAME
    assert [each.table for each in compare_views(path, sources).differences] == ["acts"]


def test_comparing_changes_nothing_in_the_stored_views(paper: PaperLedger, path: Path) -> None:
    plant(path, "UPDATE schema SET number = 0")
    before = tables_of(path)

    compare_views(path, _sources(paper))

    assert tables_of(path) == before
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT number FROM schema").fetchall() == [(0,)]


def test_a_file_that_is_no_database_is_unavailable(paper: PaperLedger, path: Path) -> None:
    path.write_bytes(b"not a database, and long enough to be looked at" * 40)

    with pytest.raises(StoreUnavailable):
        compare_views(path, _sources(paper))


def _veiled_life(paper: PaperLedger) -> None:
    paper.veiled.add(a_stream(50))
    paper.submit(a_stream(50), "2026-03-01T00:00:00Z")
    paper.submit(a_stream(51), "2026-03-01T00:00:00Z")
    paper.seal_and_publish("2026-03-01T01:00:00.000Z")
    paper.accept(a_stream(50), "2026-03-01T02:00:00Z", code="H27-260301-0050")


VEILED_CHANGES = {
    "a veiled dossier was deleted": ("DELETE FROM veiled_dossiers", "veiled_dossiers"),
    "a veiled act was moved": (
        "UPDATE veiled_acts SET at = '2026-01-01T00:00:00Z' WHERE version = 1",
        "veiled_acts",
    ),
    "a veiled state was deleted": ("DELETE FROM veiled_states", "veiled_states"),
    "a signer was added": (
        f"INSERT INTO veiled_act_signers VALUES ('officer-0', '{a_stream(50)}', 1)",
        "veiled_act_signers",
    ),
}


@pytest.mark.parametrize(("change", "table"), VEILED_CHANGES.values(), ids=VEILED_CHANGES.keys())
def test_change_of_a_veiled_dossier_shows_to_whoever_has_the_ledger_database(
    paper: PaperLedger, path: Path, change: str, table: str
) -> None:
    _veiled_life(paper)
    with closing(open_views(path)) as views:
        a_follower(paper, views).catch_up()
    # What comes later is not in the stored views, and none of it is missed there.
    paper.finish(a_stream(50), "2026-03-02T00:00:00Z")
    sources = replace(_sources(paper), veiled=paper.store)
    before = compare_views(path, sources)

    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(change)

    assert before == SAME
    assert [each.table for each in compare_views(path, sources).differences] == [table]


def test_projection_that_stopped_is_named_and_its_tables_are_left_out(
    paper: PaperLedger, path: Path
) -> None:
    with closing(open_views(path)) as views:
        views.stop(Projection.VEILS, ValueError("a bug"))
    plant(path, "INSERT INTO veil_counts VALUES ('H27', '2026-02', 'step', 7)")

    assert _changed(paper, path) == (ViewDifference("stopped_projections", 1, "veils"),)


def test_core_that_stopped_is_named_and_compared_all_the_same(
    paper: PaperLedger, path: Path
) -> None:
    with closing(open_views(path)) as views:
        views.stop(Projection.DOSSIERS, ValueError("a bug"))

    differences = _changed(paper, path, "UPDATE dossiers SET office = 'X9'")

    assert [each.table for each in differences] == ["dossiers", "stopped_projections"]


def test_how_often_rows_were_rebuilt_is_no_difference(paper: PaperLedger, path: Path) -> None:
    assert _changed(paper, path, "INSERT INTO rebuilds VALUES (3)") == ()


def test_without_the_ledger_database_all_that_is_public_is_compared(
    paper: PaperLedger, path: Path
) -> None:
    _veiled_life(paper)
    with closing(open_views(path)) as views:
        a_follower(paper, views).catch_up()
    before = compare_views(path, _sources(paper))

    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"DELETE FROM dossiers WHERE stream = '{a_stream(51)}'")

    assert before == SAME
    assert [each.table for each in compare_views(path, _sources(paper)).differences] == ["dossiers"]
