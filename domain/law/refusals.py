"""What is refused and what is flagged: every rule about an act, in the order in which it is asked.

Refused is what is impossible; what is improper is recorded, and a finding names it: a ledger that
refuses to record a wrongful act protects the wrongdoer. `name` is the error's code where an act is
refused; where it is flagged, the rule of domain.md 7.2, or a name of ours where that has none. Of
several refusals an act gets the first; findings are raised side by side. `asked_by` says who asks:
whoever opens the bytes, the writer with public entries alone (an auditor repeats that), or whoever
holds the private part.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.errors import Sentence


class Verdict(StrEnum):
    """What becomes of an act that breaks a rule."""

    REFUSE = "refuse"
    FLAG = "flag"


class AskedBy(StrEnum):
    """Who can tell whether a rule is broken."""

    BYTES = "bytes"
    PUBLIC = "public"
    PRIVATE = "private"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule: what breaks it, what follows, and who asks."""

    name: str
    verdict: Verdict
    asked_by: AskedBy
    broken_by: Sentence


def _bytes(code: str, vi: str, en: str) -> RuleRow:
    return RuleRow(code, Verdict.REFUSE, AskedBy.BYTES, Sentence(vi, en))


def _refused(code: str, vi: str, en: str) -> RuleRow:
    return RuleRow(code, Verdict.REFUSE, AskedBy.PUBLIC, Sentence(vi, en))


def _private(code: str, vi: str, en: str) -> RuleRow:
    return RuleRow(code, Verdict.REFUSE, AskedBy.PRIVATE, Sentence(vi, en))


def _flagged(rule: str, vi: str, en: str, asked_by: AskedBy = AskedBy.PUBLIC) -> RuleRow:
    return RuleRow(rule, Verdict.FLAG, asked_by, Sentence(vi, en))


# SPEC: formats.md, "Order of checks".
RULES: Final[tuple[RuleRow, ...]] = (
    _bytes("too_large", "Quá kích thước cho phép", "larger than the limits"),
    _bytes("malformed_note", "Không phải bản ký đúng dạng", "not a signed note"),
    _bytes("not_canonical", "Không viết ở dạng chuẩn tắc", "not in canonical form"),
    _bytes("wrong_ledger", "Gửi cho sổ cái khác", "meant for another ledger"),
    _bytes("unknown_kind", "Không có loại hành vi này", "no such kind on such a stream"),
    _bytes(
        "schema_mismatch",
        "Dữ liệu thiếu, thừa hoặc sai kiểu, kể cả số tiền âm",
        "a fact is missing, surplus or mistyped, a negative amount among them",
    ),
    _bytes(
        "signature_lines_mismatch",
        "Dòng chữ ký không khớp người ký",
        "the signature lines are not one per signer",
    ),
    _bytes("unknown_key", "Không biết khóa ký", "nobody knows the key"),
    _bytes("invalid_signature", "Chữ ký sai", "a signature does not verify"),
    _bytes(
        "details_mismatch",
        "Phần riêng tư không khớp giá trị cam kết",
        "the private part does not open the commitment",
    ),
    _refused("wrong_stream", "Sai loại luồng", "the kind belongs on another type of stream"),
    _refused("not_your_role", "Vai trò không bao giờ được ký", "a role that may never sign it"),
    _refused("co_signer_missing", "Thiếu người cùng ký", "roles that may not sign it alone"),
    _refused("signer_repeated", "Một khóa ký hai lần", "one key signs twice"),
    _refused("fact_missing", "Không nêu cơ quan", "no office in the header"),
    _refused("unknown_office", "Cơ quan chưa đăng ký", "an office that is not registered"),
    _refused(
        "office_not_in_force",
        "Cơ quan không còn hoặc chưa hoạt động",
        "an office that had ended, or did not exist yet",
    ),
    _refused(
        "not_your_office", "Cơ quan không giữ hồ sơ", "an office that has no part in the dossier"
    ),
    _refused("key_not_enrolled", "Khóa chưa đăng ký", "a key that the registry does not know"),
    _refused("key_revoked", "Khóa đã thu hồi", "a key that was revoked when it was recorded"),
    _refused("not_your_role", "Người ký không giữ vai trò", "a role that the key does not hold"),
    _refused(
        "not_your_office",
        "Vai trò thuộc cơ quan khác",
        "a role that the key holds for another office",
    ),
    _refused(
        "role_not_held_then",
        "Khi đó chưa giữ vai trò",
        "a role that the key did not hold at the moment named",
    ),
    _refused(
        "person_repeated",
        "Một người ký hai lần bằng hai khóa",
        "one person with two keys, where two officers must sign",
    ),
    _refused(
        "signers_not_independent",
        "Người này đăng ký khóa hoặc cấp vai trò cho người kia",
        "one of two officers enrolled the other, or gave the role",
    ),
    _refused("stale_version", "Có người ghi trước", "somebody was first: read again"),
    _refused(
        "not_permitted",
        "Trạng thái không cho phép",
        "no row of the table leads from the present status",
    ),
    _refused(
        "acted_before_dossier",
        "Thời điểm trước khi nộp hồ sơ, hoặc kết thúc trước khi tiếp nhận",
        "a moment before the dossier was handed in, or an end before its acceptance",
    ),
    _refused(
        "fact_missing",
        "Thiếu phần riêng tư bắt buộc, hoặc thiếu dữ liệu công khai mà loại hành vi này phải có",
        "no private part, though the act says nothing without it, or a fact that its kind needs",
    ),
    _refused(
        "personnel_number_missing",
        "Khóa cán bộ không rõ của ai",
        "an officer's key without a private part that says whose it is",
    ),
    _refused(
        "personal_data_in_public",
        "Dữ liệu cá nhân trong phần công khai",
        "a public fact that looks like a person's number, telephone or e-mail",
    ),
    _refused(
        "fact_invalid",
        "Dữ liệu mâu thuẫn",
        "facts that contradict the header, the state or one another",
    ),
    _refused(
        "outage_too_old",
        "Khai báo gián đoạn hệ thống quá muộn sau khi bắt đầu",
        "an outage that began more working days before its declaration than the rule permits",
    ),
    _refused(
        "procedure_not_in_force",
        "Thủ tục không có hiệu lực",
        "no version of the procedure in force on the day",
    ),
    _refused("unknown_calendar", "Chưa công bố lịch làm việc", "a limit without a calendar"),
    _refused(
        "calendar_horizon_passed",
        "Thời hạn vượt quá lịch đã công bố",
        "a limit that ends outside the calendar",
    ),
    _private(
        "fact_missing",
        "Phần riêng tư thiếu điều mà loại hành vi này phải nêu",
        "a private part without what its kind must say, or an acceptance without a code",
    ),
    _private(
        "fact_invalid",
        "Phần riêng tư mâu thuẫn",
        "a private moment that does not exist, or a code of another day",
    ),
    _private(
        "personnel_number_missing",
        "Phần riêng tư không nêu số hiệu công chức",
        "a private part of an officer's key without the personnel number",
    ),
    _private(
        "person_repeated",
        "Hai khóa cùng một số hiệu công chức",
        "two keys with one personnel number, where two officers must sign",
    ),
    _private(
        "signers_not_independent",
        "Người ban hành quyết định thanh tra cũng là người xem",
        "an inspection order by its own reader, or by who enrolled the reader",
    ),
    _private(
        "order_not_in_force",
        "Xem khi không có quyết định thanh tra còn hiệu lực",
        "a read under an order that nobody issued, that has ended, or that is for others",
    ),
    _private(
        "not_asked",
        "Giải trình cảnh báo riêng khi không phải người hoặc cơ quan được hỏi",
        "an answer to a private finding by somebody whom it does not ask",
    ),
    _private(
        "wrong_access_stream",
        "Mục truy cập ghi trên luồng của hồ sơ khác",
        "a read that stands on another access stream than its dossier's",
    ),
    RuleRow(
        "acted_in_the_future",
        Verdict.REFUSE,
        AskedBy.CLOCK,
        Sentence("Thời điểm ở tương lai", "a moment that has not come"),
    ),
    RuleRow(
        "instant_needed",
        Verdict.REFUSE,
        AskedBy.CLOCK,
        Sentence(
            "Lịch, giờ làm việc hoặc gián đoạn hệ thống chỉ nêu ngày, không nêu giờ",
            "a calendar, office hours or an outage that names a day alone",
        ),
    ),
    RuleRow(
        "dated_back",
        Verdict.REFUSE,
        AskedBy.CLOCK,
        Sentence(
            "Ghi lùi thời điểm của lịch, giờ làm việc hoặc gián đoạn hệ thống",
            "a calendar, office hours or an outage signed as of an hour before its recording",
        ),
    ),
    _flagged("R01", "Tiếp nhận chậm", "accepted, refused or sent back after the limit of intake"),
    _flagged("R02", "Yêu cầu bổ sung nhiều lần", "a supplement asked for more often than allowed"),
    _flagged(
        "R03",
        "Đòi giấy tờ ngoài danh mục, hoặc ngoài lần yêu cầu đầu",
        "a paper off the published list, or beyond the first request",
        AskedBy.PRIVATE,
    ),
    _flagged(
        "R04",
        "Yêu cầu bổ sung muộn sau khi tiếp nhận",
        "a first request for papers long after the acceptance",
    ),
    _flagged(
        "R05",
        "Dừng thời hạn vào ngày cuối hoặc sau khi đã quá hạn",
        "the clock stopped on the last day of a limit, or after it",
    ),
    _flagged("R06", "Chờ quá lâu mà không đóng", "a wait that outlived its limit"),
    _flagged(
        "R07", "Xin lỗi quá một lần hoặc không xin lỗi", "a second apology, or late without one"
    ),
    _flagged(
        "R08",
        "Thời điểm trước việc liền trước, hoặc ghi muộn",
        "a moment before the act that came before it, or long before the recording",
    ),
    _flagged(
        "R09",
        "Đổi hạn không có căn cứ",
        "found complete though nothing came, or a new appointment without an apology",
    ),
    _flagged(
        "R10",
        "Kết quả có trước khi tiếp nhận",
        "a result, or the day on it, older than the acceptance",
        AskedBy.PRIVATE,
    ),
    _flagged(
        "R11",
        "Kết thúc trước khi có kết quả, hoặc sửa, giao lại ngay sau đó",
        "done before the day on the result, or mended or taken up again soon after",
        AskedBy.PRIVATE,
    ),
    _flagged(
        "R16",
        "Một người vừa tiếp nhận vừa phê duyệt, hoặc làm tiếp sau khi báo xung đột lợi ích",
        "one person both takes in and approves, or goes on after declaring an interest",
    ),
    _flagged(
        "R17",
        "Thu sai mức phí, thu sau kết quả, hoàn trả sai, thu tiền mặt không biên lai",
        "an amount that is not the catalogue's, money after the result, a false refund, no receipt",
    ),
    _flagged(
        "R18",
        "Yêu cầu bổ sung không qua Bộ phận Một cửa, thiếu chữ ký tại quầy",
        "a request past the one-stop shop, or a counter act that only one side signed",
    ),
    _flagged(
        "R19",
        "Từ chối vào phút chót hoặc sau khi đã quá hạn",
        "refused on the merits at the end of a limit, or after it",
    ),
    _flagged(
        "R20",
        "Rút hồ sơ có dấu hiệu bị ép",
        "a withdrawal with two signs of pressure: near the limit, in one sitting, officers' key",
    ),
    _flagged(
        "R24",
        "Xem dữ liệu riêng tư khi không được giao hồ sơ",
        "private details read without a task on the dossier",
        AskedBy.PRIVATE,
    ),
    _flagged("R25", "Chậm trả lời lấy ý kiến", "a consultation that outlived the day asked for"),
    _flagged(
        "R27",
        "Dãy mã hồ sơ có số trống hoặc trùng (cảnh báo công khai)",
        "a gap or a repeat in the codes of a day (a public alarm)",
        AskedBy.PRIVATE,
    ),
    _flagged(
        "R28",
        "Áp thời hạn khác với phiên bản có hiệu lực khi tiếp nhận",
        "another limit than the version's at acceptance, or a later appointment on the slip",
    ),
    _flagged(
        "R29",
        "Lịch, giờ làm việc công bố sau khi đã quá hạn",
        "a calendar or hours recorded after the due date that they moved",
    ),
    _flagged(
        "R30",
        "Ba người thụ lý một hồ sơ",
        "three persons in turn processed the dossier in one office",
    ),
    _flagged(
        "key_replaced",
        "Cán bộ thay khóa người nộp hoặc mã bí mật",
        "officers replaced the applicant's key or the slip's secret",
    ),
    _flagged(
        "taken_unannounced",
        "Nhận hồ sơ mà không ai chuyển đến",
        "a taking-over that nobody had announced and no giver signed",
    ),
    _flagged(
        "due_moved_late",
        "Thời hạn đổi sau khi đã quá hạn",
        "what moved a due date was recorded after that had passed",
    ),
    _flagged(
        "worked_in_outage",
        "Vẫn ghi hành vi qua hệ thống trong thời gian khai báo gián đoạn",
        "an office recorded acts through the system while its clocks rested by an outage",
    ),
)
