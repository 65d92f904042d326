"""Cases that several rules share, and short ways to write what is said of a rule."""

from typing import Final

from domain.errors import Sentence
from projections.findings.shapes import Explanation, SilentCase, Threshold, ThresholdSource


def case(name: str, vi: str, en: str) -> SilentCase:
    """Write one case in which a rule keeps silent."""
    return SilentCase(name, Sentence(vi, en))


def explained(vi: str, en: str, shown_as: str | None = None) -> Explanation:
    """Write what may innocently explain a hit."""
    return Explanation(Sentence(vi, en), shown_as)


def by_law(vi: str, en: str, article: str) -> Threshold:
    """Write a number that a law sets whose text was read."""
    return Threshold(Sentence(vi, en), ThresholdSource.LAW, article)


def assumed(vi: str, en: str, article: str) -> Threshold:
    """Write a number that is taken for the law's though that was not read in full."""
    return Threshold(Sentence(vi, en), ThresholdSource.ASSUMPTION, article)


def own(vi: str, en: str, text: str = "domain.md 7.2") -> Threshold:
    """Write a number of this project's own."""
    return Threshold(Sentence(vi, en), ThresholdSource.OWN, text)


IMPORTED: Final = case(
    "imported",
    "Việc do hệ thống khác chuyển sang: cách ghi của hệ thống đó không phải của sổ cái.",
    "Imported acts: how and when their source recorded them is not known here.",
)
NO_CALENDAR: Final = case(
    "no_calendar",
    "Chưa công bố lịch làm việc.",
    "No calendar was published, so working time cannot be counted.",
)
BEYOND_CALENDAR: Final = case(
    "beyond_calendar",
    "Lịch đã công bố không bao gồm những ngày phải tính.",
    "The published calendar does not cover the days that must be counted.",
)
NO_DUE_DATE: Final = case(
    "no_due_date", "Hồ sơ không có hạn giải quyết.", "The dossier has no due date."
)
NO_LAW: Final = case(
    "no_law",
    "Không biết quy định chung của ngày đó.",
    "No general law of that day is known here.",
)
LIMIT_IN_PROSE: Final = case(
    "limit_in_prose",
    "Thủ tục chỉ nêu thời hạn bằng lời văn.",
    "The procedure states its limit in prose alone.",
)
NOT_OPENED: Final = case(
    "not_opened", "Phần riêng tư không mở được.", "The private part did not open."
)
PERSONNEL_NUMBERS: Final = Sentence(
    "Số hiệu công chức, để biết các khóa nào là của một người.",
    "Personnel numbers, which say whose keys are one person's.",
)
