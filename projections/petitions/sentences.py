"""What is said about a petition in Vietnamese and English: its state, its clocks, what comes next.

A limit whose law was not read in full says so in the sentence itself: nobody should take it for
the law's number.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from domain.errors import Sentence
from domain.moments import english_day
from domain.oversight.petition_law import PetitionClock
from domain.oversight.petitions import PetitionDue, PetitionRecord, PetitionState, PetitionTrack
from domain.procedures import LimitUnit
from projections.petitions.standing import Standing


class ClockState(StrEnum):
    """How one clock stands: what it asks for was done, or is still to be done."""

    KEPT = "kept"
    MISSED = "missed"
    RUNNING = "running"
    OVERDUE = "overdue"


TRACKS: Final[Mapping[PetitionTrack, Sentence]] = {
    PetitionTrack.FEEDBACK: Sentence("Phản ánh, kiến nghị", "Feedback"),
    PetitionTrack.COMPLAINT: Sentence("Khiếu nại", "Complaint"),
}

STATES: Final[Mapping[PetitionState, Sentence]] = {
    PetitionState.FEEDBACK_FILED: Sentence("Đã gửi", "Filed"),
    PetitionState.INFORMATION_WANTED: Sentence("Chờ bổ sung thông tin", "More information wanted"),
    PetitionState.TAKEN_UP: Sentence("Đang xử lý", "Taken up"),
    PetitionState.REFUSED: Sentence("Từ chối xử lý", "Refused"),
    PetitionState.ANSWERED: Sentence("Đã trả lời", "Answered"),
    PetitionState.PUBLISHED: Sentence("Đã công khai trả lời", "Answer published"),
    PetitionState.DISPUTED: Sentence("Người gửi không đồng ý", "Answer disputed"),
    PetitionState.COMPLAINT_FILED: Sentence("Đã nộp đơn", "Filed"),
    PetitionState.ACCEPTED: Sentence("Đã thụ lý", "Accepted"),
    PetitionState.DECIDED: Sentence("Đã giải quyết", "Decided"),
}

STANDINGS: Final[Mapping[Standing, Sentence]] = {
    Standing.ANSWERED_ON_TIME: Sentence("Đã trả lời đúng hạn", "Answered on time"),
    Standing.ANSWERED_LATE: Sentence("Đã trả lời quá hạn", "Answered late"),
    Standing.PENDING_IN_TIME: Sentence("Đang xử lý, trong hạn", "Pending, in time"),
    Standing.PENDING_OVERDUE: Sentence("Đang xử lý, quá hạn", "Pending, overdue"),
    Standing.UNDATED: Sentence("Chưa tính được hạn", "No due date can be computed"),
}

CLOCKS: Final[Mapping[PetitionClock, Sentence]] = {
    PetitionClock.REFUSAL: Sentence("Hạn từ chối", "The limit for a refusal"),
    PetitionClock.INFORMATION: Sentence(
        "Hạn yêu cầu bổ sung thông tin", "The limit for asking for more information"
    ),
    PetitionClock.FORWARDING: Sentence(
        "Hạn chuyển đến cơ quan có thẩm quyền", "The limit for sending it on"
    ),
    PetitionClock.ANSWER: Sentence("Hạn trả lời", "The limit for the answer"),
    PetitionClock.PUBLICATION: Sentence(
        "Hạn công khai câu trả lời", "The limit for publishing the answer"
    ),
    PetitionClock.ACCEPTANCE: Sentence(
        "Hạn thụ lý hoặc từ chối thụ lý", "The limit for accepting the complaint or declining it"
    ),
    PetitionClock.DECISION: Sentence("Hạn giải quyết", "The limit for the decision"),
}

LAW_NAMES: Final[Mapping[str, Sentence]] = {
    "qd766-2022": Sentence(
        "Quyết định 766/QĐ-TTg, chỉ số 5.2; Nghị định 20/2008/NĐ-CP",
        "Decision 766/QĐ-TTg, indicator 5.2; Decree 20/2008/NĐ-CP",
    ),
    "complaints-2011": Sentence(
        "Luật Khiếu nại 02/2011/QH13, Điều 27, 28, 37",
        "Law on Complaints 02/2011/QH13, articles 27, 28, 37",
    ),
    "complaints-2026": Sentence(
        "Luật Khiếu nại 02/2011/QH13, văn bản cũ",
        "Law on Complaints 02/2011/QH13, the older text",
    ),
}

_UNVERIFIED: Final = Sentence(
    " Luật đã được sửa đổi và phần sửa đổi chưa được đối chiếu: con số này có thể không còn đúng.",
    " The law was amended, and the amendments were not read: this number may no longer hold.",
)

_CLOCK_STATES: Final[Mapping[ClockState, Sentence]] = {
    ClockState.KEPT: Sentence("đã làm đúng hạn", "it was kept"),
    ClockState.MISSED: Sentence("đã làm quá hạn", "it was done late"),
    ClockState.RUNNING: Sentence("còn trong hạn", "it has not passed yet"),
    ClockState.OVERDUE: Sentence("đã quá hạn", "it has passed"),
}

_UNITS: Final[Mapping[LimitUnit, Sentence]] = {
    LimitUnit.WORKING_DAYS: Sentence("ngày làm việc", "working days"),
    LimitUnit.CALENDAR_DAYS: Sentence("ngày", "calendar days"),
}

_NEXT: Final[Mapping[PetitionState, Sentence]] = {
    PetitionState.FEEDBACK_FILED: Sentence(
        "Cơ quan phải tiếp nhận, từ chối, chuyển đi hoặc hỏi thêm; rồi trả lời bạn.",
        "The office takes it up, refuses it, sends it on or asks for more; then it answers you.",
    ),
    PetitionState.INFORMATION_WANTED: Sentence(
        "Cơ quan chờ bạn gửi thêm thông tin.", "The office waits for you to send more information."
    ),
    PetitionState.TAKEN_UP: Sentence("Cơ quan phải trả lời bạn.", "The office must answer you."),
    PetitionState.REFUSED: Sentence(
        "Không còn việc gì phải làm với phản ánh này.", "Nothing more happens to this feedback."
    ),
    PetitionState.ANSWERED: Sentence(
        "Câu trả lời phải được công khai; nếu không đồng ý, bạn có thể phản hồi.",
        "The answer must be published; if you are not content, you may dispute it.",
    ),
    PetitionState.PUBLISHED: Sentence(
        "Nếu không đồng ý với câu trả lời, bạn có thể phản hồi.",
        "If you are not content with the answer, you may dispute it.",
    ),
    PetitionState.DISPUTED: Sentence(
        "Cơ quan phải trả lời lại; không tìm thấy quy định nào về thời hạn trả lời lại.",
        "The office must answer once more; no rule was found on how long that may take.",
    ),
    PetitionState.COMPLAINT_FILED: Sentence(
        "Cơ quan phải thụ lý hoặc trả lời rằng không thụ lý.",
        "The office must accept the complaint, or say that it does not.",
    ),
    PetitionState.ACCEPTED: Sentence(
        "Cơ quan phải ra quyết định giải quyết khiếu nại.",
        "The office must decide on the complaint.",
    ),
    PetitionState.DECIDED: Sentence(
        "Nếu không đồng ý với quyết định lần đầu, bạn có thể khiếu nại lần hai.",
        "If you are not content with the first decision, you may complain a second time.",
    ),
}
_SECOND_LEVEL: Final = 2
_NOTHING_NEXT: Final = Sentence(
    "Khiếu nại lần hai đã được giải quyết.", "The second complaint was decided."
)


def clock_state(due: PetitionDue, as_of: datetime, zone: str) -> ClockState:
    """Tell how a clock stands at an instant."""
    is_late = due.is_late(as_of, zone)
    if due.stopped_at is None:
        return ClockState.OVERDUE if is_late else ClockState.RUNNING
    return ClockState.MISSED if is_late else ClockState.KEPT


def clock_sentence(due: PetitionDue, state: ClockState, zone: str) -> Sentence:
    """Say one clock: the limit, what it runs from, when it ends, by which law, how it stands."""
    law, unit, name = LAW_NAMES[due.law], _UNITS[due.limit.unit], CLOCKS[due.clock]
    started, ends, stands = due.started_at.day_in(zone), due.due.day, _CLOCK_STATES[state]
    assert ends is not None
    doubt = Sentence("", "") if due.verified else _UNVERIFIED
    return Sentence(
        f"{name.vi} là {due.limit.amount} {unit.vi}, kể từ {_vietnamese(started)}, đến hết "
        f"{_vietnamese(ends)} ({law.vi}): {stands.vi}.{doubt.vi}",
        f"{name.en} is {due.limit.amount} {unit.en} from {english_day(started)}, to the end of "
        f"{english_day(ends)} ({law.en}): {stands.en}.{doubt.en}",
    )


def next_step(record: PetitionRecord) -> Sentence:
    """Say what happens next, and whose turn it is."""
    if record.state is PetitionState.DECIDED and record.level == _SECOND_LEVEL:
        return _NOTHING_NEXT
    return _NEXT[record.state]


def _vietnamese(day: date) -> str:
    return f"{day:%d/%m/%Y}"
