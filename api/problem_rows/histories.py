"""Rows of the table of problems about history bundles and evidence."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api.problem_rows.shapes import LATER, ProblemType, forbidden, malformed, row
from domain.errors import Sentence
from ledger import errors as ledger_errors
from transparency import errors as log_errors

_ASK_AGAIN: Final = Sentence(
    "Hãy xin lại tệp này; nếu vẫn vậy, hãy giữ nguyên tệp và báo cho thanh tra.",
    "Ask for the file again; where it stays so, keep it byte for byte and tell an inspector.",
)

HISTORY_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    ledger_errors.HistoryNotReady: row(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Chỉ mục lịch sử đang theo kịp sổ công khai.",
        "The index of histories is still following the public log.",
        LATER,
    ),
    ledger_errors.HistoryTooLong: row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Lịch sử này quá dài để đặt trong một tệp.",
        "This history is too long for one file.",
        Sentence(
            "Hãy đọc toàn bộ nhật ký tại /log/ (lệnh audit).",
            "Read the whole log under /log/ instead (`audit`).",
        ),
    ),
    ledger_errors.HistoryBroken: malformed(
        "Các mục trong tệp lịch sử không nối tiếp nhau.",
        "The entries of the history do not continue one another.",
        _ASK_AGAIN,
    ),
    ledger_errors.HistoryIncomplete: malformed(
        "Tệp lịch sử thiếu phần cần để xét: một luồng, hoặc bằng chứng sổ đã nhận văn bản.",
        "The history lacks what is needed to judge it: a stream, or that the ledger took a veiled "
        "note in.",
        _ASK_AGAIN,
    ),
    ledger_errors.SignerWithoutRight: forbidden(
        "Một chữ ký sai, hoặc khóa không có quyền ký tại vị trí đó.",
        "A signature is not good, or its key had no right to it at that place.",
        _ASK_AGAIN,
    ),
    log_errors.MalformedHistory: malformed(
        "Tệp lịch sử không đúng dạng.", "This is no history bundle.", _ASK_AGAIN
    ),
    log_errors.SealNotLast: malformed(
        "Mục cuối dưới điểm chốt không phải là niêm phong đúng.",
        "What stands last under the checkpoint is no seal over all entries before it.",
        _ASK_AGAIN,
    ),
    log_errors.MalformedEvidence: malformed(
        "Tệp bằng chứng vi phạm không đúng dạng.", "This is no file of evidence."
    ),
    log_errors.EvidenceInconclusive: malformed(
        "Các phần của tệp không chứng minh điều nó nêu.",
        "The pieces do not show what the evidence is about.",
    ),
    log_errors.EvidenceNeedsLog: malformed(
        "Bằng chứng này chỉ kiểm được khi đọc lại nhật ký.",
        "This evidence can only be judged by reading the log.",
        Sentence("Hãy chỉ ra nhật ký (--log).", "Name the log (--log)."),
    ),
    log_errors.EvidenceNeedsPolicy: malformed(
        "Bằng chứng này dựa trên xác nhận của bên chứng kiến.",
        "This evidence rests on cosignatures of witnesses.",
        Sentence("Hãy chỉ ra chính sách tin cậy (--policy).", "Name the policy (--policy)."),
    ),
}
