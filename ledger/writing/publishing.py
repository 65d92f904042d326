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
with the cosignatures that it was first published with. Refreshed ones, and those that come after
the quorum, go to the file alone; a crash loses them, and the next refresh brings them again.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Protocol

import structlog

from ledger.storage.port import LedgerStore, PublishedCheckpoint
from ledger.witnessing.client import TakeLate
from ledger.witnessing.desk import ToCosign
from ledger.writing.public_log import Publication
from transparency.checkpoints import parse_checkpoint_text
from transparency.cosignatures import add_signature_lines
from transparency.errors import (
    MalformedCheckpoint,
    MalformedNote,
    TileNotFound,
    TileStoreUnavailable,
)
from transparency.notes import NoteSignature, parse_note

ProveConsistency = Callable[[int, int], Sequence[bytes]]

_log: Final = structlog.get_logger("dossier_ledger")


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

    def tell_late(self, take: TakeLate) -> None:
        """Say who takes cosignatures that come after a checkpoint was given."""
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

    def tell_late(self, take: TakeLate) -> None:
        """Nobody is late."""

    def permits_receipts(self, note: bytes) -> bool:
        """Permit them all."""
        del note
        return True

    def finish(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""


class ServedCheckpoint:
    """The served checkpoint: the publishing thread replaces it, late witnesses add to it."""

    def __init__(self, files: PublicationStore):
        self._files = files
        self._turn = threading.Lock()
        # Lines of the checkpoint that is about to be served.
        self._early: list[tuple[bytes, NoteSignature]] = []

    def replace(self, note: bytes) -> None:
        """Serve a checkpoint that was just published, with what came for it meanwhile.

        Where a later one is served, another writer took over meanwhile: that one stays.
        """
        text = parse_note(note).text
        with self._turn:
            lines = [line for early_text, line in self._early if early_text == text]
            self._early.clear()
            if not self._is_older(text):
                self._files.write_checkpoint(add_signature_lines(note, lines) if lines else note)

    def note_of(self, published_note: bytes) -> bytes:
        """Give what is served of a published checkpoint, with all that was added to it."""
        served = self._read()
        same = _text_of(served) == parse_note(published_note).text
        return served if same else published_note

    def add(self, published_note: bytes, lines: Sequence[NoteSignature]) -> None:
        """Serve a published checkpoint under more lines; one by the same key gives way.

        Nothing is served where a later one is.
        """
        with self._turn:
            note = self.note_of(published_note)
            if not self._is_older(parse_note(note).text):
                self._files.write_checkpoint(add_signature_lines(note, lines))

    def _is_older(self, text: bytes) -> bool:
        try:
            served_size = _size_of(_text_of(self._read()))
        except TileStoreUnavailable:
            # Whether it can be written is what counts.
            return False
        if _size_of(text) >= served_size:
            return False
        _log.warning("a later checkpoint is served already", tree_size=served_size)
        return True

    def add_late(self, text: bytes, line: NoteSignature) -> None:
        """Put a line under the served checkpoint if it has this text, or once it has.

        Never is an older checkpoint served again. That it cannot be written stops nothing: the
        line is no part of what was published.
        """
        with self._turn:
            served = self._read()
            served_text = _text_of(served)
            try:
                if served_text == text:
                    self._files.write_checkpoint(add_signature_lines(served, [line]))
                elif not served_text or _size_of(text) > _size_of(served_text):
                    self._early.append((text, line))
            except (OSError, TileStoreUnavailable) as error:
                _log.warning("a late cosignature cannot be served", error=str(error))

    def _read(self) -> bytes:
        try:
            return self._files.read_checkpoint()
        except TileNotFound:
            return b""


class Publisher:
    """Carries out publications, one at a time, beside the thread that records."""

    def __init__(self, store: LedgerStore, files: PublicationStore, cosigners: Cosigners):
        self._store = store
        self._files = files
        self._cosigners = cosigners
        self._served = ServedCheckpoint(files)
        cosigners.tell_late(self._served.add_late)

    def publish(
        self, publication: Publication, prove: ProveConsistency, fencing_token: int
    ) -> Publication:
        """Go through the steps from *files* to *file*; the result has the published note.

        Raises:
            QuorumMissing: the process stops before witnesses were enough; nothing is published.
            NotTheWriter, StoreUnavailable: as `LedgerStore.swap_checkpoint`.
        """
        # CRASH: files without a checkpoint are invisible; they are written again, equal.
        self._files.write_all(dict(publication.files))
        note = self._cosigners.cosign(_to_cosign(publication.checkpoint_note, prove))
        # CRASH: the row is the truth; the file is copied from it again at the next start.
        self._store.swap_checkpoint(
            PublishedCheckpoint(publication.tree_size, note),
            expected_tree_size=publication.old_tree_size,
            fencing_token=fencing_token,
        )
        self._served.replace(note)
        return replace(publication, checkpoint_note=note)

    def refresh(self, published_note: bytes, prove: ProveConsistency) -> None:
        """Serve the published checkpoint under newer cosignatures, if any come."""
        note = self._served.note_of(published_note)
        renewed = parse_note(self._cosigners.refresh(_to_cosign(note, prove)))
        before = parse_note(note).signatures
        if lines := [line for line in renewed.signatures if line not in before]:
            self._served.add(published_note, lines)


def _to_cosign(note: bytes, prove: ProveConsistency) -> ToCosign:
    checkpoint = parse_checkpoint_text(parse_note(note).text)
    return ToCosign(checkpoint, note, lambda old_size: prove(old_size, checkpoint.tree_size))


def _text_of(note: bytes) -> bytes:
    """Give a note's text; of a file that is no note, which the next checkpoint replaces, none."""
    try:
        return parse_note(note).text
    except MalformedNote:
        return b""


def _size_of(text: bytes) -> int:
    try:
        return parse_checkpoint_text(text).tree_size
    except MalformedCheckpoint:
        return 0
