"""The matrix of reading rights, cell by cell: each is a request that succeeds or is refused."""

from collections.abc import Callable, Iterator

import pytest
from falcon.testing import Result

from domain.facts import RatingStage, SatisfactionRated, SatisfactionRatedDetails
from domain.facts.feedback import DenunciationReceived, DenunciationReceivedDetails
from domain.reading.rights import CLASS_OF, RIGHTS, PublicationClass, Reader, Right, Subject
from domain.roles import Role
from ledger.drafting import FIRST_PLACE
from tests.http.reading.people import (
    APPLICANT,
    HOLDERS,
    OFFICER_NUMBER,
    Case,
    a_case,
    a_veiled_case,
)
from tests.http.world import json_headers
from tests.support.builders import HEX64, OFFICE
from transparency.encoding import encode_base64

CELLS = [(subject, reader) for subject in Subject for reader in Reader]
STRANGERS = {Reader.ANYONE, Reader.KNOWS_CODE}
SECRET_STREAM = "0b6f00000000000000000000000000aa"
NEW_SECRET = encode_base64(b"n" * 32)
RATING = f"rating:{SECRET_STREAM}"
DENUNCIATION = f"denunciation:{SECRET_STREAM}"
HIDDEN = (Right.UNKNOWN, Subject.VEILED_RECORD)

REFUSED = {
    Right.UNKNOWN: (404, {"unknown_dossier"}),
    Right.NOT_YOURS: (403, {"reading_not_permitted"}),
    Right.REPLACED: (403, {"slip_replaced"}),
    Right.ORDER_NEEDED: (403, {"inspection_order_needed"}),
    Right.UNPROVEN: (401, {"request_not_signed", "request_signature_invalid"}),
    Right.NOT_AN_INSPECTOR: (403, {"not_an_inspector"}),
    Right.SEALED: (404, {"not_found"}),
}


@pytest.fixture(scope="module", params=["open", "veiled"])
def case(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Case]:
    a_case_of = a_veiled_case if request.param == "veiled" else a_case
    with a_case_of(tmp_path_factory.mktemp("matrix")) as made:
        _rate(made)
        _denounce(made)
        made.replace_slip(NEW_SECRET, (Role.APPLICANT, made.dossier.applicant))
        made.world.settle()
        made.world.follow()
        yield made


def _rate(case: Case) -> None:
    rating = case.world.drafter.sign(
        "rating.satisfaction_rated", RATING, FIRST_PLACE, case.world.now,
        SatisfactionRated(dossier=case.dossier.stream, stage=RatingStage.RECEIPT),
        ((Role.APPLICANT, case.dossier.applicant),),
        office=OFFICE, details=SatisfactionRatedDetails(overall=2),
    )  # fmt: skip
    assert case.world.post(rating).status_code == 202


def _denounce(case: Case) -> None:
    details = DenunciationReceivedDetails(text="Nội dung tố cáo", name="Người tố cáo")
    received = case.world.drafter.sign(
        "denunciation.received", DENUNCIATION, FIRST_PLACE, case.world.now,
        DenunciationReceived(), ((Role.INSPECTOR, case.world.keys["inspector"]),),
        details=details,
    )  # fmt: skip
    assert case.world.post(received).status_code == 202


def _page(case: Case, reader: Reader) -> Result:
    return case.get(reader, case.path)


def _details(result: Result, kind: str) -> dict[str, object]:
    details: dict[str, object] = next(
        act.get("details", {}) for act in result.json["acts"] if act["kind"] == kind
    )
    return details


def _share(case: Case, reader: Reader) -> tuple[Result, bool]:
    if reader not in STRANGERS:
        result = _page(case, reader)
    else:
        code = case.dossier.code if reader is Reader.KNOWS_CODE else "H27.15-261120-9999"
        result = case.world.client.simulate_post(
            "/v1/lookup", json={"code": code}, headers=json_headers()
        )
    return result, "share_done_percent" in result.json


def _member(kind: str, member: str, value: str, *words: str) -> Callable[..., tuple[Result, bool]]:
    """Ask for one member of a private part: holders by the page, others by an access entry."""

    def ask(case: Case, reader: Reader) -> tuple[Result, bool]:
        by_page = reader in HOLDERS | STRANGERS | {Reader.HELD_SECRET}
        result = _page(case, reader) if by_page else case.read(reader, kind, *words)
        if result.status_code != 200:
            return result, False
        return result, _details(result, kind).get(member) == value

    return ask


def _get(path: str, member: str) -> Callable[..., tuple[Result, bool]]:
    def ask(case: Case, reader: Reader) -> tuple[Result, bool]:
        result = case.get(
            reader, path.format(stream=case.dossier.stream, key=case.world.keys["receiver"].name)
        )
        return result, bool(result.json.get(member))

    return ask


def _findings(case: Case, reader: Reader) -> tuple[Result, bool]:
    result = case.get(reader, "/v1/findings")
    # Nothing looks wrong with this dossier: that the list comes is all there is to see.
    return result, "findings" in result.json and reader is not Reader.INSPECTOR_ELSEWHERE


def _queues(case: Case, reader: Reader) -> tuple[Result, bool]:
    result = case.get(reader, f"/v1/queues/unit?office={OFFICE}")
    items = result.json.get("items", [])
    return result, [item["stream"] for item in items] == [case.dossier.stream]


def _asked_findings(case: Case, reader: Reader) -> tuple[Result, bool]:
    result = case.get(reader, f"/v1/findings/asked?office={OFFICE}")
    # Nothing was raised: that the list comes is all there is to see.
    return result, "findings" in result.json


def _evaluation(case: Case, reader: Reader) -> tuple[Result, bool]:
    officer = case.keys[Reader.OFFICER_WITHOUT_TASK].name
    result = case.get(reader, f"/v1/officers/{officer}/evaluation")
    return result, bool(result.json.get("indicators"))


def _is_veiled(case: Case) -> bool:
    first = case.world.parts.reader.find(case.dossier.stream, 1)
    assert first is not None
    return first.promise != b""


def _public_record(case: Case, reader: Reader) -> tuple[Result, bool]:
    stream = f"office:{OFFICE}" if _is_veiled(case) else case.dossier.stream
    return _get(f"/v1/streams/{stream}/head", "leaf_hash")(case, reader)


ASK: dict[Subject, Callable[[Case, Reader], tuple[Result, bool]]] = {
    Subject.FIGURES: _get("/v1/statistics/counts", "total"),
    Subject.PUBLIC_RECORD: _public_record,
    Subject.SHARE_DONE: _share,
    Subject.STATUS: _get("/v1/dossiers/{stream}", "status"),
    Subject.TIMELINE: _get("/v1/dossiers/{stream}", "acts"),
    Subject.VEILED_RECORD: _get("/v1/streams/{stream}/head", "leaf_hash"),
    Subject.PRIVATE_DETAILS: _member("dossier.accepted", "slip_sha256", HEX64),
    Subject.PERSONS: _member("dossier.submitted", "applicant_name", APPLICANT, "persons"),
    Subject.OFFICERS: _member("dossier.processor_assigned", "assignee", OFFICER_NUMBER, "officers"),
    Subject.READS: _get("/v1/dossiers/{stream}/access", "stream"),
    Subject.INTERNAL_DETAILS: _member("dossier.hold_placed", "document_sha256", HEX64),
    Subject.FINDINGS: _findings,
    Subject.ASKED_FINDINGS: _asked_findings,
    Subject.TRAIL: _get("/v1/trail/{key}", "acts"),
    Subject.QUEUES: _queues,
    Subject.OFFICER_EVALUATION: _evaluation,
    Subject.DENUNCIATION: _get(f"/v1/streams/{DENUNCIATION}/head", "leaf_hash"),
    Subject.RATING_LINK: _get(f"/v1/streams/{RATING}/head", "leaf_hash"),
}


@pytest.mark.parametrize(("subject", "reader"), CELLS)
def test_request_of_a_cell_gets_what_the_matrix_says(
    case: Case, subject: Subject, reader: Reader
) -> None:
    # What is veiled of other dossiers is the public record of an open one.
    is_public = subject is Subject.VEILED_RECORD and not _is_veiled(case)
    right = RIGHTS[Subject.PUBLIC_RECORD if is_public else subject][reader]

    result, is_shown = ASK[subject](case, reader)

    if right in REFUSED:
        status, codes = REFUSED[right]
        # The head of a stream that a stranger may not know of is that of a stream that is not.
        codes = {"not_found"} if (right, subject) == HIDDEN else codes
        assert (result.status_code, result.json["code"] in codes) == (status, True), result.text
    else:
        assert result.status_code == 200, result.text
        assert is_shown == (right is not Right.WITHHELD)


@pytest.mark.parametrize(
    ("subject", "reader"), [cell for cell in CELLS if RIGHTS[cell[0]][cell[1]] is Right.RECORDED]
)
def test_what_an_entry_opens_is_closed_without_one_and_leaves_one(
    case: Case, subject: Subject, reader: Reader
) -> None:
    page = _page(case, reader)
    before = len(case.reads())

    ASK[subject](case, reader)

    assert page.status_code == 200
    assert all("details" not in act for act in page.json["acts"])
    assert len(case.reads()) == before + 1


@pytest.mark.parametrize(
    "reader", [reader for reader in Reader if RIGHTS[Subject.STATUS][reader] is Right.OPEN]
)
def test_situation_names_the_officer_to_those_alone_who_may_see_officers(
    case: Case, reader: Reader
) -> None:
    result = _page(case, reader)

    situation = result.json["situation"]
    named = RIGHTS[Subject.OFFICERS][reader] is Right.OPEN
    assert situation["stage"] == "processing"
    assert ("officer" in situation) == named
    assert (OFFICER_NUMBER in result.text) == named


def test_matrix_has_every_cell_and_every_subject_a_class() -> None:
    assert set(RIGHTS) == set(CLASS_OF) == set(Subject)
    assert all(set(row) == set(Reader) for row in RIGHTS.values())
    assert set(CLASS_OF.values()) == set(PublicationClass)


def test_sealed_subjects_are_sealed_to_everybody() -> None:
    sealed = [subject for subject in Subject if CLASS_OF[subject] is PublicationClass.P5]

    assert sealed
    assert all(set(RIGHTS[subject].values()) == {Right.SEALED} for subject in sealed)
