"""A log with its documents and its vault, and the processor time of what is done with it."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final, TypeVar

from bench.logs.long_log import ORIGIN, open_keyring, open_vault
from ledger.documents import DocumentFolder
from ledger.key_files import load_anchors
from projections.entries import SealedGroup, sealed_groups
from projections.follower import PrivateFold
from transparency.checkpoints import open_checkpoint
from transparency.tile_store import FileTileStore
from transparency.trusted_log import TrustedLog

VIEW_SECRET: Final = bytes(32)

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class World:
    """A log under its checkpoint, in a folder that `bench.logs.long_log` made."""

    folder: Path
    log: TrustedLog
    documents: DocumentFolder

    @classmethod
    def open(cls, folder: Path) -> "World":
        """Open a folder."""
        tiles, anchors = FileTileStore(folder / "log"), load_anchors(folder / "anchors.toml")
        log = TrustedLog(tiles, open_checkpoint(tiles.read_checkpoint(), anchors.log))
        return cls(folder, log, DocumentFolder(folder / "log" / "documents"))

    def bodies(self) -> list[tuple[int, bytes]]:
        """Read and prove all entries."""
        return list(enumerate(self.log.entries(0, self.log.tree_size)))

    def groups(self, bodies: Sequence[tuple[int, bytes]]) -> list[SealedGroup]:
        """Open the notes of all entries."""
        return list(sealed_groups(bodies, ORIGIN, self.log.signed_checkpoint.note))

    def count_dossiers(self) -> int:
        """Count the dossiers in the log."""
        entries = (entry for group in self.groups(self.bodies()) for entry in group.entries)
        return sum(entry.action.kind.name == "dossier.submitted" for entry in entries)

    @contextmanager
    def private(self) -> Iterator[PrivateFold]:
        """Give what opens the private parts."""
        with (
            closing(open_keyring(self.folder)) as keyring,
            closing(open_vault(self.folder, keyring)) as vault,
        ):
            yield PrivateFold(vault.open, VIEW_SECRET, vault.open_many)


def processor_seconds(part: Callable[[], Found]) -> tuple[float, Found]:
    """Do something, and give how long this process's cores worked on it."""
    gc.collect()
    begun = process_time()
    found = part()
    return process_time() - begun, found
