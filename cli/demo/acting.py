"""Acting: what is known of one dossier while it is played through, and who acts on it."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final

from cli.demo.catalogue import CatalogueEntry
from cli.demo.province import (
    DOUBLE_HAT,
    PAYMENT_PROVIDER,
    POST,
    SEATS,
    officer_name,
)
from cli.demo.steps import Step
from cli.demo.world import World, local_day
from domain.clocks.counting import Stretch
from domain.dossiers import Due
from domain.facts import Channel, Component, DeliveryMethod, Details, Facts
from domain.moments import Moment
from domain.roles import Role

ANSWER_WORKING_DAYS: Final = 15
BEFORE_CLOSING: Final = timedelta(minutes=5)

Signers = tuple[tuple[Role, str], ...]


class Ending(Enum):
    """How a dossier ends."""

    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not accepted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What happens to one dossier.

    ``pace`` is the share of the time left that processing takes; ``late_working_days`` above zero
    puts the end so many working days behind the due date. ``hides_delay``: the clerk dates the
    result back to the due date. ``double_hat``: one person accepts and approves.
    ``loses_slip``: the secret is replaced at the counter. ``processing_seat`` zero leaves it to
    chance who processes.
    """

    channel: Channel = Channel.ONLINE
    ending: Ending = Ending.GRANTED
    intake_supplement: bool = False
    supplements: int = 0
    pace: float = 0.5
    late_working_days: int = 0
    apologises: bool = False
    hides_delay: bool = False
    double_hat: bool = False
    fetched: bool = True
    loses_slip: bool = False
    processing_seat: int = 0
    rating: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """Which dossier: its stream, number, procedure and office, and its name as a story, if any."""

    stream: str
    rating_stream: str
    number: int
    entry: CatalogueEntry
    office: str
    story: str | None = None


class Acting:
    """One dossier on its way: ``steps`` grows while ``now`` moves on."""

    def __init__(self, world: World, matter: Matter, course: Course):
        self._world = world
        self._matter = matter
        self._course = course
        self._procedure = matter.entry.procedure
        self._deciding = matter.entry.decided_at or matter.office
        self._applicant = f"applicant-{matter.number:05d}"
        seat = world.chance.randint(1, SEATS)
        self._receiver = officer_name(matter.office, Role.RECEIVER, seat)
        self._approver = officer_name(self._deciding, Role.APPROVER)
        if course.double_hat:
            self._receiver = self._approver = DOUBLE_HAT
        processing_seat = course.processing_seat or world.chance.randint(1, SEATS)
        self._processor = officer_name(self._deciding, Role.PROCESSOR, processing_seat)
        self._due: Due | None = None
        self._accepted_at: Moment | None = None
        self._stretches: list[Stretch] = []
        self._now: datetime | None = None
        self.steps: list[Step] = []

    @property
    def now(self) -> datetime:
        """Give the instant that the dossier has reached."""
        assert self._now is not None
        return self._now

    @now.setter
    def now(self, instant: datetime) -> None:
        assert self._now is None or instant >= self._now
        self._now = instant

    @property
    def sits_processing(self) -> str:
        """Give the officer who has the dossier on the desk now."""
        return self._world.on_duty(self._processor, self.now)

    def _act(
        self,
        kind: str,
        signers: Signers,
        facts: Facts,
        details: Details | None = None,
        *,
        office: str | None = None,
        at: datetime | None = None,
    ) -> None:
        step = Step(
            at=at or self.now,
            sent_at=self.now,
            kind=f"dossier.{kind}",
            stream=self._matter.stream,
            office=office or self._matter.office,
            signers=signers,
            facts=facts,
            details=details,
            story=self._matter.story,
        )
        self.steps.append(step)

    def _by(self, *roles: Role) -> Signers:
        return tuple((role, self._actor(role)) for role in roles)

    def _actor(self, role: Role) -> str:
        seated = {
            Role.APPLICANT: self._applicant,
            Role.RECEIVER: self._receiver,
            Role.PROCESSOR: self.sits_processing,
            Role.APPROVER: self._approver,
            Role.PAYMENT_PROVIDER: PAYMENT_PROVIDER,
            Role.POST: POST,
            Role.HEAD: officer_name(self._matter.office, Role.HEAD),
            Role.RETURNER: officer_name(self._matter.office, Role.RETURNER),
        }
        return seated.get(role) or officer_name(self._deciding, role)

    def _papers(self, *codes: str) -> tuple[Component, ...]:
        return tuple(Component(code=code, sha256=self._hash_of(code)) for code in codes)

    def _hash_of(self, paper: str) -> str:
        return hashlib.sha256(f"{self._matter.stream}/{paper}".encode()).hexdigest()

    @property
    def _delivery(self) -> DeliveryMethod:
        return DeliveryMethod(self._course.channel.value)

    @property
    def _due_day(self) -> date:
        assert self._due is not None
        assert self._due.day is not None
        return self._due.day

    def _answer_by(self) -> date:
        today = local_day(self.now)
        return self._world.working_day_after(today, ANSWER_WORKING_DAYS)

    def _finish(self) -> datetime:
        """Give when processing is to end, as things stand now."""
        if self._course.late_working_days:
            day = self._world.working_day_after(self._due_day, self._course.late_working_days)
            return self._world.after_minutes(self._world.opening(day), 20, 400)
        last = self._world.closing(self._due_day) - BEFORE_CLOSING
        if last <= self.now:
            return self._world.after_minutes(self.now, 5, 20)
        return self._world.after_share(self.now, last, self._course.pace)
