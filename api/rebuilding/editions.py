"""Making editions beside the views, with a stop where everybody sees it.

It is tried again and again: what has been made stays, and the server goes on without the rest.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from ledger.errors import LedgerBusy, LedgerError, StoreUnavailable
from projections.editions.making import EditionMaker, Pausing
from projections.editions.standing import read_stand, write_stand
from projections.entries import ProjectionError
from projections.follower import Tell
from projections.parts.registry import Projection
from projections.parts.stops import Stop, stop_by
from projections.views import Views
from transparency.errors import TransparencyError


class KeptEditions:
    """The daily editions, as the process keeps them that follows the log.

    ``place`` is the folder of the maker's own views, and of how far it has looked. The views that
    note a stop are opened with the first attempt: what fails then is tried again, too.
    """

    def __init__(
        self,
        make: Callable[[], EditionMaker],
        place: Path,
        open_views: Callable[[], Views],
        tell: Tell,
    ) -> None:
        self._make = make
        self._place = place
        self._open_views = open_views
        self._views: Views | None = None
        self._tell = tell
        self._maker: EditionMaker | None = None
        self.has_failed = False

    def make_due(self, pausing: Pausing) -> int:
        """Make what is due, and note whether that can be done; gives how many were made.

        Raises:
            LedgerBusy: another process makes editions.
            LedgerError, ProjectionError, TransparencyError: it failed, and that is noted.
        """
        self.has_failed = False
        try:
            return self._made(pausing)
        except LedgerBusy:
            raise
        except Exception as error:
            # The edge of a projection: it stops alone, and is tried again.
            self.has_failed = True
            self._note_stop(error)
            if isinstance(error, LedgerError | ProjectionError | TransparencyError):
                raise
            return 0

    def _made(self, pausing: Pausing) -> int:
        if self._views is None:
            self._views = self._open_views()
        if self._maker is None:
            self._maker = self._make()
        made = self._maker.make_due(pausing)
        if self._maker.stands_at != read_stand(self._place):
            write_stand(self._place, self._maker.stands_at)
        if _noted(self._views) is not None:
            self._views.end_stop(Projection.EDITIONS)
        return len(made)

    def _note_stop(self, error: Exception) -> None:
        if self._views is None:
            # There is nowhere to note it.
            self._tell(Projection.EDITIONS, error)
            return
        # A database that fails cannot keep the note either; the error is said all the same.
        with suppress(StoreUnavailable):
            self._note_in(self._views, error)

    def _note_in(self, views: Views, error: Exception) -> None:
        log_position = read_stand(self._place) or 0
        stop, noted = stop_by(error, Projection.EDITIONS, log_position, None), _noted(views)
        # Each attempt fails: it is written and told once, and again when it fails otherwise.
        if noted is None or (noted.cause, noted.error) != (stop.cause, stop.error):
            views.stop(Projection.EDITIONS, error, log_position)
            self._tell(Projection.EDITIONS, error)


def _noted(views: Views) -> Stop | None:
    with views.reading() as reader:
        return reader.stops().get(Projection.EDITIONS)
