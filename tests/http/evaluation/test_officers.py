"""An officer's evaluation over HTTP: the person with all keys, veiled dossiers, and who may ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from falcon.testing import Result

from domain.facts import (
    Grant,
    KeyRegisteredDetails,
    ProcessorAssigned,
    ProcessorAssignedDetails,
    Proposal,
    SubmittedForApproval,
    SubmittedForApprovalDetails,
)
from domain.facts.waiting import ProcessingStopped, ProcessingStoppedDetails
from domain.procedures import Publication
from domain.procedures.profiles import PublicationProfile
from domain.roles import Role
from ledger.drafting import place_after
from tests.http.signing import signed_headers
from tests.http.world import OTHER_OFFICE, World, a_signing_key, a_world, fill_registry
from tests.support.builders import OFFICE
from transparency.notes import SigningKey

QUARTER = "?period=2026-Q4"
NUMBER = KeyRegisteredDetails(personnel_number="CB-0007")
ENDED_WITH_TWO_KEYS = 2


@dataclass
class Officer:
    """One officer with two keys under one personnel number, and those who ask."""

    world: World
    first: SigningKey
    second: SigningKey

    def ask(self, by: str, key: str | None = None, query: str = QUARTER) -> Result:
        path = f"/v1/officers/{key or self.first.name}/evaluation"
        headers = signed_headers(self.world.keys[by], f"{path}{query}", self.world.clock())
        return self.world.client.simulate_get(path, query_string=query[1:], headers=headers)

    def answer(self, by: str, key: str | None = None, query: str = QUARTER) -> Any:
        result = self.ask(by, key, query)
        assert result.status_code == 200, result.text
        return result.json


@contextmanager
def an_officer(folder: Path, **procedure: Any) -> Iterator[Officer]:
    """Give an officer of one office who processed a dossier with each of two keys; both ended."""
    with a_world(folder) as world:
        fill_registry(world, **procedure)
        world.recorded = (201, 202)
        for name, role, office in (
            ("head here", Role.HEAD, OFFICE),
            ("head there", Role.HEAD, OTHER_OFFICE),
            ("inspector there", Role.INSPECTOR, OTHER_OFFICE),
            ("colleague", Role.PROCESSOR, OFFICE),
        ):
            world.enrol(name, Grant(role, office))
        keys = [a_signing_key("officer") for _ in range(ENDED_WITH_TWO_KEYS)]
        for key in keys:
            grants = [Grant(Role.PROCESSOR, OFFICE)]
            world.record(
                world.drafter.register_key(world.registrar, key, grants, world.now, NUMBER)
            )
            world.keys["officer"] = world.keys["processor"] = key
            _process(world)
        world.enrol("both", Grant(Role.PROCESSOR, OFFICE), Grant(Role.PROCESSOR, OTHER_OFFICE))
        world.keys["processor"] = world.keys["both"]
        _process(world)
        world.settle()
        world.follow()
        yield Officer(world, *keys)


def _process(world: World) -> None:
    dossier, submission = world.a_submission()
    world.record(submission)
    dossier.place = place_after(dossier.place, submission.note)
    world.accept(dossier)
    assigned = ProcessorAssignedDetails(assignee="CB-0007")
    world.act(dossier, "dossier.processor_assigned", ProcessorAssigned(), "assigner", assigned)
    draft = SubmittedForApprovalDetails(draft_sha256="0a" * 32, proposal=Proposal.GRANT)
    world.act(dossier, "dossier.submitted_for_approval", SubmittedForApproval(), "processor", draft)
    stopped = ProcessingStoppedDetails(legal_ground="luật", notice_sha256="0a" * 32)
    world.act(dossier, "dossier.processing_stopped", ProcessingStopped(), "approver", stopped)


VEILED = PublicationProfile(commune=Publication.VEILED)


@pytest.fixture(scope="module", params=["open", "veiled"])
def officer(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Officer]:
    procedure = {"publication": VEILED} if request.param == "veiled" else {}
    with an_officer(tmp_path_factory.mktemp("officer"), **procedure) as made:
        yield made


@pytest.mark.parametrize("by", ["inspector", "head here"])
def test_dossiers_of_all_keys_of_the_person_count(officer: Officer, by: str) -> None:
    answers = [officer.answer(by, key.name) for key in (officer.first, officer.second)]

    assert [one["dossiers"] for one in answers] == [ENDED_WITH_TWO_KEYS] * 2
    assert [one["officer"] for one in answers] == [officer.first.name, officer.second.name]
    assert "CB-0007" not in str(answers)
    assert officer.second.name not in str(answers[0])


def test_few_dossiers_are_counted_and_not_rated(officer: Officer) -> None:
    answer = officer.answer("head here")

    first = answer["indicators"][0]
    assert (first["number"], first["counted"]) == (1, ENDED_WITH_TWO_KEYS)
    assert (first["tenths"], first["missing"]) == (None, "too_few_dossiers")
    assert (answer["tenths"], answer["band"], answer["least_dossiers"]) == (None, None, 30)
    assert (answer["definition"], answer["verified"]) == ("officer-evaluation@v1", False)
    assert answer["faults_known"] is False


def test_dossiers_count_in_the_period_in_which_they_ended(officer: Officer) -> None:
    assert officer.answer("inspector", query="?period=2026-Q3")["dossiers"] == 0
    assert officer.answer("inspector", query="?period=2026")["dossiers"] == ENDED_WITH_TWO_KEYS
    assert officer.answer("inspector", query="")["period"] == "2026-Q3"


@pytest.mark.parametrize("by", ["head there", "colleague", "officer", "receiver", "approver"])
def test_nobody_else_of_any_office_sees_it(officer: Officer, by: str) -> None:
    refused = officer.ask(by)

    assert (refused.status_code, refused.json["code"]) == (403, "reading_not_permitted")


@pytest.mark.parametrize(
    ("by", "dossiers"),
    [("inspector", 1), ("head here", 1), ("inspector there", 0), ("head there", 0)],
)
def test_each_counts_what_was_done_for_offices_of_their_own(
    officer: Officer, by: str, dossiers: int
) -> None:
    answer = officer.answer(by, officer.world.keys["both"].name)

    assert answer["dossiers"] == dossiers
    assert answer["indicators"][0]["counted"] == dossiers


def test_inspector_of_another_office_sees_that_there_is_nothing(officer: Officer) -> None:
    answer = officer.answer("inspector there")

    assert (answer["dossiers"], answer["indicators"]) == (0, [])


def test_unsigned_request_is_refused(officer: Officer) -> None:
    path = f"/v1/officers/{officer.first.name}/evaluation"
    refused = officer.world.client.simulate_get(path)

    assert (refused.status_code, refused.json["code"]) == (401, "request_not_signed")


def test_key_that_nobody_has_is_unknown_to_an_inspector_and_closed_to_a_head(
    officer: Officer,
) -> None:
    answers = [officer.ask(by, "officer-00000000000000aa") for by in ("inspector", "head here")]

    assert [(one.status_code, one.json["code"]) for one in answers] == [
        (404, "unknown_signer"),
        (403, "reading_not_permitted"),
    ]


@pytest.mark.parametrize("query", ["?period=2026-Q5", "?period=2026-13", "?quarter=1"])
def test_other_periods_are_refused(officer: Officer, query: str) -> None:
    assert officer.ask("inspector", query=query).status_code == 400


def test_answer_is_kept_by_no_cache(officer: Officer) -> None:
    assert officer.ask("inspector").headers["cache-control"] == "no-store"
