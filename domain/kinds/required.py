"""What an act must say beside what its shape asks for, kind by kind (domain.md 2.7, rows 1 to 51).

A shape holds for imports too, which have what the other system has; these members are asked of
everybody else. Slips and their hashes stay optional: a slip may be printed from the recorded act.
So does what the signers, the header or the registry say already, and what the law leaves to the
applicant. Cash without a receipt's number is improper, not impossible: it is recorded, and R17.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from domain.actions import Need
from domain.facts.feedback import ComplaintOutcome, FeedbackVerdict
from domain.facts.reasons import IntakeRefusalReason
from domain.facts.waiting import PaymentMethod

_NOT_CASH: Final = tuple(method for method in PaymentMethod if method is not PaymentMethod.CASH)
_UNEXPLAINED: Final = (FeedbackVerdict.REFUSED, FeedbackVerdict.INFORMATION_WANTED)
_ON_THE_MERITS: Final = (
    ComplaintOutcome.UPHELD,
    ComplaintOutcome.PARTLY_UPHELD,
    ComplaintOutcome.REJECTED,
)


def _all(*members: str) -> tuple[Need, ...]:
    return tuple(Need(member) for member in members)


def _where(fact: str, values: tuple[StrEnum | None, ...], member: str) -> Need:
    """Ask for a member only where a public fact has one of these values; None: it is absent."""
    return Need(member, fact=fact, values=values)


# LAW: Decree 61/2018 arts 17, 19, 20; Circular 01/2018, slips 01 to 05; domain.md 2.7.
REQUIRED: Final[Mapping[str, tuple[Need, ...]]] = {
    "dossier.submitted": _all("applicant_name", "delivery", "notice_version"),
    "dossier.intake_supplement_requested": _all("answer_by", "items"),
    "dossier.intake_refused": (
        *_all("explanation", "legal_citation"),
        _where("reason_code", (IntakeRefusalReason.WRONG_AUTHORITY,), "right_authority"),
    ),
    "dossier.processor_assigned": _all("assignee"),
    "dossier.consultation_requested": _all("answer_by"),
    "dossier.step_transferred": (_where("step", (None,), "step_hours"),),
    "dossier.supplement_requested": _all("answer_by", "items", "legal_citation"),
    "dossier.supplement_submitted": _all("components"),
    "dossier.payment_required": _all("pay_by", "fee_codes"),
    "dossier.payment_confirmed": (_where("method", _NOT_CASH, "transaction_reference"),),
    "dossier.withdrawal_confirmed": _all("notice_sha256"),
    "dossier.result_approved": _all("result_sha256"),
    "dossier.resolution_refused": _all("explanation", "legal_citation"),
    "dossier.result_issued": _all("number", "issued_on", "result_sha256", "electronic_copy"),
    "dossier.result_returned": _all("method", "receiver", "originals_returned"),
    "petition.feedback_classified": (_where("verdict", _UNEXPLAINED, "explanation"),),
    "petition.feedback_answered": (Need("text", or_else="answer_sha256"),),
    "petition.complaint_decided": (
        _where("outcome", _ON_THE_MERITS, "decision_sha256"),
        _where("outcome", (ComplaintOutcome.NOT_ACCEPTED,), "explanation"),
    ),
}
