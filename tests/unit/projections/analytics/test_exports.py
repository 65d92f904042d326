"""Exports that cannot be analysed are refused, and the table of figures is whole."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from projections.analytics.errors import ExportUnusable
from projections.analytics.names import AnalysisForm, EngineName, FigureName
from projections.opendata.events import EVENTS
from projections.opendata.rows.act_times import ACT_TIMES
from projections.opendata.rows.dossiers import DOSSIERS
from projections.opendata.rows.rating_cells import RATING_CELLS
from tests.support.analytics.exports import MADE, rows_of_dossiers, write_parquet
from tests.support.dossier_cases import HANOI, OFFICE, a_dossier

AS_OF = datetime(2026, 4, 1, tzinfo=UTC)
ENDED = a_dossier("2026-01-02", "2026-01-05", "2026-01-06", procedure="=p")


def an_export(folder: Path) -> Path:
    rows = rows_of_dossiers([ENDED], {OFFICE: HANOI}, AS_OF)
    write_parquet(folder, DOSSIERS, rows)
    return folder


def refused(folder: Path, name: FigureName = FigureName.COUNTS) -> str:
    from projections.analytics.running import analyse

    with pytest.raises(ExportUnusable) as caught:
        analyse(name, folder, EngineName.DUCKDB)
    return str(caught.value)


def test_folder_without_the_file_is_refused_and_says_how_to_make_it(tmp_path: Path) -> None:
    assert "export --format parquet" in refused(tmp_path)


def test_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dossiers.parquet").write_bytes(b"no parquet")

    assert "no Parquet file" in refused(tmp_path)


def test_file_of_another_meaning_is_refused(tmp_path: Path) -> None:
    write_parquet(tmp_path, replace(DOSSIERS, definition="dossiers@v0"), [])

    assert "dossiers@v0" in refused(tmp_path)


def test_files_as_of_different_checkpoints_are_refused(tmp_path: Path) -> None:
    write_parquet(tmp_path, EVENTS, [])
    write_parquet(tmp_path, ACT_TIMES, [], replace(MADE, tree_size=1001))

    assert "different checkpoints" in refused(tmp_path, FigureName.HOURS)


def test_table_has_every_figure_with_columns_of_its_own() -> None:
    from projections.analytics.figures import FIGURES

    assert list(FIGURES) == list(FigureName)
    for figure in FIGURES.values():
        assert len(set(figure.columns)) == len(figure.columns)


@pytest.mark.parametrize("name", list(FigureName))
def test_nothing_recorded_gives_no_rows(tmp_path: Path, name: FigureName) -> None:
    from projections.analytics.running import analyse, render

    for dataset in (EVENTS, ACT_TIMES, DOSSIERS, RATING_CELLS):
        write_parquet(tmp_path, dataset, [])

    analysed = analyse(name, tmp_path, EngineName.DUCKDB)

    assert analysed.rows == ()
    assert b"".join(render(analysed, AnalysisForm.JSONL)) == b""
    assert b"".join(render(analysed, AnalysisForm.CSV)).count(b"\r\n") == 1


def test_both_forms_hold_the_same_row_and_no_formula(tmp_path: Path) -> None:
    from projections.analytics.running import analyse, render

    analysed = analyse(FigureName.DURATIONS, an_export(tmp_path), EngineName.DUCKDB)
    seconds = 3 * 86_400

    assert b"".join(render(analysed, AnalysisForm.CSV)).splitlines()[1] == (
        f"{OFFICE},'=p,2026-01,1,0,{','.join([str(seconds)] * 8)}".encode()
    )
    assert b"".join(render(analysed, AnalysisForm.JSONL)).startswith(
        b'{"office":"H27","procedure":"=p","period":"2026-01","resolved":1,'
    )
    assert analysed.made == MADE
