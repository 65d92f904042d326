"""Figures as rows of a table: nested members under joined names, and a column for each reason."""

from collections.abc import Iterator

import msgspec

from domain.on_time_766 import Reason766
from projections.statistics.judging import ReasonCount


def flat_columns(row_type: type[msgspec.Struct]) -> tuple[str, ...]:
    """Give the columns of a sort of rows: `gross_median_seconds` for `gross.median_seconds`."""
    return tuple(_columns(row_type))


def flat_row(row: msgspec.Struct) -> dict[str, object]:
    """Give a row by its columns."""
    found: dict[str, object] = {}
    for name in row.__struct_fields__:
        value = getattr(row, name)
        if isinstance(value, msgspec.Struct):
            found |= {f"{name}_{inner}": each for inner, each in flat_row(value).items()}
        elif isinstance(value, tuple):
            found |= _reasons(value)
        else:
            found[name] = value
    return found


def _columns(row_type: type[msgspec.Struct]) -> Iterator[str]:
    for field in msgspec.structs.fields(row_type):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from (f"{field.name}_{inner}" for inner in _columns(field.type))
        elif field.type == tuple[ReasonCount, ...]:
            yield from _reasons(())
        else:
            yield field.name


def _reasons(counts: tuple[ReasonCount, ...]) -> dict[str, object]:
    by_reason = {count.reason: count for count in counts}
    found: dict[str, object] = {}
    for reason in Reason766:
        count = by_reason.get(reason.value)
        found[f"{reason.value}_resolved"] = 0 if count is None else count.resolved
        found[f"{reason.value}_pending"] = 0 if count is None else count.pending
    return found
