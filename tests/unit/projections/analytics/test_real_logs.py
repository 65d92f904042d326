"""Figures over the exports of both real logs are those of the views, and the known totals hold."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from api.data_folder import DataFolder
from projections.analytics.names import AnalysisForm, EngineName, FigureName
from projections.reading import FiguresInViews
from projections.statistics.asking import Dimension, Query
from projections.statistics.backlog import backlog_of
from projections.statistics.counting import count_groups
from projections.statistics.lasting import measure_groups
from projections.views import open_views
from tests.support.real_logs.ledgers import LOGS, RealLedgers

BY_CELL = frozenset({Dimension.OFFICE, Dimension.PROCEDURE, Dimension.PERIOD})

pytestmark = pytest.mark.long


@pytest.mark.parametrize("name", LOGS)
def test_figures_over_the_export_are_those_of_the_views(
    name: str, real_ledgers: RealLedgers
) -> None:
    from projections.analytics.running import analyse, render

    log, out = LOGS[name], real_ledgers.export(name)

    counts = analyse(FigureName.COUNTS, out, EngineName.DUCKDB)
    given = b"".join(render(counts, AnalysisForm.JSONL))

    assert given == (out / "counts.jsonl").read_bytes()
    resolved = ("resolved_early", "resolved_on_time", "resolved_late")
    assert sum(int(row["received"] or 0) for row in counts.rows) == log.dossiers
    assert sum(int(row[name] or 0) for row in counts.rows for name in resolved) == log.ended
    assert sum(int(row["resolved_late"] or 0) for row in counts.rows) == log.late
    _compare_with_views(real_ledgers.data(name), out)


def _compare_with_views(data: Path, out: Path) -> None:
    from projections.analytics.running import analyse

    def rows(name: FigureName) -> list[dict[str, object]]:
        return [dict(row) for row in analyse(name, out, EngineName.DUCKDB).rows]

    with closing(open_views(DataFolder(data).views)) as views, views.reading() as reader:
        position = reader.position()
        assert position is not None
        cells = FiguresInViews(reader, position).cells()
        durations, _ = measure_groups(cells, Query(by=BY_CELL))
        counted, _ = count_groups(cells, Query(by=BY_CELL))
        backlog = backlog_of(cells, Query(by=BY_CELL - {Dimension.PROCEDURE}))
    assert len(durations) > 10
    assert rows(FigureName.DURATIONS) == [
        {
            "office": each.office,
            "procedure": each.procedure,
            "period": each.period,
            "resolved": each.resolved,
            "ends_before_acceptance": each.ends_before_acceptance,
            **{f"gross_{name}": n for name, n in msgspec.structs.asdict(each.gross).items()},
            **{f"net_{name}": n for name, n in msgspec.structs.asdict(each.net).items()},
        }
        for each in durations
    ]
    names: tuple[str, ...] = ("office", "period", "pending_in_time", "pending_overdue")
    assert rows(FigureName.BACKLOG) == [
        {name: getattr(each, name) for name in names} for each in backlog
    ]
    names = ("office", "procedure", "period", "supplement_requests", "supplemented")
    assert [{name: row[name] for name in names} for row in rows(FigureName.SUPPLEMENTS)] == [
        {name: getattr(each, name) for name in names}
        for each in counted
        if each.resolved_early + each.resolved_on_time + each.resolved_late
    ]
