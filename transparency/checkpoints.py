"""Checkpoints (C2SP tlog-checkpoint): the size and root of the log, signed by the log.

A checkpoint is a signed note whose text is

    <origin> LF
    <tree size: decimal> LF
    <base64 of the 32-byte root hash> LF
    [<extension line, not empty> LF] ...

We write exactly three lines; extension lines of others are tolerated and mean nothing to us.
The name of the log's key equals the origin, so a checkpoint of another log is never taken for
one of ours. Cosignatures of witnesses are further lines of the same note.

>>> key = SigningKey("x.org", bytes(32))
>>> note = sign_checkpoint(Checkpoint("x.org", 0, EMPTY_ROOT_HASH), key)
>>> print(note.decode(), end="")
x.org
0
47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
<BLANKLINE>
— x.org PFZ2SHA7NH1dEHy3sLWlfBbVqR/6epm63zwurVIghJmT3WQXl8aOQoMLeXCBdecQF1zjLv59ivSN+tfmTe6LvHoiAAs=
>>> open_checkpoint(note, key.verification_key).checkpoint.tree_size
0
"""

from dataclasses import dataclass

from transparency.encoding import MAX_TREE_SIZE, decode_base64, encode_base64, parse_decimal
from transparency.errors import (
    CheckpointNotSigned,
    MalformedCheckpoint,
    MalformedNote,
    SignatureInvalid,
)
from transparency.hashing import EMPTY_ROOT_HASH, HASH_BYTES
from transparency.notes import (
    SigningKey,
    VerificationKey,
    is_key_name,
    open_note,
    render_note,
)

_CHECKPOINT_LINES = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says about itself; nothing here says that the log said it."""

    origin: str
    tree_size: int
    root_hash: bytes


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint that its log has signed, with the note to show it."""

    checkpoint: Checkpoint
    note: bytes


def render_checkpoint_text(checkpoint: Checkpoint) -> bytes:
    """Write the three lines that a log signs."""
    assert is_key_name(checkpoint.origin)
    assert 0 <= checkpoint.tree_size <= MAX_TREE_SIZE
    assert len(checkpoint.root_hash) == HASH_BYTES

    root_base64 = encode_base64(checkpoint.root_hash)
    return f"{checkpoint.origin}\n{checkpoint.tree_size}\n{root_base64}\n".encode()


def parse_checkpoint_text(text: bytes) -> Checkpoint:
    """Read the text of a checkpoint; extension lines are tolerated and dropped.

    Raises:
        MalformedCheckpoint: the text is not a checkpoint, or an empty tree has another root.
    """
    if not text.endswith(b"\n"):
        raise MalformedCheckpoint("a checkpoint ends with a line feed")
    try:
        lines = text[:-1].decode().split("\n")
        origin, size_decimal, root_base64 = lines[:_CHECKPOINT_LINES]
        tree_size = parse_decimal(size_decimal)
        root_hash = decode_base64(root_base64, size_bytes=HASH_BYTES)
    except ValueError as error:
        raise MalformedCheckpoint("a checkpoint is origin, tree size and root hash") from error
    if not all(lines):
        raise MalformedCheckpoint("a checkpoint has no empty lines")
    if tree_size == 0 and root_hash != EMPTY_ROOT_HASH:
        raise MalformedCheckpoint("an empty tree has only one root")
    return Checkpoint(origin, tree_size, root_hash)


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> bytes:
    """Sign a checkpoint as the log whose name the key bears."""
    assert key.name == checkpoint.origin

    text = render_checkpoint_text(checkpoint)
    return render_note(text, [key.sign(text)])


def open_checkpoint(note: bytes, log_key: VerificationKey) -> SignedCheckpoint:
    """Check that the log signed this checkpoint.

    Raises:
        MalformedCheckpoint: the bytes are not a signed note, or its text is not a checkpoint.
        CheckpointNotSigned: the log's signature is missing or wrong, or the origin is another.
    """
    try:
        text = open_note(note, [log_key]).text
    except MalformedNote as error:
        raise MalformedCheckpoint("a checkpoint is a signed note") from error
    except SignatureInvalid as error:
        raise CheckpointNotSigned(f"the checkpoint is not signed by {log_key.name}") from error
    checkpoint = parse_checkpoint_text(text)
    if checkpoint.origin != log_key.name:
        raise CheckpointNotSigned(f"the checkpoint is not one of {log_key.name}")
    return SignedCheckpoint(checkpoint, note)
