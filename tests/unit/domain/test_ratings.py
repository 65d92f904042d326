"""Ratings and other private decisions: what an auditor without the private part cannot repeat."""

import msgspec
import pytest

from domain.actions import Action
from domain.decisions import RatingRecord, check_rating, decide, decide_private, evolve
from domain.dossiers import Dossier, Outcome, Status
from domain.errors import (
    FactInvalid,
    FactMissing,
    NotPermitted,
    NotYourDossier,
    RatedDossierUnknown,
)
from domain.facts import (
    DossierAcceptedDetails,
    RatingStage,
    SatisfactionRated,
    SatisfactionRatedDetails,
)
from domain.facts.feedback import UnofficialCost
from domain.moments import parse_moment
from domain.roles import Role
from tests.support.builders import (
    APPLICANT_KEY,
    RATING_STREAM,
    STREAM,
    a_dossier,
    a_dossier_in_process,
    a_moment,
    a_register,
    an_action,
    an_imported_action,
    signed_as,
)


def a_rating(stage: RatingStage = RatingStage.RECEIPT, key: str = APPLICANT_KEY) -> Action:
    return an_action(
        "rating.satisfaction_rated",
        stream=RATING_STREAM,
        office=None,
        facts=SatisfactionRated(dossier=STREAM, stage=stage),
        signers=signed_as(Role.APPLICANT, key=key),
    )


def test_rating_is_a_state_of_its_own() -> None:
    register = a_register()

    decide(None, a_rating(), register)
    state = evolve(None, a_rating(), register)

    assert state == RatingRecord(STREAM, RatingStage.RECEIPT, a_moment())


def test_rating_says_nothing_without_its_private_part() -> None:
    bare = msgspec.structs.replace(a_rating(), commitment=None)

    with pytest.raises(FactMissing, match="details"):
        decide(None, bare, a_register())


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({}, id="no overall mark"),
        pytest.param({"overall": 0}, id="mark below the scale"),
        pytest.param({"overall": 6}, id="mark above the scale"),
        pytest.param({"overall": 3, "contacts": 3}, id="three points"),
        pytest.param({"overall": 3, "attitude": -1}, id="points below none"),
        pytest.param({"overall": 3, "unofficial_cost": "much"}, id="no such answer"),
        pytest.param({"overall": 3, "name": "Nguyen Van A"}, id="who rates"),
    ],
)
def test_rating_of_another_shape_is_refused(details: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(details, SatisfactionRatedDetails)


def test_rating_answers_the_questions_of_the_circular() -> None:
    text = {"overall": 2, "contacts": 0, "agencies": 1, "attitude": 2, "unofficial_cost": "refuse"}

    details = msgspec.convert(text, SatisfactionRatedDetails)

    assert details.unofficial_cost is UnofficialCost.REFUSE
    assert (details.contacts, details.agencies, details.attitude) == (0, 1, 2)


def test_rating_happens_once_on_its_stream() -> None:
    record = RatingRecord(STREAM, RatingStage.RECEIPT, a_moment())

    with pytest.raises(NotPermitted):
        decide(record, a_rating(), a_register())


def test_private_decision_looks_the_rated_dossier_up() -> None:
    register = a_register()

    with pytest.raises(RatedDossierUnknown):
        decide_private(None, a_rating(), register)

    register.dossiers[STREAM] = a_dossier_in_process()
    decide_private(None, a_rating(), register)


def test_stranger_may_not_rate() -> None:
    with pytest.raises(NotYourDossier):
        check_rating(a_dossier_in_process(), a_rating(key="applicant-00000000000000ff"))


@pytest.mark.parametrize(
    ("stage", "dossier", "reached"),
    [
        (RatingStage.RECEIPT, a_dossier(), False),
        (RatingStage.RECEIPT, a_dossier_in_process(), True),
        (RatingStage.SUPPLEMENT, a_dossier(), False),
        (RatingStage.SUPPLEMENT, a_dossier(supplement_requests=1), True),
        (RatingStage.REFUSAL, a_dossier_in_process(), False),
        (RatingStage.REFUSAL, a_dossier(outcome=Outcome.NOT_ACCEPTED), True),
        (RatingStage.REFUSAL, a_dossier(outcome=Outcome.REFUSED), True),
        (RatingStage.RESULT, a_dossier_in_process(), False),
        (RatingStage.RESULT, a_dossier(status=Status.PROCESSED), True),
    ],
)
def test_stage_is_rated_once_it_is_reached(
    stage: RatingStage, dossier: Dossier, reached: bool
) -> None:
    if reached:
        check_rating(dossier, a_rating(stage))
    else:
        with pytest.raises(NotPermitted):
            check_rating(dossier, a_rating(stage))


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("000.00.00.H01-260302-0001", id="format A"),
        pytest.param("H26.012.00-260302-050001", id="format B"),
        pytest.param("H44.100-260302-0001", id="short form"),
        pytest.param(None, id="none given"),
    ],
)
def test_dossier_code_of_a_known_form_is_taken(code: str | None) -> None:
    details = DossierAcceptedDetails(code=code)

    decide_private(a_dossier(), an_action("dossier.accepted", details=details), a_register())


@pytest.mark.parametrize(
    ("at", "permitted"),
    [
        pytest.param("2026-09-26", True, id="the day alone"),
        pytest.param("2026-09-26T16:59:59Z", True, id="before midnight where the office is"),
        pytest.param("2026-09-26T17:00:00Z", False, id="after it"),
        pytest.param("2026-09-25", False, id="the day before"),
    ],
)
def test_dossier_code_is_of_the_day_of_acceptance(at: str, permitted: bool) -> None:
    details = DossierAcceptedDetails(code="H44.100-260926-0001")
    action = an_action("dossier.accepted", details=details, at=parse_moment(at))

    if permitted:
        decide_private(a_dossier(), action, a_register())
    else:
        with pytest.raises(FactInvalid, match="day of acceptance"):
            decide_private(a_dossier(), action, a_register())


@pytest.mark.parametrize("code", ["H26", "h26-260301-0001", "H26-260301-0001\n", "H26-26031-0001"])
def test_dossier_code_of_another_form_is_refused(code: str) -> None:
    details = DossierAcceptedDetails(code=code)

    with pytest.raises(FactInvalid, match="code"):
        decide_private(a_dossier(), an_action("dossier.accepted", details=details), a_register())


def test_imported_code_is_taken_as_it_is() -> None:
    details = DossierAcceptedDetails(code="case-10011")

    decide_private(
        a_dossier(), an_imported_action("dossier.accepted", details=details), a_register()
    )


def test_action_whose_details_are_not_open_passes_the_private_decision() -> None:
    decide_private(a_dossier(), an_action("dossier.accepted"), a_register())
