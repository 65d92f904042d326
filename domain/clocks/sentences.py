"""One sentence about one due date, in Vietnamese and in English.

It is made of clauses: what ends when, what was counted from when, what stopped the count, what was
skipped, which calendar moved it, and what in it nobody has verified.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from domain.clocks.counting import Count, CountedStretch, StartReason, StretchEffect
from domain.clocks.limits import ClockReading
from domain.dossiers import Due, DueChange, HaltKind, TooLate, WaitKind
from domain.errors import Sentence
from domain.moments import Moment, english_day, time_zone
from domain.procedures import Limit, LimitUnit
from domain.transitions.shapes import Clock

_CLOCKS: Final[Mapping[Clock, Sentence]] = {
    Clock.ACCEPTANCE: Sentence("kiểm tra, tiếp nhận hồ sơ", "checking and accepting the dossier"),
    Clock.PROCESSING: Sentence("giải quyết hồ sơ", "processing the dossier"),
    Clock.STEP: Sentence("bước xử lý hiện tại", "the present internal step"),
    Clock.SUPPLEMENT: Sentence("bổ sung hồ sơ", "handing in the supplement"),
    Clock.CONSULTATION: Sentence("trả lời lấy ý kiến", "answering the consultation"),
    Clock.INTAKE_NOTICE: Sentence(
        "báo cho cán bộ tiếp nhận", "telling the receiving officer of the submission"
    ),
    Clock.TRANSFER: Sentence(
        "chuyển hồ sơ đến cơ quan giải quyết", "transferring the dossier to the deciding office"
    ),
    Clock.SEND_BACK: Sentence(
        "trả lại hồ sơ chưa đủ điều kiện giải quyết",
        "sending back a dossier that does not meet the conditions",
    ),
    Clock.RETURN: Sentence("trả kết quả", "handing over the result"),
}

_UNITS: Final[Mapping[LimitUnit, Sentence]] = {
    LimitUnit.WORKING_DAYS: Sentence("ngày làm việc", "working days"),
    LimitUnit.CALENDAR_DAYS: Sentence("ngày", "calendar days"),
    LimitUnit.HOURS: Sentence("giờ làm việc", "working hours"),
    LimitUnit.MONTHS: Sentence("tháng", "months"),
}

_STARTS: Final[Mapping[StartReason, Sentence]] = {
    StartReason.FROM_THE_MOMENT: Sentence("tính từ {at}", "counted from {at}"),
    StartReason.DAY_AFTER: Sentence(
        "tính từ {at}, ngày đầu không tính", "counted from {at}, the first day not counted"
    ),
    StartReason.LATE_IN_THE_DAY: Sentence(
        "tính từ ngày làm việc tiếp theo {counts_from} vì tiếp nhận muộn trong ngày ({at})",
        "counted from the next working day {counts_from} because it was accepted late in the day "
        "({at})",
    ),
    StartReason.LATE_ARRIVAL: Sentence(
        "tính từ {counts_from} vì hồ sơ đến muộn hoặc vào ngày nghỉ ({at})",
        "counted from {counts_from} because it arrived late or on a day off ({at})",
    ),
}

# A limit of no days ends on the day it is counted from: no first day is left out.
_SAME_DAY: Final = Sentence("(từ {at})", "(from {at})")

_STRETCHES: Final[Mapping[WaitKind | HaltKind, Sentence]] = {
    WaitKind.SUPPLEMENT: Sentence("chờ bổ sung", "waiting for the supplement"),
    WaitKind.PAYMENT: Sentence("chờ nộp tiền", "waiting for the payment"),
    WaitKind.WITHDRAWAL: Sentence("chờ xem xét việc rút hồ sơ", "considering the withdrawal"),
    HaltKind.CONSULTATION: Sentence("lấy ý kiến", "consultation"),
    HaltKind.SITE_SURVEY: Sentence("thẩm tra, xác minh thực địa", "verification on site"),
    HaltKind.SUSPENSION: Sentence("tạm dừng theo luật", "suspension by law"),
    HaltKind.OUTAGE: Sentence("gián đoạn hệ thống", "an outage of the system"),
}

_EFFECTS: Final[Mapping[StretchEffect, Sentence]] = {
    StretchEffect.PAUSED: Sentence(
        "không tính {counted} {kind} ({since} – {until})",
        "{counted} of {kind} not counted ({since} – {until})",
    ),
    StretchEffect.RESTARTED: Sentence(
        "tính lại từ đầu từ {until} sau khi {kind}", "counted anew from {until} after {kind}"
    ),
    StretchEffect.RAN_ON: Sentence(
        "thời gian {kind} ({since} – {until}) vẫn tính",
        "the time of {kind} ({since} – {until}) counts",
    ),
    StretchEffect.WAS_LATE: Sentence(
        "{kind} từ {since} không dời hạn vì khi đó đã quá hạn",
        "{kind} from {since} moves nothing, since the limit had passed",
    ),
}

_SECONDS_PER_MINUTE: Final = 60


@dataclass(frozen=True, slots=True)
class SkippedDays:
    """How many days off a count went over."""

    weekend: int
    special: int


@dataclass(frozen=True, slots=True)
class OtherStreams:
    """What acts on other streams did to a date: the moves, and the first that came too late."""

    changes: tuple[DueChange, ...] = ()
    too_late: TooLate | None = None


def explaining_sentence(
    reading: ClockReading, zone: str, skipped: SkippedDays, moves: OtherStreams
) -> Sentence:
    """Give one sentence that says when a limit ends, and why then."""
    clauses = list(_clauses(reading, zone, skipped, moves))
    head = _head(reading, zone)
    return Sentence(
        f"{head.vi}: " + "; ".join(clause.vi for clause in clauses) + ".",
        f"{head.en}: " + "; ".join(clause.en for clause in clauses) + ".",
    )


def _head(reading: ClockReading, zone: str) -> Sentence:
    what, due = _what(reading), reading.count.due
    if due is None:
        return Sentence(f"Không tính được hạn {what.vi}", f"No due date for {what.en} is computed")
    at = _due_text(due, zone)
    ends = "ends on" if due.instant is None else "ends at"
    return Sentence(f"Hạn {what.vi} là {at.vi}", f"The limit for {what.en} {ends} {at.en}")


def _what(reading: ClockReading) -> Sentence:
    what, step = _CLOCKS[reading.clock], reading.step
    if step is None:
        return what
    return Sentence(f"{what.vi} “{step.vi}”", f"{what.en} “{step.en}”")


def _clauses(
    reading: ClockReading, zone: str, skipped: SkippedDays, moves: OtherStreams
) -> Iterator[Sentence]:
    counted, changes, too_late = reading.count, moves.changes, moves.too_late
    yield _limit_clause(counted, zone)
    for counted_stretch in counted.stretches:
        yield _stretch_clause(counted_stretch, counted.limit.unit, zone)
    if skipped.weekend or skipped.special:
        yield skipped_clause(skipped, counted.limit.unit)
    for change in changes:
        yield _change_clause(change, zone)
    if too_late is not None:
        yield _too_late_clause(too_late, zone)
    if not reading.law_verified:
        yield Sentence(
            "thời hạn chung này chưa được đối chiếu với văn bản luật, chỉ để tham khảo",
            "this general limit was not checked against the text of the law and is an assumption",
        )


def _limit_clause(counted: Count, zone: str) -> Sentence:
    limit, start = counted.limit, counted.first_start
    at, counts_from = _moment_text(start.at, zone), _moment_text(start.counts_from, zone)
    begins = _begins(limit, start.reason)
    vi = begins.vi.format(at=at.vi, counts_from=counts_from.vi)
    en = begins.en.format(at=at.en, counts_from=counts_from.en)
    if limit.unit is LimitUnit.UNKNOWN:
        return Sentence(f"theo ngày được yêu cầu, {vi}", f"the day that was asked for, {en}")
    amount = _amount_text(limit)
    return Sentence(f"{amount.vi} {vi}", f"{amount.en} {en}")


def _begins(limit: Limit, reason: StartReason) -> Sentence:
    is_same_day = _is_same_day(limit) and reason is StartReason.DAY_AFTER
    return _SAME_DAY if is_same_day else _STARTS[reason]


def _is_same_day(limit: Limit) -> bool:
    return limit.amount == 0 and limit.unit is LimitUnit.WORKING_DAYS


def _amount_text(limit: Limit) -> Sentence:
    if _is_same_day(limit):
        return Sentence("trong ngày làm việc", "within the working day")
    unit = _UNITS[limit.unit]
    english = unit.en.removesuffix("s") if limit.amount == 1 else unit.en
    return Sentence(f"{limit.amount} {unit.vi}", f"{limit.amount} {english}")


def _stretch_clause(counted: CountedStretch, unit: LimitUnit, zone: str) -> Sentence:
    stretch, effect = counted.stretch, _EFFECTS[counted.effect]
    kind, took = _STRETCHES[stretch.kind], _counted_text(counted.counted, unit)
    since, until = _moment_text(stretch.since, zone), _moment_text(stretch.until, zone)
    declared = _declared_text(stretch.declared_at, zone)
    return Sentence(
        effect.vi.format(kind=kind.vi, counted=took.vi, since=since.vi, until=until.vi)
        + declared.vi,
        effect.en.format(kind=kind.en, counted=took.en, since=since.en, until=until.en)
        + declared.en,
    )


def _declared_text(declared_at: Moment | None, zone: str) -> Sentence:
    """Say since when the ledger knew of a stretch; most are known by the act that begins them."""
    if declared_at is None:
        return Sentence("", "")
    at = _moment_text(declared_at, zone)
    return Sentence(f", công bố trong sổ {at.vi}", f", known to the ledger from {at.en}")


def _counted_text(counted: int, unit: LimitUnit) -> Sentence:
    if unit is LimitUnit.HOURS:
        minutes = counted // _SECONDS_PER_MINUTE
        return Sentence(f"{minutes} phút làm việc", f"{minutes} minutes of office time")
    # Within months, what stopped the count is counted in days.
    days = _UNITS[LimitUnit.CALENDAR_DAYS if unit is LimitUnit.MONTHS else unit]
    english = days.en.removesuffix("s") if counted == 1 else days.en
    return Sentence(f"{counted} {days.vi}", f"{counted} {english}")


def skipped_clause(skipped: SkippedDays, unit: LimitUnit) -> Sentence:
    """Say how many days off of either kind the count passed over; one without any is left out."""
    is_skipping = unit in (LimitUnit.WORKING_DAYS, LimitUnit.HOURS)
    verb = Sentence("bỏ qua", "skipped") if is_skipping else Sentence("trong đó có", "among them")
    parts = [
        Sentence(f"{count} {name.vi}", f"{count} {name.en if count == 1 else plural}")
        for count, name, plural in (
            (skipped.weekend, Sentence("ngày nghỉ hằng tuần", "weekend day"), "weekend days"),
            (skipped.special, Sentence("ngày nghỉ khác", "other day off"), "other days off"),
        )
        if count
    ]
    return Sentence(
        f"{verb.vi} {' và '.join(part.vi for part in parts)}",
        f"{verb.en} {' and '.join(part.en for part in parts)}",
    )


def _change_clause(change: DueChange, zone: str) -> Sentence:
    act = _act_text(change.stream, change.version, change.at, zone)
    before, after = _optional_due(change.due_before, zone), _optional_due(change.due_after, zone)
    return Sentence(
        f"{act.vi} đổi hạn từ {before.vi} thành {after.vi}",
        f"{act.en}, moved it from {before.en} to {after.en}",
    )


def _too_late_clause(late: TooLate, zone: str) -> Sentence:
    act = _act_text(late.stream, late.version, late.at, zone)
    return Sentence(
        f"{act.vi} không dời hạn vì khi đó đã quá hạn",
        f"{act.en}, moves nothing, since the limit had passed by then",
    )


def _act_text(stream: str, version: int, at: Moment, zone: str) -> Sentence:
    """Name an act on another stream: a calendar, an office's document, the end of an outage."""
    kind, _, name = stream.partition(":")
    moment = _moment_text(at, zone)
    if kind == "ledger":
        return Sentence(
            f"việc kết thúc gián đoạn hệ thống, công bố {moment.vi},",
            f"the end of an outage, declared {moment.en}",
        )
    if kind == "office":
        return Sentence(
            f"giờ làm việc mới của cơ quan {name} bản {version} công bố {moment.vi}",
            f"version {version} of office {name} with other hours, published {moment.en}",
        )
    return Sentence(
        f"lịch làm việc {name} bản {version} công bố {moment.vi}",
        f"version {version} of calendar {name}, published {moment.en}",
    )


def _optional_due(due: Due | None, zone: str) -> Sentence:
    return Sentence("không có", "none") if due is None else _due_text(due, zone)


def _due_text(due: Due, zone: str) -> Sentence:
    return _moment_text(Moment(instant=due.instant, day=due.day), zone)


def _moment_text(moment: Moment, zone: str) -> Sentence:
    if moment.instant is None:
        day = moment.day_in(zone)
        return Sentence(f"{day:%d/%m/%Y}", english_day(day))
    local = moment.instant.astimezone(time_zone(zone))
    english = f"{local:%H:%M} on {english_day(local.date())}"
    return Sentence(f"{local:%H:%M %d/%m/%Y}", english)
