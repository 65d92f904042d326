"""The follower: reads the ledger's entries up to the published checkpoint and keeps the views.

It reads by entry index; an index that is missing is an alarm, never a gap to jump. What it folds
moves into the views together with the position, at published checkpoints only, so that every
figure is as of one of them. It can be stopped at any instruction and continues where the views
stand; deleting the views makes it fold everything again, with the same result. The acts of veiled
dossiers, which are no entries, it folds between them (`projections.stored.veiled_events`).
"""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, Protocol

from domain.decisions import StreamState
from domain.dossiers import Dossier
from ledger.documents import DocumentSource
from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.storage.port import PublishedCheckpoint, StoredEntry, StoredEvent
from projections.dossier_rows import Act, act_of
from projections.entries import PublicEntry, SealedGroup, read_checkpoint_note, sealed_groups
from projections.holders import (
    HolderMark,
    OpenManyPrivate,
    OpenPrivate,
    brings_mark,
    holder_mark,
    is_erasure,
)
from projections.requested_papers import RequestedPaper, asks_for_papers, requested_papers
from projections.states import StreamStates
from projections.stored.veiled_events import VeiledActs
from projections.veiled.counts import NO_VEILS, VeilCounts, veils_of
from projections.views import Position, Views, ViewUpdate
from transparency.seals import is_seal, parse_seal

READ_BATCH: Final = 500
ENTRIES_PER_TRANSACTION: Final = 2_000
MAX_STATES_IN_MEMORY: Final = 50_000
# Whoever is that far behind counts once, at the end: until then there are no statistics.
FAR_BEHIND: Final = 20_000


class EntryReader(Protocol):
    """What is followed: a ledger's entries up to its checkpoint, and what is recorded besides."""

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""

    def checkpoint(self) -> PublishedCheckpoint | None:
        """Give the published checkpoint, or None before the first."""

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give the next acts of veiled dossiers after one, in order of recording."""


@dataclass(frozen=True, slots=True)
class PrivateFold:
    """What the private views are folded with: the vault's key to details, and the view secret."""

    open_private: OpenPrivate
    view_secret: bytes
    open_many: OpenManyPrivate | None = None

    def opener_for(self, entries: Sequence[PublicEntry]) -> OpenPrivate:
        """Give what opens these entries; at once where the vault can, since one by one is slow."""
        if self.open_many is None:
            return self.open_private
        wanted = [
            entry.text_hash for entry in entries if brings_mark(entry) or asks_for_papers(entry)
        ]
        return self.open_many(wanted).get


class Follower:
    """Keeps the views of one ledger as of its published checkpoint."""

    def __init__(
        self,
        ledger: str,
        reader: EntryReader,
        views: Views,
        documents: DocumentSource,
        private: PrivateFold,
    ) -> None:
        self._ledger = ledger
        self._reader = reader
        self._views = views
        self._documents = documents
        self._private = private
        self._failure: Exception | None = None
        self._states = self._empty_states()

    @property
    def failure(self) -> Exception | None:
        """Give what stopped the follower, or keeps it from reading; None while all is well."""
        return self._failure

    def catch_up(self) -> Position | None:
        """Fold everything up to the published checkpoint, and give where the views stand.

        Raises:
            StoreCorrupt: an index is missing, or the views are not of this ledger's log.
            EntryUnreadable: a published entry cannot be folded.
            StoreUnavailable: a database failed; what was written before stays.
        """
        published = self._reader.checkpoint()
        position = self.position()
        if published is None and position is None:
            return None
        start = 0 if position is None else position.log_position
        if published is None or published.tree_size < start:
            raise StoreCorrupt("the views are ahead of the published checkpoint")
        if (
            published.tree_size == start
            and position is not None
            and not _is_of(published.note, position)
        ):
            raise StoreCorrupt("the published checkpoint has another root than the views")
        try:
            self._fold(position, published)
        except BaseException:
            # Memory is ahead of the views, which took nothing of the last step.
            self._states = self._empty_states()
            raise
        return self.position()

    def position(self) -> Position | None:
        """Give the checkpoint that the views are as of; None before the first."""
        with self._views.reading() as reader:
            return reader.position()

    def run(self, stop: threading.Event, poll_seconds: float) -> None:
        """Catch up again and again until told to stop, or until something is wrong.

        A store that is unavailable is asked again; any other failure ends the follower and stays
        on record in `failure`.
        """
        while not stop.is_set():
            try:
                self.catch_up()
                self._failure = None
            except StoreUnavailable as error:
                self._failure = error
            except Exception as error:  # noqa: BLE001 - the edge of a follower: it stops here
                self._failure = error
                return
            stop.wait(poll_seconds)

    def _fold(self, position: Position | None, published: PublishedCheckpoint) -> None:
        start = 0 if position is None else position.log_position
        veiled_position = 0 if position is None else position.veiled_position
        veiled = VeiledActs(self._ledger, self._reader, veiled_position)
        bodies = self._bodies(start, published.tree_size)
        if position is not None:
            bodies = _continuing(bodies, position)
        is_far_behind = published.tree_size - start > FAR_BEHIND
        waiting: list[SealedGroup] = []
        for group in sealed_groups(bodies, self._ledger, published.note):
            if sum(len(held.entries) for held in waiting) >= ENTRIES_PER_TRANSACTION:
                position = self._write(position, waiting, veiled, counts_later=is_far_behind)
                waiting = []
            waiting.append(group)
        if waiting:
            position = self._write(position, waiting, veiled)
        if position is not None:
            self._write_veiled(position, veiled)

    def _bodies(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        for first in range(start, end, READ_BATCH):
            batch = self._reader.entries(first, min(end, first + READ_BATCH))
            indexes = [entry.entry_index for entry in batch]
            if indexes != list(range(first, min(end, first + READ_BATCH))):
                raise StoreCorrupt(f"the ledger skips an entry after {first}")
            for entry in batch:
                yield entry.entry_index, entry.body

    def _write(
        self,
        old: Position | None,
        groups: Sequence[SealedGroup],
        veiled: VeiledActs,
        *,
        counts_later: bool = False,
    ) -> Position:
        """Fold the entries of some groups, and between them what was recorded between them."""
        entries: list[PublicEntry] = []
        for entry in (entry for group in groups for entry in group.entries):
            assert entry.entry_index is not None
            entries += veiled.take_before(entry.entry_index)
            entries.append(entry)
        position = replace(_position_of(groups[-1]), veiled_position=veiled.veiled_position)
        self._write_entries(old, position, entries, veils_of(groups), counts_later=counts_later)
        return position

    def _write_veiled(self, position: Position, veiled: VeiledActs) -> None:
        """Fold what was recorded after the last entry that the views stand beyond."""
        waiting = veiled.take_before(position.log_position)
        while entries := list(islice(waiting, ENTRIES_PER_TRANSACTION)):
            moved = replace(position, veiled_position=veiled.veiled_position)
            self._write_entries(position, moved, entries)
            position = moved

    def _write_entries(
        self,
        old: Position | None,
        position: Position,
        entries: Sequence[PublicEntry],
        veils: VeilCounts = NO_VEILS,
        *,
        counts_later: bool = False,
    ) -> None:
        self._states.prefetch(entry.action.stream for entry in entries)
        open_private = self._private.opener_for(entries)
        states: dict[str, StreamState] = {}
        acts: list[Act] = []
        marks: list[HolderMark] = []
        papers: list[RequestedPaper] = []
        erased = [entry.action.stream for entry in entries if is_erasure(entry)]
        for entry in entries:
            state = self._states.apply(entry)
            states[entry.action.stream] = state
            states |= self._states.take_moved()
            acts.append(act_of(entry, state))
            mark = holder_mark(entry, open_private, self._private.view_secret)
            if mark is not None:
                marks.append(mark)
            papers += self._papers(entry, state, open_private)
        self._views.write(
            ViewUpdate(
                old_log_position=0 if old is None else old.log_position,
                position=position,
                states=states,
                acts=acts,
                holder_marks=marks,
                erased=tuple(erased),
                papers=papers,
                old_veiled_position=0 if old is None else old.veiled_position,
                veils=veils,
                counts_later=counts_later,
            )
        )
        self._states.forget_dossiers(MAX_STATES_IN_MEMORY)

    def _papers(
        self, entry: PublicEntry, state: StreamState, open_private: OpenPrivate
    ) -> list[RequestedPaper]:
        """Give the papers that an entry asks for, told apart by the list that holds for them."""
        if not asks_for_papers(entry):
            return []
        assert isinstance(state, Dossier)
        record, office = self._states.procedure(state.procedure), self._states.office(state.office)
        procedure = None
        if record is not None and office is not None:
            day = entry.action.at.day_in(office.office.time_zone)
            accepted = record.version(state.procedure_version)
            procedure = accepted or record.version_in_force(day)
        return requested_papers(entry, procedure, open_private, self._private.view_secret)

    def _empty_states(self) -> StreamStates:
        return StreamStates(
            self._ledger, self._documents, self._load_states, self._running_dossiers
        )

    def _running_dossiers(self) -> list[str]:
        with self._views.reading(sees_veiled=True) as reader:
            return reader.running_dossiers()

    def _load_states(self, streams: Iterable[str]) -> Mapping[str, StreamState]:
        with self._views.reading(sees_veiled=True) as reader:
            return reader.states(streams)


def _position_of(group: SealedGroup) -> Position:
    checkpoint = read_checkpoint_note(group.checkpoint_note)
    if checkpoint.tree_size != group.tree_size:
        raise StoreCorrupt(f"the checkpoint of size {group.tree_size} names another size")
    return Position(group.tree_size, checkpoint.root_hash, group.sealed_at, group.checkpoint_note)


def _is_of(note: bytes, position: Position) -> bool:
    checkpoint = read_checkpoint_note(note)
    return (checkpoint.tree_size, checkpoint.root_hash) == (
        position.log_position,
        position.root_hash,
    )


def _continuing(
    bodies: Iterable[tuple[int, bytes]], position: Position
) -> Iterator[tuple[int, bytes]]:
    """Pass entries on, and check that the first seal embeds the checkpoint of the views."""
    checked = False
    for entry_index, body in bodies:
        if not checked and is_seal(body):
            checked = True
            if not _is_of(parse_seal(body).previous_checkpoint, position):
                raise StoreCorrupt("the log does not continue from the checkpoint of the views")
        yield entry_index, body
