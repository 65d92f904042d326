"""Petitions as a whole: who may sign, from where to where, which office, and what is refused."""

from typing import Any

import msgspec
import pytest

from domain.actions import Action
from domain.decisions import StreamState, decide, evolve
from domain.errors import (
    CoSignerMissing,
    FactInvalid,
    FactMissing,
    KeyNotEnrolled,
    NotPermitted,
    NotYourOffice,
    NotYourPetition,
    NotYourRole,
    UnknownOffice,
)
from domain.facts import Facts
from domain.facts.feedback import (
    ComplaintAccepted,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintOutcome,
    FeedbackCategory,
    FeedbackClassified,
    FeedbackFiled,
    FeedbackVerdict,
)
from domain.kinds import KINDS
from domain.oversight.petitions import PetitionRecord, PetitionState, PetitionTrack
from domain.roles import Role
from domain.transitions import TRANSITIONS
from tests.support.builders import (
    APPLICANT_KEY,
    DEPARTMENT,
    OFFICE,
    OFFICER_KEY,
    a_moment,
    a_register,
    an_action,
    signed_as,
)
from tests.support.oversight.facts import PETITIONER_KEY

PETITION = "petition:0b6f0000000000000000000000000009"
BY_PETITIONER = {"feedback_filed", "feedback_disputed", "complaint_filed"}
PETITION_KINDS = sorted(name for name in KINDS if name.startswith("petition."))


def a_petition_act(act: str, *, key: str = PETITIONER_KEY, **changes: Any) -> Action:
    if act in BY_PETITIONER:
        changes.setdefault("signers", signed_as(Role.APPLICANT, key=key))
    return an_action(f"petition.{act}", **({"stream": PETITION} | changes))


def classified(verdict: FeedbackVerdict, **changes: Any) -> Action:
    to_office = changes.pop("to_office", None)
    category = changes.pop("category", FeedbackCategory.PROCEDURE)
    facts = FeedbackClassified(verdict=verdict, to_office=to_office, category=category)
    return a_petition_act("feedback_classified", facts=facts, **changes)


def more(act: str, **members: Any) -> Action:
    """Give a later filing, which brings no key."""
    facts: dict[str, type[Facts]] = {
        "feedback_filed": FeedbackFiled,
        "complaint_filed": ComplaintFiled,
    }
    return a_petition_act(act, facts=facts[act](**members), version=2)


def decided(outcome: ComplaintOutcome) -> Action:
    return a_petition_act("complaint_decided", facts=ComplaintDecided(outcome=outcome))


def petition_after(*actions: Action) -> PetitionRecord:
    register = a_register()
    state: StreamState | None = None
    for action in actions:
        decide(state, action, register)
        state = evolve(state, action, register)
    assert isinstance(state, PetitionRecord)
    return state


def refusal(error: type[Exception], state: StreamState | None, action: Action) -> None:
    with pytest.raises(error):
        decide(state, action, a_register())


FILED = a_petition_act("feedback_filed")
COMPLAINED = a_petition_act("complaint_filed")


def test_petition_belongs_to_its_office_and_to_the_key_that_it_brings() -> None:
    record = petition_after(FILED)

    assert (record.track, record.state) == (PetitionTrack.FEEDBACK, PetitionState.FEEDBACK_FILED)
    assert (record.office, record.petitioner_keys) == (OFFICE, (PETITIONER_KEY,))


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        pytest.param([classified(FeedbackVerdict.TAKEN_UP)], "taken_up", id="taken up"),
        pytest.param([classified(FeedbackVerdict.REFUSED)], "refused", id="refused"),
        pytest.param(
            [classified(FeedbackVerdict.INFORMATION_WANTED)], "information_wanted", id="asked"
        ),
        pytest.param(
            [classified(FeedbackVerdict.INFORMATION_WANTED), more("feedback_filed")],
            "feedback_filed",
            id="what was asked came",
        ),
        pytest.param([a_petition_act("feedback_answered")], "answered", id="answered at once"),
        pytest.param(
            [a_petition_act("feedback_answered"), a_petition_act("feedback_published")],
            "published",
            id="published",
        ),
        pytest.param(
            [a_petition_act("feedback_answered"), a_petition_act("feedback_disputed")],
            "disputed",
            id="disputed",
        ),
    ],
)
def test_feedback_goes_its_way(acts: list[Action], state: str) -> None:
    assert petition_after(FILED, *acts).state == state


def test_disputed_answer_is_given_once_more_and_the_first_one_counts() -> None:
    first = a_petition_act("feedback_answered", at=a_moment("2026-03-03T02:00:00Z"))
    again = a_petition_act("feedback_answered", at=a_moment("2026-04-01T02:00:00Z"))

    record = petition_after(FILED, first, a_petition_act("feedback_disputed"), again)

    assert (record.state, record.answered_at) == (PetitionState.ANSWERED, first.at)


def test_feedback_that_is_sent_on_belongs_to_the_next_office() -> None:
    sent = classified(FeedbackVerdict.FORWARDED, to_office=DEPARTMENT)

    record = petition_after(FILED, sent)

    assert (record.office, record.forwarded_at) == (DEPARTMENT, sent.at)
    refusal(NotYourOffice, record, a_petition_act("feedback_answered", office=OFFICE))
    decide(record, a_petition_act("feedback_answered", office=DEPARTMENT), a_register())


@pytest.mark.parametrize("is_complex", [False, True])
def test_complaint_is_taken_up_and_decided(is_complex: bool) -> None:
    accepted = a_petition_act("complaint_accepted", facts=ComplaintAccepted(is_complex=is_complex))

    record = petition_after(COMPLAINED, accepted, decided(ComplaintOutcome.UPHELD))

    assert (record.state, record.outcome) == (PetitionState.DECIDED, ComplaintOutcome.UPHELD)
    assert (record.is_complex, record.level) == (is_complex, 1)


def test_second_complaint_starts_anew_before_the_office_it_names() -> None:
    first = petition_after(COMPLAINED, decided(ComplaintOutcome.NOT_ACCEPTED))
    second = msgspec.structs.replace(more("complaint_filed", level=2), office=DEPARTMENT)

    decide(first, second, a_register())
    record = evolve(first, second, a_register())

    assert isinstance(record, PetitionRecord)
    assert (record.level, record.office, record.decided_at) == (2, DEPARTMENT, None)
    assert record.petitioner_keys == (PETITIONER_KEY,)
    ended = msgspec.structs.replace(record, state=PetitionState.DECIDED)
    refusal(NotPermitted, ended, second)


# Every kind in every state: the table of transitions, and nothing beside it.


def permitted_states(act: str) -> set[str]:
    expected = {
        "feedback_filed": {"information_wanted"},
        "feedback_classified": {"feedback_filed", "information_wanted", "taken_up"},
        "feedback_answered": {"feedback_filed", "information_wanted", "taken_up", "disputed"},
        "feedback_published": {"answered"},
        "feedback_disputed": {"answered", "published"},
        "complaint_filed": {"decided"},
        "complaint_accepted": {"complaint_filed"},
        "complaint_decided": {"complaint_filed", "accepted"},
    }
    return expected[act]


@pytest.mark.parametrize("state", PetitionState)
@pytest.mark.parametrize("name", PETITION_KINDS)
def test_kind_is_permitted_exactly_in_these_states(name: str, state: PetitionState) -> None:
    act = name.partition(".")[2]
    record = PetitionRecord(
        track=PetitionTrack.FEEDBACK,
        state=state,
        office=OFFICE,
        filed_at=a_moment(),
        petitioner_keys=(PETITIONER_KEY,),
        level=1,
    )
    later: dict[str, Action] = {
        "feedback_filed": more("feedback_filed"),
        "complaint_filed": more("complaint_filed", level=2),
        "complaint_decided": decided(
            ComplaintOutcome.REJECTED if state == "accepted" else ComplaintOutcome.WITHDRAWN
        ),
    }
    action = later.get(act) or a_petition_act(act)

    if state in permitted_states(act):
        decide(record, action, a_register())
        moved = evolve(record, action, a_register())
        assert isinstance(moved, PetitionRecord)
        assert moved.state == TRANSITIONS[name].steps[state]
    else:
        refusal(NotPermitted, record, action)


@pytest.mark.parametrize("name", sorted(set(PETITION_KINDS) - {f"petition.{a}" for a in (
    "feedback_filed", "complaint_filed")}))  # fmt: skip
def test_no_petition_begins_with_a_later_act(name: str) -> None:
    with pytest.raises((NotPermitted, NotYourPetition)):
        decide(None, a_petition_act(name.partition(".")[2]), a_register())


# What is refused.


@pytest.mark.parametrize(
    ("error", "action"),
    [
        pytest.param(FactMissing, a_petition_act("feedback_filed", commitment=None), id="no text"),
        pytest.param(FactMissing, a_petition_act("feedback_filed", office=None), id="no office"),
        pytest.param(
            UnknownOffice, a_petition_act("feedback_filed", office="H99"), id="unknown office"
        ),
        pytest.param(
            NotYourPetition,
            a_petition_act("feedback_filed", facts=FeedbackFiled()),
            id="petitioner signs without bringing a key",
        ),
        pytest.param(
            NotYourPetition,
            a_petition_act("complaint_filed", key=APPLICANT_KEY),
            id="another key than the one it brings",
        ),
        pytest.param(
            FactInvalid,
            a_petition_act("feedback_filed", signers=signed_as(Role.RECEIVER)),
            id="officer brings somebody's key",
        ),
        pytest.param(
            FactInvalid,
            a_petition_act(
                "feedback_filed",
                key=OFFICER_KEY,
                facts=FeedbackFiled(petitioner_key=f"{OFFICER_KEY}+0a1b2c3d+{'A' * 44}"),
            ),
            id="a key that is enrolled says who it is",
        ),
        pytest.param(
            NotYourRole,
            a_petition_act("feedback_filed", signers=signed_as(Role.PROCESSOR)),
            id="wrong role",
        ),
        pytest.param(
            CoSignerMissing, a_petition_act("feedback_filed", signers=()), id="nobody signs"
        ),
    ],
)
def test_filing_is_refused(error: type[Exception], action: Action) -> None:
    refusal(error, None, action)


def test_officer_takes_down_what_somebody_says_at_the_counter() -> None:
    action = a_petition_act(
        "feedback_filed", facts=FeedbackFiled(), signers=signed_as(Role.RECEIVER)
    )

    assert petition_after(action).petitioner_keys == ()


@pytest.mark.parametrize(
    ("error", "action"),
    [
        pytest.param(FactInvalid, classified(FeedbackVerdict.FORWARDED), id="sent on to nowhere"),
        pytest.param(
            FactInvalid,
            classified(FeedbackVerdict.TAKEN_UP, to_office=DEPARTMENT),
            id="taken up and sent on",
        ),
        pytest.param(
            FactInvalid,
            classified(FeedbackVerdict.FORWARDED, to_office=OFFICE),
            id="sent on to itself",
        ),
        pytest.param(
            UnknownOffice,
            classified(FeedbackVerdict.FORWARDED, to_office="H99"),
            id="sent on to an unknown office",
        ),
        pytest.param(
            NotYourOffice,
            classified(FeedbackVerdict.TAKEN_UP, office=DEPARTMENT),
            id="another office",
        ),
        pytest.param(FactMissing, a_petition_act("feedback_answered", commitment=None), id="empty"),
        pytest.param(
            NotYourRole,
            a_petition_act("feedback_answered", signers=signed_as(Role.PROCESSOR)),
            id="answered by a processor",
        ),
        pytest.param(
            KeyNotEnrolled,
            a_petition_act("feedback_answered", signers=signed_as(Role.APPROVER, key="officer-1")),
            id="answered by a stranger",
        ),
        pytest.param(FactInvalid, a_petition_act("feedback_filed"), id="a key is brought twice"),
    ],
)
def test_act_on_feedback_is_refused(error: type[Exception], action: Action) -> None:
    wanted = petition_after(FILED, classified(FeedbackVerdict.INFORMATION_WANTED))

    refusal(error, wanted, action)


def test_stranger_disputes_no_answer() -> None:
    answered = petition_after(FILED, a_petition_act("feedback_answered"))

    refusal(NotYourPetition, answered, a_petition_act("feedback_disputed", key=APPLICANT_KEY))


@pytest.mark.parametrize(
    ("acts", "outcome"),
    [
        ([], ComplaintOutcome.UPHELD),
        ([], ComplaintOutcome.REJECTED),
        ([a_petition_act("complaint_accepted")], ComplaintOutcome.NOT_ACCEPTED),
    ],
)
def test_outcome_fits_whether_the_complaint_was_taken_up(
    acts: list[Action], outcome: ComplaintOutcome
) -> None:
    refusal(FactInvalid, petition_after(COMPLAINED, *acts), decided(outcome))


def test_second_complaint_says_that_it_is_the_second() -> None:
    first = petition_after(COMPLAINED, decided(ComplaintOutcome.WITHDRAWN))

    refusal(FactInvalid, first, more("complaint_filed", level=1))


def test_disputed_answer_is_published_once_it_was_answered_again() -> None:
    answered = a_petition_act("feedback_answered", at=a_moment("2026-03-03T02:00:00Z"))
    disputed = a_petition_act("feedback_disputed", at=a_moment("2026-03-05T02:00:00Z"))
    again = a_petition_act("feedback_answered", at=a_moment("2026-03-12T02:00:00Z"))
    published = a_petition_act("feedback_published", at=a_moment("2026-03-13T02:00:00Z"))
    later = a_petition_act("feedback_answered", at=a_moment("2026-04-12T02:00:00Z"))

    with pytest.raises(NotPermitted):
        petition_after(FILED, answered, disputed, published)
    record = petition_after(FILED, answered, disputed, again, published)
    after_all = petition_after(FILED, answered, disputed, again, published, disputed, later)

    assert (record.answered_at, record.answer_to_publish_at) == (answered.at, again.at)
    assert record.published_at == published.at
    assert after_all.answer_to_publish_at == again.at


def test_taken_up_feedback_has_a_class() -> None:
    with pytest.raises(FactMissing, match="category"):
        petition_after(FILED, classified(FeedbackVerdict.TAKEN_UP, category=None))


def test_category_is_kept_from_whoever_named_it() -> None:
    staff = FeedbackClassified(verdict=FeedbackVerdict.TAKEN_UP, category=FeedbackCategory.STAFF)
    again = classified(FeedbackVerdict.TAKEN_UP, category=None)

    record = petition_after(FILED, a_petition_act("feedback_classified", facts=staff), again)

    assert record.category is FeedbackCategory.STAFF
