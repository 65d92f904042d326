"""Whom a private finding asks is known to the writer again after a restart, and to the audit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.facts.integrity import (
    FindingAnswered,
    FindingAnsweredDetails,
    FindingRaised,
    FindingRaisedDetails,
)
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import next_place
from ledger.remembering.reading import remembered_actions
from tests.support.inspecting.world import LaxState, PrivateWorld, codes_of
from tests.support.ledger_builders import OFFICE, ORIGIN, a_signing_key
from transparency.notes import SigningKey

FINDING = "finding:" + "0f" * 16
ASKED = a_signing_key("officer", 21)
COLLEAGUE = a_signing_key("officer", 22)
INSPECTOR = a_signing_key("inspector", 23)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PrivateWorld]:
    made = PrivateWorld(tmp_path)
    _raise_finding(made)
    yield made
    made.vault.close()


def _raise_finding(made: PrivateWorld) -> None:
    made.settle(
        made.enrolment(ASKED, Role.PROCESSOR, number="CB-0101"),
        made.enrolment(COLLEAGUE, Role.PROCESSOR, number="CB-0102"),
        made.enrolment(INSPECTOR, Role.INSPECTOR, number="CB-0103"),
    )
    made.settle(
        _signed(
            made,
            "finding.raised",
            FindingRaised(),
            FindingRaisedDetails(rule="R05", rule_version=1, office=OFFICE, asked=ASKED.name),
            (Role.INSPECTOR, INSPECTOR),
        )
    )


def _signed(
    world: PrivateWorld,
    kind: str,
    facts: FindingRaised | FindingAnswered,
    details: FindingRaisedDetails | FindingAnsweredDetails,
    signer: tuple[Role, SigningKey],
) -> SubmittedAction:
    place = next_place(world.store, FINDING)
    return world.desk.drafter.sign(
        kind, FINDING, place, world.desk.now(), facts, (signer,), details=details
    )


def _answer(world: PrivateWorld, key: SigningKey) -> SubmittedAction:
    details = FindingAnsweredDetails(text="Vì mưa")
    return _signed(world, "finding.answered", FindingAnswered(), details, (Role.PROCESSOR, key))


def test_writer_refuses_the_answer_of_a_colleague(world: PrivateWorld) -> None:
    answer = _answer(world, COLLEAGUE)
    world.keep(answer)
    (verdict,) = world.record(answer)
    own = _answer(world, ASKED)
    world.keep(own)
    (taken,) = world.record(own)

    assert (verdict.code, taken.code) == ("not_asked", "")
    assert codes_of(world.inspect()) == []


def test_writer_that_starts_again_still_knows_whom_a_finding_asks(world: PrivateWorld) -> None:
    actions = remembered_actions(world.store, world.vault, ORIGIN, [])

    asked = [
        action.details.asked
        for action in actions
        if isinstance(action.details, FindingRaisedDetails)
    ]
    assert asked == [ASKED.name]


def test_answer_that_a_writer_let_through_is_named_by_the_audit_of_the_vault(
    tmp_path: Path,
) -> None:
    made = PrivateWorld(tmp_path, state=LaxState)
    _raise_finding(made)
    made.settle(_answer(made, COLLEAGUE))

    assert codes_of(made.inspect()) == ["not_asked"]
    made.vault.close()
