"""Lives of dossiers, petitions, readers, findings and officers: the acts of each, in order.

Chance decides what happens, and one seed always the same. Nothing here is signed yet.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from domain import facts
from domain.facts import Details, Facts, feedback, integrity
from domain.facts.reasons import RefusalReason
from domain.roles import Role
from transparency.encoding import encode_base64
from transparency.notes import SigningKey, render_vkey

OFFICES: Final = tuple(f"H27.{100 + number}" for number in range(20))
PROCEDURES: Final = tuple(f"1.00{number}" for number in range(1_000, 1_010))
SEATS: Final = (
    Role.RECEIVER,
    Role.ASSIGNER,
    Role.PROCESSOR,
    Role.APPROVER,
    Role.CLERK,
    Role.RETURNER,
    Role.HEAD,
)
BYTES_OF_HASH: Final = 32
ANSWER_BY: Final = date(2099, 12, 31)
_HASH: Final = "ab" * BYTES_OF_HASH
_ITEM: Final = facts.SupplementItem(component="form", reason="…")
# What these acts say in private; the same in every life, since the log shows commitments alone.
PRIVATE: Final[Mapping[str, Details]] = {
    "payment_required": facts.PaymentRequiredDetails(fee_codes=("fee",)),
    "payment_confirmed": facts.PaymentConfirmedDetails(transaction_reference="…"),
    "processor_assigned": facts.ProcessorAssignedDetails(assignee="…"),
    "supplement_requested": facts.SupplementRequestedDetails(items=(_ITEM,), legal_citation="…"),
    "supplement_submitted": facts.SupplementSubmittedDetails(
        components=(facts.Component(code="form", sha256=_HASH),)
    ),
    "resolution_refused": facts.ResolutionRefusedDetails(explanation="…", legal_citation="…"),
    "result_approved": facts.ResultApprovedDetails(result_sha256=_HASH),
    "result_issued": facts.ResultIssuedDetails(
        number="…", issued_on=date(2026, 1, 1), result_sha256=_HASH, electronic_copy=True
    ),
    "result_returned": facts.ResultReturnedDetails(
        method=facts.DeliveryMethod.COUNTER, receiver="…", originals_returned=True
    ),
}


@dataclass(frozen=True, slots=True)
class Act:
    """One act of a life: what it says, by whom, and how long after the one before."""

    after: timedelta
    kind: str
    said: Facts
    signers: tuple[tuple[Role, SigningKey], ...]
    stream: str
    office: str
    details: Details | None = None


class Lives:
    """Whoever acts in a province's offices, and what they do."""

    def __init__(self, chance: random.Random) -> None:
        self._random = chance
        self.seats = {
            (office, role): self.new_key("officer") for office in OFFICES for role in SEATS
        }
        self._registrar = self._system = self.new_key("system")

    def sign_for_the_ledger(self, registrar: SigningKey, system: SigningKey) -> None:
        """Let these keys sign what only the ledger's own may."""
        self._registrar, self._system = registrar, system

    def new_key(self, kind: str) -> SigningKey:
        """Make a key that nobody has."""
        return SigningKey.named_after_kind(kind, self._random.randbytes(BYTES_OF_HASH))

    def life(self) -> Iterator[Act]:
        """Give the acts of one dossier, petition, reader, finding or officer."""
        chance, office = self._random, self._random.choice(OFFICES)
        kinds = (self._dossier, self._petition, self._read, self._finding, self._colleague)
        (kind,) = chance.choices(kinds, (900, 40, 40, 15, 5))
        return kind(office)

    def _id(self, kind: str) -> str:
        return f"{kind}:{self._random.randbytes(16).hex()}"

    def _wait(self, most_hours: int) -> timedelta:
        return timedelta(seconds=self._random.randint(60, most_hours * 3600))

    def _by(self, office: str, *roles: Role) -> tuple[tuple[Role, SigningKey], ...]:
        return tuple((role, self.seats[office, role]) for role in roles)

    def _dossier(self, office: str) -> Iterator[Act]:
        chance, stream, applicant = self._random, self._id("dossier"), self.new_key("applicant")
        own = (Role.APPLICANT, applicant)
        at_counter = chance.random() < 0.4

        def act(
            hours: int, kind: str, said: Facts, *roles: Role, with_applicant: bool = False
        ) -> Act:
            signers = ((own,) if with_applicant else ()) + self._by(office, *roles)
            name, private = f"dossier.{kind}", PRIVATE.get(kind)
            return Act(self._wait(hours), name, said, signers, stream, office, private)

        yield Act(
            timedelta(0),
            "dossier.submitted",
            facts.DossierSubmitted(
                procedure=chance.choice(PROCEDURES),
                channel=facts.Channel.COUNTER if at_counter else facts.Channel.ONLINE,
                applicant_key=render_vkey(applicant.verification_key),
            ),
            (own, *(self._by(office, Role.RECEIVER) if at_counter else ())),
            stream,
            office,
            facts.DossierSubmittedDetails(
                secret=encode_base64(chance.randbytes(BYTES_OF_HASH)),
                applicant_name="…",
                delivery=facts.DeliveryMethod.COUNTER,
                notice_version="1",
            ),
        )
        yield act(20, "accepted", facts.DossierAccepted(), Role.RECEIVER)
        if chance.random() < 0.5:
            due = facts.PaymentRequired(amount_vnd=20_000, pay_by=ANSWER_BY)
            yield act(1, "payment_required", due, Role.RECEIVER)
            paid = facts.PaymentConfirmed(
                amount_vnd=20_000, method=facts.PaymentMethod.ONLINE_PORTAL
            )
            yield act(48, "payment_confirmed", paid, Role.RECEIVER)
        taken = facts.HandoverAcknowledged()
        yield act(30, "handover_acknowledged", taken, Role.RECEIVER, Role.ASSIGNER)
        yield act(20, "processor_assigned", facts.ProcessorAssigned(), Role.ASSIGNER)
        if chance.random() < 0.3:
            asked = facts.SupplementRequested(answer_by=ANSWER_BY)
            yield act(70, "supplement_requested", asked, Role.PROCESSOR, Role.RECEIVER)
            sent = facts.SupplementSubmitted()
            yield act(90, "supplement_submitted", sent, with_applicant=True)
            yield act(20, "supplement_completed", facts.SupplementCompleted(), Role.RECEIVER)
        if chance.random() < 0.1:
            refused = facts.ResolutionRefused(reason_code=RefusalReason.NOT_ELIGIBLE)
            yield act(120, "resolution_refused", refused, Role.APPROVER)
        else:
            yield act(160, "result_approved", facts.ResultApproved(), Role.APPROVER)
            yield act(20, "result_issued", facts.ResultIssued(), Role.CLERK)
        yield act(60, "result_returned", facts.ResultReturned(), Role.RETURNER)

    def _petition(self, office: str) -> Iterator[Act]:
        stream, petitioner = self._id("petition"), self.new_key("petitioner")
        secret = encode_base64(self._random.randbytes(BYTES_OF_HASH))
        yield Act(
            timedelta(0),
            "petition.feedback_filed",
            feedback.FeedbackFiled(petitioner_key=render_vkey(petitioner.verification_key)),
            ((Role.APPLICANT, petitioner),),
            stream,
            office,
            feedback.FeedbackFiledDetails(secret=secret, text="…"),
        )
        yield Act(
            self._wait(40),
            "petition.feedback_classified",
            feedback.FeedbackClassified(
                verdict=feedback.FeedbackVerdict.TAKEN_UP,
                category=feedback.FeedbackCategory.PROCEDURE,
            ),
            self._by(office, Role.RECEIVER),
            stream,
            office,
        )
        yield Act(
            self._wait(200),
            "petition.feedback_answered",
            feedback.FeedbackAnswered(),
            self._by(office, Role.APPROVER),
            stream,
            office,
            feedback.FeedbackAnsweredDetails(text="…"),
        )

    def _read(self, office: str) -> Iterator[Act]:
        stream = f"access:{self._random.randbytes(BYTES_OF_HASH).hex()}"
        for _ in range(2):
            yield Act(
                self._wait(90),
                "access.logged",
                integrity.AccessLogged(),
                self._by(office, Role.PROCESSOR),
                stream,
                office,
                integrity.AccessLoggedDetails(
                    dossier=self._id("dossier"),
                    purpose=integrity.AccessPurpose.TASK,
                    fields=("contact",),
                ),
            )

    def _finding(self, office: str) -> Iterator[Act]:
        yield Act(
            timedelta(0),
            "finding.raised",
            integrity.FindingRaised(),
            ((Role.SYSTEM, self._system),),
            self._id("finding"),
            office,
            integrity.FindingRaisedDetails(rule="R08", rule_version=1, dossier=self._id("dossier")),
        )

    def _colleague(self, office: str) -> Iterator[Act]:
        """Somebody is enrolled, gets another role, and leaves."""
        key, registrar = self.new_key("officer"), (Role.REGISTRAR, self._registrar)
        stream = f"key:{key.name}"
        yield Act(
            timedelta(0),
            "key.registered",
            facts.KeyRegistered(
                vkey=render_vkey(key.verification_key), grants=(facts.Grant(Role.CLERK, office),)
            ),
            (registrar, (Role.HOLDER, key)),
            stream,
            office,
            facts.KeyRegisteredDetails(personnel_number=f"CB-{self._random.getrandbits(40)}"),
        )
        grants = (facts.Grant(Role.RETURNER, office),)
        granted = facts.RoleGranted(grants=grants)
        yield Act(self._wait(900), "key.role_granted", granted, (registrar,), stream, office)
        left = facts.KeyRevoked(reason=facts.RevocationReason.LEFT_OFFICE)
        yield Act(self._wait(900), "key.revoked", left, (registrar,), stream, office)
