"""Rows of the table of problems about petitions."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api.problem_rows.shapes import ProblemType, row
from domain.errors import Sentence
from ledger import errors as ledger_errors

PETITION_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    ledger_errors.UnknownPetition: row(
        HTTPStatus.NOT_FOUND,
        "Không tìm thấy phản ánh, khiếu nại này, hoặc mã bí mật không đúng.",
        "There is no such petition, or the secret is not its own.",
        Sentence(
            "Hãy kiểm tra lại số định danh và mã bí mật; nếu một mã bí mật dùng cho nhiều phản "
            "ánh, hãy ghi cả số định danh.",
            "Look at the id and the secret again; where several petitions have one secret, give "
            "the id as well.",
        ),
    ),
}
