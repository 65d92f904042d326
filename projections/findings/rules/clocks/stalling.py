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
from projections.findings.cases import BEYOND_CALENDAR, NO_CALENDAR, assumed, case, explained, own
from projections.findings.shapes import (
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
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


R06: Final = DossierRule(
    id="R06",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Treo hồ sơ", "Endless waiting"),
    looks_for=Sentence(
        "Hồ sơ chờ bổ sung hoặc chờ nộp tiền quá thời hạn chờ mà không ai đóng.",
        "A dossier waits for papers or a payment beyond that limit, and nobody closed it.",
    ),
    why=Sentence(
        "Hồ sơ treo không bị tính quá hạn, và người nộp không biết kết cục.",
        "What hangs is never counted late, and its applicant never hears the end of it.",
    ),
    explanations=(
        explained(
            "Người nộp xin thêm thời gian bằng lời nói.",
            "The applicant asked for more time by word of mouth.",
        ),
        explained(
            "Cơ quan đã cho thêm thời gian.",
            "The office gave the applicant more time.",
            "later_day_named",
        ),
    ),
    exclusions=(
        case(
            "grace",
            "Quá hạn chờ chưa tới ba ngày làm việc.",
            "The limit of the wait passed three working days ago at the most.",
        ),
        case(
            "later_day_named",
            "Cơ quan đã ghi một ngày muộn hơn.",
            "The office named a later day.",
        ),
        case("it_came", "Người nộp đã trả lời.", "What was waited for has come."),
        case(
            "withdrawal",
            "Chờ xác nhận rút hồ sơ: không có thời hạn nào đã đọc được.",
            "It waits on a withdrawal, of which no text read has a limit.",
        ),
    ),
    abstentions=(
        NO_CALENDAR,
        BEYOND_CALENDAR,
        case(
            "no_day_to_pay",
            "Yêu cầu nộp tiền không nêu ngày.",
            "The payment was demanded without a day.",
        ),
    ),
    thresholds=(
        assumed(
            "15 ngày làm việc, nếu thủ tục không nêu.",
            "15 working days, where the procedure says nothing.",
            "Decree 297/2025 art. 6.4a",
        ),
        own("Thêm ba ngày làm việc.", "Three working days more."),
    ),
    look=_endless_wait,
)
R25: Final = DossierRule(
    id="R25",
    version=1,
    severity=Severity.LOW,
    name=Sentence("Chậm trả lời ý kiến", "Consultation stall"),
    looks_for=Sentence(
        "Cơ quan được lấy ý kiến trả lời sau ngày được yêu cầu, và không có thông báo chậm.",
        "A consulted body answered after the day asked for, and nobody was told of it.",
    ),
    why=Sentence(
        "Việc lấy ý kiến kéo dài là chỗ hồ sơ nằm lại mà không ai chịu trách nhiệm.",
        "A dossier may lie with another body while nobody answers for it.",
    ),
    explanations=(
        explained("Đã trả lời không chính thức.", "An unofficial answer was given."),
        explained("Một cửa đã được báo.", "The one-stop shop was told.", "somebody_was_told"),
    ),
    exclusions=(
        case(
            "answered_in_time",
            "Trả lời trong ngày được yêu cầu.",
            "The answer came by the day asked for.",
        ),
        case("somebody_was_told", "Đã có thông báo chậm.", "A notice says that it is overdue."),
        case(
            "dossier_ended",
            "Hồ sơ đã kết thúc trước đó.",
            "The dossier had ended by then.",
        ),
    ),
    abstentions=(
        case(
            "no_day_asked",
            "Không nêu ngày phải trả lời.",
            "No day was asked for.",
        ),
    ),
    thresholds=(own("Bất kỳ.", "Any."),),
    look=_stalled_consultation,
)
