"""Kinds of results: approved, issued, refused, sent, returned, mended (rows 33 to 39)."""

from typing import Final

from domain import facts
from domain.actions import Kind
from domain.kinds.companies import APPROVER_OR_IMPORTER, IMPORTER, by, dossier_kind
from domain.roles import Role, SignerSet, signed_by

RESULTS: Final[tuple[Kind, ...]] = (
    dossier_kind(
        "result_approved", facts.ResultApproved, APPROVER_OR_IMPORTER, facts.ResultApprovedDetails
    ),
    dossier_kind(
        "resolution_refused",
        facts.ResolutionRefused,
        APPROVER_OR_IMPORTER,
        facts.ResolutionRefusedDetails,
    ),
    dossier_kind("result_issued", facts.ResultIssued, by(Role.CLERK), facts.ResultIssuedDetails),
    dossier_kind(
        "result_ready_notified",
        facts.ResultReadyNotified,
        by(Role.SYSTEM, Role.RETURNER),
        facts.ResultReadyNotifiedDetails,
    ),
    dossier_kind(
        "result_dispatched",
        facts.ResultDispatched,
        by(Role.RETURNER, Role.POST),
        facts.ResultDispatchedDetails,
    ),
    dossier_kind(
        "delivery_failed", facts.DeliveryFailed, by(Role.POST), facts.DeliveryFailedDetails
    ),
    dossier_kind(
        "result_returned",
        facts.ResultReturned,
        signed_by(
            SignerSet(
                frozenset({Role.RETURNER, Role.RECEIVER, Role.SYSTEM, Role.POST}),
                may_join=frozenset({Role.APPLICANT, Role.PROXY}),
            ),
            IMPORTER,
        ),
        facts.ResultReturnedDetails,
    ),
    dossier_kind(
        "result_corrected",
        facts.ResultCorrected,
        APPROVER_OR_IMPORTER,
        facts.ResultCorrectedDetails,
    ),
    dossier_kind(
        "result_revoked", facts.ResultRevoked, APPROVER_OR_IMPORTER, facts.ResultRevokedDetails
    ),
)
