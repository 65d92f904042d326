"""Why the law and the index of Decision 766 judge one dossier differently (domain.md 5.3).

A difference has one reason, so that the counts of the reasons add up to the dossiers that differ.
It is the first that applies, in the order of the functions below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from domain.deadlines import Timeliness, is_late, is_overdue
from domain.dossiers import Dossier, Due, WaitKind
from domain.errors import Sentence
from domain.figures import due_in_force, overdue_at, paused_at, resolution
from domain.on_time_766.judging import (
    End766,
    Judgement766,
    On766,
    explain_766,
    processing_end,
    requests_766,
)


class Reason766(StrEnum):
    """Why the two judgements differ."""

    SEVERAL_SUPPLEMENTS = "several_supplements"
    OPEN_SUPPLEMENT_IS_END = "open_supplement_is_end"
    OPEN_WITHDRAWAL_IS_END = "open_withdrawal_is_end"
    OPEN_SUSPENSION_IS_END = "open_suspension_is_end"
    WAITS_SUBTRACTED = "waits_subtracted"
    APPOINTMENT_MOVED = "appointment_moved"
    APPOINTMENT_LATER = "appointment_later"
    APPOINTMENT_EARLIER = "appointment_earlier"
    NO_APPOINTMENT = "no_appointment"
    LIMIT_RESTARTED = "limit_restarted"
    WAIT_NOT_SUBTRACTED = "wait_not_subtracted"
    HALT_NOT_SUBTRACTED = "halt_not_subtracted"
    DUE_MOVED = "due_moved"
    NO_DUE_DATE = "no_due_date"


REASON_SENTENCES: Final[Mapping[Reason766, Sentence]] = {
    Reason766.SEVERAL_SUPPLEMENTS: Sentence(
        vi="Hồ sơ đang chờ bổ sung lần thứ hai trở lên: chỉ số tính là quá hạn.",
        en="The dossier waits for papers for the second time or more: the index counts it late.",
    ),
    Reason766.OPEN_SUPPLEMENT_IS_END: Sentence(
        vi="Hồ sơ đang chờ bổ sung: chỉ số lấy lúc yêu cầu bổ sung làm lúc kết thúc.",
        en="The dossier waits for papers: the index takes the moment of the request for its end.",
    ),
    Reason766.OPEN_WITHDRAWAL_IS_END: Sentence(
        vi="Người nộp đã yêu cầu rút hồ sơ: chỉ số lấy lúc yêu cầu làm lúc kết thúc.",
        en="The applicant asked to withdraw: the index takes that moment for the end.",
    ),
    Reason766.OPEN_SUSPENSION_IS_END: Sentence(
        vi="Hồ sơ đang tạm dừng: chỉ số lấy lúc tạm dừng làm lúc kết thúc.",
        en="The dossier is suspended: the index takes that moment for its end.",
    ),
    Reason766.WAITS_SUBTRACTED: Sentence(
        vi="Chỉ số trừ thời gian người nộp bổ sung hồ sơ khỏi lúc kết thúc.",
        en="The index takes the time of supplements off the end.",
    ),
    Reason766.APPOINTMENT_MOVED: Sentence(
        vi="Ngày hẹn trả đã được dời: chỉ số tính theo ngày hẹn mới, pháp luật thì không.",
        en="The appointment was moved: the index goes by the new one, the law does not.",
    ),
    Reason766.APPOINTMENT_LATER: Sentence(
        vi="Ngày hẹn trả muộn hơn thời hạn theo quy định.",
        en="The appointment lies after the due date by law.",
    ),
    Reason766.APPOINTMENT_EARLIER: Sentence(
        vi="Ngày hẹn trả sớm hơn thời hạn theo quy định.",
        en="The appointment lies before the due date by law.",
    ),
    Reason766.NO_APPOINTMENT: Sentence(
        vi="Hồ sơ không có ngày hẹn trả: chỉ số tính theo thời hạn tối đa kể từ khi tiếp nhận.",
        en="There is no appointment: the index counts the longest time from the acceptance on.",
    ),
    Reason766.LIMIT_RESTARTED: Sentence(
        vi="Theo quy định, thời hạn đã dời sau khi bổ sung; ngày hẹn trả của chỉ số thì không.",
        en="By law the due date moved after a supplement; what the index goes by did not.",
    ),
    Reason766.WAIT_NOT_SUBTRACTED: Sentence(
        vi="Theo quy định, thời gian chờ người nộp không tính vào thời hạn; chỉ số không trừ.",
        en="By law the wait for the applicant does not count; the index does not take it off.",
    ),
    Reason766.HALT_NOT_SUBTRACTED: Sentence(
        vi="Thời gian tạm ngừng không tính vào thời hạn, nhưng chỉ số không trừ.",
        en="By law the time of a halt does not count; the index does not take it off.",
    ),
    Reason766.DUE_MOVED: Sentence(
        vi="Thời hạn theo quy định đã được tính lại; ngày hẹn trả của chỉ số thì không.",
        en="The due date by law was counted anew; what the index goes by was not.",
    ),
    Reason766.NO_DUE_DATE: Sentence(
        vi="Lúc đó chưa có thời hạn theo quy định.",
        en="By then there was no due date by law.",
    ),
}

_OPEN_ENDS: Final[Mapping[End766, Reason766]] = {
    End766.OPEN_SUPPLEMENT: Reason766.OPEN_SUPPLEMENT_IS_END,
    End766.OPEN_WITHDRAWAL: Reason766.OPEN_WITHDRAWAL_IS_END,
    End766.OPEN_SUSPENSION: Reason766.OPEN_SUSPENSION_IS_END,
}


@dataclass(frozen=True, slots=True)
class Difference766:
    """A dossier that is late by one judgement and not by the other, and why."""

    is_late_by_law: bool
    is_late_by_index: bool
    reason: Reason766

    @property
    def sentence(self) -> Sentence:
        """Give the reason in words."""
        return REASON_SENTENCES[self.reason]


def difference_766(dossier: Dossier, zone: str, at: datetime) -> Difference766 | None:
    """Compare both judgements as of an instant; None where they agree or it is not counted."""
    judgement = explain_766(dossier, zone, at)
    if judgement is None:
        return None
    by_index = judgement.verdict is On766.LATE
    by_law = _is_late_by_law(dossier, zone, at)
    if by_law == by_index:
        return None
    reason = (
        _why_late(dossier, judgement, zone, at) if by_index else _why_on_time(dossier, judgement)
    )
    return Difference766(by_law, by_index, reason)


def _is_late_by_law(dossier: Dossier, zone: str, at: datetime) -> bool:
    """Judge as `counts@v1` does: by the end, else by what is pending."""
    end = processing_end(dossier)
    if end is None or end.start_in(zone) > at:
        return overdue_at(dossier, at, zone)
    if dossier.ended_at is None:
        return dossier.due is not None and is_late(end, dossier.due, zone)
    return resolution(dossier, zone) is Timeliness.LATE


def _why_on_time(dossier: Dossier, judgement: Judgement766) -> Reason766:
    """Name why the index forgives what the law calls late."""
    open_end = _OPEN_ENDS.get(judgement.end)
    if open_end is not None:
        return open_end
    if judgement.is_saved:
        return Reason766.WAITS_SUBTRACTED
    if dossier.appointment is None:
        return Reason766.NO_APPOINTMENT
    if dossier.apologies:
        return Reason766.APPOINTMENT_MOVED
    return Reason766.APPOINTMENT_LATER


def _why_late(dossier: Dossier, judgement: Judgement766, zone: str, at: datetime) -> Reason766:
    """Name why the index calls late what the law forgives."""
    if judgement.is_repeated:
        return Reason766.SEVERAL_SUPPLEMENTS
    open_end = _OPEN_ENDS.get(judgement.end)
    if open_end is not None:
        return open_end
    if judgement.end is End766.PERIOD and _law_is_paused(dossier, zone, at):
        is_waiting = paused_at(dossier, at, zone)
        return Reason766.WAIT_NOT_SUBTRACTED if is_waiting else Reason766.HALT_NOT_SUBTRACTED
    return _why_stricter(dossier, judgement, zone, at)


def _law_is_paused(dossier: Dossier, zone: str, at: datetime) -> bool:
    """Tell whether the due date in force had passed all the same, so that only a pause saves it."""
    due = due_in_force(dossier, at, zone)
    return due is not None and is_overdue(at, due, zone)


def _why_stricter(dossier: Dossier, judgement: Judgement766, zone: str, at: datetime) -> Reason766:
    """Name why the index holds the end against an earlier date than the law does."""
    due = _due_by_law(dossier, judgement, zone, at)
    if due is None:
        return Reason766.NO_DUE_DATE
    if not dossier.due_changes or due == dossier.due_changes[0].due_before:
        return Reason766.APPOINTMENT_EARLIER
    if any(request.completed_at is not None for request in requests_766(dossier, zone)):
        return Reason766.LIMIT_RESTARTED
    if any(halt.stops_clock for halt in dossier.halts):
        return Reason766.HALT_NOT_SUBTRACTED
    if any(wait.kind is not WaitKind.SUPPLEMENT for wait in dossier.waits):
        return Reason766.WAIT_NOT_SUBTRACTED
    return Reason766.DUE_MOVED


def _due_by_law(dossier: Dossier, judgement: Judgement766, zone: str, at: datetime) -> Due | None:
    return dossier.due if judgement.end is End766.ENDED else due_in_force(dossier, at, zone)
