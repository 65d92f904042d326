"""When the next look for leads is due, and starting it: a small share of the time is spent on it.

A look takes as long as there is to look at; the next one waits many times as long. Where the
ledger is so small that each request looks for itself, none is started.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import Settings
from projections.leads.changes import LeadViews
from projections.leads.store import LeadStand, LeadStore, StandOf
from projections.views import Position, Views

# How many times as long as a look took the next one waits, and how long at the least.
PAUSE: Final = 10
LEAST_SECONDS: Final = 5.0
LEAST_SECONDS_OF_PEERS: Final = 300.0
POLL_SECONDS: Final = 1.0
FAILED_SECONDS: Final = 60.0
NICENESS: Final = 10

Ticks = Callable[[], float]


@dataclass(slots=True)
class Pace:
    """When looks were made, by the process's own clock, in seconds."""

    next_at_seconds: float = 0.0
    peers_at_seconds: float = 0.0

    def is_due(self, now_seconds: float) -> bool:
        """Tell whether a look may begin."""
        return now_seconds >= self.next_at_seconds

    def peers_are_due(self, now_seconds: float) -> bool:
        """Tell whether the rules that compare may run."""
        return now_seconds >= self.peers_at_seconds

    def note(
        self, begun_seconds: float, ended_seconds: float, *, peers: bool, failed: bool
    ) -> None:
        """Note a look, and let the next one wait."""
        pause = PAUSE * (ended_seconds - begun_seconds)
        least = FAILED_SECONDS if failed else LEAST_SECONDS
        self.next_at_seconds = ended_seconds + max(pause, least)
        if peers and not failed:
            self.peers_at_seconds = ended_seconds + max(pause, LEAST_SECONDS_OF_PEERS)


def judge_soon(settings: Settings, stop: threading.Event, ticks: Ticks = time.monotonic) -> None:
    """Start a look whenever one is due, until told to stop; then the running one is ended."""
    views, store = bootstrap.open_views(settings), LeadStore(DataFolder(settings.data).leads)
    pace = Pace()
    while not stop.wait(POLL_SECONDS):
        begun = ticks()
        if not pace.is_due(begun) or not is_wanted(views, store, settings.leads_kept_beyond):
            continue
        peers = pace.peers_are_due(begun)
        failed = not _look(settings, stop, peers=peers)
        pace.note(begun, ticks(), peers=peers, failed=failed)


def is_wanted(views: Views, store: LeadStore, most: int) -> bool:
    """Tell whether there are more dossiers than that, and what is kept of leads is behind."""
    with views.reading(sees_veiled=True) as reading:
        reader = LeadViews(reading)
        position = reader.position()
        if position is None or not reader.has_more_dossiers_than(most):
            return False
    with store.reading() as kept:
        stands = kept.stand(), kept.stand(StandOf.PEERS)
    return any(stand is None or not _is_at(stand, position) for stand in stands)


def _is_at(stand: LeadStand, position: Position) -> bool:
    return (stand.log_position, stand.veiled_position, stand.root_hash) == (
        position.log_position,
        position.veiled_position,
        position.root_hash,
    )


def _look(settings: Settings, stop: threading.Event, *, peers: bool) -> bool:
    """Run one look as a process of its own, and tell whether it went well."""
    arguments = [sys.executable, "-m", "cli.main", "look-for-leads"]
    arguments += ["--data", str(settings.data.absolute()), *(["--peers"] if peers else [])]
    with subprocess.Popen(  # noqa: S603 - our own program, no shell
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        # Set from here: the command may be run within another process, which goes on after it.
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        while process.poll() is None:
            if stop.wait(POLL_SECONDS / 10):
                process.terminate()
                return False
    return process.returncode == 0
