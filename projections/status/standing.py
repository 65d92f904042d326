"""What a dossier's acts alone say of where it stands: no clock, calendar or registry is asked.

The views keep it for every pending dossier (`projections.desks`); what changes with time alone is
counted from it and from the dossier's state when somebody asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.dossiers import Dossier
from projections.dossier_rows import Act
from projections.status.desks import Desk, desk_of
from projections.status.moving import Moved, last_moved
from projections.status.stages import Stage, stage_of


@dataclass(frozen=True, slots=True)
class Standing:
    """Its stage, on whose desk it lies, and what moved it last."""

    stage: Stage
    desk: Desk | None
    moved: Moved | None


def standing_of(dossier: Dossier, acts: Sequence[Act]) -> Standing:
    """Give where a dossier stands by its published acts, which are in order of version."""
    return Standing(stage_of(dossier, acts), desk_of(dossier, acts), last_moved(acts))
