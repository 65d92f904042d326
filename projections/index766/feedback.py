"""Feedback of a period: its kinds, how much was answered in time, how much was not disputed.

Only groups that may be shown are counted (`projections.petitions.groups`): what is too few in an
office and month stands under the office above, so that no petition is found by subtraction.
Feedback belongs to the month of its filing, and is judged as of the figures' instant.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.errors import Sentence
from domain.facts.feedback import FeedbackCategory
from domain.index766 import Input, Measured, Missing
from domain.oversight.petitions import PetitionRecord, PetitionTrack
from projections.index766.reasons import (
    DISPUTES_ONLY,
    FEEDBACK_SHOWN,
    NO_CALENDAR,
    TOO_FEW_PETITIONS,
)
from projections.petitions.groups import WHOLE_LEDGER, above, filed_about, group_petitions
from projections.petitions.rows import PetitionRow
from projections.petitions.standing import PetitionWorld, Standing, standing_of

_IN_TIME = frozenset({Standing.ANSWERED_ON_TIME, Standing.PENDING_IN_TIME})


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was filed in a period and may be shown under a unit.

    ``above`` tells whether something is shown above the unit in which its own may be.
    """

    filed: tuple[PetitionRecord, ...]
    is_above: bool


def feedback_of(
    rows: Iterable[PetitionRow], world: PetitionWorld, unit: str | None, months: Sequence[str]
) -> Feedback:
    """Give the feedback of a unit with all offices under it; None is the whole ledger."""
    filed: list[PetitionRecord] = []
    over = () if unit is None else (WHOLE_LEDGER, *above(unit, world.offices))
    is_above = False
    for group in group_petitions(filed_about(rows, PetitionTrack.FEEDBACK, months), world):
        if group.period not in months:
            continue
        if unit is None or group.office == unit or unit in above(group.office, world.offices):
            filed += group.petitions
        elif group.office in over:
            is_above = True
    return Feedback(tuple(filed), is_above)


def feedback_inputs(feedback: Feedback, world: PetitionWorld) -> dict[str, Input]:
    """Measure 5.1 (both kinds), 5.2 and 5.3."""
    names = ("5.1a", "5.1b", "5.2", "5.3")
    if not feedback.filed and feedback.is_above:
        return dict.fromkeys(names, Missing(TOO_FEW_PETITIONS))
    standings = [standing_of(record, world) for record in feedback.filed]
    inputs: dict[str, Input] = {
        "5.1a": _of_kind(feedback, FeedbackCategory.PROCEDURE),
        "5.1b": _of_kind(feedback, FeedbackCategory.STAFF),
    }
    if Standing.UNDATED in standings:
        return inputs | {"5.2": Missing(NO_CALENDAR), "5.3": Missing(NO_CALENDAR)}
    in_time = [standing in _IN_TIME for standing in standings]
    content = [
        is_in_time and record.disputed_at is None
        for is_in_time, record in zip(in_time, feedback.filed, strict=True)
    ]
    return inputs | {
        "5.2": _share(in_time, FEEDBACK_SHOWN),
        "5.3": _share(content, DISPUTES_ONLY),
    }


def _of_kind(feedback: Feedback, category: FeedbackCategory) -> Measured:
    return _share([record.category is category for record in feedback.filed], FEEDBACK_SHOWN)


def _share(held: Sequence[bool], note: Sentence) -> Measured:
    return Measured(sum(held), len(held), note)
