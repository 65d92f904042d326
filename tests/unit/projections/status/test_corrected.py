"""Both versions of what was corrected: as it was signed, and as it is to be read."""

from msgspec.structs import replace

from domain.actions import Action
from domain.facts import (
    PaymentConfirmed,
    PaymentMethod,
    ProcessorAssigned,
    ProcessorAssignedDetails,
)
from domain.facts.integrity import (
    CorrectableField,
    CorrectionAppended,
    CorrectionAppendedDetails,
)
from projections.status.corrected import Corrected, corrections_by_version
from tests.support.builders import COMMITMENT, an_action

ASSIGNED = replace(
    an_action("dossier.processor_assigned", version=3, facts=ProcessorAssigned()),
    details=ProcessorAssignedDetails(assignee="CB-0042"),
    commitment=COMMITMENT,
)


def correction(version: int, value: str | None, corrected_version: int = 3) -> Action:
    details = None
    if value is not None:
        details = CorrectionAppendedDetails(reason="Gõ nhầm", new_value=value)
    facts = CorrectionAppended(
        corrected_version=corrected_version,
        field=CorrectableField.ASSIGNEE,
        old_commitment=COMMITMENT,
    )
    action = an_action("dossier.correction_appended", version=version, facts=facts)
    return replace(action, details=details)


def test_correction_shows_what_was_signed_and_what_it_was_set_right_to() -> None:
    found = corrections_by_version([ASSIGNED, correction(4, "CB-0043")])

    assert found == {3: (Corrected(4, CorrectableField.ASSIGNEE, "CB-0042", "CB-0043"),)}


def test_second_correction_goes_on_from_the_first() -> None:
    found = corrections_by_version([ASSIGNED, correction(4, "CB-0043"), correction(5, "CB-0044")])

    assert [(one.before, one.after) for one in found[3]] == [
        ("CB-0042", "CB-0043"),
        ("CB-0043", "CB-0044"),
    ]


def test_public_field_is_corrected_in_the_facts() -> None:
    paid = an_action(
        "dossier.payment_confirmed",
        version=3,
        facts=PaymentConfirmed(amount_vnd=20_000, method=PaymentMethod.CASH),
    )
    facts = CorrectionAppended(
        corrected_version=3, field=CorrectableField.METHOD, method=PaymentMethod.ONLINE_PORTAL
    )
    mended = an_action("dossier.correction_appended", version=4, facts=facts)

    (found,) = corrections_by_version([paid, mended])[3]

    assert (found.before, found.after) == (
        PaymentMethod.CASH.value,
        PaymentMethod.ONLINE_PORTAL.value,
    )
    assert found.without_private() == found


def test_correction_of_another_act_or_field_is_none_of_this_one() -> None:
    assert corrections_by_version([ASSIGNED, correction(4, "CB-0043", corrected_version=2)]) == {}


def test_erased_act_keeps_that_it_was_corrected_and_no_value() -> None:
    erased = [replace(ASSIGNED, details=None), correction(4, None)]

    (found,) = corrections_by_version(erased)[3]

    assert (found.field, found.before, found.after) == (CorrectableField.ASSIGNEE, None, None)


def test_private_values_are_left_out_for_whoever_may_not_see_them() -> None:
    shown = Corrected(4, CorrectableField.ASSIGNEE, "CB-0042", "CB-0043").without_private()

    assert (shown.version, shown.before, shown.after) == (4, None, None)
