"""For which offices a key holds which roles now: what an officer may see of an office rests on it.

An office's successors stand in for it. Nothing is checked here; the matrix says what follows.
"""

from dataclasses import dataclass, field

from domain.facts import ANY_OFFICE
from domain.keys import KeyRecord
from domain.moments import Moment
from domain.reading.rights import Reader
from domain.reading.tasks import OFFICER_ROLES
from domain.roles import Role
from domain.rules.register import Register
from domain.rules.territory import acts_for


@dataclass(slots=True)
class OfficeRoles:
    """For which offices a key holds which roles, asked of the registry once for each office."""

    record: KeyRecord
    register: Register
    now: Moment
    only: str | None = None
    known: dict[str, frozenset[Role]] = field(default_factory=dict)

    def roles(self, office: str) -> frozenset[Role]:
        """Give the roles for an office, or for one that it succeeded."""
        if office not in self.known:
            self.known[office] = frozenset(
                held.grant.role
                for held in self.record.held()
                if held.grant.office == ANY_OFFICE
                or acts_for(self.register, held.grant.office, office, self.now)
            )
        return self.known[office]

    def covers(self, office: str) -> bool:
        """Tell whether what lies with an office is the asker's to see, and asked for."""
        is_asked = self.only in (None, office)
        return is_asked and not self.roles(office).isdisjoint(OFFICER_ROLES)

    def approves(self, office: str) -> bool:
        """Tell whether the asker decides for an office."""
        return Role.APPROVER in self.roles(office)

    def reader(self) -> Reader:
        """Give as what the asker reads: of the office asked for, or of any at all."""
        held = frozenset(grant.grant.role for grant in self.record.held())
        roles = held if self.only is None else self.roles(self.only)
        if Role.HEAD in roles:
            return Reader.HEAD_OF_OFFICE
        if roles & OFFICER_ROLES:
            return Reader.OFFICER_WITHOUT_TASK
        return Reader.INSPECTOR if Role.INSPECTOR in roles else Reader.OFFICER_ELSEWHERE
