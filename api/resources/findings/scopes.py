"""Which findings an inspector asks for and may be shown: filters, grants of the key, an order."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.reading.orders import OrderInForce
from api.resources.inspection import covered_offices
from domain.keys import KeyRecord
from domain.roles import Role
from projections.leads.store import ChosenLeads


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a list is shown to whom; without peers, that of rules on one dossier alone."""

    inspector: KeyRecord
    rule: str | None
    office: str | None
    with_peers: bool
    order: OrderInForce | None

    @property
    def order_dossiers(self) -> frozenset[str]:
        """Give the dossiers that an order names beside its offices."""
        return frozenset() if self.order is None else frozenset(self.order.scope.dossiers)

    @property
    def chosen(self) -> ChosenLeads:
        """Give what of this a store can choose by; `shows` decides."""
        covered = covered_offices(self.inspector)
        offices = None if covered is None else frozenset(covered)
        if self.order is not None:
            ordered = frozenset(self.order.scope.offices)
            offices = ordered if offices is None else ordered & offices
        return ChosenLeads(self.rule, self.office, self.with_peers, offices, self.order_dossiers)

    def shows(self, rule: str, office: str, stream: str) -> bool:
        """Tell whether a finding of a rule about a stream is asked for and may be shown."""
        if self.rule not in (None, rule) or self.office not in (None, office):
            return False
        if not self.inspector.covers(Role.INSPECTOR, office or None):
            return False
        if self.order is None:
            return True
        return office in self.order.scope.offices or stream in self.order.scope.dossiers

    def count(self, rule: str, by_office: Mapping[str, int], in_order: Mapping[str, str]) -> int:
        """Count the dossiers marked by a rule that are shown.

        ``by_office`` are all that it marks, ``in_order`` those of `order_dossiers` with their
        offices.
        """
        whole = {office for office in by_office if self.shows(rule, office, "")}
        single = (
            stream
            for stream, office in in_order.items()
            if office not in whole and self.shows(rule, office, stream)
        )
        return sum(by_office[office] for office in whole) + sum(1 for _ in single)
