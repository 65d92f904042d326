"""Rebuilt projections are what a fresh fold gives, whatever stood there; the follower goes on."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace as replace_fields
from pathlib import Path
from typing import Any

import pytest

from ledger.errors import LedgerBusy, StoreUnavailable
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import StoredEntry
from projections.follower import Follower
from projections.parts.registry import CORE, FROM_CORE, IN_VIEWS, Projection
from projections.parts.stops import ProjectionStopped
from projections.rebuilding import rebuild
from projections.rebuilding.beside import beside, take_away_leftovers
from projections.rebuilding.rebuild import RebuiltViews, rebuild_views
from projections.rebuilding.replacing import replace_projections
from projections.views import Views, open_views
from tests.support.paper_ledger import ORIGIN, PaperLedger, a_stream
from tests.support.planted.changes import plant
from tests.support.rebuilding.worlds import (
    FailingAt,
    Told,
    a_full_ledger,
    a_patient_follower,
    fresh_rows,
    go_on,
    plant_wrong_rows,
    private_of,
    rows_in,
    sources_of,
)


@pytest.fixture
def paper() -> PaperLedger:
    return a_full_ledger()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "views.sqlite3"


@pytest.fixture
def views(paper: PaperLedger, path: Path) -> Iterator[Views]:
    with closing(open_views(path)) as views:
        a_patient_follower(paper, views, Told()).catch_up()
        yield views


def _rebuild(
    paper: PaperLedger, path: Path, *wanted: Projection, progress: object = None
) -> RebuiltViews:
    told = progress if callable(progress) else lambda _entries: None
    with beside(path.parent / "rebuilding") as folder:
        return rebuild_views(path, folder, wanted, sources_of(paper), told)


@pytest.mark.parametrize("projection", IN_VIEWS)
def test_wrong_rows_are_gone_and_the_tables_are_those_of_a_fresh_fold(
    paper: PaperLedger, path: Path, views: Views, tmp_path: Path, projection: Projection
) -> None:
    fresh = fresh_rows(paper, tmp_path / "fresh.sqlite3")
    assert rows_in(path, IN_VIEWS) == fresh
    plant_wrong_rows(path, projection)
    assert rows_in(path, IN_VIEWS) != fresh

    rebuilt = _rebuild(paper, path, projection)

    assert rows_in(path, IN_VIEWS) == fresh
    assert projection in rebuilt.projections
    assert rebuilt.from_log is (projection not in FROM_CORE)
    assert rebuilt.log_position == paper.log.sealed_size


def test_rebuild_of_all_replaces_everything_and_the_follower_goes_on(
    paper: PaperLedger, path: Path, views: Views, tmp_path: Path
) -> None:
    for projection in IN_VIEWS:
        plant_wrong_rows(path, projection)

    _rebuild(paper, path, *IN_VIEWS)
    go_on(paper, 51)
    a_patient_follower(paper, views, Told()).catch_up()

    assert rows_in(path, IN_VIEWS) == fresh_rows(paper, tmp_path / "fresh.sqlite3")


@pytest.mark.parametrize("projection", [name for name in IN_VIEWS if name is not CORE])
def test_rebuild_mends_a_projection_that_stopped(
    paper: PaperLedger, path: Path, tmp_path: Path, projection: Projection
) -> None:
    failing, told = FailingAt(projection, 1, ValueError("a bug")), Told()
    with closing(open_views(path, failing.writers)) as views:
        following = a_patient_follower(paper, views, told)
        following.catch_up()
        go_on(paper, 51)
        following.catch_up()
        failing.fails = False

        _rebuild(paper, path, projection)
        with views.reading() as reader:
            stops_after_rebuild = reader.stops()
        go_on(paper, 52)
        following.catch_up()

    assert [name for name, _ in told.stops] == [projection]
    assert stops_after_rebuild == {}
    assert rows_in(path, IN_VIEWS) == fresh_rows(paper, tmp_path / "fresh.sqlite3")


def test_projection_that_fails_again_is_not_replaced_and_stays_stopped(
    paper: PaperLedger, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = FailingAt(Projection.VEILS, 1, ValueError("a bug"))
    with closing(open_views(path, failing.writers)) as views:
        a_patient_follower(paper, views, Told()).catch_up()
    before = rows_in(path, IN_VIEWS)
    monkeypatch.setattr("projections.rebuilding.rebuild.PART_WRITERS", failing.writers)

    with pytest.raises(ProjectionStopped, match=r"veils: .*a bug"):
        _rebuild(paper, path, Projection.VEILS)

    assert rows_in(path, IN_VIEWS) == before
    with closing(open_views(path)) as views, views.reading() as reader:
        assert Projection.VEILS in reader.stops()


@pytest.mark.parametrize("projection", IN_VIEWS)
def test_views_that_move_on_meanwhile_are_caught_up_with(
    paper: PaperLedger, path: Path, views: Views, tmp_path: Path, projection: Projection
) -> None:
    following = a_patient_follower(paper, views, Told())
    numbers = iter((51, 52))

    def move_on(_entries: int) -> None:
        number = next(numbers, None)
        if number is not None:
            go_on(paper, number)
            following.catch_up()

    if projection is not CORE:
        plant_wrong_rows(path, projection)
    rebuilt = _rebuild(paper, path, projection, progress=move_on)

    assert rebuilt.log_position == paper.log.sealed_size
    assert rows_in(path, IN_VIEWS) == fresh_rows(paper, tmp_path / "fresh.sqlite3")


def test_follower_forgets_what_it_remembers_of_rows_that_were_replaced(
    paper: PaperLedger, path: Path, views: Views, tmp_path: Path
) -> None:
    wrong = f"UPDATE states SET state = (SELECT state FROM states WHERE stream = '{a_stream(1)}') "
    plant(path, wrong + f"WHERE stream = '{a_stream(50)}'")
    following = a_patient_follower(paper, views, Told())
    paper.submit(a_stream(3), "2026-03-01T01:00:00Z")
    paper.seal_and_publish("2026-03-01T01:00:00.500Z")
    following.catch_up()
    following._states.prefetch([a_stream(50)])

    _rebuild(paper, path, CORE)
    paper.finish(a_stream(50), "2026-03-01T02:00:00Z")
    paper.seal_and_publish("2026-03-01T02:00:00.500Z")
    following.catch_up()

    assert rows_in(path, IN_VIEWS) == fresh_rows(paper, tmp_path / "fresh.sqlite3")


def test_step_that_was_folded_before_a_rebuild_is_folded_again(
    paper: PaperLedger, path: Path, views: Views, tmp_path: Path
) -> None:
    class Meanwhile(MemoryLedgerStore):
        """Entries during whose first reading somebody rebuilds the core."""

        is_first = True
        checkpoint = paper.store.checkpoint
        veiled_events = paper.store.veiled_events

        def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
            if self.is_first:
                self.is_first = False
                _rebuild(paper, path, CORE)
            return paper.store.entries(start_index, end_index)

    go_on(paper, 51)
    following = Follower(ORIGIN, Meanwhile(), views, paper.documents, private_of(paper), Told())

    with pytest.raises(StoreUnavailable, match="rebuilt meanwhile"):
        following.catch_up()
    following.catch_up()

    assert rows_in(path, IN_VIEWS) == fresh_rows(paper, tmp_path / "fresh.sqlite3")


def test_views_that_stand_nowhere_are_made_by_a_rebuild_of_all_alone(
    paper: PaperLedger, path: Path, tmp_path: Path
) -> None:
    with pytest.raises(StoreUnavailable, match="stand nowhere"):
        _rebuild(paper, path, Projection.VEILS)
    with pytest.raises(StoreUnavailable, match="stand nowhere"):
        _rebuild(paper, path, Projection.PETITIONS)

    _rebuild(paper, path, *IN_VIEWS)

    assert rows_in(path, IN_VIEWS) == fresh_rows(paper, tmp_path / "fresh.sqlite3")
    with closing(open_views(path)) as views, views.reading() as reader:
        position = reader.position()
    assert position is not None
    assert position.log_position == paper.log.sealed_size


def test_reader_sees_the_old_rows_until_it_begins_anew(
    paper: PaperLedger, path: Path, views: Views
) -> None:
    plant(path, "DELETE FROM petitions")

    with views.reading() as reader:
        before = reader.petition_rows()
        _rebuild(paper, path, Projection.PETITIONS)
        during = reader.petition_rows()
    with views.reading() as reader:
        after = reader.petition_rows()

    assert (before, during) == ([], [])
    assert len(after) == 1


def test_one_process_rebuilds_at_a_time_and_what_a_killed_one_left_is_taken_away(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "rebuilding"
    take_away_leftovers(folder)
    assert not folder.exists()

    with beside(folder) as own:
        (own / "views.sqlite3").write_bytes(b"half")
        with pytest.raises(LedgerBusy), beside(folder):
            pass
        take_away_leftovers(folder)
        assert (own / "views.sqlite3").exists()
    (folder / "views.sqlite3").write_bytes(b"left by a killed process")
    take_away_leftovers(folder)

    assert list(folder.iterdir()) == []


def test_mark_of_a_petition_erased_during_a_rebuild_does_not_come_back(
    paper: PaperLedger, path: Path, views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition = f"petition:{50:032x}"
    erased: set[str] = set()
    assert petition in _marked(path)

    def after_an_erasure(*arguments: Any) -> bool:
        # As it is carried out: in the vault first, then in the views that are there.
        erased.add(petition)
        plant(path, f"DELETE FROM holders WHERE stream = '{petition}'")
        return replace_projections(*arguments)

    monkeypatch.setattr(rebuild, "replace_projections", after_an_erasure)
    private = replace_fields(private_of(paper), erased=lambda _among: erased)
    sources = replace_fields(sources_of(paper), private=private)
    before = _marked(path)

    with beside(path.parent / "rebuilding") as folder:
        rebuild_views(path, folder, [Projection.HOLDERS], sources, lambda _entries: None)

    assert _marked(path) == before - {petition}


def _marked(path: Path) -> set[object]:
    """Give the streams that have a holder's mark."""
    return {row[0] for row in rows_in(path, [Projection.HOLDERS])["holders"]}
