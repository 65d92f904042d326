"""The order of a dossier's acts in time: none before it was handed in, no end before acceptance.

Out of order is improper, and R08 names it; what lies before the dossier itself is impossible.
Imports tell what they found.
"""

from datetime import timedelta
from typing import Final

from domain.actions import Action
from domain.dossiers import ENDED_STATUSES, Dossier
from domain.errors import ActedBeforeDossier
from domain.moments import Moment, is_before
from domain.rules.register import Register, StreamState
from domain.transitions import TRANSITIONS, Transition

# Two people's machines do not show one time; who is off by more sets the clock.
CLOCKS_APART: Final = timedelta(hours=1)


def check_order_in_time(state: StreamState | None, action: Action, register: Register) -> None:
    """Check that an act on a dossier does not claim a moment at which it was impossible.

    Raises:
        ActedBeforeDossier: the dossier was not handed in by then, or not accepted.
    """
    if not isinstance(state, Dossier) or action.is_imported or state.imported:
        return
    record = register.office(state.office)
    zone = "UTC" if record is None else record.office.time_zone
    if _precedes(action.at, state.submitted_at, zone):
        raise ActedBeforeDossier("at: before the submission")
    if (
        state.accepted_at is not None
        and _ends(TRANSITIONS[action.kind.name])
        and _precedes(action.at, state.accepted_at, zone)
    ):
        raise ActedBeforeDossier("at: before the acceptance")


def _ends(transition: Transition) -> bool:
    return not transition.suspends and not ENDED_STATUSES.isdisjoint(transition.moves.values())


def _precedes(at: Moment, former: Moment, zone: str) -> bool:
    if at.instant is not None and former.instant is not None:
        return at.instant < former.instant - CLOCKS_APART
    return is_before(at, former, zone)
