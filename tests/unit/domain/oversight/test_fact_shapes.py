"""Shapes of facts and details of feedback and integrity: lacking, surplus and mistyped members."""

from typing import Any

import msgspec
import pytest

from domain.facts.integrity import (
    AccessLoggedDetails,
    CorrectionAppendedDetails,
    FindingClosedDetails,
    FindingRaisedDetails,
)
from domain.kinds import KINDS
from tests.support.builders import OFFICE

CORRECTION = "dossier.correction_appended"
ERASURE = "dossier.personal_data_erased"
SECRET = "A" * 43 + "="
GOOD_DETAILS: dict[str, dict[str, Any]] = {
    "petition.feedback_filed": {"secret": SECRET, "text": "Chờ quá lâu"},
    "petition.feedback_classified": {"explanation": "Đã chuyển"},
    "petition.feedback_answered": {"text": "Đã xử lý"},
    "petition.feedback_published": {"address": "https://example.vn/1"},
    "petition.feedback_disputed": {"text": "Chưa đúng"},
    "petition.complaint_filed": {"secret": SECRET, "text": "Không đồng ý"},
    "petition.complaint_decided": {"number": "12/QĐ"},
    "denunciation.received": {"text": "Nhận tiền"},
}
BAD_FEEDBACK_FACTS: list[tuple[str, dict[str, Any]]] = [
    ("petition.feedback_filed", {"petitioner_key": "no key"}),
    ("petition.feedback_filed", {"text": "0912345678"}),
    ("petition.feedback_filed", {"dossier": "dossier:" + "a" * 32}),
    ("petition.feedback_classified", {}),
    ("petition.feedback_classified", {"verdict": "later"}),
    ("petition.feedback_classified", {"verdict": "taken_up", "category": "a@b.vn"}),
    ("petition.feedback_classified", {"verdict": 1}),
    ("petition.feedback_answered", {"text": "so"}),
    ("petition.feedback_published", {"address": "x"}),
    ("petition.feedback_disputed", {"text": "x"}),
    ("petition.complaint_filed", {}),
    ("petition.complaint_filed", {"level": 0}),
    ("petition.complaint_filed", {"level": 3}),
    ("petition.complaint_filed", {"level": "1"}),
    ("petition.complaint_filed", {"level": 1, "name": "012345678901"}),
    ("petition.complaint_accepted", {"is_complex": 1}),
    ("petition.complaint_accepted", {"days": 45}),
    ("petition.complaint_decided", {}),
    ("petition.complaint_decided", {"outcome": "granted"}),
    ("petition.complaint_decided", {"outcome": "upheld", "number": "12"}),
    ("denunciation.received", {"office": OFFICE}),
    ("denunciation.received", {"dossier": "dossier:" + "a" * 32}),
]


BAD_INTEGRITY_FACTS: list[tuple[str, dict[str, Any]]] = [
    (CORRECTION, {}),
    (CORRECTION, {"corrected_version": 0, "field": "contact"}),
    (CORRECTION, {"corrected_version": 1, "field": "accepted_at"}),
    (CORRECTION, {"corrected_version": 1, "field": "due"}),
    (CORRECTION, {"corrected_version": 1, "field": "contact", "new_value": "0912345678"}),
    (CORRECTION, {"corrected_version": "1", "field": "contact"}),
    ("office.late_entry_declared", {"ground": "paper", "since": "2026-02-26"}),
    ("office.late_entry_declared", {"ground": "x", "since": "2026-02-26", "until": "2026-02-26"}),
    ("ledger.outage_declared", {}),
    ("ledger.outage_declared", {"since": "2026-03-02"}),
    ("ledger.outage_declared", {"since": "2026-03-02T01:00:00Z", "offices": ["a b"]}),
    ("ledger.outage_ended", {"declared_version": -1, "until": "2026-03-02T01:00:00Z"}),
    ("access.logged", {"purpose": "task"}),
    (ERASURE, {"ground": "retention_passed"}),
    (ERASURE, {"ground": "because", "last_backup_until": "2036-01-01"}),
    ("finding.raised", {"rule": "27"}),
    ("finding.raised", {"rule": "R27", "rule_version": 0}),
    ("finding.raised", {"evidence": [-1]}),
    ("finding.raised", {"officer": "012345678901"}),
    ("finding.answered", {"text": "a@b.vn"}),
    ("finding.closed", {"verdict": "guilty"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "members"), BAD_FEEDBACK_FACTS + BAD_INTEGRITY_FACTS)
def test_public_facts_of_another_shape_are_refused(name: str, members: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(members, KINDS[name].facts)


@pytest.mark.parametrize("name", GOOD_DETAILS)
def test_private_part_refuses_what_it_does_not_know_or_lacks(name: str) -> None:
    shape, good = KINDS[name].details, GOOD_DETAILS[name]
    assert shape is not None
    msgspec.convert(good, shape)

    for bad in [good | {"unknown": 1}, good | dict.fromkeys(good, 7)]:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(bad, shape)
    for field in msgspec.structs.fields(shape):
        if field.required:
            lacking = {member: good[member] for member in good if member != field.name}
            with pytest.raises(msgspec.ValidationError):
                msgspec.convert(lacking, shape)


@pytest.mark.parametrize(
    ("shape", "members"),
    [
        (CorrectionAppendedDetails, {"new_value": "x"}),
        (CorrectionAppendedDetails, {"reason": ""}),
        (AccessLoggedDetails, {"dossier": "dossier:" + "a" * 32, "purpose": "task", "fields": []}),
        (AccessLoggedDetails, {"dossier": "H27", "purpose": "task", "fields": ["contact"]}),
        (FindingRaisedDetails, {"rule": "R01"}),
        (FindingClosedDetails, {"explanation": "x"}),
    ],
)
def test_private_part_of_another_shape_is_refused(
    shape: type[msgspec.Struct], members: dict[str, Any]
) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(members, shape)
