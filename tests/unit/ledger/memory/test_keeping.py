"""A start from a memory knows what a start knows that reads the whole ledger."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from domain.facts import DossierAcceptedDetails, RatingStage
from domain.moments import Moment
from ledger.errors import StoreUnavailable
from ledger.memory.buckets import BucketCodes
from ledger.memory.file import MemoryFile, StoredStep
from tests.support.ledger_builders import OFFICE, handed
from tests.support.memory.acts import due_of, some_dossiers, with_day_off
from tests.support.memory.worlds import RememberingWorld, check_knows_all, was_recalled
from transparency.tile_store import FileTileStore


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RememberingWorld:
    monkeypatch.setattr("ledger.memory.keeping.STEP_CHANGES", 1)
    made = RememberingWorld(folder=tmp_path)
    made.open()
    return made


def test_a_start_after_a_rest_goes_on_from_the_memory(world: RememberingWorld) -> None:
    some_dossiers(world)
    world.rest()

    assert world.start_again()
    check_knows_all(world)


def test_a_start_after_a_crash_reads_the_tail(
    world: RememberingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_dossiers(world)
    world.crash()
    monkeypatch.setattr("ledger.memory.keeping.STEP_CHANGES", 10_000)
    some_dossiers(world)

    assert world.start_again()
    check_knows_all(world)


def test_what_is_recorded_after_a_start_is_decided_as_ever(world: RememberingWorld) -> None:
    dossiers = some_dossiers(world)
    world.rest()
    world.start_again()
    repeated = world.desk.submitted(dossiers[0])

    assert [each.code for each in world.record(repeated)] == ["stale_version"]
    for dossier in dossiers:
        (verdict,) = world.record(world.act("dossier.processor_assigned", dossier))
        assert verdict.code == ""
    some_dossiers(world)
    check_knows_all(world)
    world.rest()
    assert world.start_again()
    check_knows_all(world)
    assert world.audit().ok


@pytest.mark.parametrize("seed", range(6))
def test_any_course_of_acts_crashes_and_starts_ends_in_the_same_knowledge(
    world: RememberingWorld, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, dossiers = random.Random(seed), list[str]()
    for _ in range(30):
        monkeypatch.setattr("ledger.memory.keeping.STEP_CHANGES", source.choice([1, 4, 40]))
        match source.randrange(6):
            case 0:
                dossiers.append(world.a_dossier("dossier.accepted"))
            case 1 if dossiers:
                dossier = source.choice(dossiers)
                world.record(world.act("dossier.processor_assigned", dossier))
            case 2 if dossiers:
                dossier = source.choice(dossiers)
                world.record(world.desk.rating(world.desk.new_stream("rating"), dossier))
            case 3:
                world.clock.now += timedelta(days=source.choice([1, 20]))
                world.writer.record([], with_seal=True)
                world.writer.publish() if world.writer.has_unpublished else None
            case 4:
                world.rest()
                world.start_again()
            case _:
                submitted = world.desk.submitted(world.desk.new_stream())
                world.record(submitted, with_seal=source.random() < 0.5, publish=False)
                world.crash()
                world.start_again()
    world.crash()
    world.start_again()
    check_knows_all(world)


def test_a_stage_is_rated_once_also_after_a_start_from_memory(world: RememberingWorld) -> None:
    (dossier,) = some_dossiers(world, 1)
    first, second = (
        world.desk.rating(world.desk.new_stream("rating"), dossier, RatingStage.RECEIPT)
        for _ in range(2)
    )
    assert [each.code for each in world.record(first)] == [""]
    world.a_dossier()
    world.rest()

    assert world.start_again()
    assert [each.code for each in world.record(second)] == ["not_permitted"]
    check_knows_all(world)


def test_a_log_of_many_tiles_is_taken_from_its_tiles(world: RememberingWorld) -> None:
    group = [world.desk.submitted(world.desk.new_stream()) for _ in range(600)]
    world.record(*group[:300])
    world.record(*group[300:])
    world.rest()
    assert world.start_again()
    assert world.writer._log.kept_from == 512
    check_knows_all(world)

    world.record(*(world.desk.submitted(world.desk.new_stream()) for _ in range(300)))
    check_knows_all(world)
    assert world.audit().ok
    files = {
        path: path.read_bytes() for path in (world.folder / "log").rglob("*") if path.is_file()
    }
    shutil.rmtree(world.folder / "log")
    world.memory_path.unlink()
    world.tiles = FileTileStore(world.folder / "log")
    assert not world.start_again()
    again = {
        path: path.read_bytes() for path in (world.folder / "log").rglob("*") if path.is_file()
    }
    assert again.items() <= files.items()


def cut(world: RememberingWorld) -> None:
    data = world.memory_path.read_bytes()
    world.memory_path.write_bytes(data[: len(data) // 2])


def empty(world: RememberingWorld) -> None:
    world.memory_path.write_bytes(b"")


def garble(world: RememberingWorld) -> None:
    data = bytearray(world.memory_path.read_bytes())
    for start in range(4096, len(data), 512):
        data[start] ^= 0xFF
    world.memory_path.write_bytes(bytes(data))


def lose(world: RememberingWorld) -> None:
    world.memory_path.unlink()


def write_in(statement: str) -> Callable[[RememberingWorld], None]:
    def write(world: RememberingWorld) -> None:
        with sqlite3.connect(world.memory_path) as connection:
            connection.execute(statement)

    return write


DAMAGES = {
    "cut": cut,
    "empty": empty,
    "garbled": garble,
    "lost": lose,
    "another place": write_in("UPDATE place SET body = x'00' || body"),
    "a place that is no bytes": write_in("UPDATE place SET body = 'text'"),
    "without a step of its index": write_in("DELETE FROM steps WHERE number = 2"),
    "with an index step twice": write_in("INSERT INTO steps (body) SELECT body FROM steps"),
    "with a code less": write_in("DELETE FROM codes WHERE piece = (SELECT max(piece) FROM codes)"),
    "with a code that is none": write_in("INSERT INTO codes VALUES (-1, x'00')"),
    "with a code that is no bytes": write_in("UPDATE codes SET body = 'text'"),
    "another ledger head": write_in(
        "UPDATE rows SET body = x'00' || body WHERE CAST(key AS TEXT) LIKE 'ledger:%'"
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_memory_is_made_again(world: RememberingWorld, name: str) -> None:
    some_dossiers(world)
    world.rest()
    DAMAGES[name](world)

    assert not world.start_again()
    check_knows_all(world)
    some_dossiers(world)
    world.rest()
    assert world.start_again()
    check_knows_all(world)


def test_a_head_that_somebody_wrote_is_noticed_when_it_is_read(world: RememberingWorld) -> None:
    dossier, other, *_ = some_dossiers(world)
    world.rest()
    with sqlite3.connect(world.memory_path) as connection:
        # Another dossier's head, with the code that belongs to it.
        connection.execute(
            "UPDATE rows SET body = (SELECT body FROM rows WHERE key = ?) WHERE key = ?",
            (other.encode(), dossier.encode()),
        )
    assert world.start_again()
    action = world.act("dossier.processor_assigned", dossier)

    with pytest.raises(StoreUnavailable):
        world.writer.record([handed(action)], with_seal=True)
    assert not was_recalled(world.writer)
    check_knows_all(world)
    assert [each.code for each in world.record(action)] == [""]


def test_the_memory_of_another_ledger_is_not_used(world: RememberingWorld, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = RememberingWorld(folder=tmp_path / "other", seed=7)
    other.open()
    some_dossiers(other)
    other.rest()
    some_dossiers(world)
    world.rest()
    shutil.copy(other.memory_path, world.memory_path)

    assert not world.start_again()
    check_knows_all(world)


def test_a_memory_under_another_key_is_not_used(world: RememberingWorld) -> None:
    some_dossiers(world)
    world.rest()
    world.writer = world.writer_with(world.memory(seed=bytes(32)))
    world.writer.take_over("again")

    assert not was_recalled(world.writer)
    check_knows_all(world)


def test_an_older_memory_is_brought_up_to_date(world: RememberingWorld, tmp_path: Path) -> None:
    some_dossiers(world)
    world.rest()
    shutil.copy(world.memory_path, tmp_path / "old")
    world.start_again()
    some_dossiers(world)
    world.rest()
    shutil.copy(tmp_path / "old", world.memory_path)

    assert world.start_again()
    check_knows_all(world)


def test_a_memory_ahead_of_a_restored_database_is_not_used(
    world: RememberingWorld, tmp_path: Path
) -> None:
    some_dossiers(world)
    world.crash()
    database, log = tmp_path / "ledger.sqlite3", tmp_path / "log"
    with sqlite3.connect(database) as source, sqlite3.connect(tmp_path / "copy") as copy:
        source.backup(copy)
    shutil.copytree(log, tmp_path / "old-log")
    some_dossiers(world)
    world.rest()
    ahead = (world.memory_path).read_bytes()
    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(tmp_path / "copy", restored / "ledger.sqlite3")
    shutil.copytree(tmp_path / "old-log", restored / "log")
    (restored / "memory.sqlite3").write_bytes(ahead)
    other = RememberingWorld(folder=restored)
    other.documents, other.clock = world.documents, world.clock

    assert not other.start_again()
    check_knows_all(other)


def test_a_memory_of_another_program_is_not_used(
    world: RememberingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_dossiers(world)
    world.rest()
    monkeypatch.setattr("ledger.memory.places.program_hash", lambda: b"other rules")

    assert not world.start_again()
    check_knows_all(world)


@pytest.mark.parametrize("statement", range(1, 16, 2))
def test_a_process_that_dies_while_it_writes_leaves_the_step_before(
    world: RememberingWorld, monkeypatch: pytest.MonkeyPatch, statement: int
) -> None:
    some_dossiers(world)
    world.crash()
    count = 0

    def dying(self: MemoryFile, connection: sqlite3.Connection, step: StoredStep) -> BucketCodes:
        def trace(_: str) -> None:
            nonlocal count
            count += 1
            if count == statement:
                connection.interrupt()

        connection.set_trace_callback(trace)
        return write(self, connection, step)

    write = MemoryFile._write
    monkeypatch.setattr(MemoryFile, "_write", dying)
    some_dossiers(world)
    world.crash()
    monkeypatch.setattr(MemoryFile, "_write", write)

    world.start_again()
    check_knows_all(world)


def test_a_file_that_cannot_be_written_costs_nothing_but_time(
    world: RememberingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: MemoryFile, connection: sqlite3.Connection, step: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    write = MemoryFile._write
    some_dossiers(world)
    world.crash()
    monkeypatch.setattr(MemoryFile, "_write", full)
    some_dossiers(world)
    monkeypatch.setattr(MemoryFile, "_write", write)
    some_dossiers(world)
    world.rest()

    assert world.start_again()
    check_knows_all(world)


def test_a_calendar_moves_dossiers_that_are_not_in_memory(world: RememberingWorld) -> None:
    dossiers = some_dossiers(world)
    due = due_of(world, dossiers[0])
    world.rest()
    assert world.start_again()
    tomorrow = world.clock.now.date() + timedelta(days=1)
    while tomorrow.weekday() > 3:
        tomorrow += timedelta(days=1)

    (verdict,) = world.record(with_day_off(world, tomorrow))

    assert verdict.code == ""
    assert due_of(world, dossiers[0]) != due
    check_knows_all(world)
    world.rest()
    assert world.start_again()
    check_knows_all(world)


def test_a_code_is_used_once_also_after_a_start_and_does_not_stand_in_the_file(
    world: RememberingWorld,
) -> None:
    streams = [world.desk.new_stream() for _ in range(2)]
    world.record(*(world.desk.submitted(stream) for stream in streams))
    at = Moment(instant=world.clock.now.replace(microsecond=0))
    code = f"{OFFICE}-{at.day_in('Asia/Ho_Chi_Minh'):%y%m%d}-0001"
    first, second = (
        world.act("dossier.accepted", stream, details=DossierAcceptedDetails(code=code), at=at)
        for stream in streams
    )
    assert [each.code for each in world.record(first)] == [""]
    world.rest()

    assert world.start_again()
    assert [each.code for each in world.record(second)] == ["dossier_code_taken"]
    world.rest()
    assert code.encode() not in world.memory_path.read_bytes()
