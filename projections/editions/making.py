"""Making editions: the public log folded day by day into views of its own, and written out.

The maker reads tiles and public documents alone, as anybody can, and proves every entry under the
signed checkpoint. Its views go on from one edition to the next (`kept_views`); they may be deleted
and are folded again. An edition that is there is never written again.
"""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Final

from ledger.documents import DocumentSource
from ledger.errors import LedgerBusy
from ledger.key_files import Anchors
from ledger.storage.port import PublishedCheckpoint, StoredEntry, StoredEvent
from projections.comparing import NOTHING_PRIVATE
from projections.editions.composing import PreviousEdition, compose, previous_of
from projections.editions.contents import NEWEST
from projections.editions.days import (
    PlannedEdition,
    Stand,
    day_of,
    plan_editions,
    published_stands,
)
from projections.editions.errors import EditionDiffers
from projections.editions.figures import Answering, EditionFigures, figures_in_views
from projections.editions.folder import EditionFolder
from projections.editions.kept_views import open_kept_views
from projections.follower import Follower
from projections.tallies.logged import LoggedStreams
from projections.tallies.published import RatingTally, Tallies
from projections.views import Views
from transparency.checkpoints import open_checkpoint
from transparency.encoding import parse_utc_milliseconds
from transparency.errors import ProofInvalid, TileNotFound
from transparency.tile_store import LogSource
from transparency.trusted_log import FullTiles, TrustedLog

# Told how many seconds an edition took; says whether to stop.
Pausing = Callable[[float], bool]

_LOCK_FILE: Final = "lock"


def _never_pausing(_seconds: float) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class EditionSources:
    """What editions are made from; the anchors are asked for anew, since log keys change."""

    log: LogSource
    documents: DocumentSource
    anchors: Callable[[], Anchors]
    answering: Answering


class EditionMaker:
    """Makes the editions of one ledger; ``place`` is the folder of its views, which may be lost."""

    def __init__(self, sources: EditionSources, folder: EditionFolder, place: Path) -> None:
        self._sources = sources
        self._folder = folder
        self._place = place
        self._full_tiles = FullTiles(sources.log)
        # At which size everything final was there, and which day was running: None before a look.
        self._looked_at = 0
        # Up to which size everything final is there, as far as this maker has looked.
        self.stands_at = 0
        self._running: date | None = None

    def make_due(self, pausing: Pausing = _never_pausing) -> list[date]:
        """Make the editions that are final and not there, and give their days.

        After each, ``pausing`` is told how many seconds it took; where it says so, the rest waits.

        Raises:
            EditionDiffers: the log is not the one whose editions were made, or goes on within a
                day whose edition was made.
            LedgerBusy: another process makes editions.
            EntryUnreadable, TransparencyError: the log cannot be read, or is not to be believed.
            StoreUnavailable, StoreCorrupt: a disk or the maker's views fail.
        """
        log = self._open_log()
        if log is None:
            return []
        if self._same_day_runs(log):
            self.stands_at = log.tree_size
            return []
        with self._locked():
            last = self._last_made()
            if last is not None:
                self._check_extends(log, last)
            planned = _plan(log, last)
            due = planned[:-1]
            made = self._make(due, last, pausing)
        self._note_look(log, planned, made)
        return made

    def _note_look(
        self, log: TrustedLog, planned: Sequence[PlannedEdition], made: Sequence[date]
    ) -> None:
        left = planned[len(made) : -1]
        if left:
            self.stands_at = left[0].previous.stand.tree_size if left[0].previous else 0
        elif planned:
            self.stands_at = self._looked_at = log.tree_size
            self._running = planned[-1].day

    def _open_log(self) -> TrustedLog | None:
        try:
            note = self._sources.log.read_checkpoint()
        except TileNotFound:
            return None
        signed = open_checkpoint(note, self._sources.anchors().logs)
        return TrustedLog(self._sources.log, signed, self._full_tiles)

    def _last_made(self) -> PlannedEdition | None:
        days = self._folder.days()
        if not days:
            return None
        manifest = self._folder.manifest(days[-1])
        note = manifest.checkpoint_note.encode()
        sealed_at = parse_utc_milliseconds(manifest.as_of)
        return PlannedEdition(days[-1], Stand(manifest.checkpoint.size, sealed_at, note))

    def _check_extends(self, log: TrustedLog, last: PlannedEdition) -> None:
        if last.stand.tree_size > log.tree_size:
            raise EditionDiffers(f"the log is shorter than when the edition of {last.day} was made")
        log.check_extends(open_checkpoint(last.stand.note, self._sources.anchors().logs))

    def _same_day_runs(self, log: TrustedLog) -> bool:
        """Tell by the last seal alone that no day has become final since the last look."""
        if self._running is None or log.tree_size < self._looked_at:
            return False
        if log.tree_size == self._looked_at:
            return True
        (newest,) = _stands(log, log.tree_size - 1)
        return day_of(newest.sealed_at) == self._running

    def _make(
        self, due: Sequence[PlannedEdition], last: PlannedEdition | None, pausing: Pausing
    ) -> list[date]:
        if not due:
            return []
        made: list[date] = []
        if last is not None:
            self._check_kept(last.day)
        # Views beyond the last edition cannot say what it looked like: they begin anew.
        with closing(open_kept_views(self._place, (last or due[0]).stand.tree_size)) as views:
            steps, anchors = _Steps(self._sources, self._full_tiles), self._sources.anchors()
            documents = self._sources.documents
            follower = Follower(anchors.origin, steps, views, documents, NOTHING_PRIVATE)
            folded = _Folded(views, steps, anchors.origin, documents)
            previous = None
            if last is not None:
                steps.stand_at(last.stand)
                follower.catch_up()
                # By this program, as whoever makes it again does: an older one may have counted
                # otherwise, or have left out what is compared by now.
                previous = self._look(last, folded)
            for planned in due:
                started = perf_counter()
                steps.stand_at(planned.stand)
                follower.catch_up()
                self._folder.write(planned.day, self._compose(anchors, planned, folded, previous))
                self._check_kept(planned.day)
                previous = self._look(planned, folded)
                made.append(planned.day)
                if pausing(perf_counter() - started):
                    break
        return made

    def _compose(
        self,
        anchors: Anchors,
        planned: PlannedEdition,
        folded: "_Folded",
        previous: PreviousEdition | None,
    ) -> dict[str, bytes]:
        with folded.figures(planned) as figures:
            return compose(anchors, planned, figures, previous, self._sources.answering)

    def _look(self, planned: PlannedEdition, folded: "_Folded") -> PreviousEdition:
        with folded.figures(planned) as figures:
            return previous_of(planned, figures, self._sources.answering)

    def _check_kept(self, day: date) -> None:
        """Check that an edition is what it was made as, as far as the next one looks at it."""
        manifest = self._folder.manifest(day)
        listed = {file.name for file in manifest.files}
        for name in NEWEST.looked_at:
            if name in listed:
                self._folder.checked(manifest, name)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._place.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._place / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise LedgerBusy("another process makes editions of this data folder") from error
        finally:
            os.close(descriptor)


def _plan(log: TrustedLog, last: PlannedEdition | None) -> list[PlannedEdition]:
    return list(plan_editions(_stands(log, 0 if last is None else last.stand.tree_size), last))


def _stands(log: TrustedLog, start: int) -> Iterator[Stand]:
    bodies = enumerate(log.entries(start, log.tree_size), start)
    return published_stands(bodies, log.signed_checkpoint.note)


class _Steps:
    """The public log as a follower reads a ledger, under one published checkpoint after another."""

    def __init__(self, sources: EditionSources, full_tiles: FullTiles) -> None:
        self._sources = sources
        self._full_tiles = full_tiles
        self._log: TrustedLog | None = None

    def stand_at(self, stand: Stand) -> None:
        """Go on to a checkpoint, which the log must have signed."""
        signed = open_checkpoint(stand.note, self._sources.anchors().logs)
        self._log = TrustedLog(self._sources.log, signed, self._full_tiles)

    def checkpoint(self) -> PublishedCheckpoint | None:
        """Give the checkpoint that everything is proven under."""
        if self._log is None:
            return None
        return PublishedCheckpoint(self._log.tree_size, self._log.signed_checkpoint.note)

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        """Give the entries [start, end) in order."""
        assert self._log is not None
        bodies: Iterable[bytes] = self._log.entries(start_index, end_index)
        return [StoredEntry(index, body) for index, body in enumerate(bodies, start_index)]

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        """Give nothing: acts of veiled dossiers are no entries."""
        del after_notification_id, limit
        return ()


@dataclass(frozen=True, slots=True)
class _Folded:
    """The maker's views, and the log that they are folded from; tallies that were read stay."""

    views: Views
    log: _Steps
    ledger: str
    documents: DocumentSource
    kept_tallies: dict[str, RatingTally] = field(default_factory=dict)

    @contextmanager
    def figures(self, planned: PlannedEdition) -> Iterator[EditionFigures]:
        """Give the figures as of an edition's checkpoint.

        Raises:
            ProofInvalid: the views stand somewhere else.
        """
        with self.views.reading() as reader:
            position = reader.position()
            assert position is not None
            if position.log_position != planned.stand.tree_size:
                raise ProofInvalid(f"the views do not stand at {planned.stand.tree_size} entries")
            streams = LoggedStreams(reader.acts_of, self.log)
            tallies = Tallies(self.ledger, streams, self.documents, self.kept_tallies)
            yield figures_in_views(reader, position, tallies)
