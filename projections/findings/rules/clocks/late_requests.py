"""The rule on late requests, R04: a dossier sent back for papers long after its acceptance."""

from collections.abc import Iterator
from typing import Final

from domain.clocks.duties import send_back_reading
from domain.clocks.limits import ClockReading
from domain.deadlines import is_late
from domain.errors import CalendarHorizonPassed, Sentence
from projections.dossier_rows import Act
from projections.findings.cases import (
    BEYOND_CALENDAR,
    NO_CALENDAR,
    NO_LAW,
    assumed,
    by_law,
    case,
    explained,
)
from projections.findings.shapes import (
    DossierRule,
    ExaminedDossier,
    Hit,
    Parameters,
    Severity,
    doubted,
)

ACCEPTANCE: Final = "dossier.accepted"
REQUEST: Final = "dossier.supplement_requested"
# What came to light by one of these could not be asked for before.
UNCOVERING: Final = frozenset({"dossier.verification_recorded", "dossier.consultation_answered"})
_ASKED_LATE: Final = Sentence(
    "Lần đầu yêu cầu bổ sung đã quá ba ngày làm việc kể từ khi tiếp nhận.",
    "The first request for papers came more than three working days after the acceptance.",
)


def _late_request(examined: ExaminedDossier, _parameters: Parameters) -> Iterator[Hit]:
    """R04: the first request after acceptance came when its limit had passed."""
    accepted: Act | None = None
    for act in examined.acts:
        if act.kind == ACCEPTANCE:
            accepted = act
        elif act.kind in UNCOVERING:
            return
        elif act.kind == REQUEST:
            reading = _reading(examined)
            due = None if reading is None else reading.count.due
            if reading is not None and due is not None and is_late(act.at, due, examined.zone):
                acts = (act,) if accepted is None else (accepted, act)
                yield Hit(doubted(_ASKED_LATE, verified=reading.law_verified), acts)
            return


def _reading(examined: ExaminedDossier) -> ClockReading | None:
    working = examined.working()
    if working is None:
        return None
    try:
        return send_back_reading(examined.dossier, working)
    except CalendarHorizonPassed:
        return None


R04: Final = DossierRule(
    id="R04",
    version=1,
    severity=Severity.MEDIUM,
    name=Sentence("Yêu cầu bổ sung muộn", "Late supplement request"),
    looks_for=Sentence(
        "Lần đầu yêu cầu bổ sung sau khi tiếp nhận đã quá ba ngày làm việc.",
        "The first request for papers came more than three working days after the acceptance.",
    ),
    why=Sentence(
        "Hồ sơ đã nhận là đủ mà lâu sau mới đòi thêm thì thời gian chờ là của người dân.",
        "What was accepted as complete is found wanting late, and the applicant pays in time.",
    ),
    explanations=(
        explained(
            "Thẩm tra, xác minh hoặc lấy ý kiến mới phát hiện thiếu sót.",
            "A verification or a consultation found the flaw.",
            "uncovered_later",
        ),
        explained(
            "Luật chuyên ngành cho thời hạn dài hơn.", "The law of the sector gives more time."
        ),
    ),
    exclusions=(
        case(
            "asked_in_time",
            "Yêu cầu trong ba ngày làm việc.",
            "The request came within three working days.",
        ),
        case(
            "uncovered_later",
            "Trước đó có biên bản xác minh hoặc văn bản trả lời ý kiến.",
            "A verification or an answer of another body came before it.",
        ),
        case(
            "asked_at_intake",
            "Yêu cầu trước khi tiếp nhận.",
            "Papers were asked for before the acceptance, not after it.",
        ),
    ),
    abstentions=(NO_CALENDAR, BEYOND_CALENDAR, NO_LAW),
    thresholds=(
        by_law(
            "Ba ngày làm việc (hồ sơ tiếp nhận trước 01/7/2025).",
            "Three working days (accepted before July 2025).",
            "Decree 61/2018 art. 19.4",
        ),
        assumed(
            "Ba ngày làm việc (từ 01/7/2025).",
            "Three working days (from July 2025 on).",
            "Decree 61/2018 art. 19.4, taken over",
        ),
    ),
    look=_late_request,
)
