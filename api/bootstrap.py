r"""The one place that builds real stores, keys, clocks and randomness, and joins them.

Nothing here runs at import. `app_from_environment` is what a web server calls in each worker,
after the fork::

    gunicorn --no-control-socket -k uvicorn_worker.UvicornWorker \
        'api.bootstrap:app_from_environment()'
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar

import structlog
from falcon.asgi import App, Request, Response

from api.app import create_lasting_app
from api.cosigning.asking import witness_client
from api.data_folder import DataFolder
from api.erasing.matters import FolderMatters
from api.figures.edition_files import answer_file
from api.interface.log_lines import configure_log
from api.limiting import LookupLimiter
from api.nonces import NonceMemory
from api.parts import Clock, Parts
from api.reading.kept_lists import KeptLists
from api.reading.own_reads import OwnReads
from api.rebuilding.telling import tell_of_stop
from api.settings import Settings, settings_of_process
from api.signatures import RequestVerifier, key_record
from api.starting_over.stores import Rim, mldsa_line, ready_store
from ledger.codes.allotted import AllottedCode, AllottedCodes
from ledger.codes.checking import streams_by_code
from ledger.documents import DocumentedTiles, DocumentFolder
from ledger.errors import StoreUnavailable
from ledger.importing.pseudonyms import keyed_hash
from ledger.intake import Intake
from ledger.key_files import (
    ANCHORS_FILE,
    KEY_ENCRYPTION_FILE,
    VIEW_SECRET_FILE,
    Anchors,
    OperatorKeys,
    load_anchors,
    load_or_make_operator_keys,
    load_private_key,
    load_secret,
)
from ledger.memory.keeping import KeptMemory
from ledger.portal.planning import PacketPlanner
from ledger.private.vault import Keyring, Vault
from ledger.remembering.reading import remembered_actions
from ledger.state import LedgerState
from ledger.storage.sqlite import SqliteLedgerReader
from ledger.stored_keys import StoredKeys
from ledger.writing.client import LoopWriter, SocketWriter, WriterPort
from ledger.writing.envelopes import DeferredPool
from ledger.writing.loop import WriterLoop
from ledger.writing.writer import Writer, WriterKeys
from projections.editions.folder import EditionFolder
from projections.editions.making import EditionMaker, EditionSources
from projections.follower import Follower, PrivateFold
from projections.views import Views
from projections.views import open_views as open_views_file
from transparency.encoding import parse_utc_milliseconds, render_utc_milliseconds
from transparency.tile_store import FileTileStore

EXIT_AFTER_FATAL: Final = 70
REACH_SECONDS: Final = 2.0

ReadT = TypeVar("ReadT")

_log: Final = structlog.get_logger("dossier_ledger")


def system_clock() -> datetime:
    """Give the present instant, UTC."""
    return datetime.now(UTC)


def random_bytes(count: int) -> bytes:
    """Give bytes that nobody can foretell."""
    return os.urandom(count)


@dataclass(frozen=True, slots=True)
class SimulatedClock:
    """A demo's clock: the instant that stands in a file, read again at each call."""

    path: Path

    def __call__(self) -> datetime:
        """Give the instant in the file.

        Raises:
            StoreUnavailable: there is no such file, or it holds no instant.
        """
        try:
            return parse_utc_milliseconds(self.path.read_text(encoding="ascii").strip())
        except (OSError, ValueError) as error:
            raise StoreUnavailable("the simulated clock cannot be read") from error

    def set(self, instant: datetime) -> None:
        """Set the clock; readers see the old instant or the new one, never half of it."""
        whole = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
        temporary = self.path.with_suffix(".new")
        temporary.write_text(render_utc_milliseconds(whole) + "\n", encoding="ascii")
        temporary.replace(self.path)


def make_clock(settings: Settings) -> Clock:
    """Give the system's clock, or the simulated one that a demo labels everywhere."""
    if settings.clock == "simulated":
        return SimulatedClock(data_folder(settings).clock)
    return system_clock


def data_folder(settings: Settings) -> DataFolder:
    """Name the paths of the data folder."""
    return DataFolder(settings.data)


def operator_keys(settings: Settings) -> OperatorKeys:
    """Give the operator's keys; the first use of a data folder makes them."""
    return load_or_make_operator_keys(data_folder(settings).keys, os.urandom)


def ledger_reader(settings: Settings) -> SqliteLedgerReader:
    """Open the ledger database for reading."""
    return SqliteLedgerReader(data_folder(settings).ledger)


def documents(settings: Settings) -> DocumentFolder:
    """Open the folder of public documents that decisions and views rest on."""
    return DocumentFolder(data_folder(settings).documents, copy=published_documents(settings))


def published_documents(settings: Settings) -> DocumentFolder:
    """Open the folder of those that an entry of the public log names: what is served."""
    return DocumentFolder(data_folder(settings).published_documents)


def tile_store(settings: Settings) -> FileTileStore:
    """Open the folder of the public log."""
    return FileTileStore(data_folder(settings).log)


def vault(settings: Settings, keys: OperatorKeys) -> Vault:
    """Open the vault of private details with its keyring."""
    folder = data_folder(settings)
    keyring = Keyring(folder.keyring, keys.key_encryption_key, os.urandom)
    return Vault(folder.vault, keyring, keys.origin, os.urandom)


def prepare_data_folder(settings: Settings) -> OperatorKeys:
    """Make what a first use needs: folder, keys, private stores; doing it again changes nothing."""
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = operator_keys(settings)
    vault(settings, keys).close()
    return keys


def writer_core(settings: Settings) -> Writer:
    """Build the writer over the real stores; whoever calls holds the folder's lock."""
    folder = data_folder(settings)
    keys = prepare_data_folder(settings)
    sources, published = documents(settings), published_documents(settings)
    sources.make()
    # A log without the folder is one that was taken elsewhere without its documents.
    published.make()
    clock = make_clock(settings)
    store = ready_store(settings, keys, sources, Rim(os.urandom, clock))
    memory = KeptMemory(
        folder.memory, ledger_reader(settings), tile_store(settings), keys.promise.seed
    )
    matters = FolderMatters(folder, keys, os.urandom, lambda: memory.shown)
    return Writer(
        store,
        DocumentedTiles(tile_store(settings), sources, published),
        lambda: LedgerState(
            sources,
            lambda: matters.read(streams_by_code),
            lambda: matters.read(remembered_actions),
            matters,
        ),
        WriterKeys(keys.log, keys.promise, keys.later_logs, mldsa_line(keys)),
        clock,
        witness_client(settings),
        memory,
    )


def allotted_codes(settings: Settings, keys: OperatorKeys) -> AllottedCodes:
    """Open the book of dossier codes that this server gave out."""
    return AllottedCodes(data_folder(settings).codes, keys.view_secret)


def foreign_stream(keys: OperatorKeys, origin_system: str, code: str) -> str:
    """Give the stream of a dossier that another system filed under a code of its own."""
    return PacketPlanner(origin_system, keyed_hash(keys.import_secret)).stream(code)


def end_process(error: BaseException) -> None:
    """End a process whose writer thread failed: its supervisor starts a new one that recovers."""
    _log.critical("writer failed", error=type(error).__name__, code=getattr(error, "code", None))
    # CRASH: nothing is tidied up on purpose; the next start recovers from the store alone.
    os._exit(EXIT_AFTER_FATAL)


@contextmanager
def embedded_writer(
    settings: Settings, on_fatal: Callable[[BaseException], None] = end_process
) -> Iterator[WriterPort]:
    """Be the writer in this process, for as long as the context lasts.

    Raises:
        LedgerBusy: another process writes in this data folder.
    """
    with data_folder(settings).locked():
        writer = writer_core(settings)
        writer.take_over(f"embedded {os.getpid()}")
        loop = WriterLoop(writer, on_fatal, settings.publication_interval_seconds)
        loop.start()
        try:
            yield LoopWriter(loop.submit)
        finally:
            loop.stop()


def socket_writer(settings: Settings) -> SocketWriter:
    """Reach the writer process through its socket."""
    return SocketWriter(data_folder(settings).socket)


def open_views(settings: Settings) -> Views:
    """Open the database of views."""
    return open_views_file(data_folder(settings).views)


def follower(settings: Settings) -> Follower:
    """Build the follower that keeps the views."""
    keys = prepare_data_folder(settings)
    private = vault(settings, keys)
    return Follower(
        keys.origin,
        ledger_reader(settings),
        open_views(settings),
        documents(settings),
        PrivateFold(private.open, keys.view_secret, private.open_many, private.erased),
        tell_of_stop,
    )


def edition_maker(settings: Settings) -> EditionMaker:
    """Build what makes daily editions, from tiles and published documents alone."""
    folder = data_folder(settings)

    def anchors() -> Anchors:
        # No key is made for it: a copy of the public part of a data folder is enough.
        try:
            return load_anchors(folder.keys / ANCHORS_FILE)
        except FileNotFoundError as error:
            raise StoreUnavailable(f"there are no trust anchors in {folder.keys}") from error

    sources = EditionSources(
        log=tile_store(settings),
        documents=published_documents(settings),
        anchors=anchors,
        answering=answer_file,
    )
    return EditionMaker(sources, EditionFolder(folder.editions), folder.edition_views)


@contextmanager
def existing_private_fold(folder: DataFolder, origin: str) -> Iterator[PrivateFold | None]:
    """Give what the private views are made with; None where the folder lacks a part of it.

    Nothing is made: whoever audits a copy of a folder may have been given no secrets.
    """
    view_secret = folder.keys / VIEW_SECRET_FILE
    with existing_vault(folder, origin) as private:
        if private is None or not view_secret.exists():
            yield None
            return
        secret = load_secret(view_secret)
        yield PrivateFold(private.open, secret, private.open_many, private.erased)


@contextmanager
def existing_vault(folder: DataFolder, origin: str) -> Iterator[Vault | None]:
    """Open vault and keyring; None where the folder lacks one of them or the key to them."""
    key_encryption = folder.keys / KEY_ENCRYPTION_FILE
    if not all(path.exists() for path in (folder.vault, folder.keyring, key_encryption)):
        yield None
        return
    keyring = Keyring(folder.keyring, load_secret(key_encryption), os.urandom)
    private = Vault(folder.vault, keyring, origin, os.urandom)
    try:
        yield private
    finally:
        private.close()
        keyring.close()


def existing_reader(folder: DataFolder) -> SqliteLedgerReader:
    """Open the ledger database of a folder for reading."""
    return SqliteLedgerReader(folder.ledger)


def existing_allotted_codes(folder: DataFolder) -> list[AllottedCode] | None:
    """Give the codes that were given out; None where there is no book of them, and none is made."""
    view_secret = folder.keys / VIEW_SECRET_FILE
    if not (folder.codes.exists() and view_secret.exists()):
        return None
    with contextlib.closing(AllottedCodes(folder.codes, load_secret(view_secret))) as book:
        return book.all()


def existing_deferred_pool(folder: DataFolder) -> DeferredPool | None:
    """Give what makes and dates envelopes; None where the promise key is kept elsewhere."""
    path = folder.keys / "promise.key"
    return DeferredPool(load_private_key(path)) if path.exists() else None


@contextmanager
def existing_views(folder: DataFolder) -> Iterator[Views]:
    """Open the views of a folder, which must be there."""
    with contextlib.closing(open_views_file(folder.views)) as views:
        yield views


def web_parts(settings: Settings, writer: WriterPort | None = None) -> Parts:
    """Join the parts of one web worker; ``writer`` None reaches the writer process."""
    keys = operator_keys(settings)
    reader = ledger_reader(settings)
    stored_keys = StoredKeys(reader, keys.origin)
    private = vault(settings, keys)
    sources = documents(settings)
    clock = make_clock(settings)
    return Parts(
        settings=settings,
        origin=keys.origin,
        anchors=keys.anchors,
        reader=reader,
        intake=Intake(
            keys.origin, stored_keys, private, sources, writer or socket_writer(settings), clock
        ),
        keys=stored_keys,
        vault=private,
        documents=published_documents(settings),
        tile_store=tile_store(settings),
        views=open_views(settings),
        view_secret=keys.view_secret,
        requests=RequestVerifier(
            stored_keys.find,
            lambda name: key_record(reader, sources, keys.origin, name),
            NonceMemory(data_folder(settings).nonces),
            clock,
        ),
        codes=allotted_codes(settings, keys),
        foreign_stream=lambda origin, code: foreign_stream(keys, origin, code),
        lookups=LookupLimiter(settings.lookups_per_minute),
        own_reads=OwnReads(data_folder(settings).own_reads),
        kept_lists=KeptLists(data_folder(settings).kept_lists, random_bytes),
        writer_reachable=_always_reachable if writer else _asks_socket(data_folder(settings)),
        clock=clock,
        random_bytes=os.urandom,
    )


def app_from_environment() -> "App[Request, Response]":
    """Build the app of one web worker from the process environment."""
    settings = settings_of_process()
    configure_log(settings)
    return create_lasting_app(web_parts(settings))


async def _always_reachable() -> bool:
    return True


def _asks_socket(folder: DataFolder) -> Callable[[], Awaitable[bool]]:
    async def is_listening() -> bool:
        try:
            async with asyncio.timeout(REACH_SECONDS):
                _, writer = await asyncio.open_unix_connection(str(folder.socket))
        except (OSError, TimeoutError):
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True

    return is_listening
