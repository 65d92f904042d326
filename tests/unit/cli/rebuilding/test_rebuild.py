"""`rebuild` on a data folder: what it makes again, what it prints, and what it refuses."""

from contextlib import closing
from pathlib import Path

import pytest

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from ledger.histories.stored_index import StoredIndex
from projections.parts.registry import FROM_CORE, IN_VIEWS, Projection
from projections.rebuilding.beside import beside
from projections.views import open_views
from tests.support.planted.changes import plant
from tests.support.rebuilding.worlds import plant_wrong_rows, rows_in
from tests.unit.cli.running import a_ledger, run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give an imported ledger with its views and its index of histories."""
    data = a_ledger(tmp_path)
    settings = settings_of_process({"data": data})
    bootstrap.follower(settings).catch_up()
    folder, reader = DataFolder(data), bootstrap.ledger_reader(settings)
    index = StoredIndex(folder.index, bootstrap.operator_keys(settings).origin, reader)
    assert index.catch_up(1_000_000)
    return data


def _with_rows(data: Path) -> list[Projection]:
    """Give the projections of which the small ledger has rows."""
    views = DataFolder(data).views
    return [name for name in IN_VIEWS if any(rows_in(views, [name]).values())]


def test_wrong_rows_of_every_projection_are_gone_and_an_audit_finds_nothing(data: Path) -> None:
    views = DataFolder(data).views
    right = rows_in(views, IN_VIEWS)
    for projection in _with_rows(data):
        plant_wrong_rows(views, projection)
    plant(DataFolder(data).index, "UPDATE nodes SET hash = zeroblob(32)")
    assert run("audit", "--data", data, "--json").code == 1

    rebuilt = run("rebuild", "--all", "--data", data, "--json")

    assert rebuilt.code == 0
    assert rows_in(views, IN_VIEWS) == right
    assert run("audit", "--data", data, "--json").members["ok"]
    first, second, *_ = rebuilt.members["rebuilt"]
    assert first["projections"] == [name.value for name in IN_VIEWS]
    assert second["projections"] == ["histories"]
    assert first["entries"] == second["entries"] > 0
    assert first["seconds"] > 0
    assert first["entries_per_second"] > 0
    assert list(DataFolder(data).rebuilding.iterdir()) == []


@pytest.mark.parametrize("projection", IN_VIEWS)
def test_one_projection_is_rebuilt_by_its_name(data: Path, projection: Projection) -> None:
    views = DataFolder(data).views
    right = rows_in(views, IN_VIEWS)
    plant_wrong_rows(views, projection)

    rebuilt = run("rebuild", projection.value, "--data", data, "--json")

    (made,) = rebuilt.members["rebuilt"]
    assert projection.value in made["projections"]
    assert made["from"] == ("the rows of dossiers" if projection in FROM_CORE else "the ledger")
    assert rows_in(views, IN_VIEWS) == right


def test_rebuild_ends_the_stop_of_a_projection_and_of_the_index(data: Path) -> None:
    with closing(open_views(DataFolder(data).views)) as views:
        views.stop(Projection.PETITIONS, ValueError("a bug"))
        views.stop(Projection.HISTORIES, ValueError("a bug"), 7)

        told = run("rebuild", "petitions", "histories", "--data", data)

        with views.reading() as reader:
            assert reader.stops() == {}
    assert told.code == 0
    assert "petitions: made from the rows of dossiers" in told.out


def test_views_that_were_deleted_are_made_by_a_rebuild_of_all(data: Path) -> None:
    views = DataFolder(data).views
    right = rows_in(views, IN_VIEWS)
    for path in views.parent.glob("views.sqlite3*"):
        path.unlink()

    assert run("rebuild", "veils", "--data", data).code == 3
    assert run("rebuild", "--all", "--data", data).code == 0

    assert rows_in(views, IN_VIEWS) == right


def test_holders_are_not_rebuilt_where_the_secrets_are_missing(data: Path) -> None:
    views = DataFolder(data).views
    right = rows_in(views, IN_VIEWS)
    (DataFolder(data).keys / "view.secret").unlink()

    refused = run("rebuild", "holders", "--data", data)
    others = run("rebuild", "dossiers", "veils", "--data", data)

    assert refused.code == 2
    assert "vault" in refused.said
    assert others.code == 0
    assert rows_in(views, IN_VIEWS) == right


@pytest.mark.parametrize("arguments", [(), ("--all", "petitions"), ("nothing",)])
def test_what_to_rebuild_has_to_be_said(data: Path, arguments: tuple[str, ...]) -> None:
    assert run("rebuild", *arguments, "--data", data).code == 2


def test_folder_without_a_ledger_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    assert run("rebuild", "--all", "--data", tmp_path).code == 2

    assert list(tmp_path.iterdir()) == []


def test_second_rebuild_at_the_same_time_is_refused(data: Path) -> None:
    with beside(DataFolder(data).rebuilding):
        refused = run("rebuild", "petitions", "--data", data, "--json")

    assert refused.code == 4
    assert refused.members["code"] == "ledger_busy"


@pytest.mark.parametrize(("beyond", "is_made"), [("0", True), ("500", False)])
def test_rebuild_of_all_leaves_no_findings_behind_where_no_leads_are_kept(
    data: Path, monkeypatch: pytest.MonkeyPatch, beyond: str, is_made: bool
) -> None:
    monkeypatch.setenv("DOSSIER_LEDGER_LEADS_KEPT_BEYOND", beyond)

    rebuilt = run("rebuild", "--all", "--data", data, "--json").members["rebuilt"]

    assert (["findings"] in [each["projections"] for each in rebuilt]) is is_made
    assert DataFolder(data).leads.exists() is is_made
