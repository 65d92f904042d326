r"""The national portal's procedure pages as JSON, in the shape in which they circulate publicly.

One file is one procedure; everything outside the members below is ignored, and a text that says
that there is nothing is absent. For example::

    {"thu_tuc_id": "1.013124",
     "metadata": {"tên_thủ_tục": "…", "cấp_thực_hiện": "Cấp Bộ", "lĩnh_vực": "…"},
     "content": {"trình_tự_thực_hiện": "…"},
     "tables": {"hinh_thuc_nop": [{"hinh_thuc": "Trực tiếp", "phi_le_phi": "Phí : 0 Đồng",
                                   "thoi_han_giai_quyet": "30 Ngày làm việc", "mo_ta": ""}],
                "thanh_phan_ho_so": [{"ten_giay_to": "…", "ghi_chu": "Bản chính: 1\nBản sao: 0"}],
                "can_cu_phap_ly": [{"so_ky_hieu": "…", "trich_yeu": "…"}]}}
"""

from typing import Final

import msgspec

from domain.errors import MalformedDocument
from domain.offices import decode_document
from ledger.catalogue.readings import MalformedCatalogue

# What the portal writes where it has nothing to say.
NOTHING: Final = frozenset({"", "không có thông tin", "không có", "không"})


class PortalMetadata(msgspec.Struct, frozen=True):
    """What a procedure is called, and who published it."""

    code: str = msgspec.field(name="mã_thủ_tục", default="")
    name: str = msgspec.field(name="tên_thủ_tục", default="")
    decision: str = msgspec.field(name="số_quyết_định", default="")
    levels: str = msgspec.field(name="cấp_thực_hiện", default="")
    kind: str = msgspec.field(name="loại_thủ_tục", default="")
    field: str = msgspec.field(name="lĩnh_vực", default="")


class PortalContent(msgspec.Struct, frozen=True):
    """The parts of a procedure that are prose."""

    steps: str = msgspec.field(name="trình_tự_thực_hiện", default="")
    ways: str = msgspec.field(name="cách_thức_thực_hiện", default="")
    subjects: str = msgspec.field(name="đối_tượng_thực_hiện", default="")
    executing_office: str = msgspec.field(name="cơ_quan_thực_hiện", default="")
    competent_office: str = msgspec.field(name="cơ_quan_có_thẩm_quyền", default="")
    authorised_office: str = msgspec.field(name="cơ_quan_được_ủy_quyền", default="")
    coordinating_office: str = msgspec.field(name="cơ_quan_phối_hợp", default="")
    receiving_address: str = msgspec.field(name="địa_chỉ_tiếp_nhận_hs", default="")
    result: str = msgspec.field(name="kết_quả_thực_hiện", default="")
    conditions: str = msgspec.field(name="yêu_cầu_điều_kiện_thực_hiện", default="")
    keywords: str = msgspec.field(name="từ_khóa", default="")
    description: str = msgspec.field(name="mô_tả", default="")


class PortalWay(msgspec.Struct, frozen=True):
    """One way of handing in, with the limit and the fee that hold for it."""

    channel: str = msgspec.field(name="hinh_thuc", default="")
    limit: str = msgspec.field(name="thoi_han_giai_quyet", default="")
    fee: str = msgspec.field(name="phi_le_phi", default="")
    description: str = msgspec.field(name="mo_ta", default="")


class PortalPaper(msgspec.Struct, frozen=True):
    """One paper; under `so_luong` stand the names of its forms, in the note the numbers."""

    name: str = msgspec.field(name="ten_giay_to", default="")
    forms: str = msgspec.field(name="so_luong", default="")
    note: str = msgspec.field(name="ghi_chu", default="")


class PortalBasis(msgspec.Struct, frozen=True):
    """One legal text that the procedure rests on."""

    number: str = msgspec.field(name="so_ky_hieu", default="")
    title: str = msgspec.field(name="trich_yeu", default="")
    issued_on: str = msgspec.field(name="ngay_ban_hanh", default="")
    issued_by: str = msgspec.field(name="co_quan_ban_hanh", default="")


class PortalTables(msgspec.Struct, frozen=True):
    """The parts of a procedure that are tables."""

    ways: tuple[PortalWay, ...] = msgspec.field(name="hinh_thuc_nop", default=())
    papers: tuple[PortalPaper, ...] = msgspec.field(name="thanh_phan_ho_so", default=())
    legal_basis: tuple[PortalBasis, ...] = msgspec.field(name="can_cu_phap_ly", default=())


class PortalProcedure(msgspec.Struct, frozen=True):
    """One procedure as the portal publishes it."""

    code: str = msgspec.field(name="thu_tuc_id")
    metadata: PortalMetadata
    source_file: str = ""
    content: PortalContent = PortalContent()
    tables: PortalTables = PortalTables()


_DECODER: Final = msgspec.json.Decoder(PortalProcedure)


def parse_portal_procedure(data: bytes) -> PortalProcedure:
    """Read one file of the portal.

    Raises:
        MalformedCatalogue: over 256 KiB, not JSON, another shape, or two codes that differ.
    """
    try:
        page = decode_document(data, _DECODER)
    except MalformedDocument as error:
        raise MalformedCatalogue(str(error.__cause__ or "more than 256 KiB")) from error
    if page.metadata.code not in ("", page.code):
        raise MalformedCatalogue(f"{page.code} calls itself {page.metadata.code}")
    return page


def said(text: str) -> str | None:
    """Give a text of the portal, or None where it says that there is nothing."""
    stripped = text.strip()
    return None if stripped.casefold().rstrip(".") in NOTHING else stripped
