"""A maker of editions that fails is seen in health and metrics, and tried again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import Settings
from cli.commands import processes
from ledger.errors import LedgerBusy, StoreUnavailable
from ledger.histories.stored_index import StoredIndex
from projections.editions.folder import EditionFolder
from projections.editions.making import EditionMaker, Pausing
from projections.editions.standing import read_stand
from projections.parts.registry import Projection
from projections.views import Views
from tests.http.editions.test_following import Rounds
from tests.http.world import World, a_world, fill_registry
from tests.support.rebuilding.worlds import Told

WORDS = "what somebody wrote: Nguyễn Văn A"


@dataclass
class FailingMaker:
    """A maker that raises so many times before it does its work."""

    real: EditionMaker
    failures: list[Exception]

    @property
    def stands_at(self) -> int:
        return self.real.stands_at

    def make_due(self, pausing: Pausing) -> list[date]:
        if self.failures:
            raise self.failures.pop(0)
        return self.real.make_due(pausing)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world in which the edition of one day is due."""
    with a_world(tmp_path) as made:
        fill_registry(made)
        made.settle()
        made.wait(days=1)
        made.submit()
        made.settle()
        made.follow()
        yield made


@pytest.fixture
def fail(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Give what the maker raises, in this order."""
    failures: list[Exception] = []
    maker = FailingMaker(bootstrap.edition_maker(world.settings), failures)
    monkeypatch.setattr(bootstrap, "edition_maker", lambda _settings: maker)
    return failures


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """Give the stops that the operator is told of."""
    told = Told()
    monkeypatch.setattr(processes, "tell_of_stop", told)
    return told


def _run(world: World, times: int) -> Rounds:
    rounds = Rounds(times, lambda: None)
    processes._make_editions(world.settings, rounds)
    return rounds


def _standing(world: World) -> tuple[dict[str, object], bool]:
    """Give what health says of editions, and whether the server is ready."""
    health = world.client.simulate_get("/readyz")
    (editions,) = (each for each in health.json["projections"] if each["name"] == "editions")
    assert WORDS not in health.text
    return editions, health.json["follower"]["follows"]


def _metric(world: World, name: str) -> dict[str, float]:
    answer = world.client.simulate_get("/metrics")
    assert WORDS not in answer.text
    families = text_string_to_metric_families(answer.text)
    samples = [sample for family in families for sample in family.samples]
    return {
        sample.labels.get("cause", ""): sample.value
        for sample in samples
        if sample.name == f"dossier_ledger_{name}" and sample.labels.get("projection") == "editions"
    }


def _days(world: World) -> list[date]:
    return EditionFolder(DataFolder(world.settings.data).editions).days()


def test_exception_without_a_code_does_not_end_the_maker_and_is_seen_until_it_gets_on(
    world: World, fail: list[Exception], told: Told
) -> None:
    fail.append(RuntimeError(WORDS))

    rounds = _run(world, 1)
    stopped, follows = _standing(world)
    stopped_metric = _metric(world, "projection_stopped")
    last = _metric(world, "projection_last_entry_index")
    after_failure = _days(world)
    _run(world, 3)

    assert rounds.waited == [processes.RETRY_SECONDS]
    assert stopped["stopped"] == {
        "last_entry_index": None,
        "as_of": None,
        "cause": "unforeseen",
        "error": "RuntimeError",
    }
    assert follows
    assert (stopped_metric, last) == ({"": 1}, {"unforeseen": -1})
    ((projection, error),) = told.stops
    assert (projection, str(error)) == (Projection.EDITIONS, WORDS)
    assert (after_failure, _days(world)) == ([], [date(2026, 11, 20)])
    running, _ = _standing(world)
    assert (running["stopped"], running["behind_entries"]) == (None, 0)
    assert _metric(world, "projection_stopped") == {"": 0}


def test_maker_that_fails_for_ever_is_tried_again_told_once_and_leaves_the_server_going(
    world: World, fail: list[Exception], told: Told
) -> None:
    fail.extend(RuntimeError(WORDS) for _ in range(5))

    rounds = _run(world, 5)

    assert fail == []
    assert rounds.waited == [processes.RETRY_SECONDS] * 5
    assert len(told.stops) == 1
    stopped, follows = _standing(world)
    assert stopped["stopped"] is not None
    assert follows
    assert world.client.simulate_get("/v1/statistics/counts").status_code == 200
    assert world.client.simulate_get("/v1/statistics/editions").json["editions"] == []


def test_error_with_a_code_is_seen_with_it(world: World, fail: list[Exception]) -> None:
    fail.append(StoreUnavailable(WORDS))

    _run(world, 1)

    stopped, _ = _standing(world)
    assert stopped["stopped"] is not None
    assert _metric(world, "projection_last_entry_index") == {"store_unavailable": -1}


def test_another_failure_replaces_the_cause(world: World, fail: list[Exception]) -> None:
    fail.extend([RuntimeError(WORDS), ValueError(WORDS)])

    _run(world, 2)

    stopped, _ = _standing(world)
    assert isinstance(stopped["stopped"], dict)
    assert stopped["stopped"]["error"] == "ValueError"


def test_other_process_that_makes_editions_is_no_stop(world: World, fail: list[Exception]) -> None:
    fail.append(LedgerBusy("another process makes editions"))

    _run(world, 1)

    stopped, _ = _standing(world)
    assert stopped["stopped"] is None


def test_maker_that_cannot_be_built_is_seen_and_built_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failures = bootstrap.edition_maker, [RuntimeError(WORDS)]

    def build(settings: object) -> EditionMaker:
        if failures:
            raise failures.pop()
        return real(world.settings)

    monkeypatch.setattr(bootstrap, "edition_maker", build)
    _run(world, 1)
    stopped, _ = _standing(world)
    _run(world, 2)

    assert stopped["stopped"] is not None
    assert _days(world) == [date(2026, 11, 20)]


@pytest.mark.parametrize("error", [StoreUnavailable("disk I/O error"), RuntimeError(WORDS)])
def test_views_that_do_not_open_at_first_do_not_end_the_maker(
    world: World, told: Told, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    _fail_to_open_views(monkeypatch, error)

    rounds = _run(world, 3)

    assert rounds.waited[0] == processes.RETRY_SECONDS
    assert told.stops == [(Projection.EDITIONS, error)]
    assert _days(world) == [date(2026, 11, 20)]
    assert _standing(world)[0]["stopped"] is None


def test_views_that_do_not_open_at_first_do_not_end_what_keeps_the_index(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_to_open_views(monkeypatch, StoreUnavailable("disk I/O error"))

    processes._index_soon(world.settings, Rounds(2, lambda: None))

    published = world.parts.reader.checkpoint()
    keys = bootstrap.operator_keys(world.settings)
    place = DataFolder(world.settings.data).index
    index = StoredIndex(place, keys.origin, world.parts.reader)
    assert published is not None
    assert index.log_position() == published.tree_size


def _fail_to_open_views(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let the views of the process fail to open, once."""
    real, failures = bootstrap.open_views, [error]

    def opening(settings: Settings) -> Views:
        if failures:
            raise failures.pop()
        return real(settings)

    monkeypatch.setattr(bootstrap, "open_views", opening)


def test_later_stop_says_how_far_the_maker_had_looked(world: World, fail: list[Exception]) -> None:
    _run(world, 2)
    looked_at = read_stand(DataFolder(world.settings.data).edition_views)
    fail.append(RuntimeError(WORDS))

    _run(world, 1)

    stopped, _ = _standing(world)
    published = world.parts.reader.checkpoint()
    assert published is not None
    assert looked_at == published.tree_size
    assert isinstance(stopped["stopped"], dict)
    assert stopped["stopped"]["last_entry_index"] == looked_at - 1


def test_folder_without_a_manifest_hides_no_list_and_stops_no_maker(world: World) -> None:
    editions = DataFolder(world.settings.data).editions
    bootstrap.edition_maker(world.settings).make_due()
    (made,) = EditionFolder(editions).days()
    (editions / "2026-11-21").mkdir()
    (editions / "2199-12-31").mkdir()
    world.wait(days=1)
    world.submit()
    world.settle()
    world.follow()

    later = bootstrap.edition_maker(world.settings).make_due()

    listed = world.client.simulate_get("/v1/statistics/editions")
    assert listed.status_code == 200, listed.text
    days = [each["edition"] for each in listed.json["editions"]]
    assert days == [each.isoformat() for each in (*reversed(later), made)]
    assert len(later) == 1
