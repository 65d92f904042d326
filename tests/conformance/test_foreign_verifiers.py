"""Programs that we did not write accept our log and our receipts, and refuse changed ones.

`tlog-scales` is a reader and writer of tiled logs in Python, `metamorphic-log` a verifier in
Rust. Neither shares code with us or with the other.
"""

from collections.abc import Iterator
from pathlib import Path

import metamorphic_log
import pytest
from tlog_scales import cli
from tlog_scales.backend import HttpBackend, make_backend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import PlainEd25519Signer, Vkey
from tlog_scales.tiles import leaf_hash as scales_leaf_hash
from tlog_scales.tlog import Checkpoint as ScalesCheckpoint
from tlog_scales.tlog import InclusionProof as ScalesInclusion
from tlog_scales.writer import TilesWriter

from tests.support.folder_server import serving_folder
from tests.support.transparency_builders import (
    ORIGIN,
    WrittenLog,
    a_key,
    a_log,
    some_entries,
    with_one_bit_flipped,
)
from transparency.checkpoints import open_checkpoint
from transparency.hashing import leaf_hash
from transparency.notes import render_vkey
from transparency.proofs import prove_consistency, prove_inclusion
from transparency.receipts import parse_receipt
from transparency.tile_store import FileTileStore
from transparency.trusted_log import TrustedLog
from transparency.verifier import verify_receipt

TREE_SIZE = 700
VKEY = render_vkey(a_key().verification_key)
SOME_INDEXES = (0, 1, 255, 256, 511, 512, 698, 699)
TILE_FILES = ("tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2")


@pytest.fixture
def log(tmp_path: Path) -> WrittenLog:
    """A log of ours on a disk, published in four steps."""
    return a_log(FileTileStore(tmp_path), 1, 200, 513, TREE_SIZE)


@pytest.fixture(params=["folder", "http"])
def reader(request: pytest.FixtureRequest, log: WrittenLog, tmp_path: Path) -> Iterator[object]:
    """tlog-scales reading that log from the disk, and over HTTP."""
    assert log.tree.tree_size == TREE_SIZE
    if request.param == "folder":
        yield TilesReader(make_backend(str(tmp_path)))
        return
    with serving_folder(tmp_path) as address:
        foreign = TilesReader(make_backend(address))
        yield foreign
        assert isinstance(foreign.backend, HttpBackend)
        foreign.backend.session.close()


def flip_in_file(path: Path, position: int) -> None:
    path.write_bytes(with_one_bit_flipped(path.read_bytes(), position))


def scales_check_receipt(data: bytes) -> None:
    """Read a receipt line by line and let tlog-scales judge what it says."""
    head, _, note = data.decode().partition("\n\n")
    _, extra, index, *_ = head.split("\n")
    receipt = parse_receipt(data)
    checkpoint = ScalesCheckpoint.from_text(note)
    checkpoint.verify(Vkey.from_string(VKEY))
    assert (extra[:6], index) == ("extra ", f"index {receipt.entry_index}")
    proof = ScalesInclusion(receipt.entry_index, checkpoint.size, list(receipt.proof))
    proof.check(scales_leaf_hash(receipt.entry), checkpoint.root_hash)


class TestTlogScales:
    def test_checkpoint_and_every_entry_are_accepted(
        self, log: WrittenLog, reader: TilesReader
    ) -> None:
        checkpoint = reader.get_checkpoint()
        checkpoint.verify(Vkey.from_string(VKEY))

        assert (checkpoint.origin, checkpoint.size) == (ORIGIN, TREE_SIZE)
        assert reader.calculate_root_hash() == checkpoint.root_hash
        for index in range(TREE_SIZE):
            assert reader.get_entry(index) == log.entries[index]
        for index in SOME_INDEXES:
            proof = reader.get_inclusion_proof(index, TREE_SIZE)
            proof.check(scales_leaf_hash(log.entries[index]), checkpoint.root_hash)
            assert proof.node_hashes == prove_inclusion(index, TREE_SIZE, log.tree)

    def test_its_consistency_proofs_are_ours(self, log: WrittenLog, reader: TilesReader) -> None:
        checkpoint = reader.get_checkpoint()

        for old_size in (1, 2, 200, 255, 256, 257, 512, 513, 699):
            proof = reader.get_consistency_proof(old_size, TREE_SIZE)
            proof.check(log.tree.root_hash(old_size), checkpoint.root_hash)
            assert proof.node_hashes == prove_consistency(old_size, TREE_SIZE, log.tree)

    @pytest.mark.parametrize("name", TILE_FILES)
    def test_changed_tile_gives_another_root(
        self, log: WrittenLog, tmp_path: Path, name: str
    ) -> None:
        flip_in_file(tmp_path / name, 40)

        reader = TilesReader(make_backend(str(tmp_path)))
        checkpoint = reader.get_checkpoint()

        # The full level 0 tile is proven by leaves alone; the others carry the root.
        if name == "tile/0/000":
            proof = reader.get_inclusion_proof(0, TREE_SIZE)
            with pytest.raises(Exception, match="root_hash"):
                proof.check(scales_leaf_hash(log.entries[0]), checkpoint.root_hash)
        else:
            assert reader.calculate_root_hash() != checkpoint.root_hash

    def test_changed_entry_is_not_included(self, log: WrittenLog, tmp_path: Path) -> None:
        flip_in_file(tmp_path / "tile/entries/000", 5)

        reader = TilesReader(make_backend(str(tmp_path)))
        checkpoint = reader.get_checkpoint()
        proof = reader.get_inclusion_proof(0, checkpoint.size)

        assert reader.get_entry(0) != log.entries[0]
        with pytest.raises(Exception, match="root_hash"):
            proof.check(scales_leaf_hash(reader.get_entry(0)), checkpoint.root_hash)

    def test_checkpoint_with_any_signed_byte_changed_is_refused(self, log: WrittenLog) -> None:
        note = log.signed_checkpoint().note
        root_line_end = note.index(b"\n\n")
        # tlog-scales takes other line ends for line feeds, and does not look at the unused bits
        # in the last digit of base64; metamorphic-log and we refuse both.
        line_ends = {position for position in range(root_line_end) if note[position] == ord("\n")}
        loosely_read = line_ends | {root_line_end - 2}

        for position in set(range(root_line_end)) - loosely_read:
            with pytest.raises(Exception, match=r".*"):
                text = with_one_bit_flipped(note, position).decode()
                ScalesCheckpoint.from_text(text).verify(Vkey.from_string(VKEY))

    @pytest.mark.parametrize("index", SOME_INDEXES)
    def test_receipt_is_what_its_own_generator_writes_and_the_entry(
        self, log: WrittenLog, tmp_path: Path, capsys: pytest.CaptureFixture[str], index: int
    ) -> None:
        parser = cli.build_parser()
        arguments = parser.parse_args(["gen-proof", str(tmp_path), str(index)])
        arguments.func(arguments)

        lines = log.receipt(index).decode().splitlines(keepends=True)

        assert "".join(lines[:1] + lines[2:]) == capsys.readouterr().out
        scales_check_receipt(log.receipt(index))

    def test_receipt_with_one_byte_of_entry_proof_or_place_changed_is_refused(
        self, log: WrittenLog
    ) -> None:
        receipt = log.receipt(300)
        extra = receipt.index(b"extra ") + 6
        index = receipt.index(b"index ") + 6
        first_hash = receipt.index(b"\n", index) + 1

        for position in (extra, extra + 4, index, index + 2, first_hash, first_hash + 45):
            with pytest.raises(Exception, match=r".*"):
                scales_check_receipt(with_one_bit_flipped(receipt, position))

    def test_log_that_it_writes_is_read_by_us(self, tmp_path: Path) -> None:
        key = a_key("foreign.example/log", 8)
        signer = PlainEd25519Signer(key.name, key.seed)
        writer = TilesWriter.create(tmp_path / "foreign", key.name)
        entries = some_entries(600)
        for part in (entries[:100], entries[100:]):
            for entry in part:
                writer.add_leaf(entry)
            writer.commit([signer])

        store = FileTileStore(tmp_path / "foreign")
        signed = open_checkpoint(store.read_checkpoint(), key.verification_key)

        assert [entry for _, entry in TrustedLog(store, signed).replay()] == entries


class TestMetamorphicLog:
    def test_checkpoint_is_accepted(self, log: WrittenLog) -> None:
        head = metamorphic_log.checkpoint_verify(log.signed_checkpoint().note.decode(), [VKEY])

        assert (head.origin, head.size, head.root) == (ORIGIN, TREE_SIZE, log.tree.root_hash())
        assert head.extensions == []

    def test_checkpoint_with_any_byte_changed_is_refused(self, log: WrittenLog) -> None:
        note = log.signed_checkpoint().note

        for position in range(len(note)):
            with pytest.raises((metamorphic_log.VerifyError, UnicodeDecodeError)):
                text = with_one_bit_flipped(note, position).decode()
                metamorphic_log.checkpoint_verify(text, [VKEY])

    def test_receipt_of_every_entry_is_accepted(self, log: WrittenLog) -> None:
        for index in range(TREE_SIZE):
            receipt = parse_receipt(log.receipt(index))
            metamorphic_log.checkpoint_verify_inclusion(
                receipt.checkpoint_note.decode(),
                [VKEY],
                receipt.entry_index,
                leaf_hash(receipt.entry),
                list(receipt.proof),
            )

    def test_receipt_with_anything_changed_is_refused(self, log: WrittenLog) -> None:
        receipt = verify_receipt(log.receipt(300), log.key.verification_key)
        note = receipt.checkpoint.note.decode()
        proof = prove_inclusion(300, TREE_SIZE, log.tree)
        leaf = leaf_hash(receipt.entry)
        changed_hashes = [
            [*proof[:i], with_one_bit_flipped(proof[i], 31), *proof[i + 1 :]]
            for i in range(len(proof))
        ]
        claims = [
            (301, leaf, proof),
            (300, leaf_hash(with_one_bit_flipped(receipt.entry, 0)), proof),
            (300, leaf, proof[:-1]),
            (300, leaf, [*proof, leaf]),
            *((300, leaf, changed) for changed in changed_hashes),
        ]

        for index, claimed_leaf, claimed_proof in claims:
            with pytest.raises(metamorphic_log.VerifyError):
                metamorphic_log.checkpoint_verify_inclusion(
                    note, [VKEY], index, claimed_leaf, claimed_proof
                )

    @pytest.mark.parametrize("old_size", [1, 200, 256, 513])
    def test_consistency_of_two_checkpoints_is_accepted_and_a_changed_one_refused(
        self, log: WrittenLog, old_size: int
    ) -> None:
        older = log.signed_checkpoint(old_size).note.decode()
        newer = log.signed_checkpoint().note.decode()
        proof = prove_consistency(old_size, TREE_SIZE, log.tree)

        metamorphic_log.checkpoint_verify_consistency(older, newer, [VKEY], proof)

        for i in range(len(proof)):
            changed = [*proof[:i], with_one_bit_flipped(proof[i], 0), *proof[i + 1 :]]
            with pytest.raises(metamorphic_log.VerifyError):
                metamorphic_log.checkpoint_verify_consistency(older, newer, [VKEY], changed)
