"""What a monitor remembers between two runs: one small JSON file, written whole or not at all.

It holds the largest checkpoint that was seen and believed (a log that shrinks or forks while the
monitor is off is seen at its next start), what was told already, how far each watched stream was
told, and the events that no webhook has taken yet. The audit itself is made again at each start.
"""

import os
from pathlib import Path
from typing import Final

import msgspec

from ledger.bodies import canonical_json
from ledger.errors import LedgerError, StoreCorrupt, StoreUnavailable
from ledger.monitoring.events import Event

FORMAT: Final = "dossier-ledger/monitor-state@v1"
MAX_UNSENT: Final = 1_000


class MonitorStateMismatch(LedgerError):
    """The state file is another log's: a monitor of this log needs one of its own."""

    code = "monitor_state_mismatch"


class MonitorState(msgspec.Struct, kw_only=True):
    """What lasts between two runs.

    ``told`` are keys of events, ``lasting`` those that stood at the last look, by code;
    ``watched`` gives each watched stream's last version that was told.
    """

    origin: str
    format: str = FORMAT
    checkpoint: str = ""
    told: list[str] = msgspec.field(default_factory=list)
    lasting: dict[str, str] = msgspec.field(default_factory=dict)
    watched: dict[str, int] = msgspec.field(default_factory=dict)
    unsent: list[Event] = msgspec.field(default_factory=list)
    unsent_lost: int = 0


class StateFile:
    """The file of a monitor's state; without a path nothing lasts."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self, origin: str) -> MonitorState:
        """Give what the last run left, or nothing yet.

        Raises:
            MonitorStateMismatch: it is another log's.
            StoreCorrupt: it cannot be read.
        """
        if self._path is None or not self._path.exists():
            return MonitorState(origin=origin)
        try:
            state = msgspec.json.decode(self._path.read_bytes(), type=MonitorState)
        except msgspec.DecodeError as error:
            raise StoreCorrupt(f"{self._path} is no state of a monitor: {error}") from error
        except OSError as error:
            raise StoreUnavailable(f"{self._path} cannot be read: {error}") from error
        if state.format != FORMAT or state.origin != origin:
            raise MonitorStateMismatch(f"{self._path} is the state of {state.origin}")
        return state

    def save(self, state: MonitorState) -> None:
        """Write the state; it is on the disk when this returns.

        Raises:
            StoreUnavailable: the disk does not write.
        """
        if self._path is None:
            return
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(canonical_json(state) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise StoreUnavailable(f"{self._path} cannot be written: {error}") from error
