"""The rule on idle dossiers, R13: in process, the clock running, and nothing happens.

A stretch lies between two acts of the office, or between the last one and now; time in which the
dossier waited for its applicant or for another body is not its office's. Each stretch is a lead of
its own: later acts leave the two entries around it as they are, so that what an inspector said of
it stays said. One that goes on has one entry yet, and is another lead once it has ended.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from domain.calendars import WorkingTime, working_days_between
from domain.dossiers import Halt, Status
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from domain.procedures import LimitUnit
from domain.roles import Role
from projections.dossier_rows import Act
from projections.findings.cases import (
    BEYOND_CALENDAR,
    LIMIT_IN_PROSE,
    NO_CALENDAR,
    case,
    explained,
    own,
)
from projections.findings.rules.clocks.step_hours import steps_over
from projections.findings.shapes import DossierRule, ExaminedDossier, Hit, Parameters, Severity

# How many working days a limit in another unit is taken for.
_WORKING_DAYS_IN: Final = {
    LimitUnit.WORKING_DAYS: (1, 1),
    LimitUnit.CALENDAR_DAYS: (5, 7),
    LimitUnit.HOURS: (1, 8),
    LimitUnit.MONTHS: (21, 1),
}
# Whoever signs as these alone did no work of the office.
_OUTSIDE: Final = frozenset({Role.APPLICANT, Role.PROXY, Role.HOLDER})
Stretch = tuple[Act, Act | None]
"""The act before nothing happened, and the one after; None while nothing happens still."""


def _idle(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R13: no act for longer than a share of the limit, or a step far over its hours."""
    working = examined.working()
    if working is None:
        return
    found = list(_still(examined, working, parameters))
    over = {_versions(hit): hit for hit in steps_over(examined, working, parameters)}
    # Where nothing happened in a whole step, that is one lead, and says both.
    for hit in found:
        also = over.pop(_versions(hit), None)
        yield hit if also is None else replace(hit, reason=_both(hit.reason, also.reason))
    yield from over.values()


def _versions(hit: Hit) -> tuple[int, ...]:
    return tuple(act.version for act in hit.acts)


def _both(first: Sentence, second: Sentence) -> Sentence:
    return Sentence(f"{first.vi} {second.vi}", f"{first.en} {second.en}")


def _still(
    examined: ExaminedDossier, working: WorkingTime, parameters: Parameters
) -> Iterator[Hit]:
    allowed = _allowed_days(examined, parameters)
    if allowed is None:
        return
    for former, latter in _stretches(examined):
        until = Moment(instant=examined.as_of) if latter is None else latter.at
        # What the calendar does not cover is left out alone: earlier stretches are known.
        try:
            days = _idle_days(examined, working, former, until)
        except CalendarHorizonPassed:
            continue
        if days > allowed:
            yield Hit(_stood_still(days, latter), (former,) if latter is None else (former, latter))


def _stood_still(days: int, latter: Act | None) -> Sentence:
    if latter is None:
        return Sentence(
            f"Hồ sơ đang giải quyết mà đã {days} ngày làm việc không có việc nào.",
            f"In process, and nothing has happened for {days} working days.",
        )
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


def _stretches(examined: ExaminedDossier) -> Iterator[Stretch]:
    """Give each stretch in process between two acts of the office, and the one that goes on.

    What the applicant did meanwhile ends none, unless the dossier waits or rests from then on.
    """
    former: Act | None = None
    for act in examined.acts:
        if former is not None and act.status is Status.IN_PROCESS and _is_outside(act):
            continue
        if former is not None:
            yield former, act
        former = act if act.status is Status.IN_PROCESS else None
    if former is not None:
        yield former, None


def _is_outside(act: Act) -> bool:
    return all(signer.role in _OUTSIDE for signer in act.signers)


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


R13: Final = DossierRule(
    id="R13",
    version=2,
    severity=Severity.MEDIUM,
    name=Sentence("Ngâm hồ sơ", "Idle dossier"),
    looks_for=Sentence(
        "Hồ sơ đang giải quyết, thời hạn đang chạy, mà cơ quan không làm việc nào quá ba ngày làm "
        "việc và quá 40 % thời hạn; hoặc một bước nội bộ kéo dài quá hai lần số giờ của nó. Mỗi "
        "quãng như vậy trong suốt quá trình là một dấu hiệu riêng.",
        "In process, the clock running, and no act of the office for more than three working days "
        "and 40 % of the limit; or an internal step beyond twice its hours. Each such stretch of a "
        "dossier's whole life is a lead of its own.",
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
        case(
            "step_rested",
            "Trong bước nội bộ, hồ sơ chờ người nộp hoặc cơ quan khác.",
            "During the step it waited for its applicant, or for another body.",
        ),
    ),
    abstentions=(
        NO_CALENDAR,
        BEYOND_CALENDAR,
        LIMIT_IN_PROSE,
        case(
            "step_day_only",
            "Chỉ biết ngày bắt đầu bước nội bộ, không biết giờ.",
            "Only the day on which the step began is known, not the hour.",
        ),
    ),
    thresholds=(
        own(
            "Quá ba ngày làm việc và quá 40 % thời hạn.",
            "More than three working days and more than 40 % of the limit.",
        ),
        own("Quá hai lần số giờ của bước.", "More than twice the hours of the step."),
    ),
    look=_idle,
)
