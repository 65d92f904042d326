"""The only table from error to HTTP: status, a sentence for citizens, and what would help.

Every concrete error of the rooms below and of this one has its row; a test compares. The program's
``code`` stands unchanged in the document, and ``/problems/<code>`` explains it. Errors that nobody
foresaw become `InternalError`: nothing from inside leaks.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api import errors as api_errors
from api.bodies import Problem as Problem  # noqa: PLC0414 - given on, as the type of all answers
from api.negotiation import Language, sentence_in
from api.problem_rows.casefiles import CASEFILE_PROBLEMS
from api.problem_rows.continuing import CONTINUING_PROBLEMS
from api.problem_rows.facts import fact_remedy
from api.problem_rows.histories import HISTORY_PROBLEMS
from api.problem_rows.observing import OBSERVING_PROBLEMS
from api.problem_rows.offices import OFFICE_PROBLEMS
from api.problem_rows.opendata import OPEN_DATA_PROBLEMS
from api.problem_rows.petitions import PETITION_PROBLEMS
from api.problem_rows.reading import READING_PROBLEMS
from api.problem_rows.rebuilding import REBUILDING_PROBLEMS
from api.problem_rows.shapes import CHECK_ADDRESS as _CHECK_ADDRESS
from api.problem_rows.shapes import MEND as _MEND
from api.problem_rows.shapes import OPERATOR as _OPERATOR
from api.problem_rows.shapes import SIGN_AGAIN as _SIGN_AGAIN
from api.problem_rows.shapes import ProblemType
from api.problem_rows.shapes import alarm as _alarm
from api.problem_rows.shapes import forbidden as _forbidden
from api.problem_rows.shapes import malformed as _malformed
from api.problem_rows.shapes import refused as _refused
from api.problem_rows.shapes import row as _row
from api.problem_rows.shapes import unavailable as _unavailable
from api.problem_rows.tallies import TALLY_PROBLEMS
from api.problem_rows.witnessing import WITNESS_PROBLEMS
from domain import errors as domain_errors
from domain import person_errors
from domain.errors import ActionRefused, Sentence
from ledger import errors as ledger_errors
from projections import entries as projection_errors
from transparency import errors as log_errors

ErrorType = type[Exception]

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
PROBLEM_ADDRESS: Final = "/problems/"

_API: Final[Mapping[ErrorType, ProblemType]] = {
    api_errors.NothingHere: _row(
        HTTPStatus.NOT_FOUND,
        "Không có gì tại địa chỉ này.",
        "There is nothing at this address.",
        _CHECK_ADDRESS,
    ),
    api_errors.MethodNotAllowed: _row(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "Địa chỉ này không nhận phương thức đó.",
        "This address does not take that method.",
        _MEND,
    ),
    api_errors.MalformedRequest: _malformed(
        "Không hiểu được yêu cầu.", "The request cannot be understood."
    ),
    api_errors.MalformedParameter: _malformed(
        "Một tham số của yêu cầu không hợp lệ.", "A parameter of the request is not valid."
    ),
    api_errors.UnknownParameter: _malformed(
        "Địa chỉ này không có tham số đó nên yêu cầu chưa được trả lời.",
        "This address takes no such query member, so nothing was answered.",
        Sentence(
            "Hãy sửa tên tham số theo chi tiết nêu kèm hoặc /openapi.json.",
            "Correct its name: the detail lists what is taken, and so does /openapi.json.",
        ),
    ),
    api_errors.MalformedBody: _malformed(
        "Nội dung gửi lên không đúng dạng đã quy định.",
        "The body is not JSON of the documented shape.",
    ),
    api_errors.LengthRequired: _row(
        HTTPStatus.LENGTH_REQUIRED,
        "Nội dung gửi lên không báo trước độ dài.",
        "The body came without its length.",
        Sentence("Hãy gửi kèm Content-Length.", "Send Content-Length."),
    ),
    api_errors.TruncatedUpload: _malformed(
        "Nội dung gửi lên bị đứt giữa chừng; không có gì được ghi nhận.",
        "The upload was cut off; nothing was recorded.",
        Sentence("Hãy gửi lại toàn bộ.", "Send all of it again."),
    ),
    api_errors.BodyTooSlow: _row(
        HTTPStatus.REQUEST_TIMEOUT,
        "Nội dung gửi lên không đến đủ trong thời gian cho phép; không có gì được ghi nhận.",
        "The body did not arrive in the time given; nothing was recorded.",
        Sentence(
            "Hãy gửi lại toàn bộ, hoặc chia nhỏ nếu đường truyền chậm.",
            "Send all of it again, or in smaller parts where the line is slow.",
        ),
    ),
    api_errors.BodyTooLarge: _row(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "Nội dung gửi lên vượt quá giới hạn.",
        "The body is over the limit.",
        Sentence("Hãy chia nhỏ rồi gửi lại.", "Send it in smaller parts."),
    ),
    api_errors.UnsupportedMediaType: _row(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "Địa chỉ này không nhận loại nội dung đó.",
        "This address does not read that type of content.",
        _MEND,
    ),
    api_errors.RequestNotSigned: _row(
        HTTPStatus.UNAUTHORIZED,
        "Chỉ người được quyền, ký yêu cầu bằng khóa của mình, mới được xem.",
        "Only those whom this concerns may read it; the request must be signed.",
        Sentence(
            "Hãy ký yêu cầu theo RFC 9421 bằng khóa đã đăng ký của người được quyền xem.",
            "Sign the request with the enrolled key of somebody who may read this (RFC 9421).",
        ),
    ),
    api_errors.RequestSignatureInvalid: _row(
        HTTPStatus.UNAUTHORIZED,
        "Chữ ký của yêu cầu không được chấp nhận.",
        "The request's signature is not accepted.",
        Sentence("Hãy ký lại yêu cầu.", "Sign the request afresh."),
    ),
    api_errors.RequestReplayed: _row(
        HTTPStatus.UNAUTHORIZED,
        "Yêu cầu đã ký này đã được trả lời một lần.",
        "This signed request was answered once already.",
        Sentence("Hãy ký lại với nonce mới.", "Sign again with a new nonce."),
    ),
    api_errors.TooManyRequests: _row(
        HTTPStatus.TOO_MANY_REQUESTS,
        "Quý vị đã tra cứu quá nhiều lần trong một phút.",
        "You have looked up dossiers too often within a minute.",
        Sentence("Hãy chờ một phút rồi thử lại.", "Wait a minute and try again."),
    ),
    api_errors.NotAnInspector: _forbidden(
        "Khóa này hiện không có vai trò thanh tra.",
        "This key does not hold the inspector's role now.",
        Sentence("Cơ quan đăng ký phải cấp vai trò.", "A registrar must grant the role."),
    ),
    api_errors.InternalError: _alarm(
        "Hệ thống gặp lỗi ngoài dự kiến.", "The system failed in an unforeseen way."
    ),
    api_errors.ServiceStarting: _unavailable(
        "Số liệu chưa sẵn sàng.", "What you ask for is not ready yet."
    ),
}

_LEDGER: Final[Mapping[ErrorType, ProblemType]] = {
    ledger_errors.MalformedAction: _malformed(
        "Nội dung gửi lên không phải là một hành động.", "The bytes are not an action."
    ),
    ledger_errors.TooLarge: _row(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "Hành động hoặc tài liệu kèm theo vượt quá giới hạn.",
        "The action or what comes with it is over its limit.",
        _SIGN_AGAIN,
    ),
    ledger_errors.MalformedNote: _malformed(
        "Văn bản ký không đúng dạng.", "This is not a signed note."
    ),
    ledger_errors.NotCanonical: _malformed(
        "Nội dung ký không ở dạng chuẩn.", "The signed text is not in canonical form.", _SIGN_AGAIN
    ),
    ledger_errors.UnknownKind: _malformed(
        "Không có loại hành động này trên luồng đó.",
        "There is no such kind of action on such a stream.",
    ),
    ledger_errors.SchemaMismatch: _malformed(
        "Nội dung ký thiếu, thừa hoặc sai thông tin.",
        "The signed text lacks a member, has one too many, or has one of the wrong shape.",
        _SIGN_AGAIN,
    ),
    ledger_errors.SignatureLinesMismatch: _malformed(
        "Các dòng chữ ký không khớp với danh sách người ký.",
        "The signature lines are not exactly those of the signers.",
        _SIGN_AGAIN,
    ),
    ledger_errors.DetailsMismatch: _malformed(
        "Phần riêng tư không khớp với cam kết đã ký.",
        "The private part does not fit what was signed.",
    ),
    ledger_errors.DocumentMismatch: _malformed(
        "Văn bản công khai không khớp với nội dung đã ký.",
        "The public document does not fit what was signed.",
    ),
    ledger_errors.ActionNotVerified: _forbidden(
        "Chữ ký không được chấp nhận.", "The signature is not accepted."
    ),
    ledger_errors.WrongLedger: _forbidden(
        "Hành động này được ký cho một sổ cái khác.", "The action was signed for another ledger."
    ),
    ledger_errors.UnknownKey: _forbidden(
        "Không có khóa nào mang tên này.",
        "No key of that name is known here.",
        Sentence(
            "Cơ quan đăng ký phải đăng ký khóa trước.", "A registrar must enrol the key first."
        ),
    ),
    ledger_errors.InvalidSignature: _forbidden(
        "Chữ ký sai.", "A signature does not belong to the text and its key."
    ),
    ledger_errors.KeyNameTaken: _forbidden(
        "Tên khóa và khóa công khai không đi đôi với nhau.",
        "The key's name belongs to another key, or the key has another name.",
    ),
    ledger_errors.UnknownDossier: _row(
        HTTPStatus.NOT_FOUND,
        "Không tìm thấy hồ sơ, hoặc mã bí mật không đúng.",
        "There is no such dossier, or the secret is not its own.",
        Sentence("Hãy kiểm tra lại mã trên giấy hẹn.", "Look at the codes on your slip again."),
    ),
    ledger_errors.UnknownEntry: _row(
        HTTPStatus.NOT_FOUND,
        "Không có hành động này, hoặc chưa được công bố.",
        "There is no such action, or it is not published yet.",
        Sentence("Hãy thử lại sau khi công bố.", "Try again once it is published."),
    ),
    ledger_errors.StaleVersion: _row(
        HTTPStatus.CONFLICT,
        "Đã có hành động khác được ghi trước.",
        "Someone was first: the stream has moved on.",
        Sentence("Hãy đọc lại luồng rồi ký lại.", "Read the stream again and sign again."),
    ),
    ledger_errors.ActedInTheFuture: _row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Thời điểm của hành động muộn hơn giờ của sổ cái.",
        "The action says it happened later than the ledger's clock.",
        Sentence("Hãy chỉnh lại đồng hồ rồi ký lại.", "Set your clock and sign again."),
    ),
    ledger_errors.DatedBack: _row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Hành động này dời hạn của các hồ sơ khác nên không được ghi lùi thời điểm.",
        "This action moves the due dates of dossiers, so it must not be dated back.",
        Sentence(
            "Hãy ký lại với thời điểm hiện tại; nội dung vẫn có thể nói về những ngày trước.",
            "Sign it again as of now; what it says may still be about earlier days.",
        ),
    ),
    ledger_errors.InstantNeeded: _row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Hành động này dời hạn của các hồ sơ khác nên phải nêu giờ, không chỉ nêu ngày.",
        "This action moves the due dates of dossiers, so it must name an instant, not a day.",
        Sentence("Hãy ký lại với giờ hiện tại.", "Sign it again with the time of now."),
    ),
    ledger_errors.WrongAccessStream: _row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Mục truy cập không nằm trên luồng truy cập của hồ sơ mà nó nêu.",
        "The read does not stand on the access stream of the dossier that it names.",
        Sentence(
            "Hãy hỏi vị trí của mục tiếp theo của chính hồ sơ đó rồi ký lại.",
            "Ask where the next entry of that very dossier goes, and sign it again.",
        ),
    ),
    ledger_errors.StoreUnavailable: _unavailable(
        "Kho dữ liệu tạm thời không phục vụ được.", "A store does not answer at the moment."
    ),
    ledger_errors.WriterUnavailable: _unavailable(
        "Chưa biết hành động đã được ghi hay chưa.",
        "The writer does not answer; whether the action was recorded is not known.",
    ),
    ledger_errors.LedgerBusy: _unavailable(
        "Một tiến trình khác đang giữ sổ cái.", "Another process holds the ledger."
    ),
    ledger_errors.NotTheWriter: _unavailable(
        "Quyền ghi đã chuyển sang tiến trình khác.", "Another writer has taken over."
    ),
    # No fault of the program: nothing rests on what cannot be read, until the operator acts.
    ledger_errors.StoreCorrupt: _row(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Dữ liệu đọc được không phải dữ liệu đã lưu.",
        "What was read is not what was stored.",
        _OPERATOR,
    ),
    ledger_errors.AuditStateRefused: _malformed(
        "Tệp trạng thái kiểm toán thuộc nhật ký khác hoặc đã hỏng; hãy xoá đi để kiểm toán lại.",
        "The audit's state file is of another log, or garbled: delete it to audit anew.",
    ),
}

_DOMAIN: Final[Mapping[ErrorType, ProblemType]] = {
    domain_errors.MalformedMoment: _malformed(
        "Thời điểm không đúng dạng.", "This is neither an instant nor a day."
    ),
    domain_errors.MalformedStream: _malformed(
        "Tên luồng không đúng dạng.", "This does not name a stream."
    ),
    domain_errors.MalformedDocument: _row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Văn bản không phải là văn bản công khai như đã nêu.",
        "The bytes are not the public document they should be.",
        _MEND,
    ),
    # A rule of the domain brings its own sentences.
    **{
        error: _refused(error)
        for error in (*vars(domain_errors).values(), *vars(person_errors).values())
        if isinstance(error, type) and issubclass(error, ActionRefused)
    },
}

_FORM_OF_LOG: Final = _malformed(
    "Dữ liệu nhật ký không đúng dạng.", "These bytes are not what they claim to be."
)
_LOG_NOT_BELIEVED: Final = _alarm(
    "Nhật ký công khai không khớp với chữ ký của nó.",
    "The public log does not fit its own signatures.",
)

_LOG: Final[Mapping[ErrorType, ProblemType]] = {
    log_errors.MalformedKey: _FORM_OF_LOG,
    log_errors.MalformedNote: _FORM_OF_LOG,
    log_errors.MalformedCheckpoint: _FORM_OF_LOG,
    log_errors.MalformedTilePath: _row(
        HTTPStatus.NOT_FOUND,
        "Địa chỉ này không phải của một mảnh nhật ký.",
        "This address names no tile and no entry bundle.",
        _CHECK_ADDRESS,
    ),
    log_errors.MalformedBundle: _FORM_OF_LOG,
    log_errors.MalformedProof: _FORM_OF_LOG,
    log_errors.MalformedReceipt: _FORM_OF_LOG,
    log_errors.MalformedSeal: _FORM_OF_LOG,
    log_errors.MalformedSnapshot: _FORM_OF_LOG,
    log_errors.MalformedPromise: _FORM_OF_LOG,
    log_errors.SignatureInvalid: _forbidden("Chữ ký sai.", "No known key signed this."),
    log_errors.ProofInvalid: _LOG_NOT_BELIEVED,
    log_errors.CheckpointNotSigned: _LOG_NOT_BELIEVED,
    log_errors.TileNotFound: _row(
        HTTPStatus.NOT_FOUND,
        "Nhật ký chưa có mảnh này.",
        "The log has no such tile, bundle or checkpoint.",
        _CHECK_ADDRESS,
    ),
    log_errors.TileStoreUnavailable: _unavailable(
        "Nhật ký công khai tạm thời không đọc được.", "The public log cannot be read at the moment."
    ),
    log_errors.TileStoreCorrupt: _LOG_NOT_BELIEVED,
    log_errors.LogMisbehaviour: _LOG_NOT_BELIEVED,
}

_PROJECTIONS: Final[Mapping[ErrorType, ProblemType]] = {
    projection_errors.EntryUnreadable: _LOG_NOT_BELIEVED,
}

PROBLEMS: Final[Mapping[ErrorType, ProblemType]] = {
    **_API,
    **_LEDGER,
    **_DOMAIN,
    **OFFICE_PROBLEMS,
    **OPEN_DATA_PROBLEMS,
    **OBSERVING_PROBLEMS,
    **CONTINUING_PROBLEMS,
    **READING_PROBLEMS,
    **TALLY_PROBLEMS,
    **HISTORY_PROBLEMS,
    **WITNESS_PROBLEMS,
    **PETITION_PROBLEMS,
    **_PROJECTIONS,
    **CASEFILE_PROBLEMS,
    **REBUILDING_PROBLEMS,
    **_LOG,
}

PROBLEMS_BY_CODE: Final[Mapping[str, ProblemType]] = {
    str(vars(error)["code"]): row for error, row in PROBLEMS.items()
}


def problem_type(code: str) -> ProblemType:
    """Give the row of a code; a code without one is a fault of ours."""
    return PROBLEMS_BY_CODE.get(code, PROBLEMS_BY_CODE[api_errors.InternalError.code])


def problem(
    code: str,
    language: Language,
    *,
    detail: str = "",
    refusal: bytes = b"",
    incident: str | None = None,
) -> Problem:
    """Write the document of one problem; details of faults on our side stay inside."""
    row = problem_type(code)
    return Problem(
        type=PROBLEM_ADDRESS + code,
        title=sentence_in(row.title, language),
        status=row.status.value,
        code=code,
        remedy=sentence_in(fact_remedy(code, detail) or row.remedy, language),
        detail=detail if detail and (row.shows_detail or not row.is_ours) else None,
        refusal=refusal.decode() or None,
        incident=incident,
    )
