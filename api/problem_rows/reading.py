"""Rows of the table of problems about the right to read."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from api import errors as api_errors
from api.problem_rows.shapes import ProblemType, row
from domain.errors import Sentence

READING_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    api_errors.ReadingNotPermitted: row(
        HTTPStatus.FORBIDDEN,
        "Khóa này không có nhiệm vụ cần đến nội dung đó.",
        "This key has no task that needs this.",
        Sentence(
            "Hồ sơ: người được giao, người nhận bàn giao và cán bộ tiếp nhận mới được xem."
            " Kết quả đánh giá cán bộ: chỉ thanh tra và người đứng đầu cơ quan của cán bộ đó.",
            "A dossier is for its receiver, whoever took it over and whoever it was given to;"
            " an officer's evaluation for inspectors and the head of the officer's office.",
        ),
    ),
    api_errors.UnknownSigner: row(
        HTTPStatus.NOT_FOUND,
        "Không có khóa nào mang tên này, và chưa từng có chữ ký nào dưới tên này.",
        "No key of this name is enrolled, and nothing was ever signed under it.",
        Sentence(
            "Hãy chép đúng tên khóa như trong nhật ký, dạng officer-0123456789abcdef.",
            "Copy the key's name as the log shows it, in the form officer-0123456789abcdef.",
        ),
    ),
    api_errors.QueueCursorEnded: row(
        HTTPStatus.GONE,
        "Danh sách đang xem dở không còn được giữ.",
        "The list that was being paged through is not kept any more.",
        Sentence(
            "Danh sách được giữ 15 phút cho khóa đã hỏi; hãy hỏi lại từ trang đầu.",
            "A list is kept for 15 minutes, for the key that asked; ask for the first page again.",
        ),
    ),
    api_errors.SlipReplaced: row(
        HTTPStatus.FORBIDDEN,
        "Giấy hẹn này đã được thay bằng giấy hẹn mới; mã bí mật cũ không mở hồ sơ nữa.",
        "This slip was replaced by a new one; its secret opens the dossier no more.",
        Sentence(
            "Nếu quý vị không yêu cầu thay, hãy xem ai đã thay (mục người đã xem hồ sơ) và báo "
            "ngay cho Bộ phận Một cửa hoặc thanh tra.",
            "If you did not ask for that, see who replaced it (/v1/dossiers/…/access) and tell "
            "the one-stop shop or an inspector.",
        ),
    ),
    api_errors.InspectionOrderNeeded: row(
        HTTPStatus.FORBIDDEN,
        "Chỉ được mở tên người theo quyết định thanh tra có số và còn thời hạn; xem theo quyết "
        "định cũng vậy.",
        "Names are opened only under a numbered inspection order that has not lapsed; so is a look "
        "that names an order.",
        Sentence(
            "Hãy ghi số quyết định và ngày cuối cùng vào mục truy cập rồi ký lại.",
            "Name the order and its last day in the access entry and sign it again.",
        ),
    ),
    api_errors.AccessEntryUnfit: row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Mục truy cập đã ký không dành cho hồ sơ này hoặc thời điểm này; chưa có gì được mở.",
        "The signed access entry is not for this dossier and this moment; nothing was opened.",
        Sentence(
            "Hãy hỏi lại vị trí của mục tiếp theo rồi ký mục mới.",
            "Ask again where the next entry goes, and sign a new one.",
        ),
    ),
}
