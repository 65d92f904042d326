"""Where a dossier stands: what its holder, an officer, a neighbour and the public are told."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from falcon.testing import Result

from domain.facts import (
    Grant,
    HandoverAcknowledged,
    HandoverAcknowledgedDetails,
    KeyRegisteredDetails,
    ProcessorAssigned,
    ProcessorAssignedDetails,
    SupplementCompleted,
    SupplementRequested,
)
from domain.facts.integrity import (
    CorrectableField,
    CorrectionAppended,
    CorrectionAppendedDetails,
)
from domain.reading.rights import Reader
from domain.roles import Role
from ledger.action_notes import open_text
from tests.http.reading.people import OFFICER_NUMBER, a_case, a_veiled_case
from tests.http.signing import signed_headers
from tests.http.world import (
    OTHER_OFFICE,
    DossierHandle,
    World,
    a_signing_key,
    a_world,
    fill_registry,
    json_headers,
)
from tests.support.builders import OFFICE
from tests.support.situations.lives import STEPS
from transparency.notes import SigningKey

NAME, TITLE, ROOM, PHONE = "Trần Văn Bình", "Chuyên viên", "Phòng 204", "0239 3885 123"
PERSON = KeyRegisteredDetails(
    personnel_number=OFFICER_NUMBER, display_name=NAME, title=TITLE, room=ROOM, telephone=PHONE
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        fill_registry(made, steps=STEPS)
        yield made


def enrol(world: World, details: KeyRegisteredDetails, office: str = OFFICE) -> SigningKey:
    key, grants = a_signing_key("officer"), (Grant(Role.PROCESSOR, office),)
    world.record(world.drafter.register_key(world.registrar, key, grants, world.now, details))
    return key


def publish(world: World) -> None:
    world.settle()
    world.follow()


def a_dossier(world: World) -> DossierHandle:
    dossier = world.submit()
    world.wait(minutes=10)
    world.accept(dossier)
    return dossier


def give(world: World, dossier: DossierHandle, assignee: str) -> Any:
    details = ProcessorAssignedDetails(assignee=assignee)
    return world.act(
        dossier, "dossier.processor_assigned", ProcessorAssigned(), "assigner", details
    )


def as_holder(world: World, dossier: DossierHandle) -> Any:
    result = world.client.simulate_get(
        f"/v1/dossiers/{dossier.stream}", headers={"Dossier-Secret": dossier.secret}
    )
    assert result.status_code == 200, result.text
    return result.json


def signed(world: World, key: SigningKey, dossier: DossierHandle) -> Result:
    path = f"/v1/dossiers/{dossier.stream}"
    return world.client.simulate_get(path, headers=signed_headers(key, path, world.clock()))


def page(world: World, dossier: DossierHandle, language: str) -> str:
    result = world.client.simulate_post(
        f"/dossiers?lang={language}",
        body=urlencode({"dossier": dossier.stream, "secret": dossier.secret}),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert result.status_code == 200, result.text
    text: str = result.text
    return text


def test_holder_sees_the_name_title_room_and_telephone_of_whoever_was_given_the_dossier(
    world: World,
) -> None:
    key = enrol(world, PERSON)
    dossier = a_dossier(world)
    give(world, dossier, OFFICER_NUMBER)
    publish(world)

    officer = as_holder(world, dossier)["situation"]["officer"]

    assert officer == {
        "stored": True,
        "name": NAME,
        "title": TITLE,
        "room": ROOM,
        "telephone": PHONE,
        "assigned_as": OFFICER_NUMBER,
        "key": key.name,
    }
    for language, question in (("vi", "Đang được ai thụ lý?"), ("en", "Who is handling it?")):
        shown = page(world, dossier, language)
        assert all(each in shown for each in (question, NAME, TITLE, ROOM, PHONE))


def test_officer_who_took_it_over_is_named_with_the_unit(world: World) -> None:
    key = enrol(world, PERSON)
    dossier = a_dossier(world)
    taken = world.sign(
        dossier, "dossier.handover_acknowledged", HandoverAcknowledged(step="b2"),
        (Role.PROCESSOR, key), HandoverAcknowledgedDetails(to_unit="Tổ địa chính"),
    )  # fmt: skip
    world.record(taken)
    publish(world)

    situation = as_holder(world, dossier)["situation"]

    assert (situation["officer"]["name"], situation["officer"]["unit"]) == (NAME, "Tổ địa chính")
    assert (situation["desk"]["key"], situation["desk"]["taken_over"]) == (key.name, True)
    assert (situation["step"]["code"], situation["step"]["hours"]) == ("b2", 20)
    assert situation["step"]["unit"] == "P1"
    assert situation["next"][0]["kind"] == "dossier.submitted_for_approval"
    assert "“Signing” (8 working hours)" in situation["next_sentence"]["en"]


def test_officer_of_whom_nothing_is_stored_is_said_to_be_that(world: World) -> None:
    key = enrol(world, KeyRegisteredDetails(personnel_number=OFFICER_NUMBER))
    dossier = a_dossier(world)
    give(world, dossier, key.name)
    publish(world)

    officer = as_holder(world, dossier)["situation"]["officer"]

    assert (officer["stored"], officer["assigned_as"]) == (False, key.name)
    assert "name" not in officer


def test_dossier_that_nobody_was_given_names_its_office_alone(world: World) -> None:
    dossier = world.submit()
    publish(world)

    situation = as_holder(world, dossier)["situation"]

    assert "officer" not in situation
    assert (situation["desk"]["office"], situation["desk"]["role"]) == (OFFICE, "receiver")
    assert "No officer in person has it yet" in page(world, dossier, "en")


def test_officer_with_the_task_sees_where_it_stands_and_no_private_part(world: World) -> None:
    key = enrol(world, PERSON)
    dossier = a_dossier(world)
    give(world, dossier, OFFICER_NUMBER)
    publish(world)

    result = signed(world, key, dossier)

    situation = result.json["situation"]
    assert (situation["stage"], situation["desk"]["version"]) == ("processing", 3)
    assert "officer" not in situation
    assert NAME not in result.text
    assert OFFICER_NUMBER not in result.text


def test_officer_of_another_office_is_refused(world: World) -> None:
    elsewhere = enrol(world, KeyRegisteredDetails(personnel_number="CB-0099"), OTHER_OFFICE)
    dossier = a_dossier(world)
    publish(world)

    result = signed(world, elsewhere, dossier)

    assert (result.status_code, result.json["code"]) == (403, "reading_not_permitted")


def test_neighbour_who_knows_the_stream_or_the_code_learns_nothing_of_where_it_stands(
    world: World,
) -> None:
    dossier = a_dossier(world)
    publish(world)

    by_stream = world.client.simulate_get(f"/v1/dossiers/{dossier.stream}")
    by_code = world.client.simulate_post(
        "/v1/lookup", json={"code": dossier.code}, headers=json_headers()
    )

    assert (by_stream.status_code, by_stream.json["code"]) == (404, "unknown_dossier")
    assert by_code.json == {"share_done_percent": 30}


def test_dossier_that_lies_still_and_gets_late_says_both_and_how_to_complain(
    world: World,
) -> None:
    dossier = a_dossier(world)
    give(world, dossier, OFFICER_NUMBER)
    publish(world)
    assert "overdue" not in as_holder(world, dossier)["situation"]

    # Due on 2 December 2026; other people's acts move the log on.
    world.wait(days=14)
    world.submit()
    publish(world)
    situation = as_holder(world, dossier)["situation"]

    assert situation["overdue"]["working_days"] == 2
    assert "complain" in situation["overdue"]["right_of_complaint"]["en"]
    assert situation["movement"]["working_days"] == 9
    assert "9 ngày làm việc" in situation["movement"]["idle"]["vi"]
    shown = page(world, dossier, "vi")
    assert "không có chuyển động nào trong 9 ngày làm việc" in shown
    assert 'href="/petitions?lang=vi"' in shown or 'href="/petitions"' in shown


def test_timeline_tells_signers_proofs_and_what_moved_the_due_date(world: World) -> None:
    key = enrol(world, PERSON)
    dossier = a_dossier(world)
    give(world, dossier, OFFICER_NUMBER)
    asked = SupplementRequested(answer_by=date(2026, 12, 20))
    world.act(dossier, "dossier.supplement_requested", asked, "processor")
    publish(world)
    waiting = as_holder(world, dossier)["situation"]["waiting"]
    world.wait(days=3)
    world.act(dossier, "dossier.supplement_completed", SupplementCompleted(), "receiver")
    publish(world)

    answer = as_holder(world, dossier)
    acts = {act["kind"]: act for act in answer["acts"]}

    assert [(each["awaited"], each["until"]) for each in waiting] == [("applicant", "2026-12-20")]
    accepted, completed = acts["dossier.accepted"], acts["dossier.supplement_completed"]
    assert accepted["signers"] == [
        {"key": world.keys["receiver"].name, "role": "receiver", "assurance": "own_key"}
    ]
    assert accepted["proof_url"] == f"/v1/entries/{accepted['entry_index']}/receipt"
    assert world.client.simulate_get(accepted["proof_url"]).status_code == 200
    assert (accepted["effect"]["after"], "before" in accepted["effect"]) == ("2026-12-02", False)
    assert completed["effect"]["before"] == "2026-12-02"
    assert completed["effect"]["after"] == completed["due"] == "2026-12-03"
    assert "counted anew" in completed["effect"]["reason"]["en"]
    shown = page(world, dossier, "en")
    assert "The limit is counted anew after waiting for papers." in shown
    assert world.keys["receiver"].name in shown
    # A colleague signed the request, so the dossier is not said to be the assigned officer's.
    assert world.keys["processor"].name in shown
    assert "officer" in answer["situation"]
    assert answer["situation"]["officer"]["key"] == world.keys["processor"].name != key.name
    assert "Title: Chuyên viên" not in shown


def test_correction_shows_both_versions_to_the_holder_and_no_value_to_an_officer(
    world: World,
) -> None:
    officer = enrol(world, PERSON)
    head = world.enrol("head of office", Grant(Role.HEAD, OFFICE))
    dossier = a_dossier(world)
    wrong = give(world, dossier, "CB-0024")
    commitment = open_text(wrong.note, world.parts.origin).action.commitment
    mended = world.drafter.sign(
        "dossier.correction_appended", dossier.stream, dossier.place, world.now,
        CorrectionAppended(
            corrected_version=3, field=CorrectableField.ASSIGNEE, old_commitment=commitment
        ),
        ((Role.RECEIVER, world.keys["receiver"]), (Role.HEAD, head)),
        office=OFFICE,
        details=CorrectionAppendedDetails(reason="Gõ nhầm số", new_value=OFFICER_NUMBER),
    )  # fmt: skip
    world.record(mended)
    publish(world)

    answer = as_holder(world, dossier)
    (_, _, act, correction) = answer["acts"]

    assert act["details"]["assignee"] == "CB-0024"
    assert act["corrected"] == [
        {"version": 4, "field": "assignee", "before": "CB-0024", "after": OFFICER_NUMBER}
    ]
    assert correction["corrects"] == 3
    assert answer["situation"]["officer"]["key"] == officer.name
    told = signed(world, world.keys["receiver"], dossier).json["acts"][2]
    assert told["corrected"] == [{"version": 4, "field": "assignee"}]
    assert "“CB-0024” → “CB-0042”" in page(world, dossier, "en")


def test_veiled_dossier_stands_somewhere_and_names_no_entry(tmp_path: Path) -> None:
    with a_veiled_case(tmp_path) as case:
        answer = case.get(Reader.HOLDS_SECRET, case.path).json
        stranger = case.get(Reader.ANYONE, case.path)

        assert answer["situation"]["stage"] == "processing"
        assert all("entry_index" not in act and "proof_url" not in act for act in answer["acts"])
        assert stranger.json["code"] == "unknown_dossier"


def test_veiled_dossier_is_in_the_queue_of_its_office_and_in_no_others(tmp_path: Path) -> None:
    with a_veiled_case(tmp_path) as case:
        path = "/v1/queues/unit"
        idle = case.get(Reader.OFFICER_WITHOUT_TASK, path).json
        elsewhere = case.get(Reader.OFFICER_ELSEWHERE, path).json

        assert [(item["stream"], item["veiled"]) for item in idle["items"]] == [
            (case.dossier.stream, True)
        ]
        assert (elsewhere["items"], elsewhere["total"], elsewhere["counts_by_step"]) == ([], 0, [])


def test_situation_of_an_erased_key_says_that_nothing_is_stored(tmp_path: Path) -> None:
    with a_case(tmp_path) as case:
        key = enrol(case.world, PERSON)
        publish(case.world)
        named = case.get(Reader.HOLDS_SECRET, case.path).json["situation"]["officer"]
        case.world.parts.vault.erase([f"key:{key.name}"])

        erased = case.get(Reader.HOLDS_SECRET, case.path).json["situation"]["officer"]

        assert (named["name"], named["key"]) == (NAME, key.name)
        assert (erased["stored"], "name" in erased) == (False, False)
