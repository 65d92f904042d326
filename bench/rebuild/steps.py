"""Small steps: a follower that is level takes in one published checkpoint after the other."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from bench.logs.long_log import ORIGIN
from bench.rebuild.worlds import World, processor_seconds
from ledger.storage.port import PublishedCheckpoint
from projections.comparing import ProvenEntries
from projections.entries import SealedGroup
from projections.follower import Follower
from projections.views import open_views
from transparency.trusted_log import TrustedLog

ENTRIES_PER_SMALL_SEAL: Final = 8
SMALL_LOG: Final = 40_000
SMALL_STEPS: Final = 300


class _Growing(ProvenEntries):
    """A log that grows by one published checkpoint when it is told to."""

    def __init__(self, log: TrustedLog, groups: Sequence[SealedGroup]) -> None:
        super().__init__(log)
        self._groups = groups
        self._published = 0

    def publish(self, number: int) -> None:
        """Let the log end with the group of that number."""
        self._published = number

    def checkpoint(self) -> PublishedCheckpoint:
        """Give the checkpoint that the last published group ends at."""
        group = self._groups[self._published]
        return PublishedCheckpoint(group.tree_size, group.checkpoint_note)


def measure_small_steps(world: World) -> Mapping[str, float]:
    """Time a follower that is level, checkpoint by checkpoint; milliseconds of a step."""
    groups = world.groups(world.bodies())
    reader = _Growing(world.log, groups)
    steps: list[float] = []
    with (
        TemporaryDirectory() as folder,
        world.private() as private,
        closing(open_views(Path(folder) / "views.sqlite3")) as views,
    ):
        follower = Follower(ORIGIN, reader, views, world.documents, private)
        reader.publish(len(groups) - SMALL_STEPS - 1)
        follower.catch_up()
        for number in range(len(groups) - SMALL_STEPS, len(groups)):
            reader.publish(number)
            seconds, _ = processor_seconds(follower.catch_up)
            steps.append(seconds * 1000)
    return {
        "entries_of_a_step": ENTRIES_PER_SMALL_SEAL,
        "median_milliseconds": round(median(steps), 2),
        "slowest_milliseconds": round(max(steps), 2),
    }
