from pathlib import Path

import pytest

from cli.demo.driver import Driven, KeptReceipt, KeptRefusal
from cli.demo.scenario import LOST_SLIP, REVOKED, SILENT, SMOOTH, STORIES, Scenario
from cli.demo.tour import after_the_end, finishing_receipt, keep, receipt_name, slips, tour_lines
from tests.unit.cli.demo.folding import a_scenario

ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return a_scenario(20)[0]


def test_every_story_has_a_slip_with_a_secret_of_its_own(scenario: Scenario) -> None:
    given = slips(scenario)

    assert {slip.story for slip in given} == {told.name for told in STORIES}
    assert len({slip.secret for slip in given}) == len(given)
    assert [slip.story for slip in given if slip.code is None] == ["refused at intake"]


def test_tour_names_pages_files_and_commands_in_both_languages(scenario: Scenario) -> None:
    text = "\n".join(tour_lines(ADDRESS, Path("demo-data"), scenario))

    for part in (
        f"{ADDRESS}/statistics",
        f"{ADDRESS}/v1/statistics/counts",
        f"{ADDRESS}/log/checkpoint",
        "dossier-ledger verify demo-data/kept/smooth-01-submitted.tlog-proof",
        "dossier-ledger audit --data demo-data",
        f"dossier-ledger inspect /v1/findings --server {ADDRESS}",
        "--key demo-data/kept/inspector.key",
        f"dossier-ledger recompute --log {ADDRESS}/log",
        "dossier-ledger demo cheat reset-overdue --data demo-data --dossier dossier:",
        "Track a dossier",
        f"{ADDRESS}/petitions/track",
        f"dossier-ledger read {scenario.stories[LOST_SLIP]} dossier.submitted --as inspector",
        "petition disputed: mã bí mật / secret: ",
        f"dossier-ledger inspect /v1/trail/{scenario.renewed} --server {ADDRESS}",
        f"dossier-ledger reads list {scenario.stories[LOST_SLIP]} --server {ADDRESS} --secret ",
        "Theo dõi hồ sơ",
    ):
        assert part in text


def test_demo_that_ended_names_how_to_serve_it_and_no_dead_address() -> None:
    text = "\n".join(after_the_end(Path("demo-data")))

    assert "dossier-ledger serve --data demo-data" in text
    assert "http" not in text


def test_receipt_that_convicts_the_cheat_is_among_those_that_are_kept(scenario: Scenario) -> None:
    name = finishing_receipt(scenario, SILENT)

    assert name.startswith("late-without-apology-")
    assert name.endswith("-result-issued.tlog-proof")


def test_what_holders_keep_is_written_down(scenario: Scenario, tmp_path: Path) -> None:
    smooth, revoked = scenario.stories[SMOOTH], scenario.stories[REVOKED]
    receipt = KeptReceipt(smooth, 1, "dossier.submitted", 7, b"note", b"receipt")
    refusal = KeptRefusal(revoked, "key_revoked", b"note", b"refusal")

    keep(tmp_path, scenario, Driven(receipts=[receipt], refusals=[refusal]))

    kept = {path.name: path.read_bytes() for path in (tmp_path / "kept").iterdir()}
    assert kept[receipt_name(SMOOTH, 1, "dossier.submitted")] == b"receipt"
    assert kept["revoked-key-refused.refusal"] == b"refusal"
    assert kept["revoked-key-refused.note"] == b"note"
    assert b"Nguy" not in kept["slips.json"]
    assert [slip.secret.encode() in kept["petitions.json"] for slip in scenario.petitions] == [
        True,
        True,
        True,
    ]
