"""The datasets of the registry: every published version of procedures and offices, one a row."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.errors import Sentence
from domain.moments import render_moment
from domain.offices import OfficeRecord, OfficeVersion
from domain.procedures import FactTag, Limit, Procedure
from projections.opendata.shapes import ColumnType, Dataset, Row, column, optional
from projections.views import ViewReader

_DOCUMENT: Final = column(
    "document",
    ColumnType.TEXT,
    "SHA-256 của văn bản công bố, dạng hex; đọc tại /documents/<hex>.",
    "SHA-256 of the published document in hex; served at /documents/<hex>.",
)
_FROM: Final = optional("valid_from", ColumnType.DAY, "Có hiệu lực từ ngày.", "First day in force.")
_TO: Final = optional("valid_to", ColumnType.DAY, "Hết hiệu lực sau ngày.", "Last day in force.")
_NAME_VI: Final = column("name_vi", ColumnType.TEXT, "Tên tiếng Việt.", "Vietnamese name.")
_NAME_EN: Final = column("name_en", ColumnType.TEXT, "Tên tiếng Anh.", "English name.")

PROCEDURES: Final = Dataset(
    name="procedures",
    definition="procedures@v1",
    title=Sentence("Thủ tục hành chính", "Procedures"),
    meaning=Sentence(
        "Mỗi phiên bản đã công bố của một thủ tục là một dòng. Thời hạn, phí mà nguồn không nêu "
        "thì để trống; điều chưa đối chiếu văn bản luật được nêu trong cột unverified.",
        "One row per published version of a procedure. A limit or fee that the source does not "
        "state is empty; what no legal text confirms is named in the column unverified.",
    ),
    order=Sentence("Theo mã, phiên bản.", "By code and version."),
    columns=(
        column("code", ColumnType.TEXT, "Mã thủ tục.", "Code of the procedure."),
        column("version", ColumnType.INTEGER, "Phiên bản.", "Version."),
        _NAME_VI,
        _NAME_EN,
        optional("field", ColumnType.TEXT, "Lĩnh vực.", "Field."),
        column(
            "levels",
            ColumnType.WORDS,
            "Các cấp có cơ quan thực hiện.",
            "Levels whose offices carry it out.",
        ),
        optional("limit_amount", ColumnType.INTEGER, "Thời hạn giải quyết.", "Time limit."),
        column(
            "limit_unit",
            ColumnType.TEXT,
            "Đơn vị của thời hạn; unknown nếu nguồn không nêu.",
            "Unit of the limit; unknown where the source states none.",
        ),
        optional("fee_vnd", ColumnType.INTEGER, "Phí, lệ phí chung, đồng.", "General fee in đồng."),
        optional(
            "service",
            ColumnType.TEXT,
            "Mức dịch vụ công trực tuyến: full, partial hoặc info_only.",
            "Online service level: full, partial or info_only.",
        ),
        optional(
            "law",
            ColumnType.TEXT,
            "Văn bản công bố thủ tục.",
            "The text that publishes the procedure.",
        ),
        _FROM,
        _TO,
        column(
            "unverified",
            ColumnType.WORDS,
            "Những mục chưa đối chiếu với văn bản luật; không phải là quy định.",
            "Members that no legal text confirms: not to be taken for law.",
        ),
        _DOCUMENT,
    ),
    key=("code", "version"),
)

OFFICES: Final = Dataset(
    name="offices",
    definition="offices@v1",
    title=Sentence("Cơ quan", "Offices"),
    meaning=Sentence(
        "Mỗi văn bản đăng ký của một cơ quan là một dòng, kể cả văn bản cũ.",
        "One row per registered document of an office, earlier ones included.",
    ),
    order=Sentence("Theo mã, thứ tự đăng ký.", "By id and order of registration."),
    columns=(
        column("id", ColumnType.TEXT, "Mã cơ quan.", "Id of the office."),
        column(
            "number",
            ColumnType.INTEGER,
            "Thứ tự văn bản của cơ quan, từ 1.",
            "Place among the office's documents, from 1.",
        ),
        column(
            "is_present",
            ColumnType.BOOLEAN,
            "Đúng nếu là văn bản mới nhất.",
            "Whether it is the newest document.",
        ),
        _NAME_VI,
        _NAME_EN,
        column("level", ColumnType.TEXT, "Cấp.", "Level."),
        optional("parent", ColumnType.TEXT, "Cơ quan cấp trên.", "The office above it."),
        optional(
            "identity_code",
            ColumnType.TEXT,
            "Mã định danh trên Cổng quốc gia.",
            "Code in the national portal.",
        ),
        optional("statistical_code", ColumnType.TEXT, "Mã thống kê.", "Statistical code."),
        column("time_zone", ColumnType.TEXT, "Múi giờ.", "Time zone (IANA)."),
        _FROM,
        _TO,
        column(
            "succeeds",
            ColumnType.WORDS,
            "Các cơ quan mà nó kế tục.",
            "Offices that it succeeds.",
        ),
        column(
            "succeeded_by",
            ColumnType.WORDS,
            "Các cơ quan kế tục nó.",
            "Offices that succeed it.",
        ),
        column(
            "registered_at",
            ColumnType.MOMENT,
            "Khi nào được đăng ký.",
            "When it was registered.",
        ),
        _DOCUMENT,
    ),
    key=("id", "number"),
)


def procedure_rows(reader: ViewReader) -> Iterator[Row]:
    """Give the rows of `PROCEDURES`."""
    for _, record in sorted(reader.procedures().items()):
        for procedure, document in zip(record.versions, record.documents, strict=True):
            yield _procedure_row(procedure, document)


def office_rows(reader: ViewReader) -> Iterator[Row]:
    """Give the rows of `OFFICES`."""
    for _, record in sorted(reader.offices().items()):
        for number, version in enumerate(record.versions, 1):
            yield _office_row(record, number, version)


def _procedure_row(procedure: Procedure, document: str) -> Row:
    return {
        "code": procedure.code,
        "version": procedure.version,
        "name_vi": procedure.name.vi,
        "name_en": procedure.name.en,
        "field": procedure.field,
        "levels": tuple(level.value for level in procedure.office_levels()),
        **_limit_cells(procedure.limit),
        "fee_vnd": procedure.fee_vnd,
        "service": None
        if procedure.service_level is None
        else procedure.service_level.service.value,
        "law": procedure.law,
        **_validity(procedure.valid_from, procedure.valid_to),
        "unverified": unverified(procedure),
        "document": document,
    }


def _limit_cells(limit: Limit) -> Row:
    return {"limit_amount": limit.amount, "limit_unit": limit.unit.value}


def _validity(valid_from: date | None, valid_to: date | None) -> Row:
    return {"valid_from": valid_from, "valid_to": valid_to}


def unverified(procedure: Procedure) -> tuple[str, ...]:
    """Give the members of a procedure that its own document says nobody verified."""
    found = (
        member
        for each in procedure.provenance
        if each.tag is FactTag.UNVERIFIED
        for member in each.members
    )
    return tuple(dict.fromkeys(found))


def _office_row(record: OfficeRecord, number: int, version: OfficeVersion) -> Row:
    office = version.office
    return {
        "id": office.id,
        "number": number,
        "is_present": number == len(record.versions),
        "name_vi": office.name.vi,
        "name_en": office.name.en,
        "level": office.level.value,
        "parent": office.parent,
        "identity_code": office.identity_code,
        "statistical_code": office.statistical_code,
        "time_zone": office.time_zone,
        **_validity(office.valid_from, office.valid_to),
        "succeeds": office.succeeds,
        "succeeded_by": office.succeeded_by,
        "registered_at": render_moment(version.registered_at),
        "document": version.document,
    }
