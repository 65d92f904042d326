"""Findings: what looks wrong in a dossier's public acts, by the rules of domain.md 7.2.

A finding is a lead for an inspector, never a verdict: it names its rule and version, the entries
that are its evidence, and the innocent explanations that are common. Each rule is a pure function
of one dossier and its acts; where it cannot know (no due date, no calendar, an import, a day
without hours), it abstains. Built: R02, R07, R08, R09 and R16. All numbers are parameters, because
the law's are not settled (domain.md 9).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

import msgspec

from domain.calendars import (
    Calendar,
    WorkingTime,
    add_working_time,
    previous_working_day,
    working_days_between,
)
from domain.deadlines import is_late, passes_at
from domain.dossiers import ENDED_STATUSES, Dossier, Due
from domain.errors import CalendarHorizonPassed, Sentence
from domain.figures import overdue_at, paused_at
from domain.moments import Moment
from domain.procedures import Procedure, ProcedureRecord
from projections.dossier_rows import Act, clock_stopping_acts

# Seals are written to the millisecond, so nothing is later by less.
SHORTEST_DELAY: Final = timedelta(milliseconds=1)

APOLOGY: Final = "dossier.extension_apology_issued"
SUPPLEMENT: Final = "dossier.supplement_submitted"
COMPLETION: Final = "dossier.supplement_completed"
SUPPLEMENT_REQUESTS: Final = frozenset(
    {"dossier.intake_supplement_requested", "dossier.supplement_requested"}
)
DATING_ACTS: Final = frozenset({"dossier.accepted", "dossier.due_date_imported"})
# Acts of intake, processing and approval: the kinds whose signers the domain remembers.
PERSONAL_ACTS: Final = frozenset(
    {
        "dossier.intake_supplement_requested",
        "dossier.accepted",
        "dossier.intake_refused",
        "dossier.handover_acknowledged",
        "dossier.supplement_requested",
        "dossier.payment_required",
        "dossier.result_approved",
        "dossier.resolution_refused",
    }
)


class Severity(StrEnum):
    """How grave it would be if it were true."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The numbers of the rules.

    LAW: Decree 61/2018 art. 19.9: the apology comes one day before the limit ends; for dossiers
    accepted from ``apology_by_due_since`` on (Decree 118/2025), when the limit ends.
    """

    supplement_requests: int = 1
    recording_tolerance: timedelta = timedelta(hours=4)
    clock_skew: timedelta = timedelta(minutes=5)
    apology_by_due_since: date = date(2025, 7, 1)
    apologies: int = 1


@dataclass(frozen=True, slots=True)
class ExaminedDossier:
    """All that a rule may look at: one dossier, its acts in order, and the registry's records."""

    dossier: Dossier
    acts: tuple[Act, ...]
    as_of: datetime
    zone: str
    procedure: ProcedureRecord | None
    calendar: Calendar | None

    def version_on(self, moment: Moment) -> Procedure | None:
        """Give the version of the procedure that was in force at a moment."""
        if self.procedure is None:
            return None
        return self.procedure.version_in_force(moment.day_in(self.zone))


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One lead about one dossier; ``evidence`` are entry indexes of the public log."""

    rule: str
    rule_version: int
    severity: Severity
    stream: str
    office: str
    reason: Sentence
    innocent_explanations: tuple[Sentence, ...]
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found in one dossier: the reason and the acts that show it."""

    reason: Sentence
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its number in domain.md 7.2, its version, and how it looks at a dossier."""

    id: str
    version: int
    severity: Severity
    innocent_explanations: tuple[Sentence, ...]
    look: Callable[[ExaminedDossier, Parameters], Iterator[Hit]]


DEFAULT_PARAMETERS: Final = Parameters()


def find(examined: ExaminedDossier, parameters: Parameters = DEFAULT_PARAMETERS) -> list[Finding]:
    """Look at one dossier with every rule."""
    return [
        Finding(
            rule=rule.id,
            rule_version=rule.version,
            severity=rule.severity,
            stream=examined.dossier.stream,
            office=examined.dossier.office,
            reason=hit.reason,
            innocent_explanations=rule.innocent_explanations,
            evidence=tuple(act.entry_index for act in hit.acts),
        )
        for rule in RULES
        for hit in rule.look(examined, parameters)
    ]


def find_all(
    dossiers: Iterable[ExaminedDossier], parameters: Parameters = DEFAULT_PARAMETERS
) -> list[Finding]:
    """Look at many dossiers with every rule."""
    return [finding for examined in dossiers for finding in find(examined, parameters)]


def _repeated_supplements(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R02: more requests for a supplement than the version in force allows.

    A new version of the law between two requests is innocent: it is counted anew.
    """
    requests = tuple(act for act in examined.acts if act.kind in SUPPLEMENT_REQUESTS)
    by_version: defaultdict[int | None, int] = defaultdict(int)
    allowed: dict[int | None, int] = {}
    for act in requests:
        version = examined.version_on(act.at)
        number = None if version is None else version.version
        declared = None if version is None else version.max_supplements
        allowed[number] = parameters.supplement_requests if declared is None else declared
        by_version[number] += 1
    if any(count > allowed[number] for number, count in by_version.items()):
        reason = Sentence(
            f"Yêu cầu bổ sung hồ sơ {len(requests)} lần.",
            f"A supplement was requested {len(requests)} times.",
        )
        yield Hit(reason, requests)


def _missing_apology(examined: ExaminedDossier, parameters: Parameters) -> Iterator[Hit]:
    """R07: overdue without an apology in time, or apologised for more than once."""
    apologies = tuple(act for act in examined.acts if act.kind == APOLOGY)
    if len(apologies) > parameters.apologies:
        yield Hit(_SECOND_APOLOGY, apologies)
    dossier = examined.dossier
    if dossier.due is None or not _is_past_due(examined, dossier.due):
        return
    deadline = _apology_deadline(examined, dossier.due, parameters)
    if all(is_late(act.at, deadline, examined.zone) for act in apologies):
        yield Hit(_NO_APOLOGY, tuple(_acts_on_time_limit(examined)))


def _is_past_due(examined: ExaminedDossier, due: Due) -> bool:
    """Tell whether the limit passed while the dossier did not wait for its applicant."""
    dossier = examined.dossier
    if paused_at(dossier, passes_at(due, examined.zone), examined.zone):
        return False
    if dossier.ended_at is not None:
        return is_late(dossier.ended_at, due, examined.zone)
    return overdue_at(dossier, examined.as_of, examined.zone)


def _apology_deadline(examined: ExaminedDossier, due: Due, parameters: Parameters) -> Due:
    accepted_at = examined.dossier.accepted_at
    by_due = accepted_at is None or (
        accepted_at.day_in(examined.zone) >= parameters.apology_by_due_since
    )
    if by_due or examined.calendar is None:
        return due
    due_on = Moment(instant=due.instant, day=due.day).day_in(examined.zone)
    try:
        return Due(day=previous_working_day(examined.calendar, due_on))
    except CalendarHorizonPassed:
        return due


def _acts_on_time_limit(examined: ExaminedDossier) -> Iterator[Act]:
    """Give acceptance, imported due dates, apologies, and the act that ended processing."""
    ended = False
    for act in examined.acts:
        ends = act.status in ENDED_STATUSES and not ended
        if ends or act.kind in DATING_ACTS or act.kind == APOLOGY:
            yield act
        ended = ended or ends


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
        if act not in late and _hides_lateness(act, examined.zone, parameters.clock_skew):
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


def _hides_lateness(act: Act, zone: str, clock_skew: timedelta) -> bool:
    """Tell whether only the day that it claims is within the limit: it was recorded after it."""
    if act.is_imported or not act.at.is_day_only or act.due is None:
        return False
    recorded = Moment(day=Moment(instant=act.recorded_at - clock_skew).day_in(zone))
    return is_late(recorded, act.due, zone) and not is_late(act.at, act.due, zone)


def _goes_back(former: Moment, latter: Moment, zone: str, clock_skew: timedelta) -> bool:
    if former.instant is not None and latter.instant is not None:
        return latter.instant < former.instant - clock_skew
    return latter.day_in(zone) < former.day_in(zone)


def _missing_supplement(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R09: found complete though nothing was handed in: it ends the wait and may move the limit."""
    # LAW: Decree 61/2018 art. 19.4: the limit starts anew once the papers have been received.
    request: Act | None = None
    for act in examined.acts:
        if act.kind in SUPPLEMENT_REQUESTS:
            request = act
        elif act.kind == SUPPLEMENT:
            request = None
        elif act.kind == COMPLETION and request is not None and not act.is_imported:
            yield Hit(_NOTHING_HANDED_IN, (request, act))


def _segregation(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R16: one key (or one performer of an import) both took in and approved, or processed so."""
    dossier = examined.dossier
    if _counter_decides(examined):
        return
    approved = frozenset(dossier.approved_by)
    keys = approved.intersection((*dossier.accepted_by, *dossier.processed_by))
    performers = frozenset(dossier.approved_performers).intersection(dossier.accepted_performers)
    if keys or performers:
        acts = (act for act in examined.acts if act.kind in PERSONAL_ACTS)
        yield Hit(_SAME_PERSON, tuple(act for act in acts if _is_by(act, keys, performers)))


def _counter_decides(examined: ExaminedDossier) -> bool:
    # LAW: Decree 61/2018 art. 17.5: the decision may be delegated to the counter.
    if examined.procedure is None:
        return False
    version = examined.procedure.version(examined.dossier.procedure_version)
    return version is not None and version.counter_decides


def _is_by(act: Act, keys: frozenset[str], performers: frozenset[str]) -> bool:
    return act.performer in performers or any(signer.key in keys for signer in act.signers)


_SECOND_APOLOGY = Sentence(
    "Xin lỗi và hẹn lại ngày trả kết quả quá một lần.",
    "A new appointment was given with an apology more than once.",
)
_NO_APOLOGY = Sentence(
    "Quá hạn giải quyết mà không có văn bản xin lỗi đúng hạn.",
    "The time limit passed without an apology in time.",
)
_RECORDED_LATE = Sentence(
    "Việc được ghi nhận muộn hơn nhiều so với thời điểm nêu trong đó.",
    "It was recorded long after the moment at which it is said to have happened.",
)
_LATE_BY_RECORD = Sentence(
    "Chỉ ghi ngày trong thời hạn, nhưng được ghi nhận vào ngày đã quá hạn.",
    "It names a day within the time limit, and was recorded on a day after it.",
)
_NOTHING_HANDED_IN = Sentence(
    "Xác nhận đã bổ sung đủ mà không có lần nộp bổ sung nào được ghi nhận.",
    "A supplement was found complete though none had been handed in.",
)
_OUT_OF_ORDER = Sentence(
    "Thời điểm được nêu sớm hơn thời điểm của việc trước đó.",
    "It is said to have happened before the act that came before it.",
)
_SAME_PERSON = Sentence(
    "Cùng một người vừa tiếp nhận hoặc thụ lý vừa phê duyệt hồ sơ.",
    "One person both took in or processed the dossier and approved it.",
)

RULES: Final[Sequence[Rule]] = (
    Rule(
        "R02",
        1,
        Severity.HIGH,
        (
            Sentence("Quy định mới có hiệu lực.", "A new version of the law came into force."),
            Sentence(
                "Người nộp bổ sung chưa đầy đủ.", "What the applicant handed in was not complete."
            ),
        ),
        _repeated_supplements,
    ),
    Rule(
        "R07",
        1,
        Severity.MEDIUM,
        (Sentence("Đã xin lỗi bằng văn bản giấy.", "The apology was sent on paper only."),),
        _missing_apology,
    ),
    Rule(
        "R08",
        2,
        Severity.HIGH,
        (
            Sentence("Hệ thống gián đoạn.", "The system was out of service."),
            Sentence("Đồng hồ của máy bị lệch.", "The clock of a device was wrong."),
        ),
        _back_dating,
    ),
    Rule(
        "R09",
        1,
        Severity.HIGH,
        (Sentence("Nộp bằng giấy tại quầy.", "The papers were handed in at the counter."),),
        _missing_supplement,
    ),
    Rule(
        "R16",
        1,
        Severity.HIGH,
        (
            Sentence("Xã nhỏ, ít cán bộ.", "A small commune with few officers."),
            Sentence("Thủ tục giải quyết ngay.", "A procedure decided on the same day."),
        ),
        _segregation,
    ),
)
