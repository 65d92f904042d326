"""Counts and backlog: what came, went and stayed in each month, `counts@v1` and `backlog@v1`."""

from collections.abc import Sequence
from typing import Final

import ibis

from domain.deadlines import Timeliness
from domain.errors import Sentence
from projections import counts
from projections.analytics.expressions.dossiers import accepted_dossiers
from projections.analytics.expressions.months import number_of_day, number_of_text, text_of
from projections.analytics.expressions.shapes import Figure, Table, Tables, Value
from projections.analytics.names import FigureName
from projections.opendata.rows.dossiers import DOSSIERS
from projections.statistics import backlog

_CELL: Final = ("office", "procedure")
_MOVES: Final = ("received", "resolved_early", "resolved_on_time", "resolved_late", "overdue")


def counts_of(tables: Tables) -> Table:
    """Give the counts of every office, procedure and month in which something was pending."""
    return _walked(accepted_dossiers(tables), _CELL)


def backlog_of(tables: Tables) -> Table:
    """Give what was pending at the end of each month, by office.

    Offices are walked as wholes: one that names a day ahead of the checkpoint has later months,
    in which the dossiers of all of its procedures stand.
    """
    return _walked(accepted_dossiers(tables), ("office",))


def _walked(dossiers: Table, cell: Sequence[str]) -> Table:
    """Add changes up by month: what is pending at a month's end is the sum of all until then."""
    changes = _received(dossiers).union(_resolved(dossiers), _overdue(dossiers))
    by_month = changes.group_by([*cell, "month"]).agg(
        **{name: changes[name].sum() for name in _MOVES}
    )
    spine = _months(dossiers, cell)
    walked = spine.left_join(by_month, [*cell, "month"]).select(
        *(spine[name] for name in (*cell, "month")),
        **{name: by_month[name].coalesce(0) for name in _MOVES},
    )
    resolved = walked.resolved_early + walked.resolved_on_time + walked.resolved_late
    walked = walked.mutate(resolved=resolved)
    until = ibis.cumulative_window(group_by=list(cell), order_by=walked.month)
    walked = walked.mutate(
        pending=(walked.received - walked.resolved).sum().over(until),
        pending_overdue=walked.overdue.sum().over(until),
    )
    return _figures(walked)


def _figures(walked: Table) -> Table:
    carried = walked.pending - walked.received + walked.resolved
    walked = walked.mutate(
        period=text_of(walked.month),
        carried_over=carried,
        pending_in_time=walked.pending - walked.pending_overdue,
    )
    return walked.filter((walked.carried_over > 0) | (walked.received > 0))


def _received(dossiers: Table) -> Table:
    return _change(dossiers, dossiers.received, received=ibis.literal(1, "int64"))


def _resolved(dossiers: Table) -> Table:
    ended = dossiers.filter(dossiers.resolved.notnull())
    return _change(
        ended,
        ended.resolved,
        resolved_early=_is(ended, Timeliness.EARLY),
        resolved_on_time=_is(ended, Timeliness.ON_TIME),
        resolved_late=_is(ended, Timeliness.LATE),
    )


def _overdue(dossiers: Table) -> Table:
    begins = dossiers.select(*_CELL, text=dossiers.overdue_from.unnest())
    ceases = dossiers.select(*_CELL, text=dossiers.overdue_until.unnest())
    return _change(begins, number_of_text(begins.text), overdue=ibis.literal(1, "int64")).union(
        _change(ceases, number_of_text(ceases.text), overdue=ibis.literal(-1, "int64"))
    )


def _is(dossiers: Table, resolution: Timeliness) -> Value:
    return (dossiers.resolution == resolution.value).cast("int64")


def _change(table: Table, month: Value, **moves: Value) -> Table:
    every = {name: moves.get(name, ibis.literal(0, "int64")) for name in _MOVES}
    return table.select(*(table[name] for name in _CELL), month=month, **every)


def _months(dossiers: Table, cell: Sequence[str]) -> Table:
    """Give every month of each cell, from its first one to that of the checkpoint or later."""
    as_of = number_of_day(dossiers.as_of_on)
    latest = ibis.greatest(as_of, dossiers.received, dossiers.resolved.coalesce(0))
    bounds = dossiers.mutate(latest=latest).group_by(list(cell))
    spans = bounds.agg(
        first=lambda table: table.received.min(), last=lambda table: table.latest.max()
    )
    return spans.select(*cell, month=ibis.range(spans.first, spans.last + 1).unnest())


COUNTS: Final = Figure(
    name=FigureName.COUNTS,
    definition=counts.DEFINITION,
    title=Sentence("Số lượng hồ sơ theo tháng", "Counts of dossiers by month"),
    meaning=Sentence(
        "Tiếp nhận, giải quyết trước, đúng và quá hạn theo luật, tồn cuối tháng.",
        "Received; resolved early, on time and late by law; pending at the month's end.",
    ),
    datasets=(DOSSIERS,),
    key=(*_CELL, "period"),
    measures=(
        "received",
        "resolved_early",
        "resolved_on_time",
        "resolved_late",
        "pending_in_time",
        "pending_overdue",
        "carried_over",
    ),
    expression=counts_of,
)
BACKLOG: Final = Figure(
    name=FigureName.BACKLOG,
    definition=backlog.DEFINITION,
    title=Sentence("Tồn đọng cuối tháng", "Backlog by month end"),
    meaning=Sentence(
        "Hồ sơ đang giải quyết vào cuối tháng, còn hạn và quá hạn, theo cơ quan.",
        "Dossiers pending at the month's end, in time and overdue, by office.",
    ),
    datasets=(DOSSIERS,),
    key=("office", "period"),
    measures=("pending_in_time", "pending_overdue"),
    expression=backlog_of,
)
