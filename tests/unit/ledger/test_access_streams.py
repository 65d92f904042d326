"""Access streams are found by the first secret alone, and entries are read once."""

from pathlib import Path

import pytest

from ledger.access_streams import AccessStreams, access_stream
from ledger.storage.port import StoredEntry
from tests.support.inspecting.world import PrivateWorld


def test_name_of_an_access_stream_is_the_worked_example() -> None:
    assert access_stream("A" * 43 + "=") == (
        "access:cd587cb40c29267134158f4b449c66d5e77e754c900a9ddb52a304776108335e"
    )


def test_streams_are_found_and_no_entry_is_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = PrivateWorld(tmp_path)
    read_indexes: list[int] = []
    entries = world.store.entries

    def noted(start_index: int, end_index: int) -> list[StoredEntry]:
        read_indexes.extend(range(start_index, end_index))
        return list(entries(start_index, end_index))

    monkeypatch.setattr(world.store, "entries", noted)
    streams = AccessStreams(world.store)
    names = []
    for _ in range(2):
        dossier = world.submit()
        world.settle(world.a_read(world.access_stream(dossier), dossier))
        names.append(world.access_stream(dossier))
        read_before = len(read_indexes)
        assert streams.names() == names
        assert len(read_indexes) > read_before

    assert streams.names() == names
    assert read_indexes == list(range(world.store.sequenced_size()))
