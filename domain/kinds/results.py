"""Kinds of results: approved, issued, refused, returned (rows 33 to 39)."""

from typing import Final

from domain import facts
from domain.actions import Kind, StreamType
from domain.kinds.companies import APPROVER_OR_IMPORTER, IMPORTER
from domain.roles import Role, SignerSet, any_of, signed_by

RESULTS: Final[tuple[Kind, ...]] = (
    Kind(
        name="dossier.result_approved",
        stream=StreamType.DOSSIER,
        facts=facts.ResultApproved,
        details=facts.ResultApprovedDetails,
        signers=APPROVER_OR_IMPORTER,
    ),
    Kind(
        name="dossier.result_issued",
        stream=StreamType.DOSSIER,
        facts=facts.ResultIssued,
        details=facts.ResultIssuedDetails,
        signers=signed_by(any_of(Role.CLERK), IMPORTER),
    ),
    Kind(
        name="dossier.resolution_refused",
        stream=StreamType.DOSSIER,
        facts=facts.ResolutionRefused,
        signers=APPROVER_OR_IMPORTER,
    ),
    Kind(
        name="dossier.result_returned",
        stream=StreamType.DOSSIER,
        facts=facts.ResultReturned,
        signers=signed_by(
            SignerSet(
                frozenset({Role.RETURNER, Role.RECEIVER, Role.SYSTEM, Role.POST}),
                may_join=frozenset({Role.APPLICANT, Role.PROXY}),
            ),
            IMPORTER,
        ),
    ),
)
