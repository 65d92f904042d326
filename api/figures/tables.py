"""Figures as rows of a table: nested members under joined names, and a column for each reason."""

from collections.abc import Iterator
from typing import Final

import msgspec

from domain.on_time_766 import Reason766
from projections.statistics.judging import ReasonCount


def flat_columns(row_type: type[msgspec.Struct]) -> tuple[str, ...]:
    """Give the columns of a sort of rows: `gross_median_seconds` for `gross.median_seconds`."""
    return tuple(_columns(row_type))


def flat_values(row: msgspec.Struct) -> list[object]:
    """Give a row in the order of its columns."""
    found: list[object] = []
    for value in msgspec.structs.astuple(row):
        if isinstance(value, msgspec.Struct):
            found += flat_values(value)
        elif isinstance(value, tuple):
            found += _reason_values(value)
        else:
            found.append(value)
    return found


def _columns(row_type: type[msgspec.Struct]) -> Iterator[str]:
    for field in msgspec.structs.fields(row_type):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from (f"{field.name}_{inner}" for inner in _columns(field.type))
        elif field.type == tuple[ReasonCount, ...]:
            yield from (
                f"{reason}_{kind}" for reason in _REASONS for kind in ("resolved", "pending")
            )
        else:
            yield field.name


def _reason_values(counts: tuple[ReasonCount, ...]) -> list[int]:
    by_reason = {count.reason: (count.resolved, count.pending) for count in counts}
    return [each for reason in _REASONS for each in by_reason.get(reason, (0, 0))]


_REASONS: Final = tuple(reason.value for reason in Reason766)
