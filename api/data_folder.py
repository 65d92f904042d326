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
    def leads(self) -> Path:
        """Give the file of leads of findings, which may be deleted and is made again."""
        return self.path / "findings.sqlite3"

    @property
    def index(self) -> Path:
        """Give the file of the index that proofs of histories are made from; made again if lost."""
        return self.path / "index.sqlite3"

    @property
    def rebuilding(self) -> Path:
        """Give the folder where projections are made again beside the stored ones."""
        return self.path / "rebuilding"

    @property
    def memory(self) -> Path:
        """Give the file of what the ledger adds up to; the writer makes it again if it is lost."""
        return self.path / "memory.sqlite3"

    @property
    def nonces(self) -> Path:
        """Give the database of request nonces, which all web workers share."""
        return self.path / "nonces.sqlite3"

    @property
    def own_reads(self) -> Path:
        """Give the book of reads that were made with slips' secrets."""
        return self.path / "reads.sqlite3"

    @property
    def kept_lists(self) -> Path:
        """Give the database of queues that are being paged through, which may be lost."""
        return self.path / "lists.sqlite3"

    @property
    def looks(self) -> Path:
        """Give the book of inspectors' looks at people and offices."""
        return self.path / "looks.sqlite3"

    @property
    def codes(self) -> Path:
        """Give the book of allotted dossier codes."""
        return self.path / "codes.sqlite3"

    @property
    def timestamp_roots(self) -> Path:
        """Give the root certificates of the authority that stamps checkpoints."""
        return self.keys / "timestamp-roots.pem"

    @property
    def taken_in(self) -> Path:
        """Give the list of what was taken in again over older copies, a JSON object a line."""
        return self.path / "taken-in.ndjson"

    @property
    def retired(self) -> Path:
        """Give the file that says that nothing more is recorded here, and which ledger follows."""
        return self.path / "retired"

    @property
    def tallied(self) -> Path:
        """Give the file that says where the last tally ended; made again where it is lost."""
        return self.path / "tallied.json"

    @property
    def imports(self) -> Path:
        """Give the list of sources that were imported, and under which mapping names."""
        return self.path / "imports.txt"

    @property
    def log(self) -> Path:
        """Give the folder of the public log's files."""
        return self.path / "log"

    @property
    def documents(self) -> Path:
        """Give the folder of public documents, those of undecided actions too; it is not served."""
        return self.path / "documents"

    @property
    def published_documents(self) -> Path:
        """Give the served ones, within the log: who copies the log has everything public."""
        return self.log / "documents"

    @property
    def editions(self) -> Path:
        """Give the folder of daily editions, within the log: who copies the log has them."""
        return self.log / "editions"

    @property
    def edition_views(self) -> Path:
        """Give the folder of the views that editions are made from; made again if it is lost."""
        return self.path / "editions"

    @property
    def keys(self) -> Path:
        """Give the folder of private keys and trust anchors."""
        return self.path / "keys"

    @property
    def witnesses(self) -> Path:
        """Give the file of counts about witnesses, which begins anew with each writer."""
        return self.path / "witnesses.json"

    @property
    def evidence(self) -> Path:
        """Give the folder of what witnesses contradicted, byte for byte."""
        return self.path / "evidence"

    @property
    def address(self) -> Path:
        """Give the file that says where this folder is served, while it is."""
        return self.path / "address"

    @property
    def socket(self) -> Path:
        """Give the Unix socket of the writer process."""
        return self.path / "writer.sock"

    @property
    def clock(self) -> Path:
        """Give the file that a simulated clock reads."""
        return self.path / "clock"

    @property
    def lock(self) -> Path:
        """Give the file whose lock keeps a second writer out."""
        return self.path / "lock"

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the folder's lock; the value is the descriptor that holds it.

        The lock belongs to the open file, not to the process. A child that is given the
        descriptor (`kept_locked`) holds the same lock, until the last of them closes it or dies;
        the other children of this process do not inherit it.

        Raises:
            LedgerBusy: another process holds it.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        with self._holding(descriptor):
            yield descriptor

    @contextmanager
    def kept_locked(self, descriptor: int) -> Iterator[None]:
        """Go on holding the lock that the process before us took and handed over.

        Raises:
            LedgerBusy: the descriptor does not hold this folder's lock.
        """
        try:
            # It came through an exec, so our own children would inherit it too.
            fcntl.fcntl(descriptor, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        except OSError as error:
            raise LedgerBusy("the lock was not handed over") from error
        with self._holding(descriptor):
            yield

    @contextmanager
    def _holding(self, descriptor: int) -> Iterator[None]:
        try:
            try:
                # Where this open file holds the lock already, this changes nothing.
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise LedgerBusy("another process writes in this data folder") from error
            if not self._is_lock(descriptor):
                raise LedgerBusy("the lock of this data folder is another file by now")
            yield
        finally:
            os.close(descriptor)

    def _is_lock(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self.lock.stat())
        except FileNotFoundError:
            return False
