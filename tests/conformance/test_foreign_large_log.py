"""On a log of 70,000 entries, programs that we did not write agree with us and refuse changes.

As a log (checkpoint, every tile, every bundle), as proofs (inclusion, consistency), and as a
witness whose cosignature they check. The entries are made up: what is tried is the log.
"""

import random
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import metamorphic_log
import pytest
from tlog_scales.backend import make_backend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash as scales_leaf_hash
from tlog_scales.tlog import Checkpoint as ScalesCheckpoint

from tests.conformance.test_foreign_witnesses import needs_aics, run_aics, served_by_aics
from tests.support.transparency_builders import (
    ORIGIN,
    WrittenLog,
    a_key,
    a_log,
    with_one_bit_flipped,
)
from tests.support.witnesses.builders import RunningWitness, make_a_witness, request_for
from tests.support.witnesses.served import ask_over_network
from transparency.cosignatures import add_signature_lines, parse_signature_lines
from transparency.hashing import leaf_hash
from transparency.notes import parse_vkey, render_vkey
from transparency.proofs import prove_consistency, prove_inclusion
from transparency.tile_store import FileTileStore
from transparency.witnessing.answers import Cosigned

# Left out of `make check`, which must be quick.
pytestmark = pytest.mark.long

TREE_SIZE = 70_000
# 273 full tiles and bundles of the first level, one of the second, and the three partial ones.
PARTIALS = ("tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112")
OLD_SIZES = (1, 255, 256, 257, 65_535, 65_536, 65_537, 65_792, 69_888, 69_999)
VKEY = render_vkey(a_key().verification_key)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WrittenLog, Path]]:
    """The log in its folder, published in steps that cross the borders of both lower levels."""
    folder = tmp_path_factory.mktemp("large")
    yield a_log(FileTileStore(folder), 300, 65_530, 65_800, TREE_SIZE), folder
    shutil.rmtree(folder)


def some_indexes() -> list[int]:
    borders = (0, 255, 256, 65_535, 65_536, 65_791, 65_792, 69_887, 69_888, TREE_SIZE - 1)
    return [*borders, *random.Random(70).sample(range(TREE_SIZE), 200)]


def a_reader(folder: Path) -> TilesReader:
    return TilesReader(make_backend(str(folder)))


def changed_copy(folder: Path, to: Path, *names: str) -> Path:
    """The log's folder under links, but for files with one bit changed."""
    shutil.copytree(folder, to, copy_function=lambda source, copy: Path(copy).hardlink_to(source))
    for name in names:
        data = (to / name).read_bytes()
        (to / name).unlink()
        (to / name).write_bytes(with_one_bit_flipped(data, len(data) // 2))
    return to


def test_tlog_scales_reads_the_checkpoint_and_every_bundle(
    whole: tuple[WrittenLog, Path],
) -> None:
    log, folder = whole
    reader = a_reader(folder)
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string(VKEY))

    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, TREE_SIZE)
    assert checkpoint.root_hash == reader.calculate_root_hash() == log.tree.root_hash()
    assert [reader.get_entry(index) for index in range(TREE_SIZE)] == log.entries


def test_every_tile_holds_what_tlog_scales_makes_of_the_entries(
    whole: tuple[WrittenLog, Path],
) -> None:
    """All leaf hashes from the bundles, and all higher hashes from the leaves below them."""
    log, folder = whole
    reader = a_reader(folder)
    reader.get_checkpoint()

    for index in range(TREE_SIZE):
        assert reader._get_from_tile(0, *divmod(index, 256)) == scales_leaf_hash(log.entries[index])
    for level, count in ((1, TREE_SIZE >> 8), (2, TREE_SIZE >> 16)):
        for index in range(count):
            below = [reader._get_from_tile(level - 1, index, at) for at in range(256)]
            assert reader._get_from_tile(level, *divmod(index, 256)) == _subtree(below)


def _subtree(hashes: list[bytes]) -> bytes:
    """RFC 6962, of a full subtree."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def test_tlog_scales_makes_the_same_proofs(whole: tuple[WrittenLog, Path]) -> None:
    log, folder = whole
    reader = a_reader(folder)
    root_hash = reader.get_checkpoint().root_hash

    for index in some_indexes():
        proof = reader.get_inclusion_proof(index, TREE_SIZE)
        proof.check(scales_leaf_hash(log.entries[index]), root_hash)
        assert proof.node_hashes == prove_inclusion(index, TREE_SIZE, log.tree)
    for old_size in OLD_SIZES:
        growth = reader.get_consistency_proof(old_size, TREE_SIZE)
        growth.check(log.tree.root_hash(old_size), root_hash)
        assert growth.node_hashes == prove_consistency(old_size, TREE_SIZE, log.tree)


def test_metamorphic_log_accepts_our_proofs_and_refuses_changed_ones(
    whole: tuple[WrittenLog, Path],
) -> None:
    log, _ = whole
    note = log.signed_checkpoint().note.decode()

    for index in some_indexes():
        leaf = leaf_hash(log.entries[index])
        proof = prove_inclusion(index, TREE_SIZE, log.tree)
        metamorphic_log.checkpoint_verify_inclusion(note, [VKEY], index, leaf, proof)
        at = index % len(proof)
        changed = [*proof[:at], with_one_bit_flipped(proof[at], 9), *proof[at + 1 :]]
        for wrong_index, wrong_leaf, wrong_proof in (
            ((index + 1) % TREE_SIZE, leaf, proof),
            (index, with_one_bit_flipped(leaf, 0), proof),
            (index, leaf, changed),
            (index, leaf, proof[1:]),
        ):
            with pytest.raises(metamorphic_log.VerifyError):
                metamorphic_log.checkpoint_verify_inclusion(
                    note, [VKEY], wrong_index, wrong_leaf, wrong_proof
                )
    for old_size in OLD_SIZES:
        older = log.signed_checkpoint(old_size).note.decode()
        growth = prove_consistency(old_size, TREE_SIZE, log.tree)
        metamorphic_log.checkpoint_verify_consistency(older, note, [VKEY], growth)
        changed = [*growth[:-1], with_one_bit_flipped(growth[-1], 0)]
        with pytest.raises(metamorphic_log.VerifyError):
            metamorphic_log.checkpoint_verify_consistency(older, note, [VKEY], changed)


@pytest.mark.parametrize("name", [*PARTIALS, "tile/0/000", "tile/1/000", "tile/entries/100"])
def test_tlog_scales_finds_one_changed_bit(
    whole: tuple[WrittenLog, Path], tmp_path: Path, name: str
) -> None:
    """By the root where the file carries it, else by the proof of what stands in the file."""
    _, folder = whole
    reader = a_reader(changed_copy(folder, tmp_path / "copy", name))
    root_hash = reader.get_checkpoint().root_hash
    if name in PARTIALS[:3]:
        assert reader.calculate_root_hash() != root_hash
        return
    _, level, number = name.replace(".p/112", "").split("/")
    first = int(number) << (16 if level == "1" else 8)
    refused = 0
    for index in range(first, min(first + 256, TREE_SIZE)):
        try:
            proof = reader.get_inclusion_proof(index, TREE_SIZE)
            proof.check(scales_leaf_hash(reader.get_entry(index)), root_hash)
        except Exception:  # noqa: BLE001 - of no class of its own
            refused += 1
    assert refused > 0


def test_tlog_scales_accepts_what_our_witness_cosigned_of_it(
    whole: tuple[WrittenLog, Path], tmp_path: Path
) -> None:
    """Asked from 65,800 on, with the proof; a fork of that size is refused."""
    log, _ = whole
    running = RunningWitness(make_a_witness(tmp_path / "witness"))
    note = log.signed_checkpoint().note
    first = running.ask(request_for(log, 0, 65_800))
    fork = WrittenLog(log.store)
    fork.entries = [b"another beginning", *log.entries[1:]]
    fork.tree.extend(map(leaf_hash, fork.entries))

    refused = running.ask(request_for(fork, 65_800))
    answer = running.ask(request_for(log, 65_800))
    running.close()

    assert (first.status_code, refused.status_code, answer.status_code) == (200, 422, 200)
    cosigned = add_signature_lines(note, parse_signature_lines(answer.content))
    vkey = Vkey.from_string(render_vkey(running.key))
    ScalesCheckpoint.from_text(cosigned.decode()).verify(vkey)
    assert metamorphic_log.checkpoint_verify(cosigned.decode(), [VKEY]).size == TREE_SIZE
    wrong = with_one_bit_flipped(cosigned, cosigned.rfind(b"witness.example/w1") + 60)
    with pytest.raises(Exception, match=r".*"):
        ScalesCheckpoint.from_text(wrong.decode()).verify(vkey)


# Audits every tile and every entry, by the checkpoint and nothing else.
AUDITING = """
import json, sys
import aics_tlog as aics
given = json.load(sys.stdin)
answers = []
for folder in given["folders"]:
    reader = aics.FileSystemTileReader(folder)
    try:
        note = aics.parse_note(open(folder + "/checkpoint", "rb").read())
        checkpoint = aics.verify_checkpoint(note, aics.parse_vkey(given["vkey"]))
        assert checkpoint.ok
        aics.audit_tiles(reader, checkpoint.size, checkpoint.root)
        size = checkpoint.size
        proofs = [aics.inclusion_proof_from_tiles(reader, i, size) for i in given["at"]]
        growth = [aics.consistency_proof_from_tiles(reader, o, size) for o in given["old"]]
        answers.append([[h.hex() for h in p] for p in proofs + growth])
    except Exception as error:
        answers.append(type(error).__name__)
print(json.dumps(answers))
"""


@needs_aics
@pytest.mark.served
def test_aics_tlog_audits_the_log_and_finds_every_planted_change(
    whole: tuple[WrittenLog, Path], tmp_path: Path
) -> None:
    log, folder = whole
    names = [*PARTIALS, "tile/0/000", "tile/1/000", "tile/entries/100", "checkpoint"]
    changed = [changed_copy(folder, tmp_path / str(at), name) for at, name in enumerate(names)]
    given = {
        "vkey": VKEY,
        "folders": [str(folder), *map(str, changed)],
        "at": some_indexes(),
        "old": OLD_SIZES,
    }

    answers: list[Any] = run_aics(AUDITING, given)

    ours = [prove_inclusion(index, TREE_SIZE, log.tree) for index in some_indexes()]
    ours += [prove_consistency(old_size, TREE_SIZE, log.tree) for old_size in OLD_SIZES]
    assert answers[0] == [[each.hex() for each in proof] for proof in ours]
    assert all(isinstance(answer, str) and answer.endswith("Error") for answer in answers[1:])


@needs_aics
@pytest.mark.served
def test_aics_witness_cosigns_the_large_log(whole: tuple[WrittenLog, Path], tmp_path: Path) -> None:
    log, _ = whole
    with served_by_aics(tmp_path) as (address, vkey):
        key = parse_vkey(vkey)
        answers = [
            ask_over_network(address, log, size, 0, key) for size in (65_530, 65_800, TREE_SIZE)
        ]

    assert [type(answer) for answer in answers] == [Cosigned] * 3
