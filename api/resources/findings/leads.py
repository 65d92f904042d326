"""Leads for an answer: looked for at once in a small ledger, read from what is kept in a large one.

What is kept says as of which checkpoint it is, and so does the answer.
"""

from collections import Counter
from dataclasses import dataclass
from threading import Lock
from typing import Final

from api.data_folder import DataFolder
from api.parts import Parts
from api.resources.findings.shapes import LeadStandAnswer
from ledger.errors import StoreUnavailable
from projections.findings import Finding
from projections.findings.peers.reading import read_population
from projections.findings.peers.running import PeerRun, find_among
from projections.leads.changes import LeadViews
from projections.leads.store import LeadStand, LeadStore, StandOf
from projections.parts.registry import Projection
from projections.reading import read_findings, reference_to
from projections.views import Position, ViewReader

_NO_RUN: Final = PeerRun((), ())


@dataclass(frozen=True, slots=True)
class WantedLeads:
    """Which leads are wanted: of one rule, of one office, and with those that compare or not."""

    rule: str | None
    office: str | None
    with_peers: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """What rules give, as of when, and among how many dossiers of each office."""

    leads: list[Finding]
    run: PeerRun | None
    dossiers: Counter[str]
    stand: LeadStandAnswer
    stand_of_peers: LeadStandAnswer | None


class LeadSource:
    """Gives the leads of one ledger; the last run of rules that compare is kept in memory."""

    def __init__(self, parts: Parts):
        self._store = LeadStore(DataFolder(parts.settings.data).leads)
        self._kept_beyond = parts.settings.leads_kept_beyond
        self._lock = Lock()
        self._run: tuple[tuple[int, int], PeerRun] | None = None

    def read(self, reader: ViewReader, position: Position, wanted: WantedLeads) -> Looked:
        """Give the leads that are wanted; ``reader`` sees veiled dossiers.

        Raises:
            StoreUnavailable: the ledger is large, and nobody has looked yet.
            ProjectionStopped: it is large, and looking has stopped.
        """
        if LeadViews(reader).has_more_dossiers_than(self._kept_beyond):
            reader.check_runs(Projection.FINDINGS)
            return self._kept(wanted)
        return self._looked_for(reader, position, wanted)

    def _kept(self, wanted: WantedLeads) -> Looked:
        with self._store.reading() as kept:
            stand = kept.stand()
            if stand is None:
                raise StoreUnavailable("leads are being looked for; ask again")
            peers = kept.stand(StandOf.PEERS) if wanted.with_peers else None
            leads = kept.leads(wanted.office, wanted.rule, with_peers=peers is not None)
            return Looked(
                list(leads),
                None if peers is None else kept.peer_run(),
                kept.dossiers_by_office(wanted.office),
                _stand_answer(stand),
                None if peers is None else _stand_answer(peers),
            )

    def _looked_for(self, reader: ViewReader, position: Position, wanted: WantedLeads) -> Looked:
        found, run = read_findings(reader, wanted.office), None
        if wanted.with_peers:
            run = self._peer_run(reader, position)
            found += [each for each in run.findings if wanted.office in (None, each.office)]
        stand = LeadStandAnswer(checkpoint=reference_to(position), as_of=position.as_of)
        dossiers = Counter(row.office for row in reader.dossier_rows(wanted.office))
        leads = [each for each in found if wanted.rule in (None, each.rule)]
        return Looked(leads, run, dossiers, stand, stand if wanted.with_peers else None)

    def _peer_run(self, reader: ViewReader, position: Position) -> PeerRun:
        """Give what rules that compare find among all dossiers, as of the views' checkpoint."""
        place = position.log_position, position.veiled_position
        with self._lock:
            if self._run is None or self._run[0] != place:
                population = read_population(reader)
                run = _NO_RUN if population is None else find_among(population)
                self._run = place, run
            return self._run[1]


def _stand_answer(stand: LeadStand) -> LeadStandAnswer:
    return LeadStandAnswer(checkpoint=stand.checkpoint, as_of=stand.as_of)
