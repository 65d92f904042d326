"""Joins what carries out recorded erasures in one data folder; nothing here is served."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from api.data_folder import DataFolder
from api.reading.kept_lists import KeptLists
from api.reading.own_reads import OwnReads
from ledger.codes.allotted import AllottedCodes
from ledger.documents import DocumentFolder
from ledger.erasing.carrying_out import Eraser
from ledger.erasing.related import Related
from ledger.errors import StoreUnavailable
from ledger.key_files import OperatorKeys
from ledger.private.vault import Keyring, Vault
from ledger.storage.sqlite import SqliteLedgerReader


def eraser(
    folder: DataFolder, keys: OperatorKeys, vault: Vault, clock: Callable[[], datetime]
) -> Eraser:
    """Build what carries out recorded erasures: in vault, keyring, and the books beside them."""

    def forget(streams: list[str]) -> None:
        book = AllottedCodes(folder.codes, keys.view_secret)
        try:
            book.forget(*streams)
        finally:
            book.close()
        OwnReads(folder.own_reads).forget(streams)
        KeptLists(folder.kept_lists, bytes).forget()
        _forget_marks(folder.views, streams)

    reader = SqliteLedgerReader(folder.ledger)
    related = Related(reader, vault, keys.origin, DocumentFolder(folder.documents))
    return Eraser(reader, vault, forget, lambda streams: related.find(streams, clock().date()))


def carry_out_erasures(
    folder: DataFolder,
    keys: OperatorKeys,
    random_bytes: Callable[[int], bytes],
    clock: Callable[[], datetime],
) -> list[str]:
    """Finish what was recorded and not carried out: after a crash, or over older copies.

    Raises:
        StoreUnavailable: a store does not take it; nothing private may be served before.
    """
    keyring = Keyring(folder.keyring, keys.key_encryption_key, random_bytes)
    vault = Vault(folder.vault, keyring, keys.origin, random_bytes)
    try:
        return eraser(folder, keys, vault, clock).carry_out()
    finally:
        vault.close()
        keyring.close()


def _forget_marks(views: Path, streams: list[str]) -> None:
    """Take the keyed hashes of secrets out of the views: no entry tells the follower of petitions.

    Raises:
        StoreUnavailable: they could not be deleted.
    """
    if not views.exists():
        return
    try:
        with closing(sqlite3.connect(views, timeout=10)) as connection, connection:
            connection.execute("PRAGMA secure_delete=ON")
            table = "SELECT 1 FROM sqlite_master WHERE name = 'holders'"
            if connection.execute(table).fetchone():
                named = [(stream,) for stream in streams]
                connection.executemany("DELETE FROM holders WHERE stream = ?", named)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"marks cannot be deleted: {error}") from error
