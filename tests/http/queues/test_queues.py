"""Queues over HTTP: whose is what, who is refused, and paging while new entries come."""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from falcon.testing import Result

from api.data_folder import DataFolder
from domain.facts import (
    DossierForwarded,
    Grant,
    HandoverAcknowledged,
    KeyRegisteredDetails,
    ProcessingStopped,
    ProcessorAssigned,
    ProcessorAssignedDetails,
    SubmittedForApproval,
    SupplementRequested,
)
from domain.facts.feedback import ComplaintFiled, ComplaintFiledDetails
from domain.roles import Role
from ledger.drafting import FIRST_PLACE
from tests.http.signing import signed_headers
from tests.http.world import (
    OTHER_OFFICE,
    DossierHandle,
    World,
    a_signing_key,
    a_world,
    fill_registry,
)
from tests.support.builders import OFFICE
from transparency.encoding import encode_base64
from transparency.notes import SigningKey

NUMBER = "CB-0042"
ASKED = SupplementRequested(answer_by=date(2026, 12, 20))
PETITION = "petition:0b6f00000000000000000000000000dd"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        fill_registry(made)
        yield made


def get(world: World, key: SigningKey, path: str) -> Result:
    headers = signed_headers(key, path, world.clock())
    return world.client.simulate_get(path, headers=headers)


def queue(world: World, key: SigningKey, name: str, **query: object) -> Any:
    asked = "&".join(f"{member}={value}" for member, value in query.items())
    result = get(world, key, f"/v1/queues/{name}" + (f"?{asked}" if asked else ""))
    assert result.status_code == 200, result.text
    return result.json


def streams(answer: Any) -> list[str]:
    return [item["stream"] for item in answer["items"]]


def an_officer(world: World, role: Role, number: str, office: str = OFFICE) -> SigningKey:
    key = a_signing_key("officer")
    details = KeyRegisteredDetails(personnel_number=number, display_name="Trần Văn Bình")
    world.record(
        world.drafter.register_key(world.registrar, key, (Grant(role, office),), world.now, details)
    )
    return key


def publish(world: World) -> None:
    world.settle()
    world.follow()


def accepted(world: World, count: int) -> list[DossierHandle]:
    dossiers = []
    for _ in range(count):
        dossier = world.submit()
        world.wait(minutes=1)
        world.accept(dossier)
        dossiers.append(dossier)
    return dossiers


def give(world: World, dossier: DossierHandle, assignee: str) -> None:
    details = ProcessorAssignedDetails(assignee=assignee)
    world.act(dossier, "dossier.processor_assigned", ProcessorAssigned(), "assigner", details)


def test_dossier_given_by_personnel_number_is_in_the_queue_of_each_key_of_that_officer(
    world: World,
) -> None:
    mine, colleagues = an_officer(world, Role.PROCESSOR, NUMBER), an_officer(
        world, Role.PROCESSOR, "CB-0043"
    )  # fmt: skip
    second = an_officer(world, Role.PROCESSOR, "cb 42")
    given, other = accepted(world, 2)
    give(world, given, NUMBER)
    give(world, other, "CB-0043")
    publish(world)

    for key in (mine, second):
        answer = queue(world, key, "mine")
        assert streams(answer) == [given.stream]
        assert answer["items"][0]["mine"]
    assert streams(queue(world, colleagues, "mine")) == [other.stream]
    assert set(streams(queue(world, mine, "unit"))) == {given.stream, other.stream}


def test_dossier_given_by_the_name_of_a_key_is_that_keys(world: World) -> None:
    mine = an_officer(world, Role.PROCESSOR, NUMBER)
    (given,) = accepted(world, 1)
    give(world, given, mine.name)
    publish(world)

    assert streams(queue(world, mine, "mine")) == [given.stream]


def test_draft_that_awaits_the_decision_is_the_approvers(world: World) -> None:
    approver = an_officer(world, Role.APPROVER, "CB-0050")
    processor = an_officer(world, Role.PROCESSOR, NUMBER)
    (dossier,) = accepted(world, 1)
    give(world, dossier, NUMBER)
    publish(world)
    before = queue(world, approver, "mine")
    world.act(dossier, "dossier.submitted_for_approval", SubmittedForApproval(), "processor")
    publish(world)

    assert streams(before) == []
    assert streams(queue(world, approver, "mine")) == [dossier.stream]
    assert streams(queue(world, processor, "mine")) == []


def test_dossier_that_was_sent_on_is_the_other_offices_and_its_senders_until_it_is_taken_over(
    world: World,
) -> None:
    here, there = (
        an_officer(world, Role.PROCESSOR, "CB-0001"),
        an_officer(world, Role.PROCESSOR, "CB-0002", OTHER_OFFICE),
    )
    (dossier,) = accepted(world, 1)
    publish(world)
    assert streams(queue(world, there, "unit")) == []

    world.act(dossier, "dossier.forwarded", DossierForwarded(to_office=OTHER_OFFICE), "receiver")
    publish(world)
    sent = [queue(world, key, "unit") for key in (here, there)]
    taken = world.sign(
        dossier, "dossier.handover_acknowledged", HandoverAcknowledged(),
        (Role.PROCESSOR, there), office=OTHER_OFFICE,
    )  # fmt: skip
    world.record(taken)
    publish(world)

    assert [streams(answer) for answer in sent] == [[dossier.stream]] * 2
    assert sent[1]["items"][0]["stage"] == "forwarded"
    assert streams(queue(world, here, "unit")) == []
    assert streams(queue(world, there, "mine")) == [dossier.stream]


def test_overdue_due_soon_and_waiting_are_three_queues(world: World) -> None:
    officer = an_officer(world, Role.PROCESSOR, NUMBER)
    waiting, pending = accepted(world, 2)
    give(world, waiting, NUMBER)
    world.act(waiting, "dossier.supplement_requested", ASKED, "processor")
    publish(world)
    # Accepted on 20 November 2026, with a day off on the 24th: due on 2 December.
    world.wait(days=11, hours=16)
    world.submit()
    publish(world)
    soon = queue(world, officer, "due_soon")
    early = queue(world, officer, "due_soon", due_soon_hours=2)
    world.wait(days=2)
    world.submit()
    publish(world)

    assert (streams(soon), streams(early)) == ([pending.stream], [])
    assert streams(queue(world, officer, "due_soon")) == []
    assert streams(queue(world, officer, "overdue")) == [pending.stream]
    assert streams(queue(world, officer, "waiting")) == [waiting.stream]


def test_petitions_of_an_office_are_a_queue_of_their_own(world: World) -> None:
    officer = an_officer(world, Role.RECEIVER, NUMBER)
    elsewhere = an_officer(world, Role.RECEIVER, "CB-0002", OTHER_OFFICE)
    world.record(
        world.drafter.sign(
            "petition.complaint_filed", PETITION, FIRST_PLACE, world.now, ComplaintFiled(level=1),
            ((Role.RECEIVER, world.keys["receiver"]),), office=OFFICE,
            details=ComplaintFiledDetails(secret=encode_base64(b"p" * 32), text="Chậm"),
        )
    )  # fmt: skip
    publish(world)

    (item,) = queue(world, officer, "petitions")["items"]

    assert (item["stream"], item["stage"]) == (PETITION, "complaint_filed")
    assert item["due"] == "2026-11-30"
    assert streams(queue(world, elsewhere, "petitions")) == []


def test_queue_counts_by_step_and_says_how_it_is_ordered(world: World) -> None:
    officer = an_officer(world, Role.PROCESSOR, NUMBER)
    given, *_ = accepted(world, 3)
    give(world, given, NUMBER)
    publish(world)

    answer = queue(world, officer, "unit")

    assert answer["total"] == 3
    assert [(each["stage"], each["count"]) for each in answer["counts_by_step"]] == [
        ("accepted", 2),
        ("processing", 1),
    ]
    assert answer["order"] == ["due_at", "accepted_at", "stream"]
    assert answer["checkpoint"]["size"] == world.parts.reader.sequenced_size()
    assert answer["due_soon_hours"] == 24


def test_paging_shows_every_dossier_once_while_new_entries_move_them(world: World) -> None:
    officer = an_officer(world, Role.PROCESSOR, NUMBER)
    dossiers = accepted(world, 5)
    publish(world)
    first = queue(world, officer, "unit", limit=2)

    # Of those not shown yet one waits for papers and one is stopped; and one more comes.
    give(world, dossiers[3], NUMBER)
    world.act(dossiers[3], "dossier.supplement_requested", ASKED, "processor")
    world.act(dossiers[4], "dossier.processing_stopped", ProcessingStopped(), "approver")
    accepted(world, 1)
    publish(world)
    seen, answer = streams(first), first
    while "next" in answer:
        answer = get(world, officer, answer["next"]).json
        seen += streams(answer)
        assert answer["checkpoint"] == first["checkpoint"]
        assert answer["total"] == 5

    assert seen == [dossier.stream for dossier in dossiers]
    assert dossiers[4].stream not in streams(queue(world, officer, "unit"))


def test_cursor_is_of_one_key_one_queue_and_a_quarter_of_an_hour(world: World) -> None:
    officer, other = (an_officer(world, Role.PROCESSOR, number) for number in (NUMBER, "CB-0043"))
    accepted(world, 3)
    publish(world)
    following = queue(world, officer, "unit", limit=1)["next"]

    assert get(world, other, following).json["code"] == "queue_cursor_ended"
    elsewhere = following.replace("/unit", "/overdue")
    assert get(world, officer, elsewhere).json["code"] == "malformed_parameter"
    both = f"{following}&office={OFFICE}"
    assert get(world, officer, both).json["code"] == "malformed_parameter"
    assert get(world, officer, following).status_code == 200
    world.wait(minutes=16)
    ended = get(world, officer, following)
    assert (ended.status_code, ended.json["code"]) == (410, "queue_cursor_ended")


def kept_bodies(world: World) -> list[bytes]:
    """Give what is kept of lists."""
    with closing(sqlite3.connect(DataFolder(world.settings.data).kept_lists)) as connection:
        return [zlib.decompress(row[0]) for row in connection.execute("SELECT body FROM lists")]


def keep_instead(world: World, body: bytes) -> None:
    with closing(sqlite3.connect(DataFolder(world.settings.data).kept_lists)) as lists, lists:
        lists.execute("UPDATE lists SET body = ?", (zlib.compress(body, 1),))


@pytest.mark.parametrize("written", ["before kinds", "with other lines"])
def test_queue_that_an_earlier_release_kept_begins_anew(world: World, written: str) -> None:
    officer = an_officer(world, Role.PROCESSOR, NUMBER)
    accepted(world, 3)
    publish(world)
    following = queue(world, officer, "unit", limit=1)["next"]
    (body,) = kept_bodies(world)
    name, _, members = body.partition(b"\n")
    kept = msgspec.msgpack.decode(members)
    if written == "before kinds":
        keep_instead(world, members)
    else:
        kept["lines"] = [line[:-1] for line in kept["lines"]]
        keep_instead(world, name + b"\n" + msgspec.msgpack.encode(kept))

    ended = get(world, officer, following)

    assert (ended.status_code, ended.json["code"]) == (410, "queue_cursor_ended")


def test_kept_queue_holds_no_applicants_key(world: World) -> None:
    officer = an_officer(world, Role.PROCESSOR, NUMBER)
    dossiers = accepted(world, 3)
    publish(world)
    first = queue(world, officer, "unit", limit=1)

    (body,) = kept_bodies(world)

    assert b"applicant_keys" not in body
    assert dossiers[2].stream.encode() in body
    assert first["total"] == 3


def test_officer_whose_role_was_taken_pages_no_further(world: World) -> None:
    key = a_signing_key("officer")
    details = KeyRegisteredDetails(personnel_number=NUMBER)
    grants = (Grant(Role.PROCESSOR, OFFICE),)
    enrolled = world.drafter.register_key(world.registrar, key, grants, world.now, details)
    world.record(enrolled)
    accepted(world, 2)
    publish(world)
    following = queue(world, key, "unit", limit=1)["next"]

    world.revoke(key, enrolled)
    publish(world)

    refused = get(world, key, following)
    assert (refused.status_code, refused.json["code"]) == (403, "reading_not_permitted")


def test_who_holds_no_officers_role_is_refused(world: World) -> None:
    accepted(world, 1)
    elsewhere = an_officer(world, Role.PROCESSOR, "CB-0002", OTHER_OFFICE)
    publish(world)

    unsigned = world.client.simulate_get("/v1/queues/unit")
    inspector = get(world, world.keys["inspector"], "/v1/queues/unit")
    other = get(world, elsewhere, f"/v1/queues/unit?office={OFFICE}")

    assert (unsigned.status_code, unsigned.json["code"]) == (401, "request_not_signed")
    assert unsigned.json["detail"] == "for every enrolled officer, of what is theirs"
    assert "inspector" not in str(unsigned.json["title"])
    for refused in (inspector, other):
        assert (refused.status_code, refused.json["code"]) == (403, "reading_not_permitted")
    assert streams(queue(world, elsewhere, "unit")) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/queues/all", "not_found"),
        ("/v1/queues/mine?limit=0", "malformed_parameter"),
        ("/v1/queues/mine?limit=101", "malformed_parameter"),
        ("/v1/queues/mine?limit=x", "malformed_parameter"),
        ("/v1/queues/due_soon?due_soon_hours=0", "malformed_parameter"),
        ("/v1/queues/mine?cursor=1", "malformed_parameter"),
        (f"/v1/queues/mine?cursor={'0' * 32}.1", "queue_cursor_ended"),
        ("/v1/queues/mine?page=2", "unknown_parameter"),
    ],
)
def test_bad_request_is_named(world: World, path: str, code: str) -> None:
    publish(world)

    assert get(world, world.keys["processor"], path).json["code"] == code


def test_queue_before_the_first_checkpoint_is_not_ready(world: World) -> None:
    result = get(world, world.keys["processor"], "/v1/queues/mine")

    assert (result.status_code, result.json["code"]) == (503, "not_ready")


def test_submission_that_nobody_looked_at_yet_is_in_the_queue(world: World) -> None:
    submitted = world.submit()
    publish(world)

    (item,) = queue(world, world.keys["receiver"], "unit")["items"]

    assert (item["stream"], item["stage"], item["role"]) == (
        submitted.stream,
        "submitted",
        "receiver",
    )
