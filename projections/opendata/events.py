"""The dataset of events: one row per published act, in the order of the log.

Entry indexes have gaps: seals, envelopes and the veils of veiled dossiers are entries and no acts
that anybody may read one by one, so no row stands for them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from domain.errors import Sentence
from domain.moments import Moment, render_moment
from projections.dossier_rows import Act, render_due
from projections.opendata.shapes import Column, ColumnType, Dataset, Row, column, optional

DAY_PRECISION: Final = "day"
SECOND_PRECISION: Final = "second"

_COLUMNS: Final[tuple[Column, ...]] = (
    column(
        "entry_index",
        ColumnType.INTEGER,
        "Số thứ tự của mục trong nhật ký, từ 0; có khoảng trống.",
        "Index of the entry in the log, from 0; there are gaps.",
    ),
    column(
        "stream",
        ColumnType.TEXT,
        "Dòng sự kiện: loại và mã ngẫu nhiên của hồ sơ, khóa, cơ quan…",
        "The stream: type and random id of the dossier, key, office …",
    ),
    column(
        "stream_type",
        ColumnType.TEXT,
        "Loại dòng sự kiện: dossier, key, office, procedure…",
        "Type of the stream: dossier, key, office, procedure …",
    ),
    column(
        "version",
        ColumnType.INTEGER,
        "Thứ tự của hành vi trong dòng, từ 1, không có khoảng trống.",
        "Place of the act within its stream, from 1 without gaps.",
    ),
    column(
        "kind",
        ColumnType.TEXT,
        "Loại hành vi, theo bảng đóng của sổ cái.",
        "Kind of act, from the ledger's closed table.",
    ),
    column(
        "at",
        ColumnType.MOMENT,
        "Khi nào việc xảy ra, theo người ký: thời điểm UTC hoặc chỉ có ngày.",
        "When it happened, as its signer says: an instant in UTC, or a day alone.",
    ),
    column(
        "at_precision",
        ColumnType.TEXT,
        "second nếu có giờ, day nếu chỉ có ngày.",
        "second where the time is known, day where only the day is.",
    ),
    optional(
        "at_start",
        ColumnType.INSTANT,
        "Thời điểm, hoặc đầu ngày theo múi giờ của cơ quan; trống nếu chỉ có ngày mà không có "
        "cơ quan.",
        "The instant, or the start of the day in the office's time zone; empty for a day without "
        "an office.",
    ),
    column(
        "recorded_at",
        ColumnType.INSTANT,
        "Thời điểm sổ cái ghi nhận: giờ của niêm phong đầu tiên đã công bố bao trùm mục này.",
        "When the ledger recorded it: the time of the first published seal that covers it.",
    ),
    optional(
        "office",
        ColumnType.TEXT,
        "Cơ quan mà hành vi thuộc về.",
        "The office whose act it is.",
    ),
    column(
        "signer_keys",
        ColumnType.WORDS,
        "Tên các khóa đã ký, theo thứ tự; không phải tên người.",
        "Names of the keys that signed, in order; no person's name.",
    ),
    column(
        "signer_roles",
        ColumnType.WORDS,
        "Vai trò của từng khóa, cùng thứ tự.",
        "The role of each key, in the same order.",
    ),
    optional(
        "performer",
        ColumnType.TEXT,
        "Bí danh của người thực hiện trong dữ liệu nhập từ hệ thống khác.",
        "Pseudonym of who acted, in a history that another system brought.",
    ),
    column(
        "imported",
        ColumnType.BOOLEAN,
        "Đúng nếu do đơn vị nhập dữ liệu ký thay cho hệ thống cũ.",
        "Whether an importer signed for another system's history.",
    ),
    optional(
        "status",
        ColumnType.INTEGER,
        "Trạng thái chính thức của hồ sơ sau hành vi, từ 1 đến 10.",
        "The dossier's official status after the act, 1 to 10.",
    ),
    optional(
        "due",
        ColumnType.MOMENT,
        "Thời hạn giải quyết sau hành vi.",
        "When the legal limit ends, as the act left it.",
    ),
    optional(
        "appointment",
        ColumnType.MOMENT,
        "Ngày hẹn trả sau hành vi.",
        "The appointment on the slip, as the act left it.",
    ),
    optional(
        "amount_vnd",
        ColumnType.INTEGER,
        "Số tiền mà hành vi nêu, đồng.",
        "The amount that the act names, in đồng.",
    ),
    optional(
        "to_office",
        ColumnType.TEXT,
        "Cơ quan mà hành vi chuyển hồ sơ đến.",
        "The office that the act sends the dossier to.",
    ),
    optional(
        "answer_by",
        ColumnType.DAY,
        "Ngày cuối để trả lời mà hành vi đặt ra.",
        "The last day for an answer that the act sets.",
    ),
    optional(
        "refers_to_version",
        ColumnType.INTEGER,
        "Thứ tự của hành vi trước đó trong cùng dòng mà hành vi này nhắc đến.",
        "Version of the earlier act of the stream that it names.",
    ),
    optional(
        "payment_method",
        ColumnType.TEXT,
        "Phương thức thanh toán mà hành vi xác nhận.",
        "How it was paid, where the act confirms a payment.",
    ),
    optional(
        "label",
        ColumnType.TEXT,
        "Tên bước trong dữ liệu nhập từ hệ thống khác, nếu được công khai.",
        "What a step of an imported history was called, where that is public.",
    ),
)

EVENTS: Final = Dataset(
    name="events",
    definition="events@v1",
    title=Sentence("Sự kiện", "Events"),
    meaning=Sentence(
        "Mỗi hành vi đã công bố là một dòng. Hồ sơ được che không có ở đây.",
        "One row per published act. Veiled dossiers are not in it.",
    ),
    order=Sentence("Theo số thứ tự mục trong nhật ký.", "By entry index, never by time."),
    columns=_COLUMNS,
    key=("entry_index",),
)


def event_row(act: Act, zones: Mapping[str, str]) -> Row:
    """Give the row of an act; ``zones`` are the offices' time zones."""
    return {
        "entry_index": act.entry_index,
        "stream": act.stream,
        "stream_type": act.stream.partition(":")[0],
        "version": act.version,
        "kind": act.kind,
        "at": render_moment(act.at),
        "at_precision": DAY_PRECISION if act.at.is_day_only else SECOND_PRECISION,
        "at_start": start_of(act.at, None if act.office is None else zones.get(act.office)),
        "recorded_at": act.recorded_at,
        "office": act.office,
        "signer_keys": tuple(signer.key for signer in act.signers),
        "signer_roles": tuple(signer.role.value for signer in act.signers),
        "performer": act.performer,
        "imported": act.is_imported,
        "status": None if act.status is None else act.status.value,
        "due": render_due(act.due),
        "appointment": render_due(act.appointment),
        "amount_vnd": act.amount_vnd,
        "to_office": act.to_office,
        "answer_by": act.answer_by,
        "refers_to_version": act.refers_to,
        "payment_method": act.payment_method,
        "label": act.label,
    }


def start_of(moment: Moment, zone: str | None) -> datetime | None:
    """Give an instant, or the start of a day in a zone; None for a day in nobody's zone."""
    return moment.instant if zone is None else moment.start_in(zone)
