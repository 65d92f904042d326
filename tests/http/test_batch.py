"""POST /v1/actions/batch: lines in, verdicts out, in the same order."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from falcon.testing import Result

from domain.facts import DossierAccepted, Grant
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, place_after
from tests.http.raw import part, post_raw
from tests.http.world import World, a_signing_key, action_body, size_of
from tests.support.builders import OFFICE
from tests.support.keys.personnel import the_holder_of
from transparency.promises import open_refusal
from transparency.verifier import verify_receipt


def test_cut_batch_is_refused_even_where_whole_lines_came(world: World) -> None:
    line = action_body(world.a_submission()[1]) + b"\n"
    recorded = size_of(world)
    headers = {"Content-Type": "application/x-ndjson", "Content-Length": str(len(line) + 10)}

    status, answer = post_raw(world, "/v1/actions/batch", headers, part(line, more=True))

    assert (status, msgspec.json.decode(answer)["code"]) == (400, "truncated_upload")
    assert size_of(world) == recorded


def test_action_whose_key_came_in_the_same_batch_is_recorded(world: World) -> None:
    dossier, submission = world.a_submission()
    officer = a_signing_key("officer")
    registration = world.drafter.register_key(
        world.registrar, officer, (Grant(Role.RECEIVER, OFFICE),), world.now, the_holder_of(officer)
    )
    dossier.place = place_after(FIRST_PLACE, submission.note)
    acceptance = world.sign(
        dossier, "dossier.accepted", DossierAccepted(), (Role.RECEIVER, officer)
    )

    verdicts = batch(world, submission, registration, acceptance)

    assert [verdict["code"] for verdict in verdicts] == ["", "", ""]
    assert [verdict["version"] for verdict in verdicts] == [1, 1, 2]


def test_batch_gives_one_verdict_per_line_in_order(world: World) -> None:
    good = [world.a_submission()[1] for _ in range(3)]
    lines = [
        action_body(good[0]),
        b"{",
        action_body(replace(good[1], note=b"")),
        action_body(good[1]),
        b"",
        action_body(good[2]),
    ]

    result = post_batch(world, b"\n".join(lines) + b"\n")

    verdicts = verdicts_of(result)
    assert [verdict["line"] for verdict in verdicts] == [1, 2, 3, 4, 5, 6]
    assert [verdict["code"] for verdict in verdicts] == [
        "",
        "malformed_body",
        "malformed_note",
        "",
        "malformed_body",
        "",
    ]
    assert all("receipt" not in verdict for verdict in verdicts)
    assert all(verdict["promise"] for verdict in verdicts if not verdict["code"])


def test_batch_gives_receipts_when_asked_to(world: World) -> None:
    action = world.a_submission()[1]

    result = post_batch(world, action_body(action), receipts="1")

    (verdict,) = verdicts_of(result)
    verified = verify_receipt(verdict["receipt"].encode(), world.parts.anchors.log)
    assert verified.entry == action.note


def test_refusal_within_a_batch_is_signed(world: World) -> None:
    dossier = world.submit()
    signer = (Role.RECEIVER, world.keys["approver"])
    bad = world.sign(dossier, "dossier.accepted", DossierAccepted(), signer)

    (verdict,) = batch(world, bad)

    assert verdict["code"] == "not_your_role"
    promise_key = world.operator.promise.verification_key
    assert open_refusal(verdict["refusal"].encode(), promise_key).code == "not_your_role"


def test_batch_of_one_line_too_many_is_refused_whole(world: World) -> None:
    recorded = size_of(world)
    lines = action_body(world.a_submission()[1]) + b"\n"

    result = post_batch(world, lines * (world.settings.max_batch_actions + 1))

    assert (result.status_code, result.json["code"]) == (413, "body_too_large")
    assert size_of(world) == recorded


def test_empty_batch_has_no_verdicts(world: World) -> None:
    result = post_batch(world, b"")

    assert result.status_code == 200
    assert result.content == b""


@pytest.mark.parametrize("receipts", ["2", "yes", ""])
def test_unknown_value_of_a_flag_is_refused(world: World, receipts: str) -> None:
    result = post_batch(world, b"", receipts=receipts)

    assert (result.status_code, result.json["code"]) == (400, "malformed_parameter")


def batch(world: World, *actions: SubmittedAction) -> list[dict[str, Any]]:
    return verdicts_of(post_batch(world, b"\n".join(map(action_body, actions))))


def post_batch(world: World, body: bytes, **params: str) -> Result:
    return world.client.simulate_post(
        "/v1/actions/batch",
        body=body,
        params=params,
        headers={"Content-Type": "application/x-ndjson"},
    )


def verdicts_of(result: Result) -> list[dict[str, Any]]:
    assert result.status_code == 200, result.text
    return [msgspec.json.decode(line) for line in result.content.splitlines()]
