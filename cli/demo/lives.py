"""Lives: one dossier's acts from submission to rating, as offices and citizens behave.

A `Course` says what happens to a dossier; a `Life` plays it through and gives its steps. Officers
act in office time, citizens at any hour. Due dates come from the domain's own arithmetic, so that
a dossier that shall be late is late by the law and not by our opinion.
"""

from datetime import datetime, timedelta
from typing import Final

from cli.demo.acting import Acting, Ending
from cli.demo.province import (
    person_name,
)
from cli.demo.steps import Step
from cli.demo.world import local, local_day
from domain.clocks.counting import Stretch, count
from domain.clocks.limits import processing_start
from domain.deadlines import needs_calendar
from domain.dossiers import Due, WaitKind
from domain.facts import (
    Channel,
    DossierAccepted,
    DossierAcceptedDetails,
    DossierSubmitted,
    DossierSubmittedDetails,
    ExtensionApologyIssued,
    HandoverAcknowledged,
    IntakeRefused,
    IntakeRefusedDetails,
    IntakeSupplementRequested,
    IntakeSupplementRequestedDetails,
    PaymentConfirmed,
    PaymentConfirmedDetails,
    PaymentMethod,
    PaymentRequired,
    PaymentRequiredDetails,
    ProcessorAssigned,
    ProcessorAssignedDetails,
    RatingStage,
    ResolutionRefused,
    ResolutionRefusedDetails,
    ResultApproved,
    ResultApprovedDetails,
    ResultIssued,
    ResultIssuedDetails,
    ResultReturned,
    ResultReturnedDetails,
    SatisfactionRated,
    SatisfactionRatedDetails,
    SlipSecretReplaced,
    SlipSecretReplacedDetails,
    SupplementCompleted,
    SupplementItem,
    SupplementRequested,
    SupplementRequestedDetails,
    SupplementSubmitted,
    SupplementSubmittedDetails,
    WithdrawalConfirmed,
    WithdrawalConfirmedDetails,
    WithdrawalRequested,
)
from domain.facts.reasons import ApologyReason, IntakeRefusalReason, RefusalReason
from domain.moments import Moment
from domain.procedures import Limit, SupplementPolicy
from domain.roles import Role
from transparency.encoding import encode_base64

PAID_AT_SUBMISSION: Final = "1.001612"
ANSWER_WORKING_DAYS: Final = 15
LATE_INTAKE: Final = "15:00"
NOTICE_VERSION: Final = "2026-01"
LAW_CITED: Final = "Nghị định 61/2018/NĐ-CP (mẫu)"


class Life(Acting):
    """Plays one dossier through."""

    def play(self, start: datetime) -> list[Step]:
        """Give all steps of a dossier that is handed in at ``start``."""
        self.now = start
        self._submit()
        if self._take_in():
            self._pay()
            if self._course.loses_slip:
                self._replace_slip()
            self._hand_over()
            self._process()
        return self.steps

    def _replace_slip(self) -> None:
        """Give a new secret at the counter: receiver and head sign together, neither alone."""
        self.now = self._world.after_minutes(self.now, 10, 60)
        details = SlipSecretReplacedDetails(
            secret=encode_base64(self._world.keys.fresh_bytes(32)), reason_code="slip_lost"
        )
        signers = self._by(Role.RECEIVER, Role.HEAD)
        self._act("slip_secret_replaced", signers, SlipSecretReplaced(), details)

    def _submit(self) -> None:
        helper = {Channel.COUNTER: (Role.RECEIVER,), Channel.POST: (Role.POST,)}
        roles = (Role.APPLICANT, *helper.get(self._course.channel, ()))
        facts = DossierSubmitted(
            procedure=self._procedure.code,
            channel=self._course.channel,
            applicant_key=self._world.keys.vkey(self._applicant),
        )
        number = self._matter.number
        details = DossierSubmittedDetails(
            secret=encode_base64(self._world.keys.fresh_bytes(32)),
            applicant_name=person_name(number),
            applicant_number=f"MAU-{number:08d}",
            contact=f"applicant-{number:05d}@example.invalid",
            components=self._papers("form", "identity"),
            delivery=self._delivery,
            notice_version=NOTICE_VERSION,
        )
        self._act("submitted", self._by(*roles), facts, details)
        if self._procedure.code == PAID_AT_SUBMISSION:
            self._confirm_payment(1, 5)

    def _take_in(self) -> bool:
        """Check and accept the dossier; tell whether it was accepted."""
        if self._course.channel is Channel.COUNTER:
            self.now = self._world.after_minutes(self.now, 4, 25)
        else:
            self.now = self._world.after_minutes(self.now, 20, 300)
        if self._course.ending is Ending.NOT_ACCEPTED:
            words = IntakeRefusedDetails(
                explanation="Không thuộc thẩm quyền giải quyết (mẫu)",
                legal_citation=LAW_CITED,
                right_authority="Cơ quan có thẩm quyền (mẫu)",
            )
            facts = IntakeRefused(reason_code=IntakeRefusalReason.WRONG_AUTHORITY)
            self._act("intake_refused", self._by(Role.RECEIVER), facts, words)
            self._rate(RatingStage.REFUSAL)
            return False
        if self._course.intake_supplement:
            self._ask_at_intake()
        self._accept()
        return True

    def _ask_at_intake(self) -> None:
        item = SupplementItem(component="identity", reason="Bản chụp bị mờ (mẫu)")
        facts = IntakeSupplementRequested(answer_by=self._answer_by())
        details = IntakeSupplementRequestedDetails(items=(item,))
        self._act("intake_supplement_requested", self._by(Role.RECEIVER), facts, details)
        self._send_supplement("identity-2")
        self.now = self._world.after_minutes(self.now, 15, 120)
        self._act("supplement_completed", self._by(Role.RECEIVER), SupplementCompleted())
        self.now = self._world.after_minutes(self.now, 2, 10)

    def _accept(self) -> None:
        self._accepted_at = Moment(instant=self.now)
        if needs_calendar(self._limit):
            self._recount()
        else:
            today = local_day(self.now)
            tomorrow = self.now > local(today, LATE_INTAKE)
            self._due = Due(day=self._world.working_day_after(today, int(tomorrow)))
        facts = DossierAccepted(appointment=self._due_day.isoformat())
        # The code is put in by the scenario, which alone knows the running number of the day.
        self._act("accepted", self._by(Role.RECEIVER), facts, DossierAcceptedDetails())

    def _pay(self) -> None:
        if not self._procedure.fee_vnd or self._procedure.code == PAID_AT_SUBMISSION:
            return
        self.now = self._world.after_minutes(self.now, 1, 6)
        required = PaymentRequired(amount_vnd=self._procedure.fee_vnd, pay_by=self._answer_by())
        owed = PaymentRequiredDetails(fee_codes=(f"fee-{self._procedure.code}",))
        self._act("payment_required", self._by(Role.RECEIVER), required, owed)
        since = self.now
        self._confirm_payment(3, 1_800 if self._procedure.pause_in_payment else 90)
        if self._procedure.pause_in_payment:
            self._rest(WaitKind.PAYMENT, since, SupplementPolicy.PAUSE)

    def _confirm_payment(self, fewest: int, most: int) -> None:
        fee = self._procedure.fee_vnd
        assert fee is not None
        if self._course.channel is Channel.COUNTER:
            self.now = self._world.after_minutes(self.now, 2, 8)
            paid = PaymentConfirmed(amount_vnd=fee, method=PaymentMethod.CASH)
            receipt = PaymentConfirmedDetails(receipt_number=f"BL-{self._matter.number:06d}")
            self._act("payment_confirmed", self._by(Role.RECEIVER), paid, receipt)
            return
        self.now += timedelta(minutes=self._world.chance.randint(fewest, most))
        paid = PaymentConfirmed(amount_vnd=fee, method=PaymentMethod.ONLINE_PORTAL)
        reference = PaymentConfirmedDetails(transaction_reference=f"GD-{self._matter.number:06d}")
        self._act("payment_confirmed", self._by(Role.PAYMENT_PROVIDER), paid, reference)

    def _hand_over(self) -> None:
        finish = self._finish()
        self.now = self._world.after_share(self.now, finish, 0.1)
        signers = self._by(Role.RECEIVER, Role.ASSIGNER)
        self._act("handover_acknowledged", signers, HandoverAcknowledged(), office=self._deciding)
        self.now = self._world.after_share(self.now, finish, 0.1)
        details = ProcessorAssignedDetails(assignee=self.sits_processing)
        by = self._by(Role.ASSIGNER)
        self._act("processor_assigned", by, ProcessorAssigned(), details, office=self._deciding)
        self.now = self._world.after_share(self.now, finish, 0.05)
        taker = self._by(Role.PROCESSOR)
        self._act("handover_acknowledged", taker, HandoverAcknowledged(), office=self._deciding)

    def _process(self) -> None:
        for _ in range(self._course.supplements):
            self._ask_for_supplement()
        if self._course.ending is Ending.WITHDRAWN:
            self._withdraw()
            return
        if self._course.apologises:
            self._apologise()
        self._decide()
        if self._course.fetched:
            self._return()
        is_refused = self._course.ending is Ending.REFUSED
        self._rate(RatingStage.REFUSAL if is_refused else RatingStage.RESULT)

    def _ask_for_supplement(self) -> None:
        self.now = self._world.after_share(self.now, self._finish(), 0.3)
        since = self.now
        count = sum(step.kind == "dossier.supplement_requested" for step in self.steps) + 1
        item = SupplementItem(component=f"paper-{count}", reason="Thiếu giấy tờ (mẫu)")
        facts = SupplementRequested(answer_by=self._answer_by())
        details = SupplementRequestedDetails(items=(item,), legal_citation=LAW_CITED)
        signers = self._by(Role.PROCESSOR, Role.RECEIVER)
        self._act("supplement_requested", signers, facts, details, office=self._deciding)
        self._send_supplement(f"paper-{count}")
        self.now = self._world.after_minutes(self.now, 15, 180)
        self._act("supplement_completed", self._by(Role.RECEIVER), SupplementCompleted())
        self._rest(WaitKind.SUPPLEMENT, since, self._procedure.supplement_policy)

    def _send_supplement(self, paper: str) -> None:
        self.now = self._world.after_hours(self.now, 3, 72)
        details = SupplementSubmittedDetails(components=self._papers(paper))
        self._act("supplement_submitted", self._by(Role.APPLICANT), SupplementSubmitted(), details)

    def _rest(self, kind: WaitKind, since: datetime, policy: SupplementPolicy) -> None:
        rest = Stretch(kind, Moment(instant=since), Moment(instant=self.now), policy)
        self._stretches.append(rest)
        if needs_calendar(self._limit):
            self._recount()

    @property
    def _limit(self) -> Limit:
        return self._procedure.limit_for(self._course.channel)

    def _recount(self) -> None:
        procedure, limit, working = self._procedure, self._limit, self._world.working
        assert self._accepted_at is not None
        counted = count(
            limit,
            self._accepted_at,
            lambda at: processing_start(procedure, limit, at, working),
            self._stretches,
            working,
        )
        self._due = counted.due

    def _withdraw(self) -> None:
        self.now = self._world.after_share(self.now, self._finish(), 0.4)
        self._act("withdrawal_requested", self._by(Role.APPLICANT), WithdrawalRequested())
        self.now = self._world.after_minutes(self.now, 20, 200)
        notice = WithdrawalConfirmedDetails(notice_sha256=self._hash_of("notice-05"))
        self._act("withdrawal_confirmed", self._by(Role.RECEIVER), WithdrawalConfirmed(), notice)

    def _apologise(self) -> None:
        # LAW: Decree 61/2018 art. 19.9: at the latest one day before the time limit ends.
        at = local(self._world.working_day_before(self._due_day), "10:30")
        finish = self._finish()
        self.now = max(at, self._world.after_share(self.now, finish, 0.02))
        appointment = local_day(finish).isoformat()
        facts = ExtensionApologyIssued(
            appointment=appointment, reason_code=ApologyReason.MANY_DOSSIERS
        )
        by = self._by(Role.APPROVER)
        self._act("extension_apology_issued", by, facts, office=self._deciding)

    def _decide(self) -> None:
        finish = self._finish()
        if self._course.ending is Ending.REFUSED:
            self.now = finish
            facts = ResolutionRefused(reason_code=RefusalReason.NOT_ELIGIBLE)
            by = self._by(Role.APPROVER)
            words = ResolutionRefusedDetails(
                explanation="Không đủ điều kiện theo quy định (mẫu)", legal_citation=LAW_CITED
            )
            self._act("resolution_refused", by, facts, words, office=self._deciding)
            return
        self.now = self._world.after_share(self.now, finish, 0.85)
        approved = ResultApprovedDetails(result_sha256=self._hash_of("result"))
        by = self._by(Role.APPROVER)
        self._act("result_approved", by, ResultApproved(), approved, office=self._deciding)
        self._issue(finish)

    def _issue(self, finish: datetime) -> None:
        claimed: datetime | None = None
        self.now = finish
        if self._course.hides_delay:
            claimed = local(self._due_day, "16:10")
            later = self._world.working_day_after(self._due_day, 2)
            self.now = max(finish, local(later, "09:20"))
        details = ResultIssuedDetails(
            number=f"{self._matter.number}/KQ-MAU",
            issued_on=local_day(claimed or self.now),
            result_sha256=self._hash_of("result"),
            electronic_copy=True,
        )
        by = self._by(Role.CLERK)
        office = self._deciding
        self._act("result_issued", by, ResultIssued(), details, office=office, at=claimed)

    def _return(self) -> None:
        if self._course.channel is Channel.COUNTER:
            self.now = self._world.after_minutes(self.now, 60, 1_200)
            signers = self._by(Role.RETURNER, Role.APPLICANT)
        else:
            self.now = self._world.after_minutes(self.now, 5, 90)
            signers = self._by(Role.RETURNER)
        details = ResultReturnedDetails(
            method=self._delivery,
            receiver=person_name(self._matter.number),
            originals_returned=self._course.channel is not Channel.ONLINE,
        )
        self._act("result_returned", signers, ResultReturned(), details)

    def _rate(self, stage: RatingStage) -> None:
        if self._course.rating is None:
            return
        self.now = self._world.after_hours(self.now, 1, 48)
        stream = self._matter.stream
        facts = SatisfactionRated(dossier=stream, stage=stage)
        step = Step(
            at=self.now,
            sent_at=self.now,
            kind="rating.satisfaction_rated",
            stream=self._matter.rating_stream,
            office=self._matter.office,
            signers=self._by(Role.APPLICANT),
            facts=facts,
            details=SatisfactionRatedDetails(overall=self._course.rating),
            story=self._matter.story,
        )
        self.steps.append(step)
