"""Duties that one person may not join: who took a dossier in, processed it, and decided it.

Persons are what `projections.people.persons` says; an import's performers are persons by
themselves.
"""

from collections.abc import Callable
from typing import Final

from domain.dossiers import Dossier
from projections.dossier_rows import Act

# Acts of intake, processing and approval: the kinds whose signers the domain remembers.
PERSONAL_ACTS: Final = frozenset(
    {
        "dossier.intake_supplement_requested",
        "dossier.accepted",
        "dossier.intake_refused",
        "dossier.handover_acknowledged",
        "dossier.supplement_requested",
        "dossier.supplement_judged_incomplete",
        "dossier.payment_required",
        "dossier.verification_recorded",
        "dossier.consultation_requested",
        "dossier.submitted_for_approval",
        "dossier.step_transferred",
        "dossier.result_approved",
        "dossier.resolution_refused",
    }
)


def doers_of_both(dossier: Dossier, person_of: Callable[[str], str]) -> frozenset[str]:
    """Give who both took in or processed a dossier and decided it: persons and performers."""
    approved = frozenset(map(person_of, dossier.approved_by))
    others = map(person_of, (*dossier.accepted_by, *dossier.processed_by))
    performers = frozenset(dossier.approved_performers).intersection(dossier.accepted_performers)
    return approved.intersection(others) | performers


def is_personal_act_by(act: Act, doers: frozenset[str], person_of: Callable[[str], str]) -> bool:
    """Tell whether an act of one of these duties is by one of these persons."""
    if act.kind not in PERSONAL_ACTS:
        return False
    return act.performer in doers or any(person_of(signer.key) in doers for signer in act.signers)
