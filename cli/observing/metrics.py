"""What a monitor measures, as Prometheus text: on a port, or in a file for a node's collector."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    start_http_server,
    write_to_textfile,
)

from cli.output import UsageProblem
from ledger.errors import StoreUnavailable
from ledger.monitoring.events import Event

PREFIX: Final = "dossier_ledger_monitor"
_GAUGES: Final = {
    "audited_entries": "Entries audited.",
    "known_entries": "Entries of the largest checkpoint that was seen.",
    "newest_seal_timestamp_seconds": "Time of the newest seal that was audited.",
    "last_look_timestamp_seconds": "When the log was looked at last, by the monitor's clock.",
    "alarmed": "1 while something is not as it must be.",
    "reachable": "1 if everything that was asked for answered at the last look.",
    "webhook_waiting_events": "Events that no webhook has taken yet.",
    "webhook_lost_events": "Events given up, the oldest first, because too many waited.",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """The numbers of one look."""

    audited_entries: int
    known_entries: int
    sealed_at: datetime | None
    looked_at: datetime
    is_alarmed: bool
    is_reachable: bool
    webhook_waiting: int
    webhook_lost: int


class MonitorMetrics:
    """The numbers of one monitor, each labelled with the log's origin."""

    def __init__(self, origin: str, path: Path | None = None) -> None:
        self._registry = CollectorRegistry()
        self._origin = origin
        self._path = path
        labels = ["origin"]
        self._gauges = {
            name: Gauge(f"{PREFIX}_{name}", meaning, labels, registry=self._registry)
            for name, meaning in _GAUGES.items()
        }
        self._looks = Counter(f"{PREFIX}_looks", "Looks.", labels, registry=self._registry)
        self._events = Counter(
            f"{PREFIX}_events",
            "Events told, by severity and code.",
            [*labels, "severity", "code"],
            registry=self._registry,
        )

    def serve(self, host: str, port: int) -> int:
        """Answer on a port from now on, in a thread of its own; give the port.

        Raises:
            UsageProblem: the port is taken.
        """
        try:
            server, _ = start_http_server(port, host, self._registry)
        except OSError as error:
            raise UsageProblem(f"cannot listen on {host}:{port}: {error}") from error
        return server.server_port

    def note(self, measured: Measured, told: Iterable[Event]) -> None:
        """Take in one look and what was told of it, and write the file, where there is one.

        Raises:
            StoreUnavailable: the file cannot be written.
        """
        self._looks.labels(self._origin).inc()
        for event in told:
            self._events.labels(self._origin, event.severity.value, event.code).inc()
        self._set("audited_entries", measured.audited_entries)
        self._set("known_entries", measured.known_entries)
        if measured.sealed_at is not None:
            self._set("newest_seal_timestamp_seconds", measured.sealed_at.timestamp())
        self._set("last_look_timestamp_seconds", measured.looked_at.timestamp())
        self._set("alarmed", measured.is_alarmed)
        self._set("reachable", measured.is_reachable)
        self._set("webhook_waiting_events", measured.webhook_waiting)
        self._set("webhook_lost_events", measured.webhook_lost)
        if self._path is not None:
            try:
                write_to_textfile(str(self._path), self._registry)
            except OSError as error:
                raise StoreUnavailable(f"{self._path} cannot be written: {error}") from error

    def _set(self, name: str, value: float) -> None:
        self._gauges[name].labels(self._origin).set(value)
