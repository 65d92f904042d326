"""Joins what carries out recorded erasures in one data folder; nothing here is served."""

from collections.abc import Callable

from api.data_folder import DataFolder
from api.reading.own_reads import OwnReads
from ledger.codes.allotted import AllottedCodes
from ledger.erasing.carrying_out import Eraser
from ledger.key_files import OperatorKeys
from ledger.private.vault import Keyring, Vault
from ledger.storage.sqlite import SqliteLedgerReader


def eraser(folder: DataFolder, keys: OperatorKeys, vault: Vault) -> Eraser:
    """Build what carries out recorded erasures: in vault, keyring, and the books beside them."""

    def forget(streams: list[str]) -> None:
        book = AllottedCodes(folder.codes, keys.view_secret)
        try:
            book.forget(*streams)
        finally:
            book.close()
        OwnReads(folder.own_reads).forget(streams)

    return Eraser(SqliteLedgerReader(folder.ledger), vault, forget)


def carry_out_erasures(
    folder: DataFolder, keys: OperatorKeys, random_bytes: Callable[[int], bytes]
) -> list[str]:
    """Finish what was recorded and not carried out: after a crash, or over older copies.

    Raises:
        StoreUnavailable: a store does not take it; nothing private may be served before.
    """
    keyring = Keyring(folder.keyring, keys.key_encryption_key, random_bytes)
    vault = Vault(folder.vault, keyring, keys.origin, random_bytes)
    try:
        return eraser(folder, keys, vault).carry_out()
    finally:
        vault.close()
        keyring.close()
