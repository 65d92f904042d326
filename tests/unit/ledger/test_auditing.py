"""The auditor: a good log passes, and every lie planted in one is named where it stands."""

from typing import Any

import pytest

from ledger.auditing import AuditReport, audit_log
from ledger.key_files import Anchors
from ledger.storage.memory import MemoryLedgerStore
from ledger.storage.port import PublishedCheckpoint
from ledger.writing.envelopes import render_envelope
from tests.support.forged_logs import a_forger
from tests.support.ledger_builders import (
    START,
    World,
    a_signing_key,
    a_world,
    operator_keys,
)
from tests.support.transparency_builders import with_one_bit_flipped
from transparency.checkpoints import Checkpoint, sign_checkpoint
from transparency.notes import SigningKey
from transparency.tile_store import MemoryTileStore
from transparency.tiles import EntryBundle, bundle_path, pack_bundle

STRANGER = a_signing_key("officer", 99)


def test_an_honest_log_passes_and_everything_in_it_is_counted() -> None:
    world = a_world()
    stream = world.a_dossier("dossier.accepted", "dossier.processor_assigned")

    report = world.audit(world.store)

    assert report.problems == []
    assert report.ok
    assert report.entries == report.tree_size == world.store.sequenced_size()
    assert report.actions == report.decisions_repeated == 7 + 3
    assert report.seals == 4
    assert report.signatures_verified == 7 + 3 + 3
    assert report.compared_with_store
    assert stream


def test_a_forger_who_tells_no_lie_passes() -> None:
    forger = a_forger()
    forger.a_dossier("dossier.accepted")
    forger.seal()

    assert forger.problems() == []


def test_a_log_of_many_entries_passes() -> None:
    forger = a_forger()
    for _ in range(5):
        for _ in range(70):
            forger.a_dossier("dossier.accepted", "dossier.processor_assigned")
        forger.seal()

    report = forger.audit()

    assert report.problems == []
    assert report.entries > 1_000


def test_a_rating_that_is_published_in_clear_is_named() -> None:
    forger = a_forger()
    stream = forger.a_dossier("dossier.accepted")
    rating = forger.desk.rating(forger.desk.new_stream("rating"), stream)
    forger.add(rating)
    forger.seal()

    assert ("published_in_clear", forger.size - 2) in forger.problems()


def test_an_unpublished_seal_before_a_published_one_passes() -> None:
    forger = a_forger()
    forger.a_dossier()
    forger.seal(publish=False)
    forger.a_dossier()
    forger.seal()

    assert forger.problems() == []


def test_a_changed_byte_of_an_entry_is_found_before_anything_is_believed() -> None:
    world = a_world()
    entries = world.entries()
    tiles = MemoryTileStore()
    assert isinstance(world.tiles, MemoryTileStore)
    files = dict(world.tiles._files)
    changed = [*entries[:3], with_one_bit_flipped(entries[3], 60), *entries[4:]]
    files[bundle_path(EntryBundle(0, len(entries)))] = pack_bundle(changed)
    tiles.write_all(files)
    tiles.write_checkpoint(world.tiles.read_checkpoint())
    world.tiles = tiles

    report = world.audit()

    assert ("proof_invalid", None) in [(p.code, p.entry_index) for p in report.problems]
    assert report.entries == 0


def test_a_tile_that_is_missing_is_named() -> None:
    world = a_world()
    assert isinstance(world.tiles, MemoryTileStore)
    world.tiles._files.clear()

    assert "tile_not_found" in [problem.code for problem in world.audit().problems]


def _lie_in_seal(**lies: Any) -> list[tuple[str, int | None]]:
    forger = a_forger()
    forger.a_dossier()
    forger.seal(**lies)
    return forger.problems()


def test_a_wrong_index_root_in_a_seal_is_named() -> None:
    assert _lie_in_seal(index_root_hash=bytes(32)) == [("wrong_index_root", 9)]


def test_a_stream_left_out_of_the_index_is_named() -> None:
    forger = a_forger()
    honest = forger.index.root_hash()
    forger.a_dossier()
    forger.seal(index_root_hash=honest)

    assert forger.problems() == [("wrong_index_root", 9)]


@pytest.mark.parametrize("covers", [0, 8, 10])
def test_a_seal_that_covers_another_number_of_entries_is_named(covers: int) -> None:
    assert _lie_in_seal(covers=covers) == [("wrong_seal", 9)]


def test_a_seal_whose_time_goes_back_is_named() -> None:
    forger = a_forger()
    forger.a_dossier()
    forger.seal()

    forger.seal(sealed_at=START)

    assert forger.problems() == [("seal_time_went_back", 10)]


def test_another_embedded_checkpoint_is_named() -> None:
    forger = a_forger()
    other = Checkpoint(operator_keys().origin, 8, bytes(32))
    forged = sign_checkpoint(other, operator_keys().log)

    forger.seal(previous_checkpoint=forged)

    assert forger.problems() == [("wrong_checkpoint", 8)]


def test_an_embedded_checkpoint_of_a_size_that_ends_in_no_seal_is_named() -> None:
    forger = a_forger()
    inside = forger.written.signed_checkpoint(5).note

    forger.seal(previous_checkpoint=inside)

    assert forger.problems() == [("wrong_checkpoint", 8)]


def test_an_embedded_checkpoint_that_another_key_signed_is_named_and_the_rest_goes_on() -> None:
    forger = a_forger()
    other = SigningKey(operator_keys().origin, bytes(32))
    forged = sign_checkpoint(forger.written.signed_checkpoint().checkpoint, other)
    stream = forger.a_dossier()

    forger.seal(previous_checkpoint=forged)
    forger.add(forger.act("dossier.accepted", stream))
    forger.seal()

    assert forger.problems() == [("checkpoint_not_signed", 9)]


def test_an_embedded_checkpoint_that_is_no_checkpoint_is_named() -> None:
    assert _lie_in_seal(previous_checkpoint=b"anything\n") == [("malformed_checkpoint", 9)]


def test_a_published_checkpoint_that_the_next_seal_does_not_embed_is_named() -> None:
    forger = a_forger()
    forger.seal()

    forger.seal(previous_checkpoint=b"")

    assert forger.problems() == [("checkpoint_missing", 9)]


def test_an_older_checkpoint_embedded_after_a_newer_one_is_named() -> None:
    forger = a_forger()
    first = forger.written.signed_checkpoint().note
    forger.seal()
    forger.seal()

    forger.seal(previous_checkpoint=first)

    assert forger.problems() == [("checkpoint_went_back", 10)]


def test_a_seal_that_cannot_be_read_is_named() -> None:
    forger = a_forger()
    forger.add(b"dossier-ledger/seal@v1\nnothing\n")
    forger.seal()

    assert forger.problems() == [("malformed_seal", 8)]


@pytest.mark.parametrize("kind", ["an action", "an envelope"])
def test_a_log_that_does_not_end_in_a_seal_is_named(kind: str) -> None:
    forger = a_forger()
    if kind == "an action":
        forger.a_dossier()
    else:
        forger.add(render_envelope(bytes(32)))

    forger.publish()

    assert forger.problems() == [("not_sealed", None)]


def test_an_entry_that_is_no_action_is_named() -> None:
    forger = a_forger()
    forger.add(b"anything at all", b"")
    forger.seal()

    assert [index for _, index in forger.problems()] == [8, 9]
    assert {code for code, _ in forger.problems()} == {"malformed_note"}


def _stored(world: World) -> MemoryLedgerStore:
    assert isinstance(world.store, MemoryLedgerStore)
    return world.store


def _problems(report: AuditReport) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.entry_index) for problem in report.problems]


def test_a_stored_note_that_differs_from_the_tiles_is_named() -> None:
    world = a_world()
    store = _stored(world)
    store._bodies[4] = with_one_bit_flipped(store._bodies[4], 40)

    assert _problems(world.audit(store)) == [("stored_entry_differs", 4)]


def test_a_store_that_lacks_entries_is_named() -> None:
    world = a_world()
    store = _stored(world)
    del store._bodies[-1]

    assert _problems(world.audit(store)) == [("store_corrupt", 0)]


def test_a_stored_checkpoint_that_is_behind_or_missing_is_named() -> None:
    world = a_world()
    store = _stored(world)
    behind = store.checkpoint()
    world.a_dossier()
    reports = []
    for kept in (behind, None):
        store._checkpoint = kept
        reports.append(_problems(world.audit(store)))

    assert reports == [[("stored_checkpoint_behind", None)]] * 2


def test_a_stored_checkpoint_with_another_root_is_named() -> None:
    world = a_world()
    store = _stored(world)
    size = world.log().tree_size
    other = sign_checkpoint(
        Checkpoint(operator_keys().origin, size, bytes(32)), operator_keys().log
    )
    store._checkpoint = PublishedCheckpoint(size, other)

    assert _problems(world.audit(store)) == [("stored_checkpoint_differs", None)]


def test_a_store_that_is_ahead_of_what_is_published_passes() -> None:
    world = a_world()
    note = world.tiles.read_checkpoint()
    world.a_dossier()
    world.tiles.write_checkpoint(note)

    assert world.audit(world.store).ok


def test_the_report_grows_while_the_audit_goes_on() -> None:
    forger = a_forger()
    for _ in range(600):
        forger.a_dossier("dossier.accepted")
    forger.seal()

    seen = [
        report.entries
        for report in audit_log(
            forger.log(), operator_keys().anchors, forger.documents, now=forger.clock.now
        )
    ]

    assert seen == sorted(seen)
    assert len(set(seen)) > 1


def test_other_anchors_make_the_whole_log_foreign() -> None:
    world = a_world()
    registrar = STRANGER.verification_key
    anchors = Anchors(operator_keys().origin, operator_keys().log.verification_key, registrar)

    *_, report = audit_log(world.log(), anchors, world.documents, now=world.clock.now)

    assert not report.ok
    assert _problems(report)[0] == ("unknown_key", 0)
