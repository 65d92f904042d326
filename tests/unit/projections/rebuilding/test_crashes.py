"""A rebuild that is killed leaves the old rows or the new ones, whole, and the next one mends."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from projections.comparing import FoldSources, ViewComparison, compare_views
from projections.parts.registry import IN_VIEWS, Projection
from projections.rebuilding import rebuild, replacing, seeding
from projections.rebuilding.beside import beside, take_away_leftovers
from projections.rebuilding.rebuild import rebuild_views
from projections.views import open_views
from tests.support.paper_ledger import PaperLedger
from tests.support.rebuilding.worlds import (
    Told,
    a_full_ledger,
    a_patient_follower,
    fresh_rows,
    go_on,
    plant_wrong_rows,
    private_of,
    rows_in,
    sources_of,
)

Wanted = tuple[Projection, ...]
Step = tuple[object, str, int]
# Before which call of which function the process is killed.
MOMENTS: dict[str, tuple[Wanted, Step]] = {
    "while the ledger is folded": (IN_VIEWS, (rebuild, "fold_up_to", 0)),
    "before anything is replaced": (IN_VIEWS, (rebuild, "replace_projections", 0)),
    "before the first table is replaced": (IN_VIEWS, (replacing, "_replace_rows", 0)),
    "before the third table is replaced": (IN_VIEWS, (replacing, "_replace_rows", 2)),
    "before the twelfth table is replaced": (IN_VIEWS, (replacing, "_replace_rows", 11)),
    "before stops are ended": (IN_VIEWS, (replacing, "_end_stops", 0)),
    "before the rebuild is counted": (IN_VIEWS, (replacing, "_count_rebuild", 0)),
    "before the rows of dossiers are copied": (
        (Projection.STATISTICS,),
        (rebuild, "copy_core", 0),
    ),
    "while statistics are counted": ((Projection.STATISTICS,), (seeding, "_make", 0)),
    "before statistics are replaced": ((Projection.STATISTICS,), (replacing, "_replace_rows", 4)),
}


def _kill_before(step: Step) -> None:
    module, name, calls = step
    function: Callable[..., object] = getattr(module, name)
    count = iter(range(calls + 1))

    def dying(*arguments: object) -> object:
        if next(count) == calls:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments)

    setattr(module, name, dying)


def _rebuild(paper: PaperLedger, path: Path, wanted: Wanted) -> None:
    with beside(path.parent / "rebuilding") as folder:
        rebuild_views(path, folder, wanted, sources_of(paper), lambda _entries: None)


def _killed(act: Callable[[], None]) -> bool:
    """Do something in a process of its own, and tell whether that was killed."""
    child = os.fork()
    if child == 0:
        try:
            act()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _compared(paper: PaperLedger, path: Path) -> ViewComparison:
    sources = FoldSources(
        paper.tiles, paper.anchors, paper.documents, private_of(paper), paper.store
    )
    return compare_views(path, sources)


def _dying_rebuild(paper: PaperLedger, path: Path, moment: str) -> Callable[[], None]:
    wanted, step = MOMENTS[moment]

    def act() -> None:
        _kill_before(step)
        _rebuild(paper, path, wanted)

    return act


@pytest.mark.parametrize("moment", MOMENTS)
def test_rebuild_killed_at_any_moment_leaves_views_that_an_audit_accepts(
    tmp_path: Path, moment: str
) -> None:
    path, paper = tmp_path / "views.sqlite3", a_full_ledger()
    with closing(open_views(path)) as views:
        a_patient_follower(paper, views, Told()).catch_up()

    assert _killed(_dying_rebuild(paper, path, moment))

    assert _compared(paper, path) == ViewComparison(was_compared=True)
    go_on(paper, 51)
    take_away_leftovers(tmp_path / "rebuilding")
    with closing(open_views(path)) as views:
        a_patient_follower(paper, views, Told()).catch_up()
    assert rows_in(path, IN_VIEWS) == fresh_rows(paper, tmp_path / "fresh.sqlite3")
    assert list((tmp_path / "rebuilding").iterdir()) == []


@pytest.mark.parametrize("moment", MOMENTS)
def test_rebuild_killed_at_any_moment_leaves_the_old_rows_and_the_next_one_mends(
    tmp_path: Path, moment: str
) -> None:
    path, paper = tmp_path / "views.sqlite3", a_full_ledger()
    wanted, _ = MOMENTS[moment]
    with closing(open_views(path)) as views:
        a_patient_follower(paper, views, Told()).catch_up()
    for projection in wanted:
        plant_wrong_rows(path, projection)
    before = rows_in(path, IN_VIEWS)

    assert _killed(_dying_rebuild(paper, path, moment))

    assert rows_in(path, IN_VIEWS) == before
    _rebuild(paper, path, wanted)
    assert rows_in(path, IN_VIEWS) == fresh_rows(paper, tmp_path / "fresh.sqlite3")


def test_rebuild_killed_after_its_commit_leaves_the_new_rows(tmp_path: Path) -> None:
    path, paper = tmp_path / "views.sqlite3", a_full_ledger()
    with closing(open_views(path)) as views:
        a_patient_follower(paper, views, Told()).catch_up()
    plant_wrong_rows(path, Projection.PETITIONS)

    def act() -> None:
        _rebuild(paper, path, IN_VIEWS)
        os.kill(os.getpid(), signal.SIGKILL)

    assert _killed(act)

    assert rows_in(path, IN_VIEWS) == fresh_rows(paper, tmp_path / "fresh.sqlite3")
