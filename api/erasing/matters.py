"""What the writer asks about matters that are open about a dossier: ledger and vault of one folder.

The vault is opened for each question and closed again: at the writer's start, and then for acts
that come a few times a day.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from api.data_folder import DataFolder
from domain.actions import Action
from ledger.erasing.open_matters import opened_matters
from ledger.key_files import OperatorKeys
from ledger.private.vault import Keyring, Vault
from ledger.storage.sqlite import SqliteLedgerReader


class FolderMatters:
    """A `MatterSource` over the stores of one data folder."""

    def __init__(
        self, folder: DataFolder, keys: OperatorKeys, random_bytes: Callable[[int], bytes]
    ):
        self._folder = folder
        self._keys = keys
        self._random_bytes = random_bytes

    def opened(self) -> list[Action]:
        """Give the acts on record that open a matter, with their private part.

        Raises:
            StoreCorrupt, StoreUnavailable: ledger or vault cannot be read.
        """
        reader = SqliteLedgerReader(self._folder.ledger)
        with self._vault() as vault:
            return list(opened_matters(reader, vault.open, self._keys.origin))

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
