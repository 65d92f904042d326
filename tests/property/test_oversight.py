"""Any sequence of acts on a petition or a finding leaves a well-formed record."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.actions import Action
from domain.calendars import WorkingTime
from domain.decisions import StreamState, decide, evolve
from domain.errors import ActionRefused
from domain.facts import Facts
from domain.facts.feedback import (
    ComplaintAccepted,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintOutcome,
    FeedbackClassified,
    FeedbackFiled,
    FeedbackVerdict,
)
from domain.facts.integrity import FindingClosed, FindingRaised, FindingVerdict
from domain.kinds import KINDS
from domain.moments import Moment
from domain.oversight.integrity import FindingRecord, FindingState
from domain.oversight.petitions import PetitionRecord, PetitionTrack, petition_dues
from domain.roles import Role
from tests.support.builders import (
    COMMITMENT,
    DEPARTMENT,
    OFFICE,
    ZONE,
    a_calendar,
    a_register,
    an_action,
    signed_as,
)
from tests.support.oversight.facts import PETITIONER_KEY, PETITIONER_VKEY

WORKING = WorkingTime(a_calendar(), ZONE)
START = datetime(2026, 3, 2, 2, tzinfo=UTC)
REGISTER = a_register()

facts_of: dict[str, st.SearchStrategy[Facts]] = {
    "petition.feedback_filed": st.builds(
        FeedbackFiled, petitioner_key=st.sampled_from([None, PETITIONER_VKEY])
    ),
    "petition.feedback_classified": st.builds(
        FeedbackClassified,
        verdict=st.sampled_from(FeedbackVerdict),
        to_office=st.sampled_from([None, None, OFFICE, DEPARTMENT]),
    ),
    "petition.complaint_filed": st.builds(
        ComplaintFiled,
        level=st.integers(1, 2),
        petitioner_key=st.sampled_from([None, PETITIONER_VKEY]),
    ),
    "petition.complaint_accepted": st.builds(
        ComplaintAccepted, is_complex=st.booleans(), is_remote=st.booleans()
    ),
    "petition.complaint_decided": st.builds(
        ComplaintDecided, outcome=st.sampled_from(ComplaintOutcome)
    ),
    "finding.raised": st.sampled_from(
        [FindingRaised(), FindingRaised(rule="R27", rule_version=1), FindingRaised(rule="R05")]
    ),
    "finding.closed": st.builds(FindingClosed, verdict=st.none() | st.sampled_from(FindingVerdict)),
}


@st.composite
def acts(draw: st.DrawFn, stream: str) -> Action:
    name = draw(st.sampled_from(sorted(name for name in KINDS if name.startswith(f"{stream}."))))
    changes: dict[str, Any] = {
        "stream": f"{stream}:" + "1" * 32,
        "office": draw(st.sampled_from([None, OFFICE, OFFICE, DEPARTMENT])),
        "at": Moment(instant=START + timedelta(hours=draw(st.integers(0, 2_000)))),
        "commitment": draw(st.sampled_from([COMMITMENT, COMMITMENT, None])),
    }
    if name in facts_of:
        changes["facts"] = draw(facts_of[name])
    if Role.APPLICANT in KINDS[name].signers.alone and draw(st.booleans()):
        changes["signers"] = signed_as(Role.APPLICANT, key=PETITIONER_KEY)
    return an_action(name, **changes)


def lives(stream: str) -> st.SearchStrategy[list[Action]]:
    return st.lists(acts(stream), max_size=20)


def permitted(actions: list[Action]) -> list[StreamState]:
    """Give the states after each act that was permitted, each as the views would store it."""
    state: StreamState | None = None
    states: list[StreamState] = []
    for action in actions:
        try:
            decide(state, action, REGISTER)
        except ActionRefused:
            continue
        state = evolve(state, action, REGISTER)
        packed = msgspec.msgpack.encode(state)
        stored: StreamState = msgspec.msgpack.decode(packed, type=StreamState)
        assert stored == state
        states.append(state)
    return states


@given(lives("petition"))
def test_petition_keeps_its_track_its_petitioner_and_its_first_answer(
    actions: list[Action],
) -> None:
    records = [state for state in permitted(actions) if isinstance(state, PetitionRecord)]

    for before, record in pairwise(records):
        assert record.track is before.track
        assert record.petitioner_keys == before.petitioner_keys
        if record.track is PetitionTrack.FEEDBACK:
            assert record.filed_at == before.filed_at
            assert before.answered_at in (None, record.answered_at)
    for record in records:
        assert petition_dues(record, WORKING)
        assert (record.decided_at is not None) == (record.outcome is not None)
        assert (record.level is not None) == (record.track is PetitionTrack.COMPLAINT)


@given(lives("finding"))
def test_finding_that_is_private_shows_nothing_at_any_time(actions: list[Action]) -> None:
    records = [state for state in permitted(actions) if isinstance(state, FindingRecord)]

    for record in records:
        assert record.rule in (None, "R27")
        if record.rule is None:
            assert (record.rule_version, record.evidence, record.verdict) == (None, (), None)
        is_closed = record.state is FindingState.CLOSED
        assert is_closed == (record.closed_at is not None)
        assert record.is_public_alarm or record.verdict is None
