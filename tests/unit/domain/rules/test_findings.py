"""Findings: public alarms speak, all others show that they stand and nothing else."""

from typing import Any

import msgspec
import pytest

from domain.actions import Action
from domain.decisions import StreamState, decide, decide_private, evolve
from domain.errors import (
    FactInvalid,
    FactMissing,
    NotPermitted,
    NotYourRole,
)
from domain.facts import Facts
from domain.facts.integrity import (
    FindingClosed,
    FindingClosedDetails,
    FindingRaised,
    FindingRaisedDetails,
    FindingVerdict,
)
from domain.oversight.integrity import FindingRecord, FindingState
from domain.roles import Role
from tests.support.builders import (
    COMMITMENT,
    OFFICE,
    a_moment,
    a_register,
    an_action,
    signed_as,
)

FINDING = "finding:0b6f0000000000000000000000000008"


def refusal(error: type[Exception], state: StreamState | None, action: Action) -> None:
    with pytest.raises(error):
        decide(state, action, a_register())


# Findings.


def a_finding_act(act: str, facts: Facts | None = None, **changes: Any) -> Action:
    usual = {"stream": FINDING, "office": None, "commitment": COMMITMENT}
    if facts is not None:
        usual["facts"] = facts  # type: ignore[assignment]
    return an_action(f"finding.{act}", **(usual | changes))


ALARM = FindingRaised(rule="R27", rule_version=1, evidence=(12, 15))
PRIVATE = FindingRecord(state=FindingState.RAISED, raised_at=a_moment())
PUBLIC = FindingRecord(state=FindingState.RAISED, raised_at=a_moment(), rule="R27", rule_version=1)
CONFIRMED = FindingClosed(verdict=FindingVerdict.CONFIRMED)


def test_private_finding_shows_that_it_stands_and_nothing_else() -> None:
    register = a_register()
    state: StreamState | None = None

    for act in ("raised", "answered", "closed"):
        action = a_finding_act(act)
        decide(state, action, register)
        state = evolve(state, action, register)

    assert state == FindingRecord(
        state=FindingState.CLOSED,
        raised_at=a_moment(),
        answered_at=a_moment(),
        closed_at=a_moment(),
    )
    assert not state.is_open


def test_public_alarm_says_what_it_is_and_how_it_ends() -> None:
    register = a_register()
    raised = a_finding_act("raised", ALARM, commitment=None, office=OFFICE)
    closed = a_finding_act("closed", CONFIRMED, commitment=None)

    decide(None, raised, register)
    record = evolve(None, raised, register)
    decide(record, closed, register)
    record = evolve(record, closed, register)

    assert isinstance(record, FindingRecord)
    assert (record.rule, record.evidence) == ("R27", (12, 15))
    assert record.verdict is FindingVerdict.CONFIRMED


@pytest.mark.parametrize(
    ("error", "state", "action"),
    [
        pytest.param(FactMissing, None, a_finding_act("raised", commitment=None), id="empty"),
        pytest.param(
            FactInvalid, None, a_finding_act("raised", office=OFFICE), id="private names an office"
        ),
        pytest.param(
            FactInvalid,
            None,
            a_finding_act("raised", FindingRaised(rule="R05", rule_version=1)),
            id="a personal rule in public",
        ),
        pytest.param(
            FactInvalid,
            None,
            a_finding_act("raised", FindingRaised(evidence=(3,))),
            id="private with public evidence",
        ),
        pytest.param(
            FactInvalid,
            None,
            a_finding_act("raised", FindingRaised(document="ab" * 32)),
            id="private with a public document",
        ),
        pytest.param(
            FactInvalid,
            None,
            a_finding_act("raised", FindingRaised(rule="R27", rule_version=1, document="ab" * 32)),
            id="alarm on codes with a document",
        ),
        pytest.param(
            FactMissing,
            None,
            a_finding_act("raised", FindingRaised(rule="R32", rule_version=1, document="ab" * 32)),
            id="two books without the document",
        ),
        pytest.param(
            FactMissing,
            None,
            a_finding_act("raised", FindingRaised(rule="R27")),
            id="alarm without the rule's version",
        ),
        pytest.param(
            FactInvalid, PRIVATE, a_finding_act("answered", office=OFFICE), id="answer shows office"
        ),
        pytest.param(
            FactMissing, PRIVATE, a_finding_act("answered", commitment=None), id="empty answer"
        ),
        pytest.param(
            FactInvalid, PRIVATE, a_finding_act("closed", CONFIRMED), id="verdict in public"
        ),
        pytest.param(FactMissing, PUBLIC, a_finding_act("closed"), id="alarm without a verdict"),
        pytest.param(
            NotYourRole,
            PRIVATE,
            a_finding_act("closed", signers=signed_as(Role.HEAD)),
            id="closed by the office itself",
        ),
        pytest.param(
            NotPermitted,
            msgspec.structs.replace(PRIVATE, state=FindingState.CLOSED),
            a_finding_act("answered"),
            id="answered when closed",
        ),
        pytest.param(NotPermitted, PRIVATE, a_finding_act("raised"), id="raised twice"),
        pytest.param(NotPermitted, None, a_finding_act("closed"), id="closed before it was raised"),
    ],
)
def test_act_on_a_finding_is_refused(
    error: type[Exception], state: StreamState | None, action: Action
) -> None:
    refusal(error, state, action)


@pytest.mark.parametrize("verdict", FindingVerdict)
def test_verdict_in_public_is_the_verdict_in_private(verdict: FindingVerdict) -> None:
    action = a_finding_act("closed", CONFIRMED, details=FindingClosedDetails(verdict=verdict))

    if verdict is FindingVerdict.CONFIRMED:
        decide_private(PUBLIC, action, a_register())
    else:
        with pytest.raises(FactInvalid, match="verdict"):
            decide_private(PUBLIC, action, a_register())


@pytest.mark.parametrize(
    ("facts", "rule", "is_refused"),
    [
        (FindingRaised(), "R05", False),
        (FindingRaised(), "R27", True),
        (ALARM, "R27", False),
        (ALARM, "R32", True),
    ],
)
def test_public_alarm_is_not_kept_private(
    facts: FindingRaised, rule: str, is_refused: bool
) -> None:
    details = FindingRaisedDetails(rule=rule, rule_version=1)
    action = a_finding_act("raised", facts, details=details)

    if is_refused:
        with pytest.raises(FactInvalid):
            decide_private(None, action, a_register())
    else:
        decide_private(None, action, a_register())
