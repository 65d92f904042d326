"""What the statistics page says where it cannot filter by what was asked."""

import pytest

from tests.http.world import World
from tests.support.builders import OFFICE


@pytest.fixture(scope="module")
def filled(world: World) -> World:
    world.accept(world.submit())
    world.follow()
    return world


def page(world: World, query: str, language: str) -> str:
    result = world.client.simulate_get("/statistics", query_string=f"{query}&lang={language}")
    assert result.status_code == 200
    return result.text


@pytest.mark.parametrize("query", ["from=zz", "to=2026-13", "from=2026", "from=2026-04&to=2026-03"])
@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("vi", ("Kỳ không đúng", "Dưới đây là số liệu của toàn bộ thời gian.")),
        ("en", ("The period is not right", "Below are the figures of all history.")),
    ],
)
def test_bad_month_is_not_left_out_in_silence(
    filled: World, query: str, language: str, sentences: tuple[str, str]
) -> None:
    refused = page(filled, query, language)
    obeyed = page(filled, "from=2026-04", language)

    for sentence in sentences:
        assert sentence in refused
        assert sentence not in obeyed


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("vi", "Không có cơ quan nào mang mã {}."),
        ("en", "There is no office with the code {}."),
    ],
)
def test_unknown_office_is_named_and_written_as_text(
    filled: World, language: str, sentence: str
) -> None:
    head = sentence.partition("{")[0]

    assert sentence.format("NOWHERE") in page(filled, "office=NOWHERE", language)
    assert sentence.format("&lt;b&gt;") in page(filled, "office=%3Cb%3E", language)
    assert head not in page(filled, f"office={OFFICE}", language)
    assert head not in page(filled, "office=", language)
