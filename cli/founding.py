"""Founding a ledger from a command: it is said, and taken back where nothing came of it.

A mistyped ``--data`` would otherwise leave a whole ledger behind a refusal, or print the key of a
ledger that nobody meant to have.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.output import UsageProblem, say
from ledger.errors import LedgerBusy, StoreUnavailable
from ledger.key_files import KEY_ENCRYPTION_FILE, RECOVERY_KEYS, VIEW_SECRET_FILE
from ledger.storage.sqlite import SqliteLedgerReader

ORIGIN_FILE: Final = "origin"
# What `keys/` holds after a first use, and the key that an import makes before it records.
MADE_KEYS: Final = (
    ORIGIN_FILE,
    *(f"{name}.key" for name in ("log", "promise", "registrar", "system", "importer")),
    *(f"recovery-{number}.key" for number in range(1, RECOVERY_KEYS + 1)),
    KEY_ENCRYPTION_FILE,
    VIEW_SECRET_FILE,
    "import.secret",
    "anchors.toml",
)
# Entry 0 and its seal.
OPENING_ENTRIES: Final = 2
DATABASE_SUFFIXES: Final = ("", "-wal", "-shm", "-journal")


@dataclass(slots=True)
class Founding:
    """What one command does to a folder that held no ledger; it has begun once it may write."""

    begun: bool = False


def is_founded(folder: DataFolder) -> bool:
    """Tell whether a ledger has its name and keys here, open or not yet."""
    return (folder.keys / ORIGIN_FILE).exists()


def check_founded(data: Path) -> None:
    """Check that there is a ledger to work on.

    Raises:
        UsageProblem: there is none.
    """
    if not is_founded(DataFolder(data)):
        raise UsageProblem(
            f"there is no ledger in {data} (--data); `serve --data {data}` founds one"
        )


def found_keys(data: Path) -> None:
    """Make the keys of a new ledger where there are none, and say so."""
    with founding(data) as attempt:
        bootstrap.prepare_data_folder(settings_of_process({"data": data}))
        attempt.begun = True


@contextmanager
def founding(data: Path) -> Iterator[Founding]:
    """Say that a ledger was founded, or take it back where what it was founded for failed.

    Taken back is only what this very command made, and only while the ledger holds nothing but
    its own opening. A crash leaves such an empty ledger behind.
    """
    folder, attempt = DataFolder(data), Founding()
    if is_founded(folder):
        yield attempt
        return
    had_folder, before = data.exists(), set(_present(folder))
    is_kept = False
    try:
        yield attempt
        is_kept = True
    finally:
        if attempt.begun and (is_kept or not _take_back(folder, before, had_folder=had_folder)):
            _say(folder)


def _say(folder: DataFolder) -> None:
    origin = (folder.keys / ORIGIN_FILE).read_text(encoding="ascii").strip()
    say(f"new ledger {origin} made in {folder.path}/")


def _take_back(folder: DataFolder, before: set[Path], *, had_folder: bool) -> bool:
    """Delete what was made; False where another process works with it, or something is in it."""
    try:
        with folder.locked():
            if _recorded_entries(folder) > OPENING_ENTRIES:
                return False
            for path in _present(folder):
                if path not in before:
                    _delete(path)
    except (LedgerBusy, StoreUnavailable):
        return False
    emptied = [folder.keys] if had_folder else [folder.keys, folder.path]
    for path in emptied:
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return True


def _recorded_entries(folder: DataFolder) -> int:
    return SqliteLedgerReader(folder.ledger).sequenced_size() if folder.ledger.exists() else 0


def _present(folder: DataFolder) -> Iterator[Path]:
    """Name what the first use of a folder makes, as far as it is there."""
    databases = (folder.ledger, folder.vault, folder.keyring, folder.views, folder.nonces)
    for database in (*databases, folder.codes):
        for suffix in DATABASE_SUFFIXES:
            yield from _if_there(database.with_name(database.name + suffix))
    for path in (folder.imports, folder.log, folder.documents, folder.lock):
        yield from _if_there(path)
    for name in MADE_KEYS:
        yield from _if_there(folder.keys / name)


def _if_there(path: Path) -> Iterator[Path]:
    if path.exists():
        yield path


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
