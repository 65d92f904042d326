"""The people's pages over HTTP, on a real ledger: what they show, and what they never show."""

import re
from datetime import date
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from falcon.testing import Result

from domain.facts import (
    ProcessorAssigned,
    SupplementItem,
    SupplementRequested,
    SupplementRequestedDetails,
)
from tests.http.world import OTHER_OFFICE, DossierHandle, World, a_world, fill_registry
from tests.support.builders import OFFICE

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FORM = {"Content-Type": "application/x-www-form-urlencoded", **BROWSER}
PUBLIC = ["/", "/statistics", "/log", "/about", "/track", "/petitions", "/entries/0"]


@pytest.fixture(scope="module")
def dossier(world: World) -> DossierHandle:
    """Bring one dossier as far as a request for papers, with the views following."""
    made = world.submit()
    world.wait(hours=1)
    world.accept(made)
    world.wait(hours=1)
    world.act(made, "dossier.processor_assigned", ProcessorAssigned(), "assigner")
    item = SupplementItem(component="KQ.001", reason="Bản sao <b>mờ</b>")
    world.act(
        made,
        "dossier.supplement_requested",
        SupplementRequested(answer_by=date(2026, 12, 20)),
        "processor",
        SupplementRequestedDetails(items=(item,)),
    )
    world.follow()
    return made


def get(world: World, path: str, query: str = "lang=en", **headers: str) -> Result:
    return world.client.simulate_get(path, query_string=query, headers={**BROWSER, **headers})


def post(world: World, path: str, **fields: str) -> Result:
    return world.client.simulate_post(
        path, query_string="lang=en", body=urlencode(fields), headers=FORM
    )


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_answers_in_both_languages_with_its_label_and_policy(
    world: World, dossier: DossierHandle, path: str, language: str
) -> None:
    result = get(world, path, f"lang={language}")

    assert result.status_code == 200
    assert result.headers["content-language"] == language
    assert "Demonstration data, simulated clock" in result.text
    assert "default-src 'none'" in result.headers["content-security-policy"]
    assert result.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", PUBLIC)
def test_head_of_a_page_is_answered(world: World, path: str) -> None:
    # Whichever test came first: pages answer once the views are there.
    world.follow()

    result = world.client.simulate_head(path)

    assert result.status_code == 200
    assert result.content == b""


def test_home_shows_the_figures_that_the_api_gives(world: World, dossier: DossierHandle) -> None:
    total = world.client.simulate_get("/v1/statistics/counts").json["total"]

    shown = re.findall(r"<dd>(\d+)", get(world, "/").text)

    on_time = total["resolved_early"] + total["resolved_on_time"]
    pending = total["pending_in_time"] + total["pending_overdue"]
    assert shown[:4] == [
        str(number) for number in (total["received"], on_time, total["resolved_late"], pending)
    ]


def test_statistics_name_the_checkpoint_and_the_definition(
    world: World, dossier: DossierHandle
) -> None:
    answer = world.client.simulate_get("/v1/statistics/counts").json

    html = get(world, "/statistics").text

    assert answer["checkpoint"]["root"] in html
    assert answer["definition"] in html
    assert "They add up" in html


def test_statistics_say_that_a_period_is_bad(world: World, dossier: DossierHandle) -> None:
    result = get(world, "/statistics", "lang=en&from=2026-13")

    assert result.status_code == 200
    assert 'role="alert"' in result.text


def test_log_shows_the_published_checkpoint_and_links_to_its_files(
    world: World, dossier: DossierHandle
) -> None:
    checkpoint = world.client.simulate_get("/log/checkpoint").text.splitlines()

    html = get(world, "/log").text

    assert checkpoint[0] in html
    assert checkpoint[2] in html
    for path in re.findall(r'href="(/log/[^"?]+)"', html):
        assert world.client.simulate_get(path).status_code == 200


def test_every_entry_can_be_read_and_its_receipt_fetched(
    world: World, dossier: DossierHandle
) -> None:
    size = int(world.client.simulate_get("/log/checkpoint").text.splitlines()[1])

    for index in range(size):
        html = get(world, f"/entries/{index}").text
        assert f'href="/v1/entries/{index}/receipt"' in html
    assert world.client.simulate_get(f"/v1/entries/{size - 1}/receipt").status_code == 200
    assert get(world, f"/entries/{size}").status_code == 404


def test_secret_opens_the_dossier_with_its_timeline(world: World, dossier: DossierHandle) -> None:
    stream_id = dossier.stream.partition(":")[2]

    result = post(world, "/dossiers", dossier=stream_id, secret=dossier.secret)

    assert result.status_code == 200
    assert result.headers["cache-control"] == "no-store"
    assert "Supplement required" in result.text
    assert "KQ.001: Bản sao &lt;b&gt;mờ&lt;/b&gt;" in result.text
    assert dossier.code in result.text
    assert len(re.findall(r"/v1/entries/\d+/receipt", result.text)) == 4


def test_page_of_a_dossier_holds_neither_secret_nor_name(
    world: World, dossier: DossierHandle
) -> None:
    result = post(world, "/dossiers", dossier=dossier.stream, secret=dossier.secret)

    assert result.status_code == 200
    assert dossier.secret not in result.text
    assert "Đặng" not in result.text


def posted_in(html: str, language: str) -> dict[str, str]:
    """Give the fields of the form that asks for the same page in another language."""
    form = re.search(rf'<form method="post" action="/dossiers\?lang={language}">(.*?)</form>', html)
    assert form is not None
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))


def test_language_switch_keeps_an_open_dossier_open(world: World, dossier: DossierHandle) -> None:
    opened = post(world, "/dossiers", dossier=dossier.stream, secret=dossier.secret)

    switched = world.client.simulate_post(
        "/dossiers",
        query_string="lang=vi",
        body=urlencode(posted_in(opened.text, "vi")),
        headers=FORM,
    )

    assert switched.status_code == 200
    assert switched.headers["content-language"] == "vi"
    assert "Yêu cầu bổ sung giấy tờ" in switched.text
    # It is handed on and not renewed, so that it ends when it was said to.
    assert posted_in(switched.text, "en") == posted_in(opened.text, "vi")


@pytest.mark.parametrize("fault", ["ended", "other_dossier", "changed", "no_pass"])
def test_pass_opens_its_own_dossier_for_a_quarter_of_an_hour(
    world: World, dossier: DossierHandle, fault: str
) -> None:
    opened = post(world, "/dossiers", dossier=dossier.stream, secret=dossier.secret)
    fields = posted_in(opened.text, "vi")
    started = world.clock()
    if fault == "ended":
        world.wait(minutes=15)
    elif fault == "other_dossier":
        other = world.submit()
        world.follow()
        fields["dossier"] = other.stream
    else:
        fields["pass"] = fields["pass"][:-1] + "x" if fault == "changed" else "nonsense"

    refused = post(world, "/dossiers", **fields)
    world.clock.set(started)

    assert refused.status_code == 404
    assert "enter the slip&#39;s secret again" in refused.text
    assert dossier.code not in refused.text
    assert post(world, "/dossiers", **posted_in(opened.text, "vi")).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"dossier": "{id}", "secret": "A" * 43 + "="}, 404),
        ({"dossier": "f" * 32, "secret": "{secret}"}, 404),
        ({"dossier": "../../etc", "secret": "{secret}"}, 404),
        ({"dossier": "{id}", "secret": ""}, 400),
        ({}, 400),
    ],
    ids=["wrong_secret", "unknown_dossier", "no_id", "no_secret", "empty"],
)
def test_dossier_opens_to_nobody_else(
    world: World, dossier: DossierHandle, fields: dict[str, str], status: int
) -> None:
    stream_id = dossier.stream.partition(":")[2]
    filled = {
        name: value.format(id=stream_id, secret=dossier.secret) for name, value in fields.items()
    }

    result = post(world, "/dossiers", **filled)

    assert result.status_code == status
    assert 'role="alert"' in result.text
    assert dossier.code not in result.text
    assert dossier.secret not in result.text


def test_code_tells_the_share_done_and_no_more(world: World, dossier: DossierHandle) -> None:
    result = post(world, "/track", code=f" {dossier.code} ")

    assert result.status_code == 200
    assert "This dossier is 60% done." in result.text
    assert dossier.stream.partition(":")[2] not in result.text
    assert "Permanent residence" not in result.text


def test_unknown_code_is_said(world: World, dossier: DossierHandle) -> None:
    assert post(world, "/track", code="H27.15-000000-0000").status_code == 404
    assert post(world, "/track").status_code == 400


def test_address_of_the_qr_code_asks_for_the_secret(world: World, dossier: DossierHandle) -> None:
    stream_id = dossier.stream.partition(":")[2]

    result = get(world, f"/dossiers/{stream_id}")

    assert result.status_code == 200
    assert f'value="{stream_id}"' in result.text
    assert dossier.code not in result.text


def test_address_without_a_dossier_leads_to_the_form(world: World) -> None:
    result = get(world, "/dossiers")

    assert (result.status_code, result.headers["location"]) == (301, "/track")


def test_browsers_get_problems_as_pages_and_programs_as_documents(world: World) -> None:
    page = get(world, "/no-such-page")
    document = world.client.simulate_get("/no-such-page", headers={"Accept": "*/*"})

    assert (page.status_code, document.status_code) == (404, 404)
    assert page.headers["content-type"].startswith("text/html")
    assert "There is nothing at this address." in page.text
    assert "Demonstration data" in page.text
    assert document.headers["content-type"] == "application/problem+json"
    assert document.json["code"] == "not_found"


def test_form_over_its_limit_is_refused(world: World) -> None:
    result = post(world, "/track", code="x" * 5000)

    assert result.status_code == 413
    assert "body_too_large" in result.text


def test_stylesheet_is_kept_for_ever_under_its_content_hash(world: World) -> None:
    address = re.search(r'href="(/static/style\.css)\?(v=[0-9a-f]+)"', get(world, "/").text)
    assert address is not None

    named = world.client.simulate_get(address[1], query_string=address[2])
    unnamed = world.client.simulate_get(address[1])
    again = world.client.simulate_get(
        address[1], headers={"If-None-Match": unnamed.headers["etag"]}
    )

    assert "immutable" in named.headers["cache-control"]
    assert unnamed.headers["cache-control"] == "no-cache"
    assert named.headers["content-type"].startswith("text/css")
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.css", "..%2fstyle.css"])
def test_only_named_files_are_static(world: World, name: str) -> None:
    assert world.client.simulate_get(f"/static/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/", "/statistics", "/log", "/track", "/about"])
def test_ledger_without_a_checkpoint_has_its_pages(empty_world: World, path: str) -> None:
    assert get(empty_world, path).status_code == 200


def test_entry_before_the_first_checkpoint_is_not_there(empty_world: World) -> None:
    assert get(empty_world, "/entries/0").status_code == 404


def test_views_that_have_not_followed_yet_leave_the_log_readable(tmp_path: Path) -> None:
    with a_world(tmp_path) as made:
        fill_registry(made)

        assert get(made, "/entries/0").status_code == 200
        assert "No figures yet" in get(made, "/").text


@pytest.mark.parametrize("query", ["end=abc", "end=999999"])
def test_address_that_the_log_page_does_not_know_is_answered_with_a_hint(
    world: World, query: str
) -> None:
    shown = world.client.simulate_get(f"/log?{query}&lang=en")

    assert shown.status_code == 200
    assert "The address is not right" in shown.text


def test_filter_for_an_office_that_has_no_figures_is_answered_with_a_hint(
    world: World, dossier: DossierHandle
) -> None:
    shown = world.client.simulate_get("/statistics?office=NOWHERE&lang=en")

    assert shown.status_code == 200
    assert "There are no figures for this office, procedure and period" in shown.text
    assert "/offices/NOWHERE/evaluation" not in shown.text
    assert "/statistics/index?office" not in shown.text


def test_statistics_lead_to_every_evaluation_before_an_office_is_chosen(
    world: World, dossier: DossierHandle
) -> None:
    every = world.client.simulate_get("/statistics?lang=en")
    one = world.client.simulate_get(f"/statistics?lang=en&office={OFFICE}")

    for path in (f"/offices/{OFFICE}/evaluation", f"/offices/{OTHER_OFFICE}/evaluation"):
        assert f'href="{path}?lang=en"' in every.text
        assert world.client.simulate_get(path).status_code == 200
    assert f'href="/offices/{OFFICE}/evaluation?lang=en"' in one.text
    assert f"/offices/{OTHER_OFFICE}/evaluation" not in one.text


def test_page_on_limits_is_true_of_ledgers_with_witnesses_and_veils_and_of_those_without(
    world: World,
) -> None:
    shown = world.client.simulate_get("/about?lang=en").text

    assert "no outside witness yet" not in shown
    assert "not veiled yet" not in shown
    assert "Independent witnesses, where this ledger has any, sign below the checkpoint" in shown


@pytest.mark.parametrize("language", ["vi", "en"])
def test_error_page_pointed_to_a_detail_that_it_did_not_show(
    world: World, dossier: DossierHandle, language: str
) -> None:
    asked = "by=%3Cb%3Ebogus%3C/b%3E"
    told = world.client.simulate_get("/v1/statistics/counts", query_string=asked).json["detail"]

    result = get(world, "/v1/statistics/counts", asked, **{"Accept-Language": language})

    assert f'<span lang="en">{escape(told)}</span>' in result.text
    assert "<b>bogus" not in result.text
