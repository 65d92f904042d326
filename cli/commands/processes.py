"""The processes that ``serve`` starts: the writer behind its socket, and the follower."""

import asyncio
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Final

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import Settings, settings_of_process
from cli.output import EXIT_FAILED, command, talk
from cli.sessions import open_ledger
from ledger.errors import StoreUnavailable
from ledger.sweeping import DocumentSweeper, sweep_orphans
from ledger.writing.client import LoopWriter
from ledger.writing.loop import WriterLoop
from ledger.writing.server import WriterServer

SWEEP_SECONDS: Final = 24 * 3600.0


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
    recording = WriterLoop(core, on_fatal)
    recording.start()
    await open_ledger(settings, LoopWriter(recording.submit))
    server = WriterServer(DataFolder(settings.data).socket, recording.submit)
    await server.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    await server.stop()
    if failures:
        talk.print("".join(traceback.format_exception(failures[0])), markup=False)
        # CRASH: what the writer held in memory may differ from its store; the next start reads it.
        sys.exit(EXIT_FAILED)
    await asyncio.to_thread(recording.stop)


@command("follow", help="Keep the views (started by serve).", hidden=True)
def follow(data: Path, *, as_json: bool) -> None:
    """Follow the published log until told to stop."""
    del as_json
    settings = settings_of_process({"data": data})
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_sweep_daily, args=(settings, stop), daemon=True).start()
    bootstrap.follower(settings).run(stop, settings.follower_poll_seconds)


def _sweep_daily(settings: Settings, stop: threading.Event) -> None:
    """Delete what belongs to no recorded action, at the start and then once a day."""
    vault = bootstrap.vault(settings, bootstrap.operator_keys(settings))
    reader, clock = bootstrap.ledger_reader(settings), bootstrap.make_clock(settings)
    kept, served = bootstrap.documents(settings), bootstrap.published_documents(settings)
    documents = DocumentSweeper(kept, served, reader)
    while not stop.is_set():
        try:
            sweep_orphans(vault, reader, clock())
            documents.sweep(bootstrap.system_clock())
        except StoreUnavailable as error:
            talk.print(f"{error.code}: {error}", markup=False)
        stop.wait(SWEEP_SECONDS)
