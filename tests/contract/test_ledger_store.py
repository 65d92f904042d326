"""What every ledger store keeps: one suite over memory and SQLite."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from eventsourcing.sqlite import SQLiteConnection

from ledger.errors import LedgerError, NotTheWriter, StaleVersion, StoreCorrupt, StoreUnavailable
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import (
    EventPlace,
    Group,
    LedgerStore,
    NewBody,
    NewEvent,
    PublishedCheckpoint,
    StoredEntry,
    StoredEvent,
)
from ledger.storage.sqlite import SqliteLedgerReader, SqliteLedgerStore

KIND = "dossier.accepted"
STREAM = "dossier:0b6f0000000000000000000000000001"


def _event(version: int, entry_index: int | None, stream: str = STREAM) -> NewEvent:
    return NewEvent(stream, version, KIND, f"{stream} {version}".encode(), entry_index)


def _stored(event: NewEvent) -> StoredEvent:
    return StoredEvent(event.stream, event.version, event.kind, event.note, event.entry_index)


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


def _nothing_changed(store: LedgerStore, size: int = 0) -> bool:
    return store.sequenced_size() == size and not store.deferred_events()


def test_a_new_store_is_empty(store: LedgerStore) -> None:
    assert store.sequenced_size() == 0
    assert store.entries(0, 0) == []
    assert store.find(STREAM, 1) is None
    assert store.stream_events(STREAM) == []
    assert store.deferred_events() == []
    assert store.checkpoint() is None


def test_a_group_of_events_and_a_seal_is_read_back_in_entry_order(
    store: LedgerStore, token: int
) -> None:
    group = Group((_event(1, 0), _event(2, 1)), (NewBody(2, b"seal"),))

    store.record_group(group, fencing_token=token)

    bodies = [group.events[0].note, group.events[1].note, b"seal"]
    assert store.sequenced_size() == 3
    assert store.entries(0, 3) == [StoredEntry(i, body) for i, body in enumerate(bodies)]
    assert store.entries(1, 2) == [StoredEntry(1, bodies[1])]


def test_a_seal_alone_is_recorded(store: LedgerStore, token: int) -> None:
    store.record_group(Group((), (NewBody(0, b"seal"),)), fencing_token=token)

    assert store.entries(0, 1) == [StoredEntry(0, b"seal")]


def test_every_entry_tells_where_its_event_is_stored_and_a_seal_has_no_place(
    store: LedgerStore, token: int
) -> None:
    rating = _event(1, None, "rating:00000000000000000000000000000001")
    store.record_group(
        Group((_event(1, 0), _event(2, 1), rating), (NewBody(2, b"seal"),)), fencing_token=token
    )
    envelope = NewBody(3, b"envelope", rating.stream, rating.version)
    store.record_group(Group((), (envelope,)), fencing_token=token)

    places = [EventPlace(STREAM, version, KIND) for version in (1, 2)]
    assert store.event_places(0, 4) == [*places, None, EventPlace(rating.stream, 1, KIND)]
    assert store.event_places(1, 3) == [places[1], None]
    assert store.event_places(2, 2) == []
    found = store.find(rating.stream, 1)
    assert found is not None
    assert found.place == EventPlace(rating.stream, 1, KIND)


def test_an_enveloped_event_is_told_from_one_that_is_an_entry(
    store: LedgerStore, token: int
) -> None:
    rating = _event(1, None, "rating:00000000000000000000000000000001")
    store.record_group(Group((_event(1, 0), rating)), fencing_token=token)
    assert store.enveloped_events() == []

    envelope = NewBody(1, b"envelope", rating.stream, rating.version)
    store.record_group(Group((), (envelope,)), fencing_token=token)

    assert [event.place for event in store.enveloped_events()] == [
        EventPlace(rating.stream, 1, KIND)
    ]


def test_an_event_is_found_by_stream_and_version(store: LedgerStore, token: int) -> None:
    other = _event(1, 1, "dossier:ffff0000000000000000000000000001")
    store.record_group(Group((_event(1, 0), other, _event(2, 2))), fencing_token=token)

    assert store.find(STREAM, 2) == _stored(_event(2, 2))
    assert store.find(STREAM, 3) is None
    assert store.stream_events(STREAM) == [_stored(_event(1, 0)), _stored(_event(2, 2))]
    assert store.stream_events(other.stream) == [_stored(other)]


def test_entries_beyond_the_last_are_an_alarm(store: LedgerStore, token: int) -> None:
    store.record_group(Group((_event(1, 0),)), fencing_token=token)

    with pytest.raises(StoreCorrupt):
        store.entries(0, 2)
    with pytest.raises(StoreCorrupt):
        store.event_places(0, 2)


TAKEN = {
    "a version is taken": Group((_event(2, 2), _event(1, 3))),
    "an entry index is taken": Group((_event(2, 2), _event(3, 1))),
    "a body's entry index is taken": Group((_event(2, 2),), (NewBody(1, b"seal"),)),
    "two events take one version": Group((_event(2, 2), _event(2, 3))),
    "two events take one entry index": Group((_event(2, 2), _event(3, 2))),
    "an entry index is left out": Group((_event(2, 2), _event(3, 4))),
    "the first entry index is left out": Group((_event(2, 3),)),
}


@pytest.mark.parametrize("group", TAKEN.values(), ids=TAKEN.keys())
def test_a_group_with_one_wrong_member_is_not_recorded_at_all(
    store: LedgerStore, token: int, group: Group
) -> None:
    store.record_group(Group((_event(1, 0),), (NewBody(1, b"seal"),)), fencing_token=token)

    with pytest.raises(StaleVersion):
        store.record_group(group, fencing_token=token)

    assert _nothing_changed(store, 2)
    assert store.find(STREAM, 2) is None
    store.record_group(Group((_event(2, 2),)), fencing_token=token)
    assert store.sequenced_size() == 3


def test_each_lease_has_a_higher_token(store: LedgerStore) -> None:
    tokens = [store.claim_lease(holder) for holder in ("a", "b", "a")]

    assert tokens == sorted(set(tokens))


def test_a_deposed_writer_commits_nothing(store: LedgerStore, token: int) -> None:
    successor = store.claim_lease("second")

    for group in (Group((_event(1, 0),)), Group((), (NewBody(0, b"seal"),))):
        with pytest.raises(NotTheWriter):
            store.record_group(group, fencing_token=token)

    assert _nothing_changed(store)
    store.record_group(Group((_event(1, 0),)), fencing_token=successor)
    assert store.sequenced_size() == 1


def test_a_deposed_writer_swaps_no_checkpoint(store: LedgerStore, token: int) -> None:
    successor = store.claim_lease("second")

    with pytest.raises(NotTheWriter):
        store.swap_checkpoint(
            PublishedCheckpoint(1, b"note"), expected_tree_size=0, fencing_token=token
        )

    assert store.checkpoint() is None
    published = PublishedCheckpoint(1, b"note")
    store.swap_checkpoint(published, expected_tree_size=0, fencing_token=successor)
    assert store.checkpoint() == published


def test_a_checkpoint_moves_only_from_where_the_writer_saw_it(
    store: LedgerStore, token: int
) -> None:
    first, second = PublishedCheckpoint(3, b"three"), PublishedCheckpoint(7, b"seven")
    store.swap_checkpoint(first, expected_tree_size=0, fencing_token=token)

    for expected_tree_size in (0, 2, 4):
        with pytest.raises(NotTheWriter):
            store.swap_checkpoint(
                second, expected_tree_size=expected_tree_size, fencing_token=token
            )
        assert store.checkpoint() == first

    store.swap_checkpoint(second, expected_tree_size=3, fencing_token=token)
    assert store.checkpoint() == second


def test_a_checkpoint_never_moves_back(store: LedgerStore, token: int) -> None:
    store.swap_checkpoint(PublishedCheckpoint(3, b"3"), expected_tree_size=0, fencing_token=token)

    with pytest.raises(AssertionError):
        store.swap_checkpoint(
            PublishedCheckpoint(2, b"2"), expected_tree_size=3, fencing_token=token
        )

    assert store.checkpoint() == PublishedCheckpoint(3, b"3")


def test_a_deferred_event_has_no_entry_until_its_envelope_has(
    store: LedgerStore, token: int
) -> None:
    ratings = [_event(1, None, f"rating:{number:032x}") for number in (2, 1)]
    store.record_group(Group((ratings[0], _event(1, 0), ratings[1])), fencing_token=token)
    before = store.deferred_events()

    envelope = NewBody(1, b"envelope", ratings[0].stream, 1)
    store.record_group(Group((), (envelope,)), fencing_token=token)

    # Recorded first, before every entry; and third, after the entry 0.
    first = replace(_stored(ratings[0]), notification_id=1, recorded_after=-1)
    second = replace(_stored(ratings[1]), notification_id=3, recorded_after=0)
    assert before == [first, second]
    assert store.deferred_events() == [second]
    assert store.entries(0, 2)[1].body == b"envelope"
    found = store.find(ratings[0].stream, 1)
    assert found is not None
    assert (found.note, found.entry_index) == (ratings[0].note, 1)


def _sqlite(tmp_path: Path) -> SqliteLedgerStore:
    return SqliteLedgerStore(tmp_path / "ledger.sqlite3")


def test_what_one_connection_recorded_another_reads(tmp_path: Path) -> None:
    store = _sqlite(tmp_path)
    reader = SqliteLedgerReader(tmp_path / "ledger.sqlite3")
    token = store.claim_lease("first")
    sizes = [reader.sequenced_size()]

    store.record_group(Group((_event(1, 0),)), fencing_token=token)

    assert [*sizes, reader.sequenced_size()] == [0, 1]
    assert reader.entries(0, 1)[0].body == _event(1, 0).note
    store.close()


def test_a_store_opened_again_holds_the_same(tmp_path: Path) -> None:
    store = _sqlite(tmp_path)
    token = store.claim_lease("first")
    store.record_group(Group((_event(1, 0), _event(1, None, "rating:1"))), fencing_token=token)
    store.swap_checkpoint(PublishedCheckpoint(1, b"n"), expected_tree_size=0, fencing_token=token)
    store.close()

    again = _sqlite(tmp_path)

    assert again.entries(0, 1)[0].body == _event(1, 0).note
    assert len(again.deferred_events()) == 1
    assert again.checkpoint() == PublishedCheckpoint(1, b"n")
    assert again.claim_lease("second") == token + 1
    again.close()


def _while_writing(tmp_path: Path, look: Callable[[SqliteLedgerReader], None]) -> None:
    """Look from several threads while groups are recorded."""
    store = _sqlite(tmp_path)
    reader = SqliteLedgerReader(tmp_path / "ledger.sqlite3")
    token = store.claim_lease("first")
    done = threading.Event()
    failures: list[Exception] = []

    def look_on() -> None:
        try:
            while not done.is_set():
                look(reader)
        except (AssertionError, LedgerError) as error:
            failures.append(error)

    threads = [threading.Thread(target=look_on) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(40):
        index = number * 3
        events = (_event(number * 2 + 1, index), _event(number * 2 + 2, index + 1))
        store.record_group(Group(events, (NewBody(index + 2, b"seal"),)), fencing_token=token)
    done.set()
    for thread in threads:
        thread.join()
    store.close()
    assert failures == []


def test_readers_see_whole_groups_while_the_writer_writes(tmp_path: Path) -> None:
    def look(reader: SqliteLedgerReader) -> None:
        size = reader.sequenced_size()
        assert size % 3 == 0
        assert len(reader.entries(0, size)) == size

    _while_writing(tmp_path, look)


def test_a_missing_database_is_unavailable_to_a_reader(tmp_path: Path) -> None:
    reader = SqliteLedgerReader(tmp_path / "none.sqlite3")

    with pytest.raises(StoreUnavailable):
        reader.sequenced_size()


def test_a_folder_that_does_not_exist_makes_the_store_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        SqliteLedgerStore(tmp_path / "none" / "ledger.sqlite3")


def _wait_for_locks(store: SqliteLedgerStore, milliseconds: int) -> None:
    pool = store._recorder.datastore.pool
    connection = pool.get_connection(is_writer=True)
    assert isinstance(connection, SQLiteConnection)
    connection._sqlite_conn.execute(f"PRAGMA busy_timeout={milliseconds}")
    pool.put_connection(connection)


def test_a_database_that_another_process_holds_makes_the_store_unavailable(
    tmp_path: Path,
) -> None:
    store = _sqlite(tmp_path)
    token = store.claim_lease("first")
    _wait_for_locks(store, milliseconds=50)
    blocker = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailable):
        store.record_group(Group((_event(1, 0),)), fencing_token=token)
    with pytest.raises(StoreUnavailable):
        store.swap_checkpoint(
            PublishedCheckpoint(1, b"n"), expected_tree_size=0, fencing_token=token
        )
    with pytest.raises(StoreUnavailable):
        store.claim_lease("second")

    blocker.execute("ROLLBACK")
    blocker.close()
    store.record_group(Group((_event(1, 0),)), fencing_token=token)
    assert store.sequenced_size() == 1
    store.close()
