"""Rules on due dates that moved: after they had passed, by a calendar (R29) or by a late record.

Judged by recorded times, which no signer chooses; a date that moves while the dossier rests by
acts recorded in time moves lawfully. Imported acts are recorded late by nature and left alone.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from domain.deadlines import passes_at
from domain.dossiers import Due, DueChange, Halt, Wait
from domain.errors import Sentence
from projections.dossier_rows import Act
from projections.findings.cases import IMPORTED, case, explained, own
from projections.findings.rules.clocks.clock_games import stopping_acts
from projections.findings.shapes import DossierRule, ExaminedDossier, Hit, Parameters, Severity

DATING: Final = frozenset({"dossier.accepted", "dossier.due_date_imported"})
OUTAGE: Final = "ledger.outage_declared"
OUTAGES: Final = frozenset({OUTAGE, "ledger.outage_ended"})
_BY_OUTAGE: Final = Sentence(
    "Thời hạn được tính lại sau khi đã hết hạn, do gián đoạn hệ thống được khai báo muộn.",
    "The due date moved after it had passed, by an outage that was declared too late.",
)
_BY_CALENDAR: Final = Sentence(
    "Lịch hoặc giờ làm việc công bố sau khi hết hạn đã làm thay đổi thời hạn.",
    "A calendar or office hours published after the limit had passed moved the due date.",
)
_BY_RECORD: Final = Sentence(
    "Thời hạn được tính lại sau khi đã hết hạn, do việc dừng được ghi nhận muộn.",
    "The due date moved after it had passed: what stopped the clock was recorded too late.",
)


_WORKED: Final = Sentence(
    "Trong thời gian khai báo gián đoạn, cơ quan vẫn ghi hành vi qua hệ thống.",
    "While its clocks rested by an outage, the office recorded acts through the system.",
)


def _late_calendar(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R29: a calendar, or an office's hours, moved a date that had passed, or to where it had."""
    for change, act in _moves_from_outside(examined):
        if act.kind in OUTAGES:
            continue
        moment = act.recorded_at - parameters.clock_skew
        dates = (change.due_before, change.due_after)
        if any(due is not None and _ran_out(examined, due, moment, parameters) for due in dates):
            yield Hit(_BY_CALENDAR, (*_dating_act(examined), act))


def _late_record(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """A date moved after it had passed, and nothing recorded in time had stopped the clock."""
    for change, act in _own_moves(examined):
        if not act.is_imported and _moved_late(examined, change, act, parameters):
            began = [each for each in stopping_acts(examined) if each.version < act.version]
            yield Hit(_BY_RECORD, (*began[-1:], act))
    for change, act in _moves_from_outside(examined):
        if act.kind in OUTAGES and _moved_late(examined, change, act, parameters):
            yield Hit(_BY_OUTAGE, (*_dating_act(examined), act))


def _moved_late(
    examined: ExaminedDossier, change: DueChange, act: Act, parameters: Parameters
) -> bool:
    moment, due = act.recorded_at - parameters.clock_skew, change.due_before
    return due is not None and _ran_out(examined, due, moment, parameters)


def _own_moves(examined: ExaminedDossier) -> Iterator[tuple[DueChange, Act]]:
    acts = {act.version: act for act in examined.acts}
    for change in examined.dossier.due_changes:
        if change.stream == examined.dossier.stream and change.version in acts:
            yield change, acts[change.version]


def _moves_from_outside(examined: ExaminedDossier) -> Iterator[tuple[DueChange, Act]]:
    for change in examined.dossier.due_changes:
        act = examined.around.moving_acts.get((change.stream, change.version))
        if act is not None:
            yield change, act


def _dating_act(examined: ExaminedDossier) -> tuple[Act, ...]:
    return tuple(act for act in examined.acts if act.kind in DATING)[:1]


def _ran_out(examined: ExaminedDossier, due: Due, moment: datetime, parameters: Parameters) -> bool:
    """Tell whether a due date had passed by a moment, while by the record the clock ran."""
    passed = passes_at(due, examined.zone)
    return passed < moment and not _rested(examined, passed, parameters)


def _rested(examined: ExaminedDossier, instant: datetime, parameters: Parameters) -> bool:
    """Tell whether a stop that was recorded in time covers an instant.

    What stopped the clock on the last evening may be recorded next morning.
    """
    dossier, zone, last = examined.dossier, examined.zone, instant + parameters.overnight
    stops = stopping_acts(examined)
    in_time = {act.at for act in stops if act.is_imported or act.recorded_at <= last}
    halts = [halt for halt in dossier.halts if halt.stops_clock]
    stretches: tuple[Wait | Halt, ...] = (*dossier.waits, *halts)
    in_time |= {halt.since for halt in halts if _is_known_outage(examined, halt, last)}
    return any(
        stretch.since in in_time
        and stretch.since.start_in(zone) <= instant
        and (stretch.until is None or stretch.until.start_in(zone) >= instant)
        for stretch in stretches
    )


def _is_known_outage(examined: ExaminedDossier, halt: Halt, last: datetime) -> bool:
    return any(act.recorded_at <= last for act in _declaration(examined, halt))


def _worked(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """A clock rested by an outage in which the office recorded acts through the system."""
    around, office = examined.around, examined.dossier.current_office
    for halt in examined.dossier.halts:
        if halt.outage_version is None or not halt.stops_clock:
            continue
        act = around.recorded_in_outages.get((halt.outage_version, office))
        if act is not None:
            yield Hit(_WORKED, (*_declaration(examined, halt), act))


def _declaration(examined: ExaminedDossier, halt: Halt) -> tuple[Act, ...]:
    return tuple(
        act
        for act in examined.around.moving_acts.values()
        if act.kind == OUTAGE and act.version == halt.outage_version
    )


_RESTED: Final = case(
    "rested",
    "Khi hết hạn, hồ sơ đang dừng bởi việc được ghi đúng lúc.",
    "When the limit ended, the dossier rested by an act that was recorded in time.",
)
R29: Final = DossierRule(
    id="R29",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Lịch công bố sau", "Calendar after the fact"),
    looks_for=Sentence(
        "Lịch hoặc giờ làm việc được công bố sau khi hết hạn đã làm thay đổi hạn đó.",
        "A calendar or office hours recorded after a due date had passed moved that date.",
    ),
    why=Sentence(
        "Sửa lịch sau khi đã trễ làm việc trễ thành đúng hạn.",
        "A calendar changed afterwards turns late into on time.",
    ),
    explanations=(
        explained(
            "Chính phủ thông báo ngày nghỉ muộn.", "The government announced the day off late."
        ),
    ),
    exclusions=(
        case(
            "published_before",
            "Công bố trước khi hết hạn.",
            "It was recorded before the limit ended.",
        ),
        _RESTED,
    ),
    abstentions=(
        case(
            "unknown_mover",
            "Không biết việc nào đã làm thay đổi hạn.",
            "The act that moved the date is not known.",
        ),
    ),
    thresholds=(own("Bất kỳ.", "Any."),),
    look=_late_calendar,
)
MOVED_LATE: Final = DossierRule(
    id="due_moved_late",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Đổi hạn sau khi hết hạn", "Due date moved after it had passed"),
    looks_for=Sentence(
        "Hạn đã qua rồi mới thay đổi, do việc dừng hoặc gián đoạn được ghi nhận muộn.",
        "A due date moved after it had passed, by a stop or an outage that was recorded late.",
    ),
    why=Sentence(
        "Ghi việc dừng sau khi đã trễ làm việc trễ thành đúng hạn.",
        "A stop that is recorded afterwards turns late into on time.",
    ),
    explanations=(
        explained("Hệ thống gián đoạn.", "The system was out of service."),
        explained("Nhập muộn đã khai báo.", "A late entry had been declared."),
        explained("Việc dừng đã được ghi đúng lúc.", "The stop was recorded in time.", "rested"),
    ),
    exclusions=(IMPORTED, _RESTED),
    thresholds=(
        own(
            "Việc dừng của buổi chiều cuối: ghi trong vòng 24 giờ.",
            "A stop of the last evening: recorded within 24 hours.",
            "this ledger",
        ),
    ),
    look=_late_record,
)
WORKED_IN_OUTAGE: Final = DossierRule(
    id="worked_in_outage",
    version=1,
    severity=Severity.HIGH,
    name=Sentence("Vẫn làm khi gián đoạn", "Worked in an outage"),
    looks_for=Sentence(
        "Thời hạn dừng vì gián đoạn hệ thống, mà cơ quan vẫn ghi việc qua hệ thống lúc đó.",
        "A clock rested by an outage in which the office recorded acts through the system.",
    ),
    why=Sentence(
        "Khai báo gián đoạn không có thật kéo dài thời hạn của mọi hồ sơ.",
        "An outage that was none lengthens the limits of all dossiers.",
    ),
    explanations=(
        explained(
            "Gián đoạn chỉ ở một phần của hệ thống, hoặc lúc có lúc không.",
            "The outage concerned a part of the system, or came and went.",
        ),
    ),
    exclusions=(
        case(
            "office_was_silent",
            "Cơ quan không ghi việc nào trong lúc gián đoạn.",
            "The office recorded nothing meanwhile.",
        ),
        case(
            "clock_ran_on",
            "Theo thủ tục, gián đoạn không dừng thời hạn.",
            "By the procedure an outage stops no clock.",
        ),
    ),
    thresholds=(
        own(
            "Bất kỳ việc nào, trừ một giờ đầu và cuối.",
            "Any act, but for the first and last hour.",
            "this ledger",
        ),
    ),
    look=_worked,
)
