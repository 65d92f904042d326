"""Corrections: how readers put a corrected value into an earlier act that stays as it was signed.

Folds of status, clocks and figures never read a correction: nothing that they rest on can be
corrected (`CorrectableField`). Views that show the corrected field use the new value; auditors see
the act, the correction and both signatures.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from domain.facts import Details, Facts, PaymentConfirmed
from domain.facts.integrity import (
    CorrectableField,
    CorrectionAppended,
    CorrectionAppendedDetails,
)

PUBLIC_FIELDS: Final = frozenset({CorrectableField.METHOD})


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction with its private part, where the reader can open it."""

    facts: CorrectionAppended
    details: CorrectionAppendedDetails | None = None


def fits(correction: Correction, facts: Facts, details: Details | None) -> bool:
    """Tell whether the corrected act has the field; one that does not fit changes nothing."""
    field = correction.facts.field
    if field in PUBLIC_FIELDS:
        return isinstance(facts, PaymentConfirmed)
    return details is not None and field.value in details.__struct_fields__


def corrected_facts(version: int, facts: Facts, corrections: Iterable[Correction]) -> Facts:
    """Give the public facts of one act as they are to be read: the last correction wins."""
    for correction in corrections:
        method = correction.facts.method
        if _concerns(correction, version) and method and isinstance(facts, PaymentConfirmed):
            facts = msgspec.structs.replace(facts, method=method)
    return facts


def corrected_details(version: int, details: Details, corrections: Iterable[Correction]) -> Details:
    """Give the private part of one act as it is to be read: the last correction wins."""
    for correction in corrections:
        if not _concerns(correction, version) or correction.details is None:
            continue
        name, value = correction.facts.field.value, correction.details.new_value
        if value is not None and name in details.__struct_fields__:
            details = msgspec.structs.replace(details, **{name: value})
    return details


def _concerns(correction: Correction, version: int) -> bool:
    return correction.facts.corrected_version == version
