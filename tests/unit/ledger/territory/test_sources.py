"""Lists of offices: the provinces file and tables, with and without what they lack."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.offices import Level, Office, parse_office
from ledger.errors import DocumentMismatch
from ledger.territory.identity_codes import PROVINCE_CODES
from ledger.territory.sources import OfficeDefaults, ReadOffice, read_offices
from tests.architecture.sources import ROOT

SHARED = ROOT.parent / "shared" / "data" / "vietnam"
PROVINCES = SHARED / "provinces_wards_2026-07-25.json"
MINISTRIES = SHARED / "agency_codes_G.csv"


def a_province(code: str = "42", name: str = "Hà Tĩnh", **changes: Any) -> dict[str, Any]:
    ward = {"Code": "18073", "FullName": "Xã Cẩm Lạc", "FullNameEn": "Cam Lac Commune"}
    return {
        "Code": code,
        "Name": name,
        "FullName": f"Tỉnh {name}",
        "FullNameEn": "Ha Tinh Province",
        "Wards": [ward],
    } | changes


def read(source: object) -> list[ReadOffice]:
    text = source if isinstance(source, str) else json.dumps(source)
    return read_offices(text.encode(), OfficeDefaults())


def offices_of(source: object) -> list[Office]:
    return [parse_office(each.document) for each in read(source)]


def test_province_has_both_codes_and_its_communes_their_statistical_one() -> None:
    province, commune = offices_of([a_province()])

    assert (province.id, province.identity_code, province.statistical_code) == ("H27", "H27", "42")
    assert (commune.id, commune.parent, commune.level) == ("gso-18073", "H27", Level.COMMUNE)
    assert (commune.identity_code, commune.statistical_code) == (None, "18073")
    assert commune.name.vi == "Xã Cẩm Lạc"


@pytest.mark.parametrize("name", ["Thanh Hóa", "Thanh Hoá", "thanh hoá"])
def test_province_is_known_by_either_spelling_of_its_name(name: str) -> None:
    assert offices_of([a_province(name=name)])[0].id == "H56"


def test_province_that_the_portals_list_lacks_keeps_its_statistical_code_alone() -> None:
    province = offices_of([a_province(code="99", name="Nơi Khác")])[0]

    assert (province.id, province.identity_code) == ("gso-99", None)


def test_table_says_what_it_knows_and_the_rest_is_said_to_be_missing() -> None:
    table = (
        "code,name_vi,name_en,level,valid_to,succeeded_by,source_note\n"
        "G01,Bộ Công an,,,,,one source\n"
        "H27.D1,Huyện Cũ,Old District,legacy_district,2025-06-30,H27.1 H27.2,idem\n"
    )

    ministry, district = offices_of(table)

    assert (ministry.level, ministry.name.en) == (Level.CENTRAL, "Bộ Công an")
    assert ministry.note == "one source; no English name in the source"
    assert district.level is Level.LEGACY_DISTRICT
    assert (str(district.valid_to), district.succeeded_by) == ("2025-06-30", ("H27.1", "H27.2"))
    assert district.note == "one source"


def test_row_that_is_no_office_is_named_and_the_others_are_read() -> None:
    rows = read("code,name_vi,level\nG01,Bộ Công an,\nG02,Bộ Khác,village\nG 3,Bộ Ba,\n,Bộ Bốn,\n")

    assert [bool(each.problem) for each in rows] == [False, True, True, True]


@pytest.mark.parametrize(
    "source",
    ["", "[", "[{}]", '{"a":1}', "name,id\nx,y\n", "name_vi\nBộ\n", "[[[[", "\x00"],
)
def test_what_is_no_list_of_offices_is_refused(source: str) -> None:
    with pytest.raises(DocumentMismatch):
        read(source)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(DocumentMismatch):
        read_offices(b"\xff\xfe\x00", OfficeDefaults())


@pytest.mark.skipif(not PROVINCES.exists(), reason="the shared data folder is absent")
def test_all_provinces_and_communes_are_read() -> None:
    offices = [parse_office(each.document) for each in _shared(PROVINCES)]

    levels = [office.level for office in offices]
    assert (levels.count(Level.PROVINCE), levels.count(Level.COMMUNE)) == (34, 3321)
    codes = {office.identity_code for office in offices if office.level is Level.PROVINCE}
    assert codes == set(PROVINCE_CODES.values())
    assert len({office.id for office in offices}) == len(offices)


@pytest.mark.skipif(not MINISTRIES.exists(), reason="the shared data folder is absent")
def test_all_ministries_are_read() -> None:
    offices = [parse_office(each.document) for each in _shared(MINISTRIES)]

    assert len(offices) == 29
    assert {office.level for office in offices} == {Level.CENTRAL}


def _shared(path: Path) -> list[ReadOffice]:
    read_here = read_offices(path.read_bytes(), OfficeDefaults())
    assert [each for each in read_here if each.problem] == []
    return read_here
