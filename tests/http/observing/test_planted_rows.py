"""Rows of the views that somebody planted and that cannot be read: 503 `store_corrupt`."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from api import bootstrap
from domain.facts.waiting import PaymentRequired, PaymentRequiredDetails
from tests.http.petitions.petitioners import give_feedback
from tests.http.world import World, a_world, fill_registry
from tests.support.planted.changes import plant

REQUIRED = PaymentRequired(amount_vnd=50_000, pay_by=date(2026, 12, 20))
DETAILS = PaymentRequiredDetails(fee_codes=("fee",))
BY_DAY = "granularity=day&by=office,procedure,channel,period&from=2026-11-01&to=2026-12-31"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        fill_registry(made)
        dossier = made.submit()
        made.wait(minutes=10)
        made.accept(dossier)
        made.act(dossier, "dossier.payment_required", REQUIRED, "processor", DETAILS)
        give_feedback(made, dossier.stream)
        made.settle()
        made.follow()
        yield made


ASKED = (
    ("/v1/statistics/fees", ""),
    ("/v1/statistics/fees", BY_DAY),
    ("/v1/petitions", ""),
    ("/v1/statistics/petitions", ""),
)


def test_rows_that_nobody_planted_are_answered(world: World) -> None:
    codes = [
        world.client.simulate_get(path, query_string=query).status_code for path, query in ASKED
    ]

    assert codes == [200] * len(ASKED)


def is_corrupt(world: World, path: str, query: str = "") -> None:
    result = world.client.simulate_get(path, query_string=query)
    assert (result.status_code, result.json["code"]) == (503, "store_corrupt"), result.text


@pytest.mark.parametrize("planted", ["x'ff'", "'text'", "x'93c0'"])
def test_cell_of_acts_that_does_not_decode_is_not_answered_500(world: World, planted: str) -> None:
    plant(bootstrap.data_folder(world.settings).views, f"UPDATE act_cells SET cell = {planted}")

    is_corrupt(world, "/v1/statistics/fees")


@pytest.mark.parametrize("planted", ["x'ff'", "7", "x'91c0'"])
def test_parts_of_a_dossier_that_do_not_decode_are_not_answered_500(
    world: World, planted: str
) -> None:
    plant(bootstrap.data_folder(world.settings).views, f"UPDATE act_lists SET parts = {planted}")

    is_corrupt(world, "/v1/statistics/fees", BY_DAY)


@pytest.mark.parametrize(
    ("column", "planted"),
    [
        ("track", "'neither'"),
        ("state", "7"),
        ("office", "'H99'"),
        ("category", "'weather'"),
        ("level", "'many'"),
        ("filed_at", "'yesterday'"),
        ("filed_at", "x'00'"),
        ("information_at", "'2026-13-41T00:00:00Z'"),
    ],
)
def test_row_of_a_petition_that_does_not_decode_is_not_answered_400(
    world: World, column: str, planted: str
) -> None:
    plant(bootstrap.data_folder(world.settings).views, f"UPDATE petitions SET {column} = {planted}")

    is_corrupt(world, "/v1/petitions")
    is_corrupt(world, "/v1/statistics/petitions")
