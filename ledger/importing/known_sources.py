"""Which sources were imported into a data folder, and under which mapping names.

A mapping's name is part of every stream id, so one source under two names makes two dossiers of
each case. Nothing in the ledger tells (a stream id is a keyed hash), so each import leaves one
line in a text file of the data folder, before its first action:

    <SHA-256 of the source, unpacked, in hex> <mapping name>

The file decides nothing: whoever loses it is not warned.

>>> known = parse_line("0a" * 32 + " receipt")
>>> known.name
'receipt'
"""

import contextlib
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.importing.errors import MalformedSource
from ledger.importing.sources import CHUNK_BYTES, open_source, reading

_LINE: Final = re.compile(r"([0-9a-f]{64}) ([a-z0-9][a-z0-9._-]{0,63})")


@dataclass(frozen=True, slots=True)
class KnownSource:
    """One source under one mapping name."""

    source_hex: str
    name: str


def parse_line(line: str) -> KnownSource | None:
    """Read one line; None where it is none of ours."""
    match = _LINE.fullmatch(line)
    return None if match is None else KnownSource(*match.groups())


def hash_source(path: Path) -> str:
    """Give the SHA-256 of a source in hex, the same whether it is packed or not.

    A damaged gzip is hashed as far as it can be read: the import itself says what is wrong.

    Raises:
        OSError: the file cannot be read.
    """
    digest = hashlib.sha256()
    with contextlib.suppress(MalformedSource), reading(), open_source(path) as source:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


class KnownSources:
    """The file of one data folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def other_names(self, known: KnownSource) -> tuple[str, ...]:
        """Give the other mapping names under which an import of this source was begun."""
        names = {
            line.name
            for line in self._lines()
            if line.source_hex == known.source_hex and line.name != known.name
        }
        return tuple(sorted(names))

    def remember(self, known: KnownSource) -> None:
        """Put down that an import begins; a second time changes nothing."""
        if known in self._lines():
            return
        line = f"{known.source_hex} {known.name}\n".encode()
        # Appended in one call: two imports at once leave two lines, never a mixture.
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)

    def _lines(self) -> list[KnownSource]:
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="ascii", errors="replace").splitlines()
        return [known for known in map(parse_line, lines) if known is not None]
