"""The rule on apologies, R07: overdue without one in time, or more than one."""

from collections.abc import Iterator
from typing import Final

from domain.calendars import previous_working_day
from domain.deadlines import is_late, passes_at
from domain.dossiers import ENDED_STATUSES, Due
from domain.errors import CalendarHorizonPassed, Sentence
from domain.figures import overdue_at, paused_at
from domain.moments import Moment
from projections.dossier_rows import Act
from projections.findings.cases import NO_DUE_DATE, assumed, by_law, case, explained
from projections.findings.shapes import DossierRule, ExaminedDossier, Hit, Parameters, Severity

APOLOGY: Final = "dossier.extension_apology_issued"
DATING_ACTS: Final = frozenset({"dossier.accepted", "dossier.due_date_imported"})
_SECOND_APOLOGY = Sentence(
    "Xin lỗi và hẹn lại ngày trả kết quả quá một lần.",
    "A new appointment was given with an apology more than once.",
)
_NO_APOLOGY = Sentence(
    "Quá hạn giải quyết mà không có văn bản xin lỗi đúng hạn.",
    "The time limit passed without an apology in time.",
)


def _missing_apology(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R07: overdue without an apology in time, or apologised for more than once."""
    apologies = tuple(act for act in examined.acts if act.kind == APOLOGY)
    if len(apologies) > parameters.apologies:
        yield Hit(_SECOND_APOLOGY, apologies)
    dossier = examined.dossier
    if dossier.due is None or not _is_past_due(examined, dossier.due):
        return
    deadline = _apology_deadline(examined, dossier.due, parameters)
    if all(is_late(act.at, deadline, examined.zone) for act in apologies):
        yield Hit(_NO_APOLOGY, tuple(_acts_on_time_limit(examined)))


def _is_past_due(examined: ExaminedDossier, due: Due) -> bool:
    """Tell whether the limit passed while the dossier did not wait for its applicant."""
    dossier = examined.dossier
    if paused_at(dossier, passes_at(due, examined.zone), examined.zone):
        return False
    if dossier.ended_at is not None:
        return is_late(dossier.ended_at, due, examined.zone)
    return overdue_at(dossier, examined.as_of, examined.zone)


def _apology_deadline(examined: ExaminedDossier, due: Due, parameters: Parameters) -> Due:
    accepted_at = examined.dossier.accepted_at
    by_due = accepted_at is None or (
        accepted_at.day_in(examined.zone) >= parameters.apology_by_due_since
    )
    if by_due or examined.calendar is None:
        return due
    due_on = Moment(instant=due.instant, day=due.day).day_in(examined.zone)
    try:
        return Due(day=previous_working_day(examined.calendar, due_on))
    except CalendarHorizonPassed:
        return due


def _acts_on_time_limit(examined: ExaminedDossier) -> Iterator[Act]:
    """Give acceptance, imported due dates, apologies, and the act that ended processing."""
    ended = False
    for act in examined.acts:
        ends = act.status in ENDED_STATUSES and not ended
        if ends or act.kind in DATING_ACTS or act.kind == APOLOGY:
            yield act
        ended = ended or ends


R07: Final = DossierRule(
    id="R07",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Quá hạn không xin lỗi", "Overdue without apology"),
    looks_for=Sentence(
        "Hạn giải quyết đã qua mà chưa có văn bản xin lỗi đúng lúc, hoặc xin lỗi quá một lần.",
        "The limit passed and no apology had been issued in time, or there was more than one.",
    ),
    why=Sentence(
        "Người dân không được báo trước là hồ sơ chậm, hoặc ngày hẹn bị lùi nhiều lần.",
        "The applicant was not told of the delay, or was put off again and again.",
    ),
    explanations=(
        explained("Đã xin lỗi bằng văn bản giấy.", "The apology was sent on paper only."),
        explained(
            "Người nộp còn phải bổ sung khi hết hạn.",
            "The applicant still had to hand something in when the limit ended.",
            "waited_for_applicant",
        ),
    ),
    exclusions=(
        case(
            "apologised_in_time",
            "Đã xin lỗi trước khi hết hạn (trước 01/7/2025: một ngày làm việc trước đó).",
            "There was an apology before the limit ended (before July 2025: a working day before).",
        ),
        case(
            "waited_for_applicant",
            "Khi hết hạn, hồ sơ đang chờ người nộp.",
            "When the limit ended the dossier waited for its applicant.",
        ),
        case("ended_in_time", "Đã giải quyết trong thời hạn.", "It ended within the limit."),
    ),
    abstentions=(NO_DUE_DATE,),
    thresholds=(
        by_law(
            "Trước khi hết hạn một ngày (hồ sơ tiếp nhận trước 01/7/2025); tối đa một lần.",
            "One day before the limit ends (accepted before July 2025), and once at most.",
            "Decree 61/2018 art. 19.9",
        ),
        assumed(
            "Chậm nhất khi hết hạn (hồ sơ tiếp nhận từ 01/7/2025).",
            "When the limit ends at the latest (accepted from July 2025 on).",
            "Decree 118/2025, as domain.md 2.1 tells it",
        ),
    ),
    look=_missing_apology,
)
