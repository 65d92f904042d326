"""``ledger``, and every start: older copies are made good; what cannot go on is retired."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import load_settings
from cli.output import EXIT_REFUSED, EXIT_USAGE
from domain.facts import LedgerOpened
from ledger.action_notes import open_text
from ledger.key_files import load_anchors
from tests.support.oversight.ended_dossier import EndedDossier, an_ended_dossier, files_with
from tests.unit.cli.running import Ran, a_key, a_ledger, run, submission
from transparency.checkpoints import open_checkpoint
from transparency.tile_store import FileTileStore

LEDGER = "ledger.sqlite3"
PRIVATE = ("vault.sqlite3", "keyring.sqlite3")


def back_up(data: Path, folder: Path, *names: str) -> None:
    """Copy databases as they are now."""
    folder.mkdir(exist_ok=True)
    for name in names:
        with (
            closing(sqlite3.connect(data / name)) as source,
            closing(sqlite3.connect(folder / name)) as copy,
        ):
            source.backup(copy)


def put_back(folder: Path, data: Path) -> None:
    """Put the copies in the place of the databases."""
    for path in folder.iterdir():
        for suffix in ("", "-wal", "-shm"):
            (data / f"{path.name}{suffix}").unlink(missing_ok=True)
        shutil.copy(path, data / path.name)


def a_days_work(folder: Path, data: Path, key: str) -> None:
    """Hand a dossier in."""
    path = folder / key
    path.mkdir()
    assert run(*submission(a_key(path), "--data", data)).code == 0


@pytest.fixture
def two_days(tmp_path: Path) -> tuple[Path, Path]:
    """A data folder with the work of two days, and the first day's ledger database."""
    data, backup = a_ledger(tmp_path), tmp_path / "backup"
    a_days_work(tmp_path, data, "one")
    back_up(data, backup, LEDGER)
    a_days_work(tmp_path, data, "two")
    return data, backup


def size_of(data: Path) -> int:
    return bootstrap.existing_reader(DataFolder(data)).sequenced_size()


def audit(data: Path) -> Ran:
    return run("audit", "--data", data, "--json")


def test_yesterdays_databases_are_made_good_at_the_next_start(two_days: tuple[Path, Path]) -> None:
    data, backup = two_days
    size = size_of(data)
    put_back(backup, data)
    assert size_of(data) < size

    with bootstrap.embedded_writer(load_settings({}, {"data": data})):
        pass

    assert size_of(data) == size
    assert audit(data).members["ok"] is True
    (line,) = (data / "taken-in.ndjson").read_text().splitlines()
    told = json.loads(line)
    assert (told["source"], told["tree_size"], told["lost_notes"]) == ("tiles", size, [])
    assert told["without_private_part"] == 0


def test_private_parts_that_an_old_vault_lacks_are_counted_as_lost(tmp_path: Path) -> None:
    data, backup = a_ledger(tmp_path), tmp_path / "backup"
    a_days_work(tmp_path, data, "one")
    back_up(data, backup, LEDGER, *PRIVATE)
    a_days_work(tmp_path, data, "two")
    put_back(backup, data)

    ran = run("ledger", "restore", "--data", data)

    assert "the private parts of 1 actions are lost with the vault" in ran.said


def test_erasure_that_is_taken_in_again_is_carried_out_before_the_vault_opens(
    tmp_path: Path,
) -> None:
    ended = an_ended_dossier(tmp_path)
    backup = tmp_path / "backup"
    back_up(ended.data, backup, LEDGER, *PRIVATE)
    ended.later(days=2)
    erased = run("erase", ended.stream, "--key", ended.approver, "--data", ended.data)
    assert erased.code == 0
    assert files_with(ended.data, ended.markers) == []
    put_back(backup, ended.data)

    core = bootstrap.writer_core(ended.settings)

    # Nothing of the vault was opened for anybody yet: the writer has not taken over.
    assert _is_erased(ended)
    core.take_over("after the restore")
    assert audit(ended.data).members["ok"] is True


def _is_erased(ended: EndedDossier) -> bool:
    """Tell whether nothing of it opens any more, in the vault as it lies there."""
    keys = bootstrap.operator_keys(ended.settings)
    with closing(bootstrap.vault(ended.settings, keys)) as vault:
        return vault.is_erased(ended.stream)


def test_restore_says_from_where_to_where(two_days: tuple[Path, Path]) -> None:
    data, backup = two_days
    size = size_of(data)
    put_back(backup, data)

    ran = run("ledger", "restore", "--data", data, "--json")

    assert ran.code == 0
    assert ran.members["old_size"] < size == ran.members["tree_size"]
    assert "was an older copy" in ran.said
    assert run("ledger", "restore", "--data", data, "--json").members["old_size"] == size


def test_mirror_makes_an_old_copy_of_the_whole_folder_good(tmp_path: Path) -> None:
    data, backup, mirror = a_ledger(tmp_path), tmp_path / "yesterday", tmp_path / "mirror"
    shutil.copytree(data, backup, ignore=shutil.ignore_patterns("*.sock"))
    a_days_work(tmp_path, data, "one")
    size = size_of(data)
    shutil.copytree(data / "log", mirror)
    shutil.rmtree(data)
    shutil.copytree(backup, data)

    ran = run("ledger", "restore", "--from", mirror, "--data", data, "--json")

    assert ran.members["tree_size"] == size
    assert f"from mirror {mirror}" in ran.said
    assert audit(data).members["ok"] is True


def test_a_lost_bundle_stops_every_start_until_a_mirror_is_named(
    tmp_path: Path, two_days: tuple[Path, Path]
) -> None:
    data, backup = two_days
    mirror = tmp_path / "mirror"
    shutil.copytree(data / "log", mirror)
    put_back(backup, data)
    newest = f"{FileTileStore(data / 'log').largest_tree_size()}"
    (data / "log/tile/entries/000.p" / newest).unlink()

    refused = run("ledger", "restore", "--data", data, "--json")

    assert (refused.code, refused.members["code"]) == (EXIT_REFUSED, "published_entries_lost")
    assert run("ledger", "restore", "--from", mirror, "--data", data).code == 0
    assert audit(data).members["ok"] is True


def test_retired_ledger_records_nothing_and_its_successor_names_where_it_ended(
    tmp_path: Path, two_days: tuple[Path, Path]
) -> None:
    data, _ = two_days
    into = tmp_path / "new"
    anchors = load_anchors(data / "keys/anchors.toml")
    note = FileTileStore(data / "log").read_checkpoint()
    last = open_checkpoint(note, anchors.logs).checkpoint

    ran = run("ledger", "retire", "--into", into, "--data", data, "--json")

    assert ran.code == 0
    opening = bootstrap.existing_reader(DataFolder(into)).entries(0, 1)[0].body
    facts = open_text(opening, None).action.facts
    assert isinstance(facts, LedgerOpened)
    assert facts.continues is not None
    assert facts.continues.origin == last.origin != facts.origin
    assert facts.continues.tree_size == last.tree_size
    assert facts.continues.root == last.root_hash.hex()
    assert audit(into).members["ok"] is True
    refused = run(*submission(a_key(tmp_path), "--data", data, "--json"))
    assert (refused.code, refused.members["code"]) == (EXIT_REFUSED, "ledger_retired")
    assert facts.origin in refused.out
    # What was published stays published, and sound.
    assert audit(data).members["ok"] is True


def test_retiring_that_was_cut_off_is_finished_by_the_same_command(
    tmp_path: Path, two_days: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, _ = two_days
    into = tmp_path / "new"

    async def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("cli.commands.continuing.command.open_ledger", die)
        assert run("ledger", "retire", "--into", into, "--data", data).code != 0
    assert run(*submission(a_key(tmp_path), "--data", data)).code == EXIT_REFUSED

    assert run("ledger", "retire", "--into", into, "--data", data).code == 0
    assert audit(into).members["ok"] is True


def test_a_ledger_is_retired_once(tmp_path: Path, two_days: tuple[Path, Path]) -> None:
    data, _ = two_days
    assert run("ledger", "retire", "--into", tmp_path / "new", "--data", data).code == 0

    again = run("ledger", "retire", "--into", tmp_path / "other", "--data", data, "--json")

    assert (again.code, again.members["code"]) == (EXIT_REFUSED, "ledger_retired")


def test_successor_is_not_opened_in_a_folder_that_holds_a_ledger(
    tmp_path: Path, two_days: tuple[Path, Path]
) -> None:
    data, _ = two_days
    other = tmp_path / "other"
    other.mkdir()

    assert run("ledger", "retire", "--into", a_ledger(other), "--data", data).code == EXIT_USAGE
    assert run(*submission(a_key(tmp_path), "--data", data)).code == 0
