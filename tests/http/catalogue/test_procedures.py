"""The catalogue over HTTP: search with and without diacritics, pages, versions and entries."""

import pytest

from domain.offices import Level
from tests.http.catalogue.conftest import BIRTH
from tests.http.world import World
from tests.support.builders import OFFICE, PROCEDURE


def codes(world: World, query: str) -> list[str]:
    result = world.client.simulate_get("/v1/procedures", query_string=query)
    assert result.status_code == 200
    return [found["code"] for found in result.json["procedures"]]


@pytest.mark.parametrize("words", ["đăng ký khai sinh", "dang ky khai sinh", "SINH khai"])
def test_words_are_found_with_and_without_diacritics(catalogue: World, words: str) -> None:
    assert codes(catalogue, f"q={words}") == [BIRTH]


def test_filters_narrow_together(catalogue: World) -> None:
    assert codes(catalogue, "field=ho+tich") == ["1.000656", BIRTH]
    assert codes(catalogue, "field=ho+tich&q=tu") == ["1.000656"]
    assert codes(catalogue, f"level={Level.FOREIGN}") == []
    assert PROCEDURE in codes(catalogue, f"office={OFFICE}")


def test_pages_follow_one_another_by_code(catalogue: World) -> None:
    first = catalogue.client.simulate_get("/v1/procedures?field=ho+tich&limit=1").json

    second = catalogue.client.simulate_get(first["next"]).json

    assert [found["code"] for found in first["procedures"]] == ["1.000656"]
    assert [found["code"] for found in second["procedures"]] == [BIRTH]
    assert "next" not in second


def test_search_shows_the_newest_version_and_what_is_unverified(catalogue: World) -> None:
    result = catalogue.client.simulate_get("/v1/procedures?q=khai+sinh").json

    (found,) = result["procedures"]
    assert found["version"] == 2
    assert found["unverified"] == ["supplement_policy"]
    assert found["url"] == f"/v1/procedures/{BIRTH}"
    assert result["checkpoint"]["size"] == catalogue.parts.reader.sequenced_size()


def test_procedure_has_all_versions_with_document_and_entry(catalogue: World) -> None:
    result = catalogue.client.simulate_get(f"/v1/procedures/{BIRTH}").json

    assert [version["version"] for version in result["versions"]] == [1, 2]
    assert [version["in_force"] for version in result["versions"]] == [False, True]
    assert result["procedure"]["name"]["vi"] == "Đăng ký khai sinh"
    for version in result["versions"]:
        document = catalogue.client.simulate_get(version["document_url"])
        receipt = catalogue.client.simulate_get(version["receipt_url"])
        assert document.json["version"] == version["version"]
        assert receipt.status_code == 200


def test_unknown_procedure_is_not_found(catalogue: World) -> None:
    assert catalogue.client.simulate_get("/v1/procedures/9.999999").status_code == 404
    assert catalogue.client.simulate_get("/v1/procedures/%C4%91").status_code == 404


def test_unknown_procedure_is_named_in_the_answer(catalogue: World) -> None:
    answer = catalogue.client.simulate_get("/v1/procedures/9.999999")

    assert answer.json["detail"] == "no procedure 9.999999 is published"


@pytest.mark.parametrize(
    "query", ["level=village", "limit=0", "limit=101", "limit=x", f"q={'x' * 201}"]
)
def test_question_that_cannot_be_asked_is_refused(catalogue: World, query: str) -> None:
    result = catalogue.client.simulate_get("/v1/procedures", query_string=query)

    assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


def test_ledger_without_a_checkpoint_says_that_it_starts(empty_world: World) -> None:
    assert empty_world.client.simulate_get("/v1/procedures").status_code == 503
