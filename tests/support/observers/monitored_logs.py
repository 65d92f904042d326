"""A monitor of a log that a forger writes: what it finds look by look, and what it tells."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ledger.mirroring.copying import MirrorSource
from ledger.monitoring.events import Event
from ledger.monitoring.journal import Journal
from ledger.monitoring.monitor import LogMonitor, Looked, MonitorOptions
from ledger.monitoring.state import MonitorState
from tests.support.forged_logs import Forger
from tests.support.ledger_builders import ORIGIN, operator_keys
from tests.support.observers.mirrored_logs import FaultySource
from transparency.encoding import render_utc_milliseconds


@dataclass
class Monitored:
    """One monitor's run over a log; ``again`` is the next run with the same state."""

    forger: Forger
    options: MonitorOptions = field(default_factory=MonitorOptions)
    state: MonitorState = field(default_factory=lambda: MonitorState(origin=ORIGIN))

    def __post_init__(self) -> None:
        self.source = FaultySource(self.forger.tiles)
        anchors, source = operator_keys().anchors, MirrorSource(self.source, self.forger.documents)
        self.monitor = LogMonitor(anchors, source, self.options, self.state, self.now)
        self.journal = Journal(self.state)

    @property
    def now(self) -> datetime:
        """The present time, as the log's writer has it."""
        return self.forger.clock.now

    def again(self, **changes: Any) -> "Monitored":
        """A monitor that starts with what this one remembers."""
        given: dict[str, Any] = {"options": self.options, "state": self.state} | changes
        return Monitored(self.forger, **given)

    def look(self) -> Looked:
        """Look once."""
        return self.monitor.look(self.now)

    def told(self) -> list[Event]:
        """Look once; give what is told."""
        looked = self.look()
        return self.journal.take(looked.events, looked.judged, render_utc_milliseconds(self.now))

    def codes(self) -> list[str]:
        """Look once; give the codes of what is told, but for checkpoints."""
        return [event.code for event in self.told() if event.code != "new_checkpoint"]
