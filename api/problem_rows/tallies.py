"""Rows of the table of problems about tallies and the openings of envelopes."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api.problem_rows.shapes import ProblemType, malformed, row
from domain.errors import Sentence
from ledger import errors as ledger_errors

TALLY_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    ledger_errors.MalformedOpening: malformed(
        "Tệp mở phong bì không đúng dạng.", "This is no opening of an envelope."
    ),
    ledger_errors.OpeningMismatch: row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Mục này không phải là phong bì của nội dung trong tệp mở.",
        "This entry is not the envelope of the note in the opening.",
        Sentence(
            "Hãy dùng biên nhận và tệp mở của cùng một lượt đánh giá.",
            "Use the receipt and the opening of one and the same rating.",
        ),
    ),
    ledger_errors.TallyDoesNotAddUp: row(
        HTTPStatus.CONFLICT,
        "Số trong bảng tổng hợp không khớp với số phong bì hay màn che đã công bố.",
        "The tally does not add up to the published envelopes or veils.",
        Sentence(
            "Hãy tổng hợp lại từ nhật ký hiện tại rồi ký lại.",
            "Make the tally again from the log as it is now, and sign that.",
        ),
    ),
}
