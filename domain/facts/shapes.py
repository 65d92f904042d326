r"""Shapes that facts share: checked texts and numbers, and the base classes of facts and details.

Public facts hold codes, dates, amounts and outcomes only. Free text, names and numbers of people
stand in details, which the log knows by their commitment alone. An absent fact is left out:
`None` is never written. Patterns end in `$(?!\n)`, since Python's `$` also matches before a last
line feed, and the same pattern must mean the same in JSON Schema.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, ClassVar, Final

from msgspec import Meta, Struct

NOTHING_PUBLIC: Final[Mapping[str, str]] = MappingProxyType({})


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$(?!\\n)"


Code = Annotated[str, Meta(pattern=_whole("[A-Za-z0-9][A-Za-z0-9._-]{0,63}"), max_length=64)]
ReasonCode = Annotated[str, Meta(pattern=_whole("[a-z][a-z0-9_]{2,40}"), max_length=41)]
Sha256Hex = Annotated[str, Meta(pattern=_whole("[0-9a-f]{64}"), max_length=64)]
Secret = Annotated[str, Meta(pattern=_whole("[A-Za-z0-9+/]{43}="), max_length=44)]
PerformerHex = Annotated[str, Meta(pattern=_whole("[0-9a-f]{16,64}"), max_length=64)]
VerificationKeyText = Annotated[
    str,
    Meta(
        pattern=_whole("[!-*,-~]{1,200}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{43,}={0,2}"), max_length=300
    ),
]
Origin = Annotated[str, Meta(pattern=_whole("[A-Za-z0-9][A-Za-z0-9./:_-]{0,199}"), max_length=200)]
# Of a version 4 UUID, or of 128 bits in hex: what a stream that must be random is called.
RANDOM_ID: Final = (
    "(?:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|[0-9a-f]{32})"
)
DossierStream = Annotated[str, Meta(pattern=_whole(f"dossier:{RANDOM_ID}"), max_length=44)]
AccessStream = Annotated[str, Meta(pattern=_whole("access:[0-9a-f]{64}"), max_length=71)]
MomentText = Annotated[
    str,
    Meta(
        pattern=_whole("[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?"), max_length=20
    ),
]
InstantText = Annotated[
    str,
    Meta(pattern=_whole("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"), max_length=20),
]
# Printable ASCII without quotation mark and backslash: canonical action text has no escapes.
Label = Annotated[str, Meta(pattern=_whole("[ !#-\\[\\]-~]{1,120}"), max_length=120)]
Hours = Annotated[int, Meta(ge=1, le=10_000)]
StreamVersion = Annotated[int, Meta(ge=1, le=1_000_000)]
KeyName = Annotated[str, Meta(pattern=_whole("[a-z][a-z0-9_-]{0,47}-[0-9a-f]{16}"), max_length=65)]
AmountVnd = Annotated[int, Meta(ge=0, le=10**12)]
PrivateLine = Annotated[str, Meta(min_length=1, max_length=200)]
PrivateText = Annotated[str, Meta(min_length=1, max_length=4000)]


class Facts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the public facts of every kind.

    `public_because` names for each member the public fold that needs it (ADR 0007); the table of
    the law prints it.
    """

    public_because: ClassVar[Mapping[str, str]] = NOTHING_PUBLIC


class ImportableFacts(Facts, frozen=True, kw_only=True):
    """Facts that an importer may sign too; only then may the three below be present.

    `performer` is a keyed pseudonym of the source's resource. `label` is the only free text in
    public facts, from activities that the import's mapping lists; others are hashed.
    """

    marks_because: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "performer": "rules on persons compare performers of imports (R16)",
            "label": "steps of an import by name",
            "label_hash": "steps of an import whose name is not public",
        }
    )

    performer: PerformerHex | None = None
    label: Label | None = None
    label_hash: Sha256Hex | None = None


class Details(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the private part of every kind that has one."""


class ComponentForm(StrEnum):
    """As what a paper was handed in."""

    ORIGINAL = "original"
    COPY = "copy"
    ELECTRONIC = "electronic"


class ComponentSource(StrEnum):
    """Whence a paper comes: brought, used again, or from the citizen's own store."""

    UPLOADED = "uploaded"
    REUSED = "reused"
    CITIZEN_STORE = "citizen_store"


class Component(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One paper handed in: its component code, the SHA-256 of its bytes, and how it came."""

    code: Code
    sha256: Sha256Hex
    form: ComponentForm | None = None
    source: ComponentSource | None = None


class SupplementItem(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One thing that is missing or wrong, why, and by which rule."""

    component: Code
    reason: PrivateText
    defect_code: ReasonCode | None = None
    legal_citation: PrivateLine | None = None


class DeliveryMethod(StrEnum):
    """How the applicant gets the result."""

    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


Components = Annotated[tuple[Component, ...], Meta(max_length=200)]
SupplementItems = Annotated[tuple[SupplementItem, ...], Meta(max_length=200)]
MissingItems = Annotated[tuple[SupplementItem, ...], Meta(min_length=1, max_length=200)]
Codes = Annotated[tuple[Code, ...], Meta(max_length=200)]
SomeCodes = Annotated[tuple[Code, ...], Meta(min_length=1, max_length=200)]
