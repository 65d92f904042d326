from domain.actions import Action, Signer
from domain.facts import Details, Facts
from domain.facts.feedback import (
    ComplaintFiled,
    ComplaintFiledDetails,
    FeedbackFiled,
    FeedbackFiledDetails,
    RatingStage,
    SatisfactionRated,
    SatisfactionRatedDetails,
)
from domain.facts.intake import Channel, DossierSubmitted, DossierSubmittedDetails
from domain.kinds import KINDS
from domain.moments import parse_moment
from domain.roles import Role
from projections.findings.peers.inputs.private import (
    Complained,
    Rated,
    opened_inputs,
)

SECRET = "A" * 43 + "="
AT = parse_moment("2026-02-02T03:00:00Z")
DOSSIER = "dossier:0b6f0000000000000000000000000001"
RATING = "rating:0b6f0000000000000000000000000002"
PETITION = "petition:0b6f0000000000000000000000000003"


def an_action(kind: str, stream: str, facts: Facts, details: Details | None) -> Action:
    return Action(
        kind=KINDS[kind],
        ledger="localhost/00000000",
        stream=stream,
        version=1,
        at=AT,
        office="H27",
        signers=(Signer("applicant-00000000000000ab", Role.APPLICANT),),
        facts=facts,
        details=details,
    )


def submitted(number: str | None) -> Action:
    return an_action(
        "dossier.submitted",
        DOSSIER,
        DossierSubmitted(procedure="1.004222", channel=Channel.ONLINE),
        DossierSubmittedDetails(secret=SECRET, applicant_number=number),
    )


def rated(overall: int) -> Action:
    return an_action(
        "rating.satisfaction_rated",
        RATING,
        SatisfactionRated(dossier=DOSSIER, stage=RatingStage.RESULT),
        SatisfactionRatedDetails(overall=overall),
    )


def hashed(number: str) -> bytes:
    return f"hash of {number}".encode()


def test_applicant_is_known_by_a_hash_alone() -> None:
    inputs = opened_inputs([submitted("001234567890")], hashed)

    assert inputs.applicants == {DOSSIER: b"hash of 001234567890"}


def test_applicant_without_a_number_is_nobody() -> None:
    assert opened_inputs([submitted(None)], hashed).applicants == {}


def test_petitions_complaints_and_low_ratings_are_complaints() -> None:
    feedback = an_action(
        "petition.feedback_filed",
        PETITION,
        FeedbackFiled(),
        FeedbackFiledDetails(secret=SECRET, text="…", dossier=DOSSIER),
    )
    complaint = an_action(
        "petition.complaint_filed",
        PETITION,
        ComplaintFiled(level=1),
        ComplaintFiledDetails(secret=SECRET, text="…", dossier=DOSSIER),
    )

    inputs = opened_inputs([feedback, complaint, rated(2), rated(3)], hashed)

    assert inputs.complaints == (Complained(DOSSIER, AT),) * 3


def test_petition_about_no_dossier_is_about_none() -> None:
    feedback = an_action(
        "petition.feedback_filed",
        PETITION,
        FeedbackFiled(),
        FeedbackFiledDetails(secret=SECRET, text="…"),
    )

    assert opened_inputs([feedback], hashed).complaints == ()


def test_device_comes_from_whoever_keeps_it() -> None:
    kept = opened_inputs([rated(5)], hashed, device_of={RATING: "kiosk-1"})

    assert kept.ratings == (Rated(RATING, DOSSIER, AT, 5, "kiosk-1"),)
    assert opened_inputs([rated(5)], hashed).ratings == (Rated(RATING, DOSSIER, AT, 5, None),)


def test_act_whose_part_did_not_open_says_nothing() -> None:
    closed = an_action("petition.feedback_filed", PETITION, FeedbackFiled(), None)

    inputs = opened_inputs([closed], hashed)

    assert (inputs.applicants, inputs.complaints, inputs.ratings) == ({}, (), ())


def handed_in(stream: int, number: str, key: str | None = None, contact: str = "") -> Action:
    vkey = None if key is None else f"{key}+00000000+{'A' * 44}"
    return an_action(
        "dossier.submitted",
        f"dossier:{stream:032x}",
        DossierSubmitted(procedure="1.004222", channel=Channel.ONLINE, applicant_key=vkey),
        DossierSubmittedDetails(secret=SECRET, applicant_number=number, contact=contact or None),
    )


def test_key_of_one_applicant_is_known_by_the_number_that_of_several_is_an_account() -> None:
    inputs = opened_inputs(
        [
            handed_in(1, "1", "own"),
            handed_in(2, "1", "own"),
            handed_in(3, "2", "shared"),
            handed_in(4, "3", "shared"),
            handed_in(5, "4"),
        ],
        hashed,
    )

    assert inputs.holders == {"own": b"hash of 1"}
    assert inputs.accounts == {"shared"}


def test_contact_counts_where_several_applicants_gave_it_however_it_is_written() -> None:
    inputs = opened_inputs(
        [
            handed_in(1, "1", contact="0912 345 678"),
            handed_in(2, "2", contact="0912.345.678"),
            handed_in(3, "3", contact="an@example.vn"),
            handed_in(4, "3", contact="an@example.vn"),
        ],
        hashed,
    )

    assert inputs.contacts == {f"dossier:{n:032x}": b"hash of contact 0912345678" for n in (1, 2)}
