"""What every ledger store keeps of veiled dossiers' acts: one suite over memory and SQLite."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import Group, LedgerStore, NewBody, NewEvent
from ledger.storage.sqlite import SqliteLedgerStore

STREAM = "dossier:0b6f0000000000000000000000000001"


def _event(version: int, entry_index: int | None, stream: str = STREAM) -> NewEvent:
    note = f"{stream} {version}".encode()
    return NewEvent(stream, version, "dossier.accepted", note, entry_index)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LedgerStore]:
    made: LedgerStore = (
        MemoryLedgerStore()
        if request.param == "memory"
        else SqliteLedgerStore(tmp_path / "ledger.sqlite3")
    )
    yield made
    made.close()


@pytest.fixture
def token(store: LedgerStore) -> int:
    return store.claim_lease("first")


def _veiled(version: int, number: int) -> NewEvent:
    return replace(_event(version, None, f"dossier:{number:032x}"), promise=b"promise")


def _recorded_with_others(store: LedgerStore, token: int) -> None:
    """Two veiled acts, one of them at the very beginning, among all else a store holds."""
    rating = replace(_event(1, None, "rating:1"), promise=b"promise")
    store.record_group(Group((_veiled(1, 1),)), fencing_token=token)
    store.record_group(Group((_event(1, 0), rating), (NewBody(1, b"seal"),)), fencing_token=token)
    envelope = NewBody(3, b"envelope", rating.stream, rating.version)
    store.record_group(Group((_event(2, 2),), (envelope,)), fencing_token=token)
    store.record_group(Group((_event(3, 4), _veiled(2, 1), _event(4, 5))), fencing_token=token)
    store.record_group(Group((), (NewBody(6, b"seal"),)), fencing_token=token)
    store.record_group(Group((_veiled(1, 2),)), fencing_token=token)


def test_veiled_acts_are_read_in_order_of_recording_each_with_the_entry_before_it(
    store: LedgerStore, token: int
) -> None:
    assert store.veiled_events(0, 10) == []
    _recorded_with_others(store, token)

    events = store.veiled_events(0, 10)

    assert [(event.stream[-1], event.version) for event in events] == [
        ("1", 1),
        ("1", 2),
        ("2", 1),
    ]
    assert [event.recorded_after for event in events] == [-1, 4, 5]
    assert [event.notification_id for event in events] == [1, 6, 8]
    assert {event.promise for event in events} == {b"promise"}


def test_veiled_acts_are_read_on_from_any_of_them_as_many_as_asked(
    store: LedgerStore, token: int
) -> None:
    _recorded_with_others(store, token)
    first, second, third = store.veiled_events(0, 10)

    assert store.veiled_events(0, 1) == [first]
    assert store.veiled_events(first.notification_id, 1) == [second]
    assert store.veiled_events(first.notification_id + 1, 9) == [second, third]
    assert store.veiled_events(third.notification_id, 9) == []


def test_a_veiled_act_has_the_index_of_its_veil_once_that_is_an_entry(
    store: LedgerStore, token: int
) -> None:
    _recorded_with_others(store, token)
    veil = NewBody(7, b"veil", _veiled(2, 1).stream, 2)
    store.record_group(Group((), (veil,)), fencing_token=token)
    store.record_group(Group((_veiled(2, 2),)), fencing_token=token)

    events = store.veiled_events(0, 10)

    assert [event.entry_index for event in events] == [None, 7, None, None]
    # A veil is no action note: it is nothing that another act can have been recorded after.
    assert [event.recorded_after for event in events] == [-1, 4, 5, 5]


def test_deferred_and_enveloped_events_tell_their_place_in_the_order_of_recording(
    store: LedgerStore, token: int
) -> None:
    _recorded_with_others(store, token)
    rating = NewEvent("rating:9", 1, "rating.satisfaction_rated", b"note", None, b"promise")
    store.record_group(Group((rating,)), fencing_token=token)

    deferred = [(e.notification_id, e.recorded_after) for e in store.deferred_events()]
    enveloped = [(e.notification_id, e.recorded_after) for e in store.enveloped_events()]

    # Acts of veiled dossiers are read apart.
    assert (deferred, enveloped) == ([(9, 5)], [(3, 0)])


def test_looking_for_veiled_acts_costs_nothing_where_there_are_ratings_alone(
    tmp_path: Path,
) -> None:
    """Each entry that was folded walked through all ratings that were ever promised."""
    store = SqliteLedgerStore(tmp_path / "ledger.sqlite3")
    ratings = [
        NewEvent(f"rating:{number}", 1, "rating.satisfaction_rated", b"note", None, b"promise")
        for number in range(3_000)
    ]
    store.record_group(Group(tuple(ratings)), fencing_token=store.claim_lease("first"))
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    assert store.veiled_events(0, 500) == []  # opens the connection
    store._local.connection.set_progress_handler(count, 10)
    assert store.veiled_events(0, 500) == []
    store.close()

    assert steps < 20


def test_database_from_before_veiled_acts_were_listed_apart_is_brought_up(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    store = SqliteLedgerStore(path)
    _recorded_with_others(store, store.claim_lease("first"))
    before = store.veiled_events(0, 10)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE veiled")
    connection.close()

    reopened = SqliteLedgerStore(path)

    assert reopened.veiled_events(0, 10) == before
    reopened.close()
