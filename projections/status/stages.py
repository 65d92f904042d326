"""The finer status of a dossier, between the ten official ones: what is being done just now.

SPEC: domain.md 2.4: an internal sub-state that maps to the statuses 1 to 10. It follows from the
dossier's state and from the kinds of its published acts, and from nothing private.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Final

from domain.dossiers import Dossier, Halt, HaltKind, Outcome, Status
from domain.errors import Sentence
from projections.dossier_rows import Act


class Stage(StrEnum):
    """What is being done with a dossier; each belongs to one official status."""

    SUBMITTED = "submitted"
    INTAKE_CHECK = "intake_check"
    ACCEPTED = "accepted"
    FORWARDED = "forwarded"
    NOT_ACCEPTED = "not_accepted"
    PROCESSING = "processing"
    SITE_SURVEY = "site_survey"
    CONSULTATION = "consultation"
    TRANSFERRED = "transferred"
    AWAITING_DECISION = "awaiting_decision"
    REWORK = "rework"
    APPROVED = "approved"
    SUPPLEMENT_AT_INTAKE = "supplement_at_intake"
    SUPPLEMENT = "supplement"
    SUPPLEMENT_CHECK = "supplement_check"
    PAYMENT = "payment"
    WITHDRAWAL = "withdrawal"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    RESULT_READY = "result_ready"
    REFUSAL_READY = "refusal_ready"
    RESULT_SENT = "result_sent"
    DELIVERY_FAILED = "delivery_failed"
    RETURNED = "returned"


STATUS_OF: Final[Mapping[Stage, Status]] = {
    Stage.SUBMITTED: Status.NEWLY_REGISTERED,
    Stage.INTAKE_CHECK: Status.NEWLY_REGISTERED,
    Stage.ACCEPTED: Status.ACCEPTED,
    Stage.FORWARDED: Status.ACCEPTED,
    Stage.NOT_ACCEPTED: Status.NOT_ACCEPTED,
    Stage.PROCESSING: Status.IN_PROCESS,
    Stage.SITE_SURVEY: Status.IN_PROCESS,
    Stage.CONSULTATION: Status.IN_PROCESS,
    Stage.TRANSFERRED: Status.IN_PROCESS,
    Stage.AWAITING_DECISION: Status.IN_PROCESS,
    Stage.REWORK: Status.IN_PROCESS,
    Stage.APPROVED: Status.IN_PROCESS,
    Stage.SUPPLEMENT_AT_INTAKE: Status.SUPPLEMENT_REQUIRED,
    Stage.SUPPLEMENT: Status.SUPPLEMENT_REQUIRED,
    Stage.SUPPLEMENT_CHECK: Status.SUPPLEMENT_REQUIRED,
    Stage.PAYMENT: Status.PAYMENT_REQUIRED,
    Stage.WITHDRAWAL: Status.WITHDRAWAL_REQUESTED,
    Stage.SUSPENDED: Status.STOPPED,
    Stage.STOPPED: Status.STOPPED,
    Stage.CLOSED: Status.STOPPED,
    Stage.WITHDRAWN: Status.STOPPED,
    Stage.RESULT_READY: Status.PROCESSED,
    Stage.REFUSAL_READY: Status.PROCESSED,
    Stage.RESULT_SENT: Status.PROCESSED,
    Stage.DELIVERY_FAILED: Status.PROCESSED,
    Stage.RETURNED: Status.RESULT_RETURNED,
}

STAGE_NAMES: Final[Mapping[Stage, Sentence]] = {
    Stage.SUBMITTED: Sentence("Đã nộp, chưa có người kiểm tra", "Handed in, with nobody yet"),
    Stage.INTAKE_CHECK: Sentence("Đang kiểm tra để tiếp nhận", "Being checked at intake"),
    Stage.ACCEPTED: Sentence("Đã tiếp nhận, chờ chuyển xử lý", "Accepted, to be sent on"),
    Stage.FORWARDED: Sentence(
        "Đã chuyển, cơ quan giải quyết chưa nhận bàn giao", "Sent on, not taken over yet"
    ),
    Stage.NOT_ACCEPTED: Sentence("Không được tiếp nhận", "Not accepted"),
    Stage.PROCESSING: Sentence("Đang thụ lý", "Being processed"),
    Stage.SITE_SURVEY: Sentence("Đang thẩm tra, xác minh thực địa", "Being verified on site"),
    Stage.CONSULTATION: Sentence("Đang lấy ý kiến cơ quan khác", "Another agency is consulted"),
    Stage.TRANSFERRED: Sentence(
        "Đã chuyển bước, nơi nhận chưa nhận bàn giao", "Passed to the next agency, not taken over"
    ),
    Stage.AWAITING_DECISION: Sentence("Đã trình, chờ ký duyệt", "Submitted, awaiting the decision"),
    Stage.REWORK: Sentence("Bị trả lại để soạn lại", "Sent back to be drafted again"),
    Stage.APPROVED: Sentence("Đã ký, chờ cấp số và phát hành", "Signed, to be numbered and issued"),
    Stage.SUPPLEMENT_AT_INTAKE: Sentence(
        "Chờ bổ sung giấy tờ trước khi tiếp nhận", "Waiting for papers before acceptance"
    ),
    Stage.SUPPLEMENT: Sentence("Chờ bổ sung giấy tờ", "Waiting for papers"),
    Stage.SUPPLEMENT_CHECK: Sentence(
        "Đã nộp bổ sung, đang kiểm tra", "The supplement was handed in and is being checked"
    ),
    Stage.PAYMENT: Sentence("Chờ thực hiện nghĩa vụ tài chính", "Waiting for payment"),
    Stage.WITHDRAWAL: Sentence("Chờ xác nhận rút hồ sơ", "Withdrawal to be confirmed"),
    Stage.SUSPENDED: Sentence("Tạm dừng theo luật", "Suspended by law"),
    Stage.STOPPED: Sentence("Đã dừng giải quyết", "Stopped"),
    Stage.CLOSED: Sentence("Đã đóng vì hết hạn chờ", "Closed: what it waited for did not come"),
    Stage.WITHDRAWN: Sentence("Đã rút theo yêu cầu", "Withdrawn at the applicant's request"),
    Stage.RESULT_READY: Sentence("Có kết quả, chờ trả", "The result is ready"),
    Stage.REFUSAL_READY: Sentence("Từ chối giải quyết, chờ trả", "Refused; the notice is ready"),
    Stage.RESULT_SENT: Sentence("Kết quả đã gửi đi", "The result was sent"),
    Stage.DELIVERY_FAILED: Sentence("Phát không thành công", "The delivery failed"),
    Stage.RETURNED: Sentence("Đã trả kết quả", "The result was handed over"),
}

_BY_ACT: Final[Mapping[Status, Mapping[str, Stage]]] = {
    Status.NEWLY_REGISTERED: {"dossier.intake_task_assigned": Stage.INTAKE_CHECK},
    Status.ACCEPTED: {"dossier.forwarded": Stage.FORWARDED},
    Status.IN_PROCESS: {
        "dossier.submitted_for_approval": Stage.AWAITING_DECISION,
        "dossier.returned_for_rework": Stage.REWORK,
        "dossier.step_transferred": Stage.TRANSFERRED,
        "dossier.handover_acknowledged": Stage.PROCESSING,
        "dossier.processor_assigned": Stage.PROCESSING,
        "dossier.processor_reassigned": Stage.PROCESSING,
        "dossier.supplement_completed": Stage.PROCESSING,
    },
    Status.SUPPLEMENT_REQUIRED: {
        "dossier.supplement_submitted": Stage.SUPPLEMENT_CHECK,
        "dossier.supplement_judged_incomplete": Stage.SUPPLEMENT,
        "dossier.supplement_requested": Stage.SUPPLEMENT,
        "dossier.intake_supplement_requested": Stage.SUPPLEMENT,
    },
    Status.STOPPED: {"dossier.closed": Stage.CLOSED},
    Status.PROCESSED: {
        "dossier.result_dispatched": Stage.RESULT_SENT,
        "dossier.delivery_failed": Stage.DELIVERY_FAILED,
    },
}

_PLAIN: Final[Mapping[Status, Stage]] = {
    Status.NEWLY_REGISTERED: Stage.SUBMITTED,
    Status.ACCEPTED: Stage.ACCEPTED,
    Status.NOT_ACCEPTED: Stage.NOT_ACCEPTED,
    Status.IN_PROCESS: Stage.PROCESSING,
    Status.SUPPLEMENT_REQUIRED: Stage.SUPPLEMENT,
    Status.PAYMENT_REQUIRED: Stage.PAYMENT,
    Status.WITHDRAWAL_REQUESTED: Stage.WITHDRAWAL,
    Status.STOPPED: Stage.STOPPED,
    Status.PROCESSED: Stage.RESULT_READY,
    Status.RESULT_RETURNED: Stage.RETURNED,
}

_OTHERS_HAVE_THE_WORD: Final = (
    (HaltKind.CONSULTATION, Stage.CONSULTATION),
    (HaltKind.SITE_SURVEY, Stage.SITE_SURVEY),
)


def stage_of(dossier: Dossier, acts: Sequence[Act]) -> Stage:
    """Give the finer status; ``acts`` are the dossier's published ones, in order."""
    if dossier.suspended:
        return Stage.SUSPENDED
    status = dossier.status
    stage = _last_meaning(acts, _BY_ACT.get(status, {})) or _PLAIN[status]
    match status:
        case Status.IN_PROCESS:
            return _in_process(dossier, stage)
        case Status.SUPPLEMENT_REQUIRED if stage is Stage.SUPPLEMENT:
            return stage if dossier.accepted_at is not None else Stage.SUPPLEMENT_AT_INTAKE
        case Status.STOPPED if dossier.outcome is Outcome.WITHDRAWN:
            return Stage.WITHDRAWN
        case Status.PROCESSED if stage is Stage.RESULT_READY:
            return Stage.REFUSAL_READY if dossier.outcome is Outcome.REFUSED else stage
    return stage


def _last_meaning(acts: Sequence[Act], meanings: Mapping[str, Stage]) -> Stage | None:
    return next((meanings[act.kind] for act in reversed(acts) if act.kind in meanings), None)


def _in_process(dossier: Dossier, stage: Stage) -> Stage:
    if dossier.approved_at is not None:
        return Stage.APPROVED
    running = open_halts(dossier)
    for kind, halted in _OTHERS_HAVE_THE_WORD:
        if any(halt.kind is kind for halt in running):
            return halted
    return stage


def open_halts(dossier: Dossier) -> tuple[Halt, ...]:
    """Give the halts that have not ended."""
    return tuple(halt for halt in dossier.halts if halt.until is None)


def last_of(acts: Sequence[Act], kinds: Collection[str]) -> Act | None:
    """Give the last act of one of these kinds."""
    return next((act for act in reversed(acts) if act.kind in kinds), None)
