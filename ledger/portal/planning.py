"""From one packet to the acts that tell it here, each with a mark by which it is known again.

Pure. A packet that comes again gives the same marks, so nothing is told twice; one that has grown
gives new marks for what is new. The mark is a keyed hash in the public `label_hash`: it tells
nobody which system, dossier or step it stands for. What no kind of ours tells, and every change of
what a packet said before, is a foreign step with the packet's words in its private part.

The sending system's key signs all of it as an importer, for no officer signed here; whom the packet
names as the officer stands in the private part, and as a keyed pseudonym in the public one, so
that the rules on persons still compare.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from domain.actions import Kind
from domain.dossiers import Outcome, Status
from domain.facts import (
    Channel,
    Details,
    DossierAccepted,
    DossierAcceptedDetails,
    DossierSubmitted,
    DossierSubmittedDetails,
    EndImported,
    ForeignStepRecorded,
    ForeignStepRecordedDetails,
    ImportableFacts,
    IntakeRefused,
    ResultReturned,
    SupplementCompleted,
    SupplementRequested,
)
from domain.facts.reasons import IntakeRefusalReason
from domain.kinds import KINDS
from domain.moments import Moment, parse_moment
from ledger.importing.pseudonyms import KeyedHash, Pseudonyms
from ledger.portal.packets import (
    COUNTER,
    ONLINE,
    POST,
    Packet,
    PacketStep,
    PacketSupplement,
    packet_content,
)

# The packet says that a dossier was refused, and not why in words of ours.
MAX_CONTENT_CHARACTERS: Final = 4_000
_CHANNELS: Final = {COUNTER: Channel.COUNTER, ONLINE: Channel.ONLINE, POST: Channel.POST}
_FOREIGN_STEP: Final = KINDS["dossier.foreign_step_recorded"]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a packet tells: the kinds that may say it, best first, and its mark.

    `details` go with the foreign step, which is the last resort; `own_details` with the kinds.
    """

    at: Moment
    mark: str
    details: ForeignStepRecordedDetails
    kinds: tuple[tuple[Kind, ImportableFacts], ...] = ()
    own_details: Details | None = None
    performer: str | None = None

    @property
    def ways(self) -> Iterator[tuple[Kind, ImportableFacts, Details | None]]:
        """Give the ways to tell it, best first; the last resort changes nothing here."""
        for kind, facts in self.kinds:
            marked = replace(facts, label_hash=self.mark, performer=self.performer)
            yield kind, marked, self.own_details
        step = ForeignStepRecorded(label_hash=self.mark, performer=self.performer)
        yield _FOREIGN_STEP, step, self.details


class PacketPlanner:
    """Plans the packets of one sending system."""

    def __init__(self, origin_system: str, keyed_hash: KeyedHash):
        assert "\n" not in origin_system
        self._origin = origin_system
        self._keyed_hash = keyed_hash
        self._pseudonyms = Pseudonyms(f"portal/{origin_system}", keyed_hash)

    def stream(self, code: str) -> str:
        """Give the stream of a dossier filed with that system, by its code there."""
        return self._pseudonyms.stream(code)

    def salt(self, stream: str, version: int) -> bytes:
        """Give the salt of the commitment to one act's private part."""
        return self._pseudonyms.salt(stream, version)

    def plan(self, packet: Packet) -> list[Told]:
        """Give everything that a packet tells: the submission first, then by time.

        Raises:
            MalformedMoment: a time cannot be.
        """
        rest = [
            self._header(packet),
            *self._milestones(packet),
            *(self._supplement(packet, each) for each in packet.supplements),
            *(
                self._completed(packet, each)
                for each in packet.supplements
                if each.completed_at is not None
            ),
            *(self._step(packet, step) for step in packet.steps),
        ]
        # What is told first of one day stays first: the sort keeps the order.
        rest.sort(key=lambda told: told.at.start_in("UTC"))
        return [self._submission(packet), *rest]

    def _mark(self, packet: Packet, what: str) -> str:
        message = f"dossier-ledger/portal/mark@v1\n{self._origin}\n{packet.code}\n{what}"
        return self._keyed_hash(message.encode()).hex()

    def _submission(self, packet: Packet) -> Told:
        facts = DossierSubmitted(procedure=packet.procedure, channel=_CHANNELS[packet.channel])
        details = DossierSubmittedDetails(
            secret=self._pseudonyms.holder_secret(self.stream(packet.code)),
            applicant_name=packet.applicant_name,
            applicant_number=packet.applicant_number,
        )
        return Told(
            parse_moment(packet.submitted_at),
            self._mark(packet, "submitted"),
            self._details(packet, label="NgayNopHoSo"),
            ((KINDS["dossier.submitted"], facts),),
            details,
        )

    def _header(self, packet: Packet) -> Told:
        """Keep the packet's own words, without the steps that are told one by one."""
        header = replace(packet, steps=(), supplements=())
        content = packet_content(header)
        return Told(
            parse_moment(_latest_moment(packet)),
            self._mark(packet, content),
            details=self._details(
                packet,
                label="MaHoSo",
                content=content[:MAX_CONTENT_CHARACTERS],
                stated_status=packet.status,
            ),
        )

    def _details(self, packet: Packet, **members: object) -> ForeignStepRecordedDetails:
        named = ForeignStepRecordedDetails(origin_system=self._origin, external_code=packet.code)
        return replace(named, **{name: value or None for name, value in members.items()})

    def _milestones(self, packet: Packet) -> Iterator[Told]:
        if packet.accepted_at is not None:
            facts = DossierAccepted(appointment=packet.appointment)
            yield self._milestone(
                packet,
                "NgayTiepNhan",
                packet.accepted_at,
                (("dossier.accepted", facts),),
                DossierAcceptedDetails(code=packet.code),
            )
        if packet.refused_at is not None:
            refusal = IntakeRefused(reason_code=IntakeRefusalReason.STATED_BY_ORIGIN)
            yield self._milestone(
                packet,
                "NgayTuChoi",
                packet.refused_at,
                (
                    ("dossier.intake_refused", refusal),
                    ("dossier.end_imported", EndImported(outcome=Outcome.REFUSED)),
                ),
            )
        if packet.processed_at is not None:
            outcome = Outcome.STOPPED if packet.status == Status.STOPPED else Outcome.GRANTED
            refused = packet.refused_at is not None
            end = EndImported(outcome=Outcome.REFUSED if refused else outcome)
            yield self._milestone(
                packet, "NgayKetThucXuLy", packet.processed_at, (("dossier.end_imported", end),)
            )
        if packet.returned_at is not None:
            yield self._milestone(
                packet,
                "NgayTra",
                packet.returned_at,
                (("dossier.result_returned", ResultReturned()),),
            )

    def _milestone(
        self,
        packet: Packet,
        member: str,
        at: str,
        kinds: tuple[tuple[str, ImportableFacts], ...],
        own_details: Details | None = None,
    ) -> Told:
        return Told(
            parse_moment(at),
            self._mark(packet, f"{member} {at}"),
            self._details(packet, label=member, content=at, stated_status=packet.status),
            tuple((KINDS[name], facts) for name, facts in kinds),
            own_details,
        )

    def _supplement(self, packet: Packet, asked: PacketSupplement) -> Told:
        # Its completion comes later, and must not make the request another one.
        content = packet_content(replace(asked, completed_at=None, new_appointment=None))
        return Told(
            parse_moment(asked.requested_at),
            self._mark(packet, f"NgayBoSung {content}"),
            self._details(
                packet,
                label="DanhSachHoSoBoSung",
                officer=asked.officer,
                content=asked.content,
            ),
            ((KINDS["dossier.supplement_requested"], SupplementRequested()),),
            performer=self._performer(asked.officer),
        )

    def _completed(self, packet: Packet, asked: PacketSupplement) -> Told:
        assert asked.completed_at is not None
        content = packet_content(asked)
        return Told(
            parse_moment(asked.completed_at),
            self._mark(packet, f"NgayTiepNhanBoSung {content}"),
            self._details(packet, label="NgayTiepNhanBoSung", content=content),
            ((KINDS["dossier.supplement_completed"], SupplementCompleted()),),
        )

    def _step(self, packet: Packet, step: PacketStep) -> Told:
        return Told(
            parse_moment(step.at),
            self._mark(packet, f"TienTrinh {packet_content(step)}"),
            details=self._details(
                packet,
                label="TienTrinh",
                officer=step.officer,
                officer_title=step.title,
                unit=step.unit,
                content=step.content,
                stated_status=step.status,
                began_at=step.began_at,
                due_at=step.due_at,
            ),
            performer=self._performer(step.officer),
        )

    def _performer(self, officer: str | None) -> str | None:
        return None if officer is None else self._pseudonyms.performer(officer)


def _latest_moment(packet: Packet) -> str:
    """Give the last moment of which the packet's own members speak, so that a change is dated."""
    known = (
        packet.submitted_at,
        packet.accepted_at,
        packet.refused_at,
        packet.processed_at,
        packet.returned_at,
    )
    return max(
        (text for text in known if text is not None),
        key=lambda text: parse_moment(text).start_in("UTC"),
    )
