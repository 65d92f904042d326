"""The folder of one witness: its key, the marks of what the key has signed, its state, its logs.

    keys/witness.key      the private key (0600)
    keys/witness.vkey     the public key, as policies name it
    keys/witness.born     what the key stands for, and which state belongs to it
    keys/witness.heights  how far the key has cosigned each log; grows line by line
    keys/witness.marking  empty; locked by whoever changes the heights
    witness.sqlite3       the state
    logs.policy           the logs it knows: ``log`` lines of a tlog-policy
    evidence/             what a log signed and cannot both be true

SPEC: tlog-witness: a witness never cosigns less than it has cosigned. A key whose state is lost,
or older than its marks, is retired: it would sign a fork without knowing. So the key is made last
of all, once; without its marks or its state it never signs again.
"""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from ledger.errors import StoreCorrupt, StoreUnavailable, WitnessExists, WitnessRetired
from ledger.key_files import load_private_key, save_private_key
from transparency.checkpoints import Checkpoint
from transparency.cosignatures import cosigner_key
from transparency.encoding import decode_base64, encode_base64, parse_decimal
from transparency.errors import MalformedPolicy
from transparency.hashing import HASH_BYTES
from transparency.notes import SEED_BYTES, SigningKey, render_vkey
from transparency.policies import Policy, PolicyLog, parse_policy, render_policy

BORN_TYPE_LINE: Final = "dossier-ledger/witness-born@v1"
STATE_ID_BYTES: Final = 16

_LINES_OF_BIRTH: Final = 4
_ITEMS_OF_HEIGHT: Final = 3


class Statement(StrEnum):
    """What a cosignature of the key says; fixed for the key's life (tlog-cosignature)."""

    CONSISTENT = "consistent"
    """The log continues what was cosigned before."""

    INDEX_AUDITED = "index-audited"
    """And every seal up to the checkpoint is right: the log was replayed."""


@dataclass(frozen=True, slots=True)
class Birth:
    """What stands beside the key: whose it is, what it says, which state belongs to it."""

    vkey: str
    statement: Statement
    state_id: str


@dataclass(frozen=True, slots=True)
class WitnessFolder:
    """The paths below one witness's folder; nothing is made by naming it."""

    path: Path

    @property
    def key(self) -> Path:
        """Give the private key's file."""
        return self.path / "keys" / "witness.key"

    @property
    def vkey(self) -> Path:
        """Give the public key's file."""
        return self.path / "keys" / "witness.vkey"

    @property
    def born(self) -> Path:
        """Give the file that says which state belongs to the key."""
        return self.path / "keys" / "witness.born"

    @property
    def heights(self) -> Path:
        """Give the file that says how far the key has cosigned each log."""
        return self.path / "keys" / "witness.heights"

    @property
    def marking(self) -> Path:
        """Give the file that is locked while the heights change."""
        return self.path / "keys" / "witness.marking"

    @property
    def retired(self) -> Path:
        """Give the file that says that the key is retired, and why."""
        return self.path / "keys" / "witness.retired"

    @property
    def state(self) -> Path:
        """Give the database."""
        return self.path / "witness.sqlite3"

    @property
    def logs(self) -> Path:
        """Give the policy that names the logs."""
        return self.path / "logs.policy"

    @property
    def evidence(self) -> Path:
        """Give the folder of evidence."""
        return self.path / "evidence"

    def has_witness(self) -> bool:
        """Tell whether a key was made here."""
        return self.key.exists()


def make_witness(
    folder: WitnessFolder,
    name: str,
    statement: Statement,
    make_state: Callable[[str], None],
    random_bytes: Callable[[int], bytes],
) -> SigningKey:
    """Make a witness's state, marks and key, in this order.

    CRASH: without a key nothing was signed, so a folder without one is begun anew.

    Raises:
        WitnessExists: the folder holds a witness or a ledger.
    """
    if folder.has_witness():
        raise WitnessExists(f"{folder.path} holds a witness; a key is never given a new state")
    if (folder.path / "ledger.sqlite3").exists() or (folder.path / "keys" / "origin").exists():
        raise WitnessExists(f"{folder.path} is a ledger's: a witness has a folder of its own")
    (folder.path / "keys").mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in (folder.state, folder.born, folder.heights, folder.vkey):
        left.unlink(missing_ok=True)
    key = SigningKey(name, random_bytes(SEED_BYTES))
    birth = Birth(render_vkey(cosigner_key(key)), statement, random_bytes(STATE_ID_BYTES).hex())
    make_state(birth.state_id)
    write_durably(folder.heights, b"")
    write_durably(folder.born, _render_birth(birth))
    write_durably(folder.vkey, f"{birth.vkey}\n".encode())
    sync_folder(folder.path)
    save_private_key(folder.key, key)
    return key


def load_witness(folder: WitnessFolder) -> tuple[SigningKey, Birth]:
    """Give the key with what stands beside it.

    Raises:
        WitnessRetired: the key is retired, or its marks are not there or another key's.
        StoreCorrupt: a file cannot be read.
        OSError: there is no key.
    """
    key = load_private_key(folder.key)
    if folder.retired.exists():
        raise WitnessRetired(folder.retired.read_text(encoding="utf-8").strip())
    if not folder.born.exists() or not folder.heights.exists():
        raise WitnessRetired("what stood beside the key is lost: make a new witness with a new key")
    birth = _parse_birth(folder.born.read_bytes())
    if birth.vkey != render_vkey(cosigner_key(key)):
        raise WitnessRetired("what stands beside the key is another key's")
    if not folder.state.exists():
        raise WitnessRetired("the state of this key is lost: make a new witness with a new key")
    return key, birth


def retire(folder: WitnessFolder, reason: str) -> None:
    """Note for good that the key may not sign any more."""
    write_durably(folder.retired, f"{reason}\n".encode())


def load_logs(path: Path) -> Policy:
    """Read the logs that a witness knows.

    Raises:
        MalformedPolicy: it is no policy, or names no log.
        OSError: there is no such file.
    """
    policy = parse_policy(path.read_bytes())
    if not policy.logs:
        raise MalformedPolicy("the policy names no log")
    return policy


def write_logs(folder: WitnessFolder, logs: tuple[PolicyLog, ...]) -> None:
    """Write the logs that a witness shall know."""
    write_durably(folder.logs, render_policy(Policy(logs, (), (), None)))


@contextlib.contextmanager
def marking(folder: WitnessFolder) -> Iterator[None]:
    """Be the only one, of all threads and processes, who changes the heights; wait for the turn.

    A mark that somebody appends while another writes the file anew would be lost.
    """
    descriptor = os.open(folder.marking, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # The lock belongs to this opening: closing it, or dying, lets go.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def append_height(folder: WitnessFolder, checkpoint: Checkpoint) -> None:
    """Note how far the key cosigns a log, durably, before the cosignature leaves.

    Raises:
        StoreUnavailable: the disk failed; the cosignature may not leave.
    """
    line = _render_height(checkpoint)
    descriptor = os.open(folder.heights, os.O_WRONLY | os.O_APPEND)
    try:
        end = os.fstat(descriptor).st_size
        if os.write(descriptor, line) != len(line):
            # Half a line would spoil the next one.
            os.ftruncate(descriptor, end)
            raise StoreUnavailable("the disk is full: the heights of this key cannot grow")
        os.fsync(descriptor)
    except OSError as error:
        raise StoreUnavailable(f"the heights of this key cannot grow: {error}") from error
    finally:
        os.close(descriptor)


def read_heights(folder: WitnessFolder) -> Mapping[str, Checkpoint]:
    """Give the highest mark of each log; a last line that was cut off by a crash says nothing.

    Raises:
        StoreCorrupt: a line cannot be read.
    """
    highest: dict[str, Checkpoint] = {}
    for line in folder.heights.read_bytes().split(b"\n")[:-1]:
        mark = _parse_height(line)
        known = highest.get(mark.origin)
        if known is None or known.tree_size <= mark.tree_size:
            highest[mark.origin] = mark
    return highest


def write_heights(folder: WitnessFolder, checkpoints: tuple[Checkpoint, ...]) -> None:
    """Write the marks anew: one line for each log."""
    write_durably(folder.heights, b"".join(map(_render_height, checkpoints)))


def write_durably(path: Path, data: bytes) -> None:
    """Write a file whole, or not at all; it is on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk."""
    with _opened(folder) as descriptor:
        os.fsync(descriptor)


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _render_birth(birth: Birth) -> bytes:
    lines = (BORN_TYPE_LINE, birth.vkey, birth.statement.value, birth.state_id)
    return "".join(f"{line}\n" for line in lines).encode()


def _parse_birth(data: bytes) -> Birth:
    try:
        lines = data.decode().split("\n")
        if len(lines) != _LINES_OF_BIRTH + 1 or lines[0] != BORN_TYPE_LINE:
            raise StoreCorrupt("what stands beside the key cannot be read")
        return Birth(lines[1], Statement(lines[2]), lines[3])
    except ValueError as error:
        raise StoreCorrupt(f"what stands beside the key cannot be read: {error}") from error


def _render_height(checkpoint: Checkpoint) -> bytes:
    root_base64 = encode_base64(checkpoint.root_hash)
    return f"{checkpoint.tree_size} {root_base64} {checkpoint.origin}\n".encode()


def _parse_height(line: bytes) -> Checkpoint:
    try:
        items = line.decode().split(" ", _ITEMS_OF_HEIGHT - 1)
        size, root_base64, origin = items
        root_hash = decode_base64(root_base64, size_bytes=HASH_BYTES)
        return Checkpoint(origin, parse_decimal(size), root_hash)
    except ValueError as error:
        raise StoreCorrupt("the heights of this key cannot be read") from error
