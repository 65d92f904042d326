"""Time per stage, visits and fees over HTTP and on the statistics page."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from domain.facts import PaymentConfirmed, PaymentMethod
from domain.facts.waiting import (
    PaymentConfirmedDetails,
    PaymentRequired,
    PaymentRequiredDetails,
    ProcessingStopped,
    ProcessingStoppedDetails,
)
from tests.http.world import World, a_world, fill_registry


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world with two stopped dossiers, one paid in cash, and one that owes money."""
    with a_world(tmp_path_factory.mktemp("by_acts")) as world:
        fill_registry(world, field="Hộ tịch")
        for is_owing in (False, False, True):
            dossier = world.submit()
            world.wait(minutes=10)
            world.accept(dossier)
            world.wait(minutes=20)
            details = PaymentRequiredDetails(fee_codes=("fee",))
            required = PaymentRequired(amount_vnd=50_000, pay_by=date(2026, 12, 20))
            world.act(dossier, "dossier.payment_required", required, "processor", details)
            if not is_owing:
                pay_and_stop(world, dossier)
        world.settle()
        world.follow()
        yield world


def pay_and_stop(world: World, dossier: Any) -> None:
    world.wait(minutes=30)
    paid = PaymentConfirmed(amount_vnd=50_000, method=PaymentMethod.CASH)
    receipt = PaymentConfirmedDetails(receipt_number="biên lai 1")
    world.act(dossier, "dossier.payment_confirmed", paid, "receiver", receipt)
    world.wait(minutes=10)
    stopped = ProcessingStoppedDetails(legal_ground="luật", notice_sha256="0a" * 32)
    world.act(dossier, "dossier.processing_stopped", ProcessingStopped(), "approver", stopped)


def ask(world: World, path: str, query: str = "") -> Any:
    result = world.client.simulate_get(f"/v1/statistics/{path}", query_string=query)
    assert result.status_code == 200, result.text
    return result


def test_steps_say_how_long_each_stage_took_and_name_it_in_words(world: World) -> None:
    answer = ask(world, "steps").json

    medians = {each["stage"]: each["spread"]["median_seconds"] for each in answer["totals"]}
    assert medians == {"intake": 600, "processing": 1800, "payment": 1800}
    assert {each["code"] for each in answer["stages"]} > medians.keys()
    assert all(each["vi"] and each["en"] for each in answer["stages"])
    assert (answer["definition"], answer["asked"]["period"]) == ("steps@v1", "*")


def test_visits_name_the_acts_that_count(world: World) -> None:
    answer = ask(world, "visits").json

    assert (answer["total"]["resolved"], answer["total"]["visits"]["one"]) == (2, 2)
    assert answer["total"]["supplements"]["none"] == 2
    assert "dossier.payment_confirmed" in {each["code"] for each in answer["counted"]}


def test_fees_tell_paid_from_outstanding(world: World) -> None:
    total = ask(world, "fees").json["total"]

    assert total["required"] == {"count": 3, "vnd": 150_000}
    assert total["paid"] == total["paid_by"]["cash"] == {"count": 2, "vnd": 100_000}
    assert total["outstanding"] == {"count": 1, "vnd": 50_000}


@pytest.mark.parametrize("path", ["steps", "visits", "fees"])
def test_rows_of_csv_end_in_the_checkpoint(world: World, path: str) -> None:
    result = ask(world, path, "by=office&format=csv")

    rows = list(csv.DictReader(io.StringIO(result.text)))
    size = str(world.parts.reader.sequenced_size())
    assert rows
    assert {row["checkpoint_size"] for row in rows} == {size}
    assert {row["definition"] for row in rows} == {f"{path}@v1"}


@pytest.mark.parametrize(
    ("language", "sentence"), [("vi", "Thời gian từng giai đoạn"), ("en", "Time per stage")]
)
def test_page_shows_them_in_both_languages(world: World, language: str, sentence: str) -> None:
    page = world.client.simulate_get("/statistics", query_string=f"lang={language}").text

    assert sentence in page
    assert "/v1/statistics/fees?" in page
    assert "50.000" in page or "50,000" in page
