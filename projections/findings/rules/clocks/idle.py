"""The rule on idle dossiers, R13: in process, the clock running, and nothing happens.

A gap lies between two acts, or between the last one and now; a stretch in which the dossier waited
for its applicant or for another body is no gap of its office. Only the longest is named.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from domain.calendars import WorkingTime, working_days_between, working_time_between
from domain.clocks.limits import step_reading
from domain.dossiers import Halt, Status
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from domain.procedures import LimitUnit
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

# How many working days a limit in another unit is taken for.
_WORKING_DAYS_IN: Final = {
    LimitUnit.WORKING_DAYS: (1, 1),
    LimitUnit.CALENDAR_DAYS: (5, 7),
    LimitUnit.HOURS: (1, 8),
    LimitUnit.MONTHS: (21, 1),
}


def _idle(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R13: no act for longer than a share of the limit, or a step far over its hours."""
    working = examined.working()
    if working is None:
        return
    try:
        yield from _still(examined, working, parameters)
        yield from _step_over(examined, working, parameters)
    except CalendarHorizonPassed:
        return


def _still(
    examined: ExaminedDossier, working: WorkingTime, parameters: Parameters
) -> Iterator[Hit]:
    allowed = _allowed_days(examined, parameters)
    if allowed is None:
        return
    gaps = ((_idle_days(examined, working, *gap), gap[0]) for gap in _gaps(examined))
    days, act = max(gaps, key=lambda gap: gap[0], default=(0, None))
    if act is not None and days > allowed:
        yield Hit(_stood_still(days), (act,))


def _stood_still(days: int) -> Sentence:
    return Sentence(
        f"Hồ sơ đang giải quyết mà không có việc nào trong {days} ngày làm việc.",
        f"In process, and nothing happened for {days} working days.",
    )


def _allowed_days(examined: ExaminedDossier, parameters: Parameters) -> int | None:
    """Give how many working days a dossier may stand still; None without a limit."""
    version = examined.accepted_version()
    limit = None if version is None else version.limit_for(examined.dossier.channel)
    if limit is None or limit.amount is None or limit.unit not in _WORKING_DAYS_IN:
        return None
    part, whole = _WORKING_DAYS_IN[limit.unit]
    share = limit.amount * part * parameters.idle_share_percent // (whole * 100)
    return max(parameters.idle_days, share)


def _gaps(examined: ExaminedDossier) -> Iterator[tuple[Act, Moment]]:
    """Give what the dossier last heard while in process, and when it heard of the next."""
    for former, latter in pairwise(examined.acts):
        if former.status is Status.IN_PROCESS:
            yield former, latter.at
    if examined.acts and examined.acts[-1].status is Status.IN_PROCESS:
        yield examined.acts[-1], Moment(instant=examined.as_of)


def _idle_days(examined: ExaminedDossier, working: WorkingTime, act: Act, until: Moment) -> int:
    """Count the whole working days between two acts in which nobody else had the word."""
    first, last = act.at.day_in(examined.zone), until.day_in(examined.zone) - timedelta(days=1)
    days = working_days_between(working.calendar, first, last)
    halted = 0
    for since, end in _halted_days(examined, first, last):
        halted += working_days_between(working.calendar, since, end)
    return days - halted


def _halted_days(examined: ExaminedDossier, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Give the stretches within two days in which the dossier rested; none counts twice."""
    stretches = sorted(_days_of(examined, halt) for halt in examined.dossier.halts)
    counted_to = first
    for since, until in stretches:
        begin, end = max(since, counted_to), min(until, last)
        if begin < end:
            yield begin, end
            counted_to = end


def _days_of(examined: ExaminedDossier, halt: Halt) -> tuple[date, date]:
    until = halt.until or Moment(instant=examined.as_of)
    return halt.since.day_in(examined.zone), until.day_in(examined.zone)


def _step_over(
    examined: ExaminedDossier, working: WorkingTime, parameters: Parameters
) -> Iterator[Hit]:
    """Give the internal step that began last, if it took many times its published hours."""
    dossier, version = examined.dossier, examined.accepted_version()
    reading = None if version is None else step_reading(dossier, version, working)
    since = None if dossier.step is None else dossier.step.at
    if reading is None or since is None or since.instant is None or dossier.is_waiting:
        return
    if any(halt.until is None for halt in dossier.halts):
        return
    ended = dossier.ended_at or Moment(instant=examined.as_of)
    hours = reading.count.limit.amount
    assert hours is not None
    spent = working_time_between(working, since.instant, ended.start_in(examined.zone))
    if spent > timedelta(hours=hours * parameters.step_times):
        began = tuple(act for act in examined.acts if act.at == since)[-1:]
        yield Hit(_over_its_hours(hours, spent), began)


def _over_its_hours(hours: int, spent: timedelta) -> Sentence:
    took = spent // timedelta(hours=1)
    return Sentence(
        f"Một bước nội bộ {hours} giờ làm việc đã kéo dài {took} giờ.",
        f"An internal step of {hours} working hours has taken {took}.",
    )


R13: Final = DossierRule(
    id="R13",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Ngâm hồ sơ", "Idle dossier"),
    looks_for=Sentence(
        "Hồ sơ đang giải quyết, thời hạn đang chạy, mà không có việc nào quá ba ngày làm việc và "
        "quá 40 % thời hạn; hoặc một bước nội bộ kéo dài quá hai lần số giờ của nó.",
        "In process, the clock running, and no act for more than three working days and 40 % of "
        "the limit; or an internal step beyond twice its hours.",
    ),
    why=Sentence(
        "Để hồ sơ nằm yên là cách chờ người dân đến hỏi.",
        "Leaving a dossier to lie is a way of waiting for its applicant to come and ask.",
    ),
    explanations=(
        explained(
            "Đang xác minh thực địa.",
            "Somebody was at work on site.",
            "rested",
        ),
        explained("Có làm việc nhưng không ghi vào sổ.", "Work was done that nobody recorded."),
    ),
    exclusions=(
        case(
            "rested",
            "Đang lấy ý kiến, xác minh, tạm dừng hoặc gián đoạn.",
            "It was with a consulted body, a survey was under way, or it rested by law.",
        ),
        case(
            "waited_for_applicant",
            "Đang chờ người nộp.",
            "It waited for its applicant.",
        ),
        case(
            "share_of_long_limit",
            "Chưa quá 40 % của thời hạn dài.",
            "It is no more than 40 % of a long limit.",
        ),
        case(
            "step_in_hours",
            "Bước nội bộ chưa quá hai lần số giờ.",
            "The step took no more than twice its hours.",
        ),
    ),
    abstentions=(NO_CALENDAR, BEYOND_CALENDAR, LIMIT_IN_PROSE),
    thresholds=(
        own(
            "Quá ba ngày làm việc và quá 40 % thời hạn.",
            "More than three working days and more than 40 % of the limit.",
        ),
        own("Quá hai lần số giờ của bước.", "More than twice the hours of the step."),
    ),
    not_looked_for=(
        Sentence(
            "Các bước nội bộ đã qua: chỉ bước cuối còn ghi lại khi nào bắt đầu.",
            "Internal steps before the last: only of that one it is kept when it began.",
        ),
    ),
    look=_idle,
)
