"""A memory's file gives what was written last, or that it cannot be used, whoever wrote in it."""

import sqlite3
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import MemoryUnusable
from ledger.memory.buckets import Part
from ledger.memory.file import MemoryFile, StoredStep
from tests.support.memory.tampering import TABLES, Kept, Tampering

SECRET = bytes(range(32))
PARTS = (Part.RUNNING, Part.CODES)
KEYS = (b"", b"a", b"b", b"ab")
BODIES = (b"", b"1", b"2")

Place = tuple[Part, bytes]
Model = dict[Place, bytes]

places = st.tuples(st.sampled_from(PARTS), st.sampled_from(KEYS))
changes = st.dictionaries(places, st.none() | st.sampled_from(BODIES))
steps = st.lists(
    st.tuples(changes, st.lists(st.tuples(st.just(Part.CODES), st.sampled_from(BODIES)))),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module", autouse=True)
def few_buckets() -> Iterator[None]:
    """So few that some keys lie together, and the array of codes has a piece for each part."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.memory.buckets.BUCKETS_PER_PART", 128)
        patch.setattr(
            "ledger.memory.file.BucketRules.number",
            lambda _self, part, key: part * 128 + len(key) % 2,
        )
        yield


def write(
    file: MemoryFile, number: int, changed: dict[Place, bytes | None], erased: list[Place]
) -> None:
    rows = [
        (part, key, None if body is None else partial(bytes, body))
        for (part, key), body in changed.items()
    ]
    file.write(StoredStep(b"place %d" % number, b"index", rows, erased))


def moved(model: Model, changed: dict[Place, bytes | None], erased: list[Place]) -> Model:
    after: dict[Place, bytes | None] = {**model, **changed}
    return {
        (part, key): body
        for (part, key), body in after.items()
        if body is not None and (part, body) not in erased
    }


def check_holds(file: MemoryFile, model: Model) -> None:
    """Each answer is that of the model; a file that cannot be used says so, and nothing else."""
    for part in PARTS:
        for key in KEYS:
            try:
                found = file.row(part, key)
            except MemoryUnusable:
                continue
            assert found == model.get((part, key))
        try:
            rows = dict(file.rows(part))
        except MemoryUnusable:
            continue
        assert rows == {key: body for (each, key), body in model.items() if each is part}


def mixed(data: st.DataObject, versions: list[Kept]) -> Kept:
    """Of each table one version; of the rows, each one from a version of its own, or none."""
    made: Kept = {}
    for table in TABLES:
        made[table] = data.draw(st.sampled_from(versions), label=table)[table]
    if data.draw(st.booleans(), label="rows one by one"):
        by_place: dict[Any, list[Any]] = {}
        for version in versions:
            for row in version["rows"]:
                by_place.setdefault(row[:2], [None]).append(row)
        drawn = [data.draw(st.sampled_from(each)) for each in by_place.values()]
        made["rows"] = [row for row in drawn if row is not None]
    return made


@given(steps, st.data())
@settings(max_examples=60, deadline=None)
def test_any_mixture_of_older_files_gives_what_was_written_or_nothing(
    written: list[Any], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory.sqlite3"
        file, other = MemoryFile(path, SECRET), Tampering(path, SECRET)
        model, models, versions = Model(), list[Model](), list[Kept]()
        for number, (changed, erased) in enumerate(written):
            write(file, number, changed, erased)
            model = moved(model, changed, erased)
            models.append(model)
            versions.append(other.everything())
            check_holds(file, model)
        other.put_back(mixed(data, versions))

        check_holds(file, model)
        file.close()
        file = MemoryFile(path, SECRET)
        try:
            place = file.place()
        except MemoryUnusable:
            file.close()
            return
        assert place is not None
        check_holds(file, models[int(place.split()[1])])
        file.close()


def test_a_reader_beside_the_one_who_writes_sees_one_step_or_the_next(tmp_path: Path) -> None:
    file = MemoryFile(tmp_path / "memory.sqlite3", SECRET)
    write(file, 0, {(Part.RUNNING, b"a"): b"0"}, [])
    steps = 100

    def go_on() -> None:
        for number in range(1, steps):
            write(file, number, {(Part.RUNNING, b"a"): b"%d" % number}, [])

    thread = Thread(target=go_on)
    thread.start()
    seen = [0]
    while thread.is_alive():
        seen.append(int(file.row(Part.RUNNING, b"a") or b""))
    thread.join()

    assert seen == sorted(seen)
    assert file.row(Part.RUNNING, b"a") == b"%d" % (steps - 1)
    file.close()


class FailingCommit(sqlite3.Connection):
    """A connection on which a commit reports a failure; whether it is done, the test says."""

    is_done = False

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        if sql != "COMMIT":
            return super().execute(sql, *parameters)
        if self.is_done:
            super().execute(sql)
        raise sqlite3.OperationalError("disk I/O error")


@pytest.mark.parametrize("done", [False, True])
def test_a_commit_that_fails_leaves_what_was_there_or_nothing_to_believe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    path = tmp_path / "memory.sqlite3"
    file = MemoryFile(path, SECRET)
    write(file, 0, {(Part.RUNNING, b"a"): b"0"}, [])
    file.close()
    failing = sqlite3.connect(path, isolation_level=None, factory=FailingCommit)
    monkeypatch.setattr(FailingCommit, "is_done", done)
    monkeypatch.setattr(file, "_writing", failing)

    with pytest.raises(MemoryUnusable):
        write(file, 1, {(Part.RUNNING, b"a"): b"1"}, [])
    if done:
        with pytest.raises(MemoryUnusable):
            file.row(Part.RUNNING, b"a")
    else:
        assert file.row(Part.RUNNING, b"a") == b"0"
    file.close()
    assert file.place() == b"place %d" % done
    assert file.row(Part.RUNNING, b"a") == b"%d" % done
    file.close()
