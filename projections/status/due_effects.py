"""What each act did to the two dates of a dossier, and why: before, after, and the reason.

The reason of a wait or a rest is what the count of the limit made of it (`domain.clocks.counting`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.clocks.counting import CountedStretch, StretchEffect
from domain.dossiers import Dossier, Due, DueChange, HaltKind, WaitKind
from domain.errors import Sentence
from domain.procedures import Limit, LimitUnit
from projections.dossier_rows import Act


@dataclass(frozen=True, slots=True)
class DueEffect:
    """What one act did to the legal due date, or to the appointment where it left that alone."""

    before: Due | None
    after: Due | None
    reason: Sentence
    is_appointment: bool = False


@dataclass(frozen=True, slots=True)
class OutsideMove:
    """A move of the due date by an act on another stream: a calendar, an office, an outage."""

    change: DueChange
    reason: Sentence


_STOPPED_BY: Final[Mapping[str, frozenset[WaitKind | HaltKind]]] = {
    "dossier.supplement_completed": frozenset({WaitKind.SUPPLEMENT}),
    "dossier.payment_confirmed": frozenset({WaitKind.PAYMENT}),
    "dossier.withdrawal_denied": frozenset({WaitKind.WITHDRAWAL}),
    "dossier.withdrawal_requested": frozenset({WaitKind.SUPPLEMENT, WaitKind.PAYMENT}),
    "dossier.consultation_answered": frozenset({HaltKind.CONSULTATION}),
    "dossier.verification_recorded": frozenset({HaltKind.SITE_SURVEY}),
    "dossier.processing_resumed": frozenset({HaltKind.SUSPENSION}),
    "dossier.processing_suspended": frozenset({WaitKind.SUPPLEMENT, WaitKind.PAYMENT}),
}

_STRETCHES: Final[Mapping[WaitKind | HaltKind, Sentence]] = {
    WaitKind.SUPPLEMENT: Sentence("chờ bổ sung", "waiting for papers"),
    WaitKind.PAYMENT: Sentence("chờ nộp tiền", "waiting for the payment"),
    WaitKind.WITHDRAWAL: Sentence("xem xét việc rút hồ sơ", "considering the withdrawal"),
    HaltKind.CONSULTATION: Sentence("lấy ý kiến", "consulting another agency"),
    HaltKind.SITE_SURVEY: Sentence("xác minh thực địa", "verifying on site"),
    HaltKind.SUSPENSION: Sentence("tạm dừng theo luật", "the suspension by law"),
    HaltKind.OUTAGE: Sentence("gián đoạn hệ thống", "the outage"),
}
_EFFECTS: Final[Mapping[StretchEffect, Sentence]] = {
    StretchEffect.PAUSED: Sentence(
        "Thời gian {what} không tính vào thời hạn ({counted}).",
        "The time of {what} does not count ({counted}).",
    ),
    StretchEffect.RESTARTED: Sentence(
        "Thời hạn được tính lại từ đầu sau khi {what}.",
        "The limit is counted anew after {what}.",
    ),
    StretchEffect.RAN_ON: Sentence(
        "Thời gian {what} vẫn tính vào thời hạn.", "The time of {what} counts all the same."
    ),
    StretchEffect.WAS_LATE: Sentence(
        "Khi bắt đầu {what} thì đã quá hạn, nên hạn không dời.",
        "When {what} began the limit had passed, so the date does not move.",
    ),
}
_UNITS: Final[Mapping[LimitUnit, Sentence]] = {
    LimitUnit.WORKING_DAYS: Sentence("ngày làm việc", "working days"),
    LimitUnit.CALENDAR_DAYS: Sentence("ngày", "days"),
    LimitUnit.MONTHS: Sentence("ngày", "days"),
    LimitUnit.HOURS: Sentence("giờ làm việc", "working hours"),
}
_LIMIT_UNITS: Final = {**_UNITS, LimitUnit.MONTHS: Sentence("tháng", "months")}

_ACCEPTED: Final = Sentence(
    "Thời hạn giải quyết bắt đầu tính từ khi tiếp nhận", "The limit runs from the acceptance"
)
_BY_KIND: Final[Mapping[str, Sentence]] = {
    "dossier.due_date_imported": Sentence(
        "Hạn do hệ thống nguồn đưa ra.", "The date was given by the source system."
    ),
    "dossier.extension_apology_issued": Sentence(
        "Cơ quan xin lỗi và hẹn lại; hạn theo luật không dời.",
        "The office apologised and named a new day; the legal due date stays.",
    ),
    "dossier.appointment_rescheduled": Sentence(
        "Ngày hẹn trả được điều chỉnh; hạn theo luật không dời.",
        "The appointment was changed; the legal due date stays.",
    ),
}
_COUNTED_ANEW: Final = Sentence(
    "Hạn được tính lại sau việc này.", "The date was counted anew after this act."
)
_OUTSIDE: Final[Mapping[str, Sentence]] = {
    "calendar": Sentence(
        "Lịch làm việc mới được công bố nên hạn được tính lại.",
        "A calendar of working days was published, so the date was counted anew.",
    ),
    "office": Sentence(
        "Giờ làm việc của cơ quan thay đổi nên hạn được tính lại.",
        "The office's hours changed, so the date was counted anew.",
    ),
    "ledger": Sentence(
        "Hệ thống gián đoạn nên hạn được tính lại.",
        "The system was out of order, so the date was counted anew.",
    ),
}
_SECONDS_PER_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class CountedLimit:
    """The limit of processing as it was counted, with everything that stopped it."""

    limit: Limit
    stretches: Sequence[CountedStretch]


def due_effect(
    dossier: Dossier, before: Act | None, after: Act, counted: CountedLimit | None
) -> DueEffect | None:
    """Give what an act did to the dates; None where it moved neither.

    ``before`` is the act before it. A wait or rest that ends and moves nothing is told as well: it
    is what people ask about.
    """
    old, new = _dues(dossier, before, after)
    stretch = None if counted is None else _ended_stretch(after, counted.stretches)
    if stretch is not None and counted is not None:
        return DueEffect(old, new, _stretch_sentence(stretch, counted.limit.unit))
    if old != new:
        return DueEffect(old, new, _reason(after.kind, counted))
    earlier, later = None if before is None else before.appointment, after.appointment
    if earlier != later and after.kind in _BY_KIND:
        return DueEffect(earlier, later, _BY_KIND[after.kind], is_appointment=True)
    return None


def outside_moves(dossier: Dossier) -> tuple[OutsideMove, ...]:
    """Give the moves of the due date by acts on other streams, in their order."""
    return tuple(
        OutsideMove(change, _OUTSIDE.get(change.stream.partition(":")[0], _COUNTED_ANEW))
        for change in dossier.due_changes
        if change.stream != dossier.stream
    )


def _dues(dossier: Dossier, before: Act | None, after: Act) -> tuple[Due | None, Due | None]:
    """Give the legal due date before and after an act, leaving out what others moved meanwhile."""
    for change in dossier.due_changes:
        if (change.stream, change.version) == (dossier.stream, after.version):
            return change.due_before, change.due_after
    old = None if before is None else before.due
    moved_outside = any(change.stream != dossier.stream for change in dossier.due_changes)
    return (after.due, after.due) if old is not None and moved_outside else (old, after.due)


def _ended_stretch(act: Act, stretches: Sequence[CountedStretch]) -> CountedStretch | None:
    kinds = _STOPPED_BY.get(act.kind, frozenset())
    for counted in stretches:
        if counted.stretch.kind in kinds and counted.stretch.until == act.at:
            return counted
    return None


def _reason(kind: str, counted: CountedLimit | None) -> Sentence:
    if kind != "dossier.accepted":
        return _BY_KIND.get(kind, _COUNTED_ANEW)
    if counted is None or counted.limit.amount is None:
        return Sentence(f"{_ACCEPTED.vi}.", f"{_ACCEPTED.en}.")
    amount, unit = counted.limit.amount, _LIMIT_UNITS[counted.limit.unit]
    return Sentence(
        f"{_ACCEPTED.vi}: {amount} {unit.vi}.",
        f"{_ACCEPTED.en}: {_english(amount, unit)}.",
    )


def _stretch_sentence(counted: CountedStretch, unit: LimitUnit) -> Sentence:
    effect, what = _EFFECTS[counted.effect], _STRETCHES[counted.stretch.kind]
    is_hours = unit is LimitUnit.HOURS
    amount = counted.counted // _SECONDS_PER_HOUR if is_hours else counted.counted
    named = _UNITS.get(unit, _UNITS[LimitUnit.CALENDAR_DAYS])
    return Sentence(
        effect.vi.format(what=what.vi, counted=f"{amount} {named.vi}"),
        effect.en.format(what=what.en, counted=_english(amount, named)),
    )


def _english(amount: int, unit: Sentence) -> str:
    return f"{amount} {unit.en.removesuffix('s') if amount == 1 else unit.en}"
