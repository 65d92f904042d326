"""Figures over the exports of both real logs are those of the views, and the known totals hold."""

from contextlib import closing
from dataclasses import dataclass
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
from tests.unit.cli.running import run

ROOT = Path(__file__).parents[4]
DATA = ROOT.parent / "shared" / "data"
BY_CELL = frozenset({Dimension.OFFICE, Dimension.PROCEDURE, Dimension.PERIOD})

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Known:
    """A log, how it is imported, and what is known of it beforehand."""

    file: str
    mapping: str
    dossiers: int
    ended: int | None
    late: int | None


LOGS = [
    Known("receipt/receipt.xes.gz", "receipt", 1_434, 1_329, 309),
    Known("receipt/receipt.xes.gz", "receipt-instant", 1_434, 1_329, 377),
    Known("bpic2015/bpic2015_1.csv.gz", "bpic2015", 1_199, None, None),
]


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.mapping)
def test_figures_over_the_export_are_those_of_the_views(log: Known, tmp_path: Path) -> None:
    from projections.analytics.running import analyse, render

    if not DATA.exists():
        pytest.skip("the foreign logs are not here")
    data, out = tmp_path / "data", tmp_path / "out"
    mapping = ROOT / "examples" / "mappings" / f"{log.mapping}.toml"
    assert run("import", DATA / log.file, "--mapping", mapping, "--data", data).code == 0
    formats = ("--format", "parquet", "--format", "jsonl")
    assert run("export", "--data", data, "--to", out, *formats).code == 0

    counts = analyse(FigureName.COUNTS, out, EngineName.DUCKDB)
    given = b"".join(render(counts, AnalysisForm.JSONL))

    assert given == (out / "counts.jsonl").read_bytes()
    resolved = ("resolved_early", "resolved_on_time", "resolved_late")
    ended = sum(int(row[name]) for row in counts.rows for name in resolved)
    assert sum(int(row["received"]) for row in counts.rows) == log.dossiers
    assert log.ended in (None, ended)
    assert log.late in (None, sum(int(row["resolved_late"]) for row in counts.rows))
    _compare_with_views(data, out)


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
