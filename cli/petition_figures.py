"""Published counts of petitions compared with those of the public log, for ``recompute``."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.sources import TIMEOUT_SECONDS, LogAddress, open_address
from ledger.errors import StoreUnavailable
from ledger.key_files import Anchors
from projections.petitions.figures import PetitionCounts, PetitionFigure, PetitionStatistics
from projections.reading import read_petition_figures
from projections.recompute import Difference, PublicWorld, replay_log
from transparency.errors import ProofInvalid

MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
_KEY_FIELDS: Final = ("track", "office", "period")
_COUNTED: Final = tuple(
    name for name in PetitionFigure.__struct_fields__ if name not in _KEY_FIELDS
)


def compare_petitions(
    address: LogAddress, anchors: Anchors, data: Path, world: PublicWorld
) -> list[Difference]:
    """Give every count of petitions that was published otherwise than the log has it.

    None where nothing is published. The track stands in the place of the procedure.

    Raises:
        TransparencyError: the log cannot be trusted, or what a site answers is no statistics.
        StoreUnavailable: the site does not answer.
    """
    published = _published(address, data)
    if published is None:
        return []
    size = published.checkpoint.size
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


def _published(address: LogAddress, data: Path) -> PetitionStatistics | None:
    if address.is_remote:
        return _fetch(f"{address.site}/v1/statistics/petitions")
    if not DataFolder(data).views.exists():
        return None
    with bootstrap.open_views(settings_of_process({"data": data})).reading() as reader:
        return read_petition_figures(reader)


def _fetch(address: str) -> PetitionStatistics | None:
    request = urllib.request.Request(address, headers={"Accept": "application/json"})  # noqa: S310 - LogAddress lets only http and https through
    try:
        with open_address(address).open(request, timeout=TIMEOUT_SECONDS) as answer:
            body: bytes = answer.read(MAX_ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        if error.code == HTTPStatus.NOT_FOUND:
            return None
        raise StoreUnavailable(f"{address}: {error}") from error
    except (urllib.error.URLError, OSError) as error:
        raise StoreUnavailable(f"{address}: {error}") from error
    try:
        return msgspec.json.decode(body, type=PetitionStatistics)
    except msgspec.DecodeError as error:
        raise ProofInvalid(f"{address} does not answer with counts of petitions") from error


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
