"""Published counts of veiled dossiers compared with those of the public log, for ``recompute``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cli.sources import LogAddress, read_published
from ledger.key_files import Anchors
from projections.reading import read_veiled_figures
from projections.recompute import Difference, PublicWorld, replay_log
from projections.veiled.counts import VeiledFigure, VeiledStatistics, count_veiled

# What stands in the place of the procedure, of which veils say nothing.
VEILED: Final = "veiled"
_COUNTED: Final = tuple(
    name for name in VeiledFigure.__struct_fields__ if name not in ("office", "period")
)


def compare_veiled(
    address: LogAddress, anchors: Anchors, data: Path, world: PublicWorld, sizes: set[int]
) -> list[Difference]:
    """Give every count of veiled dossiers that was published otherwise than the log has it.

    None where nothing is published; ``sizes`` learns as of which checkpoint it is.

    Raises:
        TransparencyError: the log cannot be trusted, or what a site answers is no statistics.
        StoreUnavailable: the site does not answer.
    """
    published = read_published(address, data, "veiled", VeiledStatistics, read_veiled_figures)
    if published is None:
        return []
    size = published.checkpoint.size
    sizes.add(size)
    if size != world.checkpoint.size:
        # The figures moved on since the other ones were read.
        world = replay_log(address.tiles(), anchors, address.documents(), size)
    counts = count_veiled(world.veils, world.sealed_at)
    return compare_figures((*published.figures, published.total), (*counts.figures, counts.total))


def compare_figures(
    published: tuple[VeiledFigure, ...], recomputed: tuple[VeiledFigure, ...]
) -> list[Difference]:
    """Compare field by field; a figure that one side lacks is one of zeros."""
    theirs, ours = _by_key(published), _by_key(recomputed)
    return [
        *_repeated(published),
        *(
            difference
            for key in sorted(theirs.keys() | ours.keys())
            for difference in _differences(key, theirs.get(key), ours.get(key))
        ),
    ]


def _by_key(figures: tuple[VeiledFigure, ...]) -> dict[tuple[str, str], VeiledFigure]:
    return {(figure.office, figure.period): figure for figure in figures}


def _repeated(figures: tuple[VeiledFigure, ...]) -> Iterator[Difference]:
    """Name figures that are published more than once: a reader may see the other one."""
    keys = [(figure.office, figure.period) for figure in figures]
    for office, period in sorted(set(keys)):
        if (times := keys.count((office, period))) > 1:
            yield _difference((office, period), "times_published", times, 1)


def _differences(
    key: tuple[str, str], theirs: VeiledFigure | None, ours: VeiledFigure | None
) -> Iterator[Difference]:
    for field in _COUNTED:
        published, recomputed = (_said(getattr(each, field, 0)) for each in (theirs, ours))
        if published != recomputed:
            yield _difference(key, field, published, recomputed)


def _said(count: int | None) -> int | str:
    return "null" if count is None else count


def _difference(
    key: tuple[str, str], field: str, published: int | str, recomputed: int | str
) -> Difference:
    return Difference(
        office=key[0],
        procedure=VEILED,
        period=key[1],
        field=field,
        published=published,
        recomputed=recomputed,
    )
