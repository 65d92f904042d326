"""Refuses files that hold a private key: run before each commit over what is staged.

What counts is the content that git would commit, not the file on disk. Without arguments every
staged file is looked at; with arguments only those.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

# A note key with its seed, as `ledger.key_files` writes it, and the usual PEM armour. Source that
# only names the format has no key id and no seed, and passes.
_NOTE_KEY: Final = re.compile(rb"PRIVATE\+KEY\+[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]{43,}=*")
_PEM_KEY: Final = re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{16}")
_SECRET_NAMES: Final = re.compile(r"\.(?:key|secret)$")


def private_key_in(name: str, content: bytes) -> str | None:
    """Say why a file may not be committed, or None where it may."""
    if _SECRET_NAMES.search(name):
        return "is named like a file of a data folder's keys/"
    if _NOTE_KEY.search(content):
        return "holds the private key of a note signer"
    if _PEM_KEY.search(content):
        return "holds a private key in PEM armour"
    return None


def _git(*arguments: str) -> bytes:
    command = ["git", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _staged_names() -> list[str]:
    listed = _git("diff", "--cached", "--name-only", "--diff-filter=d", "-z")
    return [name.decode() for name in listed.split(b"\0") if name]


def main(names: Sequence[str]) -> int:
    """Look at staged files and give the exit code: 1 where one holds a private key."""
    found = 0
    for name in names or _staged_names():
        reason = private_key_in(name, _git("show", f":{name}"))
        if reason is not None:
            sys.stderr.write(f"{name} {reason}; unstage it, and replace the key\n")
            found = 1
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
