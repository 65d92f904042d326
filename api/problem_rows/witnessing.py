"""Rows of the table of problems about witnesses: policies, cosignatures, and what is refused.

The statuses of what a witness refuses are those of C2SP tlog-witness.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api.problem_rows.shapes import LATER, OPERATOR, ProblemType, alarm, forbidden, malformed, row
from domain.errors import Sentence
from ledger import errors as ledger_errors
from transparency import errors as log_errors

_TO_THE_LOG: Final = Sentence(
    "Đơn vị vận hành nhật ký phải giải thích; hãy giữ nguyên cả hai điểm chốt.",
    "The log's operator must explain; keep both checkpoints byte for byte.",
)
_READ_THE_SPECIFICATION: Final = Sentence(
    "Hãy lập yêu cầu theo c2sp.org/tlog-witness.", "Write it as c2sp.org/tlog-witness says."
)

WITNESS_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    log_errors.MalformedPolicy: malformed(
        "Tệp chính sách tin cậy không đúng dạng.", "This is no trust policy."
    ),
    log_errors.MalformedAddCheckpoint: malformed(
        "Yêu cầu xác nhận điểm chốt không đúng dạng.",
        "This is no request to cosign a checkpoint.",
        _READ_THE_SPECIFICATION,
    ),
    log_errors.MalformedWitnessAnswer: row(
        HTTPStatus.BAD_GATEWAY,
        "Bên chứng kiến trả lời sai quy cách.",
        "A witness answered as no witness does.",
        LATER,
    ),
    log_errors.QuorumMissing: row(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Chưa đủ bên chứng kiến xác nhận điểm chốt này.",
        "Not enough witnesses have cosigned this checkpoint yet.",
        LATER,
    ),
    log_errors.OriginNotWitnessed: row(
        HTTPStatus.NOT_FOUND,
        "Bên chứng kiến này không theo dõi nhật ký đó.",
        "This witness does not know that log.",
        Sentence(
            "Hãy đề nghị bên chứng kiến thêm khóa của nhật ký.",
            "Ask the witness to add the log's key.",
        ),
    ),
    log_errors.SubmissionNotSigned: forbidden(
        "Điểm chốt không có chữ ký của nhật ký mà bên chứng kiến tin cậy.",
        "No key that this witness trusts has signed the checkpoint.",
        Sentence("Hãy ký bằng khóa của nhật ký.", "Sign it with the log's key."),
    ),
    log_errors.OldSizeMismatch: row(
        HTTPStatus.CONFLICT,
        "Bên chứng kiến đang ở một kích thước khác.",
        "This witness stands at another size.",
        Sentence(
            "Hãy gửi lại với bằng chứng từ kích thước đó.",
            "Send it again with a proof from that size.",
        ),
    ),
    log_errors.CheckpointInconsistent: row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Điểm chốt không nối tiếp điểm chốt đã được xác nhận.",
        "The checkpoint does not continue the one that was cosigned.",
        _TO_THE_LOG,
    ),
    log_errors.SealWrong: row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Nhật ký đã công bố dưới một niêm phong sai hoặc thiếu; không bao giờ được xác nhận nữa.",
        "The log was published under a wrong or missing seal; it is never cosigned again.",
        _TO_THE_LOG,
    ),
    log_errors.ReplayIncomplete: row(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Bên kiểm toán chỉ mục chưa đọc lại xong nhật ký.",
        "The index auditor has not replayed the log so far yet.",
        LATER,
    ),
    ledger_errors.WitnessExists: row(
        HTTPStatus.CONFLICT,
        "Thư mục này đã có một bên chứng kiến hoặc một sổ cái.",
        "There is a witness, or a ledger, in this folder.",
        Sentence("Hãy dùng một thư mục khác.", "Use another folder."),
    ),
    ledger_errors.WitnessRetired: alarm(
        "Khóa của bên chứng kiến này đã thôi dùng vì mất hoặc lùi trạng thái.",
        "This witness's key is retired: its state was lost, or is an older copy.",
    ),
    ledger_errors.StatementMismatch: row(
        HTTPStatus.CONFLICT,
        "Khóa này được tạo cho một loại xác nhận khác.",
        "This key was made for another statement.",
        OPERATOR,
    ),
}
