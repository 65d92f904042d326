"""`audit --vault` on a data folder: what rests on private details is made again and reported."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.data_folder import DataFolder
from cli.commands.audit import audit
from cli.vault_audit import SEGREGATION_DIFFERS, compare_segregation
from domain.roles import Role
from tests.support.inspecting.folders import close, follow, save_keys, world_in
from tests.support.inspecting.world import HEAD, NUMBER, PrivateWorld
from tests.support.ledger_builders import a_signing_key
from tests.support.planted.changes import plant

APPROVER = a_signing_key("officer", 8)
PUBLIC_MEMBERS = {
    "ok",
    "tree_size",
    "entries",
    "actions",
    "seals",
    "signatures_verified",
    "decisions_repeated",
    "compared_with_store",
    "views_compared",
    "problems_found",
    "problems",
    "seconds",
}


@dataclass(frozen=True)
class Audited:
    code: int
    members: dict[str, Any]

    @property
    def vault(self) -> dict[str, Any]:
        vault: dict[str, Any] = self.members["vault"]
        return vault

    @property
    def problems(self) -> list[str]:
        return [each["code"] for each in self.vault["problems"]]


def _audit(folder: DataFolder, *arguments: str) -> Audited:
    result = CliRunner().invoke(audit, ["--data", str(folder.path), "--json", *arguments])
    return Audited(result.exit_code, json.loads(result.stdout))


def _live(world: PrivateWorld) -> str:
    """One person accepts and approves one dossier with two keys; it is rated in between."""
    receiver = a_signing_key("officer", 9)
    world.settle(
        world.enrolment(receiver, Role.RECEIVER, Role.PROCESSOR, number="CB-0002"),
        world.enrolment(APPROVER, Role.APPROVER, number="CB-0002"),
    )
    dossier = world.submit()
    world.settle(world.act("dossier.accepted", dossier, signers=[(Role.RECEIVER, receiver)]))
    world.settle(world.desk.rating(world.desk.new_stream("rating"), dossier))
    world.settle(world.act("dossier.processor_assigned", dossier))
    world.settle(world.act("dossier.result_approved", dossier, signers=[(Role.APPROVER, APPROVER)]))
    world.end_month()
    return dossier


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder as a server leaves it, with a finding of R16 that only the vault explains."""
    folder = DataFolder(tmp_path / "data")
    save_keys(folder)
    world = world_in(folder)
    _live(world)
    follow(folder, world)
    close(folder, world)
    return folder


def test_a_data_folder_that_nobody_touched_passes(folder: DataFolder) -> None:
    audited = _audit(folder, "--vault")

    assert (audited.code, audited.problems) == (0, [])
    assert audited.members["ok"]
    assert audited.vault["ok"]
    assert (audited.vault["erased"], audited.vault["lost"]) == (0, 0)
    assert audited.vault["not_remade"] == [
        {"what": "dossier_codes", "why": "no_book_of_codes", "count": 1}
    ]


def test_one_person_under_two_keys_is_named_and_agrees_with_the_findings_in_the_views(
    folder: DataFolder,
) -> None:
    vault = _audit(folder, "--vault").vault

    assert vault["remade"]["segregation"] == 1
    (keys,) = vault["keys_of_one_person"]
    assert APPROVER.name in keys
    assert HEAD.name not in keys
    assert NUMBER not in json.dumps(vault)


def test_without_the_option_nothing_private_is_opened_and_the_report_is_as_before(
    folder: DataFolder,
) -> None:
    folder.vault.unlink()

    audited = _audit(folder)

    assert "vault" not in audited.members
    assert audited.members.keys() >= PUBLIC_MEMBERS


def test_a_lost_part_fails_the_audit_that_the_public_one_passes(folder: DataFolder) -> None:
    plant(folder.vault, "DELETE FROM details WHERE stream LIKE 'rating:%'")

    public, private = _audit(folder), _audit(folder, "--vault")

    assert (public.code, private.code) == (0, 1)
    assert private.problems == ["private_part_lost"]
    assert not private.members["ok"]
    assert private.members["problems"] == []


def test_a_garbled_key_fails_the_audit(folder: DataFolder) -> None:
    plant(folder.keyring, "UPDATE dossier_keys SET wrapped_key = zeroblob(48)")

    audited = _audit(folder, "--vault")

    assert audited.code == 1
    assert set(audited.problems) == {"private_part_garbled"}


def test_views_that_are_missing_are_not_compared_and_the_report_says_so(
    folder: DataFolder,
) -> None:
    folder.views.unlink()

    audited = _audit(folder, "--vault")

    assert audited.code == 0
    assert {"what": "segregation", "why": "no_sound_views", "count": 1} in audited.vault[
        "not_remade"
    ]
    assert not folder.views.exists()


def test_findings_that_rest_on_other_persons_fail_the_audit(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    save_keys(folder)
    world = world_in(folder)
    _live(world)
    follow(folder, world)
    auditor = world.auditor()
    list(auditor.audit(world.log()))

    auditor.numbers.clear()
    compare_segregation(auditor, folder, world.log(), world.clock.latest, views_hold=True)

    assert [problem.code for problem in auditor.report.problems] == [SEGREGATION_DIFFERS]


@pytest.mark.parametrize("name", ["vault.sqlite3", "keyring.sqlite3", "keys/key-encryption.secret"])
def test_a_folder_that_lacks_what_opens_the_vault_is_a_wrong_use(
    folder: DataFolder, name: str
) -> None:
    (folder.path / name).unlink()

    audited = _audit(folder, "--vault")

    assert (audited.code, audited.members["code"]) == (2, "usage")
    assert not (folder.path / name).exists()


def test_another_log_than_the_folders_own_cannot_be_opened_with_its_vault(
    folder: DataFolder,
) -> None:
    audited = _audit(folder, "--vault", "--log", str(folder.log))

    assert (audited.code, audited.members["code"]) == (2, "usage")


def test_in_plain_words_every_count_has_a_line_of_its_own(folder: DataFolder) -> None:
    result = CliRunner().invoke(audit, ["--data", str(folder.path), "--vault"])

    assert "vault lost: 0\n" in result.stdout
    assert "vault problems: none\n" in result.stdout


def test_the_audit_makes_no_book_of_codes(folder: DataFolder) -> None:
    _audit(folder, "--vault")

    assert not folder.codes.exists()
