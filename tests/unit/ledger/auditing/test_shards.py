"""Many shards report what one would, in their own processes too.

`Forger.audit` audits with one shard and with three and compares; here stands what only several
shards can get wrong.
"""

import os
import signal
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.facts import DossierSubmitted, Grant
from domain.facts.feedback import (
    FeedbackFiled,
    FeedbackFiledDetails,
    RatingStage,
    SatisfactionRated,
    SatisfactionRatedDetails,
)
from domain.facts.intake import Channel
from domain.roles import Role
from ledger.auditing import AuditReport, HowToAudit, audit_log
from ledger.auditing.messages import Batch
from ledger.auditing.shards import ShardSetting
from ledger.auditing.teams import ShardProcesses, ShardsHere, Team
from ledger.errors import StoreUnavailable
from tests.support.builders import PROCEDURE
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import Desk, a_signing_key, operator_keys
from transparency.encoding import encode_base64
from transparency.notes import render_vkey


def _audit(forger: Forger, how: HowToAudit) -> AuditReport:
    *_, report = audit_log(
        forger.log(),
        operator_keys().anchors,
        forger.documents,
        now=forger.clock.now + timedelta(hours=1),
        how=how,
    )
    return report


def _both(forger: Forger, shards: int = 3) -> tuple[AuditReport, AuditReport]:
    alone = _audit(forger, HowToAudit())
    return alone, _audit(forger, HowToAudit(shards, set_up=ShardsHere))


def _a_log_with_lies() -> Forger:
    """Good dossiers, and in two seals' reach some of each kind of lie."""
    forger = a_forger()
    for number in range(12):
        stream = forger.a_dossier("dossier.accepted")
        if number % 3 == 0:
            forger.add(forger.act("dossier.result_issued", stream))
        if number % 4 == 0:
            note = forger.act("dossier.processor_assigned", stream).note
            forger.add(note[:-12] + bytes([note[-12] ^ 1]) + note[-11:])
        if number == 6:
            forger.add(b"anything at all")
            forger.seal(index_root_hash=bytes(32))
    forger.seal(covers=3)
    return forger


@pytest.mark.parametrize("shards", [2, 3, 7, 64])
def test_problems_of_many_shards_are_those_of_one_in_the_order_of_the_log(shards: int) -> None:
    alone, together = _both(_a_log_with_lies(), shards)

    assert len(alone.problems) > 6
    assert together.problems == alone.problems
    assert together == alone
    assert together.asked_again == ""


def test_processes_report_what_one_process_does() -> None:
    forger = _a_log_with_lies()

    alone = _audit(forger, HowToAudit())
    together = _audit(forger, HowToAudit(2))

    assert together == alone
    assert together.asked_again == ""
    assert together.signatures_verified > 0


def _submitted_with(desk: Desk, stream: str, key: Any, signer: Any = None) -> Any:
    facts = DossierSubmitted(
        procedure=PROCEDURE,
        channel=Channel.ONLINE,
        applicant_key=render_vkey(key.verification_key),
    )
    signers = [(Role.APPLICANT, signer or key)]
    return desk.submitted(stream, facts=facts, signers=signers)


def _filed_with(forger: Forger, key: Any) -> Any:
    details = FeedbackFiledDetails(secret=encode_base64(bytes(32)), text="…")
    facts = FeedbackFiled(petitioner_key=render_vkey(key.verification_key))
    stream = forger.desk.new_stream("petition")
    signers = [(Role.APPLICANT, key)]
    given = {"facts": facts, "details": details, "signers": signers}
    return forger.act("petition.feedback_filed", stream, **given)


def test_a_key_that_only_another_shard_has_met_is_asked_about() -> None:
    forger = a_forger()
    key = a_signing_key("applicant", 4711)
    for _ in range(8):
        stream = forger.desk.new_stream()
        forger.add(_submitted_with(forger.desk, stream, key))
    streams = [forger.a_dossier() for _ in range(8)]
    for stream in streams:
        # Signed well, by a key that entries on other streams brought; it may not sign here.
        act = forger.act("dossier.supplement_submitted", stream, signers=[(Role.APPLICANT, key)])
        forger.add(act)
    forger.seal()

    alone, together = _both(forger, 16)

    assert {problem.code for problem in alone.problems} == {"not_your_dossier"}
    assert together == alone
    assert key.name in together.asked_again


def test_a_key_on_a_dossier_and_on_a_petition_is_found_whichever_shards_they_are_on() -> None:
    codes = []
    for number in range(6):
        forger = a_forger()
        key = a_signing_key("applicant", number)
        filed = _filed_with(forger, key)
        stream = forger.desk.new_stream()
        forger.add(filed, _submitted_with(forger.desk, stream, key))
        forger.seal()

        alone, together = _both(forger, 16)

        assert together == alone
        assert together.asked_again != ""
        codes += [problem.code for problem in alone.problems]
    assert codes == ["key_name_taken"] * 6


def test_one_applicants_key_on_two_dossiers_asks_nobody() -> None:
    forger = a_forger()
    key = a_signing_key("applicant", 3)
    for _ in range(4):
        forger.add(_submitted_with(forger.desk, forger.desk.new_stream(), key))
    forger.seal()

    alone, together = _both(forger, 8)

    assert alone.problems == []
    assert together == alone
    assert together.asked_again == ""


def test_what_all_shards_follow_is_refused_once() -> None:
    forger = a_forger()
    stranger, other = a_signing_key("officer", 50), a_signing_key("officer", 51)
    forger.add(
        forger.desk.drafter.register_key(
            forger.desk.officer, other, [Grant(Role.RECEIVER, "*")], forger.desk.now()
        )
    )
    enrolled = forger.desk.drafter.register_key(
        operator_keys().registrar, stranger, [Grant(Role.RECEIVER, "NOWHERE")], forger.desk.now()
    )
    forger.add(enrolled)
    forger.seal()

    alone, together = _both(forger, 5)

    assert len(alone.problems) == 2
    assert together == alone
    assert together.asked_again == ""


def test_a_process_that_ends_is_said_to_have() -> None:
    forger = a_forger()
    team = ShardProcesses(ShardSetting(operator_keys().anchors, forger.documents), 2)
    try:
        pid = team._workers[1]._process.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        team.give([Batch(), Batch()])

        with pytest.raises(StoreUnavailable):
            team.answers()
    finally:
        team.close()


def test_what_fails_in_a_process_is_raised_in_the_auditor() -> None:
    forger = a_forger()
    batch = replace(Batch(), entries=[b""], entry_indexes=[], duties=bytearray())
    team: Team = ShardProcesses(ShardSetting(operator_keys().anchors, forger.documents), 2)
    try:
        team.give([Batch(), batch])

        with pytest.raises(ValueError, match="zip"):
            team.answers()
    finally:
        team.close()


@pytest.mark.parametrize("shards", [2, 3, 16])
@pytest.mark.parametrize("signed_by", ["applicant", "officer"])
def test_deferred_acts_in_clear_give_many_shards_the_problems_of_one(
    shards: int, signed_by: str
) -> None:
    forger = a_forger()
    applicant = a_signing_key("applicant", 7)
    rater = applicant if signed_by == "applicant" else forger.desk.officer
    for _ in range(6):
        dossier = forger.desk.new_stream()
        forger.add(_submitted_with(forger.desk, dossier, applicant))
        forger.seal()
        facts = SatisfactionRated(dossier=dossier, stage=RatingStage.RECEIPT)
        rating = forger.act(
            "rating.satisfaction_rated",
            forger.desk.new_stream("rating"),
            facts=facts,
            details=SatisfactionRatedDetails(overall=5),
            signers=[(Role.APPLICANT, rater)],
        )
        inspector = [(Role.INSPECTOR, forger.desk.officer)]
        stream = forger.desk.new_stream("denunciation")
        # The rating is said twice.
        forger.add(rating, rating, forger.act("denunciation.received", stream, signers=inspector))
        forger.seal()

    alone, together = _both(forger, shards)

    codes = Counter(problem.code for problem in alone.problems)
    assert codes["published_in_clear"] == 18
    assert codes["stale_version"] == 6
    assert together.problems == alone.problems
    assert together == alone
    # An officer's key every shard knows; an applicant's only the one that looks after its dossier.
    assert (together.asked_again == "") is (signed_by == "officer")
