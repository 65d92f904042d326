"""Errors of the domain: what cannot be read and what the rules refuse, each with its code.

Refusals of persons, who sign or read, stand in `domain.person_errors`.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for people, in Vietnamese and in English."""

    vi: str
    en: str


class DomainError(Exception):
    """Base of everything the domain raises; `detail` names facts and kinds, never a person."""

    code: ClassVar[str] = "domain_error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class ActionRefused(DomainError):
    """A rule said no: `rule` says which, `remedy` what would change the answer."""

    code = "action_refused"
    rule: ClassVar[Sentence] = Sentence("Hành động không được chấp nhận.", "The action is refused.")
    remedy: ClassVar[Sentence] = Sentence(
        "Hãy xem lại hồ sơ và quy định của thủ tục.",
        "Look again at the dossier and at the rules of the procedure.",
    )


class MalformedMoment(DomainError):
    """The text is neither an RFC 3339 instant in UTC seconds nor a date."""

    code = "malformed_moment"


class MalformedStream(DomainError):
    """The text does not name a stream."""

    code = "malformed_stream"


class MalformedDocument(DomainError):
    """The bytes are not the public document they should be."""

    code = "malformed_document"


class MalformedDossierCode(DomainError):
    """The text is no dossier code of a known format."""

    code = "malformed_dossier_code"


class WrongStream(ActionRefused):
    """The kind of action does not belong on this stream."""

    code = "wrong_stream"
    rule = Sentence(
        "Loại hành động này không thuộc luồng đã nêu.",
        "This kind of action does not belong on the stream it names.",
    )
    remedy = Sentence("Hãy nêu đúng luồng.", "Name the stream that the action is about.")


class NotYourRole(ActionRefused):
    """The signer does not hold the role, or the role may not do this."""

    code = "not_your_role"
    rule = Sentence(
        "Người ký không có vai trò được phép thực hiện hành động này.",
        "The signer does not hold a role that may do this.",
    )
    remedy = Sentence(
        "Người có vai trò phù hợp phải ký.", "Somebody who holds such a role must sign."
    )


class CoSignerMissing(ActionRefused):
    """The roles that signed may do this only together with another."""

    code = "co_signer_missing"
    rule = Sentence(
        "Hành động này cần thêm chữ ký của người khác.",
        "This needs the signature of another role as well.",
    )
    remedy = Sentence("Hãy ký cùng người còn thiếu.", "Sign together with the missing role.")


class NotYourOffice(ActionRefused):
    """The role is held for another office, or this office has no part in the dossier."""

    code = "not_your_office"
    rule = Sentence(
        "Người ký không có quyền thay mặt cơ quan này đối với hồ sơ.",
        "The signer may not act for this office on this dossier.",
    )
    remedy = Sentence(
        "Cán bộ của cơ quan có thẩm quyền phải ký.",
        "An officer of the responsible office must sign.",
    )


class RoleNotHeldThen(ActionRefused):
    """The key was enrolled only after the moment the action names, or the role not in effect."""

    code = "role_not_held_then"
    rule = Sentence(
        "Vào thời điểm được nêu, khóa này chưa được đăng ký hoặc vai trò không có hiệu lực.",
        "At the moment the action names, this key was not enrolled, or the role not in effect.",
    )
    remedy = Sentence(
        "Hãy ghi đúng thời điểm thực hiện.", "State the moment at which it was truly done."
    )


class ActedBeforeDossier(ActionRefused):
    """The act says that it happened before the dossier was handed in, or ended it unaccepted."""

    code = "acted_before_dossier"
    rule = Sentence(
        "Thời điểm được nêu sớm hơn lúc nộp hồ sơ, hoặc kết thúc trước khi tiếp nhận.",
        "The act is dated before the dossier was handed in, or an end before its acceptance.",
    )
    remedy = Sentence(
        "Hãy ghi đúng thời điểm thực hiện.", "State the moment at which it was truly done."
    )


class OutageTooOld(ActionRefused):
    """The outage began longer before its declaration than the rule in force permits."""

    code = "outage_too_old"
    rule = Sentence(
        "Gián đoạn hệ thống được khai báo quá muộn sau khi bắt đầu.",
        "The outage is declared too long after it began.",
    )
    remedy = Sentence(
        "Hãy khai báo trong thời hạn; việc đã trễ vì gián đoạn thì nêu trong giải trình.",
        "Declare it within the limit; what became late by it is said in the answer to a finding.",
    )


class KeyNotEnrolled(ActionRefused):
    """The registry does not know the key."""

    code = "key_not_enrolled"
    rule = Sentence("Khóa ký chưa được đăng ký.", "The signing key is not enrolled.")
    remedy = Sentence(
        "Cơ quan đăng ký phải đăng ký khóa trước.", "A registrar must enrol the key first."
    )


class RevokedKey(ActionRefused):
    """The key is revoked."""

    code = "key_revoked"
    rule = Sentence("Khóa ký đã bị thu hồi.", "The signing key has been revoked.")
    remedy = Sentence("Hãy ký bằng khóa còn hiệu lực.", "Sign with a key that is still valid.")


class NotYourDossier(ActionRefused):
    """The key is not one that signs as the applicant of this dossier."""

    code = "not_your_dossier"
    rule = Sentence(
        "Khóa này không phải là khóa của người nộp hồ sơ.",
        "This key is not a key of the dossier's applicant.",
    )
    remedy = Sentence(
        "Hãy ký bằng khóa đã dùng khi nộp hồ sơ.",
        "Sign with the key that was named when the dossier was submitted.",
    )


class NotPermitted(ActionRefused):
    """The transition table has no row from the present state."""

    code = "not_permitted"
    rule = Sentence(
        "Trạng thái hiện tại của hồ sơ không cho phép hành động này.",
        "The present state does not permit this action.",
    )
    remedy = Sentence(
        "Hãy xem trạng thái hiện tại và bước được phép tiếp theo.",
        "Look at the present state and at the steps it permits.",
    )


class FactMissing(ActionRefused):
    """A fact that the rules need is absent."""

    code = "fact_missing"
    rule = Sentence("Thiếu thông tin bắt buộc.", "A required fact is missing.")
    remedy = Sentence("Hãy bổ sung thông tin còn thiếu.", "Add the missing fact.")


class FactInvalid(ActionRefused):
    """A fact contradicts another fact, the header or the stream."""

    code = "fact_invalid"
    rule = Sentence("Thông tin không hợp lệ.", "A fact is not valid here.")
    remedy = Sentence("Hãy sửa thông tin được nêu.", "Correct the fact that is named.")


class DossierCodeTaken(ActionRefused):
    """Another dossier has this code."""

    code = "dossier_code_taken"
    rule = Sentence("Mã số hồ sơ này đã được cấp cho hồ sơ khác.", "Another dossier has this code.")
    remedy = Sentence("Hãy cấp mã số khác.", "Give the dossier a code of its own.")


class PersonalDataInPublic(ActionRefused):
    """A public fact looks like a person's number, telephone or e-mail; `detail` names the fact."""

    code = "personal_data_in_public"
    rule = Sentence(
        "Phần công khai không được chứa số định danh, số điện thoại hay thư điện tử của người dân.",
        "Public facts must not hold a person's identity number, telephone or e-mail address.",
    )
    remedy = Sentence(
        "Hãy chuyển thông tin này vào phần riêng tư: phần công khai không bao giờ xóa được.",
        "Put it into the private part: what is public can never be taken back.",
    )


class UnknownProcedure(ActionRefused):
    """No version of the procedure is published."""

    code = "unknown_procedure"
    rule = Sentence("Thủ tục này chưa được công bố.", "This procedure is not published.")
    remedy = Sentence("Hãy chọn thủ tục đã công bố.", "Choose a published procedure.")


class ProcedureNotInForce(ActionRefused):
    """No published version of the procedure was in force on the day."""

    code = "procedure_not_in_force"
    rule = Sentence(
        "Thủ tục không có hiệu lực vào ngày tiếp nhận.",
        "No version of the procedure was in force on the day of acceptance.",
    )
    remedy = Sentence(
        "Phải công bố phiên bản có hiệu lực vào ngày đó.",
        "A version in force on that day must be published.",
    )


class NotYourPetition(ActionRefused):
    """The key is not one that signs as the petitioner."""

    code = "not_your_petition"
    rule = Sentence(
        "Khóa này không phải là khóa của người gửi phản ánh, khiếu nại.",
        "This key is not a key of the person who filed the petition.",
    )
    remedy = Sentence(
        "Hãy ký bằng khóa đã dùng khi gửi.", "Sign with the key that the petition was filed with."
    )


class NotCorrectable(ActionRefused):
    """The correction names a later act, or its value does not belong to the field."""

    code = "not_correctable"
    rule = Sentence(
        "Không thể đính chính như vậy: quyết định, ngày tháng và trạng thái không được đính chính.",
        "This cannot be corrected so: decisions, dates and statuses are never corrected.",
    )
    remedy = Sentence(
        "Hãy nêu hành động trước đó và đúng trường cần đính chính, hoặc thực hiện hành động mới.",
        "Name an earlier act and the field that is wrong, or act anew in the open.",
    )


class RetentionNotPassed(ActionRefused):
    """The retention period runs on, or the procedure declares none."""

    code = "retention_not_passed"
    rule = Sentence(
        "Chưa hết thời hạn lưu trữ, hoặc thủ tục chưa công bố thời hạn lưu trữ.",
        "The retention period has not passed, or the procedure declares none.",
    )
    remedy = Sentence(
        "Hãy chờ hết thời hạn lưu trữ.", "Wait until the retention period has passed."
    )


class ErasureBlocked(ActionRefused):
    """A hold, a complaint or a finding keeps the data; of these a hold alone is named."""

    code = "erasure_blocked"
    rule = Sentence(
        "Dữ liệu của hồ sơ này đang phải được giữ lại.",
        "The data of this dossier must be kept for the time being.",
    )
    remedy = Sentence(
        "Hãy chờ đến khi việc giữ lại kết thúc.", "Wait until what keeps the data has ended."
    )


class DossierErased(NotPermitted):
    """The dossier's private part was erased, and no act may bring a new one."""

    code = "dossier_erased"
    rule = Sentence(
        "Phần riêng của hồ sơ này đã bị xóa; không thể thêm dữ liệu riêng.",
        "The private part of this dossier was erased; nothing private can be added.",
    )
    remedy = Sentence(
        "Hãy ghi hành động này mà không kèm phần riêng.", "Record the act without a private part."
    )


class UnknownOffice(ActionRefused):
    """The office is not registered."""

    code = "unknown_office"
    rule = Sentence("Cơ quan này chưa được đăng ký.", "This office is not registered.")
    remedy = Sentence("Hãy nêu cơ quan đã đăng ký.", "Name a registered office.")


class OfficeNotInForce(ActionRefused):
    """On the day that the action names, the office had ended or did not exist yet."""

    code = "office_not_in_force"
    rule = Sentence(
        "Vào ngày được nêu, cơ quan này đã kết thúc hoạt động hoặc chưa được thành lập.",
        "On the day that the action names, this office had ended or did not exist yet.",
    )
    remedy = Sentence(
        "Cơ quan kế thừa phải ký; việc đã làm khi cơ quan còn hoạt động thì ghi đúng ngày đó.",
        "Its successor must sign; what was done while the office existed is dated so.",
    )


class UnknownCalendar(ActionRefused):
    """The calendar that a time limit needs is not published."""

    code = "unknown_calendar"
    rule = Sentence("Chưa công bố lịch làm việc.", "No calendar of working days is published.")
    remedy = Sentence("Phải công bố lịch làm việc.", "The calendar must be published first.")


class CalendarHorizonPassed(ActionRefused):
    """A time limit ends outside the published calendar; days are never guessed."""

    code = "calendar_horizon_passed"
    rule = Sentence(
        "Thời hạn vượt quá lịch làm việc đã công bố.",
        "The time limit ends outside the published calendar.",
    )
    remedy = Sentence(
        "Phải công bố lịch làm việc cho giai đoạn này.",
        "A calendar that covers this period must be published.",
    )


class DocumentMissing(ActionRefused):
    """The public document that the facts name by its hash is not stored."""

    code = "document_missing"
    rule = Sentence("Không tìm thấy văn bản được dẫn.", "The document it refers to is not stored.")
    remedy = Sentence("Hãy nộp văn bản trước.", "Hand in the document first.")


class DocumentRefused(ActionRefused):
    """The public document cannot be read as what the action says it is."""

    code = "document_refused"
    rule = Sentence("Văn bản được dẫn không hợp lệ.", "The document it refers to is not valid.")
    remedy = Sentence("Hãy sửa văn bản.", "Correct the document.")


class RatedDossierUnknown(ActionRefused):
    """The rating is about a dossier that does not exist."""

    code = "rated_dossier_unknown"
    rule = Sentence("Không có hồ sơ được đánh giá.", "There is no such dossier to rate.")
    remedy = Sentence("Hãy nêu đúng hồ sơ.", "Name the dossier that you mean.")
