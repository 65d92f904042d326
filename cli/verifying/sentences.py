"""What a file proved and what it could not, as sentences in Vietnamese and in English."""

from dataclasses import dataclass, field
from typing import Final

from domain.errors import Sentence

LANGUAGES: Final = ("en", "vi")

_PROVED: Final = Sentence("Đã chứng minh:", "Proved:")
_NOT_PROVED: Final = Sentence("Riêng tệp này chưa chứng minh:", "Not proved by this file alone:")


@dataclass(slots=True)
class Explained:
    """The sentences about one file, in the order in which they follow from one another."""

    proved: list[Sentence] = field(default_factory=list)
    open_questions: list[Sentence] = field(default_factory=list)

    def prove(self, vi: str, en: str) -> None:
        """Say something that the file proved."""
        self.proved.append(Sentence(vi, en))

    def leave_open(self, vi: str, en: str) -> None:
        """Say something that it did not."""
        self.open_questions.append(Sentence(vi, en))

    def members(self, language: str) -> dict[str, object]:
        """Give both lists in one language."""
        return {
            "proved": [in_language(each, language) for each in self.proved],
            "not_proved": [in_language(each, language) for each in self.open_questions],
        }

    def text(self, language: str) -> str:
        """Give all of it as people read it."""
        return in_words(
            [in_language(each, language) for each in self.proved],
            [in_language(each, language) for each in self.open_questions],
            language,
        )


def in_language(sentence: Sentence, language: str) -> str:
    """Give a sentence in one of the two languages."""
    return sentence.vi if language == "vi" else sentence.en


def in_words(proved: list[str], open_questions: list[str], language: str = "en") -> str:
    """Give two lists of sentences under their headings."""
    lines = [in_language(_PROVED, language), *(f"  - {line}" for line in proved)]
    lines += [in_language(_NOT_PROVED, language), *(f"  - {line}" for line in open_questions)]
    return "\n".join(lines)
