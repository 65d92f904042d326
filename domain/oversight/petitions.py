"""Petitions: feedback and complaints, what state they are in, and the clocks that they run on.

Feedback (phản ánh, kiến nghị) and complaint (khiếu nại) are two legal tracks and never mix on one
stream. A clock is computed from the record alone, by the limits in force when it started.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from domain.calendars import WorkingTime, add_working_days, end_of_calendar_days
from domain.dossiers import Due
from domain.facts.feedback import ComplaintOutcome, FeedbackCategory
from domain.moments import Moment
from domain.oversight.petition_law import (
    COMPLAINT_LAWS,
    DENUNCIATION_LAWS,
    FEEDBACK_LAWS,
    LawVersion,
    PetitionClock,
    PetitionLaw,
    law_on,
)
from domain.procedures import Limit, LimitUnit


class PetitionTrack(StrEnum):
    """Which of the two legal tracks a petition is on."""

    FEEDBACK = "feedback"
    COMPLAINT = "complaint"


class PetitionState(StrEnum):
    """Where a petition stands."""

    FEEDBACK_FILED = "feedback_filed"
    INFORMATION_WANTED = "information_wanted"
    TAKEN_UP = "taken_up"
    REFUSED = "refused"
    ANSWERED = "answered"
    PUBLISHED = "published"
    DISPUTED = "disputed"
    COMPLAINT_FILED = "complaint_filed"
    ACCEPTED = "accepted"
    DECIDED = "decided"


class PetitionRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="petition"):
    """What the public acts of one petition add up to; nothing here says who or which dossier.

    `office` must act next. Times are of the present level of a complaint, and of the last answer;
    `refused_at`, `information_at` and `forwarded_at` are of the first such act, and
    `answer_to_publish_at` is of the last answer before the first publication. A second complaint
    on the stream of the first `follows_decision`, where that was one on its merits.
    """

    track: PetitionTrack
    state: PetitionState
    office: str
    filed_at: Moment
    petitioner_keys: tuple[str, ...] = ()
    category: FeedbackCategory | None = None
    level: int | None = None
    refused_at: Moment | None = None
    information_at: Moment | None = None
    forwarded_at: Moment | None = None
    answered_at: Moment | None = None
    answer_to_publish_at: Moment | None = None
    published_at: Moment | None = None
    disputed_at: Moment | None = None
    accepted_at: Moment | None = None
    decided_at: Moment | None = None
    outcome: ComplaintOutcome | None = None
    is_complex: bool = False
    is_remote: bool = False
    follows_decision: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether the office still owes something: an answer or a decision."""
        return self.state not in _SETTLED_STATES


_SETTLED_STATES = frozenset(
    {
        PetitionState.REFUSED,
        PetitionState.ANSWERED,
        PetitionState.PUBLISHED,
        PetitionState.DECIDED,
    }
)


@dataclass(frozen=True, slots=True)
class PetitionDue:
    """One clock of a petition: what is due when, by which law, and when it was done."""

    clock: PetitionClock
    limit: Limit
    law: str
    verified: bool
    started_at: Moment
    due: Due
    stopped_at: Moment | None = None

    def is_late(self, as_of: datetime, zone: str) -> bool:
        """Tell whether it was done late, or is overdue at an instant."""
        assert self.due.day is not None
        end = self.stopped_at or Moment(instant=as_of)
        return end.day_in(zone) > self.due.day


def petition_dues(record: PetitionRecord, working: WorkingTime) -> tuple[PetitionDue, ...]:
    """Give every clock that ran or runs on a petition.

    Raises:
        CalendarHorizonPassed: a limit ends outside the published calendar.
    """
    if record.track is PetitionTrack.FEEDBACK:
        return _feedback_dues(record, working)
    return _complaint_dues(record, working)


def _feedback_dues(record: PetitionRecord, working: WorkingTime) -> tuple[PetitionDue, ...]:
    """Give the clocks of feedback; three of them bind only if the office chose that course.

    No rule was found on how long a disputed answer may take, so nothing runs then.
    """
    law = law_on(FEEDBACK_LAWS, record.filed_at.day_in(working.zone))
    chosen = {
        PetitionClock.REFUSAL: record.refused_at,
        PetitionClock.INFORMATION: record.information_at,
        PetitionClock.FORWARDING: record.forwarded_at,
    }
    dues = [
        _due(law, clock, law.limits[clock], record.filed_at, at, working)
        for clock, at in chosen.items()
        if at is not None
    ]
    # A refusal settles feedback, so the time to answer ends with it.
    answered = record.answered_at or record.refused_at
    limit = law.limits[PetitionClock.ANSWER]
    dues.append(_due(law, PetitionClock.ANSWER, limit, record.filed_at, answered, working))
    if record.answered_at is not None:
        clock, start = PetitionClock.PUBLICATION, record.answer_to_publish_at or record.answered_at
        stop = _publication_stop(record)
        dues.append(_due(law, clock, law.limits[clock], start, stop, working))
    return tuple(dues)


def _publication_stop(record: PetitionRecord) -> Moment | None:
    """Give when publication was done, or a dispute took away the answer that was to be published.

    The next answer then starts the clock anew: nobody can publish one that is disputed.
    """
    if record.published_at is None and record.state is PetitionState.DISPUTED:
        return record.disputed_at
    return record.published_at


def _complaint_dues(record: PetitionRecord, working: WorkingTime) -> tuple[PetitionDue, ...]:
    law = law_on(COMPLAINT_LAWS, record.filed_at.day_in(working.zone))
    clock = PetitionClock.ACCEPTANCE
    settled = record.accepted_at or record.decided_at
    dues = [_due(law, clock, law.limits[clock], record.filed_at, settled, working)]
    if record.accepted_at is None:
        return tuple(dues)
    law = law_on(COMPLAINT_LAWS, record.accepted_at.day_in(working.zone))
    limit = law.decision_limit(
        record.level or 1, is_complex=record.is_complex, is_remote=record.is_remote
    )
    assert limit is not None
    clock, start = PetitionClock.DECISION, record.accepted_at
    return (*dues, _due(law, clock, limit, start, record.decided_at, working))


def kept_until(record: PetitionRecord, ended_on: date, working: WorkingTime) -> date | None:
    """Give until when a complaint keeps the data of the dossier that it is about; None: not at all.

    Only one that is open does, until its clock's limit and the term of a second complaint after it
    have passed. What was filed too late for the law does so only once the office took it up: else
    strangers, one after another, could keep a dossier for ever. ``ended_on``: the last day on
    which something happened to the dossier.

    LAW: Law on Complaints 02/2011 arts 9, 27, 28, 33, 37; that data is kept so long is our reading.

    Raises:
        CalendarHorizonPassed: a limit ends outside the published calendar.
    """
    if record.track is not PetitionTrack.COMPLAINT or not record.is_open:
        return None
    filed_on = record.filed_at.day_in(working.zone)
    law = law_on(COMPLAINT_LAWS, filed_on)
    is_taken_up = record.accepted_at is not None or record.follows_decision
    if not is_taken_up and _is_too_late(filed_on, ended_on, law):
        return None
    due = _complaint_dues(record, working)[-1].due
    assert due.day is not None
    return due.day + timedelta(days=law.second_term(is_remote=record.is_remote))


def _is_too_late(filed_on: date, ended_on: date, law: PetitionLaw) -> bool:
    days = law.filing_days
    return days is not None and filed_on > ended_on + timedelta(days=days)


def denunciation_due(
    received_at: Moment, extensions: int, working: WorkingTime, decided_at: Moment | None = None
) -> PetitionDue:
    """Give when a denunciation must be decided after so many extensions (none, one or two).

    Raises:
        CalendarHorizonPassed: the limit ends outside the published calendar.
    """
    law = law_on(DENUNCIATION_LAWS, received_at.day_in(working.zone))
    limit = law.limit(extensions)
    return _due(law, PetitionClock.DECISION, limit, received_at, decided_at, working)


def _due(
    law: LawVersion,
    clock: PetitionClock,
    limit: Limit,
    start: Moment,
    stop: Moment | None,
    working: WorkingTime,
) -> PetitionDue:
    day = due_day(limit, start.day_in(working.zone), working)
    return PetitionDue(clock, limit, law.id, law.verified, start, Due(day=day), stop)


def due_day(limit: Limit, first_day: date, working: WorkingTime) -> date:
    """Give the day on which a limit in days ends; the first day does not count.

    LAW: Civil Code 2015 arts 147, 148.

    Raises:
        CalendarHorizonPassed: it ends outside the published calendar.
    """
    assert limit.amount is not None
    if limit.unit is LimitUnit.WORKING_DAYS:
        return add_working_days(working.calendar, first_day, limit.amount)
    assert limit.unit is LimitUnit.CALENDAR_DAYS
    return end_of_calendar_days(working.calendar, first_day, limit.amount)
