"""The follower: reads the ledger's entries up to the published checkpoint and keeps the views.

It reads by entry index; an index that is missing is an alarm, never a gap to jump. What it folds
moves into the views together with the position, at published checkpoints only, so that every
figure is as of one of them. It can be stopped at any instruction and continues where the views
stand; deleting the views makes it fold everything again, with the same result. The acts of veiled
dossiers, which are no entries, it folds between them (`projections.stored.veiled_events`). A
projection that fails stops alone (`projections.parts`); where reading or the core fails, all stop.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final, Protocol

from domain.decisions import StreamState
from domain.procedures import Procedure
from ledger.documents import DocumentSource
from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.storage.port import PublishedCheckpoint, StoredEntry, StoredEvent
from projections.dossier_rows import Act, act_of
from projections.entries import PublicEntry, SealedGroup, read_checkpoint_note, sealed_groups
from projections.folding.uncollected import uncollected
from projections.holders import (
    ErasedAmong,
    HolderMark,
    OpenManyPrivate,
    OpenPrivate,
    brings_mark,
    holder_mark,
    is_erasure,
)
from projections.parts.registry import CORE, Projection
from projections.requested_papers import (
    DossierPlace,
    RequestedPaper,
    asks_for_papers,
    is_opened,
    procedure_holding,
    requested_papers,
)
from projections.states import StreamStates
from projections.stored.veiled_events import VeiledActs
from projections.veiled.counts import NO_VEILS, VeilCounts, veils_of
from projections.views import Position, Views, ViewUpdate
from transparency.seals import is_seal, parse_seal
from transparency.tiles import TILE_WIDTH

# Whole bundles, and from where one begins: each is then read and proven once.
READ_BATCH: Final = 2 * TILE_WIDTH
ENTRIES_PER_TRANSACTION: Final = 2_000
# Whoever makes everything again writes a dossier once for many of its acts.
ENTRIES_WHEN_FAR_BEHIND: Final = 20_000
MAX_STATES_IN_MEMORY: Final = 50_000
# What is told of a projection that stopped: which, and by what.
Tell = Callable[[Projection, Exception], None]
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
    erased: ErasedAmong | None = None

    def opener_for(self, entries: Sequence[PublicEntry]) -> OpenPrivate:
        """Give what opens these entries; at once where the vault can, since one by one is slow."""
        if self.open_many is None:
            return self.open_private
        return self.open_many([entry.text_hash for entry in entries if is_opened(entry)]).get


@dataclass(slots=True)
class PrivateRows:
    """What the holders' projection takes from a step's entries, until something of it fails."""

    view_secret: bytes
    open_private: OpenPrivate | None = None
    marks: list[HolderMark] = field(default_factory=list)
    papers: list[RequestedPaper] = field(default_factory=list)
    failure: Exception | None = None

    @contextmanager
    def stopping(self) -> Iterator[None]:
        """Let what is done here fail alone; a store that fails is asked again with all else."""
        try:
            yield
        except (StoreUnavailable, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - the edge of a projection: it stops alone
            self.failure = error


class Follower:
    """Keeps the views of one ledger as of its published checkpoint."""

    def __init__(
        self,
        ledger: str,
        reader: EntryReader,
        views: Views,
        documents: DocumentSource,
        private: PrivateFold | None,
        tell: Tell | None = None,
    ) -> None:
        """``tell`` hears once of each projection that stops alone.

        Without it none may: whoever makes views to compare them wants them whole, so what failed
        is raised. Without ``private`` nothing is folded for the holders' projection.
        """
        self._ledger = ledger
        self._reader = reader
        self._views = views
        self._documents = documents
        self._private = private
        self._tell = tell
        self._failure: Exception | None = None
        self._states = self._empty_states()
        self._rebuilds = 0
        self._folds_private = True
        # Whether the views may say that the core has stopped: perhaps since an earlier process.
        self._core_may_be_stopped = True

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
        position = self._look_at_views()
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

    def _look_at_views(self) -> Position | None:
        with self._views.reading() as reader:
            rebuilds = reader.rebuilds()
            has_stopped = Projection.HOLDERS in reader.stops()
            self._folds_private = self._private is not None and not has_stopped
            position = reader.position()
        if rebuilds != self._rebuilds:
            # What is remembered may be of rows that are not there any more.
            self._rebuilds, self._states = rebuilds, self._empty_states()
        return position

    def run(self, stop: threading.Event, poll_seconds: float) -> None:
        """Catch up again and again until told to stop, or until something is wrong.

        A store that is unavailable is asked again; any other failure ends the follower and stays
        on record in `failure`, and in the views as the stop of the core, until a follower gets on.
        """
        while not stop.is_set():
            try:
                self.catch_up()
                if self._core_may_be_stopped:
                    self._views.end_stop(CORE)
                    self._core_may_be_stopped = False
                self._failure = None
            except StoreUnavailable as error:
                self._failure = error
            except Exception as error:  # noqa: BLE001 - the edge of a follower: it stops here
                self._failure = error
                self._note_end(error)
                return
            stop.wait(poll_seconds)

    def _note_end(self, error: Exception) -> None:
        if self._tell is not None:
            self._tell(CORE, error)
        self._core_may_be_stopped = True
        # Where the views cannot be written, they show by standing still that something is wrong.
        with suppress(StoreUnavailable):
            self._views.stop(CORE, error)

    def _fold(self, position: Position | None, published: PublishedCheckpoint) -> None:
        start = 0 if position is None else position.log_position
        veiled_position = 0 if position is None else position.veiled_position
        veiled = VeiledActs(self._ledger, self._reader, veiled_position)
        bodies = self._bodies(start, published.tree_size)
        if position is not None:
            bodies = _continuing(bodies, position)
        is_far_behind = published.tree_size - start > FAR_BEHIND
        waiting: list[SealedGroup] = []
        held = 0
        most = ENTRIES_WHEN_FAR_BEHIND if is_far_behind else ENTRIES_PER_TRANSACTION
        with uncollected(when=is_far_behind):
            for group in sealed_groups(bodies, self._ledger, published.note):
                if held >= most:
                    position = self._write(position, waiting, veiled, counts_later=is_far_behind)
                    waiting, held = [], 0
                waiting.append(group)
                held += len(group.entries)
            if waiting:
                position = self._write(position, waiting, veiled)
        if position is not None:
            self._write_veiled(position, veiled)

    def _bodies(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        for begin in range(start - start % READ_BATCH, end, READ_BATCH):
            first, last = max(start, begin), min(end, begin + READ_BATCH)
            batch = self._reader.entries(first, last)
            indexes = [entry.entry_index for entry in batch]
            if indexes != list(range(first, last)):
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
        entries = [entry for group in groups for entry in veiled.woven_into(group.entries)]
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
        private = self._private_rows(entries)
        erased = [entry.action.stream for entry in entries if is_erasure(entry)]
        states, acts = self._take_in(entries, private)
        failed = self._views.write(
            ViewUpdate(
                old_log_position=0 if old is None else old.log_position,
                position=position,
                states=states,
                acts=acts,
                holder_marks=private.marks,
                erased=tuple(erased),
                erased_among=None if self._private is None else self._private.erased,
                papers=private.papers,
                old_veiled_position=0 if old is None else old.veiled_position,
                veils=veils,
                counts_later=counts_later,
                rebuilds=self._rebuilds,
                holders_failure=private.failure,
            )
        )
        for each in failed:
            if self._tell is None:
                raise each.error
            self._folds_private = self._folds_private and each.projection is not Projection.HOLDERS
            self._tell(each.projection, each.error)
        self._states.forget_dossiers(MAX_STATES_IN_MEMORY)

    def _take_in(
        self, entries: Sequence[PublicEntry], private: PrivateRows
    ) -> tuple[dict[str, StreamState], list[Act]]:
        """Fold entries, and give the states that they leave and their acts."""
        self._states.prefetch([entry.action.stream for entry in entries])
        states: dict[str, StreamState] = {}
        acts: list[Act] = []
        has_private = private.open_private is not None
        apply, take_moved = self._states.apply, self._states.take_moved
        for entry in entries:
            states[entry.action.stream] = state = apply(entry)
            moved = take_moved()
            if moved:
                states |= moved
            acts.append(act_of(entry, state))
            if has_private:
                self._add_private(private, entry)
        return states, acts

    def _private_rows(self, entries: Sequence[PublicEntry]) -> PrivateRows:
        private = self._private if self._folds_private else None
        rows = PrivateRows(b"" if private is None else private.view_secret)
        if private is not None:
            with rows.stopping():
                rows.open_private = private.opener_for(entries)
        return rows

    def _add_private(self, rows: PrivateRows, entry: PublicEntry) -> None:
        """Add what the private part of an entry brings to the holders' projection."""
        if rows.open_private is None or rows.failure is not None or not is_opened(entry):
            return
        with rows.stopping():
            if brings_mark(entry):
                mark = holder_mark(entry, rows.open_private, rows.view_secret)
                if mark is not None:
                    rows.marks.append(mark)
            if asks_for_papers(entry):
                listing = self._procedure_of(entry)
                rows.papers += requested_papers(entry, listing, rows.open_private, rows.view_secret)

    def _procedure_of(self, entry: PublicEntry) -> Procedure | None:
        """Give the version of the procedure whose list of papers holds for an entry's dossier."""
        dossier = self._states.dossier(entry.action.stream)
        assert dossier is not None
        place = DossierPlace(dossier.procedure, dossier.office, dossier.procedure_version)
        return procedure_holding(place, entry.action, self._states)

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
