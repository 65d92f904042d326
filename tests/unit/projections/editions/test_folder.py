"""An edition is on the disk whole or not at all, whatever fails, and never again otherwise."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ledger.errors import StoreUnavailable
from projections.editions.errors import EditionDiffers, NoEdition
from projections.editions.folder import EditionFolder, parse_day, read_manifest
from projections.editions.shapes import MANIFEST
from tests.support.disks.failing import FailingDisk, disk_error
from tests.support.mortal_stores import Fate, ProcessDied

DAY = date(2026, 11, 21)
FILES = {"counts.json": b'{"figures":[]}', "revisions.json": b"{}", MANIFEST: b'{"edition":1}'}


def _stored(folder: EditionFolder) -> dict[str, bytes]:
    return {name: folder.read(DAY, name) for name in folder.names(DAY)}


def test_edition_is_found_by_its_day_and_keeps_its_bytes(tmp_path: Path) -> None:
    folder = EditionFolder(tmp_path / "log" / "editions")

    assert folder.days() == []
    assert folder.write(DAY, FILES)
    assert not folder.write(DAY, FILES)

    assert folder.days() == [DAY]
    assert _stored(folder) == FILES


@pytest.mark.parametrize(
    "other",
    [
        FILES | {"counts.json": b'{"figures":[1]}'},
        {name: body for name, body in FILES.items() if name != "counts.json"},
        FILES | {"more.json": b""},
    ],
    ids=["other bytes", "a file less", "a file more"],
)
def test_edition_that_is_there_is_never_written_otherwise(
    tmp_path: Path, other: dict[str, bytes]
) -> None:
    folder = EditionFolder(tmp_path)
    folder.write(DAY, FILES)

    with pytest.raises(EditionDiffers, match=r"counts\.json|more\.json"):
        folder.write(DAY, other)

    assert _stored(folder) == FILES


@pytest.mark.parametrize("done", [False, True], ids=["before it", "after it"])
@pytest.mark.parametrize("failure", [ProcessDied, disk_error], ids=["death", "disk error"])
def test_failure_at_any_step_leaves_none_or_the_whole_and_making_again_mends_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failure: Callable[[str], BaseException],
    done: bool,
) -> None:
    steps = _write_under(tmp_path / "whole", Fate(), monkeypatch)
    assert {step.split(" ")[0] for step in steps} >= {"mkdir", "write", "fsync", "rename"}
    whole = _stored(EditionFolder(tmp_path / "whole" / "log" / "editions"))

    for step in range(len(steps)):
        place = tmp_path / str(step)
        _write_under(place, Fate(step, done=done, failure=failure), monkeypatch)

        folder = EditionFolder(place / "log" / "editions")
        assert folder.days() in ([], [DAY]), steps[step]
        assert _stored(folder) in ({}, whole), steps[step]
        folder.write(DAY, FILES)
        assert _stored(folder) == whole
        assert [path.name for path in (place / "log" / "editions").iterdir()] == [str(DAY)]


def _write_under(place: Path, fate: Fate, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    place.mkdir()
    with monkeypatch.context() as patch:
        disk = FailingDisk(place, fate, patch)
        disk.is_on = True
        try:
            EditionFolder(place / "log" / "editions").write(DAY, FILES)
        except (ProcessDied, StoreUnavailable):
            assert fate.steps
        finally:
            disk.end_process()
    return fate.steps


@pytest.mark.parametrize("name", ["../../checkpoint", "counts", "Counts.json", ".json", "a/b.json"])
def test_only_names_of_files_are_read(tmp_path: Path, name: str) -> None:
    folder = EditionFolder(tmp_path)
    folder.write(DAY, FILES)

    with pytest.raises(NoEdition):
        folder.read(DAY, name)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-21", DAY),
        ("2026-11-31", None),
        ("2026-1-21", None),
        ("20261121", None),
        ("2026-W47-6", None),
        ("٢٠٢٦-11-21", None),
        ("2026-11-21\n", None),
    ],
)
def test_days_have_one_spelling(text: str, day: date | None) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize("body", [b"", b"{}", b"[" * 100_000, b'{"edition":"2026-11-21"}'])
def test_what_is_no_manifest_is_told(body: bytes) -> None:
    with pytest.raises(EditionDiffers):
        read_manifest(body)


@pytest.mark.parametrize(
    "left",
    [{}, {"counts.json": FILES["counts.json"]}, {"counts.json": FILES["counts.json"][:-1]}],
    ids=["nothing", "whole", "cut off"],
)
def test_folder_copied_by_half_is_no_edition_and_is_made_whole(
    tmp_path: Path, left: dict[str, bytes]
) -> None:
    folder = EditionFolder(tmp_path)
    (tmp_path / DAY.isoformat()).mkdir()
    for name, body in left.items():
        (tmp_path / DAY.isoformat() / name).write_bytes(body)
    assert folder.days() == []

    assert folder.write(DAY, FILES)

    assert (folder.days(), _stored(folder)) == ([DAY], FILES)


def test_other_bytes_copied_by_half_are_not_taken_away(tmp_path: Path) -> None:
    folder = EditionFolder(tmp_path)
    (tmp_path / DAY.isoformat()).mkdir()
    (tmp_path / DAY.isoformat() / "counts.json").write_bytes(b"others")

    with pytest.raises(EditionDiffers, match=r"counts\.json"):
        folder.write(DAY, FILES)

    assert _stored(folder) == {"counts.json": b"others"}
