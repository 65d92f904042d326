"""The report as a spreadsheet in the shape of form II.06, in both languages, marked unverified.

The same report gives the same bytes: the file's own dates are the checkpoint's instant, and its
parts carry the fixed date of the format's packages.
"""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from domain.errors import Sentence
from projections.counts import ALL
from projections.index766.report import UNVERIFIED, Report, ReportRow

SHEET_MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_NAME: Final = "II.06"

TITLE: Final = Sentence(
    vi="Tình hình, kết quả giải quyết thủ tục hành chính",
    en="Administrative procedures: dossiers and how they were resolved",
)
NO_FIELD: Final = Sentence(vi="Không ghi lĩnh vực", en="no field named")
TOTAL: Final = Sentence(vi="Tổng số", en="Total")

_TOTAL: Final = TOTAL
_RECEIVED: Final = Sentence(vi="Số hồ sơ tiếp nhận", en="Received")
_RESOLVED: Final = Sentence(vi="Số hồ sơ đã giải quyết", en="Resolved")
_PENDING: Final = Sentence(vi="Số hồ sơ đang giải quyết", en="Pending")
# Heads of columns: the group they stand in, their own words, and the member of a row.
COLUMNS: Final[tuple[tuple[Sentence, Sentence, str], ...]] = (
    (_RECEIVED, _TOTAL, "to_handle"),
    (_RECEIVED, Sentence(vi="Trực tuyến", en="Online"), "received_online"),
    (_RECEIVED, Sentence(vi="Trực tiếp", en="At the counter"), "received_counter"),
    (_RECEIVED, Sentence(vi="Bưu chính công ích", en="By post"), "received_post"),
    (_RECEIVED, Sentence(vi="Từ kỳ trước", en="Carried over"), "carried_over"),
    (_RESOLVED, _TOTAL, "resolved"),
    (_RESOLVED, Sentence(vi="Trước hạn", en="Early"), "resolved_early"),
    (_RESOLVED, Sentence(vi="Đúng hạn", en="On time"), "resolved_on_time"),
    (_RESOLVED, Sentence(vi="Quá hạn", en="Late"), "resolved_late"),
    (_PENDING, _TOTAL, "pending"),
    (_PENDING, Sentence(vi="Trong hạn", en="In time"), "pending_in_time"),
    (_PENDING, Sentence(vi="Quá hạn", en="Overdue"), "pending_overdue"),
)
_FIELD_COLUMN: Final = 1
_FIRST_COLUMN: Final = 2
_HEAD_ROW: Final = 6
_FIRST_ROW: Final = _HEAD_ROW + 3


def render_report(report: Report) -> bytes:
    """Write the report as an Office Open XML workbook with one sheet."""
    buffer = io.BytesIO()
    # Texts stay texts: a field that begins like a formula or an address is neither.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        made_at = datetime.fromisoformat(report.as_of).replace(tzinfo=None)
        workbook.set_properties({"title": both(TITLE), "created": made_at})
        sheet = workbook.add_worksheet(SHEET_NAME)
        head = workbook.add_format(
            {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        )
        bold = workbook.add_format({"bold": True})
        _write_top(sheet, report, bold)
        _write_heads(sheet, head)
        for number, row in enumerate(report.rows):
            _write_row(sheet, _FIRST_ROW + number, row, str(number + 1))
        _write_row(sheet, _FIRST_ROW + len(report.rows), report.total, "", bold)
    return buffer.getvalue()


def both(sentence: Sentence) -> str:
    """Write a sentence in both languages, one after the other."""
    return f"{sentence.vi} / {sentence.en}"


def _write_top(sheet: Worksheet, report: Report, bold: Format) -> None:
    office = both(Sentence(vi="Toàn bộ", en="all offices")) if report.office == ALL else None
    lines = (
        f"{report.form} – {both(TITLE)}",
        both(UNVERIFIED),
        f"Cơ quan / Office: {office or report.office}",
        f"Kỳ / Period: {report.period}",
        f"Tính đến / As of: {report.as_of} · {report.checkpoint.size} · {report.checkpoint.root}"
        f" · {report.definition}",
    )
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, bold if number < _FIRST_COLUMN else None)


def _write_heads(sheet: Worksheet, head: Format) -> None:
    sheet.set_column(_FIELD_COLUMN, _FIELD_COLUMN, 40)
    sheet.set_column(_FIRST_COLUMN, _FIRST_COLUMN + len(COLUMNS) - 1, 14)
    sheet.merge_range(_HEAD_ROW, 0, _HEAD_ROW + 1, 0, "STT / No.", head)
    field = both(Sentence(vi="Lĩnh vực", en="Field"))
    sheet.merge_range(_HEAD_ROW, _FIELD_COLUMN, _HEAD_ROW + 1, _FIELD_COLUMN, field, head)
    for group, places in _groups():
        sheet.merge_range(_HEAD_ROW, places[0], _HEAD_ROW, places[-1], both(group), head)
    for number, (_, words, _) in enumerate(COLUMNS):
        sheet.write_string(_HEAD_ROW + 1, _FIRST_COLUMN + number, both(words), head)
        sheet.write_string(_HEAD_ROW + 2, _FIRST_COLUMN + number, f"({number + 1})", head)


def _groups() -> list[tuple[Sentence, Sequence[int]]]:
    found: dict[Sentence, list[int]] = {}
    for number, (group, _, _) in enumerate(COLUMNS):
        found.setdefault(group, []).append(_FIRST_COLUMN + number)
    return list(found.items())


def _write_row(
    sheet: Worksheet, place: int, row: ReportRow, number: str, look: Format | None = None
) -> None:
    name = both(TOTAL) if row.field == ALL else row.field or both(NO_FIELD)
    sheet.write_string(place, 0, number, look)
    sheet.write_string(place, _FIELD_COLUMN, name, look)
    for column, (_, _, member) in enumerate(COLUMNS):
        sheet.write_number(place, _FIRST_COLUMN + column, getattr(row, member), look)
