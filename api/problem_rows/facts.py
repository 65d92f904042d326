"""What would be right, member by member, where a fact or a public document was refused.

The refusal's detail begins with the member and says what was found; these sentences say what is
wanted of it. Members that hold a day or a moment share a sentence.
"""

from collections.abc import Mapping
from typing import Final

from api.errors import InspectionOrderNeeded
from api.problem_rows.needs import missing_remedy
from domain.errors import (
    CoSignerMissing,
    DocumentRefused,
    ErasureBlocked,
    FactInvalid,
    FactMissing,
    NotPermitted,
    RetentionNotPassed,
    Sentence,
)
from domain.person_errors import OrderNotInForce
from ledger.errors import KeyNameTaken

_DAY: Final = Sentence(
    "Ghi một ngày hoặc thời điểm có thật, dạng 2026-11-21 hoặc 2026-11-21T08:03:11Z (UTC), không "
    "trước hành động.",
    "Give a day or moment that exists, as 2026-11-21 or 2026-11-21T08:03:11Z (UTC), and not before "
    "the act.",
)
_OFFICE_DOCUMENT: Final = Sentence(
    "Văn bản phải là JSON UTF-8 đúng mẫu nêu trong README và khớp với luồng; hãy sửa mục được nêu.",
    "The document is to be UTF-8 JSON of the documented shape, about the stream it is sent on; "
    "correct the member that is named.",
)
_VERSION: Final = Sentence(
    "Ghi số phiên bản của một hành động có trước trên luồng này, mà hành động này nói đến.",
    "Give the version of an earlier act of this stream, the one that this act is about.",
)
_OWN_KEY: Final = Sentence(
    "Dùng khóa mới lập riêng cho hồ sơ hoặc phản ánh này; chính khóa đó phải cùng ký.",
    "Use a key made for this dossier or petition alone, enrolled nowhere; it signs the act too.",
)
_COUNTS: Final = Sentence(
    "Các số phải là số trong văn bản tổng hợp và không vượt quá số phong bì.",
    "The counts are to be those of the tally's document, and no more than its envelopes.",
)
_OUTAGE: Final = Sentence(
    "Ghi phiên bản đã công bố gián đoạn, các cơ quan mỗi nơi một lần, và thời điểm kết thúc sau "
    "khi bắt đầu.",
    "Name the version that declared the outage, each office once, and an end after its beginning.",
)
_FINDING: Final = Sentence(
    "Phát hiện riêng chỉ công khai giá trị cam kết; cảnh báo công khai thì ghi quy tắc và kết luận "
    "giống phần riêng tư.",
    "A private finding shows its commitment alone; a public alarm names rule and verdict as its "
    "private part does.",
)

_LOOKS: Final = Sentence(
    "Lệnh looks commit lập mục này: sổ lượt xem chỉ dài thêm, hoặc sang sổ kế tiếp, trên một luồng "
    "duy nhất.",
    "`looks commit` makes this entry: the book of looks only grows, or the next one begins, on its "
    "one stream.",
)

_REMEDIES: Final[Mapping[str, Sentence]] = {
    "book": _LOOKS,
    "stream": _LOOKS,
    "grants": Sentence(
        "Mỗi vai trò ghi một lần dạng vai_trò@cơ_quan; ngày đầu không sau ngày cuối, importer "
        "không có ngày; chỉ cấp vai trò chưa có và chỉ thu hồi vai trò đang có, không kèm ngày.",
        "Name each role once as role@office; its first day is not after its last, importer has "
        "none; grant what is not held yet, and revoke what is held, without days.",
    ),
    "vkey": Sentence(
        "Dòng vkey phải là của khóa mang tên trong luồng, và mỗi khóa chỉ dùng cho một việc.",
        "The vkey is to be that of the key which the stream names, and each key has one use.",
    ),
    "registrar_vkey": Sentence(
        "Lập một khóa gốc mới mà sổ cái chưa từng biết.",
        "Make a new root key that the ledger has never known.",
    ),
    "continues": Sentence(
        "Nêu sổ cái trước đó, không phải chính sổ cái này.",
        "Name the ledger before this one, which cannot be this ledger itself.",
    ),
    "new_log_vkey": Sentence(
        "Lập một khóa nhật ký mới mang tên sổ cái này mà sổ cái chưa từng biết (keys rotate-log).",
        "Make a new log key under this ledger's name that it has never known (keys rotate-log).",
    ),
    "old_log_vkey": Sentence(
        "Nêu khóa cũ hơn trong hai khóa nhật ký đang cùng ký.",
        "Name the older of the two log keys that sign now.",
    ),
    "origin": Sentence(
        "Bốn nơi phải ghi cùng một tên sổ cái.", "All four are to name the same ledger."
    ),
    "recovery_threshold": Sentence(
        "Ghi ngưỡng từ 1 đến số khóa khôi phục.",
        "Give a threshold from 1 to the number of recovery keys.",
    ),
    "assurance": Sentence(
        "Khi đăng ký khóa chỉ ghi own_key, portal hoặc other_system.",
        "An enrolment states own_key, portal or other_system.",
    ),
    "replaces": Sentence(
        "Nêu khóa cuối cùng của người đó, khóa chưa có khóa thay thế.",
        "Name the person's last key, the one that has no successor yet.",
    ),
    "successor": Sentence(
        "Nêu khóa đã đăng ký là thay cho chính khóa này.",
        "Name the key that was enrolled as the one replacing this key.",
    ),
    "reason": Sentence(
        "Khóa được thay thì dùng key.replaced; key.revoked nêu lý do khác.",
        "A replaced key is told by key.replaced; key.revoked names another reason.",
    ),
    "office": Sentence(
        "Ghi cơ quan đúng như luồng yêu cầu, hoặc bỏ trống ở luồng không thuộc cơ quan nào.",
        "Give the office that the stream asks for, and none where the stream has none.",
    ),
    "to_office": Sentence(
        "Nêu một cơ quan khác đã đăng ký, và chỉ khi hành động là chuyển đi.",
        "Name another registered office, and only where the act sends something there.",
    ),
    "document": _OFFICE_DOCUMENT,
    "procedure_version": Sentence(
        "Ghi đúng số phiên bản trong văn bản, lớn hơn phiên bản đã công bố gần nhất.",
        "Give the version that the document has, above the last one published.",
    ),
    "applicant_key": _OWN_KEY,
    "proxy_key": _OWN_KEY,
    "petitioner_key": _OWN_KEY,
    "proxy": Sentence(
        "Nêu tên khóa đang là người được ủy quyền của hồ sơ.",
        "Give the name of a key that is a proxy of this dossier now.",
    ),
    "ground": Sentence(
        "Nêu căn cứ đúng với trạng thái: no_supplement khi chờ giấy tờ, no_payment khi chờ nộp "
        "tiền.",
        "Give the ground of the status: no_supplement while papers are awaited, no_payment while "
        "payment is.",
    ),
    "step": Sentence(
        "Nêu mã bước có trong quy trình nội bộ của phiên bản thủ tục này.",
        "Give the code of an internal step that this version of the procedure publishes.",
    ),
    "apology_version": _VERSION,
    "hold_version": _VERSION,
    "request_version": _VERSION,
    "due_on": Sentence(
        "Ghi một trong hai: due_on là ngày, hoặc due_at là thời điểm.",
        "Give one of the two: due_on is a day, due_at a moment.",
    ),
    "performer": Sentence(
        "Bỏ các mục này: chỉ bên nhập dữ liệu mới ghi.",
        "Leave these out: only an importer states them.",
    ),
    "label_hash": Sentence(
        "Ghi label hoặc label_hash, không ghi cả hai.", "Give label or label_hash, not both."
    ),
    "code": Sentence(
        "Ghi đúng mã đã cấp (codes allot), có ngày là ngày tiếp nhận.",
        "Give the code as it was allotted (codes allot), whose date is the day of acceptance.",
    ),
    "level": Sentence(
        "Khiếu nại lần hai ghi level là 2.", "A second complaint says level 2; there is no third."
    ),
    "outcome": Sentence(
        "Khiếu nại đã thụ lý thì phải có kết luận; chưa thụ lý thì chỉ từ chối hoặc rút.",
        "An accepted complaint ends with a decision; one that was not is declined or withdrawn.",
    ),
    "subject": Sentence(
        "Dùng loại hành động dành cho nội dung tổng hợp này.",
        "Use the kind of action that is made for this subject.",
    ),
    "counted": _COUNTS,
    "withheld": _COUNTS,
    "declared_version": _OUTAGE,
    "offices": _OUTAGE,
    "until": Sentence(
        "Ghi thời điểm hoặc ngày kết thúc sau khi bắt đầu; quyết định thanh tra không quá một năm.",
        "Give an end that comes after the beginning; an inspection order ends within a year.",
    ),
    "expected_until": _OUTAGE,
    "since": Sentence(
        "Kỳ nhập muộn không được kết thúc sau hôm nay, và bắt đầu không sau khi kết thúc.",
        "A period of late entry is over by today, and begins no later than it ends.",
    ),
    "rule": _FINDING,
    "rule_version": _FINDING,
    "verdict": _FINDING,
    "order_until": Sentence(
        "Ghi ngày cuối của quyết định, cách hành động không quá một năm.",
        "Give the order's last day, at most a year after the act.",
    ),
    "dossiers": Sentence(
        "Nêu các hồ sơ có trong sổ cái này.", "Name dossiers that are in this ledger."
    ),
}


# Where one code has several reasons, the detail holds the word that tells them apart.
_BY_REASON: Final[tuple[tuple[str, str, Sentence], ...]] = (
    (
        RetentionNotPassed.code,
        "retention_years",
        Sentence(
            "Thủ tục của hồ sơ này không nêu thời hạn lưu trữ nên dữ liệu không được xóa.",
            "This procedure states no retention: in the version that holds for the dossier there "
            "is no retention_years, so its data is kept.",
        ),
    ),
    (
        ErasureBlocked.code,
        "holds",
        Sentence(
            "Hồ sơ đang có yêu cầu giữ (dossier.hold_placed); phải gỡ bỏ trước "
            "(dossier.hold_lifted).",
            "A hold stands on the dossier (dossier.hold_placed): dossier.hold_lifted ends it.",
        ),
    ),
    (
        NotPermitted.code,
        "rated already",
        Sentence(
            "Giai đoạn này đã được đánh giá; mỗi giai đoạn chỉ đánh giá một lần.",
            "This stage was rated already; each stage is rated once.",
        ),
    ),
    (
        CoSignerMissing.code,
        "missing is",
        Sentence(
            "Vai trò còn thiếu được nêu ở chi tiết; hãy thêm chữ ký đó (--sign vai_trò=TỆP).",
            "The detail names who is missing: let them sign too (--sign role=KEYFILE).",
        ),
    ),
    (
        KeyNameTaken.code,
        "make another",
        Sentence(
            "Khóa này đã dùng cho việc khác. Hãy lập khóa mới (keys new petitioner).",
            "This key was used for another matter: make another (keys new petitioner).",
        ),
    ),
    (
        InspectionOrderNeeded.code,
        "order_stream",
        Sentence(
            "Ghi order_stream là luồng nơi quyết định được ban hành (access:…), còn thời hạn và có "
            "tên khóa này; hoặc bỏ order_stream để xem theo quyền thanh tra.",
            "Give as order_stream the stream where the order was issued (access:…), in force and "
            "naming this key as a reader; or leave order_stream out and look by your grants.",
        ),
    ),
    (
        OrderNotInForce.code,
        "closed",
        Sentence(
            "Quyết định đã kết thúc; muốn xem tiếp phải có quyết định mới do người khác ban hành.",
            "The order has ended: to read on, somebody else must issue another.",
        ),
    ),
)


def fact_remedy(code: str, detail: str) -> Sentence | None:
    """Give what would be right of the member that a detail begins with; None where nobody knows.

    Only `fact_invalid` and `document_refused` name members; of some other codes the detail tells
    the reason.
    """
    for reason_code, word, remedy in _BY_REASON:
        if code == reason_code and word in detail:
            return remedy
    if code == FactMissing.code:
        return missing_remedy(detail)
    if code == DocumentRefused.code:
        return _OFFICE_DOCUMENT
    if code != FactInvalid.code:
        return None
    member = detail.removeprefix(f"{code}: ").partition(":")[0].partition(",")[0]
    return _REMEDIES.get(member, _DAY if member else None)
