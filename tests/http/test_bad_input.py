"""Bad input to POST /v1/actions: each a clear error with its code, and nothing is recorded."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from domain.facts import DossierAccepted, DossierAcceptedDetails, Grant
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import Place
from tests.http.raw import part, post_raw
from tests.http.world import World, a_signing_key, action_body, json_headers, size_of
from tests.support.builders import OFFICE
from tests.support.keys.personnel import the_holder_of

PROBLEM = "application/problem+json"

Change = Callable[[World, SubmittedAction], SubmittedAction]


def _note(change: Callable[[bytes], bytes]) -> Change:
    return lambda _world, action: replace(action, note=change(action.note))


def _resigned(**changes: Any) -> Change:
    """Sign the same act anew with other members."""

    def change(world: World, _action: SubmittedAction) -> SubmittedAction:
        return world.a_submission(**changes)[1]

    return change


def _for_another_ledger(world: World, _action: SubmittedAction) -> SubmittedAction:
    original = world.drafter
    world.drafter = world.drafter_for("example.org/other")
    try:
        return world.a_submission()[1]
    finally:
        world.drafter = original


def _by_unknown_key(world: World, _action: SubmittedAction) -> SubmittedAction:
    dossier = world.submit()
    stranger = a_signing_key("officer")
    return world.sign(dossier, "dossier.accepted", DossierAccepted(), (Role.RECEIVER, stranger))


def _by_revoked_key(world: World, _action: SubmittedAction) -> SubmittedAction:
    dossier = world.submit()
    key = a_signing_key("officer")
    registration = world.drafter.register_key(
        world.registrar, key, (Grant(Role.RECEIVER, OFFICE),), world.now, the_holder_of(key)
    )
    world.record(registration)
    world.revoke(key, registration)
    return world.sign(dossier, "dossier.accepted", DossierAccepted(), (Role.RECEIVER, key))


def _in_wrong_role(world: World, _action: SubmittedAction) -> SubmittedAction:
    dossier = world.submit()
    signer = (Role.RECEIVER, world.keys["approver"])
    return world.sign(dossier, "dossier.accepted", DossierAccepted(), signer)


def _stale(world: World, _action: SubmittedAction) -> SubmittedAction:
    dossier = world.submit()
    stale = replace(dossier)
    world.accept(dossier)
    signer = (Role.RECEIVER, world.keys["receiver"])
    details = DossierAcceptedDetails(code="H27.15-261120-9999")
    return world.sign(stale, "dossier.accepted", DossierAccepted(), signer, details)


def _version_skipped(world: World, _action: SubmittedAction) -> SubmittedAction:
    dossier = world.submit()
    assert dossier.place.previous is not None
    ahead = Place(3, dossier.place.previous)
    signer = (Role.RECEIVER, world.keys["receiver"])
    return world.sign(dossier, "dossier.accepted", DossierAccepted(), signer, place=ahead)


def _forbidden_transition(world: World, _action: SubmittedAction) -> SubmittedAction:
    dossier = world.submit()
    world.accept(dossier)
    signer = (Role.RECEIVER, world.keys["receiver"])
    return world.sign(dossier, "dossier.accepted", DossierAccepted(), signer)


def _in_the_future(world: World, _action: SubmittedAction) -> SubmittedAction:
    later = world.clock().replace(microsecond=0) + timedelta(hours=2)
    return world.a_submission(at=Moment(instant=later))[1]


def _unknown_kind(note: bytes) -> bytes:
    return note.replace(b'"dossier.submitted"', b'"dossier.swallowed"')


BAD_INPUT: dict[str, tuple[Change, int, str]] = {
    "empty note": (_note(lambda note: b""), 400, "malformed_note"),
    "note without signatures": (
        _note(lambda note: note.split(b"\n\n")[0] + b"\n"),
        400,
        "malformed_note",
    ),
    "note over its limit": (_note(lambda note: note + b"x" * 60_000), 413, "too_large"),
    "spaces in the JSON": (
        _note(lambda note: note.replace(b'{"action":', b'{"action": ')),
        400,
        "not_canonical",
    ),
    "members out of order": (
        _note(lambda note: note.replace(b'{"action"', b'{"version":1,"action"')),
        400,
        "not_canonical",
    ),
    "unknown member": (
        _note(lambda note: note.replace(b',"version":1}', b',"version":1,"wish":1}')),
        400,
        "schema_mismatch",
    ),
    "unknown kind": (_note(_unknown_kind), 400, "unknown_kind"),
    "another type line": (
        _note(lambda note: note.replace(b"/action@v1", b"/action@v2")),
        400,
        "not_canonical",
    ),
    "text changed after signing": (
        _note(lambda note: note.replace(b'"online"', b'"counter"')),
        403,
        "invalid_signature",
    ),
    "signature line added": (
        _note(lambda note: note + note.rpartition(b"\n\n")[2]),
        400,
        "signature_lines_mismatch",
    ),
    "signature line of another name": (
        _note(lambda note: note.replace("— applicant-".encode(), "— approver-".encode())),
        400,
        "signature_lines_mismatch",
    ),
    "another ledger": (_for_another_ledger, 403, "wrong_ledger"),
    "unknown key": (_by_unknown_key, 403, "unknown_key"),
    "revoked key": (_by_revoked_key, 422, "key_revoked"),
    "wrong role": (_in_wrong_role, 422, "not_your_role"),
    "stale version": (_stale, 409, "stale_version"),
    "version skipped": (_version_skipped, 409, "stale_version"),
    "forbidden transition": (_forbidden_transition, 422, "not_permitted"),
    "unknown office": (_resigned(office="H99"), 422, "unknown_office"),
    "in the future": (_in_the_future, 422, "acted_in_the_future"),
    "details left out": (
        lambda _world, action: replace(action, details=None, salt=None),
        400,
        "details_mismatch",
    ),
    "details of another text": (
        lambda _world, action: replace(action, details=b"{}"),
        400,
        "details_mismatch",
    ),
    "salt of another length": (
        lambda _world, action: replace(action, salt=bytes(8)),
        400,
        "details_mismatch",
    ),
    "document that nobody asked for": (
        lambda _world, action: replace(action, document=b"text"),
        400,
        "document_mismatch",
    ),
}


@pytest.mark.parametrize("name", BAD_INPUT)
def test_bad_input_is_refused_with_its_code_and_nothing_is_recorded(
    world: World, name: str
) -> None:
    change, status, code = BAD_INPUT[name]
    bad = change(world, world.a_submission()[1])
    recorded = size_of(world)

    result = world.post(bad)

    assert (result.status_code, result.json["code"]) == (status, code), result.text
    assert result.headers["content-type"] == PROBLEM
    assert result.json["type"] == f"/problems/{code}"
    assert size_of(world) == recorded


BAD_BODIES: dict[str, tuple[bytes, int, str]] = {
    "no body": (b"", 400, "malformed_body"),
    "no JSON": (b"note", 400, "malformed_body"),
    "bad UTF-8": (b'{"note":"\xff"}', 400, "malformed_body"),
    "array": (b"[]", 400, "malformed_body"),
    "deep nesting": (b'{"note":' + b"[" * 50_000, 400, "malformed_body"),
    "salt that is not base64": (
        b'{"note":"x","details":{"salt":"?","body":"{}"}}',
        400,
        "malformed_body",
    ),
    "body over the limit": (b" " * (1024 * 1024 + 1), 413, "body_too_large"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_bad_body_is_refused_with_its_code(world: World, name: str) -> None:
    body, status, code = BAD_BODIES[name]
    recorded = size_of(world)

    result = world.client.simulate_post("/v1/actions", body=body, headers=json_headers())

    assert (result.status_code, result.json["code"]) == (status, code)
    assert size_of(world) == recorded


def test_body_of_exactly_the_limit_is_read(world: World) -> None:
    body = action_body(world.a_submission()[1])
    padded = body + b" " * (world.settings.max_action_bytes - len(body))

    result = world.client.simulate_post("/v1/actions", body=padded, headers=json_headers())

    assert result.status_code == 201


def test_other_media_type_is_refused(world: World) -> None:
    body = action_body(world.a_submission()[1])

    result = world.client.simulate_post(
        "/v1/actions", body=body, headers={"Content-Type": "text/plain"}
    )

    assert (result.status_code, result.json["code"]) == (415, "unsupported_media_type")


def test_upload_that_ends_early_is_refused_and_nothing_is_recorded(world: World) -> None:
    body = action_body(world.a_submission()[1])
    recorded = size_of(world)
    headers = json_headers(Content_Length=str(len(body)))

    status, answer = post_raw(world, "/v1/actions", headers, part(body[:-20], more=True))

    assert (status, msgspec.json.decode(answer)["code"]) == (400, "truncated_upload")
    assert size_of(world) == recorded


def test_body_without_a_length_is_refused_before_it_is_read(world: World) -> None:
    body = action_body(world.a_submission()[1])
    headers = json_headers(Transfer_Encoding="chunked")

    status, answer = post_raw(world, "/v1/actions", headers, part(body, more=False))

    assert (status, msgspec.json.decode(answer)["code"]) == (411, "length_required")


def test_announced_length_over_the_limit_is_refused_before_it_is_read(world: World) -> None:
    headers = json_headers(Content_Length=str(world.settings.max_action_bytes + 1))

    status, answer = post_raw(world, "/v1/actions", headers, part(b"", more=True))

    assert (status, msgspec.json.decode(answer)["code"]) == (413, "body_too_large")
