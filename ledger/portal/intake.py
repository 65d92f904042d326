"""Taking packets in: what of each is new is signed by the sending system's key and handed in.

Safe to repeat and to interrupt: what a packet tells is recognised by its mark on the dossier's
stream. One packet that cannot be taken in is reported, and the others go on.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from domain.decisions import decide, evolve
from domain.dossiers import Dossier
from domain.errors import ActionRefused, DomainError, UnknownOffice
from domain.facts import ImportableFacts
from domain.roles import Role
from ledger.action_notes import SubmittedAction, open_text
from ledger.codes.checking import RecordedCode
from ledger.drafting import FIRST_PLACE, Drafter, Place, place_after
from ledger.intake import Answer
from ledger.portal.packets import Packet
from ledger.portal.planning import PacketPlanner, Told
from ledger.storage.port import LedgerReader
from ledger.stream_register import StreamRegister
from transparency.hashing import leaf_hash
from transparency.notes import SigningKey

PUBLICATION_SECONDS: Final = 60.0


class Submitter(Protocol):
    """Whoever takes signed actions in: `ledger.intake.Intake`."""

    async def submit(
        self, submitted: Sequence[SubmittedAction], wait_seconds: float
    ) -> list[Answer]:
        """Take actions in this order."""


@dataclass(frozen=True, slots=True)
class FailedPacket:
    """A packet that was not taken in, or not wholly, and why."""

    code: str
    error: str
    message: str


@dataclass(slots=True)
class IntakeReport:
    """What became of packets: each is new, grown, unchanged, our own, or failed."""

    packets: int = 0
    dossiers_new: int = 0
    dossiers_grown: int = 0
    unchanged: int = 0
    our_own: int = 0
    actions_recorded: int = 0
    neutral_steps: int = 0
    failures: list[FailedPacket] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sender:
    """The system that pushes packets: its key, and for which office, if it is for one only."""

    key: SigningKey
    office: str | None = None


@dataclass(slots=True)
class _Stream:
    """One dossier's stream as far as it is told: recorded acts, then those signed just now."""

    name: str
    dossier: Dossier | None
    place: Place
    marks: set[str]


class PacketIntake:
    """Takes the packets of one sending system into one ledger."""

    def __init__(
        self,
        submitter: Submitter,
        drafter: Drafter,
        sources: tuple[LedgerReader, StreamRegister, str],
        planner: PacketPlanner,
        sender: Sender,
    ):
        """``sources``: the ledger database, the register that reads it, the ledger's name."""
        self._submitter = submitter
        self._drafter = drafter
        self._reader, self._register, self._ledger = sources
        self._planner = planner
        self._sender = sender

    async def run(
        self, packets: Iterable[Packet], known_codes: Mapping[str, RecordedCode]
    ) -> IntakeReport:
        """Take packets in, one after the other.

        ``known_codes`` are the codes of this ledger: what it gave itself is not taken in again.

        Raises:
            StoreUnavailable: the ledger failed; take the same packets in again to continue.
        """
        report = IntakeReport()
        for packet in packets:
            report.packets += 1
            known = known_codes.get(packet.code)
            if known is not None and not known.imported:
                report.our_own += 1
                continue
            try:
                await self._take(packet, report)
            except DomainError as error:
                report.failures.append(FailedPacket(packet.code, error.code, str(error)))
        return report

    async def _take(self, packet: Packet, report: IntakeReport) -> None:
        stream = self._open(self._planner.stream(packet.code))
        was_new = stream.dossier is None
        office = self._office(packet) if stream.dossier is None else stream.dossier.office
        signed = []
        for told in self._planner.plan(packet):
            if told.mark not in stream.marks:
                signed.append(self._sign(stream, told, office))
        if not signed:
            report.unchanged += 1
            return
        answers = await self._submitter.submit(
            [action for action, _ in signed], PUBLICATION_SECONDS
        )
        report.dossiers_new += was_new
        report.dossiers_grown += not was_new
        for (_, is_neutral), answer in zip(signed, answers, strict=True):
            if answer.code:
                report.failures.append(FailedPacket(packet.code, answer.code, answer.message))
                return
            report.actions_recorded += not answer.repeated
            report.neutral_steps += is_neutral

    def _office(self, packet: Packet) -> str:
        """Give the office that the sender stands for, or that the packet names by its id.

        No office is computed from a code alone (domain.md 2.5).

        Raises:
            UnknownOffice: the packet names no registered office.
        """
        office = self._sender.office or packet.unit or ""
        if self._register.office(office) is None:
            raise UnknownOffice(office)
        return office

    def _open(self, name: str) -> _Stream:
        stream = _Stream(name, None, FIRST_PLACE, set())
        for event in self._reader.stream_events(name):
            action = open_text(event.note, self._ledger).action
            state = evolve(stream.dossier, action, self._register)
            assert isinstance(state, Dossier)
            stream.dossier = state
            stream.place = Place(event.version + 1, leaf_hash(event.note))
            assert isinstance(action.facts, ImportableFacts)
            stream.marks.add(action.facts.label_hash or "")
        return stream

    def _sign(self, stream: _Stream, told: Told, office: str) -> tuple[SubmittedAction, bool]:
        """Sign what is told in the first way that the rules permit now; tell if it was the last.

        Raises:
            ActionRefused: the rules permit none, such as a procedure that is not published here.
        """
        refusal: ActionRefused | None = None
        for kind, facts, details in told.ways:
            salt = None
            if details is not None:
                salt = self._planner.salt(stream.name, stream.place.version)
            submitted = self._drafter.sign(
                kind.name,
                stream.name,
                stream.place,
                told.at,
                facts,
                ((Role.IMPORTER, self._sender.key),),
                office=office,
                details=details,
                salt=salt,
            )
            action = open_text(submitted.note, self._ledger).action
            try:
                decide(stream.dossier, action, self._register)
                state = evolve(stream.dossier, action, self._register)
            except ActionRefused as error:
                refusal = refusal or error
                continue
            assert isinstance(state, Dossier)
            stream.dossier, stream.place = state, place_after(stream.place, submitted.note)
            stream.marks.add(told.mark)
            return submitted, details is told.details
        assert refusal is not None
        raise refusal
