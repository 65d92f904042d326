"""The index of Decision 766 over HTTP, as a page and as a spreadsheet, by public figures."""

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from api.bodies import encode
from api.figures.sheets import SHEET_MEDIA_TYPE
from api.resources.index766.answering import KeptAnswers
from domain.facts import PaymentConfirmed, PaymentMethod
from domain.facts.waiting import (
    PaymentConfirmedDetails,
    ProcessingStopped,
    ProcessingStoppedDetails,
)
from domain.index766 import formulas_of
from domain.procedures.contents import Service, ServiceLevel
from projections.index766.making import make_index, make_report
from projections.views import Position
from tests.http.world import OTHER_OFFICE, World, a_world, fill_registry
from tests.support.builders import OFFICE
from tests.support.index766.replay import replayed_record

PERIOD = "period=2026-Q4"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world with three accepted dossiers: one paid online, one in cash, one stopped."""
    with a_world(tmp_path_factory.mktemp("index766")) as world:
        fill_registry(
            world,
            fee_vnd=50_000,
            field="Hộ tịch",
            service_level=ServiceLevel(service=Service.FULL),
        )
        methods = (PaymentMethod.ONLINE_PORTAL, PaymentMethod.CASH, None)
        for method in methods:
            dossier = world.submit()
            world.accept(dossier)
            if method is None:
                stopped = ProcessingStoppedDetails(legal_ground="luật", notice_sha256="0a" * 32)
                kind = "dossier.processing_stopped"
                world.act(dossier, kind, ProcessingStopped(), "approver", stopped)
            else:
                details = PaymentConfirmedDetails(
                    transaction_reference="giao dịch 1", receipt_number="biên lai 1"
                )
                paid = PaymentConfirmed(amount_vnd=50_000, method=method)
                world.act(dossier, "dossier.payment_confirmed", paid, "receiver", details)
        world.submit()
        world.settle()
        world.follow()
        yield world


def ask(world: World, query: str = PERIOD, path: str = "index", **headers: str) -> Any:
    result = world.client.simulate_get(
        f"/v1/statistics/{path}", query_string=query, headers=headers
    )
    assert result.status_code == 200, result.text
    return result


def indicators(world: World, query: str = PERIOD) -> dict[str, Any]:
    return {one["id"]: one for one in ask(world, query).json["indicators"]}


def test_answer_names_inputs_formula_version_and_checkpoint(world: World) -> None:
    answer = ask(world, f"{PERIOD}&office={OFFICE}").json

    assert (answer["office"], answer["period"], answer["is_over"]) == (OFFICE, "2026-Q4", False)
    assert (answer["definition"], answer["formula_version"]) == ("index766@v1", "qd766-2022")
    assert answer["checkpoint"]["size"] == world.parts.reader.sequenced_size()
    assert answer["as_of"].startswith("2026-11-20T")
    assert answer["band"] is None


@pytest.mark.parametrize(
    ("indicator", "share", "hundredths"),
    [
        ("2.1", (3, 3), 2000),
        ("3.1", (1, 1), 200),
        ("3.2", (1, 1), 400),
        ("3.3", (3, 3), 600),
        ("3.5b", (1, 1), 200),
        ("3.6", (1, 3), 200),
        ("5.2", (0, 0), 600),
    ],
)
def test_indicator_counts_what_the_log_holds(
    world: World, indicator: str, share: tuple[int, int], hundredths: int
) -> None:
    one = indicators(world)[indicator]

    assert (one["numerator"], one["denominator"]) == share
    assert (one["state"], one["points_hundredths"]) == ("scored", hundredths)


def test_what_is_missing_has_no_number_and_a_reason_in_both_languages(world: World) -> None:
    found = indicators(world)
    total = ask(world).json["total"]

    missing = [one for one in found.values() if one["state"] == "missing"]
    assert {"1.1", "1.2", "1.4", "4.1", "5.4"} <= {one["id"] for one in missing}
    for one in missing:
        assert one["numerator"] is None
        assert one["points_hundredths"] is None
        assert one["missing"]["vi"]
        assert one["missing"]["en"]
    assert (found["5.4"]["at_most_numerator"], found["5.4"]["at_most_denominator"]) == (3, 3)
    scored = [one for one in found.values() if one["state"] == "scored"]
    assert total["out_of"] == sum(one["maximum"] for one in scored) < total["maximum"] == 100


def test_office_without_dossiers_has_nothing_to_count(world: World) -> None:
    found = indicators(world, f"{PERIOD}&office={OTHER_OFFICE}")

    assert found["2.1"]["state"] == "not_applicable"
    assert found["2.1"]["points_hundredths"] is None


def test_without_a_period_it_is_the_last_quarter_that_is_over(world: World) -> None:
    answer = ask(world, "").json

    assert (answer["period"], answer["is_over"], answer["office"]) == ("2026-Q3", True, "*")
    assert ask(world, "period=2026-11").json["period"] == "2026-11"


@pytest.mark.parametrize("period", ["2026-Q4", "2026-11", "2026", "2026-Q3"])
@pytest.mark.parametrize("office", [None, OFFICE, OTHER_OFFICE])
def test_answers_are_recomputed_byte_for_byte_from_the_public_log(
    world: World, office: str | None, period: str
) -> None:
    parts = world.parts
    record, checkpoint = replayed_record(parts.tile_store, parts.anchors, parts.documents)
    formulas = formulas_of()
    assert formulas is not None
    query = f"period={period}" + ("" if office is None else f"&office={office}")

    index = make_index(record, formulas, office, period, checkpoint)
    report = make_report(record.cells, office, period, checkpoint)

    assert ask(world, query).content == encode(index)
    assert ask(world, query, "report").content == encode(report)


def test_csv_has_a_row_for_each_indicator_group_and_the_total(world: World) -> None:
    result = ask(world, f"{PERIOD}&format=csv")

    rows = list(csv.DictReader(io.StringIO(result.text)))
    assert result.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["id"] for row in rows][:2] == ["1.1", "1.2"]
    assert rows[0]["points_hundredths"] == ""
    assert (rows[-1]["group"], rows[-1]["state"]) == ("*", "sum")
    assert rows[-1]["maximum"] == "100"
    assert {row["definition"] for row in rows} == {"index766@v1"}


def test_report_counts_by_field_and_says_that_it_is_unverified(world: World) -> None:
    answer = ask(world, PERIOD, "report").json

    (row,) = answer["rows"]
    assert (answer["form"], answer["verified"]) == ("II.06", False)
    assert (row["field"], row["received_online"], row["to_handle"]) == ("Hộ tịch", 3, 3)
    assert row["to_handle"] == row["resolved"] + row["pending"]
    assert answer["total"] == {**row, "field": "*"}

    rows = list(csv.DictReader(io.StringIO(ask(world, f"{PERIOD}&format=csv", "report").text)))
    assert [row["field"] for row in rows] == ["Hộ tịch", "*"]
    assert {row["verified"] for row in rows} == {"false"}
    assert all(row["note_vi"] and row["note_en"] for row in rows)


def test_spreadsheet_is_the_same_bytes_each_time_and_marked_unverified(world: World) -> None:
    first = ask(world, f"{PERIOD}&format=xlsx", "report")
    second = ask(world, f"{PERIOD}&format=xlsx", "report")

    assert first.headers["content-type"] == SHEET_MEDIA_TYPE
    assert first.content == second.content
    with zipfile.ZipFile(io.BytesIO(first.content)) as package:
        texts = package.read("xl/sharedStrings.xml").decode()
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    for words in ("CHƯA KIỂM CHỨNG", "UNVERIFIED", "Từ kỳ trước", "Carried over", "Hộ tịch"):
        assert words in texts
    assert "<v>3</v>" in sheet


@pytest.mark.parametrize(
    "query",
    [
        "period=2026-11-20",
        "period=Q3",
        "format=pdf",
        "formulas=portal-2026",
        "period=2026&period=2025",
    ],
)
def test_impossible_parameter_is_refused(world: World, query: str) -> None:
    result = world.client.simulate_get("/v1/statistics/index", query_string=query)

    assert result.status_code == 400


@pytest.mark.parametrize("path", ["/v1/statistics/index", "/v1/statistics/report"])
def test_unknown_office_is_not_there(world: World, path: str) -> None:
    result = world.client.simulate_get(path, query_string="office=H99")

    assert result.status_code == 404
    assert "is registered" in result.json["detail"]


@pytest.mark.parametrize("path", ["/v1/statistics/index", "/v1/statistics/report"])
def test_index_of_an_empty_ledger_is_not_ready(empty_world: World, path: str) -> None:
    assert empty_world.client.simulate_get(path).status_code == 503


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "vi",
            (
                "không phải là điểm chính thức",
                "Hồ sơ nộp trực tuyến".lower(),
                "không phải quy định",
            ),
        ),
        ("en", ("This is no official score", "Dossiers handed in online", "not law")),
    ],
)
def test_page_says_what_is_no_law_and_what_is_missing(
    world: World, language: str, words: tuple[str, ...]
) -> None:
    result = world.client.simulate_get(
        "/statistics/index",
        query_string=f"{PERIOD}&office={OFFICE}",
        headers={"Accept": "text/html", "Accept-Language": language},
    )

    assert result.status_code == 200
    for text in words:
        assert text in result.text
    assert ("20,00" if language == "vi" else "20.00") in result.text


def test_page_opens_on_a_quarter_with_acts_and_says_why_two_groups_are_third(world: World) -> None:
    result = world.client.simulate_get(
        "/statistics/index", headers={"Accept": "text/html", "Accept-Language": "en"}
    )

    assert '<option value="2026-Q4" selected>Q4 2026</option>' in result.text
    assert '<option value="2026-11">November 2026</option>' in result.text
    assert "2025" not in result.text
    assert "so both bear the number 3" in result.text
    assert "Z</dd>" not in result.text


def test_answers_are_kept_for_one_checkpoint_only() -> None:
    kept, made = KeptAnswers(), []

    def make() -> int:
        made.append(1)
        return len(made)

    first, newer = (_position(size) for size in (1, 2))
    assert [kept.get(first, "a", make), kept.get(first, "a", make)] == [1, 1]
    assert kept.get(first, "b", make) == 2
    assert kept.get(newer, "a", make) == 3


def _position(size: int) -> Position:
    return Position(size, b"r" * 32, datetime(2026, 11, 20, tzinfo=UTC), b"")
