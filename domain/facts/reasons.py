"""Reasons that public facts give: a closed list per kind, since a name may hide in an open word.

No list of reasons was found in the law: these are ours, and the reason in words stands in the
private part beside them. Another reason is another member here, and a release.
"""

from enum import StrEnum


class IntakeRefusalReason(StrEnum):
    """Why a dossier is not taken in."""

    WRONG_AUTHORITY = "wrong_authority"
    INCOMPLETE_PAPERS = "incomplete_papers"
    INVALID_PAPERS = "invalid_papers"
    NOT_ELIGIBLE = "not_eligible"
    NO_SUCH_PROCEDURE = "no_such_procedure"
    FILED_ALREADY = "filed_already"
    DECIDED_ALREADY = "decided_already"
    STATED_BY_ORIGIN = "stated_by_origin"
    OTHER_REASON = "other_reason"


class ApologyReason(StrEnum):
    """Why it takes longer than the slip says."""

    MANY_DOSSIERS = "many_dossiers"
    AWAITING_OTHER_AGENCY = "awaiting_other_agency"
    VERIFICATION_TAKES_LONGER = "verification_takes_longer"
    OFFICER_ABSENT = "officer_absent"
    SYSTEM_OUTAGE = "system_outage"
    FORCE_MAJEURE = "force_majeure"
    STATED_BY_ORIGIN = "stated_by_origin"
    OTHER_REASON = "other_reason"


class RefusalReason(StrEnum):
    """Why a matter is refused after appraisal."""

    NOT_ELIGIBLE = "not_eligible"
    WRONG_AUTHORITY = "wrong_authority"
    INCOMPLETE_PAPERS = "incomplete_papers"
    INVALID_PAPERS = "invalid_papers"
    CONTRARY_TO_PLAN = "contrary_to_plan"
    IN_DISPUTE = "in_dispute"
    DECIDED_ALREADY = "decided_already"
    STATED_BY_ORIGIN = "stated_by_origin"
    OTHER_REASON = "other_reason"
