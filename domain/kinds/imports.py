"""Kinds of imported histories (formats.md, "Imported actions")."""

from typing import Final

from domain import facts
from domain.actions import Kind, StreamType
from domain.kinds.companies import IMPORTER
from domain.roles import signed_by

IMPORTS: Final[tuple[Kind, ...]] = (
    Kind(
        name="dossier.foreign_step_recorded",
        stream=StreamType.DOSSIER,
        facts=facts.ForeignStepRecorded,
        details=facts.ForeignStepRecordedDetails,
        signers=signed_by(IMPORTER),
    ),
    Kind(
        name="dossier.due_date_imported",
        stream=StreamType.DOSSIER,
        facts=facts.DueDateImported,
        signers=signed_by(IMPORTER),
    ),
    Kind(
        name="dossier.end_imported",
        stream=StreamType.DOSSIER,
        facts=facts.EndImported,
        signers=signed_by(IMPORTER),
    ),
)
