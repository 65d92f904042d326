"""Makes a ledger's stores ready for its writer: not retired, nothing missing, erasures done.

In this order, before anything is accepted and before anybody opens the vault: what was published
is compared with what is stored, what is missing is taken in again (`ledger.starting_over`), then
every recorded erasure is carried out, those that were just taken in as well.
"""

import json
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from api.cosigning.asking import configured_policy
from api.data_folder import DataFolder
from api.erasing.stores import carry_out_erasures
from api.settings import Settings
from ledger.action_notes import open_text
from ledger.anchors import save_log_keys
from ledger.documents import DocumentFolder, DocumentSource
from ledger.errors import LedgerRetired, LogKeyMissing
from ledger.key_files import OperatorKeys, next_log_file
from ledger.mirroring.http_documents import HttpDocuments
from ledger.private.vault import Keyring, Vault
from ledger.starting_over.copies import (
    MonitoredWitness,
    MonitoredWitnesses,
    PublishedCopy,
    PublishedSizes,
    mirror_copy,
    own_copy,
)
from ledger.starting_over.taking_in import LedgerParts, TakenIn, take_in
from ledger.storage.sqlite import SqliteLedgerStore
from ledger.writing.signing import LineMaker, stored_log_keys
from transparency.encoding import render_utc_milliseconds, render_utc_seconds
from transparency.http_source import HttpTileSource
from transparency.log_keys import LogKeys
from transparency.notes import render_vkey
from transparency.tile_store import CHECKPOINT_PATH, FileTileStore, LogSource
from transparency.witnessing.requests import monitoring_path

RandomBytes = Callable[[int], bytes]
Clock = Callable[[], datetime]
# More than that a person does not read; the entry indexes are all in the file.
LOST_NAMED: Final = 20
HASHES_AT_ONCE: Final = 500

_log: Final = structlog.get_logger("dossier_ledger")


@dataclass(frozen=True, slots=True)
class Rim:
    """What enters from outside: randomness, time, and whoever else tells what was published."""

    random_bytes: RandomBytes
    clock: Clock
    others: tuple[PublishedSizes, ...] = ()


def ready_store(
    settings: Settings, keys: OperatorKeys, documents: DocumentFolder, rim: Rim
) -> SqliteLedgerStore:
    """Open the ledger database once it holds everything that was published.

    Raises:
        LedgerRetired: nothing more is recorded in this folder.
        LedgerForked, PublishedEntriesLost: the ledger must not go on as it is.
        NewerAnchorsNeeded: the copy is from before a log key was retired.
        LogKeyMissing: the copy is from before the log got a key, whose file has to be copied too.
        StoreUnavailable, TileStoreUnavailable: a store failed; the next start goes on.
    """
    folder = DataFolder(settings.data)
    check_not_retired(folder)
    store = SqliteLedgerStore(folder.ledger)
    taken = _take_in(settings, store, keys, documents, rim)
    # Before anybody opens the vault: an older copy of it may hold what was erased since.
    carry_out_erasures(folder, keys, rim.random_bytes, rim.clock)
    if taken is not None:
        _tell(folder, taken, _count_without_private_part(folder, keys, taken, rim), rim.clock())
    # CRASH: a change of the log's key is recorded first; the anchors follow, here at the latest.
    log_keys = _log_keys(store, keys)
    save_log_keys(folder.keys, log_keys)
    _check_log_keys_are_here(folder, log_keys, keys)
    return store


def mldsa_line(keys: OperatorKeys) -> LineMaker | None:
    """Give what adds an ML-DSA-44 line to each checkpoint, where the operator has a key for it."""
    return None if keys.log_mldsa is None else keys.log_mldsa.sign


def check_not_retired(folder: DataFolder) -> None:
    """Check that something may still be recorded in a folder.

    Raises:
        LedgerRetired: its ledger ended.
    """
    if folder.retired.exists():
        follows = folder.retired.read_text(encoding="ascii").strip()
        raise LedgerRetired(f"this ledger was retired; {follows or 'another one'} stands in for it")


def published_copies(
    settings: Settings, keys: OperatorKeys, others: Sequence[PublishedSizes] = ()
) -> list[PublishedCopy]:
    """Give every copy of the log within reach: this folder's own, mirrors, and what others show.

    Raises:
        StoreCorrupt: the served checkpoint is none of this log.
        NewerAnchorsNeeded: one of them is of this log, by a key that is not known here.
        TileStoreUnavailable: the own disk does not read.
    """
    folder, log_keys = DataFolder(settings.data), keys.anchors.logs
    own_documents = DocumentFolder(folder.published_documents)
    copies = [own_copy(FileTileStore(folder.log), own_documents, log_keys)]
    for address in settings.mirrors.split():
        mirror = mirror_copy(f"mirror {address}", *_mirror_at(address), log_keys)
        if mirror is None:
            _log.warning("mirror is left out: it shows nothing of this log", mirror=address)
        else:
            copies.append(mirror)
    for other in (*others, *_witnesses(settings, log_keys)):
        copies += other.copies(log_keys)
    return copies


def _witnesses(settings: Settings, log_keys: LogKeys) -> list[PublishedSizes]:
    """Give those of the policy that have an address, where they show what they have cosigned."""
    policy = configured_policy(settings)
    if policy is None:
        return []
    shown_at = monitoring_path(log_keys.origin).removesuffix(f"/{CHECKPOINT_PATH}")
    monitored = [
        MonitoredWitness(
            f"witness {witness.name}",
            witness.key,
            HttpTileSource(f"{witness.url.rstrip('/')}/{shown_at}"),
        )
        for witness in policy.witnesses
        if witness.url is not None
    ]
    return [MonitoredWitnesses(monitored, _warn_of_witness)]


def _warn_of_witness(name: str) -> None:
    _log.warning("witness is left out: it shows nothing of this log", witness=name)


def _mirror_at(address: str) -> tuple[LogSource, DocumentSource]:
    if address.startswith(("http://", "https://")):
        site = address.rstrip("/").removesuffix("/log")
        return HttpTileSource(address), HttpDocuments(site)
    path = Path(address)
    log = path if (path / "checkpoint").exists() else path / "log"
    return FileTileStore(log), DocumentFolder(
        log / "documents", copy=DocumentFolder(path / "documents")
    )


def _take_in(
    settings: Settings,
    store: SqliteLedgerStore,
    keys: OperatorKeys,
    documents: DocumentFolder,
    rim: Rim,
) -> TakenIn | None:
    tiles = FileTileStore(DataFolder(settings.data).log)
    parts = LedgerParts(store, tiles, documents, keys.anchors, keys.promise)
    return take_in(parts, published_copies(settings, keys, rim.others), rim.clock)


def _log_keys(store: SqliteLedgerStore, keys: OperatorKeys) -> LogKeys:
    first = LogKeys.of(keys.anchors.log)
    return stored_log_keys(store, first, lambda note: open_text(note, keys.origin).action)


def _check_log_keys_are_here(folder: DataFolder, log_keys: LogKeys, keys: OperatorKeys) -> None:
    """Check that checkpoints can be signed: an older copy lacks the keys that were made since.

    Raises:
        LogKeyMissing: the private part of a key that signs now is not in this folder.
    """
    here = {key.verification_key for key in (keys.log, *keys.later_logs)}
    signing = [period for period in log_keys.periods if period.until_size is None]
    for period in signing:
        if period.key not in here:
            file = f"{folder.keys.name}/{next_log_file(folder.keys).name}"
            raise LogKeyMissing(
                f"from size {period.from_size} on the log signs with {render_vkey(period.key)}, "
                f"and no file here holds that key: `keys rotate-log` made it, as {file} (or with a "
                "later number), after this copy was made. Find that file in a newer backup, copy "
                "it there and start again; where nobody has it, `ledger retire` is what remains"
            )


def _count_without_private_part(
    folder: DataFolder, keys: OperatorKeys, taken: TakenIn, rim: Rim
) -> int:
    """Count the actions taken in whose private part is neither in the vault nor erased."""
    keyring = Keyring(folder.keyring, keys.key_encryption_key, rim.random_bytes)
    vault = Vault(folder.vault, keyring, keys.origin, rim.random_bytes)
    missing = 0
    with closing(keyring), closing(vault):
        for start in range(0, len(taken.private), HASHES_AT_ONCE):
            some = taken.private[start : start + HASHES_AT_ONCE]
            found = vault.open_many([text_hash for text_hash, _ in some])
            lost = [stream for text_hash, stream in some if text_hash not in found]
            missing += sum(not vault.is_erased(stream) for stream in lost)
    return missing


def _tell(folder: DataFolder, taken: TakenIn, without_private_part: int, now: datetime) -> None:
    """Say what was taken in and what is lost: in a file that stays, and on standard error."""
    line = {
        "at": render_utc_seconds(now.replace(microsecond=0)),
        "source": taken.source,
        "old_size": taken.old_size,
        "tree_size": taken.tree_size,
        "actions": taken.actions,
        "lost_notes": list(taken.lost_notes),
        "without_private_part": without_private_part,
        "promises_in_doubt_from": _rendered(taken.sealed_from),
        "promises_in_doubt_until": _rendered(taken.sealed_until),
    }
    with folder.taken_in.open("a", encoding="ascii") as file:
        file.write(json.dumps(line) + "\n")
    sys.stderr.write(render_taken_in(taken, without_private_part))


def _rendered(instant: datetime | None) -> str | None:
    return None if instant is None else render_utc_milliseconds(instant)


def render_taken_in(taken: TakenIn, without_private_part: int) -> str:
    """Give what an operator reads of it."""
    since = _rendered(taken.sealed_from) or "the beginning"
    lines = [
        f"the ledger database was an older copy: entries {taken.old_size} to {taken.tree_size} "
        f"were taken in again from {taken.source}",
        "acts of deferred kinds and on veiled dossiers that were recorded after "
        f"{since} and had not entered the log are not known here: their promises will be broken "
        "unless their holders hand the same notes in again",
    ]
    if taken.lost_notes:
        named = ", ".join(str(index) for index in taken.lost_notes[:LOST_NAMED])
        more = "" if len(taken.lost_notes) <= LOST_NAMED else " and more"
        lines.append(f"the notes behind {len(taken.lost_notes)} entries are lost: {named}{more}")
    if without_private_part:
        lines.append(f"the private parts of {without_private_part} actions are lost with the vault")
    return "".join(f"{line}\n" for line in lines)
