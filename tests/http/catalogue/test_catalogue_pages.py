"""The catalogue as pages: what is found, what a procedure asks for, and what is unverified."""

import re

import pytest

from api.pages.texts import load_texts
from api.pages.words import all_words
from domain.procedures import Limit, LimitUnit
from tests.http.catalogue.conftest import BIRTH
from tests.http.world import World

BROWSER = {"Accept": "text/html"}


def page(world: World, path: str, status: int = 200) -> str:
    result = world.client.simulate_get(path, headers=BROWSER)
    assert result.status_code == status
    assert result.headers["content-type"].startswith("text/html")
    return str(result.text)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_search_shows_what_it_finds(catalogue: World, language: str) -> None:
    shown = page(catalogue, f"/procedures?q=dang+ky+khai+sinh&lang={language}")

    assert f"/procedures/{BIRTH}" in shown
    assert "/procedures/1.000656" not in shown


def test_form_that_was_left_empty_shows_everything(catalogue: World) -> None:
    shown = page(catalogue, "/procedures?q=&field=&life_event=")

    assert f"/procedures/{BIRTH}" in shown
    assert "&lt;khai tử&gt;" in shown


def test_next_page_keeps_the_question(catalogue: World) -> None:
    shown = page(catalogue, "/procedures?field=ho+tich&limit=1")

    assert "after=1.000656&amp;field=ho+tich" in shown


def test_search_that_finds_nothing_says_so(catalogue: World) -> None:
    assert "There is no such procedure." in page(catalogue, "/procedures?q=zzz&lang=en")


def test_procedure_names_versions_entries_and_what_is_unverified(catalogue: World) -> None:
    shown = page(catalogue, f"/procedures/{BIRTH}?lang=en")
    versions = catalogue.client.simulate_get(f"/v1/procedures/{BIRTH}").json["versions"]

    assert "not to be taken for law" in shown
    assert "<code>supplement_policy</code>" in shown
    assert "7 working days" in shown
    for version in versions:
        assert f"/entries/{version['entry_index']}" in shown
        assert version["document_url"] in shown


def test_english_page_marks_what_is_vietnamese_and_shows_local_times(catalogue: World) -> None:
    shown = page(catalogue, f"/procedures/{BIRTH}?lang=en")
    (field,) = re.findall(r'<span lang="vi">([^<]+)</span> <small class="muted">', shown)[:1]

    assert field == "Hộ tịch"
    assert "(in Vietnamese)" in shown
    assert "(in Vietnamese)" in page(catalogue, "/procedures?lang=en")
    assert "in Vietnamese" not in page(catalogue, f"/procedures/{BIRTH}?lang=vi")
    assert re.search(r"<time [^>]+>[0-9:]{5}, [0-9]+ [A-Z][a-z]+ 2026</time>", shown)
    assert not re.search(r">[0-9-]+T[0-9:]+Z<", shown)


def test_same_day_limit_is_written_in_one_way() -> None:
    vietnamese, english = (all_words(load_texts())[language] for language in ("vi", "en"))
    same_day = Limit(unit=LimitUnit.WORKING_DAYS, amount=0)

    said = [each.limit(same_day) for each in (vietnamese, english)]
    assert said == ["trong ngày làm việc", "within the working day"]
    assert english.limit(Limit(unit=LimitUnit.WORKING_DAYS, amount=3)) == "3 working days"


def test_procedure_that_is_not_published_has_no_page(catalogue: World) -> None:
    page(catalogue, "/procedures/9.999999", status=404)
