"""The rule on late intake, R01: neither accepted, refused nor sent back within the limit."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from domain.clocks.limits import ClockReading, acceptance_reading
from domain.deadlines import passes_at
from domain.dossiers import Due, Status
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from domain.oversight.integrity import outages_during
from domain.procedures import LimitUnit
from projections.findings.cases import (
    BEYOND_CALENDAR,
    IMPORTED,
    NO_CALENDAR,
    NO_LAW,
    assumed,
    case,
    explained,
)
from projections.findings.shapes import (
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
    doubted,
)

_UNITS: Final = {
    LimitUnit.HOURS: Sentence("giờ làm việc", "working hours"),
    LimitUnit.WORKING_DAYS: Sentence("ngày làm việc", "working days"),
    LimitUnit.CALENDAR_DAYS: Sentence("ngày", "calendar days"),
    LimitUnit.MONTHS: Sentence("tháng", "months"),
}
_MOMENT_BEFORE: Final = timedelta(microseconds=1)
_PASSED: Final = Sentence("đã quá hạn mà chưa trả lời.", "it has passed without an answer.")
_ANSWERED_LATE: Final = Sentence(
    "đã tiếp nhận, từ chối hoặc yêu cầu bổ sung quá hạn.",
    "the dossier was accepted, refused or sent back after it.",
)


def _late_intake(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R01: intake answered after its limit, or has not answered though it passed.

    Imports are left alone: their sources date the submission by the acceptance, or not at all.
    """
    reading = None if examined.dossier.imported else _reading(examined)
    if reading is None or reading.count.due is None:
        return
    answered = reading.ended_at is not None
    if not answered and examined.dossier.status is not Status.NEWLY_REGISTERED:
        return
    if _is_late(examined, reading, reading.count.due):
        answers = (act for act in examined.acts[1:] if act.at == reading.ended_at)
        yield Hit(_reason(reading), (*examined.acts[:1], *tuple(answers)[:1]))


def _reading(examined: ExaminedDossier) -> ClockReading | None:
    working = examined.working()
    if working is None:
        return None
    version = examined.accepted_version() or examined.version_on(examined.dossier.submitted_at)
    try:
        return acceptance_reading(examined.dossier, version, working)
    except CalendarHorizonPassed:
        return None


def _is_late(examined: ExaminedDossier, reading: ClockReading, due: Due) -> bool:
    """Tell whether intake ended after its limit, even with declared outages taken off.

    Where only the day of the answer is known, that whole day is in time if any of it is.
    """
    ended, zone = reading.ended_at, examined.zone
    until = examined.as_of if ended is None else ended.start_in(zone)
    passes = passes_at(due, zone) + _without_system(examined, until)
    if ended is not None and ended.is_day_only:
        return ended.day_in(zone) > Moment(instant=passes - _MOMENT_BEFORE).day_in(zone)
    return until > passes


def _without_system(examined: ExaminedDossier, until: datetime) -> timedelta:
    since = examined.dossier.submitted_at.start_in(examined.zone)
    stretches = outages_during(examined.around.outages, examined.dossier.office, since, until)
    return sum((end - start for start, end in stretches), timedelta())


def _reason(reading: ClockReading) -> Sentence:
    limit, unit = reading.count.limit, _UNITS[reading.count.limit.unit]
    stands = _PASSED if reading.ended_at is None else _ANSWERED_LATE
    said = Sentence(
        f"Thời hạn kiểm tra hồ sơ là {limit.amount} {unit.vi}: {stands.vi}",
        f"The limit of intake is {limit.amount} {unit.en}: {stands.en}",
    )
    return doubted(said, verified=reading.law_verified)


R01: Final = DossierRule(
    id="R01",
    version=1,
    severity=Severity.LOW,
    name=Sentence("Tiếp nhận quá hạn", "Late acceptance"),
    looks_for=Sentence(
        "Hồ sơ không được tiếp nhận, từ chối hoặc yêu cầu bổ sung trong thời hạn kiểm tra.",
        "A dossier was neither accepted, refused nor sent back within the limit of intake.",
    ),
    why=Sentence(
        "Thời hạn giải quyết chỉ bắt đầu khi tiếp nhận: chậm tiếp nhận che giấu thời gian chờ.",
        "The limit of processing begins at acceptance: late intake hides how long people wait.",
    ),
    explanations=(
        explained("Hệ thống gián đoạn.", "The system was out of service.", "declared_outage"),
        explained(
            "Lịch làm việc công bố chưa đúng.",
            "The published calendar was wrong.",
            "calendar_corrected",
        ),
        explained("Người nộp sửa lại hồ sơ đã gửi.", "The applicant changed what was handed in."),
    ),
    exclusions=(
        case(
            "declared_outage",
            "Trừ thời gian gián đoạn đã khai báo.",
            "Declared outages are taken off.",
        ),
        case(
            "calendar_corrected",
            "Tính theo lịch đã được đính chính.",
            "The count is made with the corrected calendar.",
        ),
        case(
            "whole_day",
            "Chỉ biết ngày trả lời: cả ngày đó còn trong hạn.",
            "Only the day of the answer is known, and a part of it lay within the limit.",
        ),
        case(
            "sent_back_in_time",
            "Đã yêu cầu bổ sung trong hạn.",
            "Papers were asked for within the limit.",
        ),
    ),
    abstentions=(IMPORTED, NO_CALENDAR, BEYOND_CALENDAR, NO_LAW),
    thresholds=(
        assumed(
            "Nộp trực tuyến: 8 giờ làm việc.",
            "Online: 8 working hours.",
            "Decree 297/2025 art. 6.4a; Resolution 66.7/2025 item 1",
        ),
        assumed(
            "Nộp tại quầy, bưu chính: một ngày làm việc.",
            "At the counter and by post: one working day.",
            "Resolution 66.7/2025 item 2",
        ),
    ),
    look=_late_intake,
)
