"""What acts must say, for tests that are about something else: the members that a kind needs."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

import msgspec

from domain.actions import Kind, Need
from domain.facts import (
    Component,
    DeliveryMethod,
    Details,
    Facts,
    SupplementItem,
)
from domain.facts.feedback import FeedbackCategory
from tests.lives.least import least

StructT = TypeVar("StructT", bound=msgspec.Struct)

HEX64 = "ab" * 32
NEEDED: Mapping[str, Any] = {
    "answer_by": date(2027, 12, 1),
    "applicant_name": "Nguyễn Thị Minh Khai",
    "assignee": "Trần Văn Bình",
    "category": FeedbackCategory.PROCEDURE,
    "components": (Component(code="form_ct01", sha256=HEX64),),
    "decision_sha256": HEX64,
    "delivery": DeliveryMethod.COUNTER,
    "electronic_copy": True,
    "explanation": "Đã xem xét.",
    "fee_codes": ("fee",),
    "issued_on": date(2026, 3, 2),
    "items": (SupplementItem(component="form_ct01", reason="thiếu"),),
    "legal_citation": "Điều 17",
    "method": DeliveryMethod.COUNTER,
    "notice_sha256": HEX64,
    "notice_version": "1",
    "number": "1/KQ",
    "originals_returned": True,
    "pay_by": date(2027, 12, 1),
    "receiver": "Nguyễn Thị Minh Khai",
    "result_sha256": HEX64,
    "right_authority": "H27.07",
    "step_hours": 8,
    "text": "Đã trả lời.",
    "transaction_reference": "GD-1",
}


def completed_facts(kind: Kind, facts: Facts) -> Facts:
    """Public facts with what the kind needs beside."""
    return _completed(facts, kind.public_needs, facts)


def completed_details(kind: Kind, facts: Facts, details: Details | None) -> Details | None:
    """A private part with what the kind needs beside; none where it may be left out."""
    if kind.details is None:
        return details
    asked = [need for need in kind.private_needs if need.is_asked(facts)]
    if details is None:
        if not asked and not kind.details_required:
            return None
        details = least(kind.details)
    return _completed(details, kind.private_needs, facts)


def _completed(part: StructT, needs: tuple[Need, ...], facts: Facts) -> StructT:
    missing = [need.member for need in needs if need.is_asked(facts) and not need.is_met(part)]
    return msgspec.structs.replace(part, **{name: NEEDED[name] for name in missing})
