"""Reading by an entry in the access log: what is refused, what is left out, who sees it later."""

import hmac
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from domain.facts import (
    Grant,
    KeyRegisteredDetails,
    ProcessorReassigned,
    ProcessorReassignedDetails,
    SubmittedForApproval,
    SubmittedForApprovalDetails,
)
from domain.facts.integrity import (
    AccessOpened,
    AccessOpenedDetails,
    AccessPurpose,
    OrderEnd,
)
from domain.facts.processing import Proposal
from domain.moments import Moment
from domain.reading.rights import Reader
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import Place
from tests.http.reading.people import (
    APPLICANT,
    ORDER,
    ORDER_UNTIL,
    Case,
    a_case,
    enrol_assignee,
)
from tests.http.world import a_signing_key
from tests.support.builders import HEX64, OFFICE
from transparency.encoding import decode_base64
from transparency.notes import SigningKey
from transparency.receipts import parse_receipt

OFFICER = Reader.OFFICER_WITH_TASK
INSPECTOR = Reader.INSPECTOR
UNDER_ORDER = Reader.INSPECTOR_UNDER_ORDER
SUBMITTED = "dossier.submitted"
SAID = {"delivery": "counter", "notice_version": "1"}


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with a_case(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_case(tmp_path_factory.mktemp("readings")) as made:
        yield made


def code_of(result: Any) -> tuple[int, str]:
    return result.status_code, result.json["code"]


def test_answer_carries_the_receipt_of_the_published_entry(shared: Case) -> None:
    entry = shared.entry(OFFICER, SUBMITTED)

    result = shared.post(entry)

    receipt = parse_receipt(result.json["receipt"].encode())
    assert receipt.entry == entry.note
    published = shared.world.parts.reader.checkpoint()
    assert published is not None
    assert result.json["entry_index"] < published.tree_size
    assert result.headers["cache-control"] == "no-store"


def test_nothing_is_opened_before_the_entry_is_published(tmp_path: Path) -> None:
    with a_case(tmp_path, publication_wait_seconds=5.0) as case:
        entry = case.entry(OFFICER, SUBMITTED, "persons")
        first = case.world.post(entry, Prefer="respond-async")
        again = case.post(entry)

    assert first.status_code == 202
    assert APPLICANT not in first.text
    assert (again.status_code, again.json["version"]) == (200, 1)


def test_same_entry_opens_the_same_again_for_a_quarter_of_an_hour(case: Case) -> None:
    entry = case.entry(OFFICER, SUBMITTED, "persons")
    first = case.post(entry)

    again = case.post(entry)
    case.world.wait(minutes=16)
    late = case.post(entry)

    assert first.json == again.json
    assert len(case.reads()) == 1
    assert code_of(late) == (422, "access_entry_unfit")


def test_access_stream_is_named_by_the_slips_first_secret(shared: Case) -> None:
    secret = decode_base64(shared.dossier.secret)

    stream = shared.ask_place(shared.keys[OFFICER]).json["stream"]

    assert stream == f"access:{hmac.new(secret, b'access', sha256).hexdigest()}"


def test_public_entry_holds_no_dossier_and_no_purpose(shared: Case) -> None:
    shared.read(OFFICER, SUBMITTED, explanation="Kiểm tra chữ ký")

    reader = shared.world.parts.reader
    entries = reader.entries(0, reader.sequenced_size())
    logged = [entry.body for entry in entries if b'"access.logged"' in entry.body]
    assert logged
    assert all(shared.dossier.stream.encode() not in body for body in logged)
    assert all(b'"facts":{}' in body and b'"office"' not in body for body in logged)


UNFIT: dict[str, dict[str, Any]] = {
    "another dossier": {"dossier": "dossier:ffffffffffffffffffffffffffffffff"},
    "another access stream": {"stream": f"access:{'0' * 64}"},
    "signed long ago": {"at": "old"},
    "signed for a day": {"at": "day"},
    "kind of another stream": {"fields": ("access.logged",)},
    "kind that there is not": {"fields": ("dossier.everything",)},
    "words alone": {"fields": ("persons",)},
}


@pytest.mark.parametrize("changes", UNFIT.values(), ids=UNFIT)
def test_entry_that_does_not_fit_opens_nothing_and_is_not_recorded(
    shared: Case, changes: dict[str, Any]
) -> None:
    now = shared.world.clock()
    moments = {
        "old": Moment(instant=(now - timedelta(minutes=16)).replace(microsecond=0)),
        "day": Moment(day=now.date()),
    }
    changes = {name: moments.get(value, value) if name == "at" else value
               for name, value in changes.items()}  # fmt: skip
    before = len(shared.reads())

    result = shared.read(OFFICER, SUBMITTED, **changes)

    assert code_of(result) == (422, "access_entry_unfit")
    assert len(shared.reads()) == before


def test_other_acts_are_no_access_entries(shared: Case) -> None:
    _, submission = shared.world.a_submission()

    assert code_of(shared.post(submission)) == (422, "access_entry_unfit")


def test_entry_of_an_unknown_key_opens_nothing(shared: Case) -> None:
    result = shared.read(OFFICER, SUBMITTED, key=a_signing_key("officer"))

    assert code_of(result) == (403, "unknown_key")


def test_entry_under_another_keys_name_opens_nothing(shared: Case) -> None:
    entry = shared.entry(OFFICER, SUBMITTED)
    text, _, line = entry.note.rpartition(b"\n\n")
    forged = line[:-6] + (b"AAA" if line[-6:-3] != b"AAA" else b"BBB") + line[-3:]

    result = shared.post(SubmittedAction(text + b"\n\n" + forged, entry.salt, entry.details))

    assert result.status_code == 403
    assert result.json["code"] == "invalid_signature"


def test_second_of_two_readers_at_once_is_told_to_read_again(shared: Case) -> None:
    first, second = (shared.entry(OFFICER, SUBMITTED, explanation=text) for text in ("A", "B"))

    assert shared.post(first).status_code == 200
    assert code_of(shared.post(second)) == (409, "stale_version")


def test_role_that_the_key_does_not_hold_is_no_way_in(shared: Case) -> None:
    result = shared.read(OFFICER, SUBMITTED, role=Role.INSPECTOR)

    assert code_of(result) == (403, "reading_not_permitted")


def test_officer_inspects_nothing(shared: Case) -> None:
    result = shared.read(
        OFFICER, SUBMITTED, purpose=AccessPurpose.INSPECTION, order=ORDER, order_until=ORDER_UNTIL
    )

    assert code_of(result) == (403, "reading_not_permitted")


@pytest.mark.parametrize("until", [None, date(2026, 11, 19)], ids=["no limit", "lapsed"])
def test_order_without_a_limit_ahead_opens_no_names(shared: Case, until: date | None) -> None:
    result = shared.read(UNDER_ORDER, SUBMITTED, "persons", order_until=until)

    assert code_of(result) == (403, "inspection_order_needed")


def test_names_are_left_out_unless_asked_for_and_the_secret_always(shared: Case) -> None:
    without = shared.read(INSPECTOR, SUBMITTED)
    with_names = shared.read(UNDER_ORDER, SUBMITTED, "persons")

    assert without.json["acts"][0]["details"] == SAID
    assert with_names.json["acts"][0]["details"] == SAID | {"applicant_name": APPLICANT}
    assert shared.dossier.secret not in without.text + with_names.text


def test_entry_opens_the_kinds_that_it_names_alone(shared: Case) -> None:
    result = shared.read(OFFICER, "dossier.accepted", "dossier.hold_placed")

    kinds = [act["kind"] for act in result.json["acts"]]
    assert kinds == ["dossier.accepted", "dossier.hold_placed"]


def _read_as(case: Case, key: SigningKey, role: Role = Role.PROCESSOR) -> int:
    status: int = case.read(OFFICER, SUBMITTED, key=key, role=role).status_code
    return status


def test_assignee_reads_until_the_dossier_is_given_to_another(case: Case) -> None:
    assignee = enrol_assignee(case.world)
    before = _read_as(case, assignee)

    given_on = ProcessorReassignedDetails(assignee="CB-0043", reason="Nghỉ phép")
    case.world.act(
        case.dossier, "dossier.processor_reassigned", ProcessorReassigned(), "assigner", given_on
    )

    assert (before, _read_as(case, assignee)) == (200, 403)


def test_approver_reads_while_a_draft_awaits_the_decision(case: Case) -> None:
    approver = case.world.enrol("decides", Grant(Role.APPROVER, OFFICE))
    before = _read_as(case, approver, Role.APPROVER)

    draft = SubmittedForApprovalDetails(draft_sha256=HEX64, proposal=Proposal.GRANT)
    case.world.act(
        case.dossier, "dossier.submitted_for_approval", SubmittedForApproval(), "processor", draft
    )

    assert (before, _read_as(case, approver, Role.APPROVER)) == (403, 200)


def test_holder_sees_who_read_when_and_why(case: Case) -> None:
    case.read(OFFICER, SUBMITTED, "persons", explanation="Đối chiếu giấy tờ")

    (read,) = case.reads()

    assert read["key"] == case.keys[OFFICER].name
    assert (read["role"], read["purpose"]) == ("receiver", "task")
    assert read["fields"] == [SUBMITTED, "persons"]
    assert read["explanation"] == "Đối chiếu giấy tờ"
    assert read["at"] == "2026-11-20T02:01:00Z"
    assert not read["sealed"]


def _end_order(case: Case, key: SigningKey, role: Role, order: str = ORDER) -> None:
    place = case.ask_place(case.keys[OFFICER]).json
    case.world.record(
        case.world.drafter.sign(
            "access.opened", place["stream"],
            Place(place["version"], decode_base64(place["previous"])), case.world.now,
            AccessOpened(), ((role, key),),
            details=AccessOpenedDetails(order=order, end=OrderEnd.CLOSED),
        )
    )  # fmt: skip


def test_reads_under_an_order_are_sealed_until_an_entry_ends_it(case: Case) -> None:
    case.read(UNDER_ORDER, SUBMITTED, "persons")
    (sealed,) = case.reads()
    case.world.wait(days=90)
    (lapsed_by_clock,) = case.reads()

    _end_order(case, case.keys[INSPECTOR], Role.INSPECTOR, "99/QĐ-TTr")
    (another_ended,) = case.reads()
    _end_order(case, case.keys[INSPECTOR], Role.INSPECTOR)
    (opened,) = case.reads()

    assert set(sealed) == {"version", "at", "receipt_url", "sealed"}
    assert sealed == lapsed_by_clock == another_ended
    assert (opened["sealed"], opened["order"], opened["role"]) == (False, ORDER, "inspector")


def test_end_of_an_order_opens_what_stands_before_it_alone(case: Case) -> None:
    case.read(UNDER_ORDER, SUBMITTED)
    _end_order(case, case.keys[INSPECTOR], Role.INSPECTOR)
    case.read(UNDER_ORDER, SUBMITTED)

    assert [read["sealed"] for read in case.reads()] == [False, True]


def test_system_may_end_an_order_and_an_officer_may_not(case: Case) -> None:
    case.read(UNDER_ORDER, SUBMITTED)
    with pytest.raises(AssertionError, match="not_your_role"):
        _end_order(case, case.keys[OFFICER], Role.RECEIVER)

    _end_order(case, case.world.operator.system, Role.SYSTEM)

    assert not case.reads()[0]["sealed"]


def test_place_is_given_to_readers_alone(shared: Case) -> None:
    refused = shared.ask_place(shared.keys[Reader.OFFICER_ELSEWHERE])
    unsigned = shared.world.client.simulate_get(f"{shared.path}/readings/next")

    assert code_of(refused) == (403, "reading_not_permitted")
    assert code_of(unsigned) == (404, "unknown_dossier")


def test_signed_request_for_another_dossiers_key_is_refused(shared: Case) -> None:
    other = shared.world.submit()
    shared.world.settle()
    shared.world.follow()

    result = Case(shared.world, shared.dossier, {Reader.HOLDS_KEY: other.applicant}).get(
        Reader.HOLDS_KEY, shared.path
    )

    assert code_of(result) == (401, "request_signature_invalid")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_of_the_holder_names_who_looked_and_why(case: Case, language: str) -> None:
    world = case.world
    named = KeyRegisteredDetails(personnel_number="CB-7", display_name="Phạm Văn Chín")
    key = a_signing_key("officer")
    grants = (Grant(Role.APPROVER, OFFICE),)
    world.record(world.drafter.register_key(world.registrar, key, grants, world.now, named))
    draft = SubmittedForApprovalDetails(draft_sha256=HEX64, proposal=Proposal.GRANT)
    world.act(
        case.dossier, "dossier.submitted_for_approval", SubmittedForApproval(), "processor", draft
    )
    case.read(OFFICER, SUBMITTED, key=key, role=Role.APPROVER, explanation="Xem trước khi ký")
    case.read(UNDER_ORDER, SUBMITTED)

    page = world.client.simulate_post(
        "/dossiers",
        body=urlencode({"dossier": case.dossier.stream, "secret": case.dossier.secret}),
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept-Language": language,
        },
    )

    assert page.status_code == 200, page.text
    assert "Phạm Văn Chín" in page.text
    assert "Xem trước khi ký" in page.text
    assert ("inspection order" in page.text) == (language == "en")
    assert ORDER not in page.text
