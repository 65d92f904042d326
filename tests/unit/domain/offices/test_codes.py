"""Dossier codes: the formats of the circulars, read as given and written back."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import MalformedDossierCode
from domain.offices.codes import (
    CodeBook,
    CodeFormat,
    parse_dossier_code,
    render_dossier_code,
)

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("text", "agency", "day", "number", "running"),
    [
        ("000.00.00.H01-190829-0001", "000.00.00.H01", date(2019, 8, 29), "0001", 1),
        ("H26.012.00-260301-050001", "H26.012.00", DAY, "050001", 1),
        ("H26.012.00-260301-AB0017", "H26.012.00", DAY, "AB0017", 17),
        ("H26.012.00-260301-AB123456", "H26.012.00", DAY, "AB123456", 123_456),
        ("H44.100-260926-0001", "H44.100", date(2026, 9, 26), "0001", 1),
        ("G01-260301-0042", "G01", DAY, "0042", 42),
        ("H27.15-260301-AAAA", "H27.15", DAY, "AAAA", None),
    ],
)
def test_code_is_read_in_its_parts(
    text: str, agency: str, day: date, number: str, running: int | None
) -> None:
    code = parse_dossier_code(text)

    assert (code.text, code.agency, code.day, code.number) == (text, agency, day, number)
    assert code.running_number == running


@pytest.mark.parametrize(
    "text",
    [
        "",
        "H27.15",
        "H27.15-260301-1",
        "H27.15-260301-123456789",
        "H27.15-260231-0001",
        "H27.15-261301-0001",
        "h27.15-260301-0001",
        "H27.15-260301-0001\n",
        " H27.15-260301-0001",
        "H27..15-260301-0001",
        "H27.1.1.1.1-260301-0001",
        "H27.15-२६0301-0001",
    ],
)
def test_other_text_is_no_code(text: str) -> None:
    with pytest.raises(MalformedDossierCode):
        parse_dossier_code(text)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(MalformedDossierCode):
        assert parse_dossier_code(text).text == text


@pytest.mark.parametrize(
    ("code_format", "identity_code", "owner", "text"),
    [
        (CodeFormat.A, "H01", "", "000.00.00.H01-260301-0007"),
        (CodeFormat.A, "H27.15", "", "000.00.15.H27-260301-0007"),
        (CodeFormat.A, "H27.15.03", "", "000.03.15.H27-260301-0007"),
        (CodeFormat.A, "000.00.00.H01", "", "000.00.00.H01-260301-0007"),
        (CodeFormat.B, "H26.012.00", "05", "H26.012.00-260301-050007"),
        (CodeFormat.SHORT, "H44.100", "", "H44.100-260301-0007"),
    ],
)
def test_code_is_written_in_its_format(
    code_format: CodeFormat, identity_code: str, owner: str, text: str
) -> None:
    book = CodeBook(code_format, identity_code, DAY, owner)

    assert render_dossier_code(book, 7) == text
    assert parse_dossier_code(text).running_number == 7


@pytest.mark.parametrize(
    ("code_format", "identity_code", "owner", "number"),
    [
        pytest.param(CodeFormat.A, "H44.100", "", 1, id="a block too wide for format A"),
        pytest.param(CodeFormat.A, "1.2.3.4.5", "", 1, id="five blocks"),
        pytest.param(CodeFormat.A, "H27", "05", 1, id="an owner in format A"),
        pytest.param(CodeFormat.B, "H26", "05", 1, id="one block in format B"),
        pytest.param(CodeFormat.B, "H26.012.00", "", 1, id="no owner in format B"),
        pytest.param(CodeFormat.B, "H26.012.00", "5", 1, id="half an owner"),
        pytest.param(CodeFormat.SHORT, "gso-00004", "", 1, id="no identity code"),
        pytest.param(CodeFormat.A, "H27", "", 0, id="number nought"),
        pytest.param(CodeFormat.A, "H27", "", 10_000, id="a fifth digit"),
    ],
)
def test_code_that_no_circular_knows_is_not_written(
    code_format: CodeFormat, identity_code: str, owner: str, number: int
) -> None:
    with pytest.raises(MalformedDossierCode):
        render_dossier_code(CodeBook(code_format, identity_code, DAY, owner), number)


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(1, 9999),
    st.from_regex(r"[0-9A-Z]{2}", fullmatch=True),
)
def test_written_codes_are_read_back(day: date, number: int, owner: str) -> None:
    for book in (
        CodeBook(CodeFormat.A, "H27.15", day),
        CodeBook(CodeFormat.B, "H26.012.00", day, owner),
        CodeBook(CodeFormat.SHORT, "H44.100", day),
    ):
        code = parse_dossier_code(render_dossier_code(book, number))

        assert (code.day, code.running_number) == (day, number)
