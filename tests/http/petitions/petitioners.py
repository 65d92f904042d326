"""People who petition over HTTP, and offices that answer them."""

from dataclasses import dataclass
from itertools import count

from domain.facts import Facts
from domain.facts.feedback import (
    ComplaintFiled,
    ComplaintFiledDetails,
    FeedbackAnswered,
    FeedbackAnsweredDetails,
    FeedbackCategory,
    FeedbackClassified,
    FeedbackFiled,
    FeedbackFiledDetails,
    FeedbackVerdict,
)
from domain.facts.shapes import Details
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, next_place
from tests.http.world import World, a_signing_key
from tests.support.builders import OFFICE
from transparency.encoding import encode_base64
from transparency.notes import SigningKey, render_vkey

SAID = "Bị yêu cầu nộp thêm 500 nghìn"
WRITER = "Trần Thị Kín"
ANSWERED = "Đã kiểm điểm <b>cán bộ</b>"

_numbers = count(1)


@dataclass(frozen=True)
class Petition:
    """A petition that a test follows: its stream, its secret, the key made for it."""

    stream: str
    secret: str
    key: SigningKey

    @property
    def id(self) -> str:
        return self.stream.partition(":")[2]


def a_petition_slip() -> Petition:
    number = next(_numbers)
    secret = encode_base64(number.to_bytes(32, "little"))
    return Petition(f"petition:{number:031x}e", secret, a_signing_key("petitioner"))


def give_feedback(world: World, dossier: str | None = None) -> Petition:
    """File feedback about an office."""
    slip = a_petition_slip()
    facts = FeedbackFiled(petitioner_key=render_vkey(slip.key.verification_key))
    details = FeedbackFiledDetails(secret=slip.secret, text=SAID, name=WRITER, dossier=dossier)
    sign(world, slip, "petition.feedback_filed", facts, (Role.APPLICANT, slip.key), details)
    return slip


def complain(world: World) -> Petition:
    """Complain of a decision for the first time."""
    slip = a_petition_slip()
    facts = ComplaintFiled(level=1, petitioner_key=render_vkey(slip.key.verification_key))
    details = ComplaintFiledDetails(secret=slip.secret, text=SAID, name=WRITER)
    sign(world, slip, "petition.complaint_filed", facts, (Role.APPLICANT, slip.key), details)
    return slip


def answer(world: World, slip: Petition) -> None:
    """Take feedback up and answer it."""
    taken_up = FeedbackClassified(verdict=FeedbackVerdict.TAKEN_UP, category=FeedbackCategory.STAFF)
    receiver = (Role.RECEIVER, world.keys["receiver"])
    sign(world, slip, "petition.feedback_classified", taken_up, receiver)
    details = FeedbackAnsweredDetails(text=ANSWERED)
    approver = (Role.APPROVER, world.keys["approver"])
    sign(world, slip, "petition.feedback_answered", FeedbackAnswered(), approver, details)


def sign(
    world: World,
    slip: Petition,
    kind: str,
    facts: Facts,
    signer: tuple[Role, SigningKey],
    details: Details | None = None,
) -> SubmittedAction:
    """Record the next act on a petition."""
    heads = world.parts.reader.stream_events(slip.stream)
    place = next_place(world.parts.reader, slip.stream) if heads else FIRST_PLACE
    action = world.drafter.sign(
        kind, slip.stream, place, world.now, facts, (signer,), office=OFFICE, details=details
    )
    world.record(action)
    return action
