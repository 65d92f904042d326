"""Folding the ledger up to where the stored views stand, with the follower's own code."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.documents import DocumentSource
from ledger.storage.port import PublishedCheckpoint, StoredEntry, StoredEvent
from projections.follower import EntryReader, Follower, PrivateFold
from projections.parts.registry import FROM_NOTES, PRIVATE, Projection
from projections.parts.stops import ProjectionStopped
from projections.rebuilding.places import DossierPlaces, NotesFollower
from projections.views import Views

# Told how many entries are done, again and again.
Progress = Callable[[int], None]
NOTHING_PRIVATE: Final = PrivateFold(lambda _text_hash: None, b"")


@dataclass(frozen=True, slots=True)
class RebuildSources:
    """What projections are made from; without ``private`` the holders cannot be."""

    ledger: str
    reader: EntryReader
    documents: DocumentSource
    private: PrivateFold | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Up to where to fold; of veiled dossiers' acts all, where ``veiled_position`` is None."""

    log_position: int
    checkpoint_note: bytes
    veiled_position: int | None


class LedgerUpTo:
    """A ledger as a follower reads it, that ends where the stored views stand."""

    def __init__(self, reader: EntryReader, target: Target, progress: Progress) -> None:
        self._reader = reader
        self._target = target
        self._progress = progress

    def checkpoint(self) -> PublishedCheckpoint:
        """Give the checkpoint of the stored views."""
        return PublishedCheckpoint(self._target.log_position, self._target.checkpoint_note)

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""
        self._progress(start_index)
        return self._reader.entries(start_index, end_index)

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give the next acts of veiled dossiers that the stored views hold."""
        events = self._reader.veiled_events(after_notification_id, limit)
        last = self._target.veiled_position
        return [event for event in events if last is None or event.notification_id <= last]


@dataclass(frozen=True, slots=True)
class Folding:
    """Which projections are made in which views, and from what.

    ``places`` is what is remembered of dossiers where no states are folded; it goes with the views.
    """

    views: Views
    wanted: Collection[Projection]
    sources: RebuildSources
    progress: Progress
    places: DossierPlaces

    def follower_up_to(self, target: Target) -> Follower:
        """Give a follower that ends there, and folds no more than the projections need."""
        sources = self.sources
        reader = LedgerUpTo(sources.reader, target, self.progress)
        private = sources.private or NOTHING_PRIVATE
        wanted_private = private if PRIVATE & frozenset(self.wanted) else None
        if frozenset(self.wanted) <= FROM_NOTES:
            return NotesFollower(reader, self.views, self.places, wanted_private, raise_stopped)
        ledger, documents = sources.ledger, sources.documents
        return Follower(ledger, reader, self.views, documents, wanted_private, raise_stopped)


def begin_folding(
    views: Views, wanted: Collection[Projection], sources: RebuildSources, progress: Progress
) -> Folding:
    """Give the folding of a log from where these views stand: as they are opened, not later."""
    places = DossierPlaces(sources.ledger, sources.documents)
    return Folding(views, wanted, sources, progress, places)


def fold_up_to(target: Target, folding: Folding) -> None:
    """Bring views that are made beside to where the stored ones stand.

    Raises:
        StoreCorrupt, EntryUnreadable: the ledger cannot be folded.
        ProjectionStopped: a projection fails again.
    """
    folding.follower_up_to(target).catch_up()
    folding.progress(target.log_position)


def raise_stopped(projection: Projection, error: Exception) -> None:
    """End a rebuild at a projection that fails again.

    Raises:
        ProjectionStopped: always.
    """
    raise ProjectionStopped(projection.value, f"it fails again: {error!r}") from error
