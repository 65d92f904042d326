r"""The request ``add-checkpoint`` (C2SP tlog-witness): an old size, a proof, a checkpoint.

    old <size of the last cosigned tree: decimal> LF
    [<base64 of a hash of the consistency proof> LF] ...                 at most 63
    LF
    <the checkpoint's note, with whichever signature lines it has>

The proof leads from the old size to the checkpoint's and is empty where the old size is 0.

>>> from transparency.checkpoints import Checkpoint, sign_checkpoint
>>> from transparency.notes import SigningKey
>>> note = sign_checkpoint(Checkpoint("x.org", 2, bytes(32)), SigningKey("x.org", bytes(32)))
>>> body = render_add_checkpoint(1, [bytes(32)], note)
>>> print(body.partition(b"\n\n")[0].decode())
old 1
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
>>> parse_add_checkpoint(body).checkpoint.tree_size
2
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from transparency.checkpoints import Checkpoint, parse_checkpoint_text
from transparency.encoding import MAX_TREE_SIZE, decode_base64, encode_base64, parse_decimal
from transparency.errors import MalformedAddCheckpoint, MalformedCheckpoint, MalformedNote
from transparency.hashing import HASH_BYTES
from transparency.notes import parse_note
from transparency.proofs import MAX_PROOF_HASHES

ADD_CHECKPOINT_PATH = "add-checkpoint"
MAX_REQUEST_BYTES = 256 * 1024

_OLD = "old "


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request that has the right form; no signature and no proof in it is checked."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    note: bytes


def render_add_checkpoint(old_size: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """Write a request."""
    assert 0 <= old_size <= MAX_TREE_SIZE
    assert len(proof) <= MAX_PROOF_HASHES

    lines = [f"{_OLD}{old_size}\n", *(f"{encode_base64(single)}\n" for single in proof), "\n"]
    return "".join(lines).encode() + note


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """Read a request.

    Raises:
        MalformedAddCheckpoint: the bytes are none, or the checkpoint in it is malformed.
    """
    head, separator, note = data.partition(b"\n\n")
    if len(data) > MAX_REQUEST_BYTES or not separator:
        raise MalformedAddCheckpoint("a request is an old size, a proof, an empty line and a note")
    try:
        old_line, *proof_lines = head.decode("ascii").split("\n")
        old_size = _parse_old_size(old_line)
        proof = tuple(decode_base64(line, size_bytes=HASH_BYTES) for line in proof_lines)
    except ValueError as error:
        raise MalformedAddCheckpoint(
            f"the old size or the proof cannot be read: {error}"
        ) from error
    if len(proof) > MAX_PROOF_HASHES:
        raise MalformedAddCheckpoint(f"a proof has at most {MAX_PROOF_HASHES} hashes")
    return AddCheckpoint(old_size, proof, _parse_checkpoint(note), note)


def monitoring_path(origin: str) -> str:
    """Name where a witness shows the last checkpoint that it has cosigned of a log."""
    return f"{sha256(origin.encode()).hexdigest()}/checkpoint"


def _parse_old_size(line: str) -> int:
    if not line.startswith(_OLD):
        raise ValueError("the first line is 'old', a space and a size")
    return parse_decimal(line.removeprefix(_OLD))


def _parse_checkpoint(note: bytes) -> Checkpoint:
    try:
        return parse_checkpoint_text(parse_note(note).text, any_root=True)
    except (MalformedNote, MalformedCheckpoint) as error:
        raise MalformedAddCheckpoint(str(error)) from error
