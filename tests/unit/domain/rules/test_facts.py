"""Facts: shapes at their limits, and rules that shapes cannot say."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.decisions import decide
from domain.errors import (
    ActionRefused,
    FactInvalid,
    FactMissing,
    NotYourRole,
    UnknownProcedure,
)
from domain.facts import (
    Channel,
    ConflictDeclaredDetails,
    DossierAccepted,
    DossierSubmitted,
    DossierSubmittedDetails,
    DueDateImported,
    ExtensionApologyIssued,
    ForeignStepRecorded,
    IntakeRefused,
    PaymentRequired,
    SatisfactionRated,
)
from domain.facts.reasons import ApologyReason
from domain.kinds import KINDS
from domain.roles import Role
from tests.support.builders import (
    APPLICANT_VKEY,
    HEX64,
    OFFICER_KEY,
    PROCEDURE,
    STREAM,
    a_dossier,
    a_dossier_in_process,
    a_register,
    an_action,
    an_imported_action,
    signed_as,
)

LIMITS: list[tuple[type[msgspec.Struct], dict[str, Any], dict[str, Any]]] = [
    (ForeignStepRecorded, {"label": "a" * 120}, {"label": "a" * 121}),
    (ForeignStepRecorded, {"label": "T02 Check, again!"}, {"label": 'T02 "Check"'}),
    (ForeignStepRecorded, {"label": "T02"}, {"label": "T02\n"}),
    (ForeignStepRecorded, {"label": "T02"}, {"label": "Kiểm tra"}),
    (ForeignStepRecorded, {"performer": "a" * 64}, {"performer": "a" * 65}),
    (ForeignStepRecorded, {"performer": "a" * 16}, {"performer": "a" * 15}),
    (ForeignStepRecorded, {"label_hash": HEX64}, {"label_hash": HEX64.upper()}),
    (ConflictDeclaredDetails, {"conflict_code": "abc"}, {"conflict_code": "ab"}),
    (ConflictDeclaredDetails, {"conflict_code": "a" * 41}, {"conflict_code": "a" * 42}),
    (IntakeRefused, {"reason_code": "filed_already"}, {"reason_code": "filed already"}),
    (PaymentRequired, {"amount_vnd": 0}, {"amount_vnd": -1}),
    (PaymentRequired, {"amount_vnd": 10**12}, {"amount_vnd": 10**12 + 1}),
    (PaymentRequired, {"amount_vnd": 1}, {"amount_vnd": 1.5}),
    (
        PaymentRequired,
        {"amount_vnd": 1, "pay_by": "2026-02-28"},
        {"amount_vnd": 1, "pay_by": "2026-02-30"},
    ),
    (DossierAccepted, {"appointment": "2026-03-01"}, {"appointment": "1 March"}),
    (
        SatisfactionRated,
        {"dossier": STREAM, "stage": "result"},
        {"dossier": STREAM, "stage": "result", "overall": 5},
    ),
    (
        SatisfactionRated,
        {"dossier": STREAM, "stage": "receipt"},
        {"dossier": "office:H27", "stage": "receipt"},
    ),
    (
        DossierSubmitted,
        {"procedure": PROCEDURE, "channel": "post", "applicant_key": APPLICANT_VKEY},
        {"procedure": PROCEDURE, "channel": "post", "applicant_key": "applicant"},
    ),
    (
        DossierSubmittedDetails,
        {"secret": "A" * 43 + "="},
        {"secret": "A" * 44},
    ),
    (
        DossierSubmittedDetails,
        {"secret": "A" * 43 + "=", "applicant_name": "n" * 200},
        {"secret": "A" * 43 + "=", "applicant_name": "n" * 201},
    ),
    (DossierAccepted, {}, {"unknown": 1}),
]


@pytest.mark.parametrize(("shape", "good", "bad"), LIMITS)
def test_fact_is_taken_at_its_limit_and_refused_beyond(
    shape: type[msgspec.Struct], good: dict[str, Any], bad: dict[str, Any]
) -> None:
    taken = msgspec.convert(good, shape)

    assert msgspec.to_builtins(taken) == good
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(bad, shape)


def test_absent_facts_are_left_out() -> None:
    assert msgspec.json.encode(ForeignStepRecorded()) == b"{}"


@pytest.mark.parametrize("mark", ["performer", "label", "label_hash"])
def test_officers_facts_bear_no_importers_mark(mark: str) -> None:
    facts = KINDS["dossier.accepted"].facts(**{mark: "ab" * 32})

    with pytest.raises(FactInvalid):
        decide(a_dossier(), an_action("dossier.accepted", facts=facts), a_register())
    imported = a_dossier(imported=True)
    decide(imported, an_imported_action("dossier.accepted", facts=facts), a_register())


def test_label_is_written_out_or_hashed_and_not_both() -> None:
    facts = ForeignStepRecorded(label="T02", label_hash=HEX64)

    with pytest.raises(FactInvalid):
        decide(
            a_dossier(imported=True),
            an_imported_action("dossier.foreign_step_recorded", facts=facts),
            a_register(),
        )


def test_day_outside_the_years_that_can_be_reckoned_with_is_refused() -> None:
    facts = DueDateImported(due_on=date(9999, 12, 31))
    action = an_imported_action("dossier.due_date_imported", facts=facts)

    with pytest.raises(FactInvalid):
        decide(a_dossier(imported=True), action, a_register())


def test_importer_may_not_act_on_a_dossier_that_began_here() -> None:
    facts = DueDateImported(due_on=date(2031, 12, 31))
    action = an_imported_action("dossier.due_date_imported", facts=facts)

    with pytest.raises(NotYourRole):
        decide(a_dossier(), action, a_register())


def test_named_applicants_key_must_sign() -> None:
    proxy = signed_as(Role.PROXY, key=OFFICER_KEY)
    action = an_action("dossier.submitted", facts=a_submission(), signers=proxy)

    with pytest.raises(FactInvalid):
        decide(None, action, a_register())


def a_submission(**changes: Any) -> DossierSubmitted:
    facts = DossierSubmitted(
        procedure=PROCEDURE, channel=Channel.ONLINE, applicant_key=APPLICANT_VKEY
    )
    return msgspec.structs.replace(facts, **changes)


OFFICER_VKEY = f"{OFFICER_KEY}+0a1b2c3d+{'A' * 44}"


@pytest.mark.parametrize(
    ("facts", "role", "refusal"),
    [
        pytest.param(
            a_submission(procedure="9.999999"), Role.APPLICANT, UnknownProcedure, id="no procedure"
        ),
        pytest.param(a_submission(applicant_key=None), Role.PROXY, FactMissing, id="no key"),
        pytest.param(a_submission(), Role.IMPORTER, FactInvalid, id="import with a key"),
        pytest.param(
            a_submission(applicant_key=OFFICER_VKEY), Role.PROXY, FactInvalid, id="enrolled key"
        ),
    ],
)
def test_submission_whose_facts_do_not_hold_is_refused(
    facts: DossierSubmitted, role: Role, refusal: type[ActionRefused]
) -> None:
    action = an_action("dossier.submitted", facts=facts, signers=signed_as(role))

    with pytest.raises(refusal):
        decide(None, action, a_register())


def test_moment_that_does_not_exist_is_refused() -> None:
    accepted = an_action("dossier.accepted", facts=DossierAccepted(appointment="2026-02-30"))
    apology = an_action(
        "dossier.extension_apology_issued",
        facts=ExtensionApologyIssued(
            appointment="2026-13-01", reason_code=ApologyReason.OTHER_REASON
        ),
    )

    with pytest.raises(FactInvalid, match="appointment"):
        decide(a_dossier(), accepted, a_register())
    with pytest.raises(FactInvalid, match="appointment"):
        decide(a_dossier_in_process(), apology, a_register())
