"""Checkpoints (C2SP tlog-checkpoint): the size and root of the log, signed by the log.

A checkpoint is a signed note whose text is

    <origin> LF
    <tree size: decimal> LF
    <base64 of the 32-byte root hash> LF
    [<extension line, not empty> LF] ...

We write exactly three lines; extension lines of others are tolerated and mean nothing to us.
The name of the log's key equals the origin, so a checkpoint of another log is never taken for
one of ours. While a log changes its key, both keys sign: a line each (`transparency.log_keys`).
Cosignatures of witnesses are further lines of the same note.

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

from collections.abc import Sequence
from dataclasses import dataclass

from transparency.encoding import MAX_TREE_SIZE, decode_base64, encode_base64, parse_decimal
from transparency.errors import (
    CheckpointNotSigned,
    MalformedCheckpoint,
    MalformedNote,
    SignatureInvalid,
)
from transparency.hashing import EMPTY_ROOT_HASH, HASH_BYTES
from transparency.log_keys import LogKey, LogKeys
from transparency.notes import (
    NoteSignature,
    SigningKey,
    is_key_name,
    open_note,
    parse_note,
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


def parse_checkpoint_text(text: bytes, *, any_root: bool = False) -> Checkpoint:
    """Read the text of a checkpoint; extension lines are tolerated and dropped.

    With ``any_root`` an empty tree may have any root: a witness refuses that in words of its own.

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
    if tree_size == 0 and root_hash != EMPTY_ROOT_HASH and not any_root:
        raise MalformedCheckpoint("an empty tree has only one root")
    return Checkpoint(origin, tree_size, root_hash)


def sign_checkpoint(
    checkpoint: Checkpoint,
    key: SigningKey,
    later_keys: Sequence[SigningKey] = (),
    more_lines: Sequence[NoteSignature] = (),
) -> bytes:
    """Sign a checkpoint as the log whose name the keys bear: a line each, then ``more_lines``."""
    keys = (key, *later_keys)
    assert all(each.name == checkpoint.origin for each in keys)

    text = render_checkpoint_text(checkpoint)
    return render_note(text, [*(each.sign(text) for each in keys), *more_lines])


def open_checkpoint(note: bytes, log_key: LogKey) -> SignedCheckpoint:
    """Check that the log signed this checkpoint, with a key that may sign one of its size.

    Raises:
        MalformedCheckpoint: the bytes are not a signed note, or its text is not a checkpoint.
        CheckpointNotSigned: the log's signature is missing or wrong, or the origin is another.
    """
    keys = log_key if isinstance(log_key, LogKeys) else LogKeys.of(log_key)
    try:
        unverified = parse_note(note)
    except MalformedNote as error:
        raise MalformedCheckpoint("a checkpoint is a signed note") from error
    unverified_size = _size_of(unverified.text)
    in_force = keys.in_force(unverified_size)
    try:
        # Of a text that is no checkpoint, too, the signature is judged first.
        text = open_note(note, in_force or [keys.first]).text
    except SignatureInvalid as error:
        raise CheckpointNotSigned(f"the checkpoint is not signed by {keys.origin}") from error
    checkpoint = parse_checkpoint_text(text)
    if checkpoint.origin != keys.origin:
        raise CheckpointNotSigned(f"the checkpoint is not one of {keys.origin}")
    if not in_force:
        raise CheckpointNotSigned(f"no key of {keys.origin} signs checkpoints of this size")
    return SignedCheckpoint(checkpoint, note)


def _size_of(unverified_text: bytes) -> int:
    try:
        return parse_checkpoint_text(unverified_text, any_root=True).tree_size
    except MalformedCheckpoint:
        return 0
