"""Where timestamps are kept: beside the served checkpoint, each with the one it is of.

In the log's folder::

    timestamps/<tree size>.checkpoint    the note, as it was served then
    timestamps/<tree size>.tsr           the authority's answer over its text

Whoever copies the log's folder has both. They are no part of tlog-tiles, and nothing rests on them.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import StoreUnavailable
from ledger.timestamping.authorities import TimestampAuthority
from ledger.timestamping.tokens import Timestamp, open_response, request_for
from transparency.checkpoints import open_checkpoint
from transparency.errors import TileNotFound
from transparency.log_keys import LogKey
from transparency.notes import parse_note
from transparency.tile_store import LogSource

FOLDER: Final = "timestamps"


@dataclass(frozen=True, slots=True)
class Kept:
    """One timestamp that was taken: of which size, and where its file lies."""

    tree_size: int
    timestamp: Timestamp
    path: Path


class TimestampFolder:
    """The timestamps of one log."""

    def __init__(self, log_folder: Path):
        self._folder = log_folder / FOLDER

    def path_of(self, tree_size: int) -> Path:
        """Name the file of a size's timestamp, whether it is there or not."""
        return self._folder / f"{tree_size}.tsr"

    def take(
        self, log: LogSource, log_key: LogKey, authority: TimestampAuthority, roots_pem: bytes
    ) -> Kept | None:
        """Have the newest checkpoint stamped, and keep what verifies; None where it was before.

        CRASH: the answer is written last; without it the checkpoint beside it means nothing.

        Raises:
            TimestampsUnavailable: the authority does not answer; ask later.
            TimestampInvalid: what it answered does not verify; nothing is kept.
            MalformedCheckpoint, CheckpointNotSigned: the served checkpoint is not the log's.
            StoreUnavailable, TileStoreUnavailable: the disk does not read or write.
        """
        try:
            signed = open_checkpoint(log.read_checkpoint(), log_key)
        except TileNotFound:
            return None
        path = self.path_of(signed.checkpoint.tree_size)
        if path.exists():
            return None
        text = parse_note(signed.note).text
        request = request_for(text)
        response = authority.stamp(request.der)
        timestamp = open_response(response, text, roots_pem, request.nonce)
        _write(path.with_suffix(".checkpoint"), signed.note)
        _write(path, response)
        return Kept(signed.checkpoint.tree_size, timestamp, path)


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.new")
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise StoreUnavailable(f"{path.name} cannot be written: {error}") from error
