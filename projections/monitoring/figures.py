"""What a site publishes as figures, compared with the log as of the same checkpoint.

Counts, durations, petitions and veiled dossiers may each be as of a size of their own: the views
move on between two requests. The fold goes from one size to the next; figures that are as of a
smaller size than one compared before are folded from the beginning.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, assert_never

import msgspec

from ledger.anchors import Anchors
from ledger.documents import DocumentSource
from ledger.errors import StoreCorrupt
from projections.counts import CountStatistics
from projections.durations import DurationStatistics, measure_durations
from projections.entries import EntryUnreadable, ProjectionError
from projections.petitions.figures import PetitionStatistics
from projections.recompute import (
    LONGEST_LAG,
    Difference,
    PublicFold,
    PublicWorld,
    compare,
    count_world,
    measure_lag,
)
from projections.veiled.counts import VeiledStatistics, count_veiled
from transparency.encoding import render_utc_milliseconds
from transparency.trusted_log import TrustedLog

FIGURES_DIFFER: Final = "figures_differ"
FIGURES_BEHIND: Final = "figures_behind"
FIGURES_AHEAD: Final = "figures_ahead"
UNREADABLE: Final = EntryUnreadable.code
TIMES_PUBLISHED: Final = "times_published"
# What a comparison judges each time it is made; sums of tallies are of single entries.
JUDGED: Final = frozenset({FIGURES_DIFFER, FIGURES_BEHIND, FIGURES_AHEAD, UNREADABLE})
MAX_NAMED_DIFFERENCES: Final = 5

Statistics = CountStatistics | DurationStatistics | PetitionStatistics | VeiledStatistics


@dataclass(frozen=True, slots=True)
class FigureProblem:
    """One thing that is wrong with what was published; of one entry where a tally is."""

    code: str
    message: str
    entry_index: int | None = None


class FigureMonitor:
    """Holds published figures against one log."""

    def __init__(self, anchors: Anchors, documents: DocumentSource) -> None:
        self._ledger = anchors.origin
        self._documents = documents
        self._fold = PublicFold(self._ledger, documents)
        self._world: PublicWorld | None = None
        self._ahead: dict[str, int] = {}

    @property
    def is_waiting(self) -> bool:
        """Tell whether some figures were of entries that the log did not show yet."""
        return bool(self._ahead)

    def compare(
        self, log: TrustedLog, audited_size: int, published: Mapping[str, Statistics]
    ) -> list[FigureProblem]:
        """Compare what was published, by name, after the log was opened.

        Only figures of entries that were audited are compared; later ones are for the next time.

        Raises:
            TransparencyError, StoreUnavailable: the log cannot be read, or is not what its key
                signed.
        """
        problems: list[FigureProblem] = []
        for name, statistics in sorted(published.items(), key=lambda each: _size_of(each[1])):
            try:
                problems += self._compare_one(log, audited_size, name, statistics)
            except (ProjectionError, StoreCorrupt) as error:
                self._begin_again()
                problems.append(FigureProblem(UNREADABLE, f"{name}: {error}"))
            except BaseException:
                # A fold that was cut off in the middle of a stretch cannot go on.
                self._begin_again()
                raise
        if self._world is not None:
            sums = (*self._world.tallies.problems, *self._world.veil_sums.problems)
            problems += [FigureProblem(each.code, each.message, each.entry_index) for each in sums]
        return problems

    def _begin_again(self) -> None:
        self._fold, self._world = PublicFold(self._ledger, self._documents), None

    def _compare_one(
        self, log: TrustedLog, audited_size: int, name: str, statistics: Statistics
    ) -> Iterator[FigureProblem]:
        size = _size_of(statistics)
        claimed = self._ahead.pop(name, 0)
        if claimed > log.tree_size:
            message = f"{name}: as of {claimed} entries, which the log had not shown a look later"
            yield FigureProblem(FIGURES_AHEAD, message)
        if size > audited_size:
            # The log was opened first; what it published since then it shows at the next look.
            self._ahead[name] = size
            return
        world = self._world_at(log, size)
        differences = [*_compare_checkpoints(statistics, world), *_compare(statistics, world)]
        if differences:
            yield FigureProblem(FIGURES_DIFFER, _in_words(name, differences))
        lag = measure_lag(log, self._ledger, size)
        if lag.is_too_long:
            message = f"{name}: {lag.entries} entries are missing for more than {LONGEST_LAG}"
            yield FigureProblem(FIGURES_BEHIND, message)

    def _world_at(self, log: TrustedLog, size: int) -> PublicWorld:
        if size <= 0:
            raise EntryUnreadable(size, "figures of an empty log")
        if self._world is None or size > self._fold.tree_size:
            self._fold.advance(log, size)
            self._world = self._fold.world()
        if size == self._fold.tree_size:
            return self._world
        earlier = PublicFold(self._ledger, self._documents)
        earlier.advance(log, size)
        return earlier.world()


def _size_of(statistics: Statistics) -> int:
    return statistics.checkpoint.size


def _compare_checkpoints(statistics: Statistics, world: PublicWorld) -> Iterator[Difference]:
    pairs = {
        "checkpoint.root": (statistics.checkpoint.root, world.checkpoint.root),
        "as_of": (statistics.as_of, render_utc_milliseconds(world.sealed_at)),
    }
    for field, (theirs, ours) in pairs.items():
        if theirs != ours:
            yield _difference("", "", "", field, theirs, ours)


def _compare(statistics: Statistics, world: PublicWorld) -> Iterator[Difference]:
    match statistics:
        case CountStatistics():
            yield from compare(statistics, count_world(world))
        case DurationStatistics():
            yield from _compare_durations(statistics, world)
        case PetitionStatistics():
            theirs = (*statistics.figures, *statistics.totals)
            ours = (*world.petitions.figures, *world.petitions.totals)
            yield from _compare_structs(theirs, ours, ("office", "track", "period"))
        case VeiledStatistics():
            counts = count_veiled(world.veils, world.sealed_at)
            ours_veiled = (*counts.figures, counts.total)
            published = (*statistics.figures, statistics.total)
            yield from _compare_structs(published, ours_veiled, ("office", "period"))
        case _:
            assert_never(statistics)


def _compare_durations(statistics: DurationStatistics, world: PublicWorld) -> Iterator[Difference]:
    ours = measure_durations(world.rows, world.zones)
    yield from _compare_structs(statistics.durations, ours, ("office", "procedure", "period"))


def _compare_structs(
    published: Iterable[msgspec.Struct],
    recomputed: Iterable[msgspec.Struct],
    key_fields: tuple[str, ...],
) -> Iterator[Difference]:
    """Compare field by field; a figure that one side lacks is one of zeros."""
    theirs_by_key, ours_by_key = _by_key(published, key_fields), _by_key(recomputed, key_fields)
    for key in sorted(theirs_by_key.keys() | ours_by_key.keys()):
        office, procedure, period = key[0], key[1] if len(key) > len(("o", "p")) else "", key[-1]
        theirs, ours = theirs_by_key.get(key, {}), ours_by_key.get(key, {})
        for field in sorted(theirs.keys() | ours.keys()):
            if theirs.get(field, 0) != ours.get(field, 0):
                values = theirs.get(field, 0), ours.get(field, 0)
                yield _difference(office, procedure, period, field, *values)


def _by_key(
    figures: Iterable[msgspec.Struct], key_fields: tuple[str, ...]
) -> dict[tuple[str, ...], dict[str, Any]]:
    by_key: dict[tuple[str, ...], dict[str, Any]] = {}
    for figure in figures:
        # What is null has no number yet: it differs from every number, and is said as it stands.
        said = msgspec.structs.asdict(figure).items()
        fields = {name: "null" if value is None else value for name, value in said}
        key = tuple(str(fields.pop(name)) for name in key_fields)
        known = by_key.setdefault(key, {TIMES_PUBLISHED: 0})
        # A figure that is published twice would show another number to another reader.
        by_key[key] = fields | {TIMES_PUBLISHED: known[TIMES_PUBLISHED] + 1}
    return by_key


def _difference(
    office: str, procedure: str, period: str, field: str, published: int | str, ours: int | str
) -> Difference:
    return Difference(
        office=office,
        procedure=procedure,
        period=period,
        field=field,
        published=published,
        recomputed=ours,
    )


def _in_words(name: str, differences: Sequence[Difference]) -> str:
    shown = [
        f"{each.field} of {each.office or '-'}/{each.procedure or '-'}/{each.period or '-'} "
        f"is published as {each.published}, and the log says {each.recomputed}"
        for each in differences[:MAX_NAMED_DIFFERENCES]
    ]
    return f"{name}: {len(differences)} differences: " + "; ".join(shown)
