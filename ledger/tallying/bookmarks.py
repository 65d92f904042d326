"""Where the last tally ended: what the next one need not read again.

A bookmark tells how many envelopes hold no rating, so it is as private as the vault and lies in a
file of its own (mode 0600). Losing it costs one reading of all envelopes; one of another ledger,
or older than an entry that was put back, names a tally that does not stand there and is not used.
"""

import contextlib
import os
from pathlib import Path
from typing import Final, Protocol

import msgspec

from ledger.errors import StoreUnavailable
from ledger.key_files import SECRET_MODE


class Bookmark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How things stood before the entry of one tally, and what it left waiting.

    `first_waiting_index`: no envelope before it holds a rating that nobody has counted.
    """

    month: str
    entry_index: int
    counted: int
    others: int
    first_waiting_index: int


BEGINNING: Final = Bookmark(month="", entry_index=-1, counted=0, others=0, first_waiting_index=0)


class Bookmarks(Protocol):
    """Keeps the newest bookmark of one ledger."""

    def read(self) -> Bookmark | None:
        """Give the bookmark; None where there is none that can be read."""

    def write(self, bookmark: Bookmark) -> None:
        """Keep a newer one in its place."""


class NoBookmarks:
    """Keeps none: for whoever checks tallies and makes no new one."""

    def read(self) -> None:
        """Give none."""

    def write(self, bookmark: Bookmark) -> None:
        """Forget it."""


class BookmarkFile:
    """The bookmark as a file."""

    def __init__(self, path: Path):
        self._path = path

    def read(self) -> Bookmark | None:
        """Give the bookmark; None where there is none that can be read.

        Raises:
            StoreUnavailable: the file cannot be read.
        """
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Bookmark)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
        except OSError as error:
            raise StoreUnavailable(f"where the last tally ended: {error}") from error

    def write(self, bookmark: Bookmark) -> None:
        """Keep a newer one in its place.

        Raises:
            StoreUnavailable: the file cannot be written.
        """
        temporary = self._path.with_suffix(f".{os.getpid()}.new")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, SECRET_MODE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(bookmark))
            # CRASH: half a bookmark is none, and none costs a reading of all envelopes.
            temporary.replace(self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise StoreUnavailable(f"where the last tally ended: {error}") from error
