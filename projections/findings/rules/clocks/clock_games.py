"""Rules on clock games: a stop of the clock near the due date (R05), a late refusal (R19).

An extension moves no legal limit and is R07's; a reassignment stops no clock; a withdrawal is the
applicant's own. Shares of officers against their peers need statistics, and come with them.
"""

from collections.abc import Iterator
from typing import Final

from domain.clocks.limits import stops_clock
from domain.deadlines import is_late
from domain.dossiers import WAIT_OF_STATUS, Due, HaltKind, Status, WaitKind
from domain.errors import Sentence
from domain.procedures import LimitUnit, SupplementPolicy
from projections.dossier_rows import Act
from projections.findings.cases import LIMIT_IN_PROSE, NO_DUE_DATE, case, explained, own
from projections.findings.shapes import (
    Audience,
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
)

HALTS: Final = {
    "dossier.consultation_requested": HaltKind.CONSULTATION,
    "dossier.verification_scheduled": HaltKind.SITE_SURVEY,
    "dossier.processing_suspended": HaltKind.SUSPENSION,
}
REFUSAL: Final = "dossier.resolution_refused"
_AFTER_DUE: Final = Sentence(
    "Dừng tính thời hạn sau khi đã quá hạn: hồ sơ đang chờ không còn bị tính là quá hạn.",
    "The clock was stopped after the limit had passed: while it waits it is not counted overdue.",
)
_LAST_DAY: Final = Sentence(
    "Dừng tính thời hạn vào ngày cuối cùng của thời hạn.",
    "The clock was stopped on the last day of the limit.",
)
_REFUSED_LATE: Final = Sentence(
    "Từ chối giải quyết sau khi đã quá hạn.", "Refused on the merits after the limit had passed."
)
_REFUSED_LAST_DAY: Final = Sentence(
    "Từ chối giải quyết vào ngày cuối cùng của thời hạn.",
    "Refused on the merits on the last day of the limit.",
)


def _clock_games(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R05: an office stops the clock on the last day of a limit, or after it."""
    for act in stopping_acts(examined):
        if act.due is None:
            continue
        if is_late(act.at, act.due, examined.zone):
            yield Hit(_AFTER_DUE, (act,))
        elif _is_last_day(examined, act, act.due, parameters.last_days_limit):
            yield Hit(_LAST_DAY, (act,))


def _late_refusal(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R19: refused on the merits after the limit, or on the last day of a long one."""
    for act in examined.acts:
        if act.kind != REFUSAL or act.due is None:
            continue
        if is_late(act.at, act.due, examined.zone):
            yield Hit(_REFUSED_LATE, (act,))
        elif _is_last_day(examined, act, act.due, parameters.last_tenth_limit):
            yield Hit(_REFUSED_LAST_DAY, (act,))


def stopping_acts(examined: ExaminedDossier) -> Iterator[Act]:
    """Give the acts of offices after acceptance that stop the limit of processing, in order."""
    former: Status | None = None
    for act in examined.acts:
        kind = None if act.status is None else WAIT_OF_STATUS.get(act.status)
        begins = kind is not None and former is not act.status
        if (begins and kind is not None and _wait_stops(examined, kind)) or _halts(examined, act):
            yield act
        former = act.status


def _wait_stops(examined: ExaminedDossier, kind: WaitKind) -> bool:
    version = examined.accepted_version()
    if kind is WaitKind.WITHDRAWAL:
        return False
    if kind is WaitKind.PAYMENT:
        return version is not None and version.pause_in_payment
    return version is None or version.supplement_policy is not SupplementPolicy.NONE


def _halts(examined: ExaminedDossier, act: Act) -> bool:
    kind = HALTS.get(act.kind)
    return kind is not None and stops_clock(kind, examined.accepted_version())


def _is_last_day(examined: ExaminedDossier, act: Act, due: Due, shortest: int) -> bool:
    """Tell whether an act came on the day that a limit of so many days or more ended."""
    version, zone = examined.accepted_version(), examined.zone
    if version is None or due.day is None:
        return False
    limit = version.limit_for(examined.dossier.channel)
    if limit.unit is LimitUnit.MONTHS:
        return act.at.day_in(zone) == due.day
    in_days = limit.unit in (LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS)
    return in_days and (limit.amount or 0) >= shortest and act.at.day_in(zone) == due.day


R05: Final = DossierRule(
    id="R05",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Né hạn", "Clock games near the due date"),
    looks_for=Sentence(
        "Cơ quan dừng tính thời hạn vào ngày cuối của thời hạn, hoặc sau khi đã quá hạn.",
        "An office stopped the clock on the last day of the limit, or after it had passed.",
    ),
    why=Sentence(
        "Dừng thời hạn vào phút chót làm hồ sơ quá hạn không bị tính là quá hạn.",
        "A stop at the last moment keeps a late dossier from being counted late.",
    ),
    explanations=(
        explained("Hồ sơ khó, vướng mắc lộ ra muộn.", "A difficult case, whose flaw showed late."),
        explained(
            "Tòa án hoặc cơ quan khác yêu cầu dừng.", "A court or another body ordered the stop."
        ),
        explained("Người nộp tự xin rút.", "The applicant asked to withdraw.", "own_withdrawal"),
    ),
    exclusions=(
        case(
            "own_withdrawal",
            "Người nộp tự yêu cầu rút hồ sơ.",
            "The applicant's own withdrawal stopped it.",
        ),
        case(
            "clock_runs_on",
            "Theo thủ tục, việc chờ đó không dừng thời hạn.",
            "By the procedure that wait stops no clock.",
        ),
        case(
            "short_limit",
            "Thời hạn dưới năm ngày: ngày cuối hơn một phần năm.",
            "The limit is under five days, so its last day is more than a fifth of it.",
        ),
    ),
    abstentions=(NO_DUE_DATE, LIMIT_IN_PROSE),
    thresholds=(
        own(
            "Ngày cuối của thời hạn từ năm ngày trở lên (20 %).",
            "The last day of a limit of five days or more (20 %).",
        ),
    ),
    audience=Audience.INSPECTORS,
    not_looked_for=(
        Sentence(
            "Gia hạn (R07), phân công lại (không dừng thời hạn).",
            "Extensions, which R07 names, and reassignments, which stop no clock.",
        ),
    ),
    look=_clock_games,
)
R19: Final = DossierRule(
    id="R19",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Từ chối phút chót", "Late refusal"),
    looks_for=Sentence(
        "Từ chối giải quyết sau khi đã quá hạn, hoặc vào ngày cuối của thời hạn dài.",
        "A refusal on the merits after the limit, or on the last day of a long one.",
    ),
    why=Sentence(
        "Từ chối vào phút chót có thể che việc chưa xem xét hồ sơ, hoặc gây sức ép.",
        "A refusal at the last moment may hide that nobody looked, or press the applicant.",
    ),
    explanations=(explained("Người nộp không đủ điều kiện.", "The applicant was not eligible."),),
    exclusions=(
        case(
            "before_last_day",
            "Từ chối trước ngày cuối.",
            "The refusal came before the last day.",
        ),
        case(
            "short_limit",
            "Thời hạn dưới mười ngày: ngày cuối hơn một phần mười.",
            "The limit is under ten days, so its last day is more than a tenth of it.",
        ),
    ),
    abstentions=(NO_DUE_DATE, LIMIT_IN_PROSE),
    thresholds=(
        own(
            "Ngày cuối của thời hạn từ mười ngày trở lên (10 %).",
            "The last day of a limit of ten days or more (10 %).",
        ),
    ),
    not_looked_for=(
        Sentence(
            "Từ chối không nêu căn cứ: sổ cái không nhận (thiếu dữ kiện bắt buộc).",
            "A refusal without legal citation: it is not accepted at all (`fact_missing`).",
        ),
        Sentence(
            "Cùng người nộp lại sau khi bị từ chối: quy tắc R19 so sánh các hồ sơ xem việc này.",
            "The same applicant handing in again: the R19 against peers looks at that.",
        ),
    ),
    look=_late_refusal,
)
