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
from projections.findings.apologies import APOLOGY
from projections.findings.shapes import ExaminedDossier, Hit, Parameters, Rule, Severity

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

    Imports are recorded late by nature, so they are left alone.
    """
    acts = [act for act in examined.acts if not act.is_imported]
    late = tuple(act for act in acts if _is_recorded_late(act, examined, parameters))
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


R08: Final = Rule(
    "R08",
    2,
    Severity.HIGH,
    (
        Sentence("Hệ thống gián đoạn.", "The system was out of service."),
        Sentence("Đồng hồ của máy bị lệch.", "The clock of a device was wrong."),
    ),
    _back_dating,
)
