"""Where everything of one ledger lies under its data folder, and the lock that keeps others out."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import LedgerBusy


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The paths below one data folder; nothing is made by naming it."""

    path: Path

    @property
    def ledger(self) -> Path:
        """Give the ledger database."""
        return self.path / "ledger.sqlite3"

    @property
    def vault(self) -> Path:
        """Give the database of encrypted private details."""
        return self.path / "vault.sqlite3"

    @property
    def keyring(self) -> Path:
        """Give the database of wrapped dossier keys."""
        return self.path / "keyring.sqlite3"

    @property
    def views(self) -> Path:
        """Give the database of views, which may be deleted and is made again."""
        return self.path / "views.sqlite3"

    @property
    def nonces(self) -> Path:
        """Give the database of request nonces, which all web workers share."""
        return self.path / "nonces.sqlite3"

    @property
    def log(self) -> Path:
        """Give the folder of the public log's files."""
        return self.path / "log"

    @property
    def documents(self) -> Path:
        """Give the folder of public documents."""
        return self.path / "documents"

    @property
    def keys(self) -> Path:
        """Give the folder of private keys and trust anchors."""
        return self.path / "keys"

    @property
    def socket(self) -> Path:
        """Give the Unix socket of the writer process."""
        return self.path / "writer.sock"

    @property
    def clock(self) -> Path:
        """Give the file that a simulated clock reads."""
        return self.path / "clock"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock; the system lets go of it when the process dies.

        Raises:
            LedgerBusy: another process holds it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LedgerBusy("another process writes in this data folder") from error
            yield
        finally:
            os.close(descriptor)
