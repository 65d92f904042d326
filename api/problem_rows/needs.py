"""What would be right, member by member, where an act lacks what its kind must say."""

from collections.abc import Mapping
from typing import Final

from domain.errors import FactMissing, Sentence

_LAW: Final = Sentence(
    "Ghi căn cứ pháp lý trong phần riêng tư: điều, khoản, văn bản (legal_citation).",
    "Cite the rule in the details (legal_citation): article and document.",
)
_WORDS: Final = Sentence(
    "Ghi lý do bằng lời trong phần riêng tư (explanation).",
    "Give the reason in words in the details (explanation).",
)
_ANSWER_DAY: Final = Sentence(
    "Ghi ngày cuối phải trả lời hoặc nộp tiền, dạng 2026-11-21, không trước ngày của hành động.",
    "Give the last day to answer or pay, as 2026-11-21, and not before the act.",
)
_HASH: Final = Sentence(
    "Ghi SHA-256 của văn bản (64 chữ số hex viết thường) trong phần riêng tư.",
    "Give the document's SHA-256 in the details, as 64 lower-case hex digits.",
)
_RESULT: Final = Sentence(
    "Ghi số, ngày, SHA-256 của kết quả và có bản điện tử hay không: number, issued_on, "
    "result_sha256, electronic_copy.",
    "Give the result's number, day, SHA-256 and whether there is an electronic copy: number, "
    "issued_on, result_sha256, electronic_copy.",
)
_RETURN: Final = Sentence(
    "Ghi cách trả (counter, online, post), người nhận và bản chính đã trả lại chưa: method, "
    "receiver, originals_returned.",
    "Say which way (counter, online, post), who took it and whether originals went back: method, "
    "receiver, originals_returned.",
)

MISSING_REMEDIES: Final[Mapping[str, Sentence]] = {
    "applicant_name": Sentence(
        "Ghi tên người nộp trong phần riêng tư (applicant_name).",
        "Name the applicant in the details (applicant_name).",
    ),
    "delivery": Sentence(
        "Ghi cách nhận kết quả trong phần riêng tư: counter, online hoặc post (delivery).",
        "Say in the details how the result shall come: counter, online or post (delivery).",
    ),
    "notice_version": Sentence(
        "Ghi phiên bản thông báo xử lý dữ liệu cá nhân đã cho người nộp xem (notice_version).",
        "Name the version of the privacy notice that the applicant was shown (notice_version).",
    ),
    "answer_by": _ANSWER_DAY,
    "pay_by": _ANSWER_DAY,
    "items": Sentence(
        "Ghi trong phần riêng tư từng giấy tờ thiếu và lý do: items, mỗi mục component, reason.",
        "List in the details what is missing and why: items with component and reason.",
    ),
    "components": Sentence(
        "Ghi trong phần riêng tư các giấy tờ đã nộp: components là danh sách code, sha256.",
        "List in the details the papers handed in: components with code and sha256.",
    ),
    "explanation": _WORDS,
    "legal_citation": _LAW,
    "right_authority": Sentence(
        "Không đúng thẩm quyền thì chỉ rõ nơi có thẩm quyền (right_authority).",
        "For a wrong authority, say in the details which is the right one (right_authority).",
    ),
    "assignee": Sentence(
        "Ghi người được phân công trong phần riêng tư (assignee).",
        "Name the officer who is given the dossier in the details (assignee).",
    ),
    "step_hours": Sentence(
        "Nêu bước đã công bố (step), hoặc số giờ làm việc của bước trong phần riêng tư "
        "(step_hours).",
        "Name a published step (step), or the step's working hours in the details (step_hours).",
    ),
    "fee_codes": Sentence(
        "Ghi mã các khoản phí, lệ phí phải nộp trong phần riêng tư (fee_codes).",
        "Give the codes of the fees that are owed in the details (fee_codes).",
    ),
    "transaction_reference": Sentence(
        "Thanh toán không dùng tiền mặt thì ghi mã giao dịch (transaction_reference).",
        "A payment that is not cash names its transaction in the details (transaction_reference).",
    ),
    "code": Sentence(
        "Cơ quan có mã định danh thì tiếp nhận phải ghi mã số hồ sơ: codes allot cấp mã, ghi vào "
        "phần riêng tư (code).",
        "An office with an identity code accepts with a dossier code: codes allot gives one, which "
        "goes into the details (code).",
    ),
    "category": Sentence(
        "Ghi loại phản ánh: procedure hoặc staff (category).",
        "Say what the feedback is about: procedure or staff (category).",
    ),
    "text": Sentence(
        "Ghi nội dung trả lời (text) hoặc SHA-256 của văn bản trả lời (answer_sha256).",
        "Give the answer (text), or the SHA-256 of the signed letter (answer_sha256).",
    ),
    "notice_sha256": _HASH,
    "decision_sha256": _HASH,
    "number": _RESULT,
    "issued_on": _RESULT,
    "result_sha256": _RESULT,
    "electronic_copy": _RESULT,
    "method": _RETURN,
    "receiver": _RETURN,
    "originals_returned": _RETURN,
}


def missing_remedy(detail: str) -> Sentence | None:
    """Give what would be right of the last member that a detail names; None where nobody knows."""
    return MISSING_REMEDIES.get(detail.removeprefix(f"{FactMissing.code}: ").split(": ")[-1])
