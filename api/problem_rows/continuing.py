"""Rows of the table of problems about going on: older copies, other keys, timestamps."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api.problem_rows.shapes import (
    ProblemType,
    alarm,
    malformed,
    row,
    unavailable,
)
from domain.errors import Sentence
from ledger import errors as ledger_errors
from transparency import errors as log_errors

CONTINUING_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    ledger_errors.LedgerForked: alarm(
        "Dữ liệu đang lưu và dữ liệu đã công bố mâu thuẫn nhau.",
        "What is stored and what was published cannot both be true.",
    ),
    ledger_errors.PublishedEntriesLost: alarm(
        "Thiếu những mục đã công bố và không lấy lại được từ đâu.",
        "Published entries are missing, and nothing within reach gives them.",
    ),
    ledger_errors.LedgerRetired: row(
        HTTPStatus.GONE,
        "Sổ cái này đã đóng; không ghi thêm gì vào đây nữa.",
        "This ledger was retired; nothing more is recorded in it.",
        Sentence(
            "Hãy gửi đến sổ cái nối tiếp nó.", "Hand the action to the ledger that follows it."
        ),
    ),
    ledger_errors.TimestampsUnavailable: unavailable(
        "Chưa lấy được dấu thời gian.", "No timestamp can be had now."
    ),
    ledger_errors.MemoryUnusable: unavailable(
        "Bộ ghi đang đọc lại sổ cái.", "The writer is reading the ledger again."
    ),
    ledger_errors.TimestampInvalid: malformed(
        "Dấu thời gian này không phải của điểm chốt này.",
        "This is no timestamp of this checkpoint by an authority that is trusted here.",
    ),
    log_errors.MldsaUnavailable: alarm(
        "Máy chủ thiếu thư viện cho chữ ký ML-DSA-44.",
        "The library for ML-DSA-44 signatures is not installed here.",
    ),
    ledger_errors.LogKeyMissing: row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Khóa mới của nhật ký không có ở nơi ghi sổ.",
        "The log's new key is not where the writer finds its keys.",
        Sentence(
            "Đơn vị vận hành phải chép tệp khóa (keys/log-2.key hoặc số sau) vào thư mục dữ liệu.",
            "The operator must copy the key's file (keys/log-2.key, or a later number) into the "
            "data folder.",
        ),
    ),
    ledger_errors.NewerAnchorsNeeded: row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Nhật ký đã đổi khóa sau khi bản sao này được lập.",
        "The log changed its key after this copy was made.",
        Sentence(
            "Đơn vị vận hành phải chép keys/anchors.toml và keys/log-*.key mới nhất vào thư mục "
            "dữ liệu.",
            "The operator must copy the newest keys/anchors.toml and keys/log-*.key into the data "
            "folder.",
        ),
    ),
}
