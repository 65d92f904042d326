"""What is swept: orphans in vault and documents, and partial tiles; what is needed stays."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ledger.action_notes import SubmittedAction, open_text
from ledger.documents import DocumentFolder
from ledger.errors import StoreCorrupt, StoreUnavailable
from ledger.private.vault import PrivatePart
from ledger.sweeping import DocumentSweeper, PartialTileSweeper, sweep_orphans
from tests.support.intake_builders import a_vault
from tests.support.ledger_builders import World, a_world, operator_keys
from tests.support.transparency_builders import WrittenLog, a_log
from transparency.encoding import render_utc_seconds
from transparency.tile_store import FileTileStore, SupersededPartials


def _part_of(submitted: SubmittedAction) -> PrivatePart:
    opened = open_text(submitted.note, None)
    assert submitted.salt is not None
    assert submitted.details is not None
    action = opened.action
    return PrivatePart(
        action.stream, action.version, opened.text_hash, submitted.salt, submitted.details
    )


def test_part_whose_action_was_never_recorded_is_deleted_after_a_day(tmp_path: Path) -> None:
    world = a_world()
    recorded = world.desk.submitted(world.desk.new_stream())
    orphan = world.desk.submitted(world.desk.new_stream())
    world.record(recorded)
    now = world.clock.now.replace(microsecond=0)
    with a_vault(tmp_path, world) as vault:
        vault.store([_part_of(recorded), _part_of(orphan)], render_utc_seconds(now))

        too_early = sweep_orphans(vault, world.store, now + timedelta(hours=23))
        swept = sweep_orphans(vault, world.store, now + timedelta(hours=25))

        assert (too_early, swept) == (0, 1)
        assert vault.open(_part_of(orphan).text_hash) is None
        assert vault.open(_part_of(recorded).text_hash) == _part_of(recorded)


def test_part_of_a_text_that_lost_its_version_to_another_is_an_orphan(tmp_path: Path) -> None:
    world = a_world()
    stream = world.desk.new_stream()
    first, second = world.desk.submitted(stream), world.desk.submitted(stream)
    world.record(first)
    now = world.clock.now.replace(microsecond=0)
    with a_vault(tmp_path, world) as vault:
        vault.store([_part_of(first), _part_of(second)], render_utc_seconds(now))

        assert sweep_orphans(vault, world.store, now + timedelta(days=2)) == 1
        assert vault.open(_part_of(second).text_hash) is None


STORED_AT = datetime(2026, 3, 2, tzinfo=UTC)


def _store(kept: DocumentFolder, folder: Path, document: bytes) -> str:
    name = kept.store(document)
    os.utime(folder / name, (STORED_AT.timestamp(), STORED_AT.timestamp()))
    return name


def test_document_of_a_refused_action_is_deleted_after_a_day(tmp_path: Path) -> None:
    world = a_world()
    kept, served = DocumentFolder(tmp_path), DocumentFolder(tmp_path / "log")
    recorded = [_store(kept, tmp_path, one) for one in world.documents._documents.values()]
    orphan = _store(kept, tmp_path, b"came with a refused action")
    sweeper = DocumentSweeper(kept, served, world.store)

    too_early = sweeper.sweep(STORED_AT + timedelta(hours=23))
    swept = sweeper.sweep(STORED_AT + timedelta(hours=25))

    assert (too_early, swept) == (0, 1)
    assert kept.read(orphan) is None
    # None of them is served here: a lost copy does not cost the original.
    assert all(kept.has(name) for name in recorded)


def test_document_that_is_recorded_and_not_published_yet_is_not_swept(tmp_path: Path) -> None:
    world = World()
    world.writer.take_over("test")
    registry = world.desk.registry()
    world.record(*registry, publish=False)
    kept, served = DocumentFolder(tmp_path), DocumentFolder(tmp_path / "log")
    for document in world.documents._documents.values():
        _store(kept, tmp_path, document)

    assert DocumentSweeper(kept, served, world.store).sweep(STORED_AT + timedelta(days=2)) == 0


def test_document_that_was_sent_again_is_young_again(tmp_path: Path) -> None:
    kept, served = DocumentFolder(tmp_path), DocumentFolder(tmp_path / "log")
    name = _store(kept, tmp_path, b"came with a refused action")
    sweeper = DocumentSweeper(kept, served, a_world().store)

    kept.store(b"came with a refused action")

    assert sweeper.sweep(STORED_AT + timedelta(days=2)) == 0
    assert kept.has(name)


def test_ledger_is_not_read_where_every_document_is_served(tmp_path: Path) -> None:
    kept, served = DocumentFolder(tmp_path), DocumentFolder(tmp_path / "log")
    _store(kept, tmp_path, b"a document")
    served.store(b"a document")
    sweeper = DocumentSweeper(kept, served, a_world().store)

    assert sweeper.sweep(STORED_AT + timedelta(days=2)) == 0
    assert sweeper._log_position == 0


def test_a_document_that_is_sent_again_while_others_are_deleted_stays(tmp_path: Path) -> None:
    """The sweeper looked at all ages first and deleted afterwards: one was published meanwhile."""
    kept = DocumentFolder(tmp_path / "kept")
    name = kept.store(b"again")
    limit = datetime.now(UTC) - timedelta(days=1)
    old = (limit - timedelta(days=1)).timestamp()
    os.utime(tmp_path / "kept" / name, (old, old))
    assert kept.is_older(name, limit)

    kept.store(b"again")

    assert not kept.discard(name, stored_before=limit)
    assert kept.read(name) == b"again"


def test_a_document_lost_from_the_kept_folder_is_read_from_the_served_one(tmp_path: Path) -> None:
    """The ledger did not start any more, with the good copy beside it."""
    served = DocumentFolder(tmp_path / "served")
    name = served.store(b"published")

    assert DocumentFolder(tmp_path / "kept", copy=served).read(name) == b"published"
    assert DocumentFolder(tmp_path / "kept").read(name) is None


GRACE = timedelta(minutes=10)
PUBLISHED_AT = datetime(2026, 11, 22, tzinfo=UTC)


def _a_sweeper(folder: Path, log: WrittenLog) -> PartialTileSweeper:
    for path in folder.rglob("*"):
        os.utime(path, (PUBLISHED_AT.timestamp(), PUBLISHED_AT.timestamp()))
    partials = SupersededPartials(folder)
    return PartialTileSweeper(log.store, partials, log.key.verification_key, GRACE)


def test_partial_tiles_are_deleted_a_grace_time_after_the_full_tile_came(tmp_path: Path) -> None:
    log = a_log(FileTileStore(tmp_path), 100, 300)
    sweeper = _a_sweeper(tmp_path, log)

    too_early = sweeper.sweep(PUBLISHED_AT + GRACE - timedelta(seconds=1))
    swept = sweeper.sweep(PUBLISHED_AT + GRACE + timedelta(seconds=1))

    assert (too_early, swept) == (0, 2)
    assert not (tmp_path / "tile/0/000.p").exists()
    assert (tmp_path / "tile/0/001.p/44").exists()


def test_partial_tiles_of_the_served_checkpoint_stay_where_full_ones_wait_for_theirs(
    tmp_path: Path,
) -> None:
    store = FileTileStore(tmp_path)
    log = a_log(store, 100)
    served = store.read_checkpoint()
    log.publish([b"an entry"] * 200)
    # The files of the next size are there; its checkpoint is not served yet.
    store.write_checkpoint(served)

    assert _a_sweeper(tmp_path, log).sweep(PUBLISHED_AT + timedelta(days=30)) == 0


def test_log_that_is_not_published_yet_has_nothing_to_sweep(tmp_path: Path) -> None:
    log = WrittenLog(FileTileStore(tmp_path))

    assert _a_sweeper(tmp_path, log).sweep(PUBLISHED_AT) == 0


def test_nothing_is_swept_under_a_checkpoint_that_is_not_ours(tmp_path: Path) -> None:
    log = a_log(FileTileStore(tmp_path), 100, 300)
    sweeper = _a_sweeper(tmp_path, log)
    log.store.write_checkpoint(b"another's")

    with pytest.raises(StoreCorrupt):
        sweeper.sweep(PUBLISHED_AT + timedelta(days=1))


def test_disk_that_does_not_delete_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = a_log(FileTileStore(tmp_path), 100, 300)
    sweeper = _a_sweeper(tmp_path, log)

    def refuse(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "rmdir", refuse)
    with pytest.raises(StoreUnavailable):
        sweeper.sweep(PUBLISHED_AT + timedelta(days=1))


def test_writer_starts_again_after_a_sweep_and_brings_no_partial_tile_back(tmp_path: Path) -> None:
    store = FileTileStore(tmp_path)
    world = a_world(tiles=store)
    for _ in range(9):
        streams = [world.desk.new_stream() for _ in range(32)]
        world.record(*(world.desk.submitted(stream) for stream in streams))
    size = world.log().tree_size
    assert size > 256
    served = {f"tile/0/001.p/{size - 256}", f"tile/entries/001.p/{size - 256}", "tile/1/000.p/1"}
    grown = datetime.now(UTC) + timedelta(days=1)
    log_key = operator_keys().log.verification_key

    PartialTileSweeper(store, SupersededPartials(tmp_path), log_key, GRACE).sweep(grown)
    world.writer = world.new_writer()
    world.writer.take_over("after the sweep")

    partials = {p.relative_to(tmp_path).as_posix() for p in tmp_path.glob("tile/*/*.p/*")}
    assert served <= partials
    assert not [path for path in partials if "/0/000.p" in path or "/entries/000.p" in path]
    assert world.log().tree_size == size
    assert world.audit(world.store).ok
