"""``looks`` against a server: an inspector's look is counted by an entry, and proven by anchors."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from api.data_folder import DataFolder
from cli.output import EXIT_REFUSED
from domain.roles import Role
from ledger.key_files import load_private_key
from tests.served.server import Served, served
from tests.unit.cli.running import Ran, a_key, run

pytestmark = pytest.mark.served

FOLLOWS_SECONDS = 30.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("looks") / "data") as made:
        yield made


@pytest.fixture(scope="module")
def inspector(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = a_key(tmp_path_factory.mktemp("keys"), Role.INSPECTOR)
    enrolled = run(
        *("keys", "enroll", key, "inspector@*", "--personnel-number", "CB-0001", "--json"),
        *("--data", server.data),
    )
    assert enrolled.code == 0, enrolled.out
    return key


def mine(server: Served, key: Path) -> Ran:
    return run(
        *("looks", "mine", "--key", key, "--server", server.address, "--json"),
        *("--data", server.data),
    )


def _wait_for_the_views(name: str, asking: tuple[str | Path, ...]) -> None:
    deadline = time.monotonic() + FOLLOWS_SECONDS
    while run("inspect", f"/v1/trail/{name}", *asking).code != 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_look_is_counted_proven_and_missed_once_it_is_dropped(
    server: Served, inspector: Path
) -> None:
    name = load_private_key(inspector).name
    asking = ("--key", inspector, "--server", server.address, "--json")
    _wait_for_the_views(name, asking)
    waiting = mine(server, inspector)
    committed = [run("looks", "commit", "--data", server.data, "--json") for _ in range(2)]
    proven = mine(server, inspector)
    sound = run("audit", "--vault", "--data", server.data, "--json")

    count = len(waiting.members["looks"])
    assert {look["proven_by_entry"] for look in waiting.members["looks"]} == {None}
    assert [each.members["looks"] for each in committed] == [count, 0]
    entries = {look["proven_by_entry"] for look in proven.members["looks"]}
    assert len(entries) == 1
    assert isinstance(entries.pop(), int)
    assert (proven.code, sound.members["vault"]["remade"]["looks"]) == (0, count)
    assert sound.members["vault"]["problems"] == []

    path = DataFolder(server.data).looks
    with closing(sqlite3.connect(path)) as book, book:
        book.execute("DELETE FROM looks WHERE number = 1")
    refused = run("looks", "commit", "--data", server.data, "--json")
    missed = run("audit", "--vault", "--data", server.data, "--json")

    assert (refused.code, refused.members["code"]) == (EXIT_REFUSED, "looks_differ")
    problems = json.loads(missed.out)["vault"]["problems"]
    assert [problem["code"] for problem in problems] == ["looks_differ"]


def test_book_that_was_lost_is_numbered_anew(server: Served) -> None:
    ran = run("looks", "begin-anew", "--data", server.data, "--json")

    assert ran.members["book"] == 2
