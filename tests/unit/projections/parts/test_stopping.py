"""A projection that fails stops alone: the others move on, and its requests are refused."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.facts.integrity import ErasureGround, PersonalDataErased
from domain.roles import Role
from ledger.errors import StoreUnavailable
from ledger.private.vault import PrivatePart
from projections.catalogue.searching import ProcedureQuery
from projections.entries import EntryUnreadable
from projections.follower import Follower, PrivateFold
from projections.holders import Mark
from projections.parts.registry import CORE, IN_VIEWS, Projection
from projections.parts.stops import UNFORESEEN, ProjectionStopped
from projections.parts.writers import PART_WRITERS
from projections.reading import read_counts
from projections.views import ViewReader, Views, open_views
from tests.support.followed_ledger import VIEW_SECRET
from tests.support.paper_ledger import ORIGIN, PaperLedger, a_stream
from tests.support.rebuilding.worlds import (
    FailingAt,
    Told,
    a_full_ledger,
    a_patient_follower,
    fresh_rows,
    go_on,
    rows_in,
)

WORDS = "what somebody wrote: Nguyễn Văn A"
UNTIL = date(2026, 5, 1)
PARTS = sorted(PART_WRITERS)


@pytest.fixture
def paper() -> PaperLedger:
    return a_full_ledger()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "views.sqlite3"


@pytest.fixture
def views(path: Path) -> Iterator[Views]:
    with closing(open_views(path)) as views:
        yield views


def _stopped_at(paper: PaperLedger, path: Path, projection: Projection) -> int:
    """Let a projection fail at the next checkpoint; give the log position that it stood at."""
    with closing(open_views(path)) as views:
        a_patient_follower(paper, views, Told()).catch_up()
        size = paper.log.sealed_size
    go_on(paper, 51)
    failing = FailingAt(projection, size, ValueError(WORDS))
    with closing(open_views(path, failing.writers)) as views:
        a_patient_follower(paper, views, Told()).catch_up()
    return size


@pytest.mark.parametrize("projection", PARTS)
def test_projection_that_fails_at_an_entry_stops_there_and_the_others_move_on(
    paper: PaperLedger, path: Path, tmp_path: Path, projection: Projection
) -> None:
    size = _stopped_at(paper, path, projection)
    stood = rows_in(path, [projection])
    go_on(paper, 52)

    with closing(open_views(path)) as views:
        position = a_patient_follower(paper, views, Told()).catch_up()
        with views.reading() as reader:
            stops = reader.stops()

    others = [name for name in IN_VIEWS if name is not projection]
    fresh = fresh_rows(paper, tmp_path / "fresh.sqlite3")
    assert position is not None
    assert position.log_position == paper.log.sealed_size
    moved = rows_in(path, others)
    assert moved == {name: fresh[name] for name in moved}
    assert rows_in(path, [projection]) == stood
    assert stood != {name: fresh[name] for name in stood}
    (stop,) = stops.values()
    assert (stop.projection, stop.log_position, stop.last_entry_index) == (
        projection,
        size,
        size - 1,
    )
    assert (stop.cause, stop.error) == (UNFORESEEN, "ValueError")


def test_follower_is_told_once_of_a_projection_that_stops(paper: PaperLedger, path: Path) -> None:
    error, told = EntryUnreadable(1, WORDS), Told()
    failing = FailingAt(Projection.PETITIONS, 1, error)

    with closing(open_views(path, failing.writers)) as views:
        following = a_patient_follower(paper, views, told)
        following.catch_up()
        go_on(paper, 51)
        following.catch_up()
        with views.reading() as reader:
            stop = reader.stops()[Projection.PETITIONS]

    assert told.stops == [(Projection.PETITIONS, error)]
    assert (stop.log_position, stop.last_entry_index, stop.as_of) == (0, None, None)
    assert stop.cause == "entry_unreadable"


def test_several_projections_stop_one_after_the_other_in_one_step(
    paper: PaperLedger, path: Path
) -> None:
    first = FailingAt(Projection.PETITIONS, 1, ValueError(WORDS)).writers
    second = FailingAt(Projection.STATISTICS, 1, KeyError(WORDS)).writers
    writers = {**first, Projection.STATISTICS: second[Projection.STATISTICS]}
    told = Told()

    with closing(open_views(path, writers)) as views:
        a_patient_follower(paper, views, told).catch_up()
        with views.reading() as reader:
            stops = reader.stops()

    assert set(stops) == {Projection.PETITIONS, Projection.STATISTICS}
    assert {stop.error for stop in stops.values()} == {"ValueError", "KeyError"}


def test_stop_keeps_no_word_of_what_was_read(paper: PaperLedger, path: Path) -> None:
    _stopped_at(paper, path, Projection.PETITIONS)

    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT * FROM stopped_projections").fetchall()

    assert len(rows) == 1
    assert WORDS not in repr(rows)


def test_whoever_wants_the_views_whole_has_the_failure_raised(
    paper: PaperLedger, path: Path
) -> None:
    failing = FailingAt(Projection.VEILS, 1, ValueError(WORDS))
    private = PrivateFold(paper.private.get, VIEW_SECRET)

    with closing(open_views(path, failing.writers)) as views, pytest.raises(ValueError, match="A"):
        Follower(ORIGIN, paper.store, views, paper.documents, private).catch_up()


@pytest.mark.parametrize("projection", PARTS)
def test_row_that_a_table_does_not_take_stops_its_projection_alone(
    paper: PaperLedger, path: Path, views: Views, projection: Projection
) -> None:
    told = Told()
    following = a_patient_follower(paper, views, told)
    following.catch_up()
    table = next(iter(rows_in(path, [projection])))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            f"CREATE TRIGGER fault BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    go_on(paper, 51)

    following.catch_up()

    assert [projection for projection, _ in told.stops] == [projection]


@pytest.mark.parametrize("projection", PARTS)
def test_database_that_fails_stops_nothing_and_is_asked_again(
    paper: PaperLedger, path: Path, projection: Projection
) -> None:
    error = sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError("disk I/O error"))
    failing, told = FailingAt(projection, 1, error), Told()

    with closing(open_views(path, failing.writers)) as views:
        following = a_patient_follower(paper, views, told)
        with pytest.raises(StoreUnavailable):
            following.catch_up()
        failing.fails = False
        following.catch_up()
        with views.reading() as reader:
            assert reader.stops() == {}

    assert told.stops == []


def test_private_part_that_does_not_open_stops_the_holders_alone(
    paper: PaperLedger, views: Views
) -> None:
    told = Told()
    garbled = PrivatePart(a_stream(1), 1, b"", bytes(32), b'{"secret":"x"}')
    private = PrivateFold(lambda _text_hash: garbled, VIEW_SECRET)

    position = Follower(ORIGIN, paper.store, views, paper.documents, private, told).catch_up()

    assert position is not None
    assert position.log_position == paper.log.sealed_size
    assert [projection for projection, _ in told.stops] == [Projection.HOLDERS]


def test_erasure_is_carried_out_where_the_holders_have_stopped(
    paper: PaperLedger, path: Path
) -> None:
    _stopped_at(paper, path, Projection.HOLDERS)
    erased = a_stream(0)
    paper.act(
        "dossier.result_returned", erased, "2026-04-01T00:00:00Z", Role.RECEIVER, paper.officer
    )
    assert any(row[0] == erased for row in rows_in(path, [Projection.HOLDERS])["holders"])
    paper.act(
        "dossier.personal_data_erased",
        erased,
        "2026-04-01T00:00:00Z",
        Role.APPROVER,
        paper.head,
        facts=PersonalDataErased(ground=ErasureGround.PURPOSE_ENDED, last_backup_until=UNTIL),
    )
    paper.seal_and_publish("2026-04-01T00:00:00.500Z")

    with closing(open_views(path)) as views:
        a_patient_follower(paper, views, Told()).catch_up()

    assert all(row[0] != erased for row in rows_in(path, [Projection.HOLDERS])["holders"])


ASKING: dict[str, tuple[Projection, Callable[[ViewReader], object]]] = {
    "counts": (Projection.STATISTICS, read_counts),
    "petitions": (Projection.PETITIONS, ViewReader.petition_rows),
    "search": (Projection.CATALOGUE, lambda reader: reader.search_procedures(ProcedureQuery())),
    "veils": (Projection.VEILS, ViewReader.veil_counts),
    "code": (Projection.HOLDERS, lambda reader: reader.streams_marked(Mark.CODE, b"")),
    "secret": (Projection.HOLDERS, lambda reader: reader.hash_of(a_stream(0), Mark.SECRET)),
    "persons": (Projection.HOLDERS, ViewReader.persons),
    "findings": (Projection.HOLDERS, lambda reader: list(reader.examined_dossiers())),
}


@pytest.mark.parametrize("asked", sorted(ASKING))
def test_what_rests_on_a_stopped_projection_is_refused_and_all_else_answered(
    paper: PaperLedger, path: Path, asked: str
) -> None:
    projection, ask = ASKING[asked]
    _stopped_at(paper, path, projection)

    with closing(open_views(path)) as views, views.reading() as reader:
        with pytest.raises(ProjectionStopped, match=projection.value):
            ask(reader)
        for other, ask_other in ASKING.values():
            if other is not projection:
                ask_other(reader)


def test_core_that_stops_is_noted_until_a_follower_gets_on(
    paper: PaperLedger, views: Views
) -> None:
    told = Told()
    a_patient_follower(paper, views, told).catch_up()
    size = paper.log.sealed_size
    go_on(paper, 51)
    documents = dict(paper.documents._documents)
    paper.documents._documents.clear()

    a_patient_follower(paper, views, told).run(threading.Event(), poll_seconds=0)
    with views.reading() as reader:
        stopped = reader.stops()[CORE]
        reader.petition_rows()
    paper.documents._documents.update(documents)
    _run_once(a_patient_follower(paper, views, told))

    assert (stopped.log_position, stopped.cause) == (size, "entry_unreadable")
    assert [projection for projection, _ in told.stops] == [CORE]
    with views.reading() as reader:
        assert reader.stops() == {}


def _run_once(following: Follower) -> None:
    class Once(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            self.set()
            return super().wait(timeout)

    following.run(Once(), poll_seconds=0)
