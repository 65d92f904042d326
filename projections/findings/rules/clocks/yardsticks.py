"""The rule on wrong yardsticks, R28: another limit than that of the version at acceptance."""

from collections.abc import Iterator
from typing import Final

from domain.clocks.limits import processing_count
from domain.deadlines import is_late
from domain.dossiers import Due
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from domain.procedures import Procedure
from projections.dossier_rows import Act
from projections.findings.cases import (
    BEYOND_CALENDAR,
    LIMIT_IN_PROSE,
    NO_CALENDAR,
    case,
    explained,
    own,
)
from projections.findings.shapes import DossierRule, ExaminedDossier, Hit, Parameters, Severity

ACCEPTANCE: Final = "dossier.accepted"
IMPORTED_DUE: Final = "dossier.due_date_imported"
_OTHER_VERSION: Final = Sentence(
    "Thời hạn tính theo phiên bản thủ tục khác với phiên bản có hiệu lực khi tiếp nhận.",
    "The limit is another version's than the one that was in force at acceptance.",
)
_LATER_APPOINTMENT: Final = Sentence(
    "Giấy hẹn khi tiếp nhận ghi ngày sau hạn luật định.",
    "The appointment on the slip at acceptance is later than the legal limit.",
)
_LATER_IMPORT: Final = Sentence(
    "Hạn nhập từ hệ thống khác dài hơn thời hạn của phiên bản có hiệu lực khi tiếp nhận.",
    "The due date that was imported is later than the limit of the version in force gives.",
)


def _wrong_yardstick(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R28: judged by another version, or promised or imported for later than the version gives."""
    dossier = examined.dossier
    accepted = _first(examined, ACCEPTANCE)
    if dossier.accepted_at is None or accepted is None:
        return
    in_force = examined.version_on(dossier.accepted_at)
    if in_force is not None and _has_other_limit(examined, in_force):
        yield Hit(_OTHER_VERSION, (accepted,))
    if _is_later(accepted.appointment, accepted.due, examined.zone):
        yield Hit(_LATER_APPOINTMENT, (accepted,))
    stated, version = _first(examined, IMPORTED_DUE), examined.accepted_version()
    if stated is not None and version is not None:
        counted = _counted(examined, version)
        if _is_later(stated.due, counted, examined.zone):
            yield Hit(_LATER_IMPORT, (accepted, stated))


def _has_other_limit(examined: ExaminedDossier, in_force: Procedure) -> bool:
    used, channel = examined.accepted_version(), examined.dossier.channel
    # A version without a first day holds for all time: of back then it says nothing.
    if used is None or used.version == in_force.version or in_force.valid_from is None:
        return False
    return used.limit_for(channel) != in_force.limit_for(channel)


def _counted(examined: ExaminedDossier, version: Procedure) -> Due | None:
    working = examined.working()
    if working is None:
        return None
    try:
        counted = processing_count(examined.dossier, version, working)
    except CalendarHorizonPassed:
        return None
    return None if counted is None else counted.due


def _is_later(due: Due | None, limit: Due | None, zone: str) -> bool:
    if due is None or limit is None:
        return False
    return is_late(Moment(instant=due.instant, day=due.day), limit, zone)


def _first(examined: ExaminedDossier, kind: str) -> Act | None:
    return next((act for act in examined.acts if act.kind == kind), None)


R28: Final = DossierRule(
    id="R28",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Áp sai thời hạn", "Wrong yardstick"),
    looks_for=Sentence(
        "Thời hạn, giấy hẹn hoặc hạn nhập vào dài hơn hoặc khác thời hạn của phiên bản thủ tục có "
        "hiệu lực khi tiếp nhận.",
        "The limit is another version's than the one in force at acceptance, or the slip or an "
        "imported date names a later day than that version gives.",
    ),
    why=Sentence(
        "Áp thời hạn dài hơn luật làm hồ sơ trễ trông như đúng hạn.",
        "A longer limit than the law's makes late dossiers look punctual.",
    ),
    explanations=(
        explained(
            "Quyết định mới ban hành chưa kịp nhập.",
            "A newly issued decision was not loaded yet.",
        ),
        explained(
            "Thời gian chờ người nộp đã được cộng vào.",
            "The time of waiting for the applicant was added.",
            "counted_waits",
        ),
    ),
    exclusions=(
        case(
            "same_limit",
            "Hai phiên bản có cùng thời hạn.",
            "Both versions have one limit.",
        ),
        case(
            "shorter_promise",
            "Giấy hẹn sớm hơn hoặc đúng hạn luật định.",
            "The appointment is not later than the legal limit.",
        ),
        case(
            "counted_waits",
            "Hạn nhập vào gồm thời gian chờ mà thủ tục cho trừ.",
            "The imported date holds the waits that the procedure takes off.",
        ),
    ),
    abstentions=(
        NO_CALENDAR,
        BEYOND_CALENDAR,
        LIMIT_IN_PROSE,
        case(
            "undated_version",
            "Phiên bản mới không nêu ngày có hiệu lực.",
            "The newer version names no first day, so nobody knows whether it held then.",
        ),
    ),
    thresholds=(own("Bất kỳ.", "Any."),),
    not_looked_for=(
        Sentence(
            "Đổi mã thủ tục sau khi tiếp nhận: không có việc nào làm được điều đó.",
            "A procedure's code changed after acceptance: no act can do that.",
        ),
        Sentence(
            "Trường hợp của thủ tục (case): hồ sơ không ghi trường hợp.",
            "The case within a procedure: no act says which case a dossier is put under.",
        ),
    ),
    look=_wrong_yardstick,
)
