"""Corrections, reading and erasure: who may, where, and what is refused."""

from datetime import date
from typing import Any

import msgspec
import pytest

from domain.actions import Action
from domain.decisions import StreamState, decide, decide_private, evolve
from domain.dossiers import Dossier, Outcome, Status
from domain.errors import (
    CoSignerMissing,
    DossierErased,
    ErasureBlocked,
    FactInvalid,
    FactMissing,
    NotCorrectable,
    NotPermitted,
    NotYourRole,
    RetentionNotPassed,
)
from domain.facts import Grant
from domain.facts.integrity import (
    AccessLoggedDetails,
    AccessPurpose,
    CorrectionAppended,
    CorrectionAppendedDetails,
)
from domain.kinds import KINDS
from domain.oversight.integrity import AccessRecord
from domain.roles import Role
from tests.support.builders import (
    DEPARTMENT,
    OFFICE,
    a_dossier,
    a_dossier_in_process,
    a_key,
    a_moment,
    a_procedure,
    a_register,
    an_action,
    signed_as,
)
from tests.support.oversight.facts import OLD_COMMITMENT

ACCESS = "access:" + "ab" * 32
CORRECTION = "dossier.correction_appended"
ERASURE = "dossier.personal_data_erased"


def refusal(error: type[Exception], state: StreamState | None, action: Action) -> None:
    with pytest.raises(error):
        decide(state, action, a_register())


# Corrections.


def a_correction(**members: Any) -> Action:
    usual = {"corrected_version": 1, "field": "contact", "old_commitment": OLD_COMMITMENT}
    kept = {name: value for name, value in (usual | members).items() if value is not None}
    return an_action(CORRECTION, facts=msgspec.convert(kept, CorrectionAppended), version=5)


@pytest.mark.parametrize("status", Status)
def test_correction_changes_nothing_that_a_fold_reads(status: Status) -> None:
    dossier = a_dossier_in_process(status=status, outcome=Outcome.GRANTED)

    decide(dossier, a_correction(), a_register())

    assert evolve(dossier, a_correction(), a_register()) == dossier


def test_correction_is_counter_signed_by_the_head() -> None:
    alone = msgspec.structs.replace(a_correction(), signers=signed_as(Role.RECEIVER))
    head = msgspec.structs.replace(a_correction(), signers=signed_as(Role.HEAD))

    refusal(CoSignerMissing, a_dossier_in_process(), alone)
    refusal(CoSignerMissing, a_dossier_in_process(), head)


@pytest.mark.parametrize(
    "action",
    [
        pytest.param(a_correction(corrected_version=5), id="itself"),
        pytest.param(a_correction(corrected_version=6), id="a later act"),
        pytest.param(a_correction(old_commitment=None), id="private without the old commitment"),
        pytest.param(a_correction(method="cash"), id="private with a public value"),
        pytest.param(a_correction(field="method", old_commitment=None), id="no new value"),
        pytest.param(a_correction(field="method", method="cash"), id="public with a commitment"),
    ],
)
def test_correction_of_the_wrong_form_is_refused(action: Action) -> None:
    refusal(NotCorrectable, a_dossier_in_process(), action)


@pytest.mark.parametrize(
    ("members", "new_value", "is_refused"),
    [
        ({}, "0912345678", False),
        ({}, None, True),
        ({"field": "method", "method": "cash", "old_commitment": None}, None, False),
        ({"field": "method", "method": "cash", "old_commitment": None}, "cash", True),
    ],
)
def test_new_value_lies_where_the_field_lies(
    members: dict[str, Any], new_value: str | None, is_refused: bool
) -> None:
    details = CorrectionAppendedDetails(reason="Nhầm số", new_value=new_value)
    action = msgspec.structs.replace(a_correction(**members), details=details)

    if is_refused:
        with pytest.raises(NotCorrectable):
            decide_private(a_dossier_in_process(), action, a_register())
    else:
        decide_private(a_dossier_in_process(), action, a_register())


def test_erased_dossier_is_corrected_no_more() -> None:
    refusal(NotPermitted, a_dossier_in_process(erased_at=a_moment()), a_correction())


@pytest.mark.parametrize("commitment", [None, OLD_COMMITMENT])
def test_erased_dossier_takes_public_acts_and_nothing_private(commitment: str | None) -> None:
    erased = an_ended_dossier(erased_at=a_moment())
    action = an_action("dossier.result_revoked", commitment=commitment)

    if commitment is None:
        decide(erased, action, a_register())
    else:
        refusal(DossierErased, erased, action)


# Reading.


def a_read(**changes: Any) -> Action:
    usual = {"stream": ACCESS, "office": None, "signers": signed_as(Role.PROCESSOR)}
    return an_action("access.logged", **(usual | changes))


def test_reads_are_counted_and_show_nothing_else() -> None:
    register = a_register()
    first = evolve(None, a_read(), register)
    decide(first, a_read(), register)

    assert evolve(first, a_read(), register) == AccessRecord(2, a_moment())
    assert msgspec.structs.fields(KINDS["access.logged"].facts) == ()


def test_officer_of_one_office_reads_without_naming_it() -> None:
    officer = a_key("officer-00000000000000a2", Grant(Role.PROCESSOR, DEPARTMENT))
    signers = signed_as(Role.PROCESSOR, key=officer.name)

    decide(None, a_read(signers=signers), a_register(keys=[officer]))


@pytest.mark.parametrize(
    ("error", "action"),
    [
        pytest.param(FactInvalid, a_read(office=OFFICE), id="names the office"),
        pytest.param(FactMissing, a_read(commitment=None), id="no purpose"),
        pytest.param(NotYourRole, a_read(signers=signed_as(Role.REGISTRAR)), id="no reader"),
        pytest.param(
            NotYourRole,
            a_read(signers=signed_as(Role.INSPECTOR, key="importer-00000000000000cc")),
            id="a role that is not held",
        ),
    ],
)
def test_read_is_refused(error: type[Exception], action: Action) -> None:
    refusal(error, None, action)


def test_inspection_names_its_order() -> None:
    details = AccessLoggedDetails(
        dossier="dossier:" + "a" * 32, purpose=AccessPurpose.INSPECTION, fields=("contact",)
    )

    with pytest.raises(FactMissing, match="order"):
        decide_private(None, a_read(details=details), a_register())


# Erasure.


def an_ended_dossier(**changes: Any) -> Dossier:
    usual = {
        "status": Status.RESULT_RETURNED,
        "outcome": Outcome.GRANTED,
        "ended_at": a_moment("2026-03-05T02:00:00Z"),
        "returned_at": a_moment("2026-03-06T02:00:00Z"),
    }
    return a_dossier_in_process(**(usual | changes))


def an_erasure(at: str = "2036-03-07T02:00:00Z", **changes: Any) -> Action:
    return an_action(ERASURE, at=a_moment(at), **changes)


def test_data_is_erased_after_the_retention_and_once() -> None:
    register = a_register(a_procedure(retention_years=10))

    decide(an_ended_dossier(), an_erasure(), register)
    erased = evolve(an_ended_dossier(), an_erasure(), register)

    assert isinstance(erased, Dossier)
    assert erased.erased_at == a_moment("2036-03-07T02:00:00Z")
    with pytest.raises(NotPermitted):
        decide(erased, an_erasure(), register)


@pytest.mark.parametrize(
    ("error", "dossier", "at", "years"),
    [
        pytest.param(
            RetentionNotPassed, an_ended_dossier(), "2036-03-06T02:00:00Z", 10, id="last day"
        ),
        pytest.param(
            RetentionNotPassed, an_ended_dossier(), "2099-01-01T00:00:00Z", None, id="undeclared"
        ),
        pytest.param(
            ErasureBlocked, an_ended_dossier(holds=(3,)), "2036-03-07T02:00:00Z", 10, id="hold"
        ),
        pytest.param(
            NotPermitted, a_dossier_in_process(), "2036-03-07T02:00:00Z", 10, id="in process"
        ),
        pytest.param(
            NotPermitted,
            an_ended_dossier(status=Status.PROCESSED, returned_at=None),
            "2036-03-07T02:00:00Z",
            10,
            id="result not returned",
        ),
        pytest.param(
            NotPermitted,
            an_ended_dossier(status=Status.STOPPED, outcome=None, suspended=True),
            "2036-03-07T02:00:00Z",
            10,
            id="suspended",
        ),
    ],
)
def test_erasure_is_refused(
    error: type[Exception], dossier: Dossier, at: str, years: int | None
) -> None:
    register = a_register(a_procedure(retention_years=years))

    with pytest.raises(error):
        decide(dossier, an_erasure(at), register)


def test_dossier_that_was_never_accepted_is_kept_as_its_procedure_said_then() -> None:
    register = a_register(a_procedure(retention_years=2))
    refused = a_dossier(
        status=Status.NOT_ACCEPTED,
        outcome=Outcome.NOT_ACCEPTED,
        ended_at=a_moment("2026-03-03T02:00:00Z"),
        submitted_version=1,
    )

    decide(refused, an_erasure("2028-03-04T02:00:00Z"), register)
    with pytest.raises(RetentionNotPassed):
        decide(refused, an_erasure("2028-03-03T02:00:00Z"), register)


def test_version_that_was_published_later_shortens_no_retention() -> None:
    """An office published, years later, a version dated back whose retention had passed."""
    kept_long = a_procedure(retention_years=10)
    kept_short = a_procedure(version=2, retention_years=0)
    submission = an_action("dossier.submitted")
    submitted = evolve(None, submission, a_register(kept_long))
    assert isinstance(submitted, Dossier)
    refused = msgspec.structs.replace(
        submitted,
        status=Status.NOT_ACCEPTED,
        outcome=Outcome.NOT_ACCEPTED,
        ended_at=a_moment("2026-03-03T02:00:00Z"),
    )

    with pytest.raises(RetentionNotPassed, match="2036-03-03"):
        decide(refused, an_erasure("2027-01-01T00:00:00Z"), a_register(kept_long, kept_short))


def test_dossier_filed_before_any_version_held_declares_no_retention() -> None:
    later = a_procedure(valid_from=date(2027, 1, 1), retention_years=0)
    submitted = evolve(None, an_action("dossier.submitted"), a_register(later))

    assert isinstance(submitted, Dossier)
    assert submitted.submitted_version is None


@pytest.mark.parametrize("roles", [(Role.SYSTEM,), (Role.APPROVER,)])
def test_erasure_needs_whoever_decides_and_the_system(roles: tuple[Role, ...]) -> None:
    register = a_register(a_procedure(retention_years=10))

    with pytest.raises(CoSignerMissing):
        decide(an_ended_dossier(), an_erasure(signers=signed_as(*roles)), register)
