"""The rule on back-dating, R08: recorded long after, out of order, or out of reach of the limit."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final

from domain.calendars import Calendar, WorkingTime, add_working_time, working_days_between
from domain.deadlines import is_late
from domain.errors import CalendarHorizonPassed, Sentence
from domain.moments import Moment
from projections.dossier_rows import Act, clock_stopping_acts
from projections.findings.cases import BEYOND_CALENDAR, IMPORTED, NO_CALENDAR, case, explained, own
from projections.findings.rules.clocks.apologies import APOLOGY
from projections.findings.shapes import DossierRule, ExaminedDossier, Hit, Parameters, Severity

# Seals are written to the millisecond, so nothing is later by less.
SHORTEST_DELAY: Final = timedelta(milliseconds=1)
_RECORDED_LATE = Sentence(
    "Việc được ghi nhận muộn hơn nhiều so với thời điểm nêu trong đó.",
    "It was recorded long after the moment at which it is said to have happened.",
)
_LATE_BY_RECORD = Sentence(
    "Ghi thời điểm trong thời hạn, nhưng được ghi nhận vào ngày đã quá hạn.",
    "It names a moment within the time limit, and was recorded on a day after it.",
)
_OUT_OF_ORDER = Sentence(
    "Thời điểm được nêu sớm hơn thời điểm của việc trước đó.",
    "It is said to have happened before the act that came before it.",
)


def _back_dating(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R08: recorded long after it is said to have happened, or out of order.

    Imports are recorded late by nature, so they are left alone; so is a recording that the office
    had declared to be late. No declaration excuses what it makes look punctual.
    """
    acts = [act for act in examined.acts if not act.is_imported]
    late = tuple(
        act
        for act in acts
        if _is_recorded_late(act, examined, parameters) and not _is_declared(act, examined)
    )
    if late:
        yield Hit(_RECORDED_LATE, late)
    apologies = (act for act in acts if act.kind == APOLOGY)
    for act in (*clock_stopping_acts(examined.acts), *apologies):
        if act not in late and _hides_lateness(act, examined.zone, parameters):
            yield Hit(_LATE_BY_RECORD, (act,))
    for former, latter in pairwise(acts):
        if _goes_back(former.at, latter.at, examined.zone, parameters.clock_skew):
            yield Hit(_OUT_OF_ORDER, (former, latter))


def _is_recorded_late(act: Act, examined: ExaminedDossier, parameters: Parameters) -> bool:
    if examined.calendar is None:
        return False
    try:
        if act.at.instant is None:
            return _is_day_passed(act, examined.calendar, examined.zone)
        if act.recorded_at - act.at.instant <= parameters.recording_tolerance:
            return False
        working = WorkingTime(examined.calendar, examined.zone)
        too_late = parameters.recording_tolerance + SHORTEST_DELAY
        return act.recorded_at >= add_working_time(working, act.at.instant, too_late)
    except CalendarHorizonPassed:
        return False


def _is_declared(act: Act, examined: ExaminedDossier) -> bool:
    """Tell whether the office said, before the recording, that it enters acts of that day late."""
    record = examined.around.offices.get(act.office or "")
    if record is None:
        return False
    day, zone = act.at.day_in(examined.zone), examined.zone
    return any(
        each.covers(day) and each.declared_at.start_in(zone) <= act.recorded_at
        for each in record.late_entries
    )


def _is_day_passed(act: Act, calendar: Calendar, zone: str) -> bool:
    """Tell whether a whole working day lies between the day of the act and its recording."""
    assert act.at.day is not None
    recorded_on = Moment(instant=act.recorded_at).day_in(zone)
    return working_days_between(calendar, act.at.day, recorded_on - timedelta(days=1)) > 0


def _hides_lateness(act: Act, zone: str, parameters: Parameters) -> bool:
    """Tell whether only the moment that it claims is within the limit: it was recorded after it.

    An act of the last evening may be recorded next morning, not after the weekend.
    """
    if act.is_imported or act.due is None:
        return False
    recorded = Moment(instant=act.recorded_at - parameters.clock_skew)
    if act.at.instant is None:
        recorded = Moment(day=recorded.day_in(zone))
    elif act.recorded_at - act.at.instant <= parameters.overnight:
        return False
    return is_late(recorded, act.due, zone) and not is_late(act.at, act.due, zone)


def _goes_back(former: Moment, latter: Moment, zone: str, clock_skew: timedelta) -> bool:
    if former.instant is not None and latter.instant is not None:
        return latter.instant < former.instant - clock_skew
    return latter.day_in(zone) < former.day_in(zone)


R08: Final = DossierRule(
    id="R08",
    version=3,
    severity=Severity.HIGH,
    name=Sentence("Sửa, lùi ngày", "Back-dating"),
    looks_for=Sentence(
        "Việc được ghi nhận muộn hơn bốn giờ làm việc so với lúc nêu trong đó, nêu thời điểm trước "
        "việc liền trước, hoặc chỉ đúng hạn theo lời nêu.",
        "An act was recorded more than four working hours after the moment it names, names a "
        "moment before the act that came before it, or is in time by its own word alone.",
    ),
    why=Sentence(
        "Lùi ngày che giấu việc quá hạn hoặc thay đổi thứ tự tiếp nhận.",
        "Dating back hides a delay, or changes who came first.",
    ),
    explanations=(
        explained("Hệ thống gián đoạn.", "The system was out of service.", "declared_late_entry"),
        explained("Đồng hồ của máy bị lệch.", "The clock of a device was wrong.", "clock_skew"),
        explained(
            "Ghi từ giấy mà quên khai báo nhập muộn.",
            "It was entered from paper, and nobody declared the late entry.",
        ),
    ),
    exclusions=(
        IMPORTED,
        case(
            "clock_skew",
            "Lệch không quá năm phút.",
            "Moments are out of order by five minutes at the most.",
        ),
        case(
            "declared_late_entry",
            "Cơ quan đã khai báo nhập muộn cho ngày đó trước khi ghi.",
            "The office had declared the late entry of that day before it was recorded.",
        ),
        case(
            "next_morning",
            "Việc của buổi chiều cuối được ghi trong vòng một ngày.",
            "What was done on the last evening was recorded within a day.",
        ),
        case(
            "whole_day",
            "Chỉ nêu ngày, và được ghi trước khi hết ngày làm việc kế tiếp.",
            "It names a day alone, and no whole working day lay between that and the recording.",
        ),
    ),
    abstentions=(NO_CALENDAR, BEYOND_CALENDAR),
    thresholds=(
        own("Quá bốn giờ làm việc.", "More than four working hours."),
        own("Lệch đồng hồ quá năm phút.", "Clocks more than five minutes apart."),
        own(
            "Buổi chiều cuối: ghi trong vòng 24 giờ.",
            "The last evening: recorded within 24 hours.",
            "this ledger",
        ),
    ),
    not_looked_for=(
        Sentence(
            "Bản khai báo nhập muộn có bị lùi ngày không: sổ chỉ giữ thời điểm nêu trong đó.",
            "Whether the declaration of a late entry was dated back itself: the registry keeps "
            "only the moment that it names.",
        ),
    ),
    look=_back_dating,
)
