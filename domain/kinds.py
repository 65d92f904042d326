"""The closed table of kinds of action.

A new kind is a class of facts, a line here, a row in `transitions.py` and its tests. Names are
signed for ever, so a changed schema is a new kind.
"""

from collections.abc import Mapping
from typing import Final

from domain import facts
from domain.actions import Kind, StreamType
from domain.roles import Role, SignerSet, any_of, signed_by

__all__ = ["KINDS", "Kind"]

_IMPORTER = any_of(Role.IMPORTER)
_APPLICANT_OR_PROXY = any_of(Role.APPLICANT, Role.PROXY)
_RECEIVER_OR_IMPORTER = signed_by(any_of(Role.RECEIVER), _IMPORTER)
_APPROVER_OR_IMPORTER = signed_by(any_of(Role.APPROVER), _IMPORTER)

_REGISTRY: tuple[Kind, ...] = (
    Kind(
        name="ledger.opened",
        stream=StreamType.LEDGER,
        facts=facts.LedgerOpened,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="key.registered",
        stream=StreamType.KEY,
        facts=facts.KeyRegistered,
        details=facts.KeyRegisteredDetails,
        signers=signed_by(
            SignerSet(frozenset({Role.REGISTRAR}), with_all=frozenset({Role.HOLDER}))
        ),
    ),
    Kind(
        name="key.revoked",
        stream=StreamType.KEY,
        facts=facts.KeyRevoked,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="office.registered",
        stream=StreamType.OFFICE,
        facts=facts.OfficeRegistered,
        signers=signed_by(any_of(Role.REGISTRAR)),
    ),
    Kind(
        name="procedure.version_published",
        stream=StreamType.PROCEDURE,
        facts=facts.ProcedureVersionPublished,
        signers=signed_by(any_of(Role.CATALOGUE_ADMIN)),
    ),
    Kind(
        name="calendar.published",
        stream=StreamType.CALENDAR,
        facts=facts.CalendarPublished,
        signers=signed_by(any_of(Role.CATALOGUE_ADMIN)),
    ),
)

_INTAKE: tuple[Kind, ...] = (
    Kind(
        name="dossier.submitted",
        stream=StreamType.DOSSIER,
        facts=facts.DossierSubmitted,
        details=facts.DossierSubmittedDetails,
        # At the counter and by post the officer signs with the applicant, never instead.
        signers=signed_by(
            SignerSet(
                frozenset({Role.APPLICANT, Role.PROXY}),
                may_join=frozenset({Role.RECEIVER, Role.POST}),
            ),
            _IMPORTER,
        ),
    ),
    Kind(
        name="dossier.intake_supplement_requested",
        stream=StreamType.DOSSIER,
        facts=facts.IntakeSupplementRequested,
        details=facts.IntakeSupplementRequestedDetails,
        signers=_RECEIVER_OR_IMPORTER,
    ),
    Kind(
        name="dossier.accepted",
        stream=StreamType.DOSSIER,
        facts=facts.DossierAccepted,
        details=facts.DossierAcceptedDetails,
        signers=_RECEIVER_OR_IMPORTER,
    ),
    Kind(
        name="dossier.intake_refused",
        stream=StreamType.DOSSIER,
        facts=facts.IntakeRefused,
        details=facts.IntakeRefusedDetails,
        signers=_RECEIVER_OR_IMPORTER,
    ),
)

_PROCESSING: tuple[Kind, ...] = (
    Kind(
        name="dossier.processor_assigned",
        stream=StreamType.DOSSIER,
        facts=facts.ProcessorAssigned,
        details=facts.ProcessorAssignedDetails,
        signers=signed_by(any_of(Role.ASSIGNER, Role.HEAD), _IMPORTER),
    ),
    Kind(
        name="dossier.handover_acknowledged",
        stream=StreamType.DOSSIER,
        facts=facts.HandoverAcknowledged,
        details=facts.HandoverAcknowledgedDetails,
        signers=signed_by(
            any_of(Role.RECEIVER, Role.PROCESSOR, Role.ASSIGNER, Role.CLERK), _IMPORTER
        ),
    ),
    Kind(
        name="dossier.supplement_requested",
        stream=StreamType.DOSSIER,
        facts=facts.SupplementRequested,
        details=facts.SupplementRequestedDetails,
        signers=signed_by(any_of(Role.PROCESSOR, Role.RECEIVER), _IMPORTER),
    ),
    Kind(
        name="dossier.supplement_submitted",
        stream=StreamType.DOSSIER,
        facts=facts.SupplementSubmitted,
        details=facts.SupplementSubmittedDetails,
        signers=signed_by(any_of(Role.APPLICANT, Role.PROXY, Role.RECEIVER), _IMPORTER),
    ),
    Kind(
        name="dossier.supplement_completed",
        stream=StreamType.DOSSIER,
        facts=facts.SupplementCompleted,
        signers=_RECEIVER_OR_IMPORTER,
    ),
    Kind(
        name="dossier.payment_required",
        stream=StreamType.DOSSIER,
        facts=facts.PaymentRequired,
        signers=signed_by(any_of(Role.PROCESSOR, Role.RECEIVER, Role.FINANCE_AUTHORITY), _IMPORTER),
    ),
    Kind(
        name="dossier.payment_confirmed",
        stream=StreamType.DOSSIER,
        facts=facts.PaymentConfirmed,
        signers=signed_by(any_of(Role.PAYMENT_PROVIDER, Role.RECEIVER), _IMPORTER),
    ),
    Kind(
        name="dossier.extension_apology_issued",
        stream=StreamType.DOSSIER,
        facts=facts.ExtensionApologyIssued,
        signers=signed_by(any_of(Role.APPROVER, Role.HEAD), _IMPORTER),
    ),
    Kind(
        name="dossier.withdrawal_requested",
        stream=StreamType.DOSSIER,
        facts=facts.WithdrawalRequested,
        signers=signed_by(_APPLICANT_OR_PROXY, _IMPORTER),
    ),
    Kind(
        name="dossier.withdrawal_confirmed",
        stream=StreamType.DOSSIER,
        facts=facts.WithdrawalConfirmed,
        signers=signed_by(any_of(Role.RECEIVER, Role.SYSTEM), _IMPORTER),
    ),
)

_RESULT: tuple[Kind, ...] = (
    Kind(
        name="dossier.result_approved",
        stream=StreamType.DOSSIER,
        facts=facts.ResultApproved,
        details=facts.ResultApprovedDetails,
        signers=_APPROVER_OR_IMPORTER,
    ),
    Kind(
        name="dossier.result_issued",
        stream=StreamType.DOSSIER,
        facts=facts.ResultIssued,
        details=facts.ResultIssuedDetails,
        signers=signed_by(any_of(Role.CLERK), _IMPORTER),
    ),
    Kind(
        name="dossier.resolution_refused",
        stream=StreamType.DOSSIER,
        facts=facts.ResolutionRefused,
        signers=_APPROVER_OR_IMPORTER,
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
            _IMPORTER,
        ),
    ),
    Kind(
        name="rating.satisfaction_rated",
        stream=StreamType.RATING,
        facts=facts.SatisfactionRated,
        signers=signed_by(any_of(Role.APPLICANT)),
        deferred=True,
    ),
)

_IMPORTS: tuple[Kind, ...] = (
    Kind(
        name="dossier.foreign_step_recorded",
        stream=StreamType.DOSSIER,
        facts=facts.ForeignStepRecorded,
        details=facts.ForeignStepRecordedDetails,
        signers=signed_by(_IMPORTER),
    ),
    Kind(
        name="dossier.due_date_imported",
        stream=StreamType.DOSSIER,
        facts=facts.DueDateImported,
        signers=signed_by(_IMPORTER),
    ),
    Kind(
        name="dossier.end_imported",
        stream=StreamType.DOSSIER,
        facts=facts.EndImported,
        signers=signed_by(_IMPORTER),
    ),
)

KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind for kind in (*_REGISTRY, *_INTAKE, *_PROCESSING, *_RESULT, *_IMPORTS)
}
