"""A writer that skips one rule on private details is convicted of it; an honest one of nothing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from domain.facts import (
    ApplicantKeyReplaced,
    ApplicantKeyReplacedDetails,
    RatingStage,
    SubmissionAcknowledgedDetails,
)
from domain.facts.feedback import (
    ComplaintFiled,
    ComplaintFiledDetails,
    DenunciationReceivedDetails,
)
from domain.facts.integrity import (
    AccessPurpose,
    CorrectableField,
    CorrectionAppended,
    CorrectionAppendedDetails,
    ErasureGround,
    FindingClosedDetails,
    FindingRaisedDetails,
    FindingVerdict,
    PersonalDataErased,
)
from domain.roles import Role
from ledger.action_notes import SubmittedAction, open_text
from ledger.inspecting.report import Check, Why
from tests.support.inspecting.world import (
    HEAD,
    NUMBER,
    LaxState,
    PrivateWorld,
    codes_of,
)
from tests.support.ledger_builders import ORIGIN, a_signing_key, operator_keys
from transparency.notes import SigningKey, render_vkey

PETITIONER = a_signing_key("petitioner")
SECRET = "A" * 43 + "="


@pytest.fixture
def forger(tmp_path: Path) -> PrivateWorld:
    return PrivateWorld(tmp_path, state=LaxState)


@pytest.fixture
def honest(tmp_path: Path) -> PrivateWorld:
    return PrivateWorld(tmp_path)


def correction(
    world: PrivateWorld, dossier: str, version: int, new_value: str | None = "18"
) -> SubmittedAction:
    """A correction of the register number, that names what a version committed to."""
    event = world.store.find(dossier, version)
    assert event is not None
    facts = CorrectionAppended(
        corrected_version=2,
        field=CorrectableField.REGISTER_NUMBER,
        old_commitment=open_text(event.note, ORIGIN).action.commitment,
    )
    details = CorrectionAppendedDetails(reason="Nhập nhầm", new_value=new_value)
    signers = [(Role.RECEIVER, world.desk.officer), (Role.HEAD, HEAD)]
    return world.act(
        "dossier.correction_appended", dossier, facts=facts, details=details, signers=signers
    )


def complaint(world: PrivateWorld, dossier: str) -> SubmittedAction:
    return world.act(
        "petition.complaint_filed",
        world.desk.new_stream("petition"),
        facts=ComplaintFiled(level=1, petitioner_key=render_vkey(PETITIONER.verification_key)),
        details=ComplaintFiledDetails(secret=SECRET, text="Chậm", dossier=dossier),
        signers=[(Role.APPLICANT, PETITIONER)],
    )


def denunciation(world: PrivateWorld, dossier: str) -> SubmittedAction:
    details = DenunciationReceivedDetails(text="Nhận tiền", dossier=dossier)
    stream = world.desk.new_stream("denunciation")
    return world.by_inspector("denunciation.received", stream, details)


def finding(world: PrivateWorld, dossier: str, rule: str = "R02") -> SubmittedAction:
    details = FindingRaisedDetails(rule=rule, rule_version=1, dossier=dossier)
    return world.by_inspector("finding.raised", world.desk.new_stream("finding"), details)


def erasure(world: PrivateWorld, dossier: str) -> SubmittedAction:
    facts = PersonalDataErased(
        ground=ErasureGround.RETENTION_PASSED, last_backup_until=date(2028, 1, 1)
    )
    signers = [(Role.APPROVER, world.desk.officer), (Role.SYSTEM, operator_keys().system)]
    return world.act("dossier.personal_data_erased", dossier, facts=facts, signers=signers)


def a_refused_dossier(world: PrivateWorld) -> str:
    """A dossier that ended at once; its retention has passed when this returns."""
    dossier = world.submit()
    world.settle(world.act("dossier.intake_refused", dossier))
    return dossier


def pass_retention(world: PrivateWorld) -> None:
    world.clock.pass_time(days=400)


def test_an_honest_world_passes_and_says_what_was_made_again(honest: PrivateWorld) -> None:
    dossier, code = honest.submit(), honest.a_code(1)
    honest.accept(dossier, code)
    honest.settle(correction(honest, dossier, 2))
    honest.settle(honest.a_read(honest.access_stream(dossier), dossier))
    honest.settle(honest.desk.rating(honest.desk.new_stream("rating"), dossier))
    honest.settle(denunciation(honest, dossier), complaint(honest, dossier))
    honest.settle(finding(honest, dossier))
    honest.end_month()

    report = honest.inspect()

    assert codes_of(report) == []
    assert (report.erased, report.lost, report.garbled, report.orphans) == (0, 0, 0, 0)
    assert report.opened == 13
    assert report.not_remade == {}
    assert {check: report.remade[check] for check in Check if report.remade[check]} == {
        Check.RULES: report.remade[Check.RULES],
        Check.DEFERRED: 2,
        Check.ENVELOPES: 2,
        Check.CODES: 1,
        Check.CORRECTIONS: 1,
        Check.ACCESS: 1,
        Check.NUMBERS: 4,
    }


def test_what_waits_for_the_months_end_is_made_again_without_envelopes(
    honest: PrivateWorld,
) -> None:
    dossier = honest.submit()
    honest.accept(dossier)
    honest.settle(honest.desk.rating(honest.desk.new_stream("rating"), dossier))

    report = honest.inspect()

    assert codes_of(report) == []
    assert (report.remade[Check.DEFERRED], report.remade[Check.ENVELOPES]) == (1, 0)


def _accepted(world: PrivateWorld, code: str) -> None:
    world.accept(world.submit(), code)


def _repeated_code(world: PrivateWorld) -> None:
    _accepted(world, world.a_code(1))
    _accepted(world, world.a_code(1))


def _moment_that_does_not_exist(world: PrivateWorld) -> None:
    details = SubmissionAcknowledgedDetails(receipt_sha256="ab" * 32, shown_at="2026-02-30")
    signers = [(Role.SYSTEM, operator_keys().system)]
    act = "dossier.submission_acknowledged"
    world.settle(world.act(act, world.submit(), details=details, signers=signers))


def _correction_without_value(world: PrivateWorld) -> None:
    dossier = world.submit()
    world.accept(dossier)
    world.settle(correction(world, dossier, 2, new_value=None))


def _correction_of_other_text(world: PrivateWorld) -> None:
    dossier = world.submit()
    world.accept(dossier)
    world.settle(correction(world, dossier, 1))


def _read_under_no_order(world: PrivateWorld) -> None:
    dossier = world.submit()
    stream = world.access_stream(dossier)
    world.settle(world.a_read(stream, dossier, purpose=AccessPurpose.INSPECTION))


def _read_on_another_stream(world: PrivateWorld) -> None:
    dossier, other = world.submit(), world.submit()
    world.settle(world.a_read(world.access_stream(other), dossier))


def _read_of_nothing(world: PrivateWorld) -> None:
    world.settle(world.a_read(world.access_stream(world.submit()), "dossier:" + "9" * 32))


def _alarm_kept_private(world: PrivateWorld) -> None:
    world.settle(finding(world, world.submit(), rule="R27"))


def _rating_by_another(world: PrivateWorld) -> None:
    dossier, other = world.submit(), world.submit()
    world.accept(dossier)
    desk = world.desk
    desk._applicants[dossier] = desk.applicant_of(other)
    world.settle(desk.rating(desk.new_stream("rating"), dossier))


def _rating_too_early(world: PrivateWorld) -> None:
    rated = world.desk.rating(world.desk.new_stream("rating"), world.submit(), RatingStage.RESULT)
    world.settle(rated)


def _rating_of_nothing(world: PrivateWorld) -> None:
    desk = world.desk
    world.settle(desk.rating(desk.new_stream("rating"), desk.new_stream()))


def _rating_twice(world: PrivateWorld) -> None:
    dossier = world.submit()
    world.accept(dossier)
    for _ in range(2):
        world.settle(world.desk.rating(world.desk.new_stream("rating"), dossier))


def _rating_with_a_forged_signature(world: PrivateWorld) -> None:
    dossier = world.submit()
    world.accept(dossier)
    desk = world.desk
    desk._applicants[dossier] = SigningKey(desk.applicant_of(dossier).name, bytes([5]) * 32)
    world.settle(desk.rating(desk.new_stream("rating"), dossier))


def _erased_during_a_complaint(world: PrivateWorld) -> None:
    """The office took it up: filed so late, it would keep nothing by itself."""
    dossier = a_refused_dossier(world)
    pass_retention(world)
    filed = complaint(world, dossier)
    world.settle(filed)
    stream = open_text(filed.note, ORIGIN).action.stream
    signers = [(Role.APPROVER, world.desk.officer)]
    world.settle(world.act("petition.complaint_accepted", stream, signers=signers))
    world.settle(erasure(world, dossier))
    world.vault.erase([dossier])


def _erased_during_a_finding(world: PrivateWorld) -> None:
    dossier = a_refused_dossier(world)
    world.settle(finding(world, dossier))
    _erase(world, dossier)


def _erased_after_a_denunciation(world: PrivateWorld) -> None:
    dossier = a_refused_dossier(world)
    world.settle(denunciation(world, dossier))
    _erase(world, dossier)


def _erase(world: PrivateWorld, dossier: str) -> None:
    pass_retention(world)
    world.settle(erasure(world, dossier))
    world.vault.erase([dossier])


BREACHES: list[tuple[str, Callable[[PrivateWorld], None], list[str]]] = [
    ("code of another form", lambda w: _accepted(w, "so 17"), ["fact_invalid"]),
    (
        "code of another day",
        lambda w: _accepted(w, w.a_code(1, days=-1)),
        ["fact_invalid"],
    ),
    ("code used twice", _repeated_code, ["dossier_code_taken", "code_repeated"]),
    ("number left out", lambda w: _accepted(w, w.a_code(2)), ["code_counter_gap"]),
    ("private moment that does not exist", _moment_that_does_not_exist, ["fact_invalid"]),
    ("correction without a value", _correction_without_value, ["not_correctable"]),
    ("correction of other text", _correction_of_other_text, ["correction_mismatch"]),
    ("inspection without an order", _read_under_no_order, ["fact_missing"]),
    ("read on another dossier's stream", _read_on_another_stream, ["access_stream_mismatch"]),
    ("read of nothing", _read_of_nothing, ["access_stream_mismatch"]),
    ("public alarm kept private", _alarm_kept_private, ["fact_invalid"]),
    ("rating by another dossier's applicant", _rating_by_another, ["not_your_dossier"]),
    ("rating before the stage", _rating_too_early, ["not_permitted"]),
    ("rating of nothing", _rating_of_nothing, ["rated_dossier_unknown"]),
    ("second rating of a stage", _rating_twice, ["not_permitted"]),
    ("rating whose signature is forged", _rating_with_a_forged_signature, ["invalid_signature"]),
    ("erased while a complaint is open", _erased_during_a_complaint, ["erasure_blocked"]),
    ("erased while a finding is open", _erased_during_a_finding, ["erasure_blocked"]),
    ("erased after a denunciation", _erased_after_a_denunciation, ["erasure_blocked"]),
]


@pytest.mark.parametrize(
    ("breach", "convicted"), [case[1:] for case in BREACHES], ids=[case[0] for case in BREACHES]
)
def test_a_writer_that_skips_a_private_rule_is_convicted_of_it_alone(
    forger: PrivateWorld, breach: Callable[[PrivateWorld], None], convicted: list[str]
) -> None:
    breach(forger)

    assert codes_of(forger.inspect()) == convicted
    assert forger.audit(forger.store).ok, "the public audit cannot see it"


def test_a_lax_writer_that_breaks_no_rule_is_convicted_of_nothing(forger: PrivateWorld) -> None:
    _accepted(forger, forger.a_code(1))

    assert codes_of(forger.inspect()) == []


def test_a_rating_stays_right_when_the_applicants_key_is_another_one_later(
    honest: PrivateWorld,
) -> None:
    """A rating names no place in the log: it is right if it was right at some instant."""
    dossier = honest.submit()
    honest.accept(dossier)
    honest.settle(honest.desk.rating(honest.desk.new_stream("rating"), dossier))
    honest.settle(_another_applicants_key(honest, dossier))
    honest.end_month()

    report = honest.inspect()

    assert codes_of(report) == []
    assert report.remade[Check.DEFERRED] == 1


def _another_registrar(world: PrivateWorld) -> SigningKey:
    """Enrol a registrar who did not enrol the receiver."""
    key = a_signing_key("registrar", 78)
    world.settle(world.enrolment(key, Role.REGISTRAR))
    return key


def _another_applicants_key(world: PrivateWorld, dossier: str) -> SubmittedAction:
    key = a_signing_key("applicant", 77)
    signers = [
        (Role.REGISTRAR, _another_registrar(world)),
        (Role.RECEIVER, world.desk.officer),
        (Role.HOLDER, key),
    ]
    return world.act(
        "dossier.applicant_key_replaced",
        dossier,
        facts=ApplicantKeyReplaced(applicant_key=render_vkey(key.verification_key)),
        details=ApplicantKeyReplacedDetails(reason_code="lost", told_by="phone"),
        signers=signers,
    )


def test_a_rating_of_what_is_newer_than_the_log_is_not_made_again_and_no_problem(
    honest: PrivateWorld,
) -> None:
    log = honest.log()
    dossier = honest.submit()
    honest.accept(dossier)
    honest.settle(honest.desk.rating(honest.desk.new_stream("rating"), dossier))

    *_, report = honest.auditor().audit(log)

    assert codes_of(report) == []
    assert report.not_remade == {(Check.DEFERRED, Why.NEWER): 1}


def test_a_complaint_that_nobody_took_up_in_time_does_not_stand_against_an_erasure(
    honest: PrivateWorld,
) -> None:
    dossier = a_refused_dossier(honest)
    honest.settle(complaint(honest, dossier))
    pass_retention(honest)
    honest.settle(erasure(honest, dossier))
    honest.vault.erase([dossier])

    assert codes_of(honest.inspect()) == []


def test_a_closed_finding_does_not_stand_against_an_erasure(honest: PrivateWorld) -> None:
    dossier = a_refused_dossier(honest)
    raised = finding(honest, dossier)
    honest.settle(raised)
    stream = open_text(raised.note, ORIGIN).action.stream
    honest.settle(_closing(honest, stream))
    _erase(honest, dossier)

    assert codes_of(honest.inspect()) == []


def _closing(world: PrivateWorld, stream: str) -> SubmittedAction:
    details = FindingClosedDetails(verdict=FindingVerdict.EXPLAINED)
    return world.by_inspector("finding.closed", stream, details)


def test_keys_of_one_person_are_named_by_their_personnel_number(honest: PrivateWorld) -> None:
    second = a_signing_key("officer", 8)
    honest.settle(honest.enrolment(second, Role.APPROVER, number=f" {NUMBER} "))

    report = honest.inspect()

    assert report.keys_of_several == (tuple(sorted((HEAD.name, second.name))),)
    assert codes_of(report) == []
