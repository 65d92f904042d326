"""Reading how a server stands, from its stores alone: so every web worker says the same."""

from contextlib import closing
from dataclasses import dataclass
from typing import Final

from api.bodies import ProjectionHealth, ProjectionStop
from api.data_folder import DataFolder
from api.parts import Parts
from api.problems import PROBLEMS_BY_CODE
from ledger.errors import LedgerError
from ledger.histories.stored_index import StoredIndex
from ledger.witnessing.standing import WitnessesStanding, read_standing
from projections.editions.standing import read_stand
from projections.leads.judging import are_leads_kept
from projections.leads.store import LeadStore
from projections.parts.registry import CORE, Projection
from projections.parts.stops import UNFORESEEN, Stop, stop_by
from projections.rebuilding.standing import Standing, StandingReader
from transparency.encoding import render_utc_milliseconds

# Whatever else stands in the views is not repeated: a label has few values.
CAUSES: Final = frozenset({UNFORESEEN, *PROBLEMS_BY_CODE})


@dataclass(frozen=True, slots=True)
class ServerStanding:
    """What is published, how far the projections are, and how the witnesses answered."""

    published_size: int
    log_position: int
    projections: tuple[ProjectionHealth, ...]
    witnesses: WitnessesStanding | None

    @property
    def core_has_stopped(self) -> bool:
        """Tell whether the views as a whole stand still."""
        return any(each.stopped is not None for each in self.projections if each.name == CORE.value)


class StandingSource:
    """Reads how this server stands."""

    def __init__(self, parts: Parts):
        self._parts = parts
        settings = parts.settings
        folder = DataFolder(settings.data)
        self._kept_beyond = settings.leads_kept_beyond
        self._index = StoredIndex(folder.index, parts.origin, parts.reader)
        # Without a policy a file of counts is an older setting's.
        self._witnesses = folder.witnesses if settings.witnesses else None

    def read(self) -> ServerStanding:
        """Read everything; blocks.

        Raises:
            StoreUnavailable: ledger or views cannot be read.
        """
        # The views first: they are never ahead of what is published.
        with self._parts.views.reading() as reader:
            standing_reader = StandingReader(reader)
            position = standing_reader.position()
            standings = standing_reader.standings()
            index_stop = standing_reader.stops().get(Projection.HISTORIES)
            leads_stop = standing_reader.stops().get(Projection.FINDINGS)
            editions_stop = standing_reader.stops().get(Projection.EDITIONS)
        keeps_leads = are_leads_kept(self._parts.views, self._kept_beyond)
        published = self._parts.reader.checkpoint()
        published_size = 0 if published is None else published.tree_size
        standings.append(self._histories(index_stop))
        looked_at = 0 if keeps_leads or position is None else position.log_position
        standings.append(self._findings(leads_stop, looked_at, keeps_leads=keeps_leads))
        if self._parts.settings.editions:
            stood_at = 0 if position is None else position.log_position
            standings.append(self._editions(editions_stop, stood_at))
        return ServerStanding(
            published_size=published_size,
            log_position=0 if position is None else position.log_position,
            projections=tuple(_health(each, published_size) for each in standings),
            witnesses=read_standing(self._witnesses) if self._witnesses else None,
        )

    def _histories(self, stop: Stop | None) -> Standing:
        try:
            log_position = self._index.log_position()
        except LedgerError as error:
            log_position, stop = 0, stop or stop_by(error, Projection.HISTORIES, 0, None)
        return Standing(Projection.HISTORIES, log_position, stop)

    def _findings(self, stop: Stop | None, looked_at: int, *, keeps_leads: bool) -> Standing:
        """Give how far leads are kept, or ``looked_at`` where none are.

        In a small ledger each request looks for itself, where the views stand. A file of leads
        may be there all the same: somebody had them made, or allowed for fewer.
        """
        path = DataFolder(self._parts.settings.data).leads
        if not (keeps_leads and path.exists()):
            return Standing(Projection.FINDINGS, looked_at, stop)
        try:
            with closing(LeadStore(path)) as store, store.reading() as kept:
                stand = kept.stand()
        except LedgerError as error:
            stand, stop = None, stop or stop_by(error, Projection.FINDINGS, 0, None)
        return Standing(Projection.FINDINGS, 0 if stand is None else stand.log_position, stop)

    def _editions(self, stop: Stop | None, views_at: int) -> Standing:
        """Give how far the maker of editions has looked; where the views stand before it has."""
        try:
            looked_at = read_stand(DataFolder(self._parts.settings.data).edition_views)
        except LedgerError as error:
            looked_at, stop = 0, stop or stop_by(error, Projection.EDITIONS, 0, None)
        return Standing(Projection.EDITIONS, views_at if looked_at is None else looked_at, stop)


def _health(standing: Standing, published_size: int) -> ProjectionHealth:
    return ProjectionHealth(
        name=standing.projection.value,
        log_position=standing.log_position,
        # Where something was published since the views were read, it may be ahead by that much.
        behind_entries=max(0, published_size - standing.log_position),
        stopped=None if standing.stop is None else _stop(standing.stop),
    )


def _stop(stop: Stop) -> ProjectionStop:
    return ProjectionStop(
        last_entry_index=stop.last_entry_index,
        as_of=None if stop.as_of is None else render_utc_milliseconds(stop.as_of),
        cause=stop.cause if stop.cause in CAUSES else UNFORESEEN,
        error=stop.error if stop.error.isidentifier() else "",
    )
