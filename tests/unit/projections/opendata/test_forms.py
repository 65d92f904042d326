"""CSV, JSON Lines and Parquet hold the same rows, and every row is what its columns say."""

import csv
import io
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.moments import parse_moment
from projections.opendata import parquet
from projections.opendata.datasets import DATASETS, as_of, rows_of
from projections.opendata.errors import FormNotInstalled
from projections.opendata.shapes import AsOf, Cell, Column, ColumnType, Dataset, Row, optional
from projections.opendata.text_forms import csv_head, csv_rows, csv_text, json_rows
from tests.support.opendata.histories import a_ledger, read_by_follower, tallies_of
from tests.support.paper_ledger import ORIGIN

MADE = AsOf(ORIGIN, 7, "AA==", "2026-01-01T00:00:00.000Z")
PYTHON_TYPES = {
    ColumnType.TEXT: str,
    ColumnType.INTEGER: int,
    ColumnType.BOOLEAN: bool,
    ColumnType.INSTANT: datetime,
    ColumnType.DAY: date,
    ColumnType.MONTH: str,
    ColumnType.MOMENT: str,
    ColumnType.WORDS: tuple,
    ColumnType.INDEXES: tuple,
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Row]]:
    paper = a_ledger()
    with read_by_follower(paper, tmp_path_factory.mktemp("tables")) as reader:
        position = reader.position()
        assert position is not None
        assert as_of(ORIGIN, position).tree_size == position.log_position
        tallies = tallies_of(paper)
        return {
            name: list(rows_of(each, reader, position, tallies)) for name, each in DATASETS.items()
        }


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda each: each.name)
def test_rows_are_what_the_columns_say(dataset: Dataset, tables: dict[str, list[Row]]) -> None:
    assert tables[dataset.name], "a table without rows shows nothing"
    for row in tables[dataset.name]:
        assert set(row) == set(dataset.column_names)
        for column in dataset.columns:
            _check(column, row[column.name])


def _check(column: Column, cell: Cell) -> None:
    if cell is None:
        assert not column.required, column.name
        return
    wanted = PYTHON_TYPES[column.type]
    assert type(cell) is wanted, (column.name, cell)
    if column.type is ColumnType.MOMENT:
        parse_moment(str(cell))
    if column.type in (ColumnType.TEXT, ColumnType.MOMENT):
        assert cell, f"{column.name}: an empty text would be no value in CSV"


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda each: each.name)
def test_key_names_each_row_once(dataset: Dataset, tables: dict[str, list[Row]]) -> None:
    keys = [tuple(row[name] for name in dataset.key) for row in tables[dataset.name]]

    assert not dataset.key or len(set(keys)) == len(keys)


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda each: each.name)
def test_every_column_is_described_in_both_languages(dataset: Dataset) -> None:
    assert len(set(dataset.column_names)) == len(dataset.columns)
    for said in (dataset.title, dataset.meaning, dataset.order):
        assert said.vi
        assert said.en
        assert said.vi != said.en
    for column in dataset.columns:
        assert column.meaning.vi.endswith((".", "…")), column.name
        assert column.meaning.en.endswith((".", "…")), column.name
        assert column.meaning.vi != column.meaning.en


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda each: each.name)
def test_all_forms_hold_the_same_rows(
    dataset: Dataset, tables: dict[str, list[Row]], tmp_path: Path
) -> None:
    rows = tables[dataset.name]
    lines = [json.loads(line) for line in json_rows(dataset, rows).splitlines()]
    text = (csv_head(dataset) + csv_rows(dataset, rows)).decode()
    cells = list(csv.DictReader(io.StringIO(text, newline="")))
    file = parquet.ParquetFile(dataset, tmp_path / "rows.parquet", MADE)
    file.write(rows)
    file.close()
    table = pyarrow.parquet.read_table(tmp_path / "rows.parquet").to_pylist()

    assert len(lines) == len(cells) == len(table) == len(rows)
    for row, line, cell, typed in zip(rows, lines, cells, table, strict=True):
        for column in dataset.columns:
            value = row[column.name]
            expected = list(value) if isinstance(value, tuple) else value
            assert typed[column.name] == expected
            assert cell[column.name] == csv_text(value)
            if not isinstance(value, date):
                assert line[column.name] == expected


def test_parquet_says_what_its_columns_mean_and_as_of_what_it_is(tmp_path: Path) -> None:
    dataset = DATASETS["events"]
    parquet.ParquetFile(dataset, tmp_path / "empty.parquet", MADE).close()

    schema = pyarrow.parquet.read_schema(tmp_path / "empty.parquet")

    assert schema.names == list(dataset.column_names)
    assert schema.metadata[b"checkpoint_size"] == b"7"
    assert schema.metadata[b"definition"] == b"events@v1"
    field = schema.field("signer_keys")
    assert str(field.type).startswith("list<")
    assert field.metadata[b"meaning_en"].startswith(b"Names of the keys")
    assert str(schema.field("recorded_at").type) == "timestamp[ms, tz=UTC]"
    assert not schema.field("entry_index").nullable
    assert schema.field("office").nullable


def test_parquet_without_its_library_is_refused_by_a_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    assert not parquet.is_installed()
    with pytest.raises(FormNotInstalled) as refused:
        parquet.ParquetFile(DATASETS["events"], tmp_path / "none.parquet", MADE)
    assert refused.value.code == "form_not_installed"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
        ("plain", "plain"),
        ("=1+1", "'=1+1"),
        ("@cmd", "'@cmd"),
        (("a", "b"), "a b"),
        ((), ""),
        ((3, 5), "3 5"),
        (date(2026, 2, 3), "2026-02-03"),
        (datetime(2026, 2, 3, 4, 5, 6, 7000, tzinfo=UTC), "2026-02-03T04:05:06.007Z"),
    ],
)
def test_cells_of_csv(cell: Cell, text: str) -> None:
    assert csv_text(cell) == text


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_text_comes_back_from_csv_and_json(texts: list[str]) -> None:
    columns = (optional("said", ColumnType.TEXT, "Lời.", "Words."),)
    events = DATASETS["events"]
    dataset = Dataset("one", "one@v1", events.title, events.meaning, events.order, columns, ())
    rows: list[dict[str, Any]] = [{"said": text} for text in texts]

    lines = [json.loads(line)["said"] for line in json_rows(dataset, rows).split(b"\n")[:-1]]
    read = list(csv.reader(io.StringIO(csv_rows(dataset, rows).decode(), newline="")))

    assert lines == texts
    assert [cells[0] if cells else "" for cells in read] == [csv_text(text) for text in texts]
