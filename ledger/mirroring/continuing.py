"""Whether a log that was seen before goes on as the same log.

Two checkpoints of one log, both signed by it, are held against each other. That the newer one is
smaller is no proof by itself (a stale copy gives an old checkpoint, too), and is reported apart.
"""

from collections.abc import Callable, Sequence
from typing import Final

from ledger.errors import LedgerError
from ledger.mirroring.folder import LogKey
from transparency.checkpoints import SignedCheckpoint, open_checkpoint
from transparency.errors import LogMisbehaviour, TransparencyError
from transparency.tile_store import LogSource, TileSource
from transparency.trusted_log import TrustedLog

Wait = Callable[[float], None]
# One node behind a cache may lag a moment behind another.
PATIENCE_SECONDS: Final = (1.0, 2.0, 3.0)


class LogShrank(LedgerError):
    """The log's newest checkpoint is smaller than one that was seen before; both are kept."""

    code = "log_shrank"

    def __init__(self, older: SignedCheckpoint, newer: SignedCheckpoint) -> None:
        sizes = f"{newer.checkpoint.tree_size} entries after {older.checkpoint.tree_size}"
        super().__init__(f"the log shows fewer entries than before: {sizes}")
        self.first = older.note
        self.second = newer.note


def read_newest(
    source: LogSource, log_key: LogKey, known: Sequence[SignedCheckpoint], wait: Wait
) -> SignedCheckpoint:
    """Read the newest checkpoint; one that is smaller than a known one is asked for again.

    Raises:
        MalformedCheckpoint, CheckpointNotSigned: it is not the log's.
        TileNotFound, TileStoreUnavailable: the source does not give one.
    """
    largest = max((each.checkpoint.tree_size for each in known), default=0)
    newest = open_checkpoint(source.read_checkpoint(), log_key)
    for seconds in PATIENCE_SECONDS:
        if newest.checkpoint.tree_size >= largest:
            break
        wait(seconds)
        newest = open_checkpoint(source.read_checkpoint(), log_key)
    return newest


def check_continues(
    known: SignedCheckpoint, newest: SignedCheckpoint, source: TileSource, copy: TileSource
) -> None:
    """Check that the newest checkpoint continues the known one.

    ``source`` has the tiles of the newest, ``copy`` those of the known; only proven hashes count.

    Raises:
        LogMisbehaviour: both are signed, and they cannot both be true.
        LogShrank: the newest is smaller, and nothing shows that it is of another tree.
        TransparencyError: the source could not prove that it continues.
    """
    if newest.checkpoint.tree_size >= known.checkpoint.tree_size:
        TrustedLog(source, newest).check_extends(known)
        return
    try:
        TrustedLog(copy, known).check_extends(newest)
    except LogMisbehaviour as error:
        raise LogMisbehaviour(error.reason, known.note, newest.note) from error
    except TransparencyError:
        # What proved the known one is gone; that the log shrank is certain all the same.
        raise LogShrank(known, newest) from None
    raise LogShrank(known, newest)
