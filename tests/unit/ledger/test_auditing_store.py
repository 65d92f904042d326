"""The auditor compares the ledger database: a row that somebody changed or added is named."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ledger_builders import World
from tests.support.planted.changes import plant
from tests.support.planted.worlds import a_stored_world, unrecorded_event

ACCEPTED = "rowid = (SELECT min(rowid) FROM stored_events WHERE topic = 'dossier.accepted')"
RATING = "topic = 'rating.satisfaction_rated'"
ENVELOPED = "rowid IN (SELECT notification_id FROM entries WHERE body IS NOT NULL)"
DEFERRED = "rowid NOT IN (SELECT notification_id FROM entries WHERE notification_id IS NOT NULL)"
COPY = (
    "INSERT INTO stored_events (originator_id, originator_version, topic, state) "
    "SELECT {stream}, 9, {topic}, state FROM stored_events WHERE " + ACCEPTED
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def world(path: Path) -> Iterator[World]:
    world = a_stored_world(path)
    yield world
    world.store.close()


def _named(world: World) -> list[tuple[str, int | None]]:
    report = world.audit(world.store)
    return [(problem.code, problem.entry_index) for problem in report.problems]


def _index_of(world: World, kind: str) -> int:
    places = world.store.event_places(0, world.store.sequenced_size())
    return next(i for i, place in enumerate(places) if place is not None and place.kind == kind)


def test_a_database_with_ratings_that_nobody_touched_passes(world: World) -> None:
    report = world.audit(world.store)

    assert report.problems == []
    assert report.compared_with_store
    assert report.envelopes == 1


@pytest.mark.parametrize(
    "change",
    [
        "originator_id = 'dossier:ffff0000000000000000000000000001'",
        "originator_version = 7",
        "topic = 'dossier.rejected'",
    ],
    ids=["another stream", "another version", "another kind"],
)
def test_an_event_stored_elsewhere_than_its_note_says_is_named(
    world: World, path: Path, change: str
) -> None:
    index = _index_of(world, "dossier.accepted")

    plant(path, f"UPDATE stored_events SET {change} WHERE {ACCEPTED}")

    assert _named(world) == [("stored_event_misplaced", index)]


def test_an_event_without_an_entry_that_is_not_deferred_is_named(world: World, path: Path) -> None:
    plant(path, unrecorded_event(world))

    assert _named(world) == [("stored_event_unpublished", None)]


@pytest.mark.parametrize("topic", ["'dossier.accepted'", "'rating.satisfaction_rated'"], ids=str)
def test_a_copy_of_an_event_under_another_place_is_named(
    world: World, path: Path, topic: str
) -> None:
    plant(path, COPY.format(stream="'dossier:ffff0000000000000000000000000001'", topic=topic))

    codes = ("stored_event_misplaced", "stored_event_unpublished")
    assert _named(world) == [(code, None) for code in codes]


def test_an_event_without_an_entry_that_cannot_be_read_is_named(world: World, path: Path) -> None:
    plant(path, "INSERT INTO stored_events VALUES (900, 'dossier:1', 1, 'anything', x'00')")

    assert _named(world) == [("stored_event_unpublished", None)]


@pytest.mark.parametrize("which", [ENVELOPED, DEFERRED], ids=["enveloped", "deferred"])
def test_a_rating_moved_to_another_stream_is_named(world: World, path: Path, which: str) -> None:
    moved = "originator_id = 'rating:ffff0000000000000000000000000001'"

    plant(path, f"UPDATE stored_events SET {moved} WHERE {RATING} AND {which}")

    assert [code for code, _ in _named(world)] == ["stored_event_misplaced"]


def test_a_changed_note_behind_a_copy_of_its_entry_is_named(world: World, path: Path) -> None:
    index = _index_of(world, "dossier.accepted")
    event = "(SELECT state FROM stored_events WHERE rowid = notification_id)"

    plant(
        path,
        f"UPDATE entries SET body = {event} WHERE entry_index = {index}",
        f"UPDATE stored_events SET state = x'00' WHERE {ACCEPTED}",
    )

    assert _named(world) == [("stored_event_unpublished", index)]


def test_an_event_hung_on_a_seal_is_named(world: World, path: Path) -> None:
    seal = world.store.sequenced_size() - 1
    waiting = f"(SELECT rowid FROM stored_events WHERE {RATING} AND {DEFERRED})"

    plant(path, f"UPDATE entries SET notification_id = {waiting} WHERE entry_index = {seal}")

    assert _named(world) == [("stored_event_misplaced", seal)]


def test_an_envelope_that_lost_its_event_is_named(world: World, path: Path) -> None:
    index = _index_of(world, "rating.satisfaction_rated")

    plant(path, f"DELETE FROM stored_events WHERE {RATING} AND {ENVELOPED}")

    assert _named(world) == [("stored_event_misplaced", index)]
