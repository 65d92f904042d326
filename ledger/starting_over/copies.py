"""What tells how far a ledger was published: its own tiles and checkpoint, mirrors, witnesses.

None of them is believed: a checkpoint counts once the log's key is found under it, entries once
they lead to its root. That something was published and cannot be had is enough to stop, though.

So is a checkpoint of this log by a key that is not known here, where a witness of the policy has
cosigned it, or a mirror shows it: the log changed its key after this copy was made, and who went on
with the keys of before would make a fork. Other bytes that a mirror or a witness shows are no sign
of anything; it is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.documents import DocumentSource
from ledger.errors import NewerAnchorsNeeded, StoreCorrupt
from transparency.checkpoints import SignedCheckpoint, open_checkpoint, parse_checkpoint_text
from transparency.cosignatures import open_cosignatures
from transparency.errors import (
    CheckpointNotSigned,
    MalformedCheckpoint,
    MalformedNote,
    SignatureInvalid,
    TileNotFound,
    TileStoreUnavailable,
)
from transparency.log_keys import LogKeys
from transparency.notes import SIGNATURE_BYTES, VerificationKey, parse_note
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
        NewerAnchorsNeeded: it is one, by a key that is not known here.
        TileStoreUnavailable: the disk does not read.
    """
    signed = _newest("the served checkpoint", files, keys, _names_unknown_key)
    reach = files.largest_tree_size()
    size = 0 if signed is None else signed.checkpoint.tree_size
    return PublishedCopy("tiles", signed, max(reach, size), files, documents, is_own=True)


def mirror_copy(
    name: str, mirror: LogSource, documents: DocumentSource, keys: LogKeys
) -> PublishedCopy | None:
    """Give what a mirror shows; None where it does not answer, or not with a note of this log.

    Raises:
        NewerAnchorsNeeded: it shows a checkpoint in this log's name by a key not known here.
    """
    try:
        signed = _newest(f"the checkpoint of {name}", mirror, keys, _names_unknown_key)
    except (TileStoreUnavailable, StoreCorrupt):
        return None
    size = 0 if signed is None else signed.checkpoint.tree_size
    return PublishedCopy(name, signed, size, mirror, documents)


@dataclass(frozen=True, slots=True)
class MonitoredWitness:
    """A witness of the policy: its key there, and where it shows its checkpoint of this log.

    That is at ``https://witness.example/<hex SHA-256 of the origin>`` (tlog-witness, "Monitoring").
    """

    name: str
    key: VerificationKey
    source: CheckpointSource


class MonitoredWitnesses:
    """What witnesses show of a log at their monitoring addresses: sizes and roots, no entries."""

    def __init__(self, monitored: Sequence[MonitoredWitness], warn: Callable[[str], None]):
        self._monitored = monitored
        self._warn = warn

    def copies(self, keys: LogKeys) -> Sequence[PublishedCopy]:
        """Give what each witness shows; one without an answer is left out, after a warning.

        So is one that shows what neither this log signed nor the witness cosigned: a stranger must
        not be able to stop it.

        Raises:
            NewerAnchorsNeeded: a witness cosigned what a key that is not known here signed.
        """
        found = []
        for witness in self._monitored:
            what = f"the checkpoint that {witness.name} has cosigned"
            try:
                signed = _newest(what, witness.source, keys, _cosigned_by(witness.key))
            except (TileStoreUnavailable, StoreCorrupt):
                self._warn(witness.name)
                continue
            if signed is not None:
                found.append(PublishedCopy(witness.name, signed, signed.checkpoint.tree_size))
        return found


# Tells of a note in the name of this log, by no key of these, whether it is to be taken seriously.
_Vouched = Callable[[bytes, LogKeys], bool]


def _newest(
    what: str, source: CheckpointSource, keys: LogKeys, is_vouched: _Vouched
) -> SignedCheckpoint | None:
    try:
        note = source.read_checkpoint()
    except TileNotFound:
        return None
    try:
        return open_checkpoint(note, keys)
    except (CheckpointNotSigned, MalformedCheckpoint) as error:
        if _is_in_the_name_of(note, keys.origin) and is_vouched(note, keys):
            raise NewerAnchorsNeeded(
                f"{what} is one of {keys.origin}, and no key that is known here signs it. Where "
                "the log changed its key after this copy was made, put the newest "
                "keys/anchors.toml and keys/log-*.key into its place. Where it did not, take the "
                "address of whoever shows this out of the settings, or out of the policy"
            ) from error
        raise StoreCorrupt(f"{what} is not one of this log: {error}") from error


def _is_in_the_name_of(note: bytes, origin: str) -> bool:
    try:
        return parse_checkpoint_text(parse_note(note).text).origin == origin
    except (MalformedNote, MalformedCheckpoint):
        return False


def _names_unknown_key(note: bytes, keys: LogKeys) -> bool:
    known = {period.key.key_id for period in keys.periods}
    return any(
        line.key_name == keys.origin
        and line.key_id not in known
        # A line by the ML-DSA key that stands beside them is longer.
        and len(line.signature) == SIGNATURE_BYTES
        for line in parse_note(note).signatures
    )


def _cosigned_by(key: VerificationKey) -> _Vouched:
    def is_cosigned(note: bytes, keys: LogKeys) -> bool:
        del keys
        try:
            return bool(open_cosignatures(note, [key]))
        except SignatureInvalid:
            return False

    return is_cosigned


def served_copies(copies: Sequence[PublishedCopy]) -> list[PublishedCopy]:
    """Give those that serve a log; what a witness cosigned need not have been published."""
    return [copy for copy in copies if copy.log is not None]


def newest_of(copies: Sequence[PublishedCopy]) -> SignedCheckpoint | None:
    """Give the largest checkpoint of all; of equal ones this ledger's own."""
    signed = [copy for copy in copies if copy.signed is not None]
    if not signed:
        return None
    return max(signed, key=lambda copy: (copy.signed_size, copy.is_own)).signed
