"""How far the maker of editions has looked, in a file that every web worker reads.

It holds one number in decimals: up to that tree size, everything final was there. It may be lost:
the next look writes it again.
"""

import re
from pathlib import Path
from typing import Final

from ledger.errors import StoreUnavailable

STAND_FILE: Final = "looked-up-to"
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


def read_stand(place: Path) -> int | None:
    """Give the tree size that was looked at last; None where nobody has looked.

    Raises:
        StoreUnavailable: the disk does not read.
    """
    try:
        text = (place / STAND_FILE).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreUnavailable(f"{place / STAND_FILE} cannot be read: {error}") from error
    return int(text) if _SIZE.fullmatch(text) else None


def write_stand(place: Path, tree_size: int) -> None:
    """Note the tree size that was looked at.

    Raises:
        StoreUnavailable: the disk does not write.
    """
    beside = place / f"{STAND_FILE}.new"
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.write_text(str(tree_size), encoding="ascii")
        beside.replace(place / STAND_FILE)
    except OSError as error:
        raise StoreUnavailable(f"{place / STAND_FILE} cannot be written: {error}") from error
