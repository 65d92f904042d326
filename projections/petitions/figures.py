"""Counts of petitions per office and month of filing, `petitions@v1`: the inputs of indicator 5.2.

A pure fold over public rows; whoever replays the log gets the same numbers. The total of each
track covers all petitions, also those that are too few to be shown under an office.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from domain.oversight.petitions import PetitionRecord, PetitionTrack
from projections.counts import CheckpointReference
from projections.petitions.groups import WHOLE_LEDGER, group_petitions
from projections.petitions.rows import PetitionRow
from projections.petitions.standing import PetitionWorld, standing_of

DEFINITION: Final = "petitions@v1"


class PetitionFigure(msgspec.Struct, frozen=True, kw_only=True):
    """Petitions of one track, office and month; `*` stands for all, or for what is too few.

    `filed` is the sum of the five that follow it. `disputed` counts those that were disputed.
    """

    track: str
    office: str
    period: str
    filed: int
    answered_on_time: int
    answered_late: int
    pending_in_time: int
    pending_overdue: int
    undated: int
    disputed: int


_COUNTED: Final = PetitionFigure.__struct_fields__[len(("track", "office", "period")) :]


class PetitionStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Figures with the checkpoint that they are as of; `totals` has one figure for each track.

    On time, for indicator 5.2, are `answered_on_time` and `pending_in_time` of feedback.
    """

    figures: tuple[PetitionFigure, ...]
    totals: tuple[PetitionFigure, ...]
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


@dataclass(frozen=True, slots=True)
class PetitionCounts:
    """All figures, and their totals."""

    figures: tuple[PetitionFigure, ...]
    totals: tuple[PetitionFigure, ...]


NO_PETITIONS: Final = PetitionCounts((), ())


def count_petitions(rows: Iterable[PetitionRow], world: PetitionWorld) -> PetitionCounts:
    """Count petitions by the group that they are shown in."""
    groups = list(group_petitions(rows, world))
    figures = [
        _figure((group.track, group.office, group.period), group.petitions, world)
        for group in groups
    ]
    return PetitionCounts(tuple(figures), tuple(_total(figures, track) for track in PetitionTrack))


def _total(figures: Iterable[PetitionFigure], track: PetitionTrack) -> PetitionFigure:
    """Add up the figures of a track; each petition stands in one of them."""
    totals = dict.fromkeys(_COUNTED, 0)
    for figure in figures:
        if figure.track == track:
            for name in _COUNTED:
                totals[name] += getattr(figure, name)
    return PetitionFigure(track=track.value, office=WHOLE_LEDGER, period=WHOLE_LEDGER, **totals)


def _figure(
    key: tuple[str, str, str], petitions: Sequence[PetitionRecord], world: PetitionWorld
) -> PetitionFigure:
    track, office, period = key
    standings = Counter(standing_of(record, world).value for record in petitions)
    return PetitionFigure(
        track=track,
        office=office,
        period=period,
        filed=len(petitions),
        answered_on_time=standings["answered_on_time"],
        answered_late=standings["answered_late"],
        pending_in_time=standings["pending_in_time"],
        pending_overdue=standings["pending_overdue"],
        undated=standings["undated"],
        disputed=sum(record.disputed_at is not None for record in petitions),
    )
