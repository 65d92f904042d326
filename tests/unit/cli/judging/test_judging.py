"""Looking for leads as commands and beside the server: one look, its failure, a rebuild."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import Settings, settings_of_process
from cli.judging import command, pacing
from projections.leads.store import LeadStand, LeadStore, StandOf
from projections.parts.registry import Projection
from projections.parts.stops import Stop
from tests.unit.cli.running import a_ledger, run


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give an imported ledger with its views."""
    data = a_ledger(tmp_path)
    bootstrap.follower(settings_of_process({"data": data})).catch_up()
    return data


@contextmanager
def a_store(folder: Path) -> Iterator[LeadStore]:
    with closing(LeadStore(DataFolder(folder).leads)) as store:
        yield store


def stand(folder: Path, of: StandOf = StandOf.WALK) -> LeadStand | None:
    with a_store(folder) as store, store.reading() as kept:
        return kept.stand(of)


def stops(folder: Path) -> dict[Projection, Stop]:
    with (
        closing(bootstrap.open_views(settings_of_process({"data": folder}))) as views,
        views.reading() as reader,
    ):
        return reader.stops()


def test_one_look_keeps_leads_as_of_the_views(data: Path) -> None:
    looked = run("look-for-leads", "--data", data, "--json")

    assert looked.code == 0
    found = stand(data)
    assert found is not None
    assert found.log_position == looked.members["tree_size"] > 0
    assert stand(data, StandOf.PEERS) is None
    assert run("look-for-leads", "--peers", "--data", data).code == 0
    assert stand(data, StandOf.PEERS) == found
    assert DataFolder(data).leads.stat().st_mode & 0o077 == 0


def test_a_look_that_fails_is_told_and_ends_with_the_next_that_does_not(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: object) -> None:
        raise ValueError("a bug")

    with monkeypatch.context() as planted:
        planted.setattr(command, "look_again", failing)
        with pytest.raises(ValueError, match="a bug"):
            run("look-for-leads", "--data", data)
    assert stops(data)[Projection.FINDINGS].error == "ValueError"
    assert run("look-for-leads", "--data", data).code == 0

    assert stops(data) == {}


def test_leads_are_rebuilt_by_name(data: Path) -> None:
    told = run("rebuild", "findings", "--data", data, "--json")

    assert told.code == 0
    assert [each["projections"] for each in told.members["rebuilt"]] == [["findings"]]
    found = stand(data)
    assert found is not None
    assert stand(data, StandOf.PEERS) == found


def test_beside_the_server_a_look_is_a_process_that_ends_with_it(data: Path) -> None:
    settings = Settings(data=data, leads_kept_beyond=0)
    stop = threading.Event()
    judging = threading.Thread(target=pacing.judge_soon, args=(settings, stop))
    judging.start()
    for _ in range(300):
        if stand(data, StandOf.PEERS) is not None:
            break
        stop.wait(0.1)
    stop.set()
    judging.join(20)

    assert not judging.is_alive()
    assert stand(data, StandOf.PEERS) == stand(data) is not None
