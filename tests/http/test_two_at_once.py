"""Two acts at once on one dossier: one is recorded, the other is told to read again."""

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
import pytest
from falcon.testing import ASGIConductor, Result

from domain.facts import (
    ANY_OFFICE,
    DossierAccepted,
    DossierAcceptedDetails,
    Grant,
    IntakeRefused,
    IntakeSupplementRequested,
)
from domain.facts.reasons import IntakeRefusalReason
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import Place
from tests.http.world import (
    DossierHandle,
    World,
    a_world,
    action_body,
    fill_registry,
    json_headers,
    size_of,
)
from transparency.encoding import decode_base64

PAIRS = 100


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("busy")) as world:
        fill_registry(world)
        world.enrol("colleague", Grant(Role.RECEIVER, ANY_OFFICE))
        yield world


def acceptance(world: World, dossier: DossierHandle) -> SubmittedAction:
    details = DossierAcceptedDetails(code=dossier.code)
    signer = (Role.RECEIVER, world.keys["receiver"])
    return world.sign(dossier, "dossier.accepted", DossierAccepted(), signer, details)


def other_act(world: World, dossier: DossierHandle, number: int) -> SubmittedAction:
    """Give what a colleague does at the same moment, who saw the same history."""
    signer = (Role.RECEIVER, world.keys["colleague"])
    if number % 2:
        refused = IntakeRefused(reason_code=IntakeRefusalReason.WRONG_AUTHORITY)
        return world.sign(dossier, "dossier.intake_refused", refused, signer)
    asked = IntakeSupplementRequested(answer_by=date(2026, 12, 20))
    return world.sign(dossier, "dossier.intake_supplement_requested", asked, signer)


async def post_all_at_once(world: World, *actions: SubmittedAction) -> list[Result]:
    answers: list[Result] = []
    async with ASGIConductor(world.app) as conductor:
        posts = (
            conductor.simulate_post("/v1/actions", body=action_body(action), headers=json_headers())
            for action in actions
        )
        answers += await asyncio.gather(*posts)
    return answers


def post_at_once(world: World, *actions: SubmittedAction) -> list[Result]:
    return asyncio.run(post_all_at_once(world, *actions))


def head_of(world: World, stream: str) -> dict[str, Any]:
    result = world.client.simulate_get(f"/v1/streams/{stream}/head")
    head: dict[str, Any] = msgspec.json.decode(result.content)
    return head


def test_of_two_acts_at_once_one_is_recorded_and_one_is_told_to_read_again(busy: World) -> None:
    dossiers = [busy.submit() for _ in range(PAIRS)]
    before = size_of(busy)

    for number, dossier in enumerate(dossiers):
        pair = [acceptance(busy, dossier), other_act(busy, dossier, number)]
        if number % 4 < 2:
            pair.reverse()
        answers = post_at_once(busy, *pair)

        by_status = {answer.status_code: answer for answer in answers}
        assert by_status.keys() == {201, 409}
        assert by_status[409].json["code"] == "stale_version"
        assert by_status[409].headers["content-type"].startswith("application/problem+json")
        assert head_of(busy, dossier.stream)["version"] == 2

    assert size_of(busy) == before + PAIRS


def test_whoever_was_told_to_read_again_does_so_and_is_recorded(busy: World) -> None:
    dossier = busy.submit()
    asked = other_act(busy, dossier, 0)
    both = post_at_once(busy, asked, acceptance(busy, dossier))
    assert sorted(answer.status_code for answer in both) == [201, 409]

    head = head_of(busy, dossier.stream)
    dossier.place = Place(head["version"] + 1, decode_base64(head["leaf_hash"]))
    was_accepted = both[1].status_code == 201
    again = other_act(busy, dossier, 0) if was_accepted else acceptance(busy, dossier)

    # What the other has done stands: an accepted dossier has no supplement of intake.
    assert busy.post(again).status_code == (422 if was_accepted else 201)


def test_one_act_handed_in_twice_at_once_is_recorded_once(busy: World) -> None:
    dossier = busy.submit()
    action, before = acceptance(busy, dossier), size_of(busy)

    answers = post_at_once(busy, action, action)

    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert size_of(busy) == before + 1
    assert len({answer.json["entry_index"] for answer in answers}) == 1


def test_of_pairs_on_ten_dossiers_at_once_each_leaves_one_act(busy: World) -> None:
    dossiers = [busy.submit() for _ in range(10)]
    acts = [
        act
        for number, dossier in enumerate(dossiers)
        for act in (acceptance(busy, dossier), other_act(busy, dossier, number))
    ]

    answers = post_at_once(busy, *acts)

    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [201] * len(dossiers) + [409] * len(dossiers)
    assert all({one, other} == {201, 409} for one, other in zip(*[iter(statuses)] * 2, strict=True))
