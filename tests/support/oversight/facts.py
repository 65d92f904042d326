"""The least facts of feedback and integrity, for builders that make an act of any kind."""

from datetime import date

from domain.facts import Facts, RatingStage, SatisfactionRated
from domain.facts.feedback import (
    ComplaintDecided,
    ComplaintFiled,
    ComplaintOutcome,
    FeedbackCategory,
    FeedbackClassified,
    FeedbackFiled,
    FeedbackVerdict,
)
from domain.facts.integrity import (
    CorrectableField,
    CorrectionAppended,
    ErasureGround,
    LateEntryDeclared,
    LateEntryGround,
    OutageDeclared,
    OutageEnded,
    PersonalDataErased,
)

PETITIONER_KEY = "petitioner-00000000000000ee"
PETITIONER_VKEY = f"{PETITIONER_KEY}+0a1b2c3d+{'C' * 44}"
OLD_COMMITMENT = "B" * 43 + "="

LEAST_OVERSIGHT_FACTS: dict[str, Facts] = {
    "rating.satisfaction_rated": SatisfactionRated(
        dossier="dossier:0b6f0000000000000000000000000001", stage=RatingStage.RECEIPT
    ),
    "petition.feedback_filed": FeedbackFiled(petitioner_key=PETITIONER_VKEY),
    "petition.feedback_classified": FeedbackClassified(
        verdict=FeedbackVerdict.TAKEN_UP, category=FeedbackCategory.PROCEDURE
    ),
    "petition.complaint_filed": ComplaintFiled(level=1, petitioner_key=PETITIONER_VKEY),
    "petition.complaint_decided": ComplaintDecided(outcome=ComplaintOutcome.REJECTED),
    "dossier.correction_appended": CorrectionAppended(
        corrected_version=1, field=CorrectableField.CONTACT, old_commitment=OLD_COMMITMENT
    ),
    "dossier.personal_data_erased": PersonalDataErased(
        ground=ErasureGround.RETENTION_PASSED, last_backup_until=date(2037, 1, 1)
    ),
    "office.late_entry_declared": LateEntryDeclared(
        ground=LateEntryGround.PAPER, since=date(2026, 2, 26), until=date(2026, 2, 27)
    ),
    "ledger.outage_declared": OutageDeclared(since="2026-03-02T01:00:00Z"),
    "ledger.outage_ended": OutageEnded(declared_version=2, until="2026-03-02T02:00:00Z"),
}
