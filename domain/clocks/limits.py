"""The clocks of domain.md 2.6: from which act each one runs, and how long.

A limit is the procedure version's own where it states one, and else the law's of the day
(`laws`), with what is known about its source. Each function gives a count, or None where there is
no such clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from domain.calendars import WorkingTime, next_working_day
from domain.clocks.arrivals import acceptance_start, is_late_arrival
from domain.clocks.counting import Count, Start, StartReason, Stretch, count
from domain.clocks.laws import Law, LegalLimit, law_on
from domain.deadlines import is_late
from domain.dossiers import Dossier, Due, Halt, HaltKind, StepBegun, Wait, WaitKind
from domain.errors import Sentence
from domain.moments import Moment, is_before, time_zone
from domain.procedures import InternalStep, Limit, LimitUnit, Procedure, SupplementPolicy
from domain.transitions.shapes import Clock

RULE_VERSION: Final = 1
# Asked in every count, and a name is found many times faster than a member of its class.
_HOURS: Final = LimitUnit.HOURS
_UNKNOWN: Final = LimitUnit.UNKNOWN
_DAY_AFTER: Final = StartReason.DAY_AFTER
_PAUSE: Final = SupplementPolicy.PAUSE
_NONE: Final = SupplementPolicy.NONE
_PAYMENT: Final = WaitKind.PAYMENT
_WITHDRAWAL: Final = WaitKind.WITHDRAWAL
# Each act of these begins an internal step, and ends the one before.
STEP_KINDS: Final = (
    "dossier.forwarded",
    "dossier.handover_acknowledged",
    "dossier.submitted_for_approval",
    "dossier.returned_for_rework",
    "dossier.step_transferred",
)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One clock of a dossier: its count, and by which law and limit.

    `from_law` is the law's limit where the procedure states none. `ended_at` is when what the
    clock waits for came, None while it runs. `step` names the internal step, if it has a name.
    """

    clock: Clock
    count: Count
    law: Law | None
    from_law: LegalLimit | None = None
    ended_at: Moment | None = None
    step: Sentence | None = None

    @property
    def rule(self) -> str:
        """Give the name of the rule that counts, with its version."""
        return f"{self.clock.value}@v{RULE_VERSION}"

    @property
    def law_verified(self) -> bool:
        """Tell whether nothing in the count rests on an unverified number of the law."""
        is_late = self.count.first_start.reason is StartReason.LATE_ARRIVAL
        late_rule_verified = self.law is not None and self.law.late_arrivals.verified
        return (self.from_law is None or self.from_law.verified) and (
            not is_late or late_rule_verified
        )


def processing_count(dossier: Dossier, procedure: Procedure, working: WorkingTime) -> Count | None:
    """Count the limit of processing from the acceptance, over everything that stopped it.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    limit = procedure.limit_for(dossier.channel)
    if dossier.accepted_at is None or limit.unit is _UNKNOWN:
        return None
    return count(
        limit,
        dossier.accepted_at,
        lambda at: processing_start(procedure, limit, at, working),
        _stretches(dossier, procedure),
        working,
    )


def processing_start(procedure: Procedure, limit: Limit, at: Moment, working: WorkingTime) -> Start:
    """Give what processing counts from: a late acceptance belongs to the next working day."""
    if limit.unit is _HOURS:
        return Start(at, at, StartReason.FROM_THE_MOMENT)
    first_day = at.day_in(working.zone)
    if procedure.next_day_after is not None and at.instant is not None:
        local = at.instant.astimezone(time_zone(working.zone)).time()
        if local > time.fromisoformat(procedure.next_day_after):
            following = next_working_day(working.calendar, first_day + timedelta(days=1))
            return Start(at, Moment(day=following), StartReason.LATE_IN_THE_DAY)
    return Start(at, Moment(day=first_day), _DAY_AFTER)


def _stretches(dossier: Dossier, procedure: Procedure) -> Iterator[Stretch]:
    """Give the waits since acceptance and the halts that are over, with what each one does.

    A wait that the end of the dossier cut off moves nothing any more.
    """
    for number, wait in enumerate(dossier.waits):
        is_over = wait.until is not None and not wait.cut_off
        if number >= dossier.waits_at_intake and is_over:
            assert wait.until is not None
            yield Stretch(wait.kind, wait.since, wait.until, _policy_of_wait(wait, procedure))
    for halt in dossier.halts:
        if halt.until is not None:
            policy = _pause_if(flag=halt.stops_clock)
            yield Stretch(halt.kind, halt.since, halt.until, policy, halt.declared_at)


def _policy_of_wait(wait: Wait, procedure: Procedure) -> SupplementPolicy:
    if wait.kind is _PAYMENT:
        return _pause_if(flag=procedure.pause_in_payment)
    if wait.kind is _WITHDRAWAL:
        return _PAUSE
    policy = procedure.supplement_policy
    # Nothing was completed, so nothing begins anew; the time itself is not the office's.
    is_restart = policy is SupplementPolicy.RESTART
    return _PAUSE if wait.interrupted and is_restart else policy


def stops_clock(kind: HaltKind, procedure: Procedure | None) -> bool:
    """Tell whether the limit of processing rests during halts of a kind."""
    by_kind = {
        HaltKind.CONSULTATION: procedure is not None and procedure.pause_in_consultation,
        HaltKind.SITE_SURVEY: procedure is not None and procedure.pause_in_site_survey,
        HaltKind.SUSPENSION: True,
        HaltKind.OUTAGE: procedure is not None and procedure.pause_in_outage,
    }
    return by_kind[kind]


def has_passed(dossier: Dossier, procedure: Procedure, at: Moment, zone: str) -> bool:
    """Tell whether the due date had passed at a moment, while its clock ran.

    What stands still since before the due date has not let it pass.
    """
    if dossier.due is None:
        return False
    stopped = at
    for since in _standing_still_since(dossier, procedure):
        stopped = since if is_before(since, stopped, zone) else stopped
    return is_late(stopped, dossier.due, zone)


def _standing_still_since(dossier: Dossier, procedure: Procedure) -> Iterator[Moment]:
    for wait in dossier.waits:
        policy = _policy_of_wait(wait, procedure)
        if wait.until is None and policy is not _NONE:
            yield wait.since
    for halt in dossier.halts:
        if halt.until is None and halt.stops_clock:
            yield halt.since


def _pause_if(*, flag: bool) -> SupplementPolicy:
    return _PAUSE if flag else _NONE


def acceptance_reading(
    dossier: Dossier, procedure: Procedure | None, working: WorkingTime
) -> ClockReading | None:
    """Read the clock of intake: how long the office may take to accept, refuse or ask.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    law = law_on(dossier.submitted_at.day_in(working.zone))
    own = None if procedure is None else procedure.acceptance_limits.of(dossier.channel)
    from_law = None if own or law is None else law.acceptance[dossier.channel]
    limit = from_law.limit if from_law is not None else own
    if limit is None:
        return None
    counted = count(
        limit, dossier.submitted_at, lambda at: intake_start(limit, at, law, working), (), working
    )
    return ClockReading(Clock.ACCEPTANCE, counted, law, from_law, intake_ended(dossier))


def intake_start(limit: Limit, at: Moment, law: Law | None, working: WorkingTime) -> Start:
    """Give what a limit of intake counts from, by the rule on late arrivals."""
    is_hours = limit.unit is _HOURS
    reason = StartReason.FROM_THE_MOMENT if is_hours else _DAY_AFTER
    if at.instant is None or law is None:
        return Start(at, at, reason)
    start = Moment(instant=acceptance_start(working, at.instant, law.late_arrivals))
    if is_late_arrival(working, at.instant, law.late_arrivals):
        reason = StartReason.LATE_ARRIVAL
    return Start(at, start if is_hours else Moment(day=start.day_in(working.zone)), reason)


def intake_ended(dossier: Dossier) -> Moment | None:
    """Give when intake first answered: accepted, refused, or asked for a supplement."""
    first_wait = dossier.waits[0].since if dossier.waits else None
    if dossier.accepted_at is not None and dossier.waits_at_intake == 0:
        return dossier.accepted_at
    return first_wait or dossier.accepted_at or dossier.ended_at


def supplement_reading(
    dossier: Dossier, procedure: Procedure | None, working: WorkingTime
) -> ClockReading | None:
    """Read the clock of the applicant's last supplement: after it the dossier may be closed.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    waits = [wait for wait in dossier.waits if wait.kind is WaitKind.SUPPLEMENT]
    if not waits:
        return None
    since = waits[-1].since
    law = law_on(since.day_in(working.zone))
    own = None if procedure is None else procedure.supplement_wait
    from_law = None if own or law is None else law.supplement_wait
    limit = from_law.limit if from_law is not None else own
    if limit is None or limit.unit is _UNKNOWN:
        return None
    counted = count(limit, since, lambda at: plain_start(limit, at, working), (), working)
    return ClockReading(Clock.SUPPLEMENT, counted, law, from_law, waits[-1].until)


def step_reading(
    dossier: Dossier, procedure: Procedure, working: WorkingTime
) -> ClockReading | None:
    """Read the clock of the internal step that began last.

    Raises:
        CalendarHorizonPassed: the calendar does not cover a day that is needed.
    """
    begun = dossier.step
    step = None if begun is None else published_step(begun, procedure)
    if begun is None or step is None or step.hours is None:
        return None
    limit, since = Limit(unit=LimitUnit.HOURS, amount=step.hours), begun.at
    counted = count(limit, since, lambda at: plain_start(limit, at, working), (), working)
    law = law_on(since.day_in(working.zone))
    name = None if step.name is None else Sentence(step.name.vi, step.name.en)
    return ClockReading(Clock.STEP, counted, law, ended_at=dossier.ended_at, step=name)


def published_step(begun: StepBegun, procedure: Procedure) -> InternalStep | None:
    """Give the step of the procedure version that an act began, by the code that it named.

    Only where the version publishes no codes is it the step of that number: acts that do not fit
    the published process (a second hand-over within one step) would else shift all later ones.
    """
    if begun.code is not None or any(step.code is not None for step in procedure.steps):
        return next((step for step in procedure.steps if step.code == begun.code), None)
    if not 0 < begun.number <= len(procedure.steps):
        return None
    return procedure.steps[begun.number - 1]


def consultation_reading(halt: Halt, working: WorkingTime) -> ClockReading | None:
    """Read the clock of one consultation: the day by which an answer was asked for."""
    if halt.kind is not HaltKind.CONSULTATION or halt.answer_by is None:
        return None
    start = Start(halt.since, halt.since, _DAY_AFTER)
    unknown = Limit(unit=LimitUnit.UNKNOWN)
    due = Due(day=halt.answer_by)
    asked = Count(unknown, start, start, (), due, due)
    law = law_on(halt.since.day_in(working.zone))
    return ClockReading(Clock.CONSULTATION, asked, law, ended_at=halt.until)


def plain_start(limit: Limit, at: Moment, working: WorkingTime) -> Start:
    """Give what a limit counts from that knows no late arrivals."""
    if limit.unit is _HOURS:
        return Start(at, at, StartReason.FROM_THE_MOMENT)
    return Start(at, Moment(day=at.day_in(working.zone)), _DAY_AFTER)
