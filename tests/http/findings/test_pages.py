"""Pages of findings: all of them once, whatever is raised meanwhile, and no more is opened."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.data_folder import DataFolder
from domain.facts import Grant, KeyRegisteredDetails
from domain.facts.integrity import FindingRaised, FindingRaisedDetails
from domain.roles import Role
from projections.leads.judging import compare_again, look_again
from projections.leads.store import LeadStore
from projections.opening.lives import LifeOpener
from tests.http.findings.raised import Raised, a_raised_world
from tests.http.world import OTHER_OFFICE, a_signing_key
from tests.support.builders import OFFICE

LISTED = "/v1/findings"


@pytest.fixture(params=[0, 1_000], ids=["kept leads", "a walk"])
def raised(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Raised]:
    with a_raised_world(tmp_path, leads_kept_beyond=request.param) as world:
        for number, office in enumerate((OTHER_OFFICE, OFFICE, OTHER_OFFICE)):
            raise_one(world, number, office)
        look(world)
        yield world


def raise_one(raised: Raised, number: int, office: str) -> str:
    """Raise what no rule gives; its number tells its place among those."""
    stream = f"finding:{number:032x}"
    details = FindingRaisedDetails(
        rule="R05", rule_version=1, evidence=(3,), office=office, about=f"key:somebody-{number}"
    )
    signer = (Role.INSPECTOR, raised.inspector)
    raised.act(raised.sign("finding.raised", stream, FindingRaised(), details, signer))
    return stream


def look(raised: Raised) -> None:
    store = LeadStore(DataFolder(raised.world.settings.data).leads)
    look_again(raised.world.parts.views, store)
    compare_again(raised.world.parts.views, store)
    store.close()


def pages(raised: Raised, path: str) -> list[Any]:
    found = [raised.listed(path)]
    while "next" in found[-1]:
        found.append(raised.listed(found[-1]["next"]))
    return found


def streams(answers: list[Any]) -> list[str]:
    return [each["finding_stream"] for answer in answers for each in answer["findings"]]


def opened_streams(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the streams whose private parts are opened from now on."""
    opened: list[str] = []
    acts = LifeOpener._acts

    def noted(self: LifeOpener, stream: str, tree_size: int) -> Any:
        opened.append(stream)
        return acts(self, stream, tree_size)

    monkeypatch.setattr(LifeOpener, "_acts", noted)
    return opened


@pytest.mark.parametrize("members", ["", "&rule=R05", f"&office={OFFICE}", "&peers=no"])
def test_pages_together_are_the_list_and_none_is_longer_than_asked(
    raised: Raised, members: str
) -> None:
    raised.act(raised.raise_lead(raised.listed(f"{LISTED}?rule=R02")["findings"][0]))
    whole = raised.listed(f"{LISTED}?limit=500{members}")

    one_by_one = pages(raised, f"{LISTED}?limit=1{members}")

    assert len(whole["findings"]) >= 3 - 2 * ("office" in members)
    assert streams(one_by_one) == streams([whole])
    assert {len(each["findings"]) for each in one_by_one} == {1}
    rules = {rule["id"]: rule for page in one_by_one for rule in page["rules"]}
    assert rules == {rule["id"]: rule for rule in whole["rules"]}


def test_what_is_raised_between_two_pages_moves_none_of_the_others(raised: Raised) -> None:
    first = raised.listed(f"{LISTED}?rule=R05&limit=2")
    raise_one(raised, 99, OFFICE)
    look(raised)

    rest = pages(raised, first["next"])

    assert streams([first, *rest]) == [f"finding:{number:032x}" for number in (0, 1, 2, 99)]


def test_lead_that_is_raised_between_two_pages_is_not_shown_twice(raised: Raised) -> None:
    first = raised.listed(f"{LISTED}?limit=1")
    raised.act(raised.raise_lead(first["findings"][0]))

    rest = pages(raised, first["next"])

    assert first["findings"][0]["finding_stream"] not in streams(rest)


def test_look_names_the_offices_on_the_page_and_no_other(raised: Raised) -> None:
    first = raised.listed(f"{LISTED}?rule=R05&limit=1")
    assert raised.listed("/v1/looks", raised.head)["looks"] == []

    second = raised.listed(first["next"])

    (seen,) = raised.listed("/v1/looks", raised.head)["looks"]
    assert [each["office"] for each in second["findings"]] == [OFFICE]
    assert (seen["office"], seen["target"].endswith(first["next"])) == (OFFICE, True)


def test_only_what_is_on_the_page_is_opened_however_much_was_raised(
    raised: Raised, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = opened_streams(monkeypatch)
    raised.listed(f"{LISTED}?rule=R05&limit=1")
    # Which rule and office each is of stands in private parts: once in a process all are opened.
    assert len(set(opened)) == 3
    opened.clear()

    page = raised.listed(f"{LISTED}?rule=R05&limit=1")

    assert opened == streams([page])


def test_finding_that_was_closed_counts_with_its_verdict_though_it_was_met_before(
    raised: Raised,
) -> None:
    stream = streams([raised.listed(f"{LISTED}?rule=R05&limit=1")])[0]
    raised.close(stream)

    page = raised.listed(f"{LISTED}?rule=R05&limit=1")

    assert page["rules"][0]["precision"]["n"] == 1
    assert page["findings"][0]["raised"]["state"] == "closed"


def test_finding_whose_private_part_was_erased_is_not_shown_from_memory(raised: Raised) -> None:
    stream = streams([raised.listed(f"{LISTED}?rule=R05&limit=1")])[0]
    raised.world.parts.vault.erase([stream])

    left = pages(raised, f"{LISTED}?rule=R05&limit=1")

    assert stream not in streams(left)
    assert len(streams(left)) == 2
    assert raised.listed()["unopened"] == 1


def test_cursor_is_for_whoever_was_given_it_and_goes_on_with_its_list_alone(
    raised: Raised,
) -> None:
    following = raised.listed(f"{LISTED}?limit=1")["next"]

    others = raised.get(raised.inspector_elsewhere, following)
    widened = raised.get(raised.inspector, f"{following}&office={OFFICE}")

    assert (others.status_code, others.json["code"]) == (410, "queue_cursor_ended")
    assert (widened.status_code, widened.json["code"]) == (400, "malformed_parameter")


def cursor_of(address: str) -> str:
    return address.partition("cursor=")[2].partition("&")[0]


def test_cursor_of_a_queue_leads_to_no_findings_and_the_other_way_round(raised: Raised) -> None:
    world, key = raised.world, a_signing_key("officer")
    grants = Grant(Role.PROCESSOR, OFFICE), Grant(Role.INSPECTOR, OFFICE)
    details = KeyRegisteredDetails(personnel_number="CB-9999")
    raised.act(world.drafter.register_key(world.registrar, key, grants, world.now, details))
    for _ in range(2):
        world.accept(world.submit())
    world.settle()
    world.follow()
    look(raised)
    of_queue = cursor_of(raised.listed("/v1/queues/unit?limit=1", key)["next"])
    of_findings = cursor_of(raised.listed(f"{LISTED}?limit=1", key)["next"])

    for path in (f"{LISTED}?cursor={of_queue}", f"/v1/queues/unit?cursor={of_findings}"):
        crossed = raised.get(key, path)
        assert (crossed.status_code, crossed.json["code"]) == (410, "queue_cursor_ended")


def test_cursor_whose_count_was_changed_is_refused_and_not_the_page_after_it(
    raised: Raised,
) -> None:
    list_id = cursor_of(raised.listed(f"{LISTED}?limit=1")["next"]).partition(".")[0]

    refused = raised.get(raised.inspector, f"{LISTED}?cursor={list_id}.999999999&limit=1")

    assert (refused.status_code, refused.json["code"]) == (400, "malformed_parameter")


def test_cursor_tells_nobody_whom_a_page_ended_at(raised: Raised) -> None:
    first = raised.listed(f"{LISTED}?rule=R05&limit=1")

    cursor = first["next"].partition("cursor=")[2].partition("&")[0]

    assert len(cursor.partition(".")[0]) == 32
    assert first["findings"][0]["stream"] not in first["next"]


@pytest.mark.parametrize("member", ["limit=0", "limit=501", "limit=x", "cursor=1", "cursor="])
def test_page_that_cannot_be_is_refused(raised: Raised, member: str) -> None:
    refused = raised.get(raised.inspector, f"{LISTED}?{member}")

    assert (refused.status_code, refused.json["code"]) == (400, "malformed_parameter")
