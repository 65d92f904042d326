"""What bootstrap builds: clocks, keys that stay, one writer per data folder."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import Settings
from ledger.errors import LedgerBusy, StoreUnavailable


def test_simulated_clock_gives_what_stands_in_the_file(tmp_path: Path) -> None:
    clock = bootstrap.SimulatedClock(tmp_path / "clock")
    instant = datetime(2026, 3, 2, 1, 2, 3, 456_789, tzinfo=UTC)

    clock.set(instant)

    assert clock() == instant.replace(microsecond=456_000)
    assert (tmp_path / "clock").read_text() == "2026-03-02T01:02:03.456Z\n"


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-03-02T01:02:03Z"])
def test_simulated_clock_without_an_instant_is_unavailable(
    tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "clock").write_text(text)

    with pytest.raises(StoreUnavailable):
        bootstrap.SimulatedClock(tmp_path / "clock")()


def test_system_clock_is_aware_and_in_utc() -> None:
    assert bootstrap.make_clock(Settings())().tzinfo is UTC


def test_first_use_makes_keys_that_every_later_use_finds(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")

    made = bootstrap.prepare_data_folder(settings)

    assert bootstrap.operator_keys(settings) == made
    assert (settings.data / "keys" / "anchors.toml").exists()
    assert (settings.data / "keys" / "log.key").stat().st_mode & 0o077 == 0


def test_second_writer_of_a_data_folder_is_kept_out(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")

    with (
        bootstrap.embedded_writer(settings),
        pytest.raises(LedgerBusy),
        bootstrap.embedded_writer(settings),
    ):
        pass

    with bootstrap.embedded_writer(settings):
        pass


CHILD = (
    "import sys, pathlib; from api.data_folder import DataFolder\n"
    "with DataFolder(pathlib.Path(sys.argv[1])).kept_locked(int(sys.argv[2])):\n"
    "    print('held', flush=True); sys.stdin.read()"
)


def _child_with(descriptor: int, data: Path, inherited: list[int]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, str(data), str(descriptor)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=inherited,
    )


def test_lock_that_is_handed_over_lasts_as_long_as_either_holds_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with folder.locked() as lock:
        first = _child_with(lock, tmp_path, [lock])
        first.communicate(b"")
        second = _child_with(lock, tmp_path, [lock])
        assert second.stdout is not None
        assert second.stdout.readline() == b"held\n"

    assert first.returncode == 0
    with pytest.raises(LedgerBusy), folder.locked():
        pass

    second.communicate(b"")
    with folder.locked():
        pass


def test_lock_is_not_inherited_by_other_children(tmp_path: Path) -> None:
    with DataFolder(tmp_path).locked() as lock:
        child = _child_with(lock, tmp_path, [])
        child.communicate(b"")

    assert child.returncode != 0


def test_descriptor_that_is_not_the_folders_lock_is_refused(tmp_path: Path) -> None:
    other, folder = DataFolder(tmp_path / "other"), DataFolder(tmp_path / "data")
    with folder.locked(), other.locked() as lock:
        with pytest.raises(LedgerBusy), folder.kept_locked(os.dup(lock)):
            pass
        with pytest.raises(LedgerBusy), folder.kept_locked(10_000):
            pass


def test_lock_of_a_file_that_was_replaced_is_refused(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with folder.locked() as lock:
        folder.lock.unlink()
        with pytest.raises(LedgerBusy), folder.kept_locked(os.dup(lock)):
            pass


def test_folder_is_closed_to_others_whoever_makes_it(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "data").locked():
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_lock_ends_with_the_process_that_holds_it(tmp_path: Path) -> None:
    holder = (
        "import sys, os, pathlib; from api.data_folder import DataFolder\n"
        "lock = DataFolder(pathlib.Path(sys.argv[1])).locked(); lock.__enter__(); os._exit(9)"
    )

    ended = subprocess.run([sys.executable, "-c", holder, str(tmp_path)], check=False)

    assert ended.returncode == 9
    with DataFolder(tmp_path).locked():
        pass
