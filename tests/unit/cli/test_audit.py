"""`audit` on a data folder: databases and views are compared, and what was changed fails it."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.bootstrap import SimulatedClock
from api.data_folder import DataFolder
from cli.commands.audit import audit
from ledger.action_notes import SubmittedAction, open_text
from ledger.documents import DocumentFolder
from ledger.key_files import render_anchors
from ledger.private.vault import Keyring, PrivatePart, Vault
from ledger.storage.sqlite import SqliteLedgerStore
from projections.follower import Follower, PrivateFold
from projections.views import open_views
from tests.support.ledger_builders import ORIGIN, SteppingClock, World, a_world, operator_keys
from tests.support.planted.changes import plant
from transparency.tile_store import FileTileStore


@dataclass(frozen=True)
class Audited:
    code: int
    members: dict[str, Any]

    @property
    def problems(self) -> list[str]:
        return [f"{each['code']} {each['message']}" for each in self.members["problems"]]


def _audit(folder: DataFolder, *arguments: str) -> Audited:
    result = CliRunner().invoke(audit, ["--data", str(folder.path), "--json", *arguments])
    return Audited(result.exit_code, json.loads(result.stdout))


def _save_keys(folder: DataFolder) -> None:
    keys = operator_keys()
    folder.keys.mkdir(parents=True)
    (folder.keys / "anchors.toml").write_text(render_anchors(keys.anchors), encoding="ascii")
    for name, secret in (
        ("key-encryption.secret", keys.key_encryption_key),
        ("view.secret", keys.view_secret),
    ):
        (folder.keys / name).write_text(secret.hex(), encoding="ascii")


def _keep_private(world: World, vault: Vault, submitted: Sequence[SubmittedAction]) -> None:
    parts = []
    for one in submitted:
        opened = open_text(one.note, ORIGIN)
        assert one.salt is not None
        assert one.details is not None
        place = (opened.action.stream, opened.action.version, opened.text_hash)
        parts.append(PrivatePart(*place, one.salt, one.details))
    vault.store(parts, "2026-03-02T01:00:00Z")
    assert [verdict.code for verdict in world.record(*submitted)] == [""] * len(submitted)


def _follow(folder: DataFolder, world: World, vault: Vault) -> None:
    private = PrivateFold(vault.open, operator_keys().view_secret, vault.open_many)
    with closing(open_views(folder.views)) as views:
        Follower(ORIGIN, world.store, views, world.documents, private).catch_up()


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder as a server leaves it: two dossiers, their details and their views."""
    folder = DataFolder(tmp_path / "data")
    _save_keys(folder)
    world = a_world(store=SqliteLedgerStore(folder.ledger), tiles=FileTileStore(folder.log))
    random_bytes = world.desk.random.randbytes
    keyring = Keyring(folder.keyring, operator_keys().key_encryption_key, random_bytes)
    vault = Vault(folder.vault, keyring, ORIGIN, random_bytes)
    _keep_private(world, vault, [world.desk.submitted(world.desk.new_stream()) for _ in range(2)])
    _follow(folder, world, vault)
    for document in world.documents._documents.values():
        DocumentFolder(folder.documents).store(document)
    for opened in (world.store, vault, keyring):
        opened.close()
    return folder


def test_a_data_folder_that_nobody_touched_passes(folder: DataFolder) -> None:
    audited = _audit(folder)

    assert (audited.code, audited.problems) == (0, [])
    assert audited.members["ok"]
    assert audited.members["compared_with_store"]
    assert audited.members["views_compared"]


def test_an_audit_tells_the_figures_and_what_took_its_time(folder: DataFolder) -> None:
    members = _audit(folder).members

    assert members["statistics"]["received"] == 0
    assert members["statistics"]["petitions"] == 0
    assert sum(members["shares"].values()) == pytest.approx(1, abs=0.01)
    assert "signatures" in members["shares"]


def test_many_jobs_and_a_state_that_it_goes_on_from_change_nothing_of_an_audit(
    folder: DataFolder, tmp_path: Path
) -> None:
    alone = _audit(folder).members
    state = ("--state", str(tmp_path / "state"))
    for arguments in (("--jobs", "2", *state), state):
        audited = _audit(folder, *arguments)

        assert audited.code == 0
        for name in alone.keys() - {"seconds", "shares"}:
            assert audited.members[name] == alone[name]


def test_a_state_of_an_audit_without_the_database_is_refused(
    folder: DataFolder, tmp_path: Path
) -> None:
    state = ("--state", str(tmp_path / "state"))
    assert _audit(folder, "--log", str(folder.log), *state).code == 0

    refused = _audit(folder, *state)

    assert (refused.code, refused.members["code"]) == (4, "audit_state_refused")


def test_counts_of_an_audit_add_up_at_sight(folder: DataFolder) -> None:
    members = _audit(folder).members

    assert members["entries"] == members["actions"] + members["seals"] + members["envelopes"]


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("acts", "UPDATE acts SET recorded_at = '2026-01-01T00:00:00.000Z'"),
        ("acts", "DELETE FROM acts"),
        ("act_signers", "DELETE FROM act_signers"),
        ("states", "UPDATE states SET state = x'80'"),
        ("dossiers", "UPDATE dossiers SET submitted_at = '2026-01-01T00:00:00Z'"),
        ("holders", "UPDATE holders SET hash = zeroblob(32)"),
        ("position", "UPDATE position SET sealed_at = '2026-01-01T00:00:00.000Z'"),
    ],
)
def test_a_changed_view_fails_the_audit_and_is_named(
    folder: DataFolder, table: str, statement: str
) -> None:
    plant(folder.views, statement)

    audited = _audit(folder)

    assert audited.code == 1
    (problem,) = audited.problems
    assert problem.startswith(f"view_differs the view {table} differs from the log in ")
    assert audited.members["views_compared"]


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        (
            "stored_event_misplaced",
            "UPDATE stored_events SET originator_version = 7 WHERE rowid = 3",
        ),
        (
            "stored_event_unpublished",
            "INSERT INTO stored_events VALUES (900, 'dossier:1', 1, 'anything', x'00')",
        ),
    ],
)
def test_a_changed_or_added_event_fails_the_audit_and_is_named(
    folder: DataFolder, code: str, statement: str
) -> None:
    plant(folder.ledger, statement)

    audited = _audit(folder)

    assert audited.code == 1
    assert [problem.partition(" ")[0] for problem in audited.problems] == [code]


def test_views_that_are_missing_are_not_compared_and_not_wrong(folder: DataFolder) -> None:
    folder.views.unlink()

    audited = _audit(folder)

    assert (audited.code, audited.members["views_compared"]) == (0, False)
    assert not folder.views.exists()


@pytest.mark.parametrize("name", ["vault.sqlite3", "keyring.sqlite3", "keys/view.secret"])
def test_a_copy_without_the_private_part_is_compared_but_for_its_holders(
    folder: DataFolder, name: str
) -> None:
    plant(folder.views, "UPDATE holders SET hash = zeroblob(32)")
    (folder.path / name).unlink()

    audited = _audit(folder)

    assert (audited.code, audited.members["views_compared"]) == (0, True)
    assert not (folder.path / name).exists()


def test_another_log_than_the_folders_own_is_not_compared_with_its_views(
    folder: DataFolder,
) -> None:
    plant(folder.views, "DELETE FROM acts")

    audited = _audit(folder, "--log", str(folder.log))

    assert (audited.code, audited.members["views_compared"]) == (0, False)


def test_views_that_cannot_be_read_fail_the_audit(folder: DataFolder) -> None:
    folder.views.write_bytes(b"not a database, and long enough to be looked at" * 40)

    audited = _audit(folder)

    assert (audited.code, audited.members["views_compared"]) == (1, False)
    assert audited.problems[0].startswith("store_unavailable the views could not be made again")


def _sealed_in(folder: DataFolder, year: int) -> DataFolder:
    """Fill a data folder with a ledger whose clock is in that year."""
    _save_keys(folder)
    clock = SteppingClock(datetime(year, 3, 2, 1, tzinfo=UTC))
    world = a_world(
        store=SqliteLedgerStore(folder.ledger), tiles=FileTileStore(folder.log), clock=clock
    )
    for document in world.documents._documents.values():
        DocumentFolder(folder.documents).store(document)
    world.store.close()
    return folder


def test_a_ledger_sealed_later_than_the_auditors_clock_fails_the_audit(tmp_path: Path) -> None:
    folder = _sealed_in(DataFolder(tmp_path / "data"), 2090)

    audited = _audit(folder)

    assert audited.code == 1
    (problem,) = audited.problems
    assert problem.startswith("seal_in_the_future sealed at 2090-03-02T01:00:")


def test_a_demo_of_ones_own_may_run_ahead_of_the_machine(tmp_path: Path) -> None:
    folder = _sealed_in(DataFolder(tmp_path / "data"), 2090)
    (folder.path / "ledger.toml").write_text('clock = "simulated"\n')
    SimulatedClock(folder.clock).set(datetime(2090, 3, 2, 2, tzinfo=UTC))

    assert _audit(folder).code == 0
    assert _audit(folder, "--log", str(folder.log)).code == 1


def test_a_clock_file_is_no_clock_where_the_settings_do_not_say_that_it_is(
    tmp_path: Path,
) -> None:
    folder = _sealed_in(DataFolder(tmp_path / "data"), 2090)
    SimulatedClock(folder.clock).set(datetime(2090, 3, 2, 2, tzinfo=UTC))

    assert _audit(folder).code == 1
