"""What the writer asks about matters that are open about a dossier: ledger and vault of one folder.

The vault is opened for each question and closed again: at the writer's start, and then for acts
that come a few times a day.
"""

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import structlog

from api.data_folder import DataFolder
from domain.actions import Action
from ledger.access_streams import find_access_stream
from ledger.erasing.open_matters import opened_matters
from ledger.errors import MalformedAction, StoreCorrupt
from ledger.key_files import OperatorKeys
from ledger.private.vault import Keyring, Vault
from ledger.remembering.reading import ReadT, ReadVault
from ledger.storage.port import LedgerReader
from ledger.storage.sqlite import SqliteLedgerReader

_log = structlog.get_logger()


class FolderMatters:
    """A `MatterSource` over the stores of one data folder."""

    def __init__(
        self,
        folder: DataFolder,
        keys: OperatorKeys,
        random_bytes: Callable[[int], bytes],
        shown: Callable[[], LedgerReader] | None = None,
    ):
        """``shown`` gives what `opened` looks through, where that is not the whole ledger."""
        self._shown = shown or (lambda: SqliteLedgerReader(folder.ledger))
        self._folder = folder
        self._keys = keys
        self._random_bytes = random_bytes

    def opened(self) -> list[Action]:
        """Give the acts on record that open a matter, with their private part.

        Raises:
            StoreCorrupt, StoreUnavailable: ledger or vault cannot be read.
        """
        reader = self._shown()
        with self._vault() as vault:
            return list(opened_matters(reader, vault.open, self._keys.origin))

    def read(self, read: ReadVault[ReadT]) -> ReadT:
        """Read what the writer needs of recorded private parts.

        Raises:
            StoreUnavailable: ledger or vault cannot be read.
        """
        unreadable: list[str] = []
        try:
            with self._vault() as vault:
                return read(self._shown(), vault, self._keys.origin, unreadable)
        finally:
            # Whoever garbled a private part must not be able to stop the writer by it.
            if unreadable and structlog.is_configured():
                _log.error("private parts do not open", streams=len(unreadable))
            elif unreadable:
                # A command's standard output holds its result alone.
                sys.stderr.write(f"{len(unreadable)} private parts do not open: see codes check\n")

    def entries_of(self, dossier: str) -> Collection[int | None]:
        """Give the entry indexes of a dossier's acts.

        Raises:
            StoreUnavailable: the ledger database cannot be read.
        """
        reader = SqliteLedgerReader(self._folder.ledger)
        return {event.entry_index for event in reader.stream_events(dossier)}

    def is_erased(self, stream: str) -> bool:
        """Tell whether the private parts of a stream were erased with a dossier's.

        Raises:
            StoreUnavailable: the vault cannot be read.
        """
        with self._vault() as vault:
            return vault.is_erased(stream)

    def access_stream_of(self, dossier: str) -> str | None:
        """Name the access stream of a dossier; None where its first secret does not open.

        Raises:
            StoreUnavailable: ledger or vault cannot be read.
        """
        reader = SqliteLedgerReader(self._folder.ledger)
        with self._vault() as vault:
            try:
                return find_access_stream(reader, vault.open, self._keys.origin, dossier)
            except (StoreCorrupt, MalformedAction):
                # One garbled part must not stop the writer; the vault's audit names it.
                return None

    @contextmanager
    def _vault(self) -> Iterator[Vault]:
        folder, keys = self._folder, self._keys
        keyring = Keyring(folder.keyring, keys.key_encryption_key, self._random_bytes)
        vault = Vault(folder.vault, keyring, keys.origin, self._random_bytes)
        try:
            yield vault
        finally:
            vault.close()
            keyring.close()
