"""What every error of the domain is made of: its code, a detail, and for refusals two sentences."""

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
