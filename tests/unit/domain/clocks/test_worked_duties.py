"""Smaller duties by example: intake, notice, transfer, sending back, return; hours that changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from msgspec.structs import replace

from domain.calendars import HoursFrom
from domain.clocks.duties import (
    intake_notice_reading,
    return_reading,
    send_back_reading,
    transfer_reading,
)
from domain.clocks.limits import ClockReading, acceptance_reading, processing_count
from domain.facts import Channel, Outcome
from domain.offices import Session
from domain.procedures import Limit
from domain.transitions import Clock
from tests.support.builders import ZONE, a_dossier, a_procedure
from tests.support.references.clocks import slow_hours, slow_working_days
from tests.support.references.worked import WD, WORKING, H, a_moment, as_due, local
from tests.unit.domain.clocks.test_worked_examples import EXAMPLES

# Intake: when it arrived, by which channel, and when the office must have answered.
INTAKE = {
    "2: online on a holiday": (Channel.ONLINE, "2026-04-30T10:00", "2026-05-04T17:00"),
    "online in the morning": (Channel.ONLINE, "2026-03-03T09:30", "2026-03-04T09:30"),
    "online before opening": (Channel.ONLINE, "2026-03-03T06:00", "2026-03-03T17:00"),
    "online in the last hour": (Channel.ONLINE, "2026-03-03T16:00", "2026-03-04T17:00"),
    "online just before the last hour": (Channel.ONLINE, "2026-03-03T15:59", "2026-03-04T15:59"),
    "online after 17:00": (Channel.ONLINE, "2026-03-03T17:01", "2026-03-04T17:00"),
    "online on a Saturday": (Channel.ONLINE, "2026-03-07T09:00", "2026-03-09T17:00"),
    "online on a make-up Saturday": (Channel.ONLINE, "2026-08-22T09:00", "2026-08-24T09:00"),
    "online on Friday night before Tet": (Channel.ONLINE, "2026-02-13T20:00", "2026-02-23T17:00"),
    "counter": (Channel.COUNTER, "2026-03-03T09:00", "2026-03-04"),
    "counter in the last hour": (Channel.COUNTER, "2026-03-03T16:30", "2026-03-05"),
    "post on a Saturday": (Channel.POST, "2026-03-07T09:00", "2026-03-10"),
    "counter, only the day known": (Channel.COUNTER, "2026-03-03", "2026-03-04"),
}


@pytest.mark.parametrize(("channel", "submitted", "due"), INTAKE.values(), ids=INTAKE)
def test_intake_by_example(channel: Channel, submitted: str, due: str) -> None:
    dossier = a_dossier(channel=channel, submitted_at=a_moment(submitted))

    reading = acceptance_reading(dossier, a_procedure(), WORKING)

    assert reading is not None
    assert reading.count.due == as_due(due)
    start = reading.count.start.counts_from
    if start.instant is not None:
        assert slow_hours(WORKING, start.instant, 8) == local(due)
    else:
        assert slow_working_days(WORKING, start.day_in(ZONE), 1) == date.fromisoformat(due)
    assert not reading.law_verified


@dataclass(frozen=True)
class Duty:
    """What began when, by which channel, and by when the office must have done it."""

    clock: Clock
    began: str
    due: str | None
    channel: Channel = Channel.ONLINE
    law: bool = True

    def reading(self) -> ClockReading | None:
        at = a_moment(self.began)
        procedure = a_procedure(return_limit=Limit(amount=3, unit=WD))
        accepted = a_dossier(channel=self.channel, submitted_at=at, accepted_at=at)
        ended = a_dossier(ended_at=at, outcome=Outcome.GRANTED)
        by_clock: dict[Clock, Callable[[], ClockReading | None]] = {
            Clock.INTAKE_NOTICE: lambda: intake_notice_reading(accepted, None, WORKING),
            Clock.TRANSFER: lambda: transfer_reading(accepted, procedure, None, WORKING),
            Clock.SEND_BACK: lambda: send_back_reading(accepted, WORKING),
            Clock.RETURN: lambda: return_reading(ended, procedure, WORKING),
        }
        return by_clock[self.clock]()


NOTICE, TRANSFER, SEND_BACK, RETURN = (
    Clock.INTAKE_NOTICE,
    Clock.TRANSFER,
    Clock.SEND_BACK,
    Clock.RETURN,
)


DUTIES = {
    # Two working hours to tell the receiving officer of what arrived online.
    "notice in the morning": Duty(NOTICE, "2026-03-03T08:30", "2026-03-03T10:30"),
    "notice over lunch": Duty(NOTICE, "2026-03-03T11:30", "2026-03-03T14:30"),
    "notice ends at closing": Duty(NOTICE, "2026-03-03T15:00", "2026-03-03T17:00"),
    "notice into the next morning": Duty(NOTICE, "2026-03-03T15:30", "2026-03-04T08:30"),
    "notice of what came in the last hour counts from the next morning": Duty(
        NOTICE, "2026-03-03T16:00", "2026-03-04T10:00"
    ),
    "notice of what came on the eve of Tet counts from the day after it": Duty(
        NOTICE, "2026-02-13T18:00", "2026-02-23T10:00"
    ),
    "notice of what came on a make-up Saturday counts that day": Duty(
        NOTICE, "2026-08-22T09:00", "2026-08-22T11:00"
    ),
    "no notice is due of what came at the counter": Duty(
        NOTICE, "2026-03-03T08:30", None, Channel.COUNTER
    ),
    "no notice is due before any law that is known": Duty(NOTICE, "2018-06-20T08:30", None),
    # The same working day, or the next where it was accepted after three o'clock.
    "transfer the same day": Duty(TRANSFER, "2026-03-03T09:00", "2026-03-03"),
    "transfer at three o'clock sharp is the same day": Duty(
        TRANSFER, "2026-03-03T15:00", "2026-03-03"
    ),
    "transfer after three o'clock is the next day": Duty(
        TRANSFER, "2026-03-03T15:01", "2026-03-04"
    ),
    "transfer after three o'clock on a Friday is on Monday": Duty(
        TRANSFER, "2026-03-06T15:30", "2026-03-09"
    ),
    "transfer after three o'clock before Tet is the day after it": Duty(
        TRANSFER, "2026-02-13T15:30", "2026-02-23"
    ),
    "transfer after three o'clock before a make-up Saturday is on that": Duty(
        TRANSFER, "2026-08-21T15:30", "2026-08-22"
    ),
    "transfer of what was accepted on a Sunday is on Monday": Duty(
        TRANSFER, "2026-03-08T09:00", "2026-03-09"
    ),
    "no transfer is counted where the hour is not known": Duty(TRANSFER, "2026-03-03", None),
    # Three working days to send back what is not eligible.
    "send back within three working days": Duty(SEND_BACK, "2026-03-03T09:00", "2026-03-06"),
    "send back over a weekend": Duty(SEND_BACK, "2026-03-05T09:00", "2026-03-10"),
    "send back over Tet": Duty(SEND_BACK, "2026-02-12T09:00", "2026-02-24"),
    "send back with a make-up Saturday": Duty(SEND_BACK, "2026-08-20", "2026-08-24"),
    # What a procedure says of handing the result over.
    "return within the procedure's three working days": Duty(
        RETURN, "2026-03-03T09:00", "2026-03-06", law=False
    ),
    "return over National Day": Duty(RETURN, "2026-08-28T09:00", "2026-09-07", law=False),
}


@pytest.mark.parametrize("duty", DUTIES.values(), ids=DUTIES)
def test_duty_by_example(duty: Duty) -> None:
    reading = duty.reading()

    assert (reading is None) == (duty.due is None)
    if reading is None or duty.due is None:
        return
    assert reading.count.due == as_due(duty.due)
    assert (reading.from_law is not None) == duty.law
    assert reading.law_verified == (not duty.law)
    start, amount = reading.count.start.counts_from, reading.count.limit.amount
    assert amount is not None
    if start.instant is not None:
        assert slow_hours(WORKING, start.instant, amount) == local(duty.due)
    else:
        assert slow_working_days(WORKING, start.day_in(ZONE), amount) == as_due(duty.due).day


# Office hours that changed: in the morning alone until 3 March, all day from the 4th on.
CHANGED = replace(
    WORKING,
    office_hours=(Session(opens="08:00", closes="12:00"),),
    changed_hours=(HoursFrom(date(2026, 3, 4), WORKING.calendar.sessions),),
)


HOURS_OF_THE_DAY = {
    "four hours a day before the change": (4, "2026-03-02T08:00", "2026-03-02T12:00"),
    "into the day before the change": (6, "2026-03-02T08:00", "2026-03-03T10:00"),
    "into the day of the change": (10, "2026-03-02T08:00", "2026-03-04T10:00"),
    "over the lunch that there is now": (14, "2026-03-02T08:00", "2026-03-04T15:00"),
    "from an afternoon that was closed": (1, "2026-03-03T14:00", "2026-03-04T09:00"),
}


@pytest.mark.parametrize(("hours", "start", "due"), HOURS_OF_THE_DAY.values(), ids=HOURS_OF_THE_DAY)
def test_hours_of_the_day_by_example(hours: int, start: str, due: str) -> None:
    limit = Limit(amount=hours, unit=H)
    dossier = a_dossier(accepted_at=a_moment(start))

    found = processing_count(dossier, a_procedure(limit=limit), CHANGED)

    assert found is not None
    assert found.due == as_due(due)
    assert slow_hours(CHANGED, local(start), hours) == local(due)


def test_there_are_at_least_sixty_examples_beyond_the_forty_five() -> None:
    assert len(EXAMPLES) - 4 + len(INTAKE) - 1 + len(DUTIES) + len(HOURS_OF_THE_DAY) >= 105
