"""What a mirror or a witness shows under a key that is not known here stops, or says nothing."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger.documents import MemoryDocuments
from ledger.errors import LedgerForked, NewerAnchorsNeeded, StoreCorrupt
from ledger.starting_over.copies import (
    MonitoredWitness,
    MonitoredWitnesses,
    PublishedCopy,
    mirror_copy,
    own_copy,
)
from tests.support.ledger_builders import World, a_world, operator_keys
from tests.support.starting_over.restored import Restored, memory_tiles
from tests.unit.ledger.writing.test_log_rotation import NEW, OLD, _retire, _rotate
from transparency.checkpoints import open_checkpoint, sign_checkpoint
from transparency.cosignatures import add_signature_lines, cosign, cosigner_key
from transparency.log_keys import LogKeys
from transparency.notes import SigningKey, parse_note, render_note
from transparency.tile_store import MemoryTileStore

WITNESS = SigningKey("witness.example/w1", bytes([9]) * 32)
STRANGER = SigningKey("stranger.example", bytes([8]) * 32)
KEYS = operator_keys().anchors.logs


def _restored_from_before_the_first_key_was_retired() -> tuple[Restored, bytes]:
    """An old copy with its old anchors, and the checkpoint that was published last."""
    world = World()
    world.keys = replace(operator_keys(), later_logs=(NEW,))
    world.writer = world.new_writer()
    restored = Restored(world.open())
    restored.live()
    _rotate(world)
    restored.live()
    _retire(world)
    restored.live()
    note = memory_tiles(world).read_checkpoint()
    restored.restore()
    world.keys = replace(world.keys, kept_anchors=operator_keys().anchors)
    world.tiles = restored.early_tiles
    return restored, note


def _cosigned(note: bytes, key: SigningKey = WITNESS) -> bytes:
    return add_signature_lines(note, [cosign(parse_note(note).text, key, 1)])


def _showing(note: bytes) -> MemoryTileStore:
    files = MemoryTileStore()
    files.write_checkpoint(note)
    return files


def _witnesses(note: bytes, warned: list[str] | None = None) -> MonitoredWitnesses:
    witness = MonitoredWitness("w1", cosigner_key(WITNESS), _showing(note))
    return MonitoredWitnesses([witness], ([] if warned is None else warned).append)


def test_old_copy_whose_log_key_was_retired_since_is_stopped_by_a_witness_alone() -> None:
    restored, note = _restored_from_before_the_first_key_was_retired()

    with pytest.raises(NewerAnchorsNeeded, match=r"keys/anchors\.toml") as stopped:
        restored.take_in(restored.copies(*_witnesses(_cosigned(note)).copies(KEYS)))

    assert stopped.value.code == "newer_anchors_needed"


def test_with_the_newer_anchors_the_same_witness_is_understood() -> None:
    restored, note = _restored_from_before_the_first_key_was_retired()

    (copy,) = _witnesses(_cosigned(note)).copies(LogKeys.of(NEW.verification_key))

    assert copy.signed_size > restored.backup.sequenced_size()


def _by_a_stranger(note: bytes) -> bytes:
    return _cosigned(note, STRANGER)


def _under_another_size(note: bytes) -> bytes:
    parsed = parse_note(_cosigned(note))
    return render_note(parsed.text.replace(b"\n", b"\n1", 1), parsed.signatures)


@pytest.mark.parametrize("shown", [bytes, _by_a_stranger, _under_another_size])
def test_what_the_witness_did_not_cosign_stops_nobody(shown: Callable[[bytes], bytes]) -> None:
    _, note = _restored_from_before_the_first_key_was_retired()
    warned = list[str]()

    assert _witnesses(shown(note), warned).copies(KEYS) == []
    assert warned == ["w1"]


def test_what_a_witness_cosigned_of_another_log_stops_nobody() -> None:
    note = sign_checkpoint(
        replace(a_world().log().signed_checkpoint.checkpoint, origin=STRANGER.name), STRANGER
    )
    warned = list[str]()

    assert _witnesses(_cosigned(note), warned).copies(KEYS) == []
    assert warned == ["w1"]


def _mirror(note: bytes) -> PublishedCopy | None:
    return mirror_copy("mirror", _showing(note), MemoryDocuments(), KEYS)


def test_old_copy_whose_log_key_was_retired_since_is_stopped_by_a_mirror_alone() -> None:
    _, note = _restored_from_before_the_first_key_was_retired()

    with pytest.raises(NewerAnchorsNeeded):
        _mirror(note)


def _broken_line(note: bytes) -> bytes:
    parsed = parse_note(note)
    (line,) = parsed.signatures
    return render_note(parsed.text, [replace(line, signature=bytes(64))])


def _of_another_log(note: bytes) -> bytes:
    checkpoint = open_checkpoint(note, OLD.verification_key).checkpoint
    return sign_checkpoint(replace(checkpoint, origin=STRANGER.name), STRANGER)


def _without_a_checkpoint(_: bytes) -> bytes:
    return render_note(b"hello\n", [OLD.sign(b"hello\n")])


@pytest.mark.parametrize(
    "shown",
    [
        lambda _: b"garbage",
        lambda _: b"",
        lambda _: bytes(600_000),
        _broken_line,
        _of_another_log,
        _without_a_checkpoint,
    ],
)
def test_mirror_that_serves_garbage_as_its_checkpoint_does_not_stop_the_start(
    shown: Callable[[bytes], bytes],
) -> None:
    world = a_world()

    assert _mirror(shown(world.tiles.read_checkpoint())) is None


def test_mirror_whose_checkpoint_is_signed_by_us_and_contradicts_stops_the_start() -> None:
    restored = Restored()
    restored.live()
    note = restored.world.tiles.read_checkpoint()
    checkpoint = open_checkpoint(note, KEYS).checkpoint
    mirror = _mirror(sign_checkpoint(replace(checkpoint, root_hash=bytes(32)), OLD))
    assert mirror is not None

    with pytest.raises(LedgerForked):
        restored.take_in(restored.copies(mirror))


def test_own_checkpoint_that_is_garbage_is_an_alarm_and_one_by_a_newer_key_asks_for_anchors() -> (
    None
):
    _, note = _restored_from_before_the_first_key_was_retired()
    with pytest.raises(StoreCorrupt):
        own_copy(_showing(b"garbage"), MemoryDocuments(), KEYS)
    with pytest.raises(NewerAnchorsNeeded):
        own_copy(_showing(note), MemoryDocuments(), KEYS)


def test_copy_from_within_the_change_is_understood_by_its_old_key() -> None:
    world = World()
    world.keys = replace(operator_keys(), later_logs=(NEW,))
    world.writer = world.new_writer()
    world.open()
    _rotate(world)

    (copy,) = _witnesses(_cosigned(world.tiles.read_checkpoint())).copies(KEYS)

    assert copy.signed_size == world.store.sequenced_size()
