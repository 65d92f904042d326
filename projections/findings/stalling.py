"""Rules on standing still: waits without end (R06), consultations that nobody answers (R25)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.calendars import WorkingTime, add_working_days
from domain.clocks.limits import ClockReading, supplement_reading
from domain.deadlines import is_overdue
from domain.dossiers import Due, Wait, WaitKind
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from projections.dossier_rows import Act
from projections.findings.shapes import (
    ExaminedDossier,
    Hit,
    Parameters,
    Rule,
    Severity,
    doubted,
)

_ENDLESS: Final = Sentence(
    "Hồ sơ chờ bổ sung hoặc chờ nộp tiền đã quá hạn chờ mà chưa đóng.",
    "The dossier waits for papers or a payment beyond that limit, and nobody closed it.",
)
_STALLED: Final = Sentence(
    "Cơ quan được lấy ý kiến trả lời chậm hoặc chưa trả lời mà không có thông báo quá hạn.",
    "A consulted body answered late or not yet, and nobody was told that it is overdue.",
)


def _endless_wait(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R06: an open wait for the applicant has outlived its limit by more than the grace.

    A withdrawal that waits has no limit of its own that was read, and is left alone.
    """
    dossier, working = examined.dossier, examined.working()
    if working is None or not dossier.is_waiting or not dossier.waits:
        return
    asked = next((act for act in reversed(examined.acts) if _asked(act)), None)
    if asked is None:
        return
    try:
        reading = _supplement(examined, dossier.waits[-1], working)
        last = _last_day(examined, dossier.waits[-1], asked, reading)
        if last is None:
            return
        ends = Due(day=add_working_days(working.calendar, last, parameters.waiting_grace))
    except CalendarHorizonPassed:
        return
    if is_overdue(examined.as_of, ends, examined.zone):
        verified = reading is None or reading.law_verified
        yield Hit(doubted(_ENDLESS, verified=verified), (asked,))


def _asked(act: Act) -> bool:
    asking = (
        "dossier.intake_supplement_requested",
        "dossier.supplement_requested",
        "dossier.payment_required",
    )
    return act.kind in asking


def _supplement(examined: ExaminedDossier, wait: Wait, working: WorkingTime) -> ClockReading | None:
    if wait.kind is not WaitKind.SUPPLEMENT:
        return None
    version = examined.accepted_version() or examined.version_on(wait.since)
    return supplement_reading(examined.dossier, version, working)


def _last_day(
    examined: ExaminedDossier, wait: Wait, asked: Act, reading: ClockReading | None
) -> date | None:
    """Give the later of the day that the office named and the last day of the limit."""
    if wait.kind is WaitKind.WITHDRAWAL:
        return None
    due = None if reading is None else reading.count.due
    if due is None:
        return asked.answer_by
    day = Moment(instant=due.instant, day=due.day).day_in(examined.zone)
    return day if asked.answer_by is None else max(day, asked.answer_by)


def _stalled_consultation(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R25: a consultation outlived the day asked for, and no notice says so."""
    acts = examined.acts
    told = {act.refers_to for act in acts if act.kind == "dossier.consultation_overdue_notified"}
    for act in acts:
        if act.kind != "dossier.consultation_requested" or act.answer_by is None:
            continue
        answer = _answer_to(examined, act)
        answered_on = None if answer is None else answer.at.day_in(examined.zone)
        ends = answered_on or _until(examined).day_in(examined.zone)
        if ends > act.answer_by and act.version not in told:
            yield Hit(_STALLED, (act,) if answer is None else (act, answer))


def _answer_to(examined: ExaminedDossier, request: Act) -> Act | None:
    answers = (act for act in examined.acts if act.kind == "dossier.consultation_answered")
    return next((act for act in answers if act.refers_to == request.version), None)


def _until(examined: ExaminedDossier) -> Moment:
    """Give until when an answer could still matter: the end of the dossier, or now."""
    return examined.dossier.ended_at or Moment(instant=examined.as_of)


R06: Final = Rule(
    "R06",
    1,
    Severity.MEDIUM,
    (
        Sentence(
            "Người nộp xin thêm thời gian bằng lời nói.",
            "The applicant asked for more time by word of mouth.",
        ),
    ),
    _endless_wait,
)
R25: Final = Rule(
    "R25",
    1,
    Severity.LOW,
    (Sentence("Đã trả lời không chính thức.", "An unofficial answer was given."),),
    _stalled_consultation,
)
