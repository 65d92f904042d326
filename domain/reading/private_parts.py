"""What private parts hold: which kinds are the office's own matter, and which members name people.

Closed by default: free text counts as naming persons unless it is listed here. Dates, codes,
amounts and hashes name nobody.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from domain.facts import Details
from domain.reading.rights import Subject

# Kinds whose private part is the office's own matter: an officer's interests, holds.
INTERNAL_KINDS: Final = frozenset(
    {"dossier.conflict_declared", "dossier.hold_placed", "dossier.hold_lifted"}
)
# Shown to nobody again: whoever knows it is taken for the holder.
SEALED_MEMBERS: Final = frozenset({"secret"})

# Free text about officers, by the class of details; elsewhere the same name may mean a citizen.
_OFFICERS: Final = frozenset(
    {
        ("IntakeTaskAssignedDetails", "receiver"),
        ("ProcessorAssignedDetails", "assignee"),
        ("ProcessorReassignedDetails", "assignee"),
        ("HandoverAcknowledgedDetails", "from_unit"),
        ("HandoverAcknowledgedDetails", "to_unit"),
        ("ResultReadyNotifiedDetails", "told_by"),
        ("ApplicantKeyReplacedDetails", "told_by"),
        ("ForeignStepRecordedDetails", "officer"),
        ("ForeignStepRecordedDetails", "officer_title"),
        ("ForeignStepRecordedDetails", "unit"),
    }
)
# Free text that names rules and authorities.
_NAMELESS: Final = frozenset(
    {"legal_citation", "right_authority", "deadline_rule", "limit_applied", "notice_version"}
)


def subject_of_kind(kind: str) -> Subject:
    """Give as what the private part of a kind is asked for."""
    return Subject.INTERNAL_DETAILS if kind in INTERNAL_KINDS else Subject.PRIVATE_DETAILS


def named_by(details: type[Details]) -> Mapping[str, Subject]:
    """Give the members of a private part that may name somebody, and whom."""
    return {
        field.encode_name: _whom(details.__name__, field.name)
        for field in msgspec.structs.fields(details)
        if field.name not in _NAMELESS and _is_free(msgspec.inspect.type_info(field.type))
    }


def without_names(details: Details, shown: frozenset[Subject]) -> dict[str, object]:
    """Write a private part without the members that name people, but for those of ``shown``."""
    named = named_by(type(details))
    members: dict[str, object] = msgspec.to_builtins(details)
    return {
        name: value
        for name, value in members.items()
        if name not in SEALED_MEMBERS and (name not in named or named[name] in shown)
    }


def _whom(details: str, member: str) -> Subject:
    return Subject.OFFICERS if (details, member) in _OFFICERS else Subject.PERSONS


def _is_free(shape: msgspec.inspect.Type) -> bool:
    match shape:
        case msgspec.inspect.StrType(pattern=pattern):
            return pattern is None
        case msgspec.inspect.UnionType(types=types):
            return any(map(_is_free, types))
        case msgspec.inspect.VarTupleType(item_type=item):
            return _is_free(item)
        case msgspec.inspect.StructType(fields=fields):
            return any(_is_free(field.type) for field in fields)
        case _:
            return False
