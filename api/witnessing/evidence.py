"""What a witness keeps of a log that misbehaves, as files that a third party can check.

    evidence/fork-<size>-<root>/first.checkpoint, second.checkpoint, fork.evidence.json
        two checkpoints of one size, both signed by the log, with different roots
    evidence/rewritten-<size>-<root>/first.checkpoint, second.checkpoint, fork.evidence.json
        two signed checkpoints, of which the larger does not begin with the entries of the smaller
    evidence/seal-<entry index>/checkpoint, expected, seal.tlog-proof, <charge>.evidence.json
        the checkpoint published over a wrong seal; what is wrong, with the index root that a
        replay gives; and the seal (or the last entry, where a seal is missing) as a receipt

The raw pieces are written first, since they need nobody. What must be read from the log follows:
the receipt, and the file of evidence (`transparency.evidence`), which `verify` judges. Each file is
written once; the same misbehaviour again changes nothing.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

from api.witnessing.folder import write_durably
from transparency.checkpoints import Checkpoint, SignedCheckpoint, parse_checkpoint_text
from transparency.encoding import encode_base64
from transparency.errors import MalformedSeal, SealWrong, TransparencyError
from transparency.evidence.checkpoints import make_fork
from transparency.evidence.files import EVIDENCE_SUFFIX, Evidence, render_evidence
from transparency.evidence.seals import UNSEALED, WRONG_INDEX_ROOT, make_receipt
from transparency.notes import parse_note
from transparency.seals import parse_seal
from transparency.tile_store import TileSource
from transparency.trusted_log import TrustedLog
from transparency.verifier import VerifiedReceipt

_ROOT_HEX_DIGITS: Final = 16


def keep_fork(folder: Path, first_note: bytes, second_note: bytes) -> None:
    """Keep two checkpoints of one size that cannot both be true."""
    place = _keep_checkpoints(folder, "fork", first_note, second_note)
    _keep_file(place, make_fork(first_note, second_note))


def keep_rewriting(folder: Path, first_note: bytes, second_note: bytes, source: TileSource) -> None:
    """Keep two checkpoints of which the larger does not begin with the smaller one's entries."""
    notes = sorted((first_note, second_note), key=lambda note: _checkpoint(note).tree_size)
    place = _keep_checkpoints(folder, "rewritten", *notes)
    with suppress(TransparencyError):
        larger = SignedCheckpoint(_checkpoint(notes[1]), notes[1])
        _keep_file(place, make_fork(notes[0], notes[1], TrustedLog(source, larger)))


def keep_wrong_seal(folder: Path, signed: SignedCheckpoint, wrong: SealWrong) -> None:
    """Keep which checkpoint was published over a wrong seal, and what the seal should be."""
    expected = (
        f"{wrong.reason}\n"
        f"covers {wrong.entry_index}\n"
        f"index root {encode_base64(wrong.index_root_hash)}\n"
    )
    files = {"checkpoint": signed.note, "expected": expected.encode()}
    _keep(_place_of_seal(folder, wrong), files)


def keep_seal_proof(folder: Path, log: TrustedLog, wrong: SealWrong) -> None:
    """Keep the wrong seal itself, with the proof that the log published it.

    Raises:
        TransparencyError: the log's files cannot be read.
    """
    place = _place_of_seal(folder, wrong)
    receipt = make_receipt(log, wrong.entry_index)
    _keep(place, {"seal.tlog-proof": receipt})
    (entry,) = log.entries(wrong.entry_index, wrong.entry_index + 1)
    shown = VerifiedReceipt(entry, wrong.entry_index, log.signed_checkpoint)
    charge = _charge(shown)
    if charge is not None:
        name = "seal" if charge == WRONG_INDEX_ROOT else "last"
        _keep_file(place, Evidence(charge, {name: receipt}))


def _charge(shown: VerifiedReceipt) -> str | None:
    """Name the charge that the entry carries; None where only the pieces tell what is wrong."""
    try:
        covers = parse_seal(shown.entry).covers
    except MalformedSeal:
        covers = -1
    if covers == shown.entry_index:
        return WRONG_INDEX_ROOT
    is_last = shown.entry_index == shown.checkpoint.checkpoint.tree_size - 1
    return UNSEALED if is_last else None


def _keep_checkpoints(folder: Path, kind: str, first_note: bytes, second_note: bytes) -> Path:
    second = _checkpoint(second_note)
    root_hex = second.root_hash.hex()[:_ROOT_HEX_DIGITS]
    place = folder / f"{kind}-{second.tree_size}-{root_hex}"
    _keep(place, {"first.checkpoint": first_note, "second.checkpoint": second_note})
    return place


def _checkpoint(note: bytes) -> Checkpoint:
    return parse_checkpoint_text(parse_note(note).text, any_root=True)


def _place_of_seal(folder: Path, wrong: SealWrong) -> Path:
    return folder / f"seal-{wrong.entry_index}"


def _keep_file(place: Path, evidence: Evidence) -> None:
    _keep(place, {f"{evidence.kind}{EVIDENCE_SUFFIX}": render_evidence(evidence)})


def _keep(place: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        if not (place / name).exists():
            write_durably(place / name, data)
