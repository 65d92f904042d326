"""Which program looked: a rule that was changed looks again at everything.

It is the hash of the source files that decide what a lead is. A version number would do, if nobody
ever forgot to raise it.
"""

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

# The law and its clocks, the rules, and what puts dossiers together for them.
_PACKAGES: Final = ("domain", "projections")
_SOURCE: Final = ".py"


@lru_cache(maxsize=1)
def program_digest() -> bytes:
    """Give the hash of the program's sources, 32 bytes; the same as long as the process runs."""
    digest = sha256()
    for package in _PACKAGES:
        _add(files(package), digest.update)
    return digest.digest()


def _add(folder: Traversable, update: Callable[[bytes], None]) -> None:
    for each in sorted(folder.iterdir(), key=lambda found: found.name):
        if each.is_dir():
            _add(each, update)
        elif each.name.endswith(_SOURCE):
            update(each.name.encode())
            update(sha256(each.read_bytes()).digest())
