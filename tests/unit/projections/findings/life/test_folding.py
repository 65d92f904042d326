"""A finding's stream folded into its life, with private parts opened and without."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.actions import Action
from domain.errors import Sentence
from domain.facts.integrity import (
    FindingAnswered,
    FindingAnsweredDetails,
    FindingClosed,
    FindingClosedDetails,
    FindingRaised,
    FindingRaisedDetails,
    FindingVerdict,
)
from domain.oversight.integrity import FindingState
from projections.findings.life.folding import fold_life
from projections.findings.life.identities import identity_of_lead
from projections.findings.life.raising import raising_of
from tests.support.builders import OFFICE, an_action
from tests.unit.projections.findings.life.test_identities import LEAD

STREAM = f"finding:{'a7' * 16}"


def an_act(kind: str, version: int, facts: Any, details: Any = None, **changes: Any) -> Action:
    action = an_action(kind, stream=STREAM, version=version, facts=facts, details=details)
    return replace(action, office=changes.get("office"))


def a_life(*, opened: bool) -> list[tuple[Action, int | None]]:
    raising = raising_of(LEAD)
    acts = [
        an_act("finding.raised", 1, raising.facts, raising.details),
        an_act("finding.answered", 2, FindingAnswered(), FindingAnsweredDetails(text="Vì mưa")),
        an_act("finding.answered", 3, FindingAnswered(), FindingAnsweredDetails(text="Thêm")),
        an_act(
            "finding.closed",
            4,
            FindingClosed(),
            FindingClosedDetails(verdict=FindingVerdict.EXPLAINED, explanation="Đã rõ"),
        ),
    ]
    return [
        (act if opened else replace(act, details=None), index) for index, act in enumerate(acts, 40)
    ]


def test_opened_life_says_all_and_is_known_again() -> None:
    life = fold_life(a_life(opened=True))

    assert life is not None
    assert (life.rule, life.office, life.dossier) == ("R13", OFFICE, LEAD.stream)
    assert life.identity == identity_of_lead(LEAD)
    assert life.reason == Sentence("3 ngày", "3 days")
    assert [each.text for each in life.answers] == ["Vì mưa", "Thêm"]
    assert [each.step.entry_index for each in life.answers] == [41, 42]
    assert (life.state, life.verdict) == (FindingState.CLOSED, FindingVerdict.EXPLAINED)


def test_life_that_did_not_open_says_when_and_nothing_else() -> None:
    life = fold_life(a_life(opened=False))

    assert life is not None
    assert (life.rule, life.identity, life.office, life.verdict) == (None, None, None, None)
    assert (life.state, len(life.answers)) == (FindingState.CLOSED, 2)


@pytest.mark.parametrize(
    ("acts", "state"),
    [(1, FindingState.RAISED), (2, FindingState.ANSWERED), (4, FindingState.CLOSED)],
)
def test_state_follows_the_acts(acts: int, state: FindingState) -> None:
    life = fold_life(a_life(opened=True)[:acts])

    assert life is not None
    assert life.state is state


def test_alarm_is_whole_without_any_private_part() -> None:
    facts = FindingRaised(rule="R32", rule_version=1, evidence=(70,), document="ab" * 32)
    closed = FindingClosed(verdict=FindingVerdict.MISTAKEN)
    life = fold_life(
        [
            (an_act("finding.raised", 1, facts, office=OFFICE), 71),
            (an_act("finding.closed", 2, closed), 72),
        ]
    )

    assert life is not None
    assert (life.is_alarm, life.rule, life.evidence, life.office) == (True, "R32", (70,), OFFICE)
    assert (life.document, life.verdict) == ("ab" * 32, FindingVerdict.MISTAKEN)


def test_stream_without_acts_has_no_life() -> None:
    assert fold_life([]) is None


def test_finding_about_a_person_asks_that_person() -> None:
    key = "officer-00000000000000f7"
    raising = raising_of(replace(LEAD, stream=f"key:{key}"))

    assert isinstance(raising.details, FindingRaisedDetails)
    assert (raising.details.asked, raising.details.dossier) == (key, None)
    assert raising.facts == FindingRaised()
