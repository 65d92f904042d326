"""Offices: the public document of an office, and the registry's record of it with its history.

The document is JSON, for example:
`{"id":"H27.15","level":"commune","name":{"en":"…","vi":"…"},"time_zone":"Asia/Ho_Chi_Minh"}`.
An office is changed by registering its next document; the record keeps the earlier ones, so an
act of long ago is shown with the office as it was then. `valid_from` and `valid_to` are the first
and the last day of what the document says; an office that ends names who succeeds it.
"""

from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Final, TypeVar
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from domain.errors import MalformedDocument
from domain.facts.shapes import Code
from domain.moments import FIRST_YEAR, LAST_YEAR, Moment, time_zone

MAX_DOCUMENT_BYTES: Final = 262_144
MAX_COMPLAINT_CHARACTERS: Final = 300

DocumentType = TypeVar("DocumentType")
ClockText = Annotated[str, msgspec.Meta(pattern="^(?:[01][0-9]|2[0-3]):[0-5][0-9]$(?!\\n)")]
Codes = Annotated[tuple[Code, ...], msgspec.Meta(max_length=64)]


class Level(StrEnum):
    """Territorial level; districts were abolished on 1 July 2025 and remain for history."""

    CENTRAL = "central"
    PROVINCE = "province"
    COMMUNE = "commune"
    LEGACY_DISTRICT = "legacy_district"
    FOREIGN = "foreign"


class Document(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Base of what stands in public documents."""


class BilingualName(Document, frozen=True, kw_only=True):
    """A name in Vietnamese and in English."""

    vi: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    en: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Session(Document, frozen=True, kw_only=True):
    """One stretch of office time, such as the morning."""

    opens: ClockText
    closes: ClockText


# Hours vary by province: a parameter of each office, and these are only what an import of offices
# writes where nothing else is said (domain.md 8.1: typical, from one source).
TYPICAL_OFFICE_HOURS: Final = (
    Session(opens="07:30", closes="11:30"),
    Session(opens="13:30", closes="17:00"),
)


class Office(Document, frozen=True, kw_only=True):
    """The body that is responsible. The level is declared, never read from the id.

    `identity_code` is the one that dossier codes begin with, `statistical_code` the General
    Statistics Office's. Without `office_hours` the calendar's sessions hold. `note` says where
    the data came from.
    """

    id: Code
    name: BilingualName
    level: Level
    parent: Code | None = None
    time_zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    identity_code: Code | None = None
    statistical_code: Code | None = None
    office_hours: Annotated[tuple[Session, ...], msgspec.Meta(max_length=8)] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    succeeds: Codes = ()
    succeeded_by: Codes = ()
    note: Annotated[str, msgspec.Meta(max_length=500)] | None = None

    def in_force_on(self, day: date) -> bool:
        """Tell whether the office exists on that day."""
        return not self.has_ended_by(day) and (self.valid_from is None or self.valid_from <= day)

    def has_ended_by(self, day: date) -> bool:
        """Tell whether the office's last day lies before that day."""
        return self.valid_to is not None and self.valid_to < day


class OfficeVersion(msgspec.Struct, frozen=True, omit_defaults=True):
    """One document of an office, and when the registry took it in."""

    office: Office
    document: str
    registered_at: Moment

    @property
    def holds_from(self) -> date:
        """Give the first day of which the document speaks: its own word, or its registration."""
        return self.office.valid_from or self.registered_at.day_in(self.office.time_zone)


class LateEntry(msgspec.Struct, frozen=True):
    """A declared period whose acts the office records late, and why (`LateEntryGround`)."""

    declared_at: Moment
    since: date
    until: date
    ground: str

    def covers(self, day: date) -> bool:
        """Tell whether acts of that day were declared to come late."""
        return self.since <= day <= self.until


class OfficeRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="office"):
    """What the registry holds of an office: its present document, and the earlier ones."""

    office: Office
    document: str
    registered_at: Moment
    earlier: tuple[OfficeVersion, ...] = ()
    late_entries: tuple[LateEntry, ...] = ()

    @property
    def versions(self) -> tuple[OfficeVersion, ...]:
        """Give all documents, oldest first."""
        present = OfficeVersion(self.office, self.document, self.registered_at)
        return (*self.earlier, present)

    @property
    def last_version(self) -> int:
        """Count the documents; versions are numbered from 1."""
        return len(self.earlier) + 1

    def as_of(self, day: date) -> Office:
        """Give the office as it was on a day: the newest document that speaks of that day.

        Before all of them it is the oldest, which may say that there was no such office yet.
        """
        if not self.earlier:
            return self.office
        for version in reversed(self.versions):
            if version.holds_from <= day:
                return version.office
        return self.versions[0].office

    def at(self, moment: Moment) -> Office:
        """Give the office as it was at the moment of an act."""
        return self.as_of(moment.day_in(self.office.time_zone))

    def followed_by(self, office: Office, document: str, registered_at: Moment) -> "OfficeRecord":
        """Give the record after one more document; the present one again changes nothing."""
        if document == self.document:
            return OfficeRecord(
                office, document, self.registered_at, self.earlier, self.late_entries
            )
        return OfficeRecord(office, document, registered_at, self.versions, self.late_entries)


def decode_document(document: bytes, decoder: msgspec.json.Decoder[DocumentType]) -> DocumentType:
    """Read a public document.

    Raises:
        MalformedDocument: too long, not JSON, or not of the decoder's shape.
    """
    if len(document) > MAX_DOCUMENT_BYTES:
        raise MalformedDocument(f"{len(document)} bytes; at most {MAX_DOCUMENT_BYTES}")
    try:
        return decoder.decode(document)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        # The decoder names the member and what it wants; the document is public.
        raise MalformedDocument(str(error)[:MAX_COMPLAINT_CHARACTERS]) from error


_OFFICE_DECODER = msgspec.json.Decoder(Office)


def parse_office(document: bytes) -> Office:
    """Read an office's document.

    Raises:
        MalformedDocument: another shape; no such time zone; hours or dates out of order; an end
            without its day; an office that is its own parent or successor.
    """
    office = decode_document(document, _OFFICE_DECODER)
    try:
        time_zone(office.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MalformedDocument(f"time_zone: there is no {office.time_zone}") from error
    check_sessions("office_hours", office.office_hours)
    _check_existence(office)
    return office


def check_sessions(name: str, sessions: tuple[Session, ...]) -> None:
    """Refuse office time that overlaps or runs backwards.

    Raises:
        MalformedDocument: it does.
    """
    clocks = [clock for session in sessions for clock in (session.opens, session.closes)]
    if any(earlier >= later for earlier, later in pairwise(clocks)):
        raise MalformedDocument(f"{name}: each must open and close after the one before")


def _check_existence(office: Office) -> None:
    for name, day in (("valid_from", office.valid_from), ("valid_to", office.valid_to)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            found = f"{day.isoformat()} is not within {FIRST_YEAR} to {LAST_YEAR}"
            raise MalformedDocument(f"{name}: {found}")
    if office.valid_from and office.valid_to and office.valid_to < office.valid_from:
        raise MalformedDocument(f"valid_to: {office.valid_to} is before valid_from")
    if office.succeeded_by and office.valid_to is None:
        raise MalformedDocument("succeeded_by: it needs valid_to, the office's last day")
    if office.id in (office.parent, *office.succeeds, *office.succeeded_by):
        raise MalformedDocument("parent, succeeds, succeeded_by: one names the office itself")
