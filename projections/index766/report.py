"""Counts in the shape of the national report form II.06 of Circular 01/2020/TT-VPCP, unverified.

The form's text was not read: columns are those that agencies publish (domain.md 5.2), one row per
field of procedures, and every copy says so. The rows are `counts@v2`, nothing else.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from domain.errors import Sentence
from domain.facts import Channel
from projections.counts import ALL, CheckpointReference
from projections.index766.answers import AsOf
from projections.index766.inputs import Asked, query_of
from projections.statistics.asking import CellSource, Dimension
from projections.statistics.measures import Measure
from projections.statistics.walking import (
    EVERYTHING,
    Group,
    PeriodSums,
    Stand,
    sums_by_group,
    total_of,
    whole_stand,
)

DEFINITION: Final = "report-ii06@v1"
FORM: Final = "II.06"
UNVERIFIED: Final = Sentence(
    vi="CHƯA KIỂM CHỨNG: chưa đọc được văn bản của biểu mẫu II.06 (Thông tư 01/2020/TT-VPCP); các "
    "cột theo số liệu mà các cơ quan công bố.",
    en="UNVERIFIED: the text of form II.06 (Circular 01/2020/TT-VPCP) was not read; columns are "
    "those of the counts that agencies publish.",
)


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of one field of procedures; null is what names no field, `*` is all.

    `received` + `carried_over` = `resolved` + `pending`, and each is the sum of its parts.
    """

    field: str | None
    to_handle: int
    received_online: int
    received_counter: int
    received_post: int
    carried_over: int
    resolved: int
    resolved_early: int
    resolved_on_time: int
    resolved_late: int
    pending: int
    pending_in_time: int
    pending_overdue: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The report of a unit over a period; `office` is `*` for the whole ledger."""

    office: str
    period: str
    rows: tuple[ReportRow, ...]
    total: ReportRow
    checkpoint: CheckpointReference
    as_of: str
    form: str = FORM
    verified: bool = False
    definition: str = DEFINITION


def report_of(cells: CellSource, asked: Asked, stand: AsOf) -> Report:
    """Count a unit's dossiers of a period by field; fields in which nothing was are left out."""
    by = frozenset({Dimension.FIELD, Dimension.CHANNEL})
    groups = sums_by_group(cells, query_of(cells, asked, by))
    fields = {group.field for group in groups}
    rows = tuple(
        _row(field, {group: sums for group, sums in groups.items() if group.field == field}, asked)
        for field in sorted(fields, key=lambda each: (each is None, each or ""))
    )
    return Report(
        office=asked.unit or ALL,
        period=asked.period,
        rows=tuple(row for row in rows if row.to_handle),
        total=_row(EVERYTHING.field, groups, asked),
        checkpoint=stand.checkpoint,
        as_of=stand.text,
    )


def _row(field: str | None, groups: Mapping[Group, PeriodSums], asked: Asked) -> ReportRow:
    whole = whole_stand(total_of(groups), asked.period)
    received = dict.fromkeys(Channel, 0)
    for group, sums in groups.items():
        received[Channel(group.channel)] += whole_stand(sums, asked.period).received
    return ReportRow(
        field=field,
        to_handle=whole.carried_over + whole.received,
        received_online=received[Channel.ONLINE],
        received_counter=received[Channel.COUNTER],
        received_post=received[Channel.POST],
        carried_over=whole.carried_over,
        resolved=whole.resolved,
        resolved_early=whole.values[Measure.RESOLVED_EARLY],
        resolved_on_time=whole.values[Measure.RESOLVED_ON_TIME],
        resolved_late=whole.values[Measure.RESOLVED_LATE],
        **_pending(whole),
    )


def _pending(whole: Stand) -> dict[str, int]:
    return {
        "pending": whole.pending,
        "pending_in_time": whole.pending - whole.overdue,
        "pending_overdue": whole.overdue,
    }
