"""Hours: the office time that a dossier is counted in, each day with the hours known on that day.

A document that was registered later, with whatever dates it names, changes no hours of days before
its registration; nor does a later version of the calendar. So what was counted once is counted
alike ever after.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from domain.calendars import Calendar, CalendarRecord, FormerSessions, HoursFrom, WorkingTime
from domain.moments import Moment
from domain.offices import Office, OfficeRecord, OfficeVersion, Session


def known_from(version: OfficeVersion) -> date:
    """Give the first day for which a document counts: its own word, but not before it came."""
    registered = version.registered_at.day_in(version.office.time_zone)
    return max(version.holds_from, registered)


def known_office(versions: Sequence[OfficeVersion], day: date) -> Office:
    """Give the office as it was known on a day; before all documents, the oldest."""
    if len(versions) == 1:
        return versions[0].office
    known = [version for version in versions if known_from(version) <= day]
    return (known or versions[:1])[-1].office


def working_time(
    record: OfficeRecord, calendar: CalendarRecord, at: Moment, office_version: int | None = None
) -> WorkingTime:
    """Give the office time from the moment of an act on, by the first documents of the office.

    ``calendar`` is the record of the version to count with. The zone is the one at the act.
    """
    if not record.earlier and not calendar.former_sessions:
        # As for nearly all offices, and asked in every count.
        only = record.office
        return WorkingTime(calendar.calendar, only.time_zone, only.office_hours)
    versions = record.versions[:office_version]
    office = known_office(versions, at.day_in(record.office.time_zone))
    changed = tuple(_changed_hours(versions, calendar.calendar, calendar.former_sessions))
    return WorkingTime(calendar.calendar, office.time_zone, changed[0].sessions, changed[1:])


def _changed_hours(
    versions: Sequence[OfficeVersion], calendar: Calendar, former: Sequence[FormerSessions]
) -> Iterable[HoursFrom]:
    """Give the hours from the beginning of time on, and from each day that may change them."""
    zone = versions[-1].office.time_zone
    days = {known_from(version) for version in versions[1:]}
    days |= {one.changed_at.day_in(zone) for one in former}
    for day in (date.min, *sorted(days)):
        own = known_office(versions, day).office_hours
        yield HoursFrom(day, own or _sessions_on(day, calendar, former, zone))


def _sessions_on(
    day: date, calendar: Calendar, former: Sequence[FormerSessions], zone: str
) -> tuple[Session, ...]:
    for one in former:
        if day < one.changed_at.day_in(zone):
            return one.sessions
    return calendar.sessions
