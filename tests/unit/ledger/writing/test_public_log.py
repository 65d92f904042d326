"""The log as the writer holds it: what it publishes is what anyone reads and proves."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta

import pytest

from ledger.writing.public_log import PublicLog, index_key
from tests.support.ledger_builders import ORIGIN, operator_keys
from transparency.checkpoints import open_checkpoint
from transparency.hashing import leaf_hash
from transparency.index import StreamIndex
from transparency.proofs import verify_inclusion
from transparency.seals import parse_seal
from transparency.tile_store import MemoryTileStore
from transparency.trusted_log import TrustedLog

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
KEY = operator_keys().log


def _a_log(count: int) -> tuple[PublicLog, list[bytes]]:
    log = PublicLog(ORIGIN, KEY)
    bodies = [f"entry {number}".encode() for number in range(count)]
    for number, body in enumerate(bodies):
        log.append(body, f"dossier:{number % 7}")
    return log, bodies


def _publish(log: PublicLog, store: MemoryTileStore, old_size: int, size: int) -> bytes:
    publication = log.publication(old_size, size)
    store.write_all(publication.files)
    store.write_checkpoint(publication.checkpoint_note)
    return publication.checkpoint_note


def test_publications_one_after_another_give_the_log_that_anyone_reads() -> None:
    log, bodies = _a_log(700)
    store = MemoryTileStore()
    sizes = [0, 1, 200, 256, 257, 513, 700]

    for old_size, size in itertools.pairwise(sizes):
        note = _publish(log, store, old_size, size)
        log.forget_published(size)
        read = TrustedLog(store, open_checkpoint(note, KEY.verification_key))
        assert [entry for _, entry in read.replay()] == bodies[:size]


def test_one_publication_over_everything_writes_the_same_files_as_many() -> None:
    log, _ = _a_log(600)
    many = {**log.publication(0, 300).files, **log.publication(300, 600).files}

    once = log.publication(0, 600).files

    assert set(once) <= set(many)
    assert all(many[path] == once[path] for path in once)


def test_bodies_of_unfinished_bundles_are_kept_until_they_are_published_full() -> None:
    log, _ = _a_log(300)
    first = log.publication(0, 300)
    log.forget_published(300)

    for number in range(300, 520):
        log.append(f"entry {number}".encode(), None)

    again, _ = _a_log(300)
    for number in range(300, 520):
        again.append(f"entry {number}".encode(), None)
    assert log.publication(300, 520).files == again.publication(300, 520).files
    assert first.tree_size == 300


def test_a_seal_covers_what_stands_before_it_and_its_time_never_goes_back() -> None:
    log, _ = _a_log(10)
    index = StreamIndex()
    for number in range(10):
        index.append(index_key(f"dossier:{number % 7}"), number)

    first = parse_seal(log.make_seal(NOW, b""))
    log.append(log.make_seal(NOW, b""), None)
    log.note_seal(first.sealed_at)
    second = parse_seal(log.make_seal(NOW - timedelta(hours=1), b"checkpoint"))

    assert (first.covers, first.index_root_hash) == (10, index.root_hash())
    assert (second.covers, second.index_root_hash) == (11, index.root_hash())
    assert (first.sealed_at, second.sealed_at) == (NOW, NOW)
    assert second.previous_checkpoint == b"checkpoint"
    assert (log.sealed_size, log.sealed_at) == (11, NOW)


def test_every_entry_is_proven_under_every_later_size() -> None:
    log, bodies = _a_log(20)

    for size in range(1, 21):
        for index in range(size):
            proof = list(log.prove(index, size))
            verify_inclusion(index, size, leaf_hash(bodies[index]), proof, log.root_hash(size))


def test_a_checkpoint_of_one_size_is_the_same_bytes_however_often_it_is_signed() -> None:
    log, _ = _a_log(5)
    before = log.checkpoint_note(3)

    log.append(b"more", "dossier:1")

    assert log.checkpoint_note(3) == before
    with pytest.raises(AssertionError):
        log.publication(3, 7)


def test_index_keys_are_separated_from_every_other_hash() -> None:
    assert index_key("dossier:1") == hashlib.sha256(b"dossier-ledger/stream@v1\ndossier:1").digest()
