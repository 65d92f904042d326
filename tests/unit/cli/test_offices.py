"""`offices`: importing a list twice, showing an office as it was, ending one."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import cli
from tests.architecture.sources import ROOT

PROVINCES = ROOT.parent / "shared" / "data" / "vietnam" / "provinces_wards_2026-07-25.json"
TABLE = "code,name_vi,name_en,level\nH27,Tỉnh,Province,province\nH27.D1,Huyện,District,province\n"


def run(folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(cli, ["offices", *arguments, "--data", str(folder), "--json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "offices.csv"
    path.write_text(TABLE)
    return str(path)


def test_list_is_registered_once_and_what_changed_once_more(tmp_path: Path, table: str) -> None:
    first = run(tmp_path / "data", "import", table)
    again = run(tmp_path / "data", "import", table)
    Path(table).write_text(TABLE.replace("District", "Former District"))
    changed = run(tmp_path / "data", "import", table)

    counts = [
        (members["read"], members["registered"], members["unchanged"], members["failed"])
        for _, members in (first, again, changed)
    ]
    assert counts == [(2, 2, 0, 0), (2, 0, 2, 0), (2, 1, 1, 0)]
    assert [code for code, _ in (first, again, changed)] == [0, 0, 0]


def test_row_that_fails_ends_with_one(tmp_path: Path, table: str) -> None:
    Path(table).write_text(TABLE + "H27,Tỉnh,Twice,province\n")

    code, members = run(tmp_path / "data", "import", table)

    assert (code, members["registered"], members["failed"]) == (1, 2, 1)
    assert members["failures"][0]["id"] == "H27"


def test_ended_office_names_its_successor_and_is_shown_as_it_was(
    tmp_path: Path, table: str
) -> None:
    data = tmp_path / "data"
    run(data, "import", table, "--valid-from", "2010-01-01", "--office-hours", "07:00-11:00")

    code, _ = run(data, "end", "H27.D1", "--on", "2025-06-30", "--successor", "H27")
    shown = run(data, "show", "H27.D1")[1]

    assert code == 0
    assert (shown["versions"], shown["office"]["succeeded_by"]) == (2, ["H27"])
    assert shown["office"]["office_hours"] == [{"opens": "07:00", "closes": "11:00"}]
    assert run(data, "show", "H27.D1", "--on", "2025-06-30")[1]["in_force"] is True
    assert run(data, "show", "H27.D1", "--on", "2025-07-01")[1]["in_force"] is False


def test_repeated_import_does_not_bring_an_ended_office_back(tmp_path: Path, table: str) -> None:
    """A repeat of the list took the end and the successor away again, without a word."""
    data = tmp_path / "data"
    run(data, "import", table)
    run(data, "end", "H27.D1", "--on", "2025-06-30", "--successor", "H27")

    code, again = run(data, "import", table)
    other, changed = run(data, "import", table, "--office-hours", "07:00-11:00")

    assert (code, again["registered"], again["failed"]) == (0, 0, 0)
    assert other == 1
    assert [each["code"] for each in changed["failures"]] == ["office_ended"]
    assert run(data, "show", "H27.D1")[1]["office"]["succeeded_by"] == ["H27"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "H99"),
        ("end", "H27", "--on", "30/06/2025"),
        ("end", "H27", "--on", "2025-06-30", "--successor", "H99"),
        ("end", "H27", "--on", "2025-06-30", "--successor", "H27"),
        ("import", "{table}", "--office-hours", "noon"),
        ("import", "{table}", "--valid-from", "soon"),
    ],
)
def test_what_cannot_be_done_is_a_usage_problem(
    tmp_path: Path, table: str, arguments: tuple[str, ...]
) -> None:
    run(tmp_path / "data", "import", table)

    code, members = run(tmp_path / "data", *(each.format(table=table) for each in arguments))

    assert (code, members["code"]) == (2, "usage")


@pytest.mark.served
@pytest.mark.skipif(not PROVINCES.exists(), reason="the shared data folder is absent")
def test_all_of_viet_nam_is_registered_and_a_repeat_changes_nothing(tmp_path: Path) -> None:
    code, first = run(tmp_path / "data", "import", str(PROVINCES))
    _, again = run(tmp_path / "data", "import", str(PROVINCES))

    assert (code, first["read"], first["registered"], first["failed"]) == (0, 3355, 3355, 0)
    assert (again["registered"], again["unchanged"]) == (0, 3355)
