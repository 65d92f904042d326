"""The dataset of act times: the local day and hour of each act, and whether its office worked then.

Hours are those that were known on the day itself (`domain.clocks.hours`); the national calendar
is the one at the checkpoint. A day that the calendar does not cover is of unknown kind, and so is
every day where no calendar was published.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from domain.calendars import CalendarRecord, WorkingTime
from domain.clocks.hours import working_time
from domain.errors import Sentence
from domain.moments import Moment, time_zone
from domain.offices import OfficeRecord
from projections.dossier_rows import Act
from projections.opendata.shapes import ColumnType, Dataset, Row, column, optional

_MOST_DAYS_KEPT: Final = 50_000


class WorkedTime(StrEnum):
    """Whether an office worked when something was done."""

    WORKING = "working"
    OUTSIDE_HOURS = "outside_hours"
    DAY_OFF = "day_off"
    WORKING_DAY = "working_day"  # of an act by day alone
    UNKNOWN = "unknown"


ACT_TIMES: Final = Dataset(
    name="act_times",
    definition="act_times@v1",
    title=Sentence("Giờ của hành vi", "Times of acts"),
    meaning=Sentence(
        "Mỗi hành vi của một cơ quan trong tập sự kiện là một dòng: ngày, giờ theo múi giờ của cơ "
        "quan, và có trong giờ làm việc hay không.",
        "One row per act of an office in the dataset of events: its day and hour in the office's "
        "time zone, and whether the office worked then.",
    ),
    order=Sentence("Theo số thứ tự mục trong nhật ký.", "By entry index, never by time."),
    columns=(
        column(
            "entry_index",
            ColumnType.INTEGER,
            "Số thứ tự của mục.",
            "Index of the entry in the log.",
        ),
        column("local_day", ColumnType.DAY, "Ngày tại cơ quan.", "Day at the office."),
        optional(
            "local_hour",
            ColumnType.INTEGER,
            "Giờ tại cơ quan, từ 0 đến 23; trống nếu chỉ biết ngày.",
            "Hour at the office, 0 to 23; empty where only the day is known.",
        ),
        column(
            "worked",
            ColumnType.TEXT,
            "working, outside_hours, day_off; working_day nếu chỉ biết ngày; unknown nếu lịch "
            "không nói.",
            "working, outside_hours or day_off; working_day where only the day is known; unknown "
            "where no calendar says.",
        ),
    ),
    key=("entry_index",),
)


class OfficeHours:
    """Says when offices work; the hours of each office and day are looked up once."""

    def __init__(
        self, offices: Mapping[str, OfficeRecord], calendar: CalendarRecord | None
    ) -> None:
        self._offices, self._calendar = offices, calendar
        self._known: dict[tuple[str, date], WorkingTime] = {}

    def knows(self, office: str | None) -> bool:
        """Tell whether an office is registered."""
        return office in self._offices

    def zone_of(self, office: str) -> str:
        """Give the time zone of an office."""
        return self._offices[office].office.time_zone

    def worked(self, office: str, moment: Moment) -> WorkedTime:
        """Tell whether an office worked at a moment."""
        day = moment.day_in(self.zone_of(office))
        if self._calendar is None or not _covers(self._calendar, day):
            return WorkedTime.UNKNOWN
        working = self._working(office, day)
        days = working.calendar.working_days
        place = bisect_left(days, day)
        if place == len(days) or days[place] != day:
            return WorkedTime.DAY_OFF
        if moment.instant is None:
            return WorkedTime.WORKING_DAY
        instant: datetime = moment.instant
        inside = any(opens <= instant < closes for opens, closes in working.sessions_of(day))
        return WorkedTime.WORKING if inside else WorkedTime.OUTSIDE_HOURS

    def _working(self, office: str, day: date) -> WorkingTime:
        known = self._known.get((office, day))
        if known is None:
            assert self._calendar is not None
            if len(self._known) >= _MOST_DAYS_KEPT:
                self._known.clear()
            known = working_time(self._offices[office], self._calendar, Moment(day=day))
            self._known[office, day] = known
        return known


def _covers(record: CalendarRecord, day: date) -> bool:
    return record.calendar.valid_from <= day <= record.calendar.valid_to


def act_time_rows(acts: Iterable[Act], hours: OfficeHours) -> Iterator[Row]:
    """Give the rows of `ACT_TIMES`; acts of no registered office are left out."""
    return (
        act_time_row(act.entry_index, act.at, hours.worked(act.office, act.at), zone)
        for act in acts
        if act.office is not None and hours.knows(act.office)
        for zone in (hours.zone_of(act.office),)
    )


def act_time_row(entry_index: int | None, at: Moment, worked: WorkedTime, zone: str) -> Row:
    """Give the row of one act; ``zone`` is its office's."""
    hour = None if at.instant is None else at.instant.astimezone(time_zone(zone)).hour
    return {
        "entry_index": entry_index,
        "local_day": at.day_in(zone),
        "local_hour": hour,
        "worked": worked.value,
    }
