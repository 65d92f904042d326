"""Shapes of one row of the table of problems, and the sentences that many rows share."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from domain.errors import ActionRefused, Sentence

MEND: Final = Sentence(
    "Hãy sửa yêu cầu theo mô tả tại /openapi.json rồi gửi lại.",
    "Mend the request as /openapi.json describes and send it again.",
)
SIGN_AGAIN: Final = Sentence(
    "Hãy lập lại và ký lại hành động.", "Draw the action up again and sign it again."
)
LATER: Final = Sentence(
    "Hãy gửi lại đúng nội dung này sau ít phút; không có gì bị ghi hai lần.",
    "Send exactly the same again in a few minutes; nothing is recorded twice.",
)
OPERATOR: Final = Sentence(
    "Đơn vị vận hành phải xử lý; hãy báo mã lỗi này.",
    "The operator must act; please report this code.",
)
CHECK_ADDRESS: Final = Sentence("Hãy kiểm tra lại địa chỉ.", "Look at the address again.")


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One row: what an error means to whoever sent the request."""

    status: HTTPStatus
    title: Sentence
    remedy: Sentence
    # A fault of ours whose detail is a word of ours, and may be shown.
    shows_detail: bool = False

    @property
    def is_ours(self) -> bool:
        """Tell whether the fault is on this side: then nothing from inside is shown."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


def row(status: HTTPStatus, vi: str, en: str, remedy: Sentence) -> ProblemType:
    """Make a row from its sentences."""
    return ProblemType(status, Sentence(vi, en), remedy)


def malformed(vi: str, en: str, remedy: Sentence = MEND) -> ProblemType:
    """Make a row: the request has not the documented form."""
    return row(HTTPStatus.BAD_REQUEST, vi, en, remedy)


def refused(error: type[ActionRefused]) -> ProblemType:
    """Make the row of a rule of the domain, which brings its own sentences."""
    return ProblemType(HTTPStatus.UNPROCESSABLE_ENTITY, error.rule, error.remedy)


def forbidden(vi: str, en: str, remedy: Sentence = SIGN_AGAIN) -> ProblemType:
    """Make a row: a signature cannot be accepted."""
    return row(HTTPStatus.FORBIDDEN, vi, en, remedy)


def unavailable(vi: str, en: str) -> ProblemType:
    """Make a row: the world failed, try later."""
    return row(HTTPStatus.SERVICE_UNAVAILABLE, vi, en, LATER)


def alarm(vi: str, en: str) -> ProblemType:
    """Make a row: the operator must act."""
    return row(HTTPStatus.INTERNAL_SERVER_ERROR, vi, en, OPERATOR)
