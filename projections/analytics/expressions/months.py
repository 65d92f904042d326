"""Months as numbers that differ by one from neighbour to neighbour, and as text `2026-11`."""

from typing import Final

import ibis

from projections.analytics.expressions.shapes import Value
from projections.counts import MONTHS_PER_YEAR

_YEAR_DIGITS: Final = 4
_MONTH_DIGITS: Final = 2


def number_of_day(day: Value) -> Value:
    """Number the month of a day."""
    return day.year().cast("int64") * MONTHS_PER_YEAR + day.month().cast("int64") - 1


def number_of_text(month: Value) -> Value:
    """Number a month `2026-11`."""
    year = month.substr(0, _YEAR_DIGITS).cast("int64")
    return year * MONTHS_PER_YEAR + month.substr(_YEAR_DIGITS + 1, _MONTH_DIGITS).cast("int64") - 1


def text_of(number: Value) -> Value:
    """Write the month of a number as `2026-11`."""
    year = (number // MONTHS_PER_YEAR).cast("int64").cast("string").lpad(_YEAR_DIGITS, "0")
    month = (number % MONTHS_PER_YEAR + 1).cast("int64").cast("string").lpad(_MONTH_DIGITS, "0")
    return year.concat(ibis.literal("-"), month)
