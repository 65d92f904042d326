"""`recompute --edition` on editions with ratings: right, wrong, and without a tally's document."""

import shutil
from pathlib import Path

import pytest

from api.data_folder import DataFolder
from tests.support.editions import a_desk, as_data_folder
from tests.support.tallies.on_paper import rated_days
from tests.unit.cli.running import Ran, run

DAY = "2026-02-04"


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """A data folder with the editions of a rated ledger, and no database."""
    desk = a_desk(tmp_path / "desk", rated_days)
    desk.maker.make_due()
    folder = as_data_folder(desk, tmp_path / "data")
    shutil.copytree(tmp_path / "desk" / "log" / "editions", folder.editions)
    return folder


def held(data: DataFolder) -> Ran:
    return run("recompute", "--data", data.path, "--json", "--edition", DAY)


def test_edition_with_ratings_is_what_the_log_makes_of_the_day(data: DataFolder) -> None:
    ran = held(data)

    assert (ran.code, ran.members["differing"]) == (0, {})


def test_ratings_that_were_changed_are_named_with_the_finding(data: DataFolder) -> None:
    file = data.editions / DAY / "ratings-by-office.json"
    file.write_bytes(file.read_bytes().replace(b'"ratings":12', b'"ratings":15', 1))

    ran = held(data)

    assert (ran.code, ran.members["differing"].keys()) == (1, {file.name})
    assert len(ran.members["findings"]) == 1


def test_tally_without_its_document_accuses_nobody(data: DataFolder) -> None:
    (tally,) = [
        path for path in data.published_documents.iterdir() if b'"ratings"' in path.read_bytes()
    ]
    tally.unlink()

    ran = held(data)

    assert ran.code not in (0, 1)
    assert "store_unavailable" in ran.out + ran.said
    assert tally.name in ran.out + ran.said
    assert "R32" not in ran.out + ran.said
