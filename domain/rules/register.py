"""The register: what a decision may look up, and the states that streams have."""

from abc import ABC, abstractmethod
from typing import Protocol, TypeVar

import msgspec

from domain.calendars import NATIONAL_CALENDAR, CalendarRecord, WorkingTime
from domain.dossiers import Dossier
from domain.errors import UnknownCalendar, UnknownOffice, UnknownProcedure
from domain.facts import RatingStage
from domain.facts.tallies import TallySubject
from domain.keys import KeyRecord, LedgerRecord
from domain.moments import Moment
from domain.offices import OfficeRecord
from domain.oversight.integrity import AccessRecord, DenunciationRecord, FindingRecord, Outage
from domain.oversight.petitions import PetitionRecord
from domain.procedures import ProcedureRecord

StateT = TypeVar("StateT")


class TallyRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="tally"):
    """What a month's tallies counted, and the document of the newest."""

    subjects: tuple[TallySubject, ...]
    document: str
    published_at: Moment


class RatingRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="rating"):
    """One rating, on a stream of its own; the dossier does not know of it."""

    dossier: str
    stage: RatingStage
    rated_at: Moment


StreamState = (
    Dossier
    | KeyRecord
    | OfficeRecord
    | ProcedureRecord
    | CalendarRecord
    | LedgerRecord
    | RatingRecord
    | PetitionRecord
    | DenunciationRecord
    | AccessRecord
    | FindingRecord
    | TallyRecord
)


class Register(Protocol):
    """Read access to the present states, as every entry before this action left them.

    `key` also answers the keys that entry 0 enrols (`keys.root_keys`). `document` gives the bytes
    of a public document by the hex of their SHA-256, which the answerer has checked.
    """

    def key(self, name: str) -> KeyRecord | None:
        """Give the record of a key."""
        ...

    def office(self, office_id: str) -> OfficeRecord | None:
        """Give the record of an office."""
        ...

    def procedure(self, code: str) -> ProcedureRecord | None:
        """Give the record of a procedure."""
        ...

    def calendar(self, calendar_id: str) -> CalendarRecord | None:
        """Give the record of a calendar."""
        ...

    def dossier(self, stream: str) -> Dossier | None:
        """Give a dossier by the name of its stream."""
        ...

    def outages(self, ledger: str) -> tuple[Outage, ...]:
        """Give the outages that were declared in a ledger, by its origin."""
        ...

    def document(self, sha256_hex: str) -> bytes | None:
        """Give the bytes of a public document."""
        ...


class RecordsByStream(ABC):
    """The part of a `Register` that follows from knowing a stream's state."""

    @abstractmethod
    def _state_of(self, stream: str, state_type: type[StateT]) -> StateT | None:
        """Give the state of a stream, or None where it has none of that type."""

    def office(self, office_id: str) -> OfficeRecord | None:
        """Give the record of an office."""
        return self._state_of(f"office:{office_id}", OfficeRecord)

    def procedure(self, code: str) -> ProcedureRecord | None:
        """Give the record of a procedure."""
        return self._state_of(f"procedure:{code}", ProcedureRecord)

    def calendar(self, calendar_id: str) -> CalendarRecord | None:
        """Give the record of a calendar."""
        return self._state_of(f"calendar:{calendar_id}", CalendarRecord)

    def dossier(self, stream: str) -> Dossier | None:
        """Give a dossier by the name of its stream."""
        return self._state_of(stream, Dossier)

    def outages(self, ledger: str) -> tuple[Outage, ...]:
        """Give the outages that were declared in a ledger, by its origin."""
        record = self._state_of(f"ledger:{ledger}", LedgerRecord)
        return () if record is None else record.outages


def office_record(register: Register, office_id: str) -> OfficeRecord:
    """Give a registered office.

    Raises:
        UnknownOffice: it is not registered.
    """
    record = register.office(office_id)
    if record is None:
        raise UnknownOffice(office_id)
    return record


def procedure_record(register: Register, code: str) -> ProcedureRecord:
    """Give a published procedure.

    Raises:
        UnknownProcedure: it is not published.
    """
    record = register.procedure(code)
    if record is None:
        raise UnknownProcedure(code)
    return record


def working_time(register: Register, office_id: str) -> WorkingTime:
    """Give the national calendar in the time zone of an office, at its hours.

    Raises:
        UnknownOffice, UnknownCalendar: one of them is not registered.
    """
    office = office_record(register, office_id).office
    record = register.calendar(NATIONAL_CALENDAR)
    if record is None:
        raise UnknownCalendar(NATIONAL_CALENDAR)
    return WorkingTime(record.calendar, office.time_zone, office.office_hours)
