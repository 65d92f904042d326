"""What tells how far a ledger was published: its own tiles and checkpoint, mirrors, witnesses.

None of them is believed: a checkpoint counts once the log's key is found under it, entries once
they lead to its root. That something was published and cannot be had is enough to stop, though.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.documents import DocumentSource
from ledger.errors import StoreCorrupt
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.errors import (
    CheckpointNotSigned,
    MalformedCheckpoint,
    TileNotFound,
    TileStoreUnavailable,
)
from transparency.log_keys import LogKeys
from transparency.tile_store import LogSource


@dataclass(frozen=True, slots=True)
class PublishedCopy:
    """One place that was published to.

    ``signed`` is the newest checkpoint found there; ``least_size`` says that at least so much was
    published, or written to be. Without a ``log`` it has no entries to give.
    """

    name: str
    signed: SignedCheckpoint | None
    least_size: int
    log: LogSource | None = None
    documents: DocumentSource | None = None
    is_own: bool = False

    @property
    def signed_size(self) -> int:
        """Give the size of its newest checkpoint; 0 without one."""
        return 0 if self.signed is None else self.signed.checkpoint.tree_size


class CheckpointSource(Protocol):
    """Where a checkpoint is read."""

    def read_checkpoint(self) -> bytes:
        """Give the note of the newest checkpoint, or raise `TileNotFound`."""


class PublishedSizes(Protocol):
    """Whoever can tell how far a log was published: witnesses, say."""

    def copies(self, keys: LogKeys) -> Sequence[PublishedCopy]:
        """Give what is within reach now; what does not answer is left out, and said elsewhere."""


class OwnFiles(LogSource, Protocol):
    """The log's own files: what is served, and whatever a crash left beside it."""

    def largest_tree_size(self) -> int:
        """Tell how far the entry bundles reach that are there, under a checkpoint or not."""


def own_copy(files: OwnFiles, documents: DocumentSource, keys: LogKeys) -> PublishedCopy:
    """Give what this ledger's own folder shows.

    Raises:
        StoreCorrupt: its checkpoint is none of this log.
        TileStoreUnavailable: the disk does not read.
    """
    signed = _newest("the served checkpoint", files, keys)
    reach = files.largest_tree_size()
    size = 0 if signed is None else signed.checkpoint.tree_size
    return PublishedCopy("tiles", signed, max(reach, size), files, documents, is_own=True)


def mirror_copy(
    name: str, mirror: LogSource, documents: DocumentSource, keys: LogKeys
) -> PublishedCopy | None:
    """Give what a mirror shows; None where it does not answer.

    Raises:
        StoreCorrupt: it is no mirror of this log.
    """
    try:
        signed = _newest(f"the checkpoint of {name}", mirror, keys)
    except TileStoreUnavailable:
        return None
    size = 0 if signed is None else signed.checkpoint.tree_size
    return PublishedCopy(name, signed, size, mirror, documents)


class MonitoredWitnesses:
    """What witnesses show of a log at their monitoring addresses: sizes and roots, no entries.

    ``monitored`` gives for each name where its checkpoint of this log is read, such as
    ``https://witness.example/<hex SHA-256 of the origin>`` (tlog-witness, "Monitoring").
    """

    def __init__(self, monitored: Mapping[str, CheckpointSource], warn: Callable[[str], None]):
        self._monitored = monitored
        self._warn = warn

    def copies(self, keys: LogKeys) -> Sequence[PublishedCopy]:
        """Give what each witness shows; one without an answer is left out, after a warning.

        So is one that shows what this log did not sign: a stranger must not be able to stop it.
        """
        found = []
        for name, source in self._monitored.items():
            try:
                signed = _newest(f"the checkpoint that {name} has cosigned", source, keys)
            except (TileStoreUnavailable, StoreCorrupt):
                self._warn(name)
                continue
            if signed is not None:
                found.append(PublishedCopy(name, signed, signed.checkpoint.tree_size))
        return found


def _newest(what: str, source: CheckpointSource, keys: LogKeys) -> SignedCheckpoint | None:
    try:
        return open_checkpoint(source.read_checkpoint(), keys)
    except TileNotFound:
        return None
    except CheckpointNotSigned as error:
        raise StoreCorrupt(
            f"{what} is not one of this log: {error}. Where the log changed its key after this "
            "copy was made, put the newest keys/anchors.toml and keys/log-*.key into its place"
        ) from error
    except MalformedCheckpoint as error:
        raise StoreCorrupt(f"{what} is not one of this log: {error}") from error


def served_copies(copies: Sequence[PublishedCopy]) -> list[PublishedCopy]:
    """Give those that serve a log; what a witness cosigned need not have been published."""
    return [copy for copy in copies if copy.log is not None]


def newest_of(copies: Sequence[PublishedCopy]) -> SignedCheckpoint | None:
    """Give the largest checkpoint of all; of equal ones this ledger's own."""
    signed = [copy for copy in copies if copy.signed is not None]
    if not signed:
        return None
    return max(signed, key=lambda copy: (copy.signed_size, copy.is_own)).signed
