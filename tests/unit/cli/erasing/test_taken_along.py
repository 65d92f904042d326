"""An erasure takes along what other streams say of the dossier; the writer decides on it."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from domain.facts import Details, Facts
from domain.facts.feedback import (
    ComplaintFiled,
    ComplaintFiledDetails,
    FeedbackAnswered,
    FeedbackAnsweredDetails,
    FeedbackFiled,
    FeedbackFiledDetails,
)
from domain.facts.integrity import (
    ErasureGround,
    FindingClosed,
    FindingClosedDetails,
    FindingRaised,
    FindingRaisedDetails,
    FindingVerdict,
    PersonalDataErased,
)
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import Place, next_place
from tests.http.world import World
from tests.support.builders import OFFICE
from tests.support.oversight.ended_dossier import EndedDossier, an_ended_dossier, files_with
from tests.unit.cli.running import Ran, run
from transparency.encoding import encode_base64
from transparency.notes import SigningKey

PETITION, FINDING = f"petition:{'7' * 32}", f"finding:{'8' * 32}"
OTHER_SECRET = encode_base64(b"t" * 32)
TEXTS = ("họ tên trong đơn phản ánh", "văn bản trả lời người dân", "ghi chú của phát hiện")


def a_petitions_act(
    world: World, kind: str, facts: Facts, details: Details | None, role: Role = Role.RECEIVER
) -> SubmittedAction:
    place = next_place(world.parts.reader, PETITION)
    return world.drafter.sign(
        kind,
        PETITION,
        place,
        world.now,
        facts,
        ((role, world.keys[role.value]),),
        office=OFFICE,
        details=details,
    )


def a_complaint(world: World, dossier: str) -> SubmittedAction:
    details = ComplaintFiledDetails(secret=OTHER_SECRET, text=TEXTS[0], dossier=dossier)
    return a_petitions_act(world, "petition.complaint_filed", ComplaintFiled(level=1), details)


def an_erasure(world: World, dossier: str) -> SubmittedAction:
    facts = PersonalDataErased(
        ground=ErasureGround.RETENTION_PASSED, last_backup_until=date(2099, 1, 1)
    )
    signers = ((Role.APPROVER, world.keys["approver"]), (Role.SYSTEM, world.operator.system))
    place = next_place(world.parts.reader, dossier)
    return world.drafter.sign(
        "dossier.personal_data_erased", dossier, place, world.now, facts, signers, office=OFFICE
    )


def feedback_that_was_answered(world: World, dossier: str) -> None:
    filed = FeedbackFiledDetails(secret=OTHER_SECRET, text=TEXTS[0], dossier=dossier)
    world.record(a_petitions_act(world, "petition.feedback_filed", FeedbackFiled(), filed))
    answer = FeedbackAnsweredDetails(text=TEXTS[1])
    world.record(
        a_petitions_act(
            world, "petition.feedback_answered", FeedbackAnswered(), answer, Role.APPROVER
        )
    )


def finding_that_was_closed(world: World, dossier: str) -> None:
    raised = FindingRaisedDetails(rule="R02", rule_version=1, dossier=dossier, explanation=TEXTS[2])
    closed = FindingClosedDetails(verdict=FindingVerdict.EXPLAINED)
    inspector: SigningKey = world.keys["inspector"]
    for kind, facts, details in (
        ("finding.raised", FindingRaised(), raised),
        ("finding.closed", FindingClosed(), closed),
    ):
        place: Place = next_place(world.parts.reader, FINDING)
        signers = ((Role.INSPECTOR, inspector),)
        world.record(
            world.drafter.sign(kind, FINDING, place, world.now, facts, signers, details=details)
        )


def everything(world: World, dossier: str) -> None:
    feedback_that_was_answered(world, dossier)
    finding_that_was_closed(world, dossier)


def erase(ended: EndedDossier) -> Ran:
    return run("erase", ended.stream, "--key", ended.approver, "--data", ended.data, "--json")


def stored(ended: EndedDossier, *streams: str) -> list[bytes]:
    """Give pieces of what is stored of these streams in vault and keyring."""
    pieces: list[bytes] = []
    for name, column, table in (
        ("vault", "ciphertext", "details"),
        ("keyring", "wrapped_key", "dossier_keys"),
    ):
        with closing(sqlite3.connect(ended.data / f"{name}.sqlite3")) as connection:
            query = f"SELECT {column} FROM {table} WHERE stream = ?"
            for stream in streams:
                pieces += [blob[:16] for (blob,) in connection.execute(query, (stream,))]
    return pieces


def test_answered_feedback_and_closed_findings_go_with_their_dossier(tmp_path: Path) -> None:
    ended = an_ended_dossier(tmp_path, afterwards=everything)
    pieces = stored(ended, PETITION, FINDING)
    assert len(pieces) == 4 + 2
    assert files_with(ended.data, pieces) != []
    ended.later(days=2)

    done = erase(ended)

    assert done.code == 0, done.out + done.said
    assert files_with(ended.data, pieces) == []
    assert stored(ended, PETITION, FINDING, ended.stream) == []
    for options in ((), ("--vault",)):
        audited = run("audit", *options, "--data", ended.data, "--json")
        assert audited.code == 0, audited.out + audited.said


def test_open_feedback_stays_until_it_is_answered_and_erase_is_asked_again(tmp_path: Path) -> None:
    def unanswered(world: World, dossier: str) -> None:
        filed = FeedbackFiledDetails(secret=OTHER_SECRET, text=TEXTS[0], dossier=dossier)
        world.record(a_petitions_act(world, "petition.feedback_filed", FeedbackFiled(), filed))

    ended = an_ended_dossier(tmp_path, afterwards=unanswered)
    pieces = stored(ended, PETITION)
    ended.later(days=2)
    assert erase(ended).code == 0
    assert files_with(ended.data, pieces) != []

    again = erase(ended)

    assert (again.code, again.members["repeated"]) == (0, True)
    assert files_with(ended.data, pieces) != []


def test_complaint_that_comes_between_the_look_and_the_record_is_seen_by_the_writer(
    tmp_path: Path,
) -> None:
    """Over HTTP the public rule alone was asked, and a look before came too early."""
    codes = []

    def complained_at_the_last_moment(world: World, dossier: str) -> None:
        world.wait(days=2)
        erasure = an_erasure(world, dossier)
        world.record(a_complaint(world, dossier))
        refused = world.post(erasure)
        codes.append((refused.status_code, refused.json["code"]))

    ended = an_ended_dossier(tmp_path, afterwards=complained_at_the_last_moment)

    assert codes == [(422, "erasure_blocked")]
    assert stored(ended, ended.stream) != []


def test_writer_that_starts_anew_knows_of_the_complaint(tmp_path: Path) -> None:
    ended = an_ended_dossier(
        tmp_path, afterwards=lambda world, dossier: world.record(a_complaint(world, dossier))
    )
    ended.later(days=2)

    refused = erase(ended)

    assert (refused.code, refused.members["code"]) == (4, "erasure_blocked")


def test_nothing_private_comes_to_a_petition_that_was_erased(tmp_path: Path) -> None:
    """The vault would have dropped it, and nobody could ever have read it."""
    ended = an_ended_dossier(tmp_path, afterwards=feedback_that_was_answered)
    ended.later(days=2)
    assert erase(ended).code == 0
    published = '{"address":"https://example.test/1"}'
    system = ended.data / "keys" / "system.key"

    refused = run(
        *("act", "petition.feedback_published", "--stream", PETITION, "--office", OFFICE),
        *("--sign", f"system={system}", "--details", published),
        *("--data", ended.data, "--json"),
    )

    assert refused.code == 4, refused.out + refused.said
    assert "dossier_erased" in refused.out + refused.said
