"""`findings` on a data folder: what looks wrong, with private parts opened and without."""

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from api.data_folder import DataFolder
from cli.commands.findings.command import findings
from domain.facts import (
    DossierSubmittedDetails,
    IntakeRefused,
    IntakeRefusedDetails,
    PaymentConfirmed,
    PaymentConfirmedDetails,
    PaymentMethod,
)
from domain.facts.integrity import AccessPurpose
from domain.facts.reasons import IntakeRefusalReason
from domain.facts.shapes import DeliveryMethod
from tests.support.inspecting.folders import close, follow, save_keys, world_in
from tests.support.inspecting.world import HEAD, NUMBER
from tests.support.ledger_builders import OFFICE
from transparency.encoding import encode_base64

RECEIPT = "BL-000123"


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A dossier paid in cash, twice with a receipt and once without; read by one without a task."""
    folder = DataFolder(tmp_path / "data")
    save_keys(folder)
    world = world_in(folder)
    dossier = world.submit()
    world.accept(dossier)
    facts = PaymentConfirmed(amount_vnd=10_000, method=PaymentMethod.CASH)
    for receipt in (RECEIPT, None, RECEIPT):
        details = PaymentConfirmedDetails(receipt_number=receipt)
        world.settle(world.act("dossier.payment_confirmed", dossier, facts=facts, details=details))
    stream = world.access_stream(dossier)
    for purpose in (AccessPurpose.SUPERVISION, AccessPurpose.TASK):
        world.settle(world.a_read(stream, dossier, purpose=purpose))
    follow(folder, world)
    close(folder, world)
    return folder


def found(folder: DataFolder, *arguments: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(findings, ["--data", str(folder.path), "--json", *arguments])
    assert result.exit_code == 0, result.output
    listed: list[dict[str, object]] = json.loads(result.stdout)["findings"]
    return listed


def test_rules_on_private_parts_find_nothing_until_they_are_opened(folder: DataFolder) -> None:
    closed = {str(each["rule"]) for each in found(folder)}
    opened = {str(each["rule"]) for each in found(folder, "--opened")}

    assert "R24" not in closed
    assert opened >= {"R17", "R24"}


def test_cash_without_a_receipt_is_named_by_its_entry_and_no_receipt_by_its_number(
    folder: DataFolder,
) -> None:
    opened = found(folder, "--opened", "--rule", "R17")

    without = [each for each in opened if "receipt" in str(each["reason"])]
    assert [each["versions"] for each in without] == [[4]]
    assert RECEIPT not in json.dumps(opened)


def test_a_read_for_a_task_that_nobody_gave_is_found_and_supervision_is_none(
    folder: DataFolder,
) -> None:
    (finding,) = found(folder, "--opened", "--rule", "R24")

    assert "1 times" in str(finding["reason"])
    assert len(finding["evidence"]) == 1  # type: ignore[arg-type]
    assert (finding["audience"], finding["recomputable"]) == ("inspectors", False)


def test_rules_that_compare_run_where_they_are_asked_for(folder: DataFolder) -> None:
    alone = found(folder)

    # One dossier has no peers: nothing is added, and nothing breaks.
    assert found(folder, "--peers") == alone


APPLICANT_NUMBER = "079 305 004 217"


@pytest.fixture
def refused_once(tmp_path: Path) -> DataFolder:
    """Three dossiers of one applicant: the first was refused, and two followed."""
    folder = DataFolder(tmp_path / "refused")
    save_keys(folder)
    world = world_in(folder)
    for number in range(3):
        stream = world.desk.new_stream()
        secret = encode_base64(bytes([number]) * 32)
        details = DossierSubmittedDetails(secret=secret, applicant_number=APPLICANT_NUMBER)
        world.settle(world.desk.submitted(stream, details=completed(details)))
        if number == 0:
            facts = IntakeRefused(reason_code=IntakeRefusalReason.INCOMPLETE_PAPERS)
            words = IntakeRefusedDetails(explanation="x", legal_citation="y")
            world.settle(world.act("dossier.intake_refused", stream, facts=facts, details=words))
        world.clock.now += timedelta(days=1)
    follow(folder, world)
    close(folder, world)
    return folder


def completed(details: DossierSubmittedDetails) -> DossierSubmittedDetails:
    return msgspec.structs.replace(
        details,
        applicant_name="Nguyễn Thị Minh Khai",
        delivery=DeliveryMethod.ONLINE,
        notice_version="1",
    )


def test_resubmissions_are_found_where_private_parts_are_opened_and_no_number_is_printed(
    refused_once: DataFolder,
) -> None:
    (finding,) = found(refused_once, "--peers", "--opened", "--rule", "R19")

    assert found(refused_once, "--peers", "--rule", "R19") == []
    assert len(finding["evidence"]) == 3  # type: ignore[arg-type]
    assert "2 times" in str(finding["reason"])
    digits = APPLICANT_NUMBER.replace(" ", "")
    assert digits not in json.dumps(finding).replace(" ", "")


def test_without_the_view_secret_nobody_compares_persons(refused_once: DataFolder) -> None:
    (refused_once.keys / "view.secret").unlink()
    arguments = ["--data", str(refused_once.path), "--opened"]

    compared = CliRunner().invoke(findings, [*arguments, "--peers"])

    assert compared.exit_code != 0
    assert "view secret" in compared.output
    assert CliRunner().invoke(findings, arguments).exit_code == 0


def test_office_and_rule_narrow_the_list_and_people_read_lines(folder: DataFolder) -> None:
    result = CliRunner().invoke(findings, ["--data", str(folder.path), "--opened"])

    nowhere = CliRunner().invoke(findings, ["--data", str(folder.path), "--office", "nowhere"])
    assert nowhere.exit_code == 2
    assert "nowhere: no such office is registered" in nowhere.output
    assert found(folder, "--office", OFFICE, "--rule", "R32") == []
    assert all(each["office"] == OFFICE for each in found(folder, "--office", OFFICE))
    assert "R24 (medium)" in result.stdout
    assert "each is a lead" in result.stdout
    assert NUMBER not in result.stdout
    assert HEAD.name not in result.stdout


def test_folder_without_views_or_vault_says_what_is_wanting(
    folder: DataFolder, tmp_path: Path
) -> None:
    folder.vault.unlink()

    private = CliRunner().invoke(findings, ["--data", str(folder.path), "--opened"])
    nothing = CliRunner().invoke(findings, ["--data", str(tmp_path / "elsewhere")])

    assert private.exit_code != 0
    assert nothing.exit_code != 0
    assert found(folder, "--rule", "R24") == []
