"""Leads for an answer: looked for at once in a small ledger, read from what is kept in a large one.

What is kept says as of which checkpoint it is, and so does the answer. Of what is kept, a page is
read and no more; how many dossiers a rule marks is counted once for each look.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from typing import Protocol

from api.data_folder import DataFolder
from api.parts import Parts
from api.reading.orders import OrderInForce
from api.resources.findings.shapes import LeadStandAnswer
from api.resources.inspection import covered_offices
from domain.keys import KeyRecord
from domain.roles import Role
from ledger.errors import StoreUnavailable
from projections.findings import Finding
from projections.findings.peers.reading import read_population
from projections.findings.peers.running import PeerRun, find_among
from projections.leads.changes import LeadViews
from projections.leads.places import LeadPlace, PlacedLead, Section, placed_walk
from projections.leads.store import ChosenLeads, LeadReader, LeadStand, LeadStore, StandOf
from projections.parts.registry import Projection
from projections.reading import read_findings, reference_to
from projections.views import Position, ViewReader

_NO_RUN = PeerRun((), ())


class Looked(Protocol):
    """What rules give of the leads that were chosen, as of when, and among how many dossiers."""

    @property
    def stand(self) -> LeadStandAnswer:
        """Give as of when rules looked at dossiers."""

    @property
    def stand_of_peers(self) -> LeadStandAnswer | None:
        """Give as of when those ran that compare; None where they are not wanted or never ran."""

    @property
    def run(self) -> PeerRun | None:
        """Give what those reported that compare."""

    @property
    def dossiers(self) -> Counter[str]:
        """Count the dossiers of each office that were looked at."""

    def after(self, place: LeadPlace | None, limit: int) -> list[PlacedLead]:
        """Give the first leads behind a place."""

    def sorted_by(self, sortings: Collection[str]) -> list[Finding]:
        """Give the leads that sort by one of these, of whatever office."""

    def marked_by_office(self, rule: str) -> Counter[str]:
        """Count the dossiers of each office that a rule marks, other than by comparing."""

    def marked_among(self, rule: str, dossiers: Iterable[str]) -> dict[str, str]:
        """Give those of some dossiers that a rule marks, each with its office."""


class LeadSource:
    """Gives the leads of one ledger; the last run of rules that compare is kept in memory."""

    def __init__(self, parts: Parts):
        self._store = LeadStore(DataFolder(parts.settings.data).leads)
        self._kept_beyond = parts.settings.leads_kept_beyond
        self._lock = Lock()
        self._run: tuple[tuple[int, int], PeerRun] | None = None
        self._counts = _Counts()

    @contextmanager
    def reading(
        self, reader: ViewReader, position: Position, chosen: ChosenLeads
    ) -> Iterator[Looked]:
        """Give the leads that are chosen; ``reader`` sees veiled dossiers.

        Raises:
            StoreUnavailable: the ledger is large, and nobody has looked yet.
            ProjectionStopped: it is large, and looking has stopped.
        """
        if not LeadViews(reader).has_more_dossiers_than(self._kept_beyond):
            yield self._looked_for(reader, position, chosen)
            return
        reader.check_runs(Projection.FINDINGS)
        with self._store.reading() as kept:
            stand = kept.stand()
            if stand is None:
                raise StoreUnavailable("leads are being looked for; ask again")
            peers = kept.stand(StandOf.PEERS) if chosen.with_peers else None
            chosen = replace(chosen, with_peers=peers is not None)
            yield _Kept(kept, chosen, stand, peers, self._counts)

    def _looked_for(self, reader: ViewReader, position: Position, chosen: ChosenLeads) -> Looked:
        run = self._peer_run(reader, position) if chosen.with_peers else None
        compared = () if run is None else run.findings
        leads = placed_walk(
            read_findings(reader, chosen.office),
            (each for each in compared if chosen.office in (None, each.office)),
        )
        stand = LeadStandAnswer(checkpoint=reference_to(position), as_of=position.as_of)
        return _Walked(
            leads=[each for each in leads if chosen.rule in (None, each.finding.rule)],
            chosen=chosen,
            run=run,
            dossiers=Counter(row.office for row in reader.dossier_rows(chosen.office)),
            stand=stand,
            stand_of_peers=None if run is None else stand,
        )

    def _peer_run(self, reader: ViewReader, position: Position) -> PeerRun:
        """Give what rules that compare find among all dossiers, as of the views' checkpoint."""
        place = position.log_position, position.veiled_position
        with self._lock:
            if self._run is None or self._run[0] != place:
                population = read_population(reader)
                run = _NO_RUN if population is None else find_among(population)
                self._run = place, run
            return self._run[1]


class _Counts:
    """What was counted over all leads of one look; forgotten with the next."""

    def __init__(self) -> None:
        self._counted: tuple[LeadStand, dict[str, Counter[str]]] | None = None

    def get(self, stand: LeadStand, name: str, count: Callable[[], Counter[str]]) -> Counter[str]:
        counted = self._counted
        if counted is None or counted[0] != stand:
            counted = self._counted = stand, {}
        if name not in counted[1]:
            counted[1][name] = count()
        return counted[1][name]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Leads that are kept; it lives as long as the transaction of its reader."""

    reader: LeadReader
    chosen: ChosenLeads
    at: LeadStand
    peers_at: LeadStand | None
    counts: _Counts

    @property
    def stand(self) -> LeadStandAnswer:
        return _stand_answer(self.at)

    @property
    def stand_of_peers(self) -> LeadStandAnswer | None:
        return None if self.peers_at is None else _stand_answer(self.peers_at)

    @property
    def run(self) -> PeerRun | None:
        return None if self.peers_at is None else self.reader.peer_run()

    @property
    def dossiers(self) -> Counter[str]:
        office = self.chosen.office
        if office is not None:
            return self.reader.dossiers_by_office(office)
        return self.counts.get(self.at, "", self.reader.dossiers_by_office)

    def after(self, place: LeadPlace | None, limit: int) -> list[PlacedLead]:
        return self.reader.leads_after(place, self.chosen, limit)

    def sorted_by(self, sortings: Collection[str]) -> list[Finding]:
        chosen = replace(self.chosen, offices=None)
        return self.reader.leads_sorted_by(sortings, chosen)

    def marked_by_office(self, rule: str) -> Counter[str]:
        return self.counts.get(self.at, rule, lambda: self.reader.marked_by_office(rule))

    def marked_among(self, rule: str, dossiers: Iterable[str]) -> dict[str, str]:
        return self.reader.marked_among(rule, dossiers)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Walked:
    """Leads of a walk over a small ledger: those of the chosen office and rule, in order."""

    leads: list[PlacedLead]
    chosen: ChosenLeads
    run: PeerRun | None
    dossiers: Counter[str]
    stand: LeadStandAnswer
    stand_of_peers: LeadStandAnswer | None

    def after(self, place: LeadPlace | None, limit: int) -> list[PlacedLead]:
        behind = [each for each in self.leads if place is None or each.place > place]
        return list(filter(self._is_chosen, behind))[:limit]

    def sorted_by(self, sortings: Collection[str]) -> list[Finding]:
        return [each.finding for each in self.leads if each.place.sorting in sortings]

    def marked_by_office(self, rule: str) -> Counter[str]:
        return Counter(self._marked(rule).values())

    def marked_among(self, rule: str, dossiers: Iterable[str]) -> dict[str, str]:
        marked = self._marked(rule)
        return {stream: marked[stream] for stream in dossiers if stream in marked}

    def _marked(self, rule: str) -> dict[str, str]:
        return {
            each.finding.stream: each.finding.office
            for each in self.leads
            if each.finding.rule == rule and each.place.section == Section.DOSSIERS
        }

    def _is_chosen(self, lead: PlacedLead) -> bool:
        offices, dossiers = self.chosen.offices, self.chosen.dossiers
        if offices is None or lead.finding.office in offices:
            return True
        return lead.place.sorting in dossiers


def _stand_answer(stand: LeadStand) -> LeadStandAnswer:
    return LeadStandAnswer(checkpoint=stand.checkpoint, as_of=stand.as_of)


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
