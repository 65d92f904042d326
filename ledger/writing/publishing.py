"""One publication: the order of its durable steps, and what a crash between two of them leaves.

    seal        recorded with its group: from here on the next checkpoint's size is settled
    files       tiles and bundles written and synced, so that whoever cosigns can read them
    witnesses   asked to cosign the signed checkpoint; nobody else has seen it yet
    row         moved by compare-and-swap to the note with the cosignatures: it is published
    file        the served checkpoint, a copy of the row
    receipts    given under the row's note

CRASH: after *seal* or *files* nothing is visible. After *witnesses* some of them know a checkpoint
that the row does not have. It must not be left out: the next start publishes exactly this size
(its text follows from the entries, which are durable) before it makes another seal, and asks again;
who has cosigned it cosigns the same text once more. After *row* the file is made again from it.
So a checkpoint that anybody may have seen is published, and the next seal embeds the row's note,
with the cosignatures that it was first published with. Refreshed ones go to the file alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ledger.storage.port import LedgerStore, PublishedCheckpoint
from ledger.witnessing.desk import ToCosign
from ledger.writing.public_log import Publication
from transparency.checkpoints import parse_checkpoint_text
from transparency.notes import parse_note

ProveConsistency = Callable[[int, int], Sequence[bytes]]


class PublicationStore(Protocol):
    """Where the served files go; ``write_all`` is durable when it returns."""

    def write_all(self, files: dict[str, bytes]) -> None:
        """Write files by path; equal bytes again are fine."""

    def write_checkpoint(self, note: bytes) -> None:
        """Replace the served checkpoint."""

    def read_checkpoint(self) -> bytes:
        """Give the served checkpoint, or raise `TileNotFound`."""

    def largest_tree_size(self) -> int:
        """Tell how far the entry bundles reach that are there, under a checkpoint or not."""


class Cosigners(Protocol):
    """Whoever cosigns checkpoints before they are published."""

    @property
    def refresh_seconds(self) -> float:
        """Tell how often cosignatures are renewed; 0: never."""
        ...

    def cosign(self, wanted: ToCosign) -> bytes:
        """Give the note with enough cosignatures.

        Raises:
            QuorumMissing: the process stops before they were there.
        """
        ...

    def refresh(self, wanted: ToCosign) -> bytes:
        """Give the note with the cosignatures that come at once."""
        ...

    def permits_receipts(self, note: bytes) -> bool:
        """Tell whether receipts may be given under a checkpoint."""
        ...

    def finish(self) -> None:
        """Let no publication wait any longer."""
        ...

    def close(self) -> None:
        """Give back connections; nobody asks any more."""
        ...


class NoCosigners:
    """No policy: nobody is asked, and receipts are given under the log's own signature."""

    refresh_seconds = 0.0

    def cosign(self, wanted: ToCosign) -> bytes:
        """Give the note as it is."""
        return wanted.note

    def refresh(self, wanted: ToCosign) -> bytes:
        """Give the note as it is."""
        return wanted.note

    def permits_receipts(self, note: bytes) -> bool:
        """Permit them all."""
        del note
        return True

    def finish(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Carries out publications, one at a time, beside the thread that records."""

    store: LedgerStore
    files: PublicationStore
    cosigners: Cosigners

    def publish(
        self, publication: Publication, prove: ProveConsistency, fencing_token: int
    ) -> Publication:
        """Go through the steps from *files* to *file*; the result has the published note.

        Raises:
            QuorumMissing: the process stops before witnesses were enough; nothing is published.
            NotTheWriter, StoreUnavailable: as `LedgerStore.swap_checkpoint`.
        """
        # CRASH: files without a checkpoint are invisible; they are written again, equal.
        self.files.write_all(dict(publication.files))
        note = self.cosigners.cosign(_to_cosign(publication.checkpoint_note, prove))
        # CRASH: the row is the truth; the file is copied from it again at the next start.
        self.store.swap_checkpoint(
            PublishedCheckpoint(publication.tree_size, note),
            expected_tree_size=publication.old_tree_size,
            fencing_token=fencing_token,
        )
        self.files.write_checkpoint(note)
        return replace(publication, checkpoint_note=note)

    def refresh(self, published_note: bytes, prove: ProveConsistency) -> None:
        """Serve the published checkpoint under newer cosignatures, if any come."""
        note = self.cosigners.refresh(_to_cosign(published_note, prove))
        if note != published_note:
            self.files.write_checkpoint(note)


def _to_cosign(note: bytes, prove: ProveConsistency) -> ToCosign:
    checkpoint = parse_checkpoint_text(parse_note(note).text)
    return ToCosign(checkpoint, note, lambda old_size: prove(old_size, checkpoint.tree_size))
