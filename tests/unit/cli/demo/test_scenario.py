from collections import Counter

import pytest

from cli.demo.petitions import DISPUTED, IN_TIME, LATE, PETITIONS
from cli.demo.province import CAM_LAC, LEAVING, QUARTERS_NEW, QUARTERS_OLD, SUCCESSOR
from cli.demo.scenario import (
    APOLOGY,
    BACK_DATED,
    CLOSES_AT,
    DOUBLE,
    LOST_SLIP,
    OPENS_AT,
    REVOKED,
    SILENT,
    SMOOTH,
    STORIES,
    TWICE,
    Scenario,
)
from cli.demo.steps import Step
from cli.demo.world import FIRST_DAY, LAST_DAY
from domain.calendars import parse_calendar
from domain.deadlines import Timeliness
from domain.dossiers import Dossier, Outcome, Status
from domain.facts import DossierAcceptedDetails, DossierSubmittedDetails, KeyRegisteredDetails
from domain.figures import resolution
from domain.oversight.petitions import PetitionRecord
from domain.roles import Role
from ledger.calendar_source import calendar_document
from projections.petitions.standing import PetitionWorld, Standing, standing_of
from tests.unit.cli.demo.folding import Folded, a_scenario, fold

ZONE = "Asia/Ho_Chi_Minh"
DOSSIERS = 150


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return a_scenario(DOSSIERS)[0]


@pytest.fixture(scope="module")
def folded() -> Folded:
    return fold(*a_scenario(DOSSIERS))


def story(folded: Folded, scenario: Scenario, name: str) -> Dossier:
    return folded.dossier(scenario.stories[name])


def test_same_seed_gives_the_same_steps() -> None:
    first, _ = a_scenario(40, seed=3)
    again, _ = a_scenario(40, seed=3)
    other, _ = a_scenario(40, seed=4)

    assert first == again
    assert first.steps != other.steps


def test_every_step_is_permitted_but_the_one_with_a_revoked_key(
    scenario: Scenario, folded: Folded
) -> None:
    assert folded.refusals == ["key_revoked"]
    assert folded.recorded == len(scenario.steps) - 1


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_other_seeds_are_permitted_too(seed: int) -> None:
    assert fold(*a_scenario(80, seed)).refusals == ["key_revoked"]


def test_steps_come_in_the_order_in_which_they_are_handed_in(scenario: Scenario) -> None:
    sent = [step.sent_at for step in scenario.steps]

    assert sent == sorted(sent)
    assert sent[0] == OPENS_AT
    assert sent[-1] <= CLOSES_AT
    assert (FIRST_DAY.weekday(), LAST_DAY.weekday()) == (0, 4)


def test_as_many_dossiers_are_handed_in_as_were_asked_for(scenario: Scenario) -> None:
    kinds = Counter(step.kind for step in scenario.steps)

    assert kinds["dossier.submitted"] == DOSSIERS
    assert kinds["procedure.version_published"] >= 12


def test_petitions_are_answered_in_time_late_and_again_after_a_dispute(
    scenario: Scenario, folded: Folded
) -> None:
    records = {each.name: folded.state.streams()[each.stream].state for each in scenario.petitions}
    calendar = calendar_document()
    offices = {each.office: folded.state.office(each.office) for each in PETITIONS}
    known = {name: record for name, record in offices.items() if record is not None}
    world = PetitionWorld(known, parse_calendar(calendar), CLOSES_AT)

    standings = {
        name: standing_of(record, world)
        for name, record in records.items()
        if isinstance(record, PetitionRecord)
    }

    assert standings == {
        IN_TIME: Standing.ANSWERED_ON_TIME,
        LATE: Standing.ANSWERED_LATE,
        DISPUTED: Standing.ANSWERED_ON_TIME,
    }
    kinds = Counter(step.kind for step in scenario.steps)
    assert kinds["petition.feedback_disputed"] == 1


def test_quarters_new_key_signs_for_the_same_seat_and_the_old_one_no_more(
    scenario: Scenario,
) -> None:
    (replaced,) = (step for step in scenario.steps if step.kind == "key.replaced")
    numbers = [
        step.details.personnel_number
        for step in scenario.steps
        if isinstance(step.details, KeyRegisteredDetails)
        and {QUARTERS_OLD, QUARTERS_NEW} & {name for _, name in step.signers}
    ]

    def signs(actor: str, *, after: bool) -> bool:
        return any(
            actor in {name for _, name in step.signers}
            and (step.sent_at > replaced.sent_at) == after
            and step.kind.startswith("dossier.")
            for step in scenario.steps
        )

    assert len(numbers) == 2
    assert len(set(numbers)) == 1
    assert signs(QUARTERS_OLD, after=False)
    assert signs(QUARTERS_NEW, after=True)
    assert not signs(QUARTERS_OLD, after=True)


def test_lost_slip_gets_a_new_secret_by_receiver_and_head(scenario: Scenario) -> None:
    (act,) = (step for step in scenario.steps if step.kind == "dossier.slip_secret_replaced")

    assert act.stream == scenario.stories[LOST_SLIP]
    assert [role for role, _ in act.signers] == [Role.RECEIVER, Role.HEAD]


def test_every_story_is_told(scenario: Scenario, folded: Folded) -> None:
    assert set(scenario.stories) == {told.name for told in STORIES}
    assert all(folded.dossier(stream) for stream in scenario.stories.values())


def test_smooth_story_ends_early_and_is_rated(scenario: Scenario, folded: Folded) -> None:
    dossier = story(folded, scenario, SMOOTH)
    ratings = [s for s in scenario.steps if s.stream.startswith("rating:") and s.story == SMOOTH]

    assert resolution(dossier, ZONE) is Timeliness.EARLY
    assert dossier.status is Status.RESULT_RETURNED
    assert len(ratings) == 1


def test_late_story_with_apology_keeps_its_legal_due_date(
    scenario: Scenario, folded: Folded
) -> None:
    dossier = story(folded, scenario, APOLOGY)

    assert resolution(dossier, ZONE) is Timeliness.LATE
    assert dossier.apologies == 1
    assert dossier.appointment != dossier.due


def test_late_story_without_apology_is_late(scenario: Scenario, folded: Folded) -> None:
    dossier = story(folded, scenario, SILENT)

    assert resolution(dossier, ZONE) is Timeliness.LATE
    assert dossier.apologies == 0


def test_exactly_one_dossier_is_asked_twice(scenario: Scenario, folded: Folded) -> None:
    twice = [
        name
        for name, head in folded.state.streams().items()
        if isinstance(head.state, Dossier) and head.state.supplement_requests > 1
    ]

    assert twice == [scenario.stories[TWICE]]


def test_exactly_one_person_accepts_and_approves(scenario: Scenario, folded: Folded) -> None:
    both = [
        name
        for name, head in folded.state.streams().items()
        if isinstance(head.state, Dossier)
        and set(head.state.accepted_by) & set(head.state.approved_by)
    ]

    assert both == [scenario.stories[DOUBLE]]


def test_exactly_one_act_is_dated_back_and_looks_on_time(
    scenario: Scenario, folded: Folded
) -> None:
    dated_back = [step for step in scenario.steps if step.at != step.sent_at]
    dossier = story(folded, scenario, BACK_DATED)

    assert [step.kind for step in dated_back] == ["dossier.result_issued"]
    assert dated_back[0].stream == scenario.stories[BACK_DATED]
    assert (dated_back[0].sent_at - dated_back[0].at).days >= 1
    assert resolution(dossier, ZONE) is Timeliness.ON_TIME


def test_all_endings_occur(scenario: Scenario, folded: Folded) -> None:
    outcomes = {folded.dossier(stream).outcome for stream in scenario.stories.values()}

    assert outcomes >= {
        Outcome.GRANTED,
        Outcome.REFUSED,
        Outcome.NOT_ACCEPTED,
        Outcome.WITHDRAWN,
    }


def test_officer_who_left_signs_nothing_more_that_is_recorded(scenario: Scenario) -> None:
    revoked_at = next(step.sent_at for step in scenario.steps if step.kind == "key.revoked")

    def signs(step: Step, actor: str) -> bool:
        return actor in {name for _, name in step.signers}

    after = [step for step in scenario.steps if step.sent_at > revoked_at]
    assert [step.refusal_code for step in after if signs(step, LEAVING)] == ["key_revoked"]
    assert any(signs(step, SUCCESSOR) for step in after)


def test_revoked_key_is_tried_on_a_dossier_in_process(scenario: Scenario) -> None:
    tried = next(step for step in scenario.steps if step.refusal_code)

    assert (tried.stream, tried.office) == (scenario.stories[REVOKED], CAM_LAC)
    later = [step for step in scenario.steps if step.stream == tried.stream]
    assert later[-1].kind == "dossier.result_returned"


def test_codes_are_unique_and_number_each_day_from_one(scenario: Scenario) -> None:
    codes = [
        step.details.code
        for step in scenario.steps
        if isinstance(step.details, DossierAcceptedDetails)
    ]

    assert len(codes) == len(set(codes))
    assert all(code is not None for code in codes)
    assert sum(str(code).endswith("-0001") for code in codes) > len(codes) / 3


def test_names_of_people_stand_in_details_alone(scenario: Scenario) -> None:
    for step in scenario.steps:
        if isinstance(step.details, DossierSubmittedDetails):
            assert step.details.applicant_name
            assert step.details.applicant_name not in repr(step.facts)
        elif isinstance(step.details, KeyRegisteredDetails):
            assert step.details.display_name
            assert step.details.display_name not in repr(step.facts)


def test_officers_act_in_office_time(scenario: Scenario) -> None:
    hours = Counter(
        (step.sent_at.hour + 7) % 24
        for step in scenario.steps
        if step.kind in ("dossier.accepted", "dossier.result_approved", "dossier.result_issued")
    )

    # Office hours are 8 to 12 and 13 to 17; what ends with a session ends on the hour.
    assert set(hours) <= {8, 9, 10, 11, 12, 13, 14, 15, 16, 17}


def test_citizens_submit_at_any_hour(scenario: Scenario) -> None:
    hours = {
        (step.sent_at.hour + 7) % 24 for step in scenario.steps if step.kind == "dossier.submitted"
    }

    assert hours & {18, 19, 20, 21, 22}
