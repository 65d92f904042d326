"""Facts about the ledger itself, keys, offices, procedures and calendars."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from domain.facts.shapes import (
    Details,
    Facts,
    KeyName,
    Origin,
    PrivateLine,
    Sha256Hex,
    VerificationKeyText,
)
from domain.roles import Assurance, Role

ANY_OFFICE = "*"


class RevocationReason(StrEnum):
    """Why a key may sign nothing more; `replaced` is what `key.replaced` leaves."""

    REPLACED = "replaced"
    LOST = "lost"
    COMPROMISED = "compromised"
    LEFT_OFFICE = "left_office"


OfficeScope = Annotated[
    str, Meta(pattern="^(?:\\*|[A-Za-z0-9][A-Za-z0-9._-]{0,63})$(?!\\n)", max_length=64)
]


class RoleEndReason(StrEnum):
    """Why a role is taken back while the key goes on."""

    MOVED = "moved"
    TASK_ENDED = "task_ended"
    DELEGATION_ENDED = "delegation_ended"
    MISUSED = "misused"
    GRANTED_BY_MISTAKE = "granted_by_mistake"


class Grant(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One role held for one office, or for any office (`*`), perhaps between two days.

    Days are of the office whose act it is, both inclusive, and are compared with the moment that
    an action names: no clock ends a role, an entry does.
    """

    role: Role
    office: OfficeScope
    from_on: date | None = None
    until_on: date | None = None


Grants = Annotated[tuple[Grant, ...], Meta(min_length=1, max_length=64)]


class Continued(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The last checkpoint of a ledger that was retired: its origin, size, and root in hex."""

    origin: Origin
    tree_size: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    root: Sha256Hex


class LedgerOpened(Facts, frozen=True, kw_only=True):
    """Entry 0: the origin and every key that the ledger itself signs with.

    `recovery_threshold` is how many of the recovery keys make a new root after a compromise.
    `continues` names the end of the ledger that this one stands in for: one that lost what it had
    published goes on under another origin, never beside itself.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "origin": "which log every act and every proof is for",
        "registrar_vkey": "the anchor from which every right to sign leads",
        "log_vkey": "who signs checkpoints",
        "promise_vkey": "who signs promises and refusals",
        "system_vkey": "who signs as the system",
        "recovery_vkeys": "who may make a new root after a compromise",
        "recovery_threshold": "how many of them must",
        "index_version": "how the index of streams is made again",
        "longest_publication_delay_seconds": "when a promise is broken",
        "continues": "readers of a retired ledger find where it ended, and what follows it",
    }

    origin: Origin
    registrar_vkey: VerificationKeyText
    log_vkey: VerificationKeyText
    promise_vkey: VerificationKeyText
    system_vkey: VerificationKeyText
    recovery_vkeys: Annotated[tuple[VerificationKeyText, ...], Meta(max_length=16)] = ()
    recovery_threshold: Annotated[int, Meta(ge=1, le=16)] | None = None
    index_version: Annotated[int, Meta(ge=1, le=1000)]
    longest_publication_delay_seconds: Annotated[int, Meta(ge=1, le=31_622_400)]
    continues: Continued | None = None


class RootRotated(Facts, frozen=True, kw_only=True):
    """Another key becomes the registrar's root; the old root and the new one sign."""

    public_because: ClassVar[Mapping[str, str]] = {
        "registrar_vkey": "auditors follow the root from their anchor",
    }

    registrar_vkey: VerificationKeyText


class RootRecovered(Facts, frozen=True, kw_only=True):
    """Recovery keys make another key the registrar's root, whatever the present root wants."""

    public_because: ClassVar[Mapping[str, str]] = {
        "registrar_vkey": "auditors follow the root from their anchor",
    }

    registrar_vkey: VerificationKeyText


class LogKeyRotated(Facts, frozen=True, kw_only=True):
    """A second key signs checkpoints from this entry on, beside the one in force.

    That its holder has it shows each checkpoint that it signs; the registrar's root says that it
    is the log's.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "new_log_vkey": "who signs checkpoints from here on",
    }

    new_log_vkey: VerificationKeyText


class LogKeyRetired(Facts, frozen=True, kw_only=True):
    """The older of two keys signs no checkpoint from this entry on; the newer one alone does."""

    public_because: ClassVar[Mapping[str, str]] = {
        "old_log_vkey": "who signs no checkpoint from here on",
    }

    old_log_vkey: VerificationKeyText


class KeyRegistered(Facts, frozen=True, kw_only=True):
    """A key enters the registry with the roles it may sign as.

    `replaces` names an earlier key of the same person; its roles carry over where `grants` names
    none. `assurance` says what kind of holder the key has.
    """

    public_because: ClassVar[Mapping[str, str]] = {
        "vkey": "everyone checks signatures with it",
        "grants": "auditors repeat who might sign as what",
        "replaces": "rules on persons join keys by it (R16)",
        "assurance": "timelines and trails say how sure a signature is",
    }

    vkey: VerificationKeyText
    grants: Annotated[tuple[Grant, ...], Meta(max_length=64)] = ()
    replaces: KeyName | None = None
    assurance: Assurance = Assurance.OWN_KEY


class KeyRegisteredDetails(Details, frozen=True, kw_only=True):
    """Whose key it is."""

    personnel_number: PrivateLine | None = None
    display_name: PrivateLine | None = None
    title: PrivateLine | None = None
    room: PrivateLine | None = None
    telephone: PrivateLine | None = None


class KeyRevoked(Facts, frozen=True, kw_only=True):
    """A key may sign nothing more."""

    public_because: ClassVar[Mapping[str, str]] = {
        "reason": "auditors repeat it; rules on keys ask for it (R23)",
    }

    reason: RevocationReason


class KeyReplaced(Facts, frozen=True, kw_only=True):
    """A key may sign nothing more: its holder signs with the successor, which signs this too."""

    public_because: ClassVar[Mapping[str, str]] = {
        "successor": "rules on persons join keys by it (R16)",
    }

    successor: KeyName


class RoleGranted(Facts, frozen=True, kw_only=True):
    """An enrolled key may sign as more roles."""

    public_because: ClassVar[Mapping[str, str]] = {
        "grants": "auditors repeat who might sign as what",
    }

    grants: Grants


class RoleRevoked(Facts, frozen=True, kw_only=True):
    """An enrolled key may no longer sign as these roles, whatever days they were granted for."""

    public_because: ClassVar[Mapping[str, str]] = {
        "grants": "auditors repeat who might sign as what",
        "reason": "rules on keys ask for it (R23)",
    }

    grants: Grants
    reason: RoleEndReason


class OfficeRegistered(Facts, frozen=True, kw_only=True):
    """An office enters the registry, or its document is replaced."""

    public_because: ClassVar[Mapping[str, str]] = {
        "document": "names, levels and time zones of every figure and page",
    }

    document: Sha256Hex


class ProcedureVersionPublished(Facts, frozen=True, kw_only=True):
    """A version of a procedure is published."""

    public_because: ClassVar[Mapping[str, str]] = {
        "document": "limits and fees by which acts are judged",
        "procedure_version": "which version was in force",
    }

    document: Sha256Hex
    procedure_version: Annotated[int, Meta(ge=1, le=1_000_000)]


class CalendarPublished(Facts, frozen=True, kw_only=True):
    """A calendar of working days is published, or replaced."""

    public_because: ClassVar[Mapping[str, str]] = {
        "document": "working days by which due dates are counted",
    }

    document: Sha256Hex
