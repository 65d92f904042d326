"""Facts about the ledger itself, keys, offices, procedures and calendars."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from domain.facts.shapes import (
    Details,
    Facts,
    Origin,
    PrivateLine,
    Sha256Hex,
    VerificationKeyText,
)
from domain.roles import Role

ANY_OFFICE = "*"


class RevocationReason(StrEnum):
    """Why a key is revoked."""

    REPLACED = "replaced"
    LOST = "lost"
    COMPROMISED = "compromised"
    LEFT_OFFICE = "left_office"


OfficeScope = Annotated[
    str, Meta(pattern="^(?:\\*|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$(?!\\n)", max_length=64)
]


class Grant(Struct, frozen=True, forbid_unknown_fields=True):
    """One role held for one office, or for any office (`*`)."""

    role: Role
    office: OfficeScope


class LedgerOpened(Facts, frozen=True, kw_only=True):
    """Entry 0: the origin and every key that the ledger itself signs with."""

    origin: Origin
    registrar_vkey: VerificationKeyText
    log_vkey: VerificationKeyText
    promise_vkey: VerificationKeyText
    system_vkey: VerificationKeyText
    recovery_vkeys: Annotated[tuple[VerificationKeyText, ...], Meta(max_length=16)] = ()
    index_version: Annotated[int, Meta(ge=1, le=1000)]
    longest_publication_delay_seconds: Annotated[int, Meta(ge=1, le=31_622_400)]


class KeyRegistered(Facts, frozen=True, kw_only=True):
    """A key enters the registry with the roles it may sign as."""

    vkey: VerificationKeyText
    grants: Annotated[tuple[Grant, ...], Meta(min_length=1, max_length=64)]


class KeyRegisteredDetails(Details, frozen=True, kw_only=True):
    """Whose key it is."""

    personnel_number: PrivateLine | None = None
    display_name: PrivateLine | None = None
    title: PrivateLine | None = None
    room: PrivateLine | None = None
    telephone: PrivateLine | None = None


class KeyRevoked(Facts, frozen=True, kw_only=True):
    """A key may sign nothing more."""

    reason: RevocationReason


class OfficeRegistered(Facts, frozen=True, kw_only=True):
    """An office enters the registry, or its document is replaced."""

    document: Sha256Hex


class ProcedureVersionPublished(Facts, frozen=True, kw_only=True):
    """A version of a procedure is published."""

    document: Sha256Hex
    procedure_version: Annotated[int, Meta(ge=1, le=1_000_000)]


class CalendarPublished(Facts, frozen=True, kw_only=True):
    """A calendar of working days is published, or replaced."""

    document: Sha256Hex
