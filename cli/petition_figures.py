"""Published counts of petitions compared with those of the public log, for ``recompute``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cli.sources import LogAddress, read_published
from ledger.key_files import Anchors
from projections.petitions.figures import PetitionCounts, PetitionFigure, PetitionStatistics
from projections.reading import read_petition_figures
from projections.recompute import Difference, PublicWorld, replay_log

_KEY_FIELDS: Final = ("track", "office", "period")
_COUNTED: Final = tuple(
    name for name in PetitionFigure.__struct_fields__ if name not in _KEY_FIELDS
)


def compare_petitions(
    address: LogAddress, anchors: Anchors, data: Path, world: PublicWorld, sizes: set[int]
) -> list[Difference]:
    """Give every count of petitions that was published otherwise than the log has it.

    None where nothing is published; ``sizes`` learns as of which checkpoint it is. The track
    stands in the place of the procedure.

    Raises:
        TransparencyError: the log cannot be trusted, or what a site answers is no statistics.
        StoreUnavailable: the site does not answer.
    """
    published = read_published(
        address, data, "petitions", PetitionStatistics, read_petition_figures
    )
    if published is None:
        return []
    size = published.checkpoint.size
    sizes.add(size)
    if size != world.checkpoint.size:
        # The figures moved on since the other ones were read.
        world = replay_log(address.tiles(), anchors, address.documents(), size)
    return compare_counts(published, world.petitions)


def compare_counts(published: PetitionStatistics, counts: PetitionCounts) -> list[Difference]:
    """Compare field by field; a figure that one side lacks is one of zeros."""
    theirs = _by_key((*published.figures, *published.totals))
    ours = _by_key((*counts.figures, *counts.totals))
    return [
        difference
        for key in sorted(theirs.keys() | ours.keys())
        for difference in _differences(key, theirs.get(key), ours.get(key))
    ]


def _by_key(
    figures: tuple[PetitionFigure, ...],
) -> dict[tuple[str, str, str], PetitionFigure]:
    return {(figure.track, figure.office, figure.period): figure for figure in figures}


def _differences(
    key: tuple[str, str, str], theirs: PetitionFigure | None, ours: PetitionFigure | None
) -> Iterator[Difference]:
    track, office, period = key
    for field in _COUNTED:
        published, recomputed = getattr(theirs, field, 0), getattr(ours, field, 0)
        if published != recomputed:
            yield Difference(
                office=office,
                procedure=track,
                period=period,
                field=field,
                published=published,
                recomputed=recomputed,
            )
