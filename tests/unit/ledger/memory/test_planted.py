"""What somebody plants in a memory's file, or in its place, costs a full reading and no more."""

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TypeVar

import pytest

from ledger.errors import MemoryUnusable
from ledger.memory import file as memory_file
from tests.support.memory.acts import some_dossiers
from tests.support.memory.worlds import RememberingWorld, check_knows_all, was_recalled

# What hangs does so for ever; a busy machine takes a while.
PATIENCE_SECONDS = 60.0
UNENDING = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
ResultT = TypeVar("ResultT")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RememberingWorld:
    """A world at rest, whose memory holds some dossiers."""
    monkeypatch.setattr("ledger.memory.keeping.STEP_CHANGES", 1)
    made = RememberingWorld(folder=tmp_path)
    made.open()
    some_dossiers(made)
    made.rest()
    return made


def in_time(do: Callable[[], ResultT]) -> ResultT:
    """Give what something gives that must not hang."""
    found, failed = list[ResultT](), list[Exception]()

    def run() -> None:
        try:
            found.append(do())
        except Exception as error:  # noqa: BLE001 - raised again by whoever waits
            failed.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(PATIENCE_SECONDS)
    assert not thread.is_alive()
    if failed:
        raise failed[0]
    return found[0]


def planted(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def check_begins_anew(world: RememberingWorld) -> None:
    """This start reads everything, and the next one goes on from the memory again."""
    assert not in_time(world.start_again)
    check_knows_all(world)
    some_dossiers(world, 1)
    in_time(world.rest)
    assert in_time(world.start_again)
    check_knows_all(world)


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(
            (
                "ALTER TABLE place RENAME TO kept",
                f"CREATE VIEW place AS {UNENDING} SELECT 1 AS number, x'00' AS body FROM c"
                " WHERE n < 0",
            ),
            id="an unending view for the place",
        ),
        pytest.param(
            (
                "ALTER TABLE codes RENAME TO kept",
                f"CREATE VIEW codes AS {UNENDING} SELECT 1 AS piece, x'00' AS body FROM c"
                " WHERE n < 0",
            ),
            id="an unending view for the codes",
        ),
        pytest.param(
            (
                "ALTER TABLE steps RENAME TO kept",
                "CREATE VIEW steps AS SELECT 1 AS number, zeroblob(999999999) AS body",
            ),
            id="a view of a large blob",
        ),
        pytest.param(
            (
                "CREATE TRIGGER planted AFTER INSERT ON steps BEGIN UPDATE steps SET body = body"
                f" WHERE ({UNENDING} SELECT count(*) FROM c) < 0; END",
            ),
            id="an unending trigger",
        ),
        pytest.param(("CREATE INDEX planted ON rows (body)",), id="an index"),
        pytest.param(("CREATE TABLE planted (number)",), id="another table"),
        pytest.param(("ANALYZE",), id="statistics"),
        pytest.param(("ALTER TABLE rows ADD COLUMN planted",), id="another column"),
        pytest.param(("UPDATE steps SET body = zeroblob(3000000)",), id="large steps"),
        pytest.param(("UPDATE place SET body = zeroblob(300000000)",), id="a large place"),
        pytest.param(("UPDATE place SET body = CAST(x'ff' AS TEXT)",), id="a text that is none"),
        pytest.param(("UPDATE codes SET body = 1",), id="numbers for codes"),
        pytest.param(("DROP TABLE rows",), id="a table less"),
    ],
)
def test_start_does_not_hang_or_die_of_what_was_planted_in_the_file(
    world: RememberingWorld, statements: tuple[str, ...]
) -> None:
    planted(world.memory_path, *statements)

    if in_time(world.start_again):
        # Rows are read when they are asked for.
        with pytest.raises(MemoryUnusable):
            check_knows_all(world)
        world.rest()
    check_begins_anew(world)


def test_trigger_planted_while_the_writer_runs_is_not_run(world: RememberingWorld) -> None:
    assert world.start_again()
    planted(
        world.memory_path,
        "CREATE TRIGGER planted AFTER INSERT ON steps BEGIN UPDATE steps SET body = body"
        f" WHERE ({UNENDING} SELECT count(*) FROM c) < 0; END",
    )

    world.a_dossier("dossier.accepted")
    in_time(world.rest)

    check_begins_anew(world)


def test_unending_view_planted_while_the_writer_runs_ends_the_reading(
    world: RememberingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_file, "READ_SECONDS", 0.2)
    dossier, *_ = _dossiers(world)
    assert world.start_again()
    planted(
        world.memory_path,
        "ALTER TABLE rows RENAME TO kept",
        f"CREATE VIEW rows AS {UNENDING} SELECT n AS bucket, x'00' AS key, x'00' AS body FROM c",
    )
    action = world.act("dossier.processor_assigned", dossier)

    with pytest.raises(MemoryUnusable):
        in_time(lambda: world.record(action))

    assert not was_recalled(world.writer)
    assert [each.code for each in world.record(action)] == [""]


def _dossiers(world: RememberingWorld) -> list[str]:
    streams = world.reading_all()._state.streams()
    return sorted(stream for stream in streams if stream.startswith("dossier:"))


def test_symlink_to_the_ledger_database_makes_no_tables_in_it(world: RememberingWorld) -> None:
    ledger = world.folder / "ledger.sqlite3"
    world.memory_path.unlink()
    world.memory_path.symlink_to(ledger)
    before = _names(ledger)

    check_begins_anew(world)

    assert _names(ledger) == before
    assert not world.memory_path.is_symlink()


def test_other_name_of_the_ledger_database_makes_no_tables_in_it(world: RememberingWorld) -> None:
    ledger = world.folder / "ledger.sqlite3"
    world.memory_path.unlink()
    world.memory_path.hardlink_to(ledger)
    before = _names(ledger)

    check_begins_anew(world)

    assert _names(ledger) == before


def _names(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
def test_symlink_beside_the_file_has_nothing_else_overwritten(
    world: RememberingWorld, suffix: str
) -> None:
    victim = world.folder / "victim"
    victim.write_bytes(bytes(100_000))
    beside = world.memory_path.with_name(world.memory_path.name + suffix)
    beside.unlink(missing_ok=True)
    beside.symlink_to(victim)

    check_begins_anew(world)

    assert victim.read_bytes() == bytes(100_000)


def test_fifo_in_the_place_of_the_file_does_not_hang_the_start(world: RememberingWorld) -> None:
    world.memory_path.unlink()
    os.mkfifo(world.memory_path)

    check_begins_anew(world)


@dataclass
class _Said:
    """A log that keeps what it was told, as no setting of the process can keep it from doing."""

    events: list[str]

    def warning(self, event: str, **_: object) -> None:
        self.events.append(event)


def test_directory_in_the_place_of_the_file_costs_the_memory_and_nothing_else(
    world: RememberingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = _Said([])
    monkeypatch.setattr("ledger.memory.keeping._log", said)
    world.memory_path.unlink()
    world.memory_path.mkdir()

    for _ in range(2):
        assert not in_time(world.start_again)
        check_knows_all(world)
        some_dossiers(world, 1)
        in_time(world.rest)

    assert world.memory_path.is_dir()
    assert any("nothing can be remembered" in event for event in said.events)
    world.memory_path.rmdir()
    check_begins_anew(world)


def test_file_that_does_not_fit_into_memory_is_begun_anew(
    world: RememberingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(memory_file, "fetch_within", too_large)
        assert not in_time(world.start_again)

    check_knows_all(world)
    some_dossiers(world, 1)
    world.rest()
    assert world.start_again()
    check_knows_all(world)
