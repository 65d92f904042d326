"""The portal's page becomes our document: nothing guessed, nothing lost, doubts said."""

from typing import Any

import pytest

from domain.facts import Channel
from domain.offices import Level
from domain.procedures import FactTag, Fee, Limit, LimitUnit, Publication, Sensitivity
from ledger.catalogue.mapping import MAX_NAME_CHARACTERS, read_page
from ledger.catalogue.portal import parse_portal_procedure
from ledger.catalogue.readings import MalformedCatalogue, ReadProcedure
from tests.unit.ledger.catalogue.samples import a_page, a_way, as_bytes


def read(page: dict[str, Any]) -> ReadProcedure:
    return read_page(parse_portal_procedure(as_bytes(page)))


def codes(reading: ReadProcedure) -> list[str]:
    return [warning.code for warning in reading.warnings]


def test_page_is_read_with_its_papers_texts_and_basis() -> None:
    procedure = read(a_page()).procedure

    (case,) = procedure.cases
    first, second = case.components
    assert procedure.name.vi == procedure.name.en == "Thủ tục mẫu"
    assert procedure.name_untranslated
    assert (first.code, first.originals, first.copies, first.form) == ("TP01", 1, 2, "mau.doc")
    assert (second.originals, second.note) == (None, "tùy trường hợp")
    assert procedure.texts.steps == "Bước 1"
    assert procedure.legal_basis == ("12; Văn bản mẫu",)
    assert procedure.keywords == ()


def test_what_the_page_does_not_state_is_tagged_as_unverified() -> None:
    (unverified,) = (
        each for each in read(a_page()).procedure.provenance if each.tag is FactTag.UNVERIFIED
    )

    assert "supplement_policy" in unverified.members


def test_channels_that_agree_share_one_limit() -> None:
    reading = read(a_page("1.000001", a_way(), a_way("Trực tuyến")))

    assert reading.procedure.limit.amount == 7
    assert reading.procedure.channel_limits.online is None
    assert reading.procedure.channels == (Channel.COUNTER, Channel.ONLINE)
    assert (reading.limits_parsed, reading.limits_prose) == (2, 0)


def test_channels_that_differ_have_limit_and_fee_of_their_own() -> None:
    reading = read(
        a_page(
            "1.000001",
            a_way("Trực tiếp", "40 Ngày", fee="Phí : 20.000 Đồng"),
            a_way("Dịch vụ bưu chính", "30 Ngày", fee="Phí : 10.000 Đồng"),
        )
    )

    procedure = reading.procedure
    assert procedure.limit == Limit(unit=LimitUnit.UNKNOWN)
    assert procedure.limit_for(Channel.COUNTER).amount == 40
    assert procedure.limit_for(Channel.POST).amount == 30
    assert procedure.fee_vnd is None
    assert procedure.fee_for(Channel.POST) == Fee(amount_vnd=10_000, prose="Phí : 10.000 Đồng")


def test_doubtful_limit_is_kept_as_prose_with_a_warning() -> None:
    reading = read(a_page("1.000001", a_way(limit="10-25"), a_way("Trực tuyến", "5 Ngày")))

    assert reading.procedure.limit_for(Channel.COUNTER).prose == "10-25"
    assert codes(reading) == ["limit_unreadable"]
    assert (reading.limits_parsed, reading.limits_prose) == (1, 1)


@pytest.mark.parametrize(
    ("text", "levels", "warned"),
    [
        ("Cấp Bộ", (Level.CENTRAL,), []),
        ("Cấp Bộ, Cấp Tỉnh, Cấp Xã", (Level.CENTRAL, Level.PROVINCE, Level.COMMUNE), []),
        ("Cấp Xã, Cơ quan khác", (Level.COMMUNE,), ["level_unknown"]),
    ],
)
def test_every_level_that_is_known_is_named(
    text: str, levels: tuple[Level, ...], warned: list[str]
) -> None:
    reading = read(a_page(cấp_thực_hiện=text))

    assert reading.procedure.office_levels() == levels
    assert reading.procedure.texts.levels == text
    assert codes(reading) == warned


def test_private_field_is_veiled_and_says_that_this_is_ours() -> None:
    procedure = read(a_page(lĩnh_vực="Hộ tịch")).procedure

    assert procedure.sensitivity is Sensitivity.CIVIL_STATUS
    assert procedure.publication_at(Level.COMMUNE) is Publication.VEILED
    assert any(
        each.tag is FactTag.DESIGN and "sensitivity" in each.members
        for each in procedure.provenance
    )


@pytest.mark.parametrize("length", [MAX_NAME_CHARACTERS, MAX_NAME_CHARACTERS + 1])
def test_name_over_its_bound_is_kept_whole_in_the_texts(length: int) -> None:
    reading = read(a_page(tên_thủ_tục="x" * length))

    is_over = length > MAX_NAME_CHARACTERS
    assert len(reading.procedure.name.vi) == MAX_NAME_CHARACTERS
    assert reading.procedure.texts.name == ("x" * length if is_over else None)
    assert codes(reading) == (["name_shortened"] if is_over else [])


def test_paper_that_looks_like_the_heading_of_a_case_is_warned_of() -> None:
    page = a_page()
    page["tables"]["thanh_phan_ho_so"][0]["ten_giay_to"] = "Trường hợp 1: Hồ sơ gồm:"

    assert codes(read(page)) == ["component_may_be_a_case"]


def test_page_without_a_way_of_handing_in_has_no_limit() -> None:
    page = a_page()
    page["tables"]["hinh_thuc_nop"] = []

    reading = read(page)

    assert reading.procedure.limit.unit is LimitUnit.UNKNOWN
    assert codes(reading) == ["no_channel"]


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(a_page("1.00001"), id="no code"),
        pytest.param(a_page(mã_thủ_tục="1.000002"), id="two codes"),
        pytest.param(a_page(tên_thủ_tục=" "), id="no name"),
        pytest.param(a_page(cấp_thực_hiện="Cơ quan khác"), id="no level"),
        pytest.param(a_page("1.000001", a_way("Bồ câu")), id="unknown channel"),
        pytest.param(a_page(số_quyết_định="x" * 20_001), id="text over its bound"),
    ],
)
def test_page_that_cannot_be_read_is_refused_and_not_cut(page: dict[str, Any]) -> None:
    with pytest.raises(MalformedCatalogue):
        read(page)


def test_page_over_the_bound_of_a_document_is_refused() -> None:
    page = a_page()
    page["content"]["trình_tự_thực_hiện"] = "x" * 262_144

    with pytest.raises(MalformedCatalogue):
        read(page)
