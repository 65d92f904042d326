"""The periods of an evaluation: quarters (`2026-Q3`) and years (`2026`), as months.

LAW: Circular 01/2018 art. 15: compiled quarterly and yearly.
"""

import re
from datetime import date
from typing import Final

from domain.errors import MalformedMoment

MONTHS_PER_QUARTER: Final = 3
MONTHS_PER_YEAR: Final = 12
_PERIOD: Final = re.compile(r"((?:19|20|21)[0-9]{2})(?:-Q([1-4]))?", re.ASCII)


def months_of_period(period: str) -> tuple[str, ...]:
    """Give the months of a quarter or a year.

    Raises:
        MalformedMoment: the text is neither.
    """
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise MalformedMoment(period)
    year, quarter = found[1], found[2]
    first = 1 if quarter is None else MONTHS_PER_QUARTER * (int(quarter) - 1) + 1
    count = MONTHS_PER_YEAR if quarter is None else MONTHS_PER_QUARTER
    return tuple(f"{year}-{month:02d}" for month in range(first, first + count))


def last_quarter(today: date) -> str:
    """Name the last quarter that was over on a day."""
    quarter = (today.month - 1) // MONTHS_PER_QUARTER
    return f"{today.year}-Q{quarter}" if quarter else f"{today.year - 1}-Q4"


def day_after(period: str) -> date:
    """Give the first day after a period.

    Raises:
        MalformedMoment: the text is no period.
    """
    year, month = map(int, months_of_period(period)[-1].split("-"))
    return date(year + month // MONTHS_PER_YEAR, month % MONTHS_PER_YEAR + 1, 1)
