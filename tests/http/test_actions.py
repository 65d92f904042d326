"""POST /v1/actions: what is answered, and what the answers prove."""

from dataclasses import replace

from domain.facts import DossierAccepted, RatingStage, SatisfactionRated, SatisfactionRatedDetails
from domain.roles import Role
from ledger.drafting import FIRST_PLACE
from ledger.writing.envelopes import parse_opening
from tests.http.world import World, size_of
from tests.support.builders import OFFICE
from transparency.encoding import encode_base64
from transparency.promises import open_promise, open_refusal
from transparency.verifier import verify_receipt

PROBLEM = "application/problem+json"


def test_published_action_is_answered_with_a_receipt_that_verifies(world: World) -> None:
    _, action = world.a_submission()

    result = world.post(action)

    assert result.status_code == 201
    verified = verify_receipt(result.json["receipt"].encode(), world.parts.anchors.log)
    assert verified.entry == action.note
    assert verified.entry_index == result.json["entry_index"]
    assert result.headers["location"].endswith("/versions/1/receipt")


def test_recorded_action_is_promised_by_the_promise_key(world: World) -> None:
    dossier, action = world.a_submission()

    result = world.post(action)

    keys = world.operator
    promise = open_promise(result.json["promise"].encode(), keys.promise.verification_key)
    assert (promise.stream, promise.version) == (dossier.stream, 1)


def test_client_that_does_not_wait_gets_promise_and_receipt_address(world: World) -> None:
    dossier, action = world.a_submission()

    result = world.post(action, Prefer="respond-async")

    assert result.status_code == 202
    assert result.json["promise"]
    assert result.json["receipt_url"] == f"/v1/streams/{dossier.stream}/versions/1/receipt"
    assert result.headers["location"] == result.json["receipt_url"]
    world.settle()
    later = world.client.simulate_get(result.json["receipt_url"])
    assert verify_receipt(later.content, world.parts.anchors.log).entry == action.note


def test_same_action_again_is_answered_with_the_first_index_and_recorded_once(
    world: World,
) -> None:
    _, action = world.a_submission()
    first = world.post(action)
    recorded = size_of(world)

    again = world.post(action)

    assert again.status_code == 200
    assert again.json["entry_index"] == first.json["entry_index"]
    assert size_of(world) == recorded


def test_refusal_of_a_signed_action_is_signed_too(world: World) -> None:
    dossier = world.submit()
    world.accept(dossier)
    second = world.sign(
        dossier, "dossier.accepted", DossierAccepted(), (Role.RECEIVER, world.keys["receiver"])
    )

    result = world.post(second, Accept_Language="en")

    assert result.status_code == 422
    assert result.headers["content-type"] == PROBLEM
    assert result.json["code"] == "not_permitted"
    assert result.json["title"] == "The present state does not permit this action."
    promise_key = world.operator.promise.verification_key
    refusal = open_refusal(result.json["refusal"].encode(), promise_key)
    assert refusal.code == "not_permitted"


def test_problem_speaks_vietnamese_unless_english_is_preferred(world: World) -> None:
    _, action = world.a_submission()
    broken = replace(action, note=action.note[:-10])

    vietnamese = world.post(broken)
    english = world.post(broken, Accept_Language="en-GB, vi;q=0.4")

    assert vietnamese.headers["content-language"] == "vi"
    assert vietnamese.json["title"] == "Văn bản ký không đúng dạng."
    assert english.json["title"] == "This is not a signed note."
    assert vietnamese.json["code"] == english.json["code"] == "malformed_note"


def test_registration_keeps_personal_details_out_of_the_log(world: World) -> None:
    dossier, action = world.a_submission()
    assert action.details is not None

    world.record(action)

    size = world.parts.reader.sequenced_size()
    log = b"".join(entry.body for entry in world.parts.reader.entries(0, size))
    assert dossier.stream.encode() in log
    assert "Hạnh".encode() not in log
    assert dossier.secret.encode() not in log
    assert encode_base64(action.details).encode() not in log


def test_rating_is_promised_at_once_and_stands_nowhere_yet(world: World) -> None:
    dossier = world.submit()
    world.accept(dossier)
    stream = f"rating:{dossier.stream.partition(':')[2]}"
    facts = SatisfactionRated(dossier=dossier.stream, stage=RatingStage.RECEIPT)
    details = SatisfactionRatedDetails(overall=4)
    signers = ((Role.APPLICANT, dossier.applicant),)
    rating = world.drafter.sign(
        "rating.satisfaction_rated",
        stream,
        FIRST_PLACE,
        world.now,
        facts,
        signers,
        office=OFFICE,
        details=details,
    )

    result = world.post(rating)
    again = world.post(rating)

    assert result.status_code == again.status_code == 202
    assert "entry_index" not in result.json
    assert again.json["promise"] == result.json["promise"]
    assert again.json["opening"] == result.json["opening"]
    assert parse_opening(result.json["opening"].encode())[1] == rating.note
    assert world.client.simulate_get(result.json["receipt_url"]).json["code"] == "unknown_entry"
    assert world.client.simulate_get(f"/v1/streams/{stream}/head").status_code == 404
