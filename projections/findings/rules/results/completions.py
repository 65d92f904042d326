"""Rules on completions: results older than their dossier (R10), ends that were none (R11)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.calendars import working_days_between
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from domain.roles import Role
from projections.dossier_rows import Act
from projections.findings.cases import (
    BEYOND_CALENDAR,
    IMPORTED,
    NO_CALENDAR,
    NOT_OPENED,
    case,
    explained,
    own,
)
from projections.findings.shapes import (
    Audience,
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
)

ACCEPTANCE: Final = "dossier.accepted"
APPROVAL: Final = "dossier.result_approved"
ISSUE: Final = "dossier.result_issued"
RESULTS: Final = frozenset({APPROVAL, ISSUE, "dossier.resolution_refused", "dossier.end_imported"})
MENDING: Final = frozenset({"dossier.result_corrected", "dossier.result_revoked"})
HANDOVER: Final = "dossier.handover_acknowledged"
_WORKING: Final = frozenset({Role.PROCESSOR, Role.ASSIGNER})
_BEFORE_ACCEPTANCE: Final = Sentence(
    "Kết quả hoặc việc kết thúc mang thời điểm trước khi tiếp nhận.",
    "A result or an end bears a moment before the acceptance.",
)
_DATED_BEFORE: Final = Sentence(
    "Ngày ghi trên kết quả là trước ngày tiếp nhận.",
    "The day on the result itself is before the day of acceptance.",
)
_DATED_AFTER: Final = Sentence(
    "Ngày ghi trên kết quả là sau ngày hồ sơ được ghi là đã giải quyết xong.",
    "The day on the result itself is after the day on which the dossier was recorded as done.",
)
_MENDED_SOON: Final = Sentence(
    "Kết quả bị sửa hoặc thu hồi ngay sau khi kết thúc.",
    "The result was mended or revoked soon after the end.",
)
_WORK_GOES_ON: Final = Sentence(
    "Hồ sơ đã kết thúc mà vẫn được giao lại cho người thụ lý.",
    "The dossier had ended, and went back to those who process it.",
)


def _off_system(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R10: what ended the dossier, or the result's own day, lies before the acceptance."""
    accepted = next((act for act in examined.acts if act.kind == ACCEPTANCE), None)
    if accepted is None:
        return
    early = tuple(
        act
        for act in examined.acts
        if act.kind in RESULTS and _precedes(act.at, accepted.at, examined, parameters)
    )
    if early:
        yield Hit(_BEFORE_ACCEPTANCE, (accepted, *early))
    for act, issued_on in _issued(examined):
        if issued_on < accepted.at.day_in(examined.zone):
            yield Hit(_DATED_BEFORE, (accepted, act))


def _precedes(
    at: Moment, former: Moment, examined: ExaminedDossier, parameters: Parameters
) -> bool:
    """Tell whether one moment lies before another by more than clocks differ, or by days."""
    if at.instant is not None and former.instant is not None:
        return at.instant < former.instant - parameters.clock_skew
    return at.day_in(examined.zone) < former.day_in(examined.zone)


def _issued(examined: ExaminedDossier) -> Iterator[tuple[Act, date]]:
    """Give the acts that issue a result, with the day that stands on it."""
    for act in examined.acts:
        part = (examined.opened or {}).get(act.version)
        if act.kind == ISSUE and part is not None and part.issued_on is not None:
            yield act, part.issued_on


def _virtual(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R11: recorded as done before the result existed, or taken up again soon after."""
    for act, issued_on in _issued(examined):
        if issued_on > act.at.day_in(examined.zone):
            yield Hit(_DATED_AFTER, (act,))
    yield from _reopened(examined, parameters)


def _reopened(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    ended: Act | None = None
    for act in examined.acts:
        if act.is_imported:
            continue
        if ended is not None and _is_soon(examined, ended, act, parameters):
            if act.kind in MENDING:
                yield Hit(_MENDED_SOON, (ended, act))
            elif act.kind == HANDOVER and any(one.role in _WORKING for one in act.signers):
                yield Hit(_WORK_GOES_ON, (ended, act))
        if ended is None and act.kind == ISSUE:
            ended = act


def _is_soon(examined: ExaminedDossier, ended: Act, act: Act, parameters: Parameters) -> bool:
    if examined.calendar is None:
        return False
    first, last = ended.at.day_in(examined.zone), act.at.day_in(examined.zone)
    try:
        days = working_days_between(examined.calendar, first, last)
    except CalendarHorizonPassed:
        return False
    return days <= parameters.reopened_within


R10: Final = DossierRule(
    id="R10",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Nhận hồ sơ ngoài hệ thống", "Off-system intake"),
    looks_for=Sentence(
        "Kết quả, hoặc ngày ghi trên kết quả, có trước khi tiếp nhận hồ sơ.",
        "A result, or the day on it, is older than the acceptance of its dossier.",
    ),
    why=Sentence(
        "Hồ sơ đã làm xong ngoài hệ thống rồi mới nhập cho đủ thủ tục, nên thời hạn là giả.",
        "The matter was done beside the system and entered afterwards, so its limits mean nothing.",
    ),
    explanations=(
        explained("Đồng hồ của máy bị lệch.", "The clock of a device was wrong.", "clock_skew"),
        explained("Gõ nhầm ngày trên kết quả.", "A slip of the pen in the result's day."),
    ),
    exclusions=(
        case(
            "clock_skew",
            "Lệch không quá năm phút.",
            "The moments are five minutes apart at the most.",
        ),
        case("same_day", "Cùng một ngày.", "Both days are one."),
    ),
    abstentions=(
        case("not_accepted", "Hồ sơ chưa được tiếp nhận.", "The dossier was not accepted."),
        NOT_OPENED,
    ),
    thresholds=(own("Bất kỳ khoảng âm nào.", "Any negative interval."),),
    audience=Audience.INSPECTORS,
    private_inputs=(Sentence("Ngày ghi trên kết quả.", "The day that a result bears."),),
    not_looked_for=(
        Sentence(
            "Số bỏ trống trong dãy mã hồ sơ: R27.", "Gaps of the counter in codes: R27 looks there."
        ),
    ),
    look=_off_system,
)
R11: Final = DossierRule(
    id="R11",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Kết thúc ảo", "Virtual completion"),
    looks_for=Sentence(
        "Hồ sơ được ghi là xong trước ngày ghi trên kết quả, hoặc bị sửa, thu hồi, giao lại trong "
        "năm ngày làm việc.",
        "A dossier was recorded as done before the day on its result, or was mended, revoked or "
        "taken up again within five working days.",
    ),
    why=Sentence(
        "Bấm kết thúc trên phần mềm trước khi có kết quả làm hồ sơ trễ thành đúng hạn.",
        "Ending a dossier in the system before there is a result makes a late one punctual.",
    ),
    explanations=(
        explained("Sửa một lỗi nhỏ trên kết quả.", "A slip of the pen on the result was mended."),
        explained(
            "Kết quả được giao cho quầy để trả.",
            "The result was handed to the counter.",
            "handed_to_counter",
        ),
    ),
    exclusions=(
        case(
            "mended_later",
            "Sửa sau hơn năm ngày làm việc.",
            "It was mended more than five working days later.",
        ),
        case(
            "handed_to_counter",
            "Bàn giao cho quầy hoặc văn thư để trả.",
            "It was handed to the counter or a clerk, to be returned.",
        ),
        case("same_day", "Cùng một ngày.", "Both days are one."),
    ),
    abstentions=(IMPORTED, NO_CALENDAR, BEYOND_CALENDAR, NOT_OPENED),
    thresholds=(own("Trong năm ngày làm việc.", "Within five working days.", "this ledger"),),
    audience=Audience.INSPECTORS,
    private_inputs=(Sentence("Ngày ghi trên kết quả.", "The day that a result bears."),),
    not_looked_for=(
        Sentence(
            "Kết thúc không có mã băm của kết quả: sổ cái không nhận (`fact_missing`); hồ sơ nhập "
            "vào không có mã băm.",
            "An end without the result's hash: not accepted (`fact_missing`), and imports have "
            "none.",
        ),
    ),
    look=_virtual,
)
