"""Searching the catalogue in the views: by folded words, in one stable order, page by page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from domain.moments import parse_moment
from domain.offices import BilingualName, Level, OfficeRecord
from projections.catalogue.rows import row_of_procedure
from projections.catalogue.searching import MAX_PAGE, ProcedureQuery, search_codes
from projections.tables import open_engine, procedures_table
from tests.support.builders import a_procedure, an_office

OFFICES = {
    office.id: OfficeRecord(office, "aa", parse_moment("2026-01-01"))
    for office in (
        an_office("TTHC", level=Level.CENTRAL),
        an_office("H27", level=Level.PROVINCE),
        an_office("H27.101", level=Level.COMMUNE, parent="H27"),
        an_office("H30", level=Level.PROVINCE),
    )
}


def a_row(code: str, name: str, office: str = "TTHC", **more: Any) -> dict[str, object]:
    procedure = a_procedure(code=code, name=BilingualName(vi=name, en="Matter"), **more)
    return msgspec.structs.asdict(row_of_procedure(procedure, office))


ROWS = [
    a_row("1.001193", "Đăng ký khai sinh", field="Hộ tịch", life_events=("Sinh con",)),
    a_row("1.000656", "Đăng ký khai tử", field="Hộ tịch", levels=(Level.COMMUNE, Level.PROVINCE)),
    a_row("3.000347", "Đổi giấy phép lái xe", level=Level.PROVINCE, keywords=("bằng lái",)),
    a_row("2.000001", "Việc riêng của tỉnh", "H27", level=Level.PROVINCE),
    a_row("2.000002", "Việc của tỉnh khác", "H30"),
]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sa.Connection]:
    engine = open_engine(tmp_path / "views.sqlite3")
    with engine.begin() as opened:
        opened.execute(sa.insert(procedures_table), ROWS)
        yield opened
    engine.dispose()


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ({}, ["1.000656", "1.001193", "2.000001", "2.000002", "3.000347"]),
        ({"words": "khai sinh"}, ["1.001193"]),
        ({"words": "Đăng Ký"}, ["1.000656", "1.001193"]),
        ({"words": "dang ky KHAI"}, ["1.000656", "1.001193"]),
        ({"words": "sinh dang"}, ["1.001193"]),
        ({"words": "giay phep la"}, ["3.000347"]),
        ({"words": "bang lai"}, ["3.000347"]),
        ({"words": "hai"}, []),
        ({"words": "1.001193"}, ["1.001193"]),
        ({"words": "%"}, ["1.000656", "1.001193", "2.000001", "2.000002", "3.000347"]),
        ({"words": "matter"}, ["1.000656", "1.001193", "2.000001", "2.000002", "3.000347"]),
        ({"field": "ho tich"}, ["1.000656", "1.001193"]),
        ({"field": "tich"}, ["1.000656", "1.001193"]),
        ({"field": "ho ti"}, []),
        ({"level": Level.PROVINCE}, ["1.000656", "2.000001", "3.000347"]),
        ({"level": Level.LEGACY_DISTRICT}, []),
        ({"life_event": "sinh con"}, ["1.001193"]),
        ({"life_event": "sinh"}, []),
        ({"office": "H27.101"}, ["1.000656", "1.001193"]),
        ({"office": "H27"}, ["1.000656", "2.000001", "3.000347"]),
        ({"office": "H30"}, ["1.000656", "2.000002", "3.000347"]),
        ({"office": "H99"}, []),
        ({"after": "1.001193"}, ["2.000001", "2.000002", "3.000347"]),
        ({"words": "dang ky", "life_event": "Sinh con", "level": Level.COMMUNE}, ["1.001193"]),
    ],
)
def test_question_finds_by_code(
    connection: sa.Connection, question: dict[str, Any], codes: list[str]
) -> None:
    assert search_codes(connection, ProcedureQuery(**question), OFFICES) == (codes, None)


def test_pages_together_are_the_whole_and_none_twice(connection: sa.Connection) -> None:
    seen: list[str] = []
    after: str | None = None
    while True:
        page, after = search_codes(connection, ProcedureQuery(after=after, limit=2), OFFICES)
        seen += page
        if after is None:
            break

    assert seen == sorted(str(row["code"]) for row in ROWS)


def test_page_of_exactly_what_is_left_has_no_next(connection: sa.Connection) -> None:
    assert search_codes(connection, ProcedureQuery(limit=5), OFFICES)[1] is None
    assert search_codes(connection, ProcedureQuery(limit=4), OFFICES)[1] == "2.000002"
    assert len(search_codes(connection, ProcedureQuery(limit=MAX_PAGE), OFFICES)[0]) == 5
