"""Where an audit keeps how far it got, to go on from there: one file, replaced in one step.

Its first line is JSON: of which log, as of which entry and root, and how the audit was asked for;
then follow, with their lengths in that line, what the auditor and each shard remember
(`ledger.auditing.packing`). It may be lost: then an audit begins at entry 0.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from ledger.errors import AuditStateRefused
from transparency.encoding import encode_base64
from transparency.errors import TransparencyError
from transparency.proofs import range_hash
from transparency.trusted_log import TrustedLog

FORMAT: Final = "dossier-ledger/audit-state@v1"
MAX_HEADER_BYTES: Final = 64 * 1024


class Asked(msgspec.Struct, frozen=True):
    """Which audit a state is of: log, anchors, and whether it compares with a ledger database."""

    origin: str
    log_vkey: str
    registrar_vkey: str
    compares_with_store: bool


class _Header(msgspec.Struct, frozen=True):
    format: str
    asked: Asked
    tree_size: int
    root: str
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeptState:
    """An audit up to an entry: what the auditor remembers, and what each of its shards does."""

    tree_size: int
    root_hash: bytes
    auditor: bytes
    shards: tuple[bytes, ...]


class StateFile:
    """The file that one audit goes on from."""

    def __init__(self, path: Path, seconds_between: float = 60.0) -> None:
        """``seconds_between`` is how much of an audit a crash may cost."""
        self._path = path
        self.seconds_between = seconds_between

    def save(self, asked: Asked, state: KeptState) -> None:
        """Replace what was kept; it is durable when this returns."""
        parts = (state.auditor, *state.shards)
        header = _Header(
            format=FORMAT,
            asked=asked,
            tree_size=state.tree_size,
            root=encode_base64(state.root_hash),
            lengths=tuple(map(len, parts)),
        )
        new = self._path.with_name(self._path.name + ".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(header) + b"\n")
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    def load(self, asked: Asked, log: TrustedLog) -> KeptState | None:
        """Give what was kept of this very audit; None where nothing was.

        Raises:
            AuditStateRefused: the file is of another audit, or of a log that this one does not
                continue.
        """
        try:
            line, _, rest = self._path.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        header = _parse_header(line)
        if header.asked != asked:
            raise AuditStateRefused(f"{self._path} is of another log, or of an audit of other kind")
        if sum(header.lengths) != len(rest) or not header.lengths:
            raise AuditStateRefused(f"{self._path} is cut short")
        _check_continues(header, log)
        parts, start = [], 0
        for length in header.lengths:
            parts.append(rest[start : start + length])
            start += length
        root_hash = range_hash(0, header.tree_size, log.hash_source)
        return KeptState(header.tree_size, root_hash, parts[0], tuple(parts[1:]))


def _parse_header(line: bytes) -> _Header:
    try:
        header = msgspec.json.decode(line[:MAX_HEADER_BYTES], type=_Header)
    except msgspec.DecodeError as error:
        raise AuditStateRefused(f"this is no state of an audit: {error}") from error
    if header.format != FORMAT:
        raise AuditStateRefused(f"the state is written as {header.format}, not as {FORMAT}")
    return header


def _check_continues(header: _Header, log: TrustedLog) -> None:
    if not 0 < header.tree_size <= log.tree_size:
        message = f"the state is of {header.tree_size} entries, and the log has {log.tree_size}"
        raise AuditStateRefused(message)
    try:
        root_hash = range_hash(0, header.tree_size, log.hash_source)
    except TransparencyError as error:
        raise AuditStateRefused(f"whether it is this log cannot be proven: {error}") from error
    if encode_base64(root_hash) != header.root:
        raise AuditStateRefused(f"the log's first {header.tree_size} entries are others")
