"""Recompute: the published figures, made again from the public log and documents alone.

It needs the two anchors and nothing else from the operator: entries leave the log only proven
under its signed checkpoint. Then the same fold runs as in the server, without any database.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

import msgspec

from domain.calendars import NATIONAL_CALENDAR, Calendar
from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord
from domain.veils import VeilAct
from ledger.documents import DocumentSource
from ledger.key_files import Anchors
from ledger.opening import LONGEST_PUBLICATION_DELAY_SECONDS
from projections.counts import (
    ALL_HISTORY,
    CheckpointReference,
    CountStatistics,
    Figure,
    Span,
    count_dossiers,
)
from projections.dossier_rows import DossierRow, row_of
from projections.durations import measure_durations
from projections.entries import EntryUnreadable, sealed_groups
from projections.petitions.figures import NO_PETITIONS, PetitionCounts, count_petitions
from projections.petitions.rows import PetitionRow, row_of_petition
from projections.petitions.standing import PetitionWorld
from projections.states import StreamStates
from projections.statistics.by_acts.adding import SeenActAdder, SeenActs
from projections.statistics.by_acts.in_memory import ActsInMemory
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.lines import LineForm, join_lines
from projections.statistics.places import Places, places_of
from projections.tallies.adding import NO_TALLIES, TallyAdder, TallySums
from projections.tallies.published import RatingTally
from projections.tallies.veiled import NOTHING_VEILED, VeilAdder, VeilSums
from projections.veiled.counts import VeilCounts, veils_of
from transparency.checkpoints import open_checkpoint
from transparency.encoding import encode_base64, render_utc_milliseconds
from transparency.errors import ProofInvalid
from transparency.hashing import leaf_hash
from transparency.merkle import Frontier
from transparency.tile_store import LogSource
from transparency.trusted_log import TrustedLog

LONGEST_LAG: Final = timedelta(seconds=LONGEST_PUBLICATION_DELAY_SECONDS)

_KEY_FIELDS: Final = ("office", "procedure", "period")
_COUNTED_FIELDS: Final = tuple(name for name in Figure.__struct_fields__ if name not in _KEY_FIELDS)


@dataclass(frozen=True, slots=True)
class PublicWorld:
    """All dossiers as the log leaves them at a published size, and the offices' time zones.

    Petitions are counted already: their clocks need offices and calendar. `tallies` is what the
    tallies of ratings add up to; `veils` counts what the log says of veiled dossiers, and
    `veil_sums` is what their tallies add up to. `acts` are what figures look at, by stream.
    """

    rows: tuple[DossierRow, ...]
    zones: dict[str, str]
    checkpoint: CheckpointReference
    sealed_at: datetime
    petitions: PetitionCounts = NO_PETITIONS
    tallies: TallySums = NO_TALLIES
    veils: VeilCounts = field(default_factory=dict)
    veil_sums: VeilSums = NOTHING_VEILED
    places: Places = field(default_factory=Places)
    calendar: Calendar | None = None
    acts: SeenActs = field(default_factory=dict)
    offices: Mapping[str, OfficeRecord] = field(default_factory=dict)
    procedures: Mapping[str, ProcedureRecord] = field(default_factory=dict)
    petition_rows: tuple[PetitionRow, ...] = ()


class FiguresOfWorld:
    """Everything that public statistics are made from, of a world that was replayed."""

    def __init__(self, world: PublicWorld) -> None:
        """Add up all dossiers.

        Raises:
            StoreCorrupt: a dossier was accepted by an office that is not registered.
        """
        self._world = world
        self._cells = CellsInMemory(world.rows, world.places, world.sealed_at)
        self._acts: ActsInMemory | None = None

    def checkpoint(self) -> CheckpointReference:
        """Give the checkpoint that the log was replayed up to."""
        return self._world.checkpoint

    def as_of(self) -> datetime:
        """Give the time of its seal."""
        return self._world.sealed_at

    def cells(self) -> CellsInMemory:
        """Give the cells of open dossiers."""
        return self._cells

    def count_lines(
        self, span: Span, office: str | None, procedure: str | None, form: LineForm
    ) -> bytes:
        """Give the figures of `counts@v1`, by the slow fold over all dossiers."""
        rows = self._rows(office, procedure)
        counts = count_dossiers(rows, self._world.sealed_at, self._world.zones, span)
        return join_lines(counts.figures, form)

    def duration_lines(
        self,
        span: Span,
        office: str | None,
        procedure: str | None,
        form: LineForm,
        *,
        by_period: bool,
    ) -> bytes:
        """Give the figures of `durations@v1`, by the slow fold over all dossiers."""
        rows = self._rows(office, procedure)
        found = measure_durations(rows, self._world.zones, span, by_period=by_period)
        return join_lines(found, form)

    def _rows(self, office: str | None, procedure: str | None) -> Iterator[DossierRow]:
        return (
            row
            for row in self._world.rows
            if office in (None, row.office) and procedure in (None, row.procedure)
        )

    def acts(self) -> ActsInMemory:
        """Give the cells made from acts of open dossiers, added up when first asked for."""
        if self._acts is None:
            world = self._world
            self._acts = ActsInMemory(world.rows, world.acts, world.places, world.sealed_at)
        return self._acts

    def veils(self) -> VeilCounts:
        """Give the counts of veils."""
        return self._world.veils

    def petitions(self) -> PetitionCounts:
        """Give the counts of petitions."""
        return self._world.petitions

    def tallies(self) -> tuple[RatingTally, ...]:
        """Give the tallies of ratings."""
        return self._world.tallies.published


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One count that was published otherwise than the log has it."""

    office: str
    procedure: str
    period: str
    field: str
    published: int | str
    recomputed: int | str


@dataclass(frozen=True, slots=True)
class Lag:
    """How many entries figures lack, and for how long, at least, the oldest was in the ledger."""

    entries: int
    time: timedelta

    @property
    def is_too_long(self) -> bool:
        """Tell whether the figures are older than the ledger promises its entries to be public."""
        return self.time > LONGEST_LAG


NO_LAG: Final = Lag(0, timedelta(0))


def replay_log(
    source: LogSource,
    anchors: Anchors,
    documents: DocumentSource,
    tree_size: int | None = None,
) -> PublicWorld:
    """Fold the public log up to its newest checkpoint, or up to an earlier published size.

    Raises:
        TransparencyError: the log is not what its key signed, or cannot be read.
        EntryUnreadable: an entry cannot be folded, or the size is no published one.
    """
    signed = open_checkpoint(source.read_checkpoint(), anchors.logs)
    log = TrustedLog(source, signed)
    size = log.tree_size if tree_size is None else tree_size
    if not 0 < size <= log.tree_size:
        raise EntryUnreadable(size, f"the log has {log.tree_size} entries")
    fold = PublicFold(anchors.origin, documents)
    fold.advance(log, size)
    if size == log.tree_size and fold.root_hash() != signed.checkpoint.root_hash:
        raise ProofInvalid("the entries do not lead to the signed root")
    return fold.world()


class PublicFold:
    """The public log folded so far; it goes on from one published size to the next."""

    def __init__(self, ledger: str, documents: DocumentSource):
        self._ledger = ledger
        self._states = StreamStates(ledger, documents)
        self._frontier = Frontier()
        self._adder = TallyAdder(ledger, documents)
        self._veil_adder = VeilAdder(ledger, documents)
        self._veils = Counter[tuple[str, str, VeilAct]]()
        self._last: datetime | None = None
        self._acts = SeenActAdder()

    @property
    def tree_size(self) -> int:
        """Count the entries folded."""
        return self._frontier.tree_size

    def root_hash(self) -> bytes:
        """Give the root that the entries folded lead to."""
        return self._frontier.root_hash()

    def advance(self, log: TrustedLog, tree_size: int) -> None:
        """Fold the log up to a published size.

        Raises:
            TransparencyError: the log is not what its key signed, or cannot be read.
            EntryUnreadable: an entry cannot be folded, or the size is no published one; then
                nothing more can be folded.
        """
        for group in sealed_groups(self._hashed(log, tree_size), self._ledger, b""):
            for entry in group.entries:
                self._acts.take(entry, self._states.apply(entry))
            self._veils.update(veils_of((group,)))
            self._last = group.sealed_at

    def world(self) -> PublicWorld:
        """Give what the log leaves at the size that was folded last."""
        assert self._last is not None
        record = self._states.calendar(NATIONAL_CALENDAR)
        return PublicWorld(
            tuple(row_of(dossier) for dossier in self._states.dossiers()),
            self._states.zones(),
            CheckpointReference(self.tree_size, encode_base64(self.root_hash())),
            self._last,
            _count_petitions(self._states, self._last),
            self._adder.sums(),
            Counter(self._veils),
            self._veil_adder.sums(),
            places_of([*self._states.offices().values(), *self._states.procedures().values()]),
            None if record is None else record.calendar,
            self._acts.seen(),
            self._states.offices(),
            self._states.procedures(),
            tuple(_petition_rows(self._states)),
        )

    def _hashed(self, log: TrustedLog, tree_size: int) -> Iterator[tuple[int, bytes]]:
        start = self.tree_size
        for entry_index, entry in enumerate(log.entries(start, tree_size), start):
            self._frontier.append(leaf_hash(entry))
            self._adder.take(entry_index, entry)
            self._veil_adder.take(entry_index, entry)
            yield entry_index, entry


def _petition_rows(states: StreamStates) -> list[PetitionRow]:
    return [row_of_petition(stream, one) for stream, one in states.petitions().items()]


def _count_petitions(states: StreamStates, as_of: datetime) -> PetitionCounts:
    rows = _petition_rows(states)
    record = states.calendar(NATIONAL_CALENDAR)
    calendar = None if record is None else record.calendar
    return count_petitions(rows, PetitionWorld(states.offices(), calendar, as_of))


def figures_from_log(
    source: LogSource,
    anchors: Anchors,
    documents: DocumentSource,
    tree_size: int | None = None,
    span: Span = ALL_HISTORY,
) -> CountStatistics:
    """Give the counts that the public log says, to be compared with the published ones.

    Raises:
        TransparencyError, EntryUnreadable: as `replay_log`.
    """
    return count_world(replay_log(source, anchors, documents, tree_size), span)


def count_world(world: PublicWorld, span: Span = ALL_HISTORY) -> CountStatistics:
    """Count a world that was replayed."""
    counts = count_dossiers(world.rows, world.sealed_at, world.zones, span)
    return CountStatistics(
        figures=counts.figures,
        total=counts.total,
        checkpoint=world.checkpoint,
        as_of=render_utc_milliseconds(world.sealed_at),
    )


def measure_lag(log: TrustedLog, ledger: str, figures_size: int) -> Lag:
    """Measure how far figures as of a published size are behind a log.

    The oldest entry that they lack was recorded at the first published seal after their size, and
    the newest seal is a later instant that the ledger's clock had surely reached: what lies
    between is how long they stood still, by the ledger's own signed word. Neither the reader's
    clock (a demo's is months away from it) nor the seal that the figures end in (before it a
    ledger may have rested for days) accuses a follower that a moment ago was level. What no seal
    dates yet does not count: of a ledger that fell silent, the next seal tells.

    The log must have been opened before the figures were asked for, or a follower that is quick
    would look late.

    Raises:
        TransparencyError: the log is not what its key signed, or cannot be read.
        EntryUnreadable: an entry after the figures cannot be read, or their size is no
            published one.
    """
    entries = log.tree_size - figures_size
    if entries <= 0:
        return NO_LAG
    bodies = enumerate(log.entries(figures_size, log.tree_size), figures_size)
    seals = [group.sealed_at for group in sealed_groups(bodies, ledger, b"")]
    return Lag(entries, seals[-1] - seals[0])


def compare(published: CountStatistics, recomputed: CountStatistics) -> list[Difference]:
    """Give every field in which the two differ; both must be of one span and one size."""
    differences = [*_compare_heads(published, recomputed), *_repeated(published)]
    theirs, ours = _by_key(published), _by_key(recomputed)
    for key in sorted(theirs.keys() | ours.keys()):
        differences += _compare_figures(key, theirs.get(key), ours.get(key))
    return differences


def _by_key(statistics: CountStatistics) -> dict[tuple[str, str, str], Figure]:
    return {_key(figure): figure for figure in chain(statistics.figures, (statistics.total,))}


def _key(figure: Figure) -> tuple[str, str, str]:
    return figure.office, figure.procedure, figure.period


def _repeated(published: CountStatistics) -> Iterator[Difference]:
    """Name figures that are published more than once: a reader may see the other one."""
    times = Counter(map(_key, chain(published.figures, (published.total,))))
    for key, number in sorted(times.items()):
        if number > 1:
            yield _difference(key, "times_published", number, 1)


def _compare_heads(published: CountStatistics, recomputed: CountStatistics) -> Iterator[Difference]:
    pairs: dict[str, tuple[int | str, int | str]] = {
        "definition": (published.definition, recomputed.definition),
        "checkpoint.size": (published.checkpoint.size, recomputed.checkpoint.size),
        "checkpoint.root": (published.checkpoint.root, recomputed.checkpoint.root),
        "as_of": (published.as_of, recomputed.as_of),
    }
    for member, (theirs, ours) in pairs.items():
        if theirs != ours:
            yield _difference(("", "", ""), member, theirs, ours)


def _compare_figures(
    key: tuple[str, str, str], published: Figure | None, recomputed: Figure | None
) -> Iterator[Difference]:
    """Compare field by field; a figure that one side lacks is one of zeros."""
    for name in _COUNTED_FIELDS:
        theirs: int = getattr(published, name, 0)
        ours: int = getattr(recomputed, name, 0)
        if theirs != ours:
            yield _difference(key, name, theirs, ours)


def _difference(
    key: tuple[str, str, str], field: str, published: int | str, recomputed: int | str
) -> Difference:
    office, procedure, period = key
    return Difference(
        office=office,
        procedure=procedure,
        period=period,
        field=field,
        published=published,
        recomputed=recomputed,
    )
