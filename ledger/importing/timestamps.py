"""From a source's time stamps to moments: which zone, which precision, what happens to fractions.

Accepted: ``2011-10-11``, and a date with ``T`` or a space, hours, minutes, seconds, a fraction of
any length, and an offset; without an offset the mapping's zone holds. Fractions of a second round
up (formats.md, "Imported actions"), so ``2011-10-11T13:45:40.276+02:00`` is the moment
``2011-10-11T11:45:41Z``. Exactly midnight in the mapping's zone is a day without a time where the
mapping says so.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.moments import FIRST_YEAR, LAST_YEAR, Moment, render_moment
from ledger.importing.errors import MalformedSource

_TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)
_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class TimeRules:
    """How one source writes its times."""

    zone: ZoneInfo
    midnight_is_a_day: bool


def parse_timestamp(text: str, rules: TimeRules) -> Moment:
    """Give the moment that a time stamp means.

    Raises:
        MalformedSource: the text is not a time stamp of the accepted forms, no such time, or
            outside the years that the ledger knows.
    """
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        raise MalformedSource(f"not a time stamp: {text[:40]!r}")
    day, clock, fraction, offset = match.groups()
    # A year of slack at both ends: the offset may move an instant into another year.
    if not FIRST_YEAR < int(day[:4]) < LAST_YEAR:
        raise MalformedSource(f"not a year that the ledger knows: {text[:40]!r}")
    try:
        if clock is None:
            return Moment(day=date.fromisoformat(day))
        return _moment(f"{day}T{clock}{offset or ''}", fraction, rules)
    except ValueError as error:
        raise MalformedSource(f"no such time: {text[:40]!r}") from error


def _moment(whole_seconds: str, fraction: str | None, rules: TimeRules) -> Moment:
    given = datetime.fromisoformat(whole_seconds)
    local = given.astimezone(rules.zone) if given.tzinfo else given.replace(tzinfo=rules.zone)
    has_fraction = fraction is not None and fraction.strip("0") != ""
    if rules.midnight_is_a_day and not has_fraction and _is_midnight(local):
        return Moment(day=local.date())
    instant = local.astimezone(UTC)
    return Moment(instant=instant + _ONE_SECOND if has_fraction else instant)


def _is_midnight(local: datetime) -> bool:
    return local.hour == local.minute == local.second == 0


def time_order(moment: Moment, rules: TimeRules) -> tuple[date, bool, str]:
    """Give what moments are sorted by: the day, then those without a time, then the time."""
    return moment.day_in(rules.zone.key), not moment.is_day_only, render_moment(moment)
