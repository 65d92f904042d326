"""What a foreign case becomes: the actions to sign, in order, and the counts that are reported."""

from dataclasses import dataclass

from domain.actions import Kind
from domain.facts import Details, Facts
from domain.moments import Moment
from domain.roles import Role
from ledger.importing.mapping import FOREIGN_STEP


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """One action to build, sign and hand over; its version is its place in the plan, from 1.

    `details_salt` is there exactly when details are. `from_event`: it tells an event of the
    source. `neutral`: a foreign step.
    """

    kind: Kind
    at: Moment
    facts: Facts
    from_event: bool
    details: Details | None = None
    details_salt: bytes | None = None
    role: Role = Role.IMPORTER

    @property
    def neutral(self) -> bool:
        """Tell whether this is a foreign step."""
        return self.kind.name == FOREIGN_STEP


@dataclass(frozen=True, slots=True)
class CasePlan:
    """What one case becomes: the actions of one dossier's stream, versions 1, 2, 3 and so on."""

    case_id: str
    stream: str
    office: str
    actions: tuple[PlannedAction, ...]
    events_read: int

    @property
    def neutral_steps(self) -> int:
        """Count the foreign steps."""
        return sum(action.neutral for action in self.actions)

    @property
    def attribute_actions(self) -> int:
        """Count the actions that come from the case's attributes, not from its events."""
        return sum(not action.from_event for action in self.actions)

    @property
    def dropped(self) -> int:
        """Count the events that no action tells."""
        return self.events_read - sum(action.from_event for action in self.actions)
