"""The maker's own views on a disk, and when they are deleted and folded anew.

They go on from one edition to the next only where this very program folded all of them, whole.
"""

from pathlib import Path
from typing import Final

from ledger.anchors import sync_folder
from ledger.errors import StoreUnavailable
from projections.leads.program import program_digest
from projections.views import Views, open_views

VIEWS_FILE: Final = "views.sqlite3"
# The hash of the program that folded the views, in hex; beside them, since they say it nowhere.
PROGRAM_FILE: Final = "views.program"


def open_kept_views(place: Path, tree_size: int) -> Views:
    """Open the maker's views; those that cannot lead to an edition of a size begin anew.

    These are ahead of it, or were folded by another program, or hold a projection that stopped: it
    would stay so after its cause was mended, since whoever folds for editions rebuilds nothing.

    Raises:
        StoreUnavailable: the disk fails, or the file is no database.
    """
    try:
        return _go_on(place, tree_size) or _begin_anew(place)
    except OSError as error:
        raise StoreUnavailable(f"the disk of the maker's views fails: {error}") from error


def _go_on(place: Path, tree_size: int) -> Views | None:
    if _folded_by(place) != program_digest().hex():
        return None
    views = open_views(place / VIEWS_FILE)
    with views.reading() as reader:
        position, stops = reader.position(), reader.stops()
    if not stops and (position is None or position.log_position <= tree_size):
        return views
    views.close()
    return None


def _folded_by(place: Path) -> str | None:
    try:
        return (place / PROGRAM_FILE).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return None


def _begin_anew(place: Path) -> Views:
    for suffix in ("", "-wal", "-shm"):
        (place / f"{VIEWS_FILE}{suffix}").unlink(missing_ok=True)
    # CRASH: views of another program never lie beside this one's name; no name is another program.
    sync_folder(place)
    (place / PROGRAM_FILE).write_text(program_digest().hex(), encoding="ascii")
    return open_views(place / VIEWS_FILE)
