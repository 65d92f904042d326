"""``python -m bench.officers.queues``: each kind of queue, timed, and what keeps it up to date.

A views database of 100,000 dossiers and 200 offices is filled by the follower's own functions, or
an earlier one is used. Each request does what a web worker does but HTTP and signatures: a new read
of the views, the offices' roles, the person's keys, the queue, its counts, the encoding, and the
keeping of a list that has more than one page. Nothing is cached between two. No dossier in it is
given to anybody by a leader, which would be told from the vault.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from api.bodies import encode
from api.reading.kept_lists import KeptLists, KeptPlace
from api.reading.office_roles import OfficeRoles
from api.resources.queues.answers import items_of_page, queue_answer
from api.resources.queues.lists import whole_queue
from bench.officers.world import fill, key_name
from bench.results import Run, machine, run_from_latencies
from bench.statistics.world import PROVINCE, SEALED_AT
from domain.facts import ANY_OFFICE, Grant
from domain.keys import KeyRecord
from domain.moments import Moment
from domain.roles import Role
from projections.queues.items import Queue
from projections.queues.listing import Officer, Shown
from projections.queues.stored import DeskReader
from projections.states import StreamStates
from projections.views import Views, open_views

DOSSIERS: Final = 100_000
OFFICES: Final = 200
PROCEDURES: Final = 300
ROUNDS: Final = 100
LINES: Final = 50
SOON_HOURS: Final = 24
FULLEST, USUAL = f"{PROVINCE}.000", f"{PROVINCE}.040"
QUEUES: Final[tuple[Queue, ...]] = tuple(queue for queue in Queue if queue is not Queue.PETITIONS)
_encoder = msgspec.msgpack.Encoder()


class _NoDocuments:
    def read(self, _sha256_hex: str) -> bytes | None:
        return None


def main() -> None:
    """Fill a database if none is named, time every kind of queue, and write the results."""
    parser = argparse.ArgumentParser(prog="bench.officers.queues")
    parser.add_argument("--dossiers", type=int, default=DOSSIERS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--views", type=Path, help="one that was filled before; kept")
    parser.add_argument("--out", type=Path, default=Path("bench/queues.json"))
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = arguments.views or Path(folder) / "views.sqlite3"
        is_new = not path.exists()
        views = fill(path, arguments.dossiers, OFFICES, PROCEDURES) if is_new else open_views(path)
        kept = KeptLists(Path(folder) / "lists.sqlite3", os.urandom)
        runs = list(measure(views, kept, arguments.rounds))
        views.close()
    results = {
        "machine": machine(),
        "dossiers": arguments.dossiers,
        "offices": OFFICES + 1,
        "runs": [asdict(run) for run in runs],
    }
    arguments.out.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2) + b"\n")


def measure(views: Views, kept: KeptLists, rounds: int) -> Iterator[Run]:
    """Time each queue of one office, of the fullest one, and of all, kinds in turn."""
    kinds = [(office, queue) for office in (USUAL, FULLEST, ANY_OFFICE) for queue in QUEUES]
    latencies: dict[tuple[str, Queue], list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for office, queue in kinds:
            started = time.perf_counter()
            answered(views, kept, office, queue)
            latencies[office, queue].append(time.perf_counter() - started)
    for (office, queue), each in latencies.items():
        run = run_from_latencies(f"{queue} of {office}", each, sum(each))
        sys.stdout.write(f"{run.p50_ms:9.1f} ms  {run.p99_ms:9.1f} ms  {run.name}\n")
        yield run


def answered(views: Views, kept: KeptLists, office: str, queue: Queue) -> bytes:
    """Answer one request for the first page of a queue, from the views as they are."""
    name = key_name(FULLEST if office == ANY_OFFICE else office, 1)
    record = KeyRecord(name, f"{name}+0+", (Grant(Role.PROCESSOR, office),), Moment(day=_TODAY))
    with views.reading(sees_veiled=True) as view:
        position = view.position()
        assert position is not None
        register = StreamStates("bench", _NoDocuments(), view.states)
        offices = DeskReader(view).desk_offices()
        register.prefetch(f"office:{each}" for each in offices)
        roles = OfficeRoles(record, register, Moment(instant=SEALED_AT))
        keys = frozenset(view.persons().keys_of(record.name))
        officer = Officer(keys, roles.covers, roles.approves, lambda _given: ())
        shown = Shown(register, position.sealed_at, SOON_HOURS)
        whole = whole_queue(view, officer, queue, shown, roles)
        items = items_of_page(whole, 0, LINES, shown)
    cursor = None
    if len(whole.lines) > LINES:
        list_id = kept.keep(name, _encoder.encode(whole), datetime.now(UTC))
        cursor = KeptPlace(list_id, LINES)
    return encode(queue_answer(whole, items, cursor, LINES))


_TODAY: Final = SEALED_AT.date()

if __name__ == "__main__":
    main()
