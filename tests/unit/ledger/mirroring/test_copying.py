"""A mirror keeps what was proven, goes on after any end, and never takes anything back."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.documents import MemoryDocuments
from ledger.errors import LedgerBusy, StoreCorrupt
from ledger.mirroring.continuing import LogShrank
from ledger.mirroring.copying import Mirror, MirrorSource
from ledger.mirroring.folder import MirrorFolder
from tests.support.observers.mirrored_logs import NOW, FaultySource, SomeLog, a_fork
from tests.support.transparency_builders import a_key, some_entries, with_one_bit_flipped
from transparency.cosignatures import cosigner_key
from transparency.errors import (
    CheckpointNotSigned,
    LogMisbehaviour,
    ProofInvalid,
    QuorumMissing,
    TileStoreCorrupt,
    TileStoreUnavailable,
)
from transparency.evidence.checkpoints import judge_fork
from transparency.evidence.files import parse_evidence
from transparency.notes import render_vkey
from transparency.policies import parse_policy
from transparency.tiles import bundle_path, bundles_between, tile_path, tiles_between
from transparency.trusted_log import TrustedLog

KEY = a_key().verification_key
LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> MirrorFolder:
    return MirrorFolder(tmp_path / "mirror")


def _served_size(folder: MirrorFolder) -> int:
    served = folder.served(KEY)
    return 0 if served is None else served.checkpoint.tree_size


def _entries(folder: MirrorFolder) -> list[bytes]:
    served = folder.served(KEY)
    assert served is not None
    return [entry for _, entry in TrustedLog(folder.tiles(), served).replay()]


def _files(folder: MirrorFolder) -> dict[str, bytes]:
    paths = sorted(path for path in folder.path.rglob("*") if path.is_file())
    return {
        path.relative_to(folder.path).as_posix(): path.read_bytes()
        for path in paths
        if path.name != "lock"
    }


@pytest.mark.parametrize("tree_size", [1, 2, 255, 256, 257, 512, 5_000, 70_000])
def test_mirror_holds_the_log_whole(folder: MirrorFolder, tree_size: int) -> None:
    log = SomeLog().grow_to(tree_size)

    copied = Mirror(folder, KEY).update(log.source, NOW)

    assert (copied.tree_size, copied.new_entries) == (tree_size, tree_size)
    assert _entries(folder) == some_entries(tree_size)
    store = folder.tiles()
    for tile in tiles_between(0, tree_size):
        assert store.read(tile_path(tile)) == log.written.tree.tile_bytes(tile)
    for bundle in bundles_between(0, tree_size):
        assert store.read(bundle_path(bundle)) == log.written.store.read(bundle_path(bundle))
    assert not folder.copying.exists()


@pytest.mark.parametrize(
    "sizes", [(1, 2, 3), (200, 256, 300, 512), (255, 257, 4_095, 4_097, 9_000)]
)
def test_mirror_that_follows_a_growing_log_ends_with_the_same_files_as_one_made_late(
    tmp_path: Path, sizes: tuple[int, ...]
) -> None:
    log, early = SomeLog(), MirrorFolder(tmp_path / "early")
    for size in sizes:
        Mirror(early, KEY).update(log.grow_to(size).source, NOW)

    late = MirrorFolder(tmp_path / "late")
    Mirror(late, KEY).update(log.source, NOW)

    kept = _files(early)
    assert {name: kept.get(name) for name in _files(late)} == _files(late)


def test_partial_files_go_a_while_after_the_full_one_is_there(folder: MirrorFolder) -> None:
    log = SomeLog()
    for size in (200, 255, 300):
        Mirror(folder, KEY).update(log.grow_to(size).source, NOW)
    assert "log/tile/entries/000.p/200" in _files(folder)

    Mirror(folder, KEY).update(log.source, LATER)

    assert not [name for name in _files(folder) if "000.p/2" in name]
    assert "log/tile/entries/001.p/44" in _files(folder)


def test_copying_that_was_cut_off_anywhere_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    log = SomeLog().grow_to(1_100)
    whole = MirrorFolder(tmp_path / "whole")
    Mirror(whole, KEY).update(log.source, NOW)
    answers = len(log.faulty.asked)

    for number in range(answers):
        folder = MirrorFolder(tmp_path / f"{number}")
        log.faulty.answers_left = number
        with pytest.raises(TileStoreUnavailable):
            Mirror(folder, KEY).update(log.source, NOW)
        assert _served_size(folder) == 0
        log.faulty.answers_left = None
        Mirror(folder, KEY).update(log.source, NOW)
        assert _files(folder) == _files(whole)


def test_bundles_that_lie_there_from_a_round_that_was_cut_off_are_not_asked_for_again(
    folder: MirrorFolder,
) -> None:
    log = SomeLog().grow_to(9_000)
    log.faulty.answers_left = 70
    with pytest.raises(TileStoreUnavailable):
        Mirror(folder, KEY).update(log.source, NOW)
    kept = [name.removeprefix("log/") for name in _files(folder) if "/entries/" in name]
    log.faulty.answers_left, log.faulty.asked = None, []

    Mirror(folder, KEY).update(log.source, NOW)

    assert kept
    assert not set(kept) & set(log.faulty.asked)


def test_log_that_forks_is_not_followed_and_its_pieces_are_kept(folder: MirrorFolder) -> None:
    Mirror(folder, KEY).update(SomeLog().grow_to(700).source, NOW)
    before = _files(folder)
    fork = a_fork(900, forked_at=400)

    for _ in range(2):
        with pytest.raises(LogMisbehaviour):
            Mirror(folder, KEY).update(fork.source, NOW)

    after = _files(folder)
    assert {name: after[name] for name in before} == before
    (case,) = folder.evidence.iterdir()
    assert (case / "first.checkpoint").read_bytes() == before["log/checkpoint"]
    assert (case / "second.checkpoint").read_bytes() == fork.written.signed_checkpoint().note


def test_evidence_of_a_fork_of_two_sizes_convicts_before_anybody(folder: MirrorFolder) -> None:
    fork = a_fork(900, forked_at=400)
    Mirror(folder, KEY).update(SomeLog().grow_to(700).source, NOW)
    with pytest.raises(LogMisbehaviour):
        Mirror(folder, KEY).update(fork.source, NOW)
    (case,) = folder.evidence.iterdir()

    found = judge_fork(parse_evidence((case / "fork.evidence.json").read_bytes()), KEY)

    assert found.particulars == {"first_size": "700", "second_size": "900"}


def test_log_of_one_size_and_two_roots_is_misbehaviour(folder: MirrorFolder) -> None:
    Mirror(folder, KEY).update(SomeLog().grow_to(300).source, NOW)

    with pytest.raises(LogMisbehaviour):
        Mirror(folder, KEY).update(a_fork(300, forked_at=299).source, NOW)


def test_log_that_forks_and_is_smaller_is_misbehaviour(folder: MirrorFolder) -> None:
    Mirror(folder, KEY).update(SomeLog().grow_to(700).source, NOW)

    with pytest.raises(LogMisbehaviour):
        Mirror(folder, KEY).update(a_fork(500, forked_at=400).source, NOW)


def test_log_that_shrinks_is_not_followed_and_both_checkpoints_are_kept(
    folder: MirrorFolder,
) -> None:
    Mirror(folder, KEY).update(SomeLog().grow_to(300).source, NOW)

    with pytest.raises(LogShrank):
        Mirror(folder, KEY).update(SomeLog().grow_to(299).source, NOW)

    assert _served_size(folder) == 300
    assert [case.name.partition("-")[0] for case in folder.evidence.iterdir()] == ["log_shrank"]


def test_checkpoint_that_lags_for_a_moment_is_asked_for_again(folder: MirrorFolder) -> None:
    log = SomeLog().grow_to(200)
    older = log.written.signed_checkpoint().note
    Mirror(folder, KEY).update(log.grow_to(300).source, NOW)
    waited: list[float] = []
    log.faulty.changes["checkpoint"] = lambda note: note if len(waited) > 1 else older

    Mirror(folder, KEY, wait=waited.append).update(log.source, NOW)

    assert (len(waited), folder.evidence.exists()) == (2, False)


def test_fork_is_seen_against_a_checkpoint_whose_copying_was_cut_off(folder: MirrorFolder) -> None:
    log = SomeLog().grow_to(300)
    log.faulty.answers_left = 3
    with pytest.raises(TileStoreUnavailable):
        Mirror(folder, KEY).update(log.source, NOW)

    with pytest.raises(LogMisbehaviour):
        Mirror(folder, KEY).update(a_fork(400, forked_at=10).source, NOW)


@pytest.mark.parametrize("path", ["tile/0/000", "tile/1/000.p/4", "tile/entries/003"])
def test_changed_file_is_not_kept_and_nothing_new_is_served(
    folder: MirrorFolder, path: str
) -> None:
    log = SomeLog().grow_to(200)
    Mirror(folder, KEY).update(log.source, NOW)
    log.grow_to(1_100).faulty.changes[path] = lambda data: with_one_bit_flipped(data, 40)

    with pytest.raises(ProofInvalid):
        Mirror(folder, KEY).update(log.source, NOW)

    assert _served_size(folder) == 200
    assert f"log/{path}" not in _files(folder)
    log.faulty.changes.clear()
    assert Mirror(folder, KEY).update(log.source, NOW).tree_size == 1_100


def test_checkpoint_of_another_key_is_refused(folder: MirrorFolder) -> None:
    log = SomeLog().grow_to(3)

    with pytest.raises(CheckpointNotSigned):
        Mirror(folder, a_key(seed_byte=2).verification_key).update(log.source, NOW)

    assert _files(folder) == {}


def test_checkpoint_without_the_policys_quorum_is_refused(folder: MirrorFolder) -> None:
    vkey = render_vkey(cosigner_key(a_key("w.org", 9)))
    policy = parse_policy(f"witness W {vkey}\nquorum W\n".encode())

    with pytest.raises(QuorumMissing):
        Mirror(folder, KEY, policy).update(SomeLog().grow_to(3).source, NOW)

    assert _files(folder) == {}


def test_file_of_the_mirror_that_was_changed_is_an_alarm(folder: MirrorFolder) -> None:
    log = SomeLog().grow_to(300)
    log.faulty.answers_left = 5
    with pytest.raises(TileStoreUnavailable):
        Mirror(folder, KEY).update(log.source, NOW)
    log.faulty.answers_left = None
    Mirror(folder, KEY).update(log.source, NOW)
    (folder.log / "checkpoint").write_bytes(b"changed")

    with pytest.raises(StoreCorrupt):
        Mirror(folder, KEY).update(log.source, NOW)


def test_bundle_of_the_mirror_that_was_changed_is_an_alarm(folder: MirrorFolder) -> None:
    log = SomeLog().grow_to(300)
    Mirror(folder, KEY).update(log.source, NOW)
    (folder.log / "checkpoint").unlink()
    bundle = folder.log / "tile" / "entries" / "000"
    bundle.write_bytes(with_one_bit_flipped(bundle.read_bytes(), 9))

    with pytest.raises(TileStoreCorrupt):
        Mirror(folder, KEY).update(log.source, NOW)


def test_documents_come_with_the_entries_that_name_them_and_missing_ones_are_asked_for_again(
    folder: MirrorFolder,
) -> None:
    log, late = SomeLog(), b"a document that comes late"
    here = log.documents.store(b"a document")
    name = hashlib.sha256(late).hexdigest()
    log.written.publish([f'"document":"{each}"'.encode() for each in (here, name)])

    first = Mirror(folder, KEY).update(log.source, NOW)
    log.documents.store(late)
    second = Mirror(folder, KEY).update(log.source, NOW)

    assert (first.missing_documents, second.missing_documents) == ((name,), ())
    assert folder.documents().read(name) == late
    assert folder.documents().read(here) == b"a document"


def test_document_with_other_bytes_than_its_name_says_is_not_kept(folder: MirrorFolder) -> None:
    class Lying(MemoryDocuments):
        def read(self, document_hex: str) -> bytes | None:
            return b"something else"

    log = SomeLog()
    log.written.publish([f'"document":"{"a" * 64}"'.encode()])

    copied = Mirror(folder, KEY).update(MirrorSource(log.faulty, Lying()), NOW)

    assert copied.missing_documents == ("a" * 64,)
    assert list(folder.documents().names()) == []


def test_second_copier_of_one_mirror_is_kept_out(folder: MirrorFolder) -> None:
    with folder.locked(), pytest.raises(LedgerBusy):
        Mirror(folder, KEY).update(SomeLog().grow_to(3).source, NOW)


def test_mirror_is_a_source_for_another_mirror(tmp_path: Path, folder: MirrorFolder) -> None:
    Mirror(folder, KEY).update(SomeLog().grow_to(600).source, NOW)
    second = MirrorFolder(tmp_path / "second")

    Mirror(second, KEY).update(MirrorSource(folder.tiles(), folder.documents()), NOW)

    assert _files(second) == _files(folder)


def test_source_without_answers_leaves_the_mirror_as_it_was(folder: MirrorFolder) -> None:
    log = SomeLog().grow_to(300)
    Mirror(folder, KEY).update(log.source, NOW)
    before = _files(folder)

    with pytest.raises(TileStoreUnavailable):
        silent = MirrorSource(FaultySource(log.written.store, answers_left=0), log.documents)
        Mirror(folder, KEY).update(silent, NOW)

    assert _files(folder) == before
