"""Corrections: readers see the new value, the act itself stays, and dates are out of reach."""

import msgspec
import pytest

from domain.facts import (
    DossierSubmittedDetails,
    PaymentConfirmed,
    PaymentMethod,
    PaymentRequired,
)
from domain.facts.integrity import (
    CorrectableField,
    CorrectionAppended,
    CorrectionAppendedDetails,
)
from domain.kinds import KINDS
from domain.oversight.corrections import (
    PUBLIC_FIELDS,
    Correction,
    corrected_details,
    corrected_facts,
    fits,
)

SECRET = "A" * 43 + "="
SUBMITTED = DossierSubmittedDetails(secret=SECRET, applicant_name="Nguyen Van B")
PAID = PaymentConfirmed(amount_vnd=20_000, method=PaymentMethod.CASH)


def a_correction(value: str, version: int = 1, field: str = "applicant_name") -> Correction:
    facts = CorrectionAppended(corrected_version=version, field=CorrectableField(field))
    return Correction(facts, CorrectionAppendedDetails(reason="typing error", new_value=value))


def test_last_correction_of_a_private_field_wins_and_the_act_stays() -> None:
    corrections = [a_correction("Nguyen Van A"), a_correction("Nguyen Van An")]

    read = corrected_details(1, SUBMITTED, corrections)

    assert isinstance(read, DossierSubmittedDetails)
    assert read.applicant_name == "Nguyen Van An"
    assert SUBMITTED.applicant_name == "Nguyen Van B"


@pytest.mark.parametrize(
    "correction",
    [
        pytest.param(a_correction("X", version=2), id="another act"),
        pytest.param(a_correction("X", field="register_number"), id="a field of another kind"),
        pytest.param(Correction(a_correction("X").facts), id="erased or sealed"),
    ],
)
def test_correction_that_does_not_concern_the_act_changes_nothing(correction: Correction) -> None:
    assert corrected_details(1, SUBMITTED, [correction]) == SUBMITTED


def test_payment_method_is_the_one_public_field() -> None:
    facts = CorrectionAppended(
        corrected_version=4, field=CorrectableField.METHOD, method=PaymentMethod.TRANSFER
    )
    correction = Correction(facts)

    read = corrected_facts(4, PAID, [correction])

    assert isinstance(read, PaymentConfirmed)
    assert (read.method, read.amount_vnd) == (PaymentMethod.TRANSFER, 20_000)
    assert corrected_facts(3, PAID, [correction]) == PAID
    assert fits(correction, PAID, None)
    assert not fits(correction, PaymentRequired(amount_vnd=1), None)


def test_correction_fits_an_act_that_has_the_field() -> None:
    assert fits(a_correction("X"), PAID, SUBMITTED)
    assert not fits(a_correction("X", field="number"), PAID, SUBMITTED)
    assert not fits(a_correction("X"), PAID, None)


def test_every_correctable_field_is_private_in_some_kind_or_named_as_public() -> None:
    private = {
        field.name
        for kind in KINDS.values()
        if kind.details is not None
        for field in msgspec.structs.fields(kind.details)
    }

    missing = {field.value for field in CorrectableField if field not in PUBLIC_FIELDS} - private
    assert missing == set()


@pytest.mark.parametrize(
    "decided",
    ["at", "due", "appointment", "outcome", "status", "office", "procedure", "amount_vnd",
     "reason_code", "code", "channel", "result_sha256"],
)  # fmt: skip
def test_nothing_that_was_decided_can_be_corrected(decided: str) -> None:
    assert decided not in set(CorrectableField)
