"""Golden files: bytes that are signed, kept beside the tests; ``make golden`` writes them again."""

import os
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "golden"


def golden(name: str, data: bytes) -> bytes:
    """Give the bytes of a golden file; with ``GOLDEN=write`` they are first written."""
    path = FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        path.write_bytes(data)
    return path.read_bytes()
