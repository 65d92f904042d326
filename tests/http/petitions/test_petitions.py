"""Petitions over HTTP: tracked by id or secret, listed and counted without telling whose."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import msgspec
import pytest
from falcon.testing import Result

from api.resources.petitions import PetitionAnswer, PetitionsAnswer
from projections.petitions.figures import PetitionStatistics
from projections.recompute import replay_log
from tests.http.petitions.petitioners import (
    ANSWERED,
    SAID,
    WRITER,
    Petition,
    answer,
    complain,
    give_feedback,
)
from tests.http.signing import signed_headers
from tests.http.world import DossierHandle, World, a_world, fill_registry, json_headers

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
FEEDBACKS = 11


@dataclass(frozen=True)
class Petitioned:
    """A dossier, feedback about it that was answered, a complaint, and more feedback."""

    world: World
    dossier: DossierHandle
    answered: Petition
    pending: Petition
    complaint: Petition

    def lookup(self, **asked: str) -> Result:
        return self.world.client.simulate_post(
            "/v1/petitions/lookup", body=msgspec.json.encode(asked), headers=json_headers()
        )

    def tracked(self, **asked: str) -> PetitionAnswer:
        result = self.lookup(**asked)
        assert result.status_code == 200, result.text
        assert result.headers["cache-control"] == "no-store"
        return msgspec.json.decode(result.content, type=PetitionAnswer)

    def get(self, path: str, query: str = "") -> Result:
        result = self.world.client.simulate_get(path, query_string=query)
        assert result.status_code == 200, result.text
        return result

    def track_page(self, language: str = "en", **fields: str) -> Result:
        return self.world.client.simulate_post(
            "/petitions/track",
            query_string=f"lang={language}",
            body=urlencode(fields),
            headers=FORM,
        )


@pytest.fixture(scope="module")
def petitioned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Petitioned]:
    with a_world(tmp_path_factory.mktemp("petitions"), lookups_per_minute=1000) as world:
        fill_registry(world)
        dossier = world.submit()
        filed = [give_feedback(world, dossier.stream) for _ in range(FEEDBACKS)]
        complaint = complain(world)
        world.wait(days=3)
        answer(world, filed[0])
        world.settle()
        world.follow()
        yield Petitioned(world, dossier, filed[0], filed[1], complaint)


def test_secret_alone_finds_the_petition_and_opens_its_answers(petitioned: Petitioned) -> None:
    found = petitioned.tracked(secret=petitioned.answered.secret)

    assert found.stream == petitioned.answered.stream
    assert (found.state, found.standing, found.category) == (
        "answered",
        "answered_on_time",
        "staff",
    )
    assert [one.text for one in found.answers if one.text] == [ANSWERED]
    clocks = {clock.clock: clock for clock in found.clocks}
    assert clocks["answer"].due == "2026-12-14"
    assert clocks["answer"].law == "qd766-2022"
    assert clocks["answer"].verified
    assert clocks["answer"].state == "kept"
    assert "published" in found.next.en


def test_id_alone_tells_what_the_log_says_and_no_answer(petitioned: Petitioned) -> None:
    for written in (petitioned.answered.id, petitioned.answered.stream):
        found = petitioned.tracked(petition=written)

        assert found.state_name.vi == "Đã trả lời"
        assert found.answers == ()


def test_complaint_has_its_clocks_and_says_that_its_law_was_not_read(
    petitioned: Petitioned,
) -> None:
    found = petitioned.tracked(petition=petitioned.complaint.id, secret=petitioned.complaint.secret)

    (clock,) = found.clocks
    assert (clock.clock, clock.amount, clock.law) == ("acceptance", 10, "complaints-2026")
    assert not clock.verified
    assert "the amendments were not read" in clock.sentence.en


@pytest.mark.parametrize("asked", ["wrong secret", "another's secret", "no such id", "no id"])
def test_whatever_opens_nothing_answers_alike(petitioned: Petitioned, asked: str) -> None:
    bodies = {
        "wrong secret": {"petition": petitioned.answered.id, "secret": "A" * 43 + "="},
        "another's secret": {
            "petition": petitioned.answered.id,
            "secret": petitioned.pending.secret,
        },
        "no such id": {"petition": "f" * 32},
        "no id": {"petition": petitioned.dossier.stream},
    }

    result = petitioned.lookup(**bodies[asked])

    assert (result.status_code, result.json["code"]) == (404, "unknown_petition")


def test_secret_of_a_dossier_opens_no_petition_and_the_other_way_round(
    petitioned: Petitioned,
) -> None:
    assert petitioned.lookup(secret=petitioned.dossier.secret).status_code == 404
    dossier = petitioned.world.client.simulate_get(
        f"/v1/dossiers/{petitioned.dossier.stream}",
        headers={"Dossier-Secret": petitioned.answered.secret},
    )
    assert dossier.status_code == 404


def test_lookup_of_nothing_is_malformed(petitioned: Petitioned) -> None:
    result = petitioned.lookup()

    assert (result.status_code, result.json["code"]) == (400, "malformed_body")


def test_lookup_by_a_member_that_is_none_is_told_the_members(petitioned: Petitioned) -> None:
    result = petitioned.lookup(id="x")

    assert (result.status_code, result.json["code"]) == (400, "malformed_body")
    assert "the members are petition and secret" in result.json["detail"]


def test_lookups_are_limited_as_those_of_dossiers_are(petitioned: Petitioned) -> None:
    with_petitions = petitioned.world
    limited = [
        with_petitions.client.simulate_post(
            "/v1/petitions/lookup",
            body=b'{"secret":"x"}',
            headers=json_headers(),
            remote_addr="203.0.113.9",
        ).status_code
        for _ in range(with_petitions.settings.lookups_per_minute + 1)
    ]

    assert limited[0] == 404
    assert limited[-1] == 429


def test_list_shows_dates_and_states_and_withholds_the_lone_complaint(
    petitioned: Petitioned,
) -> None:
    result = petitioned.get("/v1/petitions", "month=2026-11")
    listed = msgspec.json.decode(result.content, type=PetitionsAnswer)

    assert (listed.month, listed.withheld, len(listed.petitions)) == ("2026-11", 1, FEEDBACKS)
    assert {one.track for one in listed.petitions} == {"feedback"}
    assert [one.standing for one in listed.petitions].count("answered_on_time") == 1


def test_month_that_is_none_is_refused(petitioned: Petitioned) -> None:
    result = petitioned.world.client.simulate_get("/v1/petitions", query_string="month=2026-13")

    assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


def test_counts_are_those_that_the_public_log_gives(petitioned: Petitioned) -> None:
    published = msgspec.json.decode(
        petitioned.get("/v1/statistics/petitions").content, type=PetitionStatistics
    )
    parts = petitioned.world.parts

    recomputed = replay_log(
        parts.tile_store, parts.anchors, parts.documents, published.checkpoint.size
    ).petitions

    assert (published.figures, published.totals) == (recomputed.figures, recomputed.totals)
    assert [total.filed for total in published.totals] == [FEEDBACKS, 1]
    csv = petitioned.get("/v1/statistics/petitions", "format=csv").text
    assert csv.splitlines()[0].startswith("track,office,period,filed,")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/petitions", "month=2026-11"),
        ("/v1/statistics/petitions", ""),
        ("/v1/statistics/petitions", "format=csv"),
        ("/petitions", "month=2026-11&lang=vi"),
        ("/petitions", "lang=en"),
    ],
)
def test_what_everybody_sees_names_no_petition_no_dossier_and_no_word(
    petitioned: Petitioned, path: str, query: str
) -> None:
    shown = petitioned.get(path, query).text

    for private in (
        petitioned.answered.id,
        petitioned.complaint.id,
        petitioned.answered.secret,
        petitioned.answered.key.name,
        petitioned.dossier.stream,
        SAID,
        WRITER,
        ANSWERED,
    ):
        assert private not in shown


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("vi", ("Đã trả lời đúng hạn", "15 ngày làm việc, kể từ 20/11/2026")),
        ("en", ("Answered on time", "15 working days from 20 November 2026")),
    ],
)
def test_page_of_a_petition_shows_clocks_and_escapes_the_answer(
    petitioned: Petitioned, language: str, expected: tuple[str, ...]
) -> None:
    page = petitioned.track_page(language, secret=petitioned.answered.secret)

    assert page.status_code == 200
    for text in (*expected, "Đã kiểm điểm &lt;b&gt;cán bộ&lt;/b&gt;"):
        assert text in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "script" not in page.headers["content-security-policy"]
    for private in (petitioned.answered.secret, petitioned.dossier.stream, SAID, WRITER):
        assert private not in page.text


def test_page_says_what_is_missing_and_what_is_unknown(petitioned: Petitioned) -> None:
    assert petitioned.track_page().status_code == 400
    unknown = petitioned.track_page(petition="f" * 32)
    assert unknown.status_code == 404
    assert "There is no such petition" in unknown.text
    form = petitioned.get("/petitions/track", "lang=en")
    assert form.headers["cache-control"] == "no-store"
    assert 'method="post"' in form.text


def test_inspector_sees_the_acceptance_of_a_complaint_that_is_overdue(
    tmp_path: Path,
) -> None:
    with a_world(tmp_path) as world:
        fill_registry(world)
        late = complain(world)
        world.wait(days=15)
        world.submit()
        world.settle()
        world.follow()
        headers = signed_headers(world.keys["inspector"], "/v1/findings", world.clock())
        findings = world.client.simulate_get("/v1/findings", headers=headers).json["findings"]

    (finding,) = [one for one in findings if one["rule"] == "R26"]
    assert finding["stream"] == late.stream
    assert len(finding["evidence"]) == 1
    assert "the amendments were not read" in finding["reason"]["en"]


def test_page_of_the_list_leads_to_tracking(petitioned: Petitioned) -> None:
    page = petitioned.get("/petitions", "lang=en").text

    assert "/petitions/track?lang=en" in page
    assert "Not listed one by one: 1" in page
    assert "About staff" in page
