"""Offices: the public document of an office, and the registry's record of it.

The document is JSON, for example:
`{"id":"H27.15","level":"commune","name":{"en":"…","vi":"…"},"time_zone":"Asia/Ho_Chi_Minh"}`.
"""

from enum import StrEnum
from typing import Annotated, Final, TypeVar
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from domain.errors import MalformedDocument
from domain.facts.shapes import Code
from domain.moments import Moment, time_zone

MAX_DOCUMENT_BYTES: Final = 262_144

DocumentType = TypeVar("DocumentType")


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


class Office(Document, frozen=True, kw_only=True):
    """The body that is responsible. The level is declared, never read from the id."""

    id: Code
    name: BilingualName
    level: Level
    parent: Code | None = None
    time_zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class OfficeRecord(msgspec.Struct, frozen=True, omit_defaults=True, tag="office"):
    """What the registry holds of an office: its present document."""

    office: Office
    document: str
    registered_at: Moment


def decode_document(document: bytes, decoder: msgspec.json.Decoder[DocumentType]) -> DocumentType:
    """Read a public document.

    Raises:
        MalformedDocument: too long, not JSON, or not of the decoder's shape.
    """
    if len(document) > MAX_DOCUMENT_BYTES:
        raise MalformedDocument
    try:
        return decoder.decode(document)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise MalformedDocument from error


_OFFICE_DECODER = msgspec.json.Decoder(Office)


def parse_office(document: bytes) -> Office:
    """Read an office's document.

    Raises:
        MalformedDocument: another shape, or no such time zone.
    """
    office = decode_document(document, _OFFICE_DECODER)
    try:
        time_zone(office.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MalformedDocument("time_zone") from error
    return office
