"""What every error of the domain is made of: its code, a detail, and for refusals two sentences.

Beside the shapes stand the refusals of moments that cannot be.
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
