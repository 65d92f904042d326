"""``python -m bench.restart``: how long a writer takes until it may accept, at several sizes.

The ledgers are synthetic: three entries a stream that nobody signed and that no start opens, since
they lie before the memory's place; every head holds one and the same state of a dossier that was
accepted. Tiles, checkpoint, seals, index, database and memory are made by the program itself, on
real files, and so is the start that is measured: `api.bootstrap.writer_core`, then `take_over`,
in a process of its own. The page cache is warm.
"""

import argparse
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from api.bootstrap import operator_keys, writer_core
from api.data_folder import DataFolder
from api.settings import Settings
from bench.results import machine
from domain.dossiers import Dossier, Status
from domain.facts import Channel
from domain.moments import Moment
from ledger.action_notes import SubmittedAction
from ledger.opening import opening_action
from ledger.state import Head
from ledger.writing.frames import HandedAction
from ledger.writing.writer import Writer
from transparency.hashing import leaf_hash

ENTRIES_PER_STREAM: Final = 3
ENTRY_BYTES: Final = 600
CHUNK: Final = 60_000
SIZES: Final = (100_000, 1_000_000)
TOPIC: Final = "dossier.accepted"

_EVENT: Final = (
    "INSERT INTO stored_events (rowid, originator_id, originator_version, topic, state) "
    "VALUES (?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Start:
    """One start from a memory."""

    streams: int
    entries: int
    seconds: float
    processor_seconds: float
    resident_megabytes: float
    memory_megabytes: float
    database_megabytes: float
    seconds_to_write_the_memory: float


def main() -> None:
    """Make a ledger of each size, start over it, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.restart")
    parser.add_argument("--streams", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--folder", type=Path, help="where ledgers are kept, to start again")
    parser.add_argument("--out", type=Path, default=Path("bench/restart.json"))
    parser.add_argument("--start", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.start is not None:
        _start(arguments.start)
        return
    starts = []
    with tempfile.TemporaryDirectory() as temporary:
        for streams in arguments.streams:
            folder = (arguments.folder or Path(temporary)) / str(streams)
            starts.append(_measured(folder, streams))
            print(starts[-1])
    results = {"machine": machine(), "starts": [asdict(start) for start in starts]}
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")


def _measured(folder: Path, streams: int) -> Start:
    written = folder / "seconds-to-write"
    if not written.exists():
        written.write_text(str(_make(folder, streams)), encoding="ascii")
    ran = subprocess.run(
        [sys.executable, "-m", "bench.restart", "--start", str(folder)],
        stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    seconds, processor, resident, entries = map(float, ran.stdout.split())
    data = DataFolder(folder)
    return Start(
        streams,
        int(entries),
        seconds,
        processor,
        resident,
        round(data.memory.stat().st_size / 1e6, 1),
        round(data.ledger.stat().st_size / 1e6, 1),
        float(written.read_text(encoding="ascii")),
    )


def _start(folder: Path) -> None:
    started, spent = time.monotonic(), time.process_time()
    writer = writer_core(Settings(data=folder))
    writer.take_over("bench")
    seconds, processor = time.monotonic() - started, time.process_time() - spent
    resident = _peak_megabytes()
    writer.memory.rest()
    print(round(seconds, 2), round(processor, 2), round(resident, 1), writer.published_size)


def _peak_megabytes() -> float:
    # Not `getrusage`: its peak counts the process that started this one, which made the ledger.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1e3


def _make(folder: Path, streams: int) -> float:
    folder.mkdir(parents=True, exist_ok=True)
    settings = Settings(data=folder)
    writer = writer_core(settings)
    writer.take_over("bench")
    if not writer.published_size:
        opening = opening_action(operator_keys(settings), datetime.now(UTC))
        writer.record([_handed(opening)], with_seal=True)
        writer.publish()
    maker = _Maker(DataFolder(folder).ledger, writer, operator_keys(settings).origin)
    entries = streams * ENTRIES_PER_STREAM
    for start in range(0, entries, CHUNK):
        maker.add(range(start, min(entries, start + CHUNK)), streams)
    started = time.monotonic()
    writer.memory.rest()
    return round(time.monotonic() - started, 1)


def _handed(action: SubmittedAction) -> HandedAction:
    return HandedAction(action.note, action.salt, action.details)


class _Maker:
    """Records entries that nobody signed, by groups, as the writer does."""

    def __init__(self, path: Path, writer: Writer, origin: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._writer = writer
        self._origin = origin

    def add(self, numbers: range, streams: int) -> None:
        """Add entries, a seal after them, and publish."""
        log, heads = self._writer._log, self._writer._state._heads
        rows, places = [], []
        ((last,),) = self._connection.execute("SELECT max(rowid) FROM stored_events")
        for rowid, number in enumerate(numbers, last + 1):
            stream, version = _stream(number % streams), number // streams + 1
            body = b"%d\n" % number + bytes(ENTRY_BYTES)
            places.append((log.tree_size, rowid))
            rows.append((rowid, stream, version, TOPIC, body))
            log.append(body, stream)
            heads[stream] = Head(version, leaf_hash(body), _state(stream))
        # The seal is recorded by the writer itself, which compares what it follows.
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(_EVENT, rows)
        self._connection.executemany("INSERT INTO entries VALUES (?, ?, NULL)", places)
        self._connection.execute("COMMIT")
        self._writer.record([], with_seal=True)
        self._writer.publish()


def _stream(number: int) -> str:
    return f"dossier:{number:032x}"


_STATES: dict[str, Dossier] = {}


def _state(stream: str) -> Dossier:
    """Give a state of about the size that a running dossier's has."""
    if not _STATES:
        _STATES[""] = _a_dossier()
    return msgspec.structs.replace(_STATES[""], stream=stream)


def _a_dossier() -> Dossier:
    at = Moment(instant=datetime(2026, 1, 5, 1, tzinfo=UTC))
    return Dossier(
        stream="",
        procedure="1.004222",
        office="H27",
        channel=Channel.ONLINE,
        status=Status.ACCEPTED,
        submitted_at=at,
        accepted_at=at,
        procedure_version=1,
        applicant_keys=("applicant-" + 16 * "0" + "+00000000+" + 44 * "A",),
        accepted_by=("officer-" + 16 * "0",),
        calendar_version=1,
        office_version=1,
        accepting_office="H27",
        submitted_version=1,
    )


if __name__ == "__main__":
    main()
