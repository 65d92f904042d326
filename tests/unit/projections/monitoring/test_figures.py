"""Published figures of every sort are held against the log; what was changed is named."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from projections.monitoring.figures import FigureMonitor, FigureProblem, Statistics
from projections.reading import (
    read_counts,
    read_durations,
    read_petition_figures,
    read_veiled_figures,
)
from projections.views import open_views
from tests.support.followed_ledger import a_follower, some_history
from tests.support.paper_ledger import PaperLedger, a_stream
from transparency.checkpoints import open_checkpoint
from transparency.trusted_log import TrustedLog


@pytest.fixture
def paper() -> PaperLedger:
    paper = PaperLedger()
    paper.open_registry()
    paper.complain("petition:" + "0" * 32, "2026-02-01T00:30:00Z")
    some_history(paper)
    return paper


def _published(paper: PaperLedger, path: Path) -> dict[str, Statistics]:
    with closing(open_views(path / "views.sqlite3")) as views:
        a_follower(paper, views).catch_up()
        with views.reading() as reader:
            read = {
                "counts": read_counts(reader),
                "durations": read_durations(reader),
                "petitions": read_petition_figures(reader),
                "veiled": read_veiled_figures(reader),
            }
    return {name: statistics for name, statistics in read.items() if statistics is not None}


def _log(paper: PaperLedger) -> TrustedLog:
    note = paper.tiles.read_checkpoint()
    return TrustedLog(paper.tiles, open_checkpoint(note, paper.anchors.log))


def _compare(
    monitor: FigureMonitor, paper: PaperLedger, published: dict[str, Statistics]
) -> list[FigureProblem]:
    log = _log(paper)
    return monitor.compare(log, log.tree_size, published)


@pytest.fixture
def monitor(paper: PaperLedger) -> FigureMonitor:
    return FigureMonitor(paper.anchors, paper.documents)


def _later(paper: PaperLedger, number: int) -> None:
    paper.submit(a_stream(number), "2026-03-02T01:00:00Z")
    paper.seal_and_publish(f"2026-03-02T01:00:{number:02d}.000Z")


def test_honest_figures_pass_while_the_log_grows(
    paper: PaperLedger, monitor: FigureMonitor, tmp_path: Path
) -> None:
    for number in range(20, 24):
        published = _published(paper, tmp_path)
        assert len(published) == 4
        assert _compare(monitor, paper, published) == []
        _later(paper, number)
    assert not monitor.is_waiting


@pytest.mark.parametrize(
    ("name", "list_field", "count_field"),
    [
        ("counts", "figures", "received"),
        ("durations", "durations", "net_median_seconds"),
        ("petitions", "totals", "pending_overdue"),
    ],
)
def test_figure_that_somebody_changed_is_found(
    paper: PaperLedger,
    monitor: FigureMonitor,
    tmp_path: Path,
    name: str,
    list_field: str,
    count_field: str,
) -> None:
    published = _published(paper, tmp_path)
    first, *rest = getattr(published[name], list_field)
    changed = msgspec.structs.replace(first, **{count_field: getattr(first, count_field) + 1})
    published[name] = msgspec.structs.replace(published[name], **{list_field: (changed, *rest)})

    (problem,) = _compare(monitor, paper, published)

    assert problem.code == "figures_differ"
    assert problem.message.startswith(f"{name}: 1 differences: {count_field} of ")


def test_figure_that_is_published_twice_is_found(
    paper: PaperLedger, monitor: FigureMonitor, tmp_path: Path
) -> None:
    published = _published(paper, tmp_path)
    durations = published["durations"]
    first = durations.durations[0]  # type: ignore[union-attr]
    twice = (first, *durations.durations)  # type: ignore[union-attr]
    published["durations"] = msgspec.structs.replace(durations, durations=twice)

    (problem,) = _compare(monitor, paper, published)

    assert "times_published" in problem.message


def test_figures_under_another_root_are_found(
    paper: PaperLedger, monitor: FigureMonitor, tmp_path: Path
) -> None:
    published = _published(paper, tmp_path)
    for name, statistics in published.items():
        reference = msgspec.structs.replace(statistics.checkpoint, root="A" * 43 + "=")
        published[name] = msgspec.structs.replace(statistics, checkpoint=reference)

    assert {problem.code for problem in _compare(monitor, paper, published)} == {"figures_differ"}


@pytest.mark.parametrize("size", [0, -1, 5])
def test_figures_of_no_published_size_are_found(
    paper: PaperLedger, monitor: FigureMonitor, tmp_path: Path, size: int
) -> None:
    published = _published(paper, tmp_path)
    honest = dict(published)
    counts = published["counts"]
    reference = msgspec.structs.replace(counts.checkpoint, size=size)
    published["counts"] = msgspec.structs.replace(counts, checkpoint=reference)

    (problem,) = _compare(monitor, paper, published)

    assert problem.code == "entry_unreadable"
    assert _compare(monitor, paper, honest) == []


def test_figures_that_went_back_are_compared_as_of_their_size(
    paper: PaperLedger, monitor: FigureMonitor, tmp_path: Path
) -> None:
    earlier = _published(paper, tmp_path)
    _later(paper, 30)
    assert _compare(monitor, paper, _published(paper, tmp_path)) == []

    assert _compare(monitor, paper, earlier) == []


def test_figures_ahead_of_the_log_wait_for_the_next_look_and_no_longer(
    paper: PaperLedger, monitor: FigureMonitor, tmp_path: Path
) -> None:
    log = _log(paper)
    _later(paper, 30)
    ahead = _published(paper, tmp_path)

    assert monitor.compare(log, log.tree_size, ahead) == []
    assert monitor.is_waiting
    problems = monitor.compare(log, log.tree_size, ahead)
    assert {problem.code for problem in problems} == {"figures_ahead"}
    assert _compare(monitor, paper, ahead) == []
    assert not monitor.is_waiting


def test_figures_that_stand_still_too_long_are_found(
    paper: PaperLedger, monitor: FigureMonitor, tmp_path: Path
) -> None:
    published = _published(paper, tmp_path)
    _later(paper, 30)
    paper.submit(a_stream(31), "2026-03-02T05:00:00Z")
    paper.seal_and_publish("2026-03-02T05:00:00.000Z")

    problems = _compare(monitor, paper, published)

    assert {problem.code for problem in problems} == {"figures_behind"}
