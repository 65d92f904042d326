"""The province of veils with its monthly tallies."""

from dataclasses import dataclass, field

from ledger.action_notes import SubmittedAction
from ledger.tallying.dossiers import next_dossier_tally
from ledger.tallying.ratings import Sources
from ledger.writing.envelopes import DeferredPool
from tests.support.ledger_builders import ORIGIN
from tests.support.veils.province import COMMUNES, Province


@dataclass
class CountedProvince:
    """A province whose months end, and whose operator makes tallies of them."""

    province: Province = field(default_factory=Province)
    lived: int = 0

    def live(self, accepted: int, ended: int = 0, only: str | None = None) -> None:
        """Let dossiers be accepted, and the first of them end; ``only``: all in one commune."""
        for number in range(accepted):
            index = COMMUNES.index(only) if only else self.lived % len(COMMUNES)
            self.lived += 1
            stream = self.province.live(index)
            if number < ended:
                self.province.end(stream, COMMUNES[index])

    def end_month(self) -> None:
        """Let the month end: what has its crowd enters the log."""
        clock = self.province.world.clock
        first = clock.now.replace(day=1, hour=1, minute=0)
        following = (first.month % 12) + 1
        clock.now = first.replace(month=following, year=first.year + (following == 1))
        self.province.world.record()

    def sources(self) -> Sources:
        """What tallies are made from; nothing private is opened."""
        world = self.province.world
        pool = DeferredPool(world.keys.promise)
        return Sources(ORIGIN, world.store, lambda _hashes: {}, world.documents, pool)

    def draft(self) -> SubmittedAction | None:
        """Make the next tally of dossiers, if there is one to make."""
        world = self.province.world
        return next_dossier_tally(
            self.sources(), world.clock.now, world.desk.drafter, world.keys.system
        )

    def publish(self) -> SubmittedAction:
        """Make the next tally of dossiers and record it."""
        tally = self.draft()
        assert tally is not None
        self.province.settle(tally)
        return tally
