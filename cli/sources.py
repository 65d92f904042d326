"""Where a command reads a log from: a folder or an address, with the anchors that judge it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cli.output import UsageProblem
from ledger.documents import DocumentFolder, DocumentSource
from ledger.errors import LedgerError, StoreUnavailable
from ledger.key_files import Anchors, load_anchors
from ledger.mirroring.http_documents import TIMEOUT_SECONDS as TIMEOUT_SECONDS  # noqa: PLC0414 - given on
from ledger.mirroring.http_documents import HttpDocuments
from ledger.mirroring.http_documents import open_address as open_address  # noqa: PLC0414 - given on
from transparency.checkpoints import open_checkpoint
from transparency.errors import MalformedKey, TileNotFound, TileStoreUnavailable
from transparency.http_source import HttpTileSource
from transparency.tile_store import FileTileStore, LogSource
from transparency.trusted_log import TrustedLog

# Entry 0 and its seal: a ledger that has published nothing yet.
ENTRIES_WITHOUT_DOCUMENTS: Final = 2
SERVED_PATH: Final = "/log"


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
