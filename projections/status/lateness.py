"""How late a dossier is that has not ended, and what its applicant may do about it.

SPEC: anchors.md 5, ask 14: an overdue notice with the right of complaint. LAW: Law on Complaints
02/2011 art. 9 (within 90 days); Decree 20/2008: feedback covers delay. Both were read in extracts
only (domain.md 6.3), so the sentence says that the limit was not checked against the law in force.
"""

from dataclasses import dataclass
from typing import Final

from domain.deadlines import working_days_late
from domain.dossiers import Dossier, Due
from domain.errors import CalendarHorizonPassed, Sentence
from domain.figures import is_pending_overdue
from domain.moments import Moment
from projections.status.basis import Basis

RIGHT_OF_COMPLAINT: Final = Sentence(
    "Ông/bà có quyền gửi phản ánh, kiến nghị về việc chậm trễ, hoặc khiếu nại trong vòng 90 ngày "
    "(Nghị định 20/2008; Luật Khiếu nại 2011, Điều 9). Thời hạn này chưa được đối chiếu với văn "
    "bản đang có hiệu lực.",
    "You may send feedback about the delay, or complain within 90 days (Decree 20/2008; Law on "
    "Complaints 2011, art. 9). This limit was not checked against the law now in force.",
)


@dataclass(frozen=True, slots=True)
class Overdue:
    """That a due date has passed; ``working_days`` is None where no calendar covers them."""

    due: Due
    working_days: int | None
    apologies: int
    sentence: Sentence
    complaint: Sentence = RIGHT_OF_COMPLAINT


def overdue_of(dossier: Dossier, basis: Basis) -> Overdue | None:
    """Give how late a pending dossier is; None while it is in time, waits, or has ended."""
    if dossier.due is None or not is_pending_overdue(dossier, basis.as_of, basis.zone):
        return None
    days = _days(dossier.due, basis)
    return Overdue(dossier.due, days, dossier.apologies, _sentence(days, dossier.apologies))


def _days(due: Due, basis: Basis) -> int | None:
    if basis.working is None:
        return None
    try:
        return working_days_late(Moment(instant=basis.as_of), due, basis.working)
    except CalendarHorizonPassed:
        return None


def _sentence(days: int | None, apologies: int) -> Sentence:
    if not days:
        how_late = Sentence("Hồ sơ đã quá hạn giải quyết", "The dossier is overdue")
    else:
        counted = "1 working day" if days == 1 else f"{days} working days"
        how_late = Sentence(
            f"Hồ sơ đã quá hạn giải quyết {days} ngày làm việc",
            f"The dossier is overdue by {counted}",
        )
    if apologies:
        return Sentence(
            f"{how_late.vi}; cơ quan đã xin lỗi và hẹn lại, điều đó không dời hạn theo luật.",
            f"{how_late.en}; the office has apologised, which does not move the legal due date.",
        )
    return Sentence(
        f"{how_late.vi}; chưa có văn bản xin lỗi và hẹn lại.",
        f"{how_late.en}; there is no letter of apology with a new appointment yet.",
    )
