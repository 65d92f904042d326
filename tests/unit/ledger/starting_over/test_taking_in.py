"""Taking in again what was published: the same ledger afterwards, or no ledger at all."""

import pytest

from ledger.documents import MemoryDocuments
from ledger.errors import LedgerForked, PublishedEntriesLost
from ledger.starting_over.copies import (
    MonitoredWitness,
    MonitoredWitnesses,
    PublishedCopy,
    mirror_copy,
)
from ledger.storage.memory import MemoryLedgerStore
from tests.support.ledger_builders import SteppingClock, World, a_world, handed
from tests.support.starting_over.restored import (
    Restored,
    a_restored_world,
    assert_goes_on,
    copy_of,
    copy_of_tiles,
    memory_tiles,
    without_tiles,
)
from transparency.checkpoints import open_checkpoint
from transparency.cosignatures import cosigner_key
from transparency.errors import TileNotFound, TileStoreUnavailable
from transparency.notes import SigningKey
from transparency.tile_store import MemoryTileStore
from transparency.tiles import EntryBundle, bundle_path, pack_bundle, parse_bundle


def test_yesterdays_database_takes_todays_entries_in_again_from_its_own_tiles() -> None:
    restored = a_restored_world()
    missing = restored.today.sequenced_size() - restored.backup.sequenced_size()

    taken = restored.take_in()

    assert taken is not None
    assert (taken.source, taken.tree_size - taken.old_size) == ("tiles", missing)
    assert taken.lost_notes == ()
    assert len(taken.private) == 3
    assert_goes_on(restored)


def test_taking_in_a_second_time_finds_nothing_to_do() -> None:
    restored = a_restored_world()
    restored.take_in()

    assert restored.take_in() is None


def test_an_emptied_database_is_filled_again_from_entry_0() -> None:
    restored = a_restored_world()
    restored.world.store = MemoryLedgerStore()

    restored.take_in()

    assert_goes_on(restored)


def test_an_act_of_today_handed_in_again_gets_its_first_entry() -> None:
    restored = Restored()
    world = restored.world
    action = world.desk.submitted(world.desk.new_stream())
    (first,) = world.record(action)
    restored.restore()
    restored.take_in()
    restored.start()

    (again,) = world.writer.record([handed(action)], with_seal=True).verdicts

    assert (again.repeated, again.entry_index) == (True, first.entry_index)


def test_database_ahead_of_its_tiles_is_left_as_it_is() -> None:
    restored = Restored()
    early = restored.early_tiles
    restored.live()
    restored.today = memory_store = copy_of(_store(restored))
    restored.world.tiles = early

    assert restored.take_in() is None
    assert restored.world.store.sequenced_size() == memory_store.sequenced_size()
    restored.start()
    assert restored.world.audit(restored.world.store).ok


def _store(restored: Restored) -> MemoryLedgerStore:
    assert isinstance(restored.world.store, MemoryLedgerStore)
    return restored.world.store


def test_lost_tiles_are_made_again_from_a_whole_database() -> None:
    restored = Restored()
    restored.live()
    restored.today = copy_of(_store(restored))
    before = dict(memory_tiles(restored.world)._files)
    without_tiles(restored)

    assert restored.take_in() is None
    restored.start()

    made = memory_tiles(restored.world)._files
    assert made
    assert all(before[path] == data for path, data in made.items())


def test_lost_checkpoint_and_old_database_take_in_what_own_bundles_hold() -> None:
    restored = a_restored_world()
    memory_tiles(restored.world)._checkpoint = None

    taken = restored.take_in()

    assert taken is not None
    assert taken.tree_size == restored.today.sequenced_size()
    restored.start()
    assert restored.world.writer.published_size == restored.today.sequenced_size()
    assert restored.world.audit(restored.world.store).ok


def test_old_checkpoint_beside_newer_bundles_takes_in_both_what_it_proves_and_the_rest() -> None:
    restored = a_restored_world()
    restored.world.tiles.write_checkpoint(restored.early_tiles.read_checkpoint())

    taken = restored.take_in()

    assert taken is not None
    assert taken.tree_size == restored.today.sequenced_size()
    restored.start()
    assert restored.world.audit(restored.world.store).ok


def test_mirror_gives_what_a_database_and_tiles_of_yesterday_lack() -> None:
    restored = a_restored_world()
    mirror = restored.a_mirror()
    restored.world.tiles = restored.early_tiles
    restored.world.documents._documents = {}

    taken = restored.take_in(restored.copies(mirror))

    assert taken is not None
    assert taken.source == "mirror"
    assert_goes_on(restored)


def test_without_tiles_and_mirror_an_old_database_cannot_know() -> None:
    restored = a_restored_world()
    without_tiles(restored)

    assert restored.take_in() is None


def test_a_witness_that_has_seen_more_than_can_be_had_stops_the_ledger() -> None:
    restored = a_restored_world()
    size = restored.today.sequenced_size()
    without_tiles(restored)
    witness = PublishedCopy("witness w.example", None, size)

    with pytest.raises(PublishedEntriesLost, match=r"witness w\.example"):
        restored.take_in(restored.copies(witness))

    assert restored.world.store.sequenced_size() < size


def test_a_witness_that_has_seen_another_root_stops_the_ledger() -> None:
    restored = Restored()
    other = a_world(clock=SteppingClock(step=restored.world.clock.step * 3))
    other.a_dossier()
    note = other.tiles.read_checkpoint()
    signed = open_checkpoint(note, restored.world.keys.anchors.logs)
    restored.live()
    witness = PublishedCopy("witness", signed, signed.checkpoint.tree_size)

    with pytest.raises(LedgerForked, match="witness"):
        restored.take_in(restored.copies(witness))


def test_a_database_that_went_on_by_itself_after_it_was_restored_is_a_fork() -> None:
    restored = a_restored_world()
    tiles = memory_tiles(restored.world)
    restored.world.tiles = restored.early_tiles
    restored.start()
    restored.world.a_dossier("dossier.accepted")
    mirror = mirror_copy("mirror", tiles, MemoryDocuments(), restored.world.keys.anchors.logs)
    assert mirror is not None
    size = restored.world.store.sequenced_size()

    with pytest.raises(LedgerForked):
        restored.take_in(restored.copies(mirror))

    assert restored.world.store.sequenced_size() == size


def _newest_bundle(tiles: MemoryTileStore) -> tuple[str, list[bytes]]:
    path = bundle_path(EntryBundle(0, tiles.largest_tree_size()))
    return path, parse_bundle(tiles.read(path))


def _changed(tiles: MemoryTileStore, index: int) -> None:
    path, entries = _newest_bundle(tiles)
    later = [entry.replace(b"dossier.accepted", b"dossier.approved") for entry in entries[index:]]
    assert later != entries[index:]
    tiles._files[path] = pack_bundle([*entries[:index], *later])


def _dropped(tiles: MemoryTileStore, index: int) -> None:
    path, entries = _newest_bundle(tiles)
    tiles._files[path] = pack_bundle([*entries[:index], entries[index + 2], *entries[index + 1 :]])


@pytest.mark.parametrize("damage", [_changed, _dropped])
@pytest.mark.parametrize("has_checkpoint", [True, False], ids=["proven", "beyond a checkpoint"])
def test_evil_tiles_are_not_taken_in(damage: object, *, has_checkpoint: bool) -> None:
    restored = a_restored_world()
    tiles = memory_tiles(restored.world)
    size = restored.backup.sequenced_size()
    assert callable(damage)
    damage(tiles, size + 2)
    if not has_checkpoint:
        tiles._checkpoint = None

    with pytest.raises(PublishedEntriesLost):
        restored.take_in()

    assert restored.world.store.sequenced_size() == size


def test_evil_tiles_give_way_to_an_honest_mirror() -> None:
    restored = a_restored_world()
    mirror = restored.a_mirror()
    _changed(memory_tiles(restored.world), restored.backup.sequenced_size() + 2)

    taken = restored.take_in(restored.copies(mirror))

    assert taken is not None
    assert taken.source == "mirror"


def test_a_document_that_nobody_has_stops_the_ledger() -> None:
    restored = a_restored_world()
    restored.world.store = MemoryLedgerStore()
    restored.world.documents._documents = {}

    with pytest.raises(PublishedEntriesLost, match="document"):
        restored.take_in()


def test_witnesses_are_asked_at_their_monitoring_addresses() -> None:
    restored = a_restored_world()
    keys, warned = restored.world.keys.anchors.logs, list[str]()
    sources = {
        "w1": copy_of_tiles(memory_tiles(restored.world)),
        "w2": _Silent(),
        "w3": MemoryTileStore(),
        "w4": _lying(b"not a checkpoint of ours"),
    }
    key = cosigner_key(SigningKey("witness.example", bytes(32)))
    monitored = [MonitoredWitness(name, key, source) for name, source in sources.items()]
    without_tiles(restored)

    copies = MonitoredWitnesses(monitored, warned.append).copies(keys)

    size = restored.today.sequenced_size()
    assert [(copy.name, copy.signed_size, copy.log) for copy in copies] == [("w1", size, None)]
    assert warned == ["w2", "w4"]
    with pytest.raises(PublishedEntriesLost):
        restored.take_in(restored.copies(*copies))


def _lying(note: bytes) -> MemoryTileStore:
    tiles = MemoryTileStore()
    tiles.write_checkpoint(note)
    return tiles


def test_what_a_witness_was_asked_to_cosign_is_not_published_by_that() -> None:
    restored = Restored()
    world = restored.world
    row = world.store.checkpoint()
    world.record(world.desk.submitted(world.desk.new_stream()), publish=False)
    asked = world.writer.prepare_publication().checkpoint_note
    signed = open_checkpoint(asked, world.keys.anchors.logs)
    witness = PublishedCopy("witness", signed, signed.checkpoint.tree_size)

    assert restored.take_in(restored.copies(witness)) is None

    assert world.store.checkpoint() == row
    restored.start()
    assert world.audit(world.store).ok


def test_own_bundles_up_to_what_a_witness_cosigned_are_taken_in_and_published_by_the_writer() -> (
    None
):
    restored = Restored()
    world = restored.world
    world.record(world.desk.submitted(world.desk.new_stream()), publish=False)
    publication = world.writer.prepare_publication()
    world.tiles.write_all(publication.files)
    signed = open_checkpoint(publication.checkpoint_note, world.keys.anchors.logs)
    witness = PublishedCopy("witness", signed, signed.checkpoint.tree_size)
    restored.restore()
    row = world.store.checkpoint()

    taken = restored.take_in(restored.copies(witness))

    assert taken is not None
    assert world.store.checkpoint() == row
    restored.start()
    assert world.writer.published_size == signed.checkpoint.tree_size
    assert world.log().signed_checkpoint.checkpoint == signed.checkpoint


class _Silent(MemoryTileStore):
    def read_checkpoint(self) -> bytes:
        raise TileStoreUnavailable("nobody answers")


def test_a_mirror_that_does_not_answer_is_left_out() -> None:
    restored = a_restored_world()

    assert mirror_copy("m", _Silent(), MemoryDocuments(), restored.world.keys.anchors.logs) is None


def test_a_fresh_ledger_has_nothing_to_take_in() -> None:
    world = World()
    restored = Restored.__new__(Restored)
    restored.world = world

    assert restored.take_in() is None
    with pytest.raises(TileNotFound):
        world.tiles.read_checkpoint()
