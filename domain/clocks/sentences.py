"""One sentence about one due date, in Vietnamese and in English.

It is made of clauses: what ends when, what was counted from when, what stopped the count, what was
skipped, which calendar moved it, and what in it nobody has verified.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from domain.clocks.counting import Count, CountedStretch, StartReason, StretchEffect
from domain.clocks.limits import ClockReading
from domain.dossiers import Due, DueChange, HaltKind, WaitKind
from domain.errors import Sentence
from domain.moments import Moment, time_zone
from domain.procedures import Limit, LimitUnit
from domain.transitions.shapes import Clock

_CLOCKS: Final[Mapping[Clock, Sentence]] = {
    Clock.ACCEPTANCE: Sentence("kiểm tra, tiếp nhận hồ sơ", "checking and accepting the dossier"),
    Clock.PROCESSING: Sentence("giải quyết hồ sơ", "processing the dossier"),
    Clock.STEP: Sentence("bước xử lý hiện tại", "the present internal step"),
    Clock.SUPPLEMENT: Sentence("bổ sung hồ sơ", "handing in the supplement"),
    Clock.CONSULTATION: Sentence("trả lời lấy ý kiến", "answering the consultation"),
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
        "tiếp nhận muộn trong ngày ({at}) nên tính từ ngày làm việc tiếp theo {counts_from}",
        "accepted late in the day ({at}), so counted from the next working day {counts_from}",
    ),
    StartReason.LATE_ARRIVAL: Sentence(
        "đến muộn hoặc vào ngày nghỉ ({at}) nên tính từ {counts_from}",
        "arrived late or on a day off ({at}), so counted from {counts_from}",
    ),
}

_STRETCHES: Final[Mapping[WaitKind | HaltKind, Sentence]] = {
    WaitKind.SUPPLEMENT: Sentence("chờ bổ sung", "waiting for the supplement"),
    WaitKind.PAYMENT: Sentence("chờ nộp tiền", "waiting for the payment"),
    WaitKind.WITHDRAWAL: Sentence("chờ xem xét việc rút hồ sơ", "considering the withdrawal"),
    HaltKind.CONSULTATION: Sentence("lấy ý kiến", "consultation"),
    HaltKind.SITE_SURVEY: Sentence("thẩm tra, xác minh thực địa", "verification on site"),
    HaltKind.SUSPENSION: Sentence("tạm dừng theo luật", "suspension by law"),
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


def explaining_sentence(
    reading: ClockReading, zone: str, skipped: SkippedDays, changes: tuple[DueChange, ...]
) -> Sentence:
    """Give one sentence that says when a limit ends, and why then."""
    clauses = list(_clauses(reading, zone, skipped, changes))
    head = _head(reading, zone)
    return Sentence(
        f"{head.vi}: " + "; ".join(clause.vi for clause in clauses) + ".",
        f"{head.en}: " + "; ".join(clause.en for clause in clauses) + ".",
    )


def _head(reading: ClockReading, zone: str) -> Sentence:
    what, due = _CLOCKS[reading.clock], reading.count.due
    if due is None:
        return Sentence(f"Không tính được hạn {what.vi}", f"No due date for {what.en} is computed")
    at = _due_text(due, zone)
    return Sentence(f"Hạn {what.vi} là {at.vi}", f"The limit for {what.en} ends on {at.en}")


def _clauses(
    reading: ClockReading, zone: str, skipped: SkippedDays, changes: tuple[DueChange, ...]
) -> Iterator[Sentence]:
    counted = reading.count
    yield _limit_clause(counted, zone)
    for counted_stretch in counted.stretches:
        yield _stretch_clause(counted_stretch, counted.limit.unit, zone)
    if skipped.weekend or skipped.special:
        yield _skipped_clause(skipped, counted.limit.unit)
    for change in changes:
        yield _change_clause(change, zone)
    if not reading.law_verified:
        yield Sentence(
            "thời hạn chung này chưa được đối chiếu với văn bản luật, chỉ để tham khảo",
            "this general limit was not checked against the text of the law and is an assumption",
        )


def _limit_clause(counted: Count, zone: str) -> Sentence:
    limit, start = counted.limit, counted.first_start
    at, counts_from = _moment_text(start.at, zone), _moment_text(start.counts_from, zone)
    begins = _STARTS[start.reason]
    vi = begins.vi.format(at=at.vi, counts_from=counts_from.vi)
    en = begins.en.format(at=at.en, counts_from=counts_from.en)
    if limit.unit is LimitUnit.UNKNOWN:
        return Sentence(f"theo ngày được yêu cầu, {vi}", f"the day that was asked for, {en}")
    amount = _amount_text(limit)
    return Sentence(f"{amount.vi} {vi}", f"{amount.en} {en}")


def _amount_text(limit: Limit) -> Sentence:
    unit = _UNITS[limit.unit]
    english = unit.en.removesuffix("s") if limit.amount == 1 else unit.en
    return Sentence(f"{limit.amount} {unit.vi}", f"{limit.amount} {english}")


def _stretch_clause(counted: CountedStretch, unit: LimitUnit, zone: str) -> Sentence:
    stretch, effect = counted.stretch, _EFFECTS[counted.effect]
    kind, took = _STRETCHES[stretch.kind], _counted_text(counted.counted, unit)
    since, until = _moment_text(stretch.since, zone), _moment_text(stretch.until, zone)
    return Sentence(
        effect.vi.format(kind=kind.vi, counted=took.vi, since=since.vi, until=until.vi),
        effect.en.format(kind=kind.en, counted=took.en, since=since.en, until=until.en),
    )


def _counted_text(counted: int, unit: LimitUnit) -> Sentence:
    if unit is LimitUnit.HOURS:
        minutes = counted // _SECONDS_PER_MINUTE
        return Sentence(f"{minutes} phút làm việc", f"{minutes} minutes of office time")
    # Within months, what stopped the count is counted in days.
    days = LimitUnit.CALENDAR_DAYS if unit is LimitUnit.MONTHS else unit
    return _amount_text(Limit(unit=days, amount=counted))


def _skipped_clause(skipped: SkippedDays, unit: LimitUnit) -> Sentence:
    is_skipping = unit in (LimitUnit.WORKING_DAYS, LimitUnit.HOURS)
    verb = Sentence("bỏ qua", "skipped") if is_skipping else Sentence("trong đó có", "among them")
    return Sentence(
        f"{verb.vi} {skipped.weekend} ngày nghỉ hằng tuần và {skipped.special} ngày nghỉ khác",
        f"{verb.en} {skipped.weekend} weekend days and {skipped.special} other days off",
    )


def _change_clause(change: DueChange, zone: str) -> Sentence:
    at = _moment_text(change.at, zone)
    before, after = _optional_due(change.due_before, zone), _optional_due(change.due_after, zone)
    name = change.stream.partition(":")[2]
    return Sentence(
        f"lịch làm việc {name} bản {change.version} công bố {at.vi} đổi hạn từ {before.vi} "
        f"thành {after.vi}",
        f"version {change.version} of calendar {name}, published {at.en}, moved it from "
        f"{before.en} to {after.en}",
    )


def _optional_due(due: Due | None, zone: str) -> Sentence:
    return Sentence("không có", "none") if due is None else _due_text(due, zone)


def _due_text(due: Due, zone: str) -> Sentence:
    return _moment_text(Moment(instant=due.instant, day=due.day), zone)


def _moment_text(moment: Moment, zone: str) -> Sentence:
    if moment.instant is None:
        day = moment.day_in(zone)
        return Sentence(f"{day:%d/%m/%Y}", day.isoformat())
    local = moment.instant.astimezone(time_zone(zone))
    return Sentence(f"{local:%H:%M %d/%m/%Y}", f"{local:%Y-%m-%d %H:%M}")
