"""The processes that ``serve`` starts: the writer behind its socket, and the follower."""

import asyncio
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.erasing.stores import eraser as make_eraser
from api.rebuilding.editions import KeptEditions
from api.rebuilding.indexing import KeptIndex
from api.rebuilding.telling import tell_of_stop
from api.settings import Settings, settings_of_process
from cli.judging.pacing import judge_soon
from cli.lapsing import lapse_orders
from cli.looking.committing import commit_looks
from cli.output import EXIT_FAILED, command, talk
from cli.sessions import Session, open_ledger
from cli.tallying import publish_due, publish_due_dossiers
from ledger.access_streams import AccessStreams
from ledger.errors import LedgerError, TimestampsUnavailable
from ledger.histories.stored_index import StoredIndex
from ledger.sweeping import DocumentSweeper, PartialTileSweeper, sweep_orphans
from ledger.tallying.ratings import month_before
from ledger.timestamping.authorities import HttpAuthority
from ledger.timestamping.keeping import TimestampFolder
from ledger.writing.client import LoopWriter
from ledger.writing.loop import WriterLoop
from ledger.writing.server import WriterServer
from projections.entries import ProjectionError
from projections.rebuilding.beside import take_away_leftovers
from transparency.errors import TransparencyError
from transparency.tile_store import SupersededPartials

SWEEP_SECONDS: Final = 24 * 3600.0
# How soon after a month's end its tally is made; a demo's months pass in seconds.
TALLY_SECONDS: Final = 5.0
# How soon after a day's end the orders that ended with it lapse.
LAPSE_SECONDS: Final = 5.0
# How long looks wait for the entry that counts them; the log does not say more exactly when.
LOOKS_SECONDS: Final = 3600.0
RETRY_SECONDS: Final = 60.0
ERASE_SECONDS: Final = 5.0
PARTIAL_TILES_SECONDS: Final = 60.0
INDEX_SECONDS: Final = 1.0
# How soon after the seal that makes a day final its edition is made; a demo's days pass in seconds.
EDITION_SECONDS: Final = 5.0


@command("writer", help="The one writer of a data folder (started by serve).", hidden=True)
@click.option("--lock-fd", type=click.IntRange(min=3), default=None, hidden=True)
def writer(lock_fd: int | None, data: Path, *, as_json: bool) -> None:
    """Hold the folder's lock, taken or handed over by serve, and record until told to stop."""
    del as_json
    settings = settings_of_process({"data": data})
    folder = DataFolder(settings.data)
    with folder.locked() if lock_fd is None else folder.kept_locked(lock_fd):
        asyncio.run(_write(settings))


async def _write(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    failures: list[BaseException] = []

    def on_fatal(error: BaseException) -> None:
        failures.append(error)
        loop.call_soon_threadsafe(stop.set)

    core = bootstrap.writer_core(settings)
    core.take_over(f"writer {os.getpid()}")
    recording = WriterLoop(core, on_fatal, settings.publication_interval_seconds)
    recording.start()
    session = await open_ledger(settings, LoopWriter(recording.submit))
    duties = [
        asyncio.create_task(duty(session)) for duty in (publish_tallies, lapse_daily, commit_hourly)
    ]
    server = WriterServer(DataFolder(settings.data).socket, recording.submit)
    await server.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    for duty in duties:
        duty.cancel()
    await server.stop()
    if failures:
        talk.print("".join(traceback.format_exception(failures[0])), markup=False)
        # CRASH: what the writer held in memory may differ from its store; the next start reads it.
        sys.exit(EXIT_FAILED)
    await asyncio.to_thread(recording.stop)


async def publish_tallies(session: Session) -> None:
    """Publish each month's tallies once it has ended; what fails is tried again."""
    done = ""
    while True:
        try:
            instant = session.now().instant
            assert instant is not None
            month = month_before(instant)
            if month != done:
                await publish_due(session)
                await publish_due_dossiers(session)
                done = month
        except LedgerError as error:
            # The ledger goes on without: ratings wait, and no figure is wrong by it.
            talk.print(f"{error.code}: {error}", markup=False)
            await asyncio.sleep(RETRY_SECONDS)
        await asyncio.sleep(TALLY_SECONDS)


async def lapse_daily(session: Session) -> None:
    """End each day the inspection orders whose last day has passed; what fails is tried again."""
    streams = AccessStreams(session.reader)
    done: date | None = None
    while True:
        today = session.now().day_in("UTC")
        try:
            if today != done:
                await lapse_orders(session, streams)
                done = today
        except LedgerError as error:
            # Reads stay sealed a little longer; recording goes on.
            talk.print(f"{error.code}: {error}", markup=False)
            await asyncio.sleep(RETRY_SECONDS)
        await asyncio.sleep(LAPSE_SECONDS)


async def commit_hourly(session: Session) -> None:
    """Commit to the looks that are kept, at the start and then every hour."""
    while True:
        try:
            await commit_looks(session)
        except LedgerError as error:
            # Looks are kept all the same; a book that differs is told of every hour, and at audits.
            talk.print(f"{error.code}: {error}", markup=False)
        await asyncio.sleep(LOOKS_SECONDS)


@command("follow", help="Keep the views (started by serve).", hidden=True)
def follow(data: Path, *, as_json: bool) -> None:
    """Follow the published log until told to stop."""
    del as_json
    settings = settings_of_process({"data": data})
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    for work in (
        _sweep_daily,
        _erase_soon,
        _sweep_partial_tiles,
        _index_soon,
        _stamp_checkpoints,
        _judge_soon,
        _make_editions,
    ):
        threading.Thread(target=work, args=(settings, stop), daemon=True).start()
    take_away_leftovers(DataFolder(settings.data).rebuilding)
    bootstrap.follower(settings).run(stop, settings.follower_poll_seconds)


def _sweep_daily(settings: Settings, stop: threading.Event) -> None:
    """Delete what belongs to no recorded action, at the start and then once a day."""
    vault = bootstrap.vault(settings, bootstrap.operator_keys(settings))
    reader, clock = bootstrap.ledger_reader(settings), bootstrap.make_clock(settings)
    kept, served = bootstrap.documents(settings), bootstrap.published_documents(settings)
    documents = DocumentSweeper(kept, served, reader)
    while not stop.is_set():
        _sweep(lambda: sweep_orphans(vault, reader, clock()))
        _sweep(lambda: documents.sweep(bootstrap.system_clock()))
        stop.wait(SWEEP_SECONDS)


def _erase_soon(settings: Settings, stop: threading.Event) -> None:
    """Carry out erasures that were recorded, whoever handed them in."""
    keys = bootstrap.operator_keys(settings)
    vault, clock = bootstrap.vault(settings, keys), bootstrap.make_clock(settings)
    eraser = make_eraser(DataFolder(settings.data), keys, vault, clock)
    while not stop.is_set():
        _sweep(lambda: len(eraser.carry_out()))
        stop.wait(ERASE_SECONDS)


def _sweep_partial_tiles(settings: Settings, stop: threading.Event) -> None:
    """Delete partial tiles that full ones have replaced."""
    sweeper = PartialTileSweeper(
        bootstrap.tile_store(settings),
        SupersededPartials(DataFolder(settings.data).log),
        bootstrap.operator_keys(settings).anchors.log,
        timedelta(seconds=settings.partial_tiles_kept_seconds),
    )
    while not stop.is_set():
        _sweep(lambda: sweeper.sweep(bootstrap.system_clock()))
        stop.wait(PARTIAL_TILES_SECONDS)


def _index_soon(settings: Settings, stop: threading.Event) -> None:
    """Keep the index of histories close to the published log, so that no request waits for it."""
    kept: KeptIndex | None = None

    def catch_up() -> int:
        nonlocal kept
        if kept is None:
            # A database that does not open now is opened again: the thread goes on.
            kept = _kept_index(settings)
        return kept.catch_up()

    while not stop.is_set():
        _sweep(catch_up)
        stop.wait(INDEX_SECONDS)


def _kept_index(settings: Settings) -> KeptIndex:
    reader, origin = bootstrap.ledger_reader(settings), bootstrap.operator_keys(settings).origin
    index = StoredIndex(DataFolder(settings.data).index, origin, reader)
    return KeptIndex(index, reader, bootstrap.open_views(settings), tell_of_stop)


def _judge_soon(settings: Settings, stop: threading.Event) -> None:
    """Keep the leads of findings close to the views; what fails is tried again."""

    def judge() -> int:
        judge_soon(settings, stop)
        return 0

    while not stop.is_set():
        _sweep(judge)
        stop.wait(INDEX_SECONDS)


def _stamp_checkpoints(settings: Settings, stop: threading.Event) -> None:
    """Have the newest checkpoint stamped at intervals, where an authority is named."""
    if settings.timestamp_authority is None:
        return
    folder = DataFolder(settings.data)
    stamps, authority = TimestampFolder(folder.log), HttpAuthority(settings.timestamp_authority)
    tiles = bootstrap.tile_store(settings)

    def stamp() -> int:
        keys, roots = bootstrap.operator_keys(settings).anchors.logs, folder.timestamp_roots
        if not roots.exists():
            raise TimestampsUnavailable(f"{roots} is not there: no authority can be believed")
        return int(stamps.take(tiles, keys, authority, roots.read_bytes()) is not None)

    while not stop.is_set():
        _sweep(stamp)
        stop.wait(settings.timestamp_interval_seconds)


def _make_editions(settings: Settings, stop: threading.Event) -> None:
    """Make the daily editions that are final, unless the settings switch them off."""
    if not settings.editions:
        return
    kept = KeptEditions(
        lambda: bootstrap.edition_maker(settings),
        DataFolder(settings.data).edition_views,
        lambda: bootstrap.open_views(settings),
        tell_of_stop,
    )

    while not stop.is_set():
        # Beside the views of this process, at most half of the time is spent on editions.
        _sweep(lambda: kept.make_due(stop.wait))
        stop.wait(RETRY_SECONDS if kept.has_failed else EDITION_SECONDS)


def _sweep(sweeping: Callable[[], int]) -> None:
    try:
        sweeping()
    except (LedgerError, ProjectionError, TransparencyError) as error:
        # Whatever is wrong there, the other sweep, the views and tomorrow's sweep go on.
        talk.print(f"{error.code}: {error}", markup=False)
