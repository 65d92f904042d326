"""What happens next to a dossier: acts that the law's table permits now, and the step after this.

Nothing is foretold here that the table of transitions would refuse: `NEXT_OF` puts the ordinary
course into an order, and only what is permitted in the dossier's state is given.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from domain.dossiers import Dossier
from domain.errors import Sentence
from domain.kinds import KINDS
from domain.procedures import InternalStep
from domain.roles import Role
from domain.transitions import TRANSITIONS, Transition
from projections.status.stages import Stage

_TAKES_IN: Final = (
    "dossier.accepted",
    "dossier.intake_supplement_requested",
    "dossier.intake_refused",
)
_PROCESSES: Final = (
    "dossier.submitted_for_approval",
    "dossier.supplement_requested",
    "dossier.payment_required",
)
_DECIDES: Final = (
    "dossier.result_approved",
    "dossier.resolution_refused",
    "dossier.returned_for_rework",
)

NEXT_OF: Final[Mapping[Stage, tuple[str, ...]]] = {
    Stage.SUBMITTED: _TAKES_IN,
    Stage.INTAKE_CHECK: _TAKES_IN,
    Stage.ACCEPTED: ("dossier.forwarded", "dossier.processor_assigned"),
    Stage.FORWARDED: ("dossier.handover_acknowledged", "dossier.processor_assigned"),
    Stage.NOT_ACCEPTED: (),
    Stage.PROCESSING: _PROCESSES,
    Stage.SITE_SURVEY: ("dossier.verification_recorded",),
    Stage.CONSULTATION: ("dossier.consultation_answered",),
    Stage.TRANSFERRED: ("dossier.handover_acknowledged",),
    Stage.AWAITING_DECISION: _DECIDES,
    Stage.REWORK: _PROCESSES,
    Stage.APPROVED: ("dossier.result_issued",),
    Stage.SUPPLEMENT_AT_INTAKE: ("dossier.supplement_submitted", "dossier.closed"),
    Stage.SUPPLEMENT: ("dossier.supplement_submitted", "dossier.closed"),
    Stage.SUPPLEMENT_CHECK: (
        "dossier.supplement_completed",
        "dossier.supplement_judged_incomplete",
    ),
    Stage.PAYMENT: ("dossier.payment_confirmed", "dossier.closed"),
    Stage.WITHDRAWAL: ("dossier.withdrawal_confirmed", "dossier.withdrawal_denied"),
    Stage.SUSPENDED: ("dossier.processing_resumed", "dossier.processing_stopped"),
    Stage.STOPPED: (),
    Stage.CLOSED: (),
    Stage.WITHDRAWN: (),
    Stage.RESULT_READY: ("dossier.result_returned",),
    Stage.REFUSAL_READY: ("dossier.result_returned",),
    Stage.RESULT_SENT: ("dossier.result_returned",),
    Stage.DELIVERY_FAILED: ("dossier.result_dispatched", "dossier.result_returned"),
    Stage.RETURNED: (),
}

NEXT_SENTENCES: Final[Mapping[str, Sentence]] = {
    "dossier.accepted": Sentence(
        "Nếu đủ giấy tờ, Bộ phận Một cửa tiếp nhận, cấp mã hồ sơ và hẹn ngày trả.",
        "If the papers are complete, the one-stop shop accepts, gives a code and an appointment.",
    ),
    "dossier.intake_supplement_requested": Sentence(
        "Nếu thiếu giấy tờ, Bộ phận Một cửa hướng dẫn bổ sung đầy đủ một lần.",
        "If papers are missing, the one-stop shop asks for all of them at once.",
    ),
    "dossier.intake_refused": Sentence(
        "Nếu không thể tiếp nhận, Bộ phận Một cửa từ chối và nói rõ lý do.",
        "If it cannot be taken in, the one-stop shop refuses and gives the reason.",
    ),
    "dossier.forwarded": Sentence(
        "Bộ phận Một cửa chuyển hồ sơ đến cơ quan giải quyết.",
        "The one-stop shop sends the dossier to the deciding agency.",
    ),
    "dossier.processor_assigned": Sentence(
        "Lãnh đạo giao hồ sơ cho một cán bộ thụ lý.",
        "A leader gives the dossier to a processing officer.",
    ),
    "dossier.handover_acknowledged": Sentence(
        "Cơ quan được chuyển đến nhận bàn giao hồ sơ.",
        "The agency that it was sent to takes the dossier over.",
    ),
    "dossier.submitted_for_approval": Sentence(
        "Cán bộ thụ lý thẩm định rồi trình lãnh đạo.",
        "The processing officer appraises the dossier and submits it for decision.",
    ),
    "dossier.supplement_requested": Sentence(
        "Nếu hồ sơ chưa đủ điều kiện, cơ quan trả lại và yêu cầu bổ sung.",
        "If it is not eligible yet, the agency sends it back for a supplement.",
    ),
    "dossier.payment_required": Sentence(
        "Nếu có nghĩa vụ tài chính, cơ quan ra thông báo nộp tiền.",
        "If money is due, the agency sends a notice of payment.",
    ),
    "dossier.verification_recorded": Sentence(
        "Cơ quan thẩm tra, xác minh thực địa và lập biên bản.",
        "The agency verifies on site and records it.",
    ),
    "dossier.consultation_answered": Sentence(
        "Cơ quan được lấy ý kiến trả lời.", "The consulted agency answers."
    ),
    "dossier.result_approved": Sentence(
        "Lãnh đạo ký duyệt kết quả.", "The head of the agency signs the result."
    ),
    "dossier.resolution_refused": Sentence(
        "Nếu không đủ điều kiện, lãnh đạo ký văn bản từ chối có nêu lý do.",
        "If it is not eligible, the head refuses it in writing, with the reason.",
    ),
    "dossier.returned_for_rework": Sentence(
        "Nếu dự thảo chưa đạt, lãnh đạo trả lại để soạn lại.",
        "If the draft will not do, the head sends it back to be drafted again.",
    ),
    "dossier.result_issued": Sentence(
        "Văn thư cấp số, phát hành kết quả và chuyển về Bộ phận Một cửa.",
        "The clerk numbers and issues the result and sends it to the one-stop shop.",
    ),
    "dossier.supplement_submitted": Sentence(
        "Người nộp bổ sung giấy tờ còn thiếu.", "The applicant hands in the missing papers."
    ),
    "dossier.supplement_completed": Sentence(
        "Nếu đã đủ, cơ quan xác nhận và tiếp tục giải quyết.",
        "If they are complete, the office confirms it and goes on.",
    ),
    "dossier.supplement_judged_incomplete": Sentence(
        "Nếu vẫn thiếu, cơ quan nói rõ còn thiếu gì trong danh mục đã yêu cầu.",
        "If some are still missing, the office says which of those it had asked for.",
    ),
    "dossier.closed": Sentence(
        "Nếu quá hạn mà không có, cơ quan đóng hồ sơ và trả lại giấy tờ.",
        "If nothing comes in time, the office closes the dossier and gives the papers back.",
    ),
    "dossier.payment_confirmed": Sentence(
        "Người nộp thực hiện nghĩa vụ tài chính; việc nộp được xác nhận.",
        "The applicant pays, and the payment is confirmed.",
    ),
    "dossier.withdrawal_confirmed": Sentence(
        "Bộ phận Một cửa xác nhận dừng và trả lại giấy tờ.",
        "The one-stop shop confirms that it is stopped, and gives the papers back.",
    ),
    "dossier.withdrawal_denied": Sentence(
        "Nếu đã có kết quả, Bộ phận Một cửa trả lời là không dừng được nữa.",
        "If there is a result already, the one-stop shop answers that it cannot be stopped.",
    ),
    "dossier.processing_resumed": Sentence(
        "Khi căn cứ tạm dừng không còn, cơ quan tiếp tục giải quyết.",
        "Once the ground has lapsed, the agency goes on with it.",
    ),
    "dossier.processing_stopped": Sentence(
        "Nếu căn cứ vẫn còn, cơ quan chấm dứt giải quyết và thông báo.",
        "If the ground remains, the agency stops it for good and says so.",
    ),
    "dossier.result_returned": Sentence(
        "Bộ phận Một cửa trả kết quả cho người nộp theo cách đã chọn.",
        "The one-stop shop hands the result over in the way that the applicant chose.",
    ),
    "dossier.result_dispatched": Sentence("Kết quả được gửi lại.", "The result is sent once more."),
}

NOTHING_NEXT: Final = Sentence(
    "Không còn việc nào tiếp theo. Người nộp có thể đánh giá, phản ánh hoặc khiếu nại.",
    "Nothing further happens. The applicant may rate the service, send feedback or complain.",
)


@dataclass(frozen=True, slots=True)
class NextAct:
    """One act that may come next; ``roles`` are those who may sign it alone, no importers."""

    kind: str
    roles: tuple[Role, ...]
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class NextSteps:
    """What comes next, the ordinary act first; ``step`` is the published step after this one."""

    acts: tuple[NextAct, ...]
    step: InternalStep | None

    @property
    def step_sentence(self) -> Sentence | None:
        """Name the step of the published process that comes next; None where it has no name."""
        named = self.step is not None and self.step.name is not None
        return _step_sentence(self.step) if self.step is not None and named else None

    @property
    def sentence(self) -> Sentence:
        """Say what happens next, in one or more sentences."""
        parts = [act.sentence for act in self.acts] or [NOTHING_NEXT]
        if self.step_sentence is not None:
            parts.append(self.step_sentence)
        vi, en = " ".join(part.vi for part in parts), " ".join(part.en for part in parts)
        return Sentence(vi, en)


def next_steps(dossier: Dossier, stage: Stage, step: InternalStep | None) -> NextSteps:
    """Give what may happen next; ``step`` is what `steps.following_step` gave."""
    return NextSteps(tuple(_next_acts(dossier, stage)), step)


def _next_acts(dossier: Dossier, stage: Stage) -> Iterator[NextAct]:
    for kind in NEXT_OF[stage]:
        if is_permitted(TRANSITIONS[kind], dossier):
            yield NextAct(kind, _signing_roles(kind), NEXT_SENTENCES[kind])


def is_permitted(transition: Transition, dossier: Dossier) -> bool:
    """Tell whether the table of transitions lets an act of a kind follow in this state."""
    if dossier.suspended:
        return transition.from_suspension is not None
    if dossier.status not in transition.moves:
        return False
    if transition.after_approval and dossier.approved_at is None:
        return False
    began = dossier.status_before_wait
    return (
        not dossier.is_waiting
        or transition.waiting_from is None
        or began in transition.waiting_from
    )


def _signing_roles(kind: str) -> tuple[Role, ...]:
    alone = KINDS[kind].signers.alone - {Role.IMPORTER}
    return tuple(role for role in Role if role in alone)


def _step_sentence(step: InternalStep) -> Sentence:
    assert step.name is not None
    if not step.hours:
        return Sentence(
            f"Bước nội bộ tiếp theo: “{step.name.vi}”.",
            f"The next internal step is “{step.name.en}”.",
        )
    hours = "1 working hour" if step.hours == 1 else f"{step.hours} working hours"
    return Sentence(
        f"Bước nội bộ tiếp theo: “{step.name.vi}” ({step.hours} giờ làm việc).",
        f"The next internal step is “{step.name.en}” ({hours}).",
    )
