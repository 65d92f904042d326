"""The ``keys/`` folder of a data directory: private keys (0600) and the two trust anchors.

A private key file holds one line in the encoding that the Go checksum database uses for note
keys, ``PRIVATE+KEY+<name>+<key id in hex>+<base64(0x01 || 32-byte seed)>``, so that other tools
can read it. ``anchors.toml`` is `ledger.anchors`.

First use of a data folder makes everything here; no key is ever overwritten. A root that follows
the first is kept in a file of its own, ``registrar-2.key`` and on, and the anchors stay as they
were: whoever has them follows the ledger's own stream to the present root.
"""

import contextlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ledger.anchors import ANCHORS_FILE as ANCHORS_FILE  # noqa: PLC0414 - all four given on
from ledger.anchors import PUBLIC_MODE, sync_folder
from ledger.anchors import Anchors as Anchors  # noqa: PLC0414
from ledger.anchors import load_anchors as load_anchors  # noqa: PLC0414
from ledger.anchors import render_anchors as render_anchors  # noqa: PLC0414
from ledger.errors import StoreCorrupt
from transparency.encoding import decode_base64, encode_base64
from transparency.notes import (
    ED25519_KEY_TYPE,
    SEED_BYTES,
    SigningKey,
    is_key_name,
)
from transparency.witnessing.mldsa import MLDSA_SEED_BYTES, MldsaSigningKey

RandomBytes = Callable[[int], bytes]

SECRET_BYTES: Final = 32
KEY_ENCRYPTION_FILE: Final = "key-encryption.secret"
VIEW_SECRET_FILE: Final = "view.secret"  # noqa: S105 - the name of a file
SECRET_MODE: Final = 0o600
RECOVERY_KEYS: Final = 3
# How many of them make a new root.
RECOVERY_THRESHOLD: Final = 2
PRIVATE_PREFIX: Final = "PRIVATE+KEY+"
FIRST_OF_NAME: Final = 1
ROOT_FILES: Final = "registrar"
LOG_FILES: Final = "log"
MLDSA_FILE: Final = "log-mldsa.secret"
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,5}")
_SECRET: Final = re.compile(f"[0-9a-f]{{{2 * SECRET_BYTES}}}")


@dataclass(frozen=True, slots=True)
class OperatorKeys:
    """What the operator of one ledger signs and encrypts with.

    `registrar` is the root that opened the ledger, and stays the anchor; `later_roots` are keys
    made to follow it, oldest first, whether they are the root yet or not, and `later_logs` those
    made to follow the log's; `log_mldsa` adds a line to each checkpoint. Once the folder is
    complete, `registrar` and `recovery` may be moved off the machine, and are not made anew.
    """

    origin: str
    log: SigningKey
    promise: SigningKey
    registrar: SigningKey
    system: SigningKey
    recovery: tuple[SigningKey, ...]
    key_encryption_key: bytes
    import_secret: bytes
    view_secret: bytes
    later_roots: tuple[SigningKey, ...] = ()
    later_logs: tuple[SigningKey, ...] = ()
    log_mldsa: MldsaSigningKey | None = None
    kept_anchors: Anchors | None = None

    def root(self, name: str) -> SigningKey | None:
        """Give the private key of a root by name; None where it is not kept here."""
        roots = (self.registrar, *self.later_roots)
        return next((key for key in roots if key.name == name), None)

    @property
    def anchors(self) -> Anchors:
        """Give the public part that auditors keep: what first use wrote, whatever came since."""
        if self.kept_anchors is not None:
            return self.kept_anchors
        return Anchors(self.origin, self.log.verification_key, self.registrar.verification_key)


def new_actor_key(kind: str, random_bytes: RandomBytes) -> SigningKey:
    """Make a key whose name is derived from its public part: ``<kind>-<16 hex>``."""
    return SigningKey.named_after_kind(kind, random_bytes(SEED_BYTES))


def render_private_key(key: SigningKey) -> str:
    """Give the one line of a private key file."""
    key_id = key.verification_key.key_id.hex()
    body = encode_base64(bytes([ED25519_KEY_TYPE]) + key.seed)
    return f"{PRIVATE_PREFIX}{key.name}+{key_id}+{body}\n"


def parse_private_key(text: str) -> SigningKey:
    """Read a private key file.

    Raises:
        StoreCorrupt: the line is not a private key, or its key id is another key's.
    """
    line = text.strip()
    parts = line.removeprefix(PRIVATE_PREFIX).split("+", 2)
    if not line.startswith(PRIVATE_PREFIX) or len(parts) != len(("name", "key id", "seed")):
        raise StoreCorrupt("a private key file does not hold a private key")
    name, key_id, encoded = parts
    try:
        body = decode_base64(encoded, size_bytes=1 + SEED_BYTES)
    except ValueError as error:
        raise StoreCorrupt(f"the private key of {name} cannot be read") from error
    if body[0] != ED25519_KEY_TYPE or not is_key_name(name):
        raise StoreCorrupt(f"the private key of {name} is not an Ed25519 key with a key's name")
    key = SigningKey(name, body[1:])
    if key.verification_key.key_id.hex() != key_id:
        raise StoreCorrupt(f"the private key of {name} does not have its key id")
    return key


def load_private_key(path: Path) -> SigningKey:
    """Read one private key from its file.

    Raises:
        StoreCorrupt: the file does not hold a private key.
        OSError: there is no such file.
    """
    return parse_private_key(_ascii(path.read_bytes(), path))


def save_private_key(path: Path, key: SigningKey) -> None:
    """Write one private key, readable by its owner alone; an existing file is never replaced."""
    _write_once(path, render_private_key(key).encode("ascii"))


def load_or_make_operator_keys(folder: Path, random_bytes: RandomBytes) -> OperatorKeys:
    """Give the operator's keys, making each one that the folder does not hold yet.

    CRASH: keys are made one file at a time and the anchors last, so a crash leaves a folder that
    the next call completes.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    origin_line = _load_or_make(folder / "origin", lambda: _new_origin(random_bytes))
    origin_text = _ascii(origin_line, folder / "origin").strip()
    keys = OperatorKeys(
        origin=origin_text,
        log=_load_or_make_key(
            folder / "log.key", lambda: SigningKey(origin_text, random_bytes(SEED_BYTES))
        ),
        promise=_actor(folder, "promise", random_bytes),
        registrar=_first_root(folder, random_bytes),
        system=_actor(folder, "system", random_bytes),
        recovery=_recovery_keys(folder, random_bytes),
        key_encryption_key=_secret(folder / KEY_ENCRYPTION_FILE, random_bytes),
        import_secret=_secret(folder / "import.secret", random_bytes),
        view_secret=_secret(folder / VIEW_SECRET_FILE, random_bytes),
        later_roots=tuple(load_private_key(path) for path in _later_files(folder, ROOT_FILES)),
        later_logs=tuple(load_private_key(path) for path in _later_files(folder, LOG_FILES)),
        log_mldsa=_load_mldsa(folder / MLDSA_FILE, origin_text),
    )
    anchors = render_anchors(keys.anchors).encode("ascii")
    _load_or_make(folder / ANCHORS_FILE, lambda: anchors, mode=PUBLIC_MODE)
    return replace(keys, kept_anchors=load_anchors(folder / ANCHORS_FILE))


def _first_root(folder: Path, random_bytes: RandomBytes) -> SigningKey:
    if _is_complete(folder) and not (folder / "registrar.key").exists():
        # It is kept off this machine. A stand-in that nothing knows, and that is kept nowhere.
        return new_actor_key("registrar", random_bytes)
    return _actor(folder, "registrar", random_bytes)


def _recovery_keys(folder: Path, random_bytes: RandomBytes) -> tuple[SigningKey, ...]:
    names = [f"recovery-{number}" for number in range(1, RECOVERY_KEYS + 1)]
    if _is_complete(folder):
        # Those that are not here any more are with the people who keep them.
        names = [name for name in names if (folder / f"{name}.key").exists()]
    return tuple(_actor(folder, "recovery", random_bytes, name) for name in names)


def _is_complete(folder: Path) -> bool:
    return (folder / ANCHORS_FILE).exists()


def make_mldsa_key(folder: Path, name: str, random_bytes: RandomBytes) -> MldsaSigningKey:
    """Make the key of the log's ML-DSA-44 lines; an existing file is never replaced.

    Raises:
        MldsaUnavailable: the library is not installed; nothing is made.
    """
    key = MldsaSigningKey(name, random_bytes(MLDSA_SEED_BYTES))
    _write_once(folder / MLDSA_FILE, key.seed.hex().encode("ascii"))
    return key


def _load_mldsa(path: Path, name: str) -> MldsaSigningKey | None:
    return MldsaSigningKey(name, load_secret(path)) if path.exists() else None


def _later_files(folder: Path, name: str) -> list[Path]:
    """Give the files of the keys after the first of that name, `<name>-2.key` and on, in order."""
    numbered = {
        int(number): path
        for path in folder.glob(f"{name}-*.key")
        if _NUMBER.fullmatch(number := path.stem.removeprefix(f"{name}-"))
    }
    return [numbered[number] for number in sorted(numbered)]


def next_root_file(folder: Path) -> Path:
    """Give the name of the file for the next root."""
    return _next_file(folder, ROOT_FILES)


def next_log_file(folder: Path) -> Path:
    """Give the name of the file for the next key of the log."""
    return _next_file(folder, LOG_FILES)


def _next_file(folder: Path, name: str) -> Path:
    files = _later_files(folder, name)
    last = FIRST_OF_NAME if not files else int(files[-1].stem.rpartition("-")[2])
    return folder / f"{name}-{last + 1}.key"


def load_secret(path: Path) -> bytes:
    """Read one of the operator's secrets from its file.

    Raises:
        StoreCorrupt: the file does not hold a secret.
        OSError: there is no such file.
    """
    text = _ascii(path.read_bytes(), path)
    if _SECRET.fullmatch(text) is None:
        raise StoreCorrupt(f"{path.name} does not hold a secret of {SECRET_BYTES} bytes")
    return bytes.fromhex(text)


def _new_origin(random_bytes: RandomBytes) -> bytes:
    return f"localhost/{random_bytes(4).hex()}\n".encode("ascii")


def _actor(
    folder: Path, kind: str, random_bytes: RandomBytes, file_name: str | None = None
) -> SigningKey:
    path = folder / f"{file_name or kind}.key"
    return _load_or_make_key(path, lambda: new_actor_key(kind, random_bytes))


def _load_or_make_key(path: Path, make: Callable[[], SigningKey]) -> SigningKey:
    line = _load_or_make(path, lambda: render_private_key(make()).encode("ascii"))
    return parse_private_key(_ascii(line, path))


def _secret(path: Path, random_bytes: RandomBytes) -> bytes:
    _load_or_make(path, lambda: random_bytes(SECRET_BYTES).hex().encode("ascii"))
    return load_secret(path)


def _ascii(data: bytes, path: Path) -> str:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError as error:
        raise StoreCorrupt(f"{path.name} holds other bytes than ASCII") from error


def _load_or_make(path: Path, make: Callable[[], bytes], mode: int = SECRET_MODE) -> bytes:
    if not path.exists():
        # Another process may have been first: what it made is then read below.
        with contextlib.suppress(FileExistsError):
            _write_once(path, make(), mode)
    return path.read_bytes()


def _write_once(path: Path, data: bytes, mode: int = SECRET_MODE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    # CRASH: link, not rename: a key that exists is never replaced, and half a key never exists.
    try:
        os.link(temporary, path)
    finally:
        temporary.unlink()
    # CRASH: a ledger is opened with these keys at once, so their names must be on the disk too.
    sync_folder(path.parent)
