"""What was corrected on a dossier: the value as it was signed, and the one it was set right to.

No act is changed by a correction; whoever reads sees both (`domain.oversight.corrections`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from domain.actions import Action
from domain.facts.integrity import CorrectableField, CorrectionAppended, CorrectionAppendedDetails
from domain.oversight.corrections import (
    PUBLIC_FIELDS,
    Correction,
    corrected_details,
    corrected_facts,
    fits,
)


@dataclass(frozen=True, slots=True)
class Corrected:
    """One correction of one act: by which version, of what, from which value to which.

    Of a private field both values are None once they were erased, or where they may not be shown.
    """

    version: int
    field: CorrectableField
    before: str | None
    after: str | None

    @property
    def is_public(self) -> bool:
        """Tell whether the field stands in the public facts."""
        return self.field in PUBLIC_FIELDS

    def without_private(self) -> "Corrected":
        """Give the correction without values that stand in a private part."""
        return self if self.is_public else Corrected(self.version, self.field, None, None)


def corrections_by_version(actions: Sequence[Action]) -> dict[int, tuple[Corrected, ...]]:
    """Give the corrections of each act by its version; the actions are of one stream, opened."""
    by_version = {action.version: action for action in actions}
    found: dict[int, tuple[Corrected, ...]] = {}
    applied: dict[int, list[Correction]] = {}
    for action in actions:
        if not isinstance(action.facts, CorrectionAppended):
            continue
        wrong = by_version.get(action.facts.corrected_version)
        correction = _correction(action)
        if wrong is None or not (_is_erased(wrong) or fits(correction, wrong.facts, wrong.details)):
            continue
        earlier = applied.setdefault(wrong.version, [])
        before, after = _value(wrong, correction, earlier), None
        earlier.append(correction)
        after = _value(wrong, correction, earlier)
        one = Corrected(action.version, action.facts.field, before, after)
        found[wrong.version] = (*found.get(wrong.version, ()), one)
    return found


def _correction(action: Action) -> Correction:
    assert isinstance(action.facts, CorrectionAppended)
    details = action.details
    opened = details if isinstance(details, CorrectionAppendedDetails) else None
    return Correction(action.facts, opened)


def _is_erased(action: Action) -> bool:
    return action.commitment is not None and action.details is None


def _value(action: Action, correction: Correction, applied: Sequence[Correction]) -> str | None:
    """Give a field of an act as it is to be read after some corrections."""
    name = correction.facts.field.value
    if correction.facts.field in PUBLIC_FIELDS:
        facts = corrected_facts(action.version, action.facts, applied)
        return _text(getattr(facts, name, None))
    if action.details is None:
        return None
    return _text(getattr(corrected_details(action.version, action.details, applied), name, None))


def _text(value: object) -> str | None:
    return None if value is None else str(msgspec.to_builtins(value))
