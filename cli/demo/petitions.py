"""Petitions of the demo: one answered in time, one late, one whose answer was disputed.

What is written stands in the private part. The petitioner signs with a key made for the petition
alone, and tracks it with the secret that `kept/petitions.json` keeps.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from cli.demo.province import CAM_LAC, SONG_TRI, THANH_SEN, officer_name
from cli.demo.steps import SYSTEM, ActorKeys, Chance, Step
from cli.demo.world import FIRST_DAY, local
from domain.facts import Details, Facts
from domain.facts.feedback import (
    FeedbackAnswered,
    FeedbackAnsweredDetails,
    FeedbackCategory,
    FeedbackClassified,
    FeedbackDisputed,
    FeedbackDisputedDetails,
    FeedbackFiled,
    FeedbackFiledDetails,
    FeedbackPublished,
    FeedbackPublishedDetails,
    FeedbackVerdict,
)
from domain.roles import Role
from transparency.encoding import encode_base64

IN_TIME: Final = "petition answered in time"
LATE: Final = "petition answered late"
DISPUTED: Final = "petition disputed"


@dataclass(frozen=True, slots=True)
class Petition:
    """One petition: which office, in what words, and on which days what was done with it."""

    name: str
    office: str
    category: FeedbackCategory
    text: str
    filed: date
    taken_up: date
    answered: date
    disputed: date | None = None
    answered_again: date | None = None


@dataclass(frozen=True, slots=True)
class PlayedPetition:
    """What a petitioner keeps, and the petition's steps."""

    name: str
    stream: str
    secret: str
    steps: tuple[Step, ...]


def _on(month: int, day: int) -> date:
    return date(FIRST_DAY.year, month, day)


# LAW: fifteen working days for the answer (Decision 766/QD-TTg, indicator 5.2): the second one
# takes twenty-four.
PETITIONS: Final = (
    Petition(
        IN_TIME,
        CAM_LAC,
        FeedbackCategory.PROCEDURE,
        "Biểu mẫu đăng ký thường trú trên cổng không mở được (mẫu).",
        filed=_on(3, 10),
        taken_up=_on(3, 11),
        answered=_on(3, 19),
    ),
    Petition(
        LATE,
        THANH_SEN,
        FeedbackCategory.STAFF,
        "Bộ phận Một cửa đóng cửa trước giờ (mẫu).",
        filed=_on(3, 16),
        taken_up=_on(3, 17),
        answered=_on(4, 17),
    ),
    Petition(
        DISPUTED,
        SONG_TRI,
        FeedbackCategory.PROCEDURE,
        "Bị yêu cầu giấy tờ không có trong danh mục (mẫu).",
        filed=_on(4, 6),
        taken_up=_on(4, 7),
        answered=_on(4, 14),
        disputed=_on(4, 16),
        answered_again=_on(4, 24),
    ),
)


def play_petitions(chance: Chance, keys: ActorKeys) -> list[PlayedPetition]:
    """Give the petitions with all their steps."""
    played = []
    for petition in PETITIONS:
        stream = f"petition:{chance.getrandbits(128):032x}"
        secret = encode_base64(keys.fresh_bytes(32))
        actor = f"petitioner-{stream[-8:]}"
        steps = tuple(_Play(petition, stream, actor).steps(secret, keys.vkey(actor)))
        played.append(PlayedPetition(petition.name, stream, secret, steps))
    return played


@dataclass(frozen=True, slots=True)
class _Play:
    petition: Petition
    stream: str
    petitioner: str

    def steps(self, secret: str, vkey: str) -> Iterator[Step]:
        petition = self.petition
        words = FeedbackFiledDetails(secret=secret, text=petition.text, category=petition.category)
        filed = FeedbackFiled(petitioner_key=vkey)
        yield self._citizen("feedback_filed", local(petition.filed, "20:15"), filed, words)
        verdict = FeedbackClassified(verdict=FeedbackVerdict.TAKEN_UP, category=petition.category)
        at = local(petition.taken_up, "09:10")
        yield self._office("feedback_classified", at, Role.RECEIVER, verdict)
        yield from self._answer(petition.answered)
        if petition.disputed is None or petition.answered_again is None:
            return
        dispute = FeedbackDisputedDetails(text="Trả lời chưa đúng nội dung phản ánh (mẫu).")
        at = local(petition.disputed, "19:40")
        yield self._citizen("feedback_disputed", at, FeedbackDisputed(), dispute)
        yield from self._answer(petition.answered_again)

    def _answer(self, day: date) -> Iterator[Step]:
        words = FeedbackAnsweredDetails(text="Cơ quan đã kiểm tra và khắc phục (mẫu).")
        at = local(day, "14:20")
        yield self._office("feedback_answered", at, Role.APPROVER, FeedbackAnswered(), words)
        address = FeedbackPublishedDetails(address="https://example.invalid/tra-loi")
        published = FeedbackPublished()
        yield self._step(
            "feedback_published", local(day, "16:00"), (Role.SYSTEM, SYSTEM), published, address
        )

    def _citizen(self, kind: str, at: datetime, facts: Facts, details: Details) -> Step:
        return self._step(kind, at, (Role.APPLICANT, self.petitioner), facts, details)

    def _office(
        self, kind: str, at: datetime, role: Role, facts: Facts, details: Details | None = None
    ) -> Step:
        signer = (role, officer_name(self.petition.office, role))
        return self._step(kind, at, signer, facts, details)

    def _step(
        self,
        kind: str,
        at: datetime,
        signer: tuple[Role, str],
        facts: Facts,
        details: Details | None,
    ) -> Step:
        return Step(
            at=at,
            sent_at=at,
            kind=f"petition.{kind}",
            stream=self.stream,
            office=self.petition.office,
            signers=(signer,),
            facts=facts,
            details=details,
        )
