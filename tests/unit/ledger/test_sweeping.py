"""Orphans in vault and documents: kept for a day, then deleted; what is recorded stays."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.action_notes import SubmittedAction, open_text
from ledger.documents import DocumentFolder
from ledger.private.vault import PrivatePart
from ledger.sweeping import DocumentSweeper, sweep_orphans
from tests.support.intake_builders import a_vault
from tests.support.ledger_builders import World, a_world
from transparency.encoding import render_utc_seconds


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
