"""The keys that the writer signs with, and how it signs checkpoints while the log changes its key.

Which key signs which checkpoint follows from the log itself: from `ledger.log_key_rotated` on two
keys sign, from `ledger.log_key_retired` on the newer one alone. A checkpoint covers an entry where
its size is greater than the entry's index, so the first one that a new key signs is the first that
tells of it. A line of another kind may be added to every checkpoint (`LineMaker`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from domain.actions import Action
from domain.facts import LogKeyRetired, LogKeyRotated
from ledger.errors import LogKeyMissing, StoreCorrupt
from ledger.storage.port import LedgerReader
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.errors import MalformedKey
from transparency.log_keys import KeyPeriod, LogKeys
from transparency.notes import NoteSignature, SigningKey, parse_vkey, render_vkey

LineMaker = Callable[[Checkpoint], NoteSignature]


@dataclass(frozen=True, slots=True)
class WriterKeys:
    """The keys that the writer signs with; ``later_logs`` followed the log's first, in any order.

    ``added_line`` signs each checkpoint in another way, beside them.
    """

    log: SigningKey
    promise: SigningKey
    later_logs: tuple[SigningKey, ...] = ()
    added_line: LineMaker | None = None


class CheckpointSigner:
    """Signs the checkpoints of one log, with the keys that its entries so far name."""

    def __init__(
        self,
        key: SigningKey,
        later_keys: Sequence[SigningKey] = (),
        added_line: LineMaker | None = None,
    ):
        self._private = {render_vkey(one.verification_key): one for one in (key, *later_keys)}
        self._keys = LogKeys.of(key.verification_key)
        self._added_line = added_line

    @property
    def keys(self) -> LogKeys:
        """Give the log's keys, as far as entries name them."""
        return self._keys

    def check_can_follow(self, action: Action) -> None:
        """Check, before an action is recorded, that what it asks for can be signed then.

        Raises:
            LogKeyMissing: it names a key for the log whose private part is not here.
        """
        facts = action.facts
        if isinstance(facts, LogKeyRotated) and facts.new_log_vkey not in self._private:
            raise LogKeyMissing(f"{facts.new_log_vkey} is to sign, and is not among the keys here")

    def learn(self, action: Action, entry_index: int) -> None:
        """Take in a recorded action that may change who signs.

        Raises:
            StoreCorrupt: it names no key, and ought not to have been recorded.
        """
        self._keys = keys_after(self._keys, action, entry_index)

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """Sign a checkpoint with every key in force at its size.

        Raises:
            StoreCorrupt: the private part of one of them is not here.
        """
        vkeys = [render_vkey(key) for key in self._keys.in_force(checkpoint.tree_size)]
        missing = [vkey for vkey in vkeys if vkey not in self._private]
        if missing:
            raise StoreCorrupt(f"the log signs with {', '.join(missing)}, which is not here")
        first, *later = (self._private[vkey] for vkey in vkeys)
        added = [] if self._added_line is None else [self._added_line(checkpoint)]
        return sign_checkpoint(checkpoint, first, later, added)


def keys_after(keys: LogKeys, action: Action, entry_index: int) -> LogKeys:
    """Give the log's keys after one more entry.

    Raises:
        StoreCorrupt: the entry names no key that a log could sign with.
    """
    match action.facts:
        case LogKeyRotated(new_log_vkey=vkey):
            try:
                added = KeyPeriod(parse_vkey(vkey), from_size=entry_index + 1)
            except MalformedKey as error:
                raise StoreCorrupt(f"entry {entry_index} names a key that is none") from error
            return LogKeys(keys.origin, (*keys.periods, added))
        case LogKeyRetired(old_log_vkey=vkey):
            ended = tuple(
                replace(each, until_size=entry_index) if render_vkey(each.key) == vkey else each
                for each in keys.periods
            )
            return LogKeys(keys.origin, ended)
        case _:
            return keys


def stored_log_keys(
    reader: LedgerReader, first: LogKeys, read: Callable[[bytes], Action]
) -> LogKeys:
    """Give the log's keys as the ledger's own stream names them; ``read`` opens a note."""
    keys = first
    for event in reader.stream_events(f"ledger:{first.origin}"):
        if event.entry_index is not None:
            keys = keys_after(keys, read(event.note), event.entry_index)
    return keys
