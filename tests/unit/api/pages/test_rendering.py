"""Rendered pages: both languages, the label of demonstration data, escaping, the strict policy."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from falcon.asgi import Response
from falcon.testing import create_asgi_req

from api.negotiation import Language
from api.pages.dossiers import holder_page
from api.pages.entries import PublishedEntry, entry_page, log_page
from api.pages.rendering import PAGE_HEADERS, PAGES_FOLDER, Page, Renderer
from api.pages.resources import NO_QUERY, TrackPage, qr_of
from api.pages.source import HomePage
from api.pages.statistics import Asked, statistics_page, veiled_part
from api.settings import Settings
from domain.dossiers import Due
from domain.facts import SupplementItem, SupplementRequested, SupplementRequestedDetails
from domain.offices import BilingualName, OfficeRecord
from domain.veils import VeilAct
from projections.counts import DEFINITION, Span
from projections.dossier_page import DossierPage
from tests.support.builders import (
    HEX64,
    OFFICE,
    MemoryRegister,
    a_dossier_in_process,
    a_moment,
    an_office,
)
from tests.unit.api.pages.test_dossiers import AS_OF, WORDS, an_act, some_names
from tests.unit.api.pages.test_entries import a_seal_body, a_stand, an_action_body
from tests.unit.api.pages.test_statistics import OFFICES, PROCEDURES, some_sums

NOW = datetime(2026, 11, 21, 8, 3, 11, tzinfo=UTC)
HERE = "http://127.0.0.1:8000"
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
VOID = {"meta", "link", "input", "img", "br"}
LANGUAGES: tuple[Language, ...] = ("vi", "en")


class _Outline(HTMLParser):
    """Checks that tags close in order, and collects what a strict policy would stop."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def _note(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style", "iframe"):
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.faults.append(f"{tag} {name}")
            if name in ("src", "href", "action") and (value or "").startswith(("http", "//")):
                self.faults.append(f"{tag} leads to {value}")
            if name == "id":
                self.ids.append(value or "")


def a_renderer(**changes: Any) -> Renderer:
    return Renderer(Settings(**changes), lambda: NOW)


def a_hostile_register() -> MemoryRegister:
    names = some_names(name=BilingualName(vi=HOSTILE, en=HOSTILE))
    office = an_office(name=BilingualName(vi=HOSTILE, en=HOSTILE))
    names.offices[OFFICE] = OfficeRecord(office, HEX64, a_moment())
    return names


PROBLEM = {
    "title": HOSTILE,
    "remedy": "",
    "detail": HOSTILE,
    "code": "not_found",
    "incident": "0a",
}


def pages(language: Language) -> dict[str, Page]:
    """Make one page of every template."""
    words = WORDS[language]
    sums = some_sums(Span())
    stand = a_stand(300)
    item = SupplementItem(component="KQ.001", reason=HOSTILE)
    act = an_act(
        "dossier.supplement_requested",
        SupplementRequested(answer_by=date(2026, 3, 20)),
        details=SupplementRequestedDetails(items=(item,)),
        due=Due(day=date(2026, 3, 11)),
        due_changed=True,
    )
    dossier = a_dossier_in_process(appointment=Due(instant=NOW), apologies=1)
    opened = DossierPage(dossier, 60, (act,))
    holder = holder_page(opened, AS_OF, a_hostile_register(), words)
    entries = [PublishedEntry(0, an_action_body(), NOW), PublishedEntry(1, a_seal_body(), None)]
    values: dict[str, dict[str, Any]] = {
        "home": {"page": HomePage(sums.total, stand, HERE)},
        "home_without_due": {"page": HomePage(sums.total, stand, HERE, 1)},
        "home_of_nothing": {"page": HomePage(None, None, "http://127.0.0.1:8000")},
        "track": {"page": TrackPage(HOSTILE, "track.unknown_dossier")},
        "track_done": {"page": TrackPage(share_done_percent=60)},
        "dossier": {
            "page": holder,
            "qr": qr_of("http://127.0.0.1:8000/dossiers/0"),
            "address": "127.0.0.1:8000/dossiers/0",
        },
        "statistics": {
            "page": statistics_page(
                Asked(office=OFFICE, span=Span("2026-01")),
                sums,
                (OFFICES, PROCEDURES),
                words.formats,
            ),
            "stand": stand,
            "definition": DEFINITION,
            "address": "http://127.0.0.1:8000",
        },
        "statistics_of_nothing": {"page": None, "definition": DEFINITION, "address": ""},
        "log": {
            "page": log_page(stand, entries, words),
            "address": "http://127.0.0.1:8000",
            "is_bad_address": False,
        },
        "log_of_nothing": {"page": None, "address": "", "is_bad_address": False},
        "entry": {"page": entry_page(entries[0], 2, a_hostile_register(), words)},
        "entry_seal": {
            "page": entry_page(entries[1], 2, a_hostile_register(), words),
            "index_root": "AAAA",
        },
        "about": {},
        "problem": {"page": PROBLEM},
    }
    return {
        name: Page(f"{name.partition('_')[0]}.html", "/", "/", shown, NO_QUERY)
        for name, shown in values.items()
    }


NAMES = sorted(pages("vi"))


def render(name: str, language: Language, **settings: Any) -> str:
    request = create_asgi_req(path="/", query_string=f"lang={language}")
    return a_renderer(**settings).render(request, pages(language)[name])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_page_is_well_formed_and_within_the_policy(name: str, language: Language) -> None:
    outline = _Outline()

    outline.feed(render(name, language))

    assert outline.faults == []
    assert outline.open == []
    assert len(set(outline.ids)) == len(outline.ids)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_page_says_its_language_and_has_one_heading(name: str, language: Language) -> None:
    html = render(name, language)

    assert f'<html lang="{language}">' in html
    assert html.count("<h1>") == 1
    assert '<a class="skip" href="#main">' in html


@pytest.mark.parametrize("name", NAMES)
def test_demonstration_data_are_labelled_on_every_page_in_both_languages(name: str) -> None:
    html = render(name, "vi", demo=True, clock="simulated")

    assert "Dữ liệu trình diễn, đồng hồ mô phỏng: 15:03:11, 21/11/2026" in html
    assert "Demonstration data, simulated clock: 15:03:11, 21 November 2026" in html


def test_demonstration_on_the_system_s_clock_is_labelled_without_a_time() -> None:
    html = render("home", "en", demo=True)

    assert "Demonstration data, not real dossiers." in html
    assert "simulated clock" not in html


def test_simulated_clock_is_labelled_even_without_the_demo_setting() -> None:
    assert "simulated clock" in render("home", "en", clock="simulated")


def test_real_installation_bears_no_label() -> None:
    assert 'class="banner"' not in render("home", "vi")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["track", "dossier", "entry", "problem"])
def test_hostile_text_is_shown_and_not_run(name: str, language: Language) -> None:
    html = render(name, language)

    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "<img src=x" not in html


def test_chosen_language_travels_in_links_and_an_accepted_one_does_not() -> None:
    home = pages("en")["home"]
    chosen = a_renderer().render(create_asgi_req(query_string="lang=en"), home)
    headers = {"Accept-Language": "en-GB,en;q=0.9"}
    accepted = a_renderer().render(create_asgi_req(headers=headers), home)

    assert 'href="/statistics?lang=en"' in chosen
    assert 'href="/statistics"' in accepted
    assert '<html lang="en">' in accepted


def test_vietnamese_is_the_language_of_those_who_ask_for_none() -> None:
    assert '<html lang="vi">' in a_renderer().render(create_asgi_req(), pages("vi")["home"])


def test_switch_of_language_keeps_the_filter() -> None:
    page = Page("about.html", "/about", "/about", {}, {"office": "H27"})

    html = a_renderer().render(create_asgi_req(), page)

    assert 'href="/about?office=H27&amp;lang=en"' in html


def test_chart_has_a_title_a_description_and_the_numbers_of_the_table() -> None:
    html = render("statistics", "en")
    months = some_sums(Span()).months

    assert '<title id="chart-title">' in html
    assert '<desc id="chart-desc">' in html
    drawn = [int(count) for count in re.findall(r"<rect class=.*?(\d+)</title>", html)]
    assert sum(drawn) == sum(figure.carried_over + figure.received for figure in months)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_of_figures_hints_that_it_scrolls(language: Language) -> None:
    html = render("statistics", language)

    assert html.count('<div class="scroll"') == html.count('<p class="swipe ') > 1


def test_entries_of_the_log_wrap_on_a_phone_and_hide_no_column() -> None:
    html = render("log", "en")

    assert '<table class="entries">' in html
    assert re.search(r'<td><code class="hash">dossier:', html)


def test_share_late_stands_beside_every_office() -> None:
    html = render("statistics", "en").replace("\n", "")

    rows = re.findall(r'<tr><th scope="row">(Cam Lac commune|Department[^<]*)</th>(.*?)</tr>', html)
    cells = {name: re.findall(r"<td[^>]*>([^<]*)</td>", row) for name, row in rows}

    assert 'scope="col">Share late</th>' in html
    assert {name: row[5] for name, row in cells.items()} == {
        "Cam Lac commune": "33.3%",
        "Department of Construction": "100.0%",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_dossier_prints_as_a_slip_without_blank_lines(language: Language) -> None:
    html = render("dossier", language)
    slip = re.search(r'<section class="slip".*?</section>', html, re.DOTALL)
    assert slip is not None

    rows = re.findall(r"<dt>([^<]*)</dt><dd[^>]*>(.*?)</dd>", slip[0], re.DOTALL)

    assert len(rows) == 7
    assert all(re.sub(r"<[^>]*>", "", value).strip() for _, value in rows)
    assert "127.0.0.1:8000/dossiers/0" in slip[0]
    assert "<img" in slip[0]


def test_only_the_slip_of_an_open_dossier_is_printed() -> None:
    style = (PAGES_FOLDER / "static" / "style.css").read_text(encoding="utf-8")
    screen, _, printed = style.partition("@media print")
    html = render("dossier", "vi")

    assert ".slip { display: none; }" in screen
    assert re.search(r"\.unslipped[^{]*\{ display: none; \}", printed)
    assert ".slip { display: block;" in printed
    assert html.index('class="slip"') < html.index('class="unslipped"') < html.index("<h1>")


def test_page_that_answers_a_form_is_asked_for_in_another_language_by_a_form() -> None:
    page = replace(pages("en")["dossier"], path="/dossiers", posted={"dossier": "0", "pass": "1.a"})

    html = a_renderer().render(create_asgi_req(path="/", query_string="lang=en"), page)

    assert '<form method="post" action="/dossiers?lang=vi">' in html
    assert '<input type="hidden" name="pass" value="1.a">' in html
    assert 'href="/dossiers?lang=vi"' not in html


def test_figures_link_to_the_same_filter_as_files() -> None:
    html = render("statistics", "en")

    wanted = f"/v1/statistics/counts?office={OFFICE}&amp;from=2026-01&amp;format=csv"
    assert wanted in html


def test_answer_carries_the_policy_and_personal_pages_are_kept_by_no_cache() -> None:
    public, personal = Response(), Response()
    page = pages("vi")["about"]

    a_renderer().answer(create_asgi_req(), public, page)
    a_renderer().answer(
        create_asgi_req(), personal, Page("about.html", "/", "/", {}, {}, is_personal=True)
    )

    for name, value in PAGE_HEADERS.items():
        assert public.get_header(name) == value
    assert "unsafe" not in PAGE_HEADERS["Content-Security-Policy"]
    assert public.get_header("Cache-Control") == "no-cache"
    assert personal.get_header("Cache-Control") == "no-store"
    assert public.get_header("Vary") == "Accept-Language"


def test_address_of_the_settings_goes_before_the_one_a_client_claims() -> None:
    request = create_asgi_req(headers={"Host": "evil.example"})

    renderer = a_renderer(public_address="https://soho.example.vn")

    assert renderer.address(request) == "https://soho.example.vn"


def test_qr_code_is_an_image_in_the_page_itself() -> None:
    assert qr_of("http://127.0.0.1:8000/dossiers/0").startswith("data:image/svg+xml")


def test_home_says_how_many_had_no_due_date_beside_the_share_on_time() -> None:
    assert "; no due date: 1</small>" in render("home_without_due", "en")
    assert "; không có thời hạn: 1</small>" in render("home_without_due", "vi")
    assert "no due date" not in render("home", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_veiled_figure_is_shown_below_zero_and_a_sentence_says_why(language: Language) -> None:
    words, late = WORDS[language], {(OFFICE, "2026-05", VeilAct.ENDED_LATE): 12}
    shown: dict[str, Any] = dict(pages(language)["statistics"].values)
    part = veiled_part(Asked(), late, AS_OF, ({}, str), words.formats)
    assert part is not None
    assert part.is_ahead
    shown["page"] = replace(shown["page"], veiled=part)
    request = create_asgi_req(path="/", query_string=f"lang={language}")
    page = Page("statistics.html", "/", "/", shown, NO_QUERY)

    html = a_renderer().render(request, page)

    assert "-12" not in html
    assert "\u221212" not in html
    assert "<td>12</td><td>–</td>" in html
    assert words.texts("statistics.veiled_ahead") in html
