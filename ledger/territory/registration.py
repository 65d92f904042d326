"""Registering the offices of a list: an `office.registered` for each that is new or changed.

Safe to repeat: an office whose present document is the list's own is left as it is.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.moments import Moment
from domain.offices import OfficeRecord, parse_office
from ledger.action_notes import SubmittedAction
from ledger.drafting import Drafter, next_place
from ledger.intake import Answer
from ledger.storage.port import LedgerReader
from ledger.stream_register import StreamRegister
from ledger.territory.sources import ReadOffice
from transparency.notes import SigningKey


@dataclass(frozen=True, slots=True)
class FailedOffice:
    """An office that was not registered, and why."""

    id: str
    code: str
    message: str


@dataclass(slots=True)
class RegistrationReport:
    """What became of the offices of one list; every one read is in exactly one of the others."""

    read: int = 0
    registered: int = 0
    unchanged: int = 0
    failures: list[FailedOffice] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Count the offices that were not registered."""
        return len(self.failures)

    def count(self, planned: "PlannedOffice", answer: Answer) -> None:
        """Take in what the ledger answered."""
        if answer.code:
            self.failures.append(FailedOffice(planned.id, answer.code, answer.message))
        else:
            self.registered += 1


@dataclass(frozen=True, slots=True)
class PlannedOffice:
    """One registration, signed and not yet handed in."""

    id: str
    action: SubmittedAction


def plan_registrations(
    offices: Sequence[ReadOffice],
    sources: tuple[LedgerReader, StreamRegister],
    signing: tuple[Drafter, SigningKey, Moment],
) -> tuple[list[PlannedOffice], RegistrationReport]:
    """Sign what the registry lacks; the rest is counted at once.

    ``signing`` holds the registrar's key and the moment at which all of it happens.
    """
    reader, register = sources
    drafter, registrar, at = signing
    planned, report, seen = [], RegistrationReport(read=len(offices)), set[str]()
    for office in offices:
        problem = office.problem or ("the list names it twice" if office.id in seen else "")
        seen.add(office.id)
        if problem:
            report.failures.append(FailedOffice(office.id, "malformed_document", problem))
            continue
        record = register.office(office.id)
        if record and _says_nothing_new(office, record):
            report.unchanged += 1
            continue
        if record and _would_reopen(office, record):
            message = f"it ended on {record.office.valid_to}; a list without that day says it lives"
            report.failures.append(FailedOffice(office.id, "office_ended", message))
            continue
        place = next_place(reader, f"office:{office.id}")
        action = drafter.register_office(registrar, office.id, office.document, place, at)
        planned.append(PlannedOffice(office.id, action))
    return planned, report


def _says_nothing_new(office: ReadOffice, record: OfficeRecord) -> bool:
    """Tell whether the registry has, or had, this very document: it moved on since, not back."""
    digest = hashlib.sha256(office.document).hexdigest()
    return digest in {version.document for version in record.versions}


def _would_reopen(office: ReadOffice, record: OfficeRecord) -> bool:
    return record.office.valid_to is not None and parse_office(office.document).valid_to is None
