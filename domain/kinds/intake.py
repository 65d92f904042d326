"""Kinds of intake: from the submission to acceptance or refusal (rows 1 to 9)."""

from typing import Final

from domain import facts
from domain.actions import Kind, StreamType
from domain.kinds.companies import IMPORTER, RECEIVER_OR_IMPORTER
from domain.roles import Role, SignerSet, signed_by

INTAKE: Final[tuple[Kind, ...]] = (
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
            IMPORTER,
        ),
    ),
    Kind(
        name="dossier.intake_supplement_requested",
        stream=StreamType.DOSSIER,
        facts=facts.IntakeSupplementRequested,
        details=facts.IntakeSupplementRequestedDetails,
        signers=RECEIVER_OR_IMPORTER,
    ),
    Kind(
        name="dossier.accepted",
        stream=StreamType.DOSSIER,
        facts=facts.DossierAccepted,
        details=facts.DossierAcceptedDetails,
        signers=RECEIVER_OR_IMPORTER,
    ),
    Kind(
        name="dossier.intake_refused",
        stream=StreamType.DOSSIER,
        facts=facts.IntakeRefused,
        details=facts.IntakeRefusedDetails,
        signers=RECEIVER_OR_IMPORTER,
    ),
)
