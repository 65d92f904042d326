"""How a follower asks for entries: by whole bundles, since each is proven as a whole."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ledger.documents import MemoryDocuments
from ledger.storage.port import PublishedCheckpoint, StoredEntry, StoredEvent
from projections.follower import READ_BATCH, Follower
from projections.views import open_views
from transparency.tiles import TILE_WIDTH


class RememberingReader:
    """Gives entries without content, and remembers which were asked for together."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def entries(self, start_index: int, end_index: int) -> Sequence[StoredEntry]:
        self.asked.append((start_index, end_index))
        return [StoredEntry(index, b"") for index in range(start_index, end_index)]

    def checkpoint(self) -> PublishedCheckpoint | None:
        return None

    def veiled_events(self, after_notification_id: int, limit: int) -> Sequence[StoredEvent]:
        return ()


@pytest.mark.parametrize("start", [0, 1, 300, READ_BATCH, READ_BATCH + 7])
def test_no_bundle_is_asked_for_twice(start: int, tmp_path: Path) -> None:
    reader, end = RememberingReader(), 3 * READ_BATCH + 40
    views = open_views(tmp_path / "views.sqlite3")
    follower = Follower("ledger", reader, views, MemoryDocuments(), None)

    given = [index for index, _ in follower._bodies(start, end)]

    views.close()
    assert given == list(range(start, end))
    bundles = [
        bundle
        for first, last in reader.asked
        for bundle in range(first // TILE_WIDTH, (last - 1) // TILE_WIDTH + 1)
    ]
    assert len(bundles) == len(set(bundles))
