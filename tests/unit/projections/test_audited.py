"""Figures of an audited log are those that `recompute` makes of it, however many shards share."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.logs.long_log import make_log
from ledger.auditing import HowToAudit, audit_log
from ledger.auditing.teams import ShardsHere
from ledger.documents import DocumentFolder
from ledger.key_files import load_anchors
from projections.monitoring.audited import AuditedFigures, figures_of, fold_shard
from projections.recompute import PublicWorld, count_world, replay_log
from projections.veiled.counts import count_veiled
from transparency.checkpoints import open_checkpoint
from transparency.tile_store import FileTileStore
from transparency.trusted_log import TrustedLog

ENTRIES = 2_500
NOW = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with lives of all sorts, cut off in their middle."""
    return make_log(tmp_path_factory.mktemp("logs"), ENTRIES)


@pytest.fixture(scope="module")
def world(folder: Path) -> PublicWorld:
    tiles, anchors = FileTileStore(folder / "log"), load_anchors(folder / "anchors.toml")
    return replay_log(tiles, anchors, DocumentFolder(folder / "log" / "documents"))


def _figures(folder: Path, shards: int) -> AuditedFigures:
    tiles, anchors = FileTileStore(folder / "log"), load_anchors(folder / "anchors.toml")
    log = TrustedLog(tiles, open_checkpoint(tiles.read_checkpoint(), anchors.logs))
    documents = DocumentFolder(folder / "log" / "documents")
    how = HowToAudit(shards, fold_shard, set_up=ShardsHere)
    *_, report = audit_log(log, anchors, documents, now=NOW, how=how)
    assert (report.problems, report.asked_again) == ([], "")
    assert report.entries == report.tree_size == ENTRIES
    return figures_of(report.folded)


@pytest.mark.parametrize("shards", [1, 3, 11])
def test_figures_of_an_audit_are_those_of_recompute(
    folder: Path, world: PublicWorld, shards: int
) -> None:
    figures = _figures(folder, shards)

    recomputed = count_world(world)
    assert recomputed.total.received > 100
    assert recomputed.total.pending > 0
    assert figures.counts.total == recomputed.total
    assert figures.counts.figures == recomputed.figures
    assert figures.petitions == world.petitions
    assert sum(total.filed for total in figures.petitions.totals) > 0
    assert world.veils
    assert figures.veiled == count_veiled(world.veils, world.sealed_at)
    assert figures.as_of == world.sealed_at


def test_one_seed_makes_one_log(folder: Path, tmp_path: Path) -> None:
    again = make_log(tmp_path, ENTRIES)

    assert (again / "log" / "checkpoint").read_bytes() == (
        folder / "log" / "checkpoint"
    ).read_bytes()
