"""Companies of signers that several kinds share, and how a line about a dossier is written."""

from typing import Final

import msgspec

from domain.actions import Kind, StreamType
from domain.facts import Details, Facts
from domain.roles import Role, SignerRule, SignerSet, any_of, signed_by

IMPORTER: Final = any_of(Role.IMPORTER)
APPLICANT_OR_PROXY: Final = any_of(Role.APPLICANT, Role.PROXY)
# Whoever writes for a person at the counter signs beside that person, never instead.
PERSON_AT_THE_COUNTER: Final = SignerSet(
    frozenset({Role.APPLICANT, Role.PROXY}), may_join=frozenset({Role.RECEIVER})
)
RECEIVER_OR_IMPORTER: Final = signed_by(any_of(Role.RECEIVER), IMPORTER)
APPROVER_OR_IMPORTER: Final = signed_by(any_of(Role.APPROVER), IMPORTER)
PROCESSOR_OR_IMPORTER: Final = signed_by(any_of(Role.PROCESSOR), IMPORTER)


def by(*roles: Role) -> SignerRule:
    """Make the rule that one or more of these roles sign, or an importer alone."""
    return signed_by(any_of(*roles), IMPORTER)


def dossier_kind(
    act: str, facts: type[Facts], signers: SignerRule, details: type[Details] | None = None
) -> Kind:
    """Make a line about a dossier; private parts that must say something are required."""
    required = details is not None and any(
        field.required for field in msgspec.structs.fields(details)
    )
    return Kind(
        name=f"dossier.{act}",
        stream=StreamType.DOSSIER,
        facts=facts,
        details=details,
        signers=signers,
        details_required=required,
    )
