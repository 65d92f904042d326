"""A small province: three communes under H27, one open procedure and one that is veiled."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from domain.actions import Action
from domain.dossiers import Channel
from domain.facts import DossierSubmitted, Grant, KeyRegisteredDetails
from domain.kinds import KINDS
from domain.procedures.profiles import Sensitivity
from domain.roles import Role
from domain.veils import Crowd, VeilAct, crowd_of
from ledger.action_notes import SubmittedAction, open_text
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE, Publishing
from ledger.writing.frames import Verdict
from ledger.writing.veils import VEIL_TYPE_LINE, Veil, parse_veil
from tests.support.builders import PROCEDURE, an_office
from tests.support.ledger_builders import (
    OFFICE,
    OFFICER_ROLES,
    ORIGIN,
    SteppingClock,
    World,
    a_signing_key,
    a_world,
    the_procedure,
)
from transparency.notes import SigningKey, render_vkey
from transparency.seals import is_seal

COMMUNES = ("H27.1", "H27.2", "H27.3")
VEILED_PROCEDURE = "1.001193"
NO_STEP = timedelta(0)


@dataclass(frozen=True)
class KnownAct:
    """What a neighbour saw: where, for what, in which minute, and what kind of act it was."""

    place: str
    procedure: str
    minute: datetime
    crowd: Crowd
    stream: str
    version: int


@dataclass
class Province:
    """The world of the communes; `seen` are the acts on veiled dossiers."""

    world: World = field(default_factory=lambda: a_world(clock=SteppingClock(step=NO_STEP)))
    seen: list[KnownAct] = field(default_factory=list)

    def __post_init__(self) -> None:
        world, desk = self.world, self.world.desk
        procedure = msgspec.structs.replace(
            the_procedure(), code=VEILED_PROCEDURE, sensitivity=Sensitivity.CIVIL_STATUS
        )
        publishing = Publishing(canonical_json(procedure), OFFICE, FIRST_PLACE, desk.now())
        published = desk.drafter.publish_procedure(desk.catalogue, VEILED_PROCEDURE, 1, publishing)
        self.settle(published)
        for commune in COMMUNES:
            document = canonical_json(an_office(commune, parent=OFFICE))
            grants = [Grant(role, commune) for role in OFFICER_ROLES]
            draft, number = desk.drafter, KeyRegisteredDetails(personnel_number=f"CB-{commune}")
            self.settle(
                draft.register_office(desk.registrar, commune, document, FIRST_PLACE, desk.now()),
                draft.register_key(desk.registrar, officer_of(commune), grants, desk.now(), number),
            )
        world.clock.pass_time(minutes=1)

    def settle(self, *submitted: SubmittedAction) -> list[Verdict]:
        """Record actions that must be permitted."""
        verdicts = self.world.record(*submitted)
        assert [verdict.code for verdict in verdicts] == [""] * len(verdicts), verdicts
        return verdicts

    def submit(self, commune: str = COMMUNES[0], procedure: str = VEILED_PROCEDURE) -> str:
        """Let somebody submit a dossier; give its stream."""
        desk = self.world.desk
        stream = desk.new_stream()
        applicant = render_vkey(desk.applicant_of(stream).verification_key)
        facts = DossierSubmitted(
            procedure=procedure, channel=Channel.ONLINE, applicant_key=applicant
        )
        self._act(
            desk.submitted(stream, facts=facts, office=commune), commune, procedure, Crowd.STEP
        )
        return stream

    def act(
        self,
        kind: str,
        stream: str,
        commune: str = COMMUNES[0],
        crowd: Crowd = Crowd.STEP,
        **changes: Any,
    ) -> Verdict:
        """Record the next act of a dossier, by the commune's officer."""
        role = next(role for role in OFFICER_ROLES if self._may(kind, role))
        signers: Sequence[tuple[Role, SigningKey]] = [(role, officer_of(commune))]
        given = {"office": commune, "signers": signers} | changes
        submitted = self.world.act(kind, stream, **given)
        return self._act(submitted, commune, VEILED_PROCEDURE, crowd)

    @staticmethod
    def _may(kind: str, role: Role) -> bool:
        return role in KINDS[kind].signers.alone

    def _act(
        self, submitted: SubmittedAction, commune: str, procedure: str, crowd: Crowd
    ) -> Verdict:
        action = open_text(submitted.note, ORIGIN).action
        (verdict,) = self.settle(submitted)
        if procedure == VEILED_PROCEDURE:
            self.seen.append(
                KnownAct(
                    commune, procedure, self.world.clock.now, crowd, action.stream, action.version
                )
            )
        return verdict

    def live(self, number: int, procedure: str = VEILED_PROCEDURE) -> str:
        """Let one dossier be submitted and accepted, some minutes apart."""
        commune = COMMUNES[number % len(COMMUNES)]
        self.world.clock.pass_time(minutes=11)
        stream = self.submit(commune, procedure)
        self.world.clock.pass_time(minutes=7)
        if procedure == VEILED_PROCEDURE:
            self.act("dossier.accepted", stream, commune, Crowd.RECEIVED)
        else:
            signers = [(Role.RECEIVER, officer_of(commune))]
            self.settle(self.world.act("dossier.accepted", stream, office=commune, signers=signers))
        return stream

    def end(self, stream: str, commune: str) -> None:
        """Let the processing of an accepted dossier end."""
        self.world.clock.pass_time(minutes=5)
        for kind in ("dossier.processor_assigned", "dossier.result_approved"):
            self.act(kind, stream, commune)
        self.act("dossier.result_issued", stream, commune, Crowd.ENDED)

    def next_day(self, days: int = 1) -> None:
        """Let days end; what has its crowd enters the log."""
        self.world.clock.pass_time(days=days)
        self.world.record()

    def open_life(self, number: int) -> str:
        """Let one dossier of the open procedure be accepted."""
        return self.live(number, PROCEDURE)

    def veils(self) -> list[Veil]:
        """All veils of the published log, in its order."""
        return [parse_veil(entry) for entry in self.world.entries() if is_veil(entry)]

    def batches(self) -> list[list[tuple[int, Veil]]]:
        """The veils by the seal that covers them, with their entry indexes."""
        batches: list[list[tuple[int, Veil]]] = [[]]
        for entry_index, entry in enumerate(self.world.entries()):
            if is_veil(entry):
                batches[-1].append((entry_index, parse_veil(entry)))
            elif is_seal(entry) and batches[-1]:
                batches.append([])
        return batches[:-1]


def is_veil(entry: bytes) -> bool:
    """Tell whether an entry is a veil."""
    return entry.startswith(VEIL_TYPE_LINE)


def of_crowd(veils: Sequence[tuple[int, Veil]], crowd: Crowd) -> list[int]:
    """The entry indexes of the veils of one crowd."""
    return [index for index, veil in veils if crowd_of(VeilAct(veil.act)) is crowd]


def officer_of(commune: str) -> SigningKey:
    """The key of a commune's officer."""
    return a_signing_key("officer", 200 + COMMUNES.index(commune))


def action_of(note: bytes) -> Action:
    """Read an action of this ledger."""
    return open_text(note, ORIGIN).action
