"""Figures of veiled dossiers over HTTP and on pages: counted, recomputed, and nobody in them."""

import csv
import io
from collections.abc import Iterator

import msgspec
import pytest

from domain.procedures.profiles import Sensitivity
from projections.recompute import replay_log
from projections.veiled.counts import VeiledStatistics, count_veiled
from tests.http.world import DossierHandle, World, a_world, fill_registry
from tests.support.builders import OFFICE, PROCEDURE

ACCEPTED = 12
PATH = "/v1/statistics/veiled"


@pytest.fixture(scope="module", name="veiled")
def veiled_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, DossierHandle]]:
    with a_world(tmp_path_factory.mktemp("veiled")) as world:
        world.recorded = (201, 202)
        fill_registry(world, sensitivity=Sensitivity.CIVIL_STATUS)
        dossiers = [world.submit() for _ in range(ACCEPTED)]
        for dossier in dossiers:
            world.accept(dossier)
        world.wait(days=1)
        # The first act of a new day brings the veils of the day before.
        world.submit()
        world.settle()
        world.follow()
        yield world, dossiers[0]


def test_veiled_dossiers_are_counted_and_open_figures_know_nothing_of_them(
    veiled: tuple[World, DossierHandle],
) -> None:
    world, _ = veiled
    figure = {
        "office": OFFICE,
        "period": "2026-11",
        "received": ACCEPTED,
        "resolved_early": 0,
        "resolved_on_time": 0,
        "resolved_late": 0,
        "pending": ACCEPTED,
        "carried_over": 0,
    }

    result = world.client.simulate_get(PATH)

    assert result.status_code == 200
    assert result.json["figures"] == [figure]
    assert result.json["total"] == {**figure, "office": "*", "period": "*"}
    assert result.json["definition"] == "veiled-counts@v1"
    assert result.json["checkpoint"]["size"] == world.parts.reader.sequenced_size()
    assert world.client.simulate_get("/v1/statistics/counts").json["figures"] == []


def test_published_counts_are_those_that_the_log_gives(
    veiled: tuple[World, DossierHandle],
) -> None:
    world, _ = veiled
    published = msgspec.json.decode(world.client.simulate_get(PATH).content, type=VeiledStatistics)

    parts = world.parts
    replayed = replay_log(parts.tile_store, parts.anchors, parts.documents)
    counts = count_veiled(replayed.veils, replayed.sealed_at)

    assert (published.figures, published.total) == (counts.figures, counts.total)
    assert published.checkpoint == replayed.checkpoint


def test_counts_come_as_csv_with_the_total_last(veiled: tuple[World, DossierHandle]) -> None:
    world, _ = veiled

    result = world.client.simulate_get(PATH, params={"format": "csv"})

    rows = list(csv.DictReader(io.StringIO(result.text)))
    assert [row["office"] for row in rows] == [OFFICE, "*"]
    assert (rows[0]["received"], rows[0]["definition"]) == ("12", "veiled-counts@v1")


def test_filters_leave_only_what_was_asked_for(veiled: tuple[World, DossierHandle]) -> None:
    world, _ = veiled

    def received(**params: str) -> int:
        count: int = world.client.simulate_get(PATH, params=params).json["total"]["received"]
        return count

    assert received(office=OFFICE) == ACCEPTED
    assert received(office="H99") == 0
    assert received(**{"to": "2026-10"}) == 0
    assert received(**{"from": "2026-11"}) == ACCEPTED
    for params in ({"from": "2026-13"}, {"from": "2026-11", "to": "2026-10"}, {"format": "xml"}):
        assert world.client.simulate_get(PATH, params=params).status_code == 400


@pytest.mark.parametrize(
    ("language", "what"),
    [("vi", "các hồ sơ này không được liệt kê"), ("en", "these dossiers are not listed")],
)
def test_page_shows_the_veiled_beside_the_open_and_says_what_a_veil_is(
    veiled: tuple[World, DossierHandle], language: str, what: str
) -> None:
    world, dossier = veiled

    for query in ("", f"&office={OFFICE}"):
        page = world.client.simulate_get(f"/statistics?lang={language}{query}").text

        assert what in page
        assert "/v1/statistics/veiled?" in page
        assert 'id="veiled"' in page
        assert dossier.stream not in page


def test_page_of_one_procedure_has_no_veiled_figures(veiled: tuple[World, DossierHandle]) -> None:
    world, _ = veiled

    page = world.client.simulate_get(f"/statistics?lang=en&procedure={PROCEDURE}").text

    assert 'id="veiled"' not in page


def test_entry_that_is_a_veil_is_shown_as_one(veiled: tuple[World, DossierHandle]) -> None:
    world, _ = veiled
    reader = world.parts.reader
    index = next(
        entry.entry_index
        for entry in reader.entries(0, reader.sequenced_size())
        if entry.body.startswith(b"dossier-ledger/veil@v1\n")
    )

    page = world.client.simulate_get(f"/entries/{index}?lang=en").text
    listed = world.client.simulate_get("/log?lang=en").text

    assert "An act on a veiled dossier" in page
    assert "Veil" in listed
