"""What bootstrap builds: clocks, keys that stay, one writer per data folder."""

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


def test_lock_ends_with_the_process_that_holds_it(tmp_path: Path) -> None:
    holder = (
        "import sys, os, pathlib; from api.data_folder import DataFolder\n"
        "lock = DataFolder(pathlib.Path(sys.argv[1])).locked(); lock.__enter__(); os._exit(9)"
    )

    ended = subprocess.run([sys.executable, "-c", holder, str(tmp_path)], check=False)

    assert ended.returncode == 9
    with DataFolder(tmp_path).locked():
        pass
