"""Plans: order, fall-back to foreign steps, pseudonyms, and that nothing is dropped or drawn."""

import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.actions import parse_stream
from domain.facts import (
    Channel,
    DossierSubmitted,
    DossierSubmittedDetails,
    DueDateImported,
    ImportableFacts,
)
from domain.moments import parse_moment
from domain.roles import Role
from ledger.bodies import canonical_json
from ledger.importing.errors import MalformedSource
from ledger.importing.planner import Planner
from ledger.importing.plans import CasePlan, PlannedAction
from ledger.importing.pseudonyms import keyed_hash
from ledger.importing.sources import ForeignCase
from tests.unit.ledger.importing.samples import MAPPING, SECRET_HASH, a_case, a_mapping

DATES = {
    "startdate": "2012-02-27T09:00:00.100+01:00",
    "deadline": "2012-04-01T01:06:40+02:00",
    "enddate": "2012-03-20T12:00:00+01:00",
}


def a_plan(case: ForeignCase, mapping: str = MAPPING) -> CasePlan:
    return Planner(a_mapping(mapping), SECRET_HASH).plan_case(case)


def kinds(plan: CasePlan) -> list[str]:
    return [action.kind.name.removeprefix("dossier.") for action in plan.actions]


def facts(action: PlannedAction) -> ImportableFacts:
    assert isinstance(action.facts, ImportableFacts)
    return action.facts


def test_submission_comes_first_then_events_then_due_date_and_end() -> None:
    plan = a_plan(a_case("Receive", "Assess", "Decide", attributes=DATES))

    assert kinds(plan) == [
        "submitted",
        "accepted",
        "handover_acknowledged",
        "result_approved",
        "due_date_imported",
        "end_imported",
    ]
    assert all(action.role is Role.IMPORTER for action in plan.actions)


def test_attributes_make_actions_at_their_own_moments() -> None:
    plan = a_plan(a_case("Receive", attributes=DATES))

    submitted, accepted, due, end = plan.actions
    assert submitted.at == parse_moment("2012-02-27T08:00:01Z")
    assert due.at == accepted.at == parse_moment("2012-03-01T09:00:00Z")
    assert end.at == parse_moment("2012-03-20T11:00:00Z")


def test_due_day_is_the_day_of_the_office() -> None:
    due = a_plan(a_case("Receive", attributes=DATES)).actions[-2].facts

    assert due == DueDateImported(due_on=parse_moment("2012-04-01").day)


def test_due_instant_is_the_deadline_rounded_up() -> None:
    mapping = MAPPING.replace('precision = "day"', 'precision = "instant"')
    dates = DATES | {"deadline": "2012-04-01T01:06:40.010+02:00"}

    due = a_plan(a_case("Receive", attributes=dates), mapping).actions[-2].facts

    assert due == DueDateImported(due_at="2012-03-31T23:06:41Z")


def test_due_date_of_a_dossier_that_was_not_accepted_is_as_of_its_submission() -> None:
    plan = a_plan(a_case("Ponder", attributes=DATES))

    assert plan.actions[-2].at == plan.actions[0].at


def test_event_that_submits_is_brought_to_the_front() -> None:
    plan = a_plan(a_case("Ponder", "Submit", "Receive"))

    assert kinds(plan) == ["submitted", "foreign_step_recorded", "accepted"]
    assert plan.actions[0].from_event
    assert plan.actions[0].at == parse_moment("2012-03-02T09:00:00Z")
    assert plan.actions[1].at == parse_moment("2012-03-01T09:00:00Z")
    assert plan.attribute_actions == 0


def test_case_that_does_not_say_when_it_was_submitted_was_when_its_first_event_happened() -> None:
    plan = a_plan(a_case("Receive"))

    assert kinds(plan) == ["submitted", "accepted"]
    assert plan.actions[0].at == plan.actions[1].at
    assert not plan.actions[0].from_event


def test_case_with_nothing_but_a_submission_is_a_dossier() -> None:
    plan = a_plan(a_case(attributes={"startdate": "2012-02-27"}))

    assert kinds(plan) == ["submitted"]


def test_case_without_any_time_makes_no_actions() -> None:
    plan = a_plan(a_case(attributes={"enddate": "2012-02-27"}))

    assert plan.actions == ()
    assert (plan.events_read, plan.dropped) == (0, 0)


def test_what_has_no_name_or_is_not_permitted_becomes_a_foreign_step() -> None:
    plan = a_plan(a_case("Submit", "Ask", "Receive", "Receive", "Ponder", "Submit"))

    assert kinds(plan) == [
        "submitted",
        "foreign_step_recorded",
        "accepted",
        "foreign_step_recorded",
        "foreign_step_recorded",
        "foreign_step_recorded",
    ]
    assert (plan.events_read, plan.neutral_steps, plan.dropped) == (6, 4, 0)


def test_first_kind_that_the_state_permits_is_taken() -> None:
    plan = a_plan(a_case("Submit", "Receive", "Assess", "Send", "Decide", "Send", "Send"))

    assert kinds(plan)[3:] == [
        "foreign_step_recorded",
        "result_approved",
        "result_issued",
        "result_returned",
    ]


ON_A_YES = MAPPING.replace('name = "Ask"', 'name = "Ask"\nwhen = { answer = "yes" }')


def answered(*answers: dict[str, str]) -> ForeignCase:
    """A case in which one question was asked so many times, each with its answer."""
    case = a_case("Receive", "Assess", *["Ask"] * len(answers))
    said = ({}, {}, *answers)
    pairs = zip(case.events, said, strict=True)
    return replace(case, events=tuple(replace(event, attributes=each) for event, each in pairs))


def test_row_holds_only_for_the_answer_that_it_names() -> None:
    plan = a_plan(answered({"answer": "no"}, {"answer": "yes"}), ON_A_YES)

    assert kinds(plan)[3:] == ["foreign_step_recorded", "supplement_requested"]
    assert plan.dropped == 0


def test_column_that_a_row_asks_for_and_the_file_has_not_is_an_error() -> None:
    with pytest.raises(MalformedSource, match="the column 'answer'") as raised:
        a_plan(answered({}), ON_A_YES)

    assert raised.value.line == 3


def test_event_of_an_xes_log_need_not_have_what_a_row_asks_for() -> None:
    plan = a_plan(answered({}), ON_A_YES.replace('format = "csv"', 'format = "xes"'))

    assert kinds(plan)[3:] == ["foreign_step_recorded"]


def test_end_before_the_first_event_is_taken_as_it_is() -> None:
    plan = a_plan(a_case("Receive", attributes={"enddate": "2012-01-01"}))

    assert plan.actions[-1].at == parse_moment("2012-01-01")


def test_events_stay_in_the_order_of_the_file_where_the_mapping_says_so() -> None:
    plan = a_plan(a_case("Submit", "Receive", "Assess", times={"Receive": "2013-01-01"}))

    assert kinds(plan) == ["submitted", "accepted", "handover_acknowledged"]


def test_events_are_sorted_by_time_where_the_mapping_says_so() -> None:
    mapping = MAPPING.replace('name = "sample"', 'name = "sample"\ncase_order = "time"')
    times = {
        "Ponder": "2012-03-02T00:30:00+01:00",
        "Receive": "2012-03-02",
        "Assess": "2012-03-02T00:30:00+01:00",
        "Submit": "2012-03-01",
    }

    plan = a_plan(a_case("Ponder", "Receive", "Assess", "Submit", times=times), mapping)

    assert kinds(plan) == [
        "submitted",
        "accepted",
        "foreign_step_recorded",
        "handover_acknowledged",
    ]


def test_listed_label_is_public_and_any_other_is_a_hash() -> None:
    _, accepted, pondered = a_plan(a_case("Submit", "Receive", "Ponder")).actions

    assert (facts(accepted).label, facts(accepted).label_hash) == ("Receive", None)
    assert facts(pondered).label is None
    assert facts(pondered).label_hash == hashlib.sha256(b"Ponder").hexdigest()


def test_text_of_a_hidden_label_is_in_the_private_part() -> None:
    _, accepted, pondered = a_plan(a_case("Submit", "Receive", "Ponder")).actions

    assert (accepted.details, accepted.details_salt) == (None, None)
    assert pondered.details is not None
    assert canonical_json(pondered.details) == b'{"label":"Ponder"}'
    assert pondered.details_salt is not None
    assert len(pondered.details_salt) == 32


def test_submission_carries_procedure_channel_and_the_holders_secret() -> None:
    case = a_case("Submit", attributes={"channel": "Internet"})

    submitted = a_plan(case).actions[0]

    assert isinstance(submitted.facts, DossierSubmitted)
    assert submitted.facts.procedure == "SAMPLE-1"
    assert submitted.facts.channel is Channel.ONLINE
    assert isinstance(submitted.details, DossierSubmittedDetails)
    assert re.fullmatch("[A-Za-z0-9+/]{43}=", submitted.details.secret)


def test_unknown_channel_is_the_default() -> None:
    submitted = a_plan(a_case("Submit", attributes={"channel": "Pigeon"})).actions[0]

    assert isinstance(submitted.facts, DossierSubmitted)
    assert submitted.facts.channel is Channel.COUNTER


def test_stream_is_shaped_like_one_drawn_at_random() -> None:
    plan = a_plan(a_case("Submit"))

    assert str(parse_stream(plan.stream)) == plan.stream
    assert re.fullmatch("dossier:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab].*", plan.stream)


def test_performer_is_the_same_pseudonym_in_every_case_of_a_source_and_not_the_name() -> None:
    planner = Planner(a_mapping(), SECRET_HASH)
    other_case = ForeignCase("case-2", {}, a_case("Submit").events)

    first = facts(planner.plan_case(a_case("Submit")).actions[0]).performer
    second = facts(planner.plan_case(other_case).actions[0]).performer

    assert first is not None
    assert first == second
    assert first != hashlib.sha256(b"Anna").hexdigest()[: len(first)]


def test_same_case_mapping_and_secret_make_the_same_plan() -> None:
    case = a_case("Submit", "Receive", "Ponder", attributes=DATES)

    assert a_plan(case) == a_plan(case)


@pytest.mark.parametrize("changed", ["secret", "source", "case"])
def test_another_secret_source_or_case_makes_another_stream_secret_and_salt(changed: str) -> None:
    mapping = MAPPING.replace('"sample"', '"other"') if changed == "source" else MAPPING
    secret = keyed_hash(b"x" * 32) if changed == "secret" else SECRET_HASH
    case_id = "case-2" if changed == "case" else "case-1"
    case = ForeignCase(case_id, {}, a_case("Submit").events)

    plan = Planner(a_mapping(mapping), secret).plan_case(case)

    original = a_plan(a_case("Submit"))
    assert plan.stream != original.stream
    assert plan.actions[0].details != original.actions[0].details
    assert plan.actions[0].details_salt != original.actions[0].details_salt


def test_time_that_cannot_be_read_is_refused_with_case_and_line() -> None:
    with pytest.raises(MalformedSource, match="soon") as raised:
        a_plan(a_case("Submit", "Receive", times={"Receive": "soon"}))

    assert (raised.value.case_id, raised.value.line) == ("case-1", 2)


ACTIVITIES = ["Submit", "Receive", "Assess", "Ask", "Decide", "Send", "Ponder"]


@given(
    st.lists(st.sampled_from(ACTIVITIES), max_size=12),
    st.fixed_dictionaries({}, optional={name: st.just(text) for name, text in DATES.items()}),
)
def test_every_event_of_any_case_is_told_exactly_once(
    activities: list[str], attributes: dict[str, str]
) -> None:
    plan = a_plan(a_case(*activities, attributes=attributes))

    told = [action for action in plan.actions if action.from_event]
    assert len(told) == len(activities)
    assert plan.dropped == 0
    assert kinds(plan)[:1] in ([], ["submitted"])
    assert len(plan.actions) == len(told) + plan.attribute_actions
