"""Where a command reads a log and its published figures, with which anchors; and key files."""

import urllib.error
import urllib.request
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.output import UsageProblem
from ledger.documents import DocumentFolder, DocumentSource
from ledger.errors import LedgerError, StoreCorrupt, StoreUnavailable
from ledger.key_files import Anchors, load_anchors, load_private_key
from ledger.mirroring.http_documents import TIMEOUT_SECONDS, HttpDocuments
from ledger.mirroring.http_documents import open_address as open_address  # noqa: PLC0414 - given on
from projections.views import ViewReader
from transparency.checkpoints import open_checkpoint
from transparency.errors import MalformedKey, ProofInvalid, TileNotFound, TileStoreUnavailable
from transparency.http_source import HttpTileSource
from transparency.notes import SigningKey
from transparency.tile_store import FileTileStore, LogSource
from transparency.trusted_log import TrustedLog

# Entry 0 and its seal: a ledger that has published nothing yet.
ENTRIES_WITHOUT_DOCUMENTS: Final = 2
SERVED_PATH: Final = "/log"
MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024

FiguresT = TypeVar("FiguresT")


@dataclass(frozen=True, slots=True)
class LogAddress:
    """A log as named on the command line: a folder or an http address."""

    text: str

    @property
    def is_remote(self) -> bool:
        """Tell whether the log is read over HTTP."""
        return self.text.startswith(("http://", "https://"))

    @property
    def site(self) -> str:
        """Give scheme and authority of a remote log."""
        parts = urlsplit(self.text)
        return f"{parts.scheme}://{parts.netloc}"

    def tiles(self) -> LogSource:
        """Open the log's files."""
        if self.is_remote:
            return HttpTileSource(self.text)
        folder = Path(self.text)
        if not folder.is_dir():
            raise UsageProblem(f"there is no log folder {folder}")
        return FileTileStore(folder)

    def documents(self) -> DocumentSource:
        """Open the public documents that belong to the log."""
        if self.is_remote:
            return HttpDocuments(self.site)
        inside = Path(self.text) / "documents"
        return DocumentFolder(inside if inside.is_dir() else Path(self.text).parent / "documents")


def anchors_path(given: Path | None, data: Path) -> Path:
    """Name the file of trust anchors: the one that was given, or the data folder's."""
    return given or data / "keys" / "anchors.toml"


def find_anchors(given: Path | None, data: Path) -> Anchors:
    """Read the trust anchors that were named, or those of the data folder.

    Raises:
        UsageProblem: there are none, or they cannot be read.
    """
    path = anchors_path(given, data)
    try:
        return load_anchors(path)
    except FileNotFoundError as error:
        raise UsageProblem(
            f"there are no trust anchors at {path}: name them (--anchors)"
        ) from error
    except (OSError, LedgerError, MalformedKey) as error:
        raise UsageProblem(f"no trust anchors in {path}: {error}") from error


def find_log(given: str | None, data: Path) -> LogAddress:
    """Give the log that was named, or the data folder's own.

    A site's address without a path means the log that a ledger serves there, and a data folder
    the log that lies in it.
    """
    address = LogAddress(given or str(data / "log"))
    if address.is_remote:
        path = urlsplit(address.text).path.rstrip("/")
        return LogAddress(f"{address.site}{path or SERVED_PATH}")
    folder = Path(address.text)
    if not (folder / "checkpoint").exists() and (folder / "log" / "checkpoint").exists():
        return LogAddress(str(folder / "log"))
    return address


def open_log(address: LogAddress, anchors: Anchors) -> TrustedLog:
    """Open a log at its present checkpoint, which the anchored key must have signed.

    Raises:
        StoreUnavailable: there is no log at that place, or its public documents are not there.
        CheckpointNotSigned: the log is another one than the anchors are for.
    """
    tiles = address.tiles()
    try:
        note = tiles.read_checkpoint()
    except TileNotFound as error:
        raise StoreUnavailable(f"there is no log at {address.text}: no checkpoint") from error
    except TileStoreUnavailable as error:
        raise StoreUnavailable(f"the log at {address.text} cannot be read: {error}") from error
    log = TrustedLog(tiles, open_checkpoint(note, anchors.logs))
    _check_documents_are_here(address, log)
    return log


def _check_documents_are_here(address: LogAddress, log: TrustedLog) -> None:
    """Tell a log that was copied without its documents from one whose operator lost some.

    Raises:
        StoreUnavailable: no documents are kept where this log lies.
    """
    if address.is_remote or log.tree_size <= ENTRIES_WITHOUT_DOCUMENTS:
        return
    if (
        not (Path(address.text) / "documents").is_dir()
        and not (Path(address.text).parent / "documents").is_dir()
    ):
        raise StoreUnavailable(
            f"the public documents of this log are not here: copy documents/ into {address.text}"
        )


def read_published(
    address: LogAddress,
    data: Path,
    name: str,
    shape: type[FiguresT],
    read: Callable[[ViewReader], FiguresT | None],
) -> FiguresT | None:
    """Give figures as they are published: by the log's site, or in the views of the data folder.

    None where nothing is published.

    Raises:
        StoreUnavailable: the site does not answer.
        ProofInvalid: what it answers is no such figures.
    """
    if address.is_remote:
        place = f"{address.site}/v1/statistics/{name}"
        body = fetch(place)
        return None if body is None else decode_figures(body, shape, place)
    if not DataFolder(data).views.exists():
        return None
    with bootstrap.open_views(settings_of_process({"data": data})).reading() as reader:
        return read(reader)


def fetch(
    address: str,
    timeout_seconds: float = TIMEOUT_SECONDS,
    nothing: Collection[int] = (HTTPStatus.NOT_FOUND,),
) -> bytes | None:
    """Fetch what an address answers with, at most `MAX_ANSWER_BYTES`; None where it has nothing.

    Whoever calls it has checked that the address is one of http or https.

    Raises:
        StoreUnavailable: it does not answer, or not to the end, or with an error other than those
            that mean ``nothing``.
    """
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 - the caller lets only http and https through
    try:
        with open_address(address).open(request, timeout=timeout_seconds) as answer:
            body: bytes = answer.read(MAX_ANSWER_BYTES)
            # Reading with a limit does not complain about a body that was cut off; whoever gets
            # one must not take it for what the site says.
            if answer.length:
                raise StoreUnavailable(f"{address} does not give its whole answer")
    except urllib.error.HTTPError as error:
        with error:
            if error.code in nothing:
                return None
        raise StoreUnavailable(f"{address} answers {error.code}") from error
    except (OSError, HTTPException) as error:
        raise StoreUnavailable(f"{address} does not answer: {error}") from error
    return body


def decode_figures(body: bytes, shape: type[FiguresT], address: str) -> FiguresT:
    """Read figures in JSON as a site answered with them; nothing of them is believed.

    Raises:
        ProofInvalid: these are no such figures.
    """
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProofInvalid(f"{address} does not answer with statistics: {error}") from error


def read_key_file(path: Path) -> SigningKey:
    """Read a private key's file.

    Raises:
        UsageProblem: there is none, or it holds no key.
    """
    try:
        return load_private_key(path)
    except FileNotFoundError as error:
        raise UsageProblem(f"there is no key file {path}") from error
    except OSError as error:
        raise UsageProblem(f"the key file {path} cannot be read: {error.strerror}") from error
    except (StoreCorrupt, UnicodeDecodeError) as error:
        raise UsageProblem(f"the key file {path} holds no key: {error}") from error
