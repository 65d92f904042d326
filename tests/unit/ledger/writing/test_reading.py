"""What the writer reads at its start must be what it stored; otherwise it does not start."""

from pathlib import Path

import pytest

from ledger.errors import StoreCorrupt
from tests.support.planted.changes import plant
from tests.support.planted.worlds import a_stored_world, unrecorded_event

RATING = "topic = 'rating.satisfaction_rated'"
FIRST = "rowid = (SELECT min(rowid) FROM stored_events WHERE topic = 'dossier.accepted')"
CHANGES = {
    "another stream": f"UPDATE stored_events SET originator_id = 'dossier:1' WHERE {FIRST}",
    "another version": f"UPDATE stored_events SET originator_version = 7 WHERE {FIRST}",
    "another kind": f"UPDATE stored_events SET topic = 'dossier.rejected' WHERE {FIRST}",
    "a rating on another stream": "UPDATE stored_events SET originator_id = originator_id || '1' "
    f"WHERE {RATING}",
    "an event on a seal": "UPDATE entries SET notification_id = (SELECT max(rowid) FROM "
    f"stored_events WHERE {RATING}) WHERE entry_index = (SELECT max(entry_index) FROM entries)",
}


def test_a_writer_starts_again_on_a_database_with_ratings(tmp_path: Path) -> None:
    world = a_stored_world(tmp_path / "ledger.sqlite3")

    world.new_writer().take_over("again")

    assert world.audit(world.store).ok


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_writer_does_not_start_on_an_event_stored_elsewhere_than_its_note_says(
    tmp_path: Path, change: str
) -> None:
    path = tmp_path / "ledger.sqlite3"
    world = a_stored_world(path)
    plant(path, change)

    with pytest.raises(StoreCorrupt, match="is stored as"):
        world.new_writer().take_over("again")


def test_a_writer_does_not_start_on_an_event_without_an_entry_that_is_not_deferred(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.sqlite3"
    world = a_stored_world(path)
    plant(path, unrecorded_event(world))

    with pytest.raises(StoreCorrupt, match="its note is no entry"):
        world.new_writer().take_over("again")
