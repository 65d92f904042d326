"""Offices as they are and were, and the codes that they give dossiers."""

from domain.offices.records import (
    MAX_DOCUMENT_BYTES,
    TYPICAL_OFFICE_HOURS,
    BilingualName,
    ClockText,
    Document,
    LateEntry,
    Level,
    Office,
    OfficeRecord,
    OfficeVersion,
    Session,
    check_sessions,
    decode_document,
    parse_office,
)

__all__ = [
    "MAX_DOCUMENT_BYTES",
    "TYPICAL_OFFICE_HOURS",
    "BilingualName",
    "ClockText",
    "Document",
    "LateEntry",
    "Level",
    "Office",
    "OfficeRecord",
    "OfficeVersion",
    "Session",
    "check_sessions",
    "decode_document",
    "parse_office",
]
