"""The bytes that people sign and the operator answers with: whoever changes them changes a format.

Keys, salts and moments are fixed, so Ed25519 gives the same bytes on every machine.
"""

from datetime import UTC, datetime, timedelta

from domain.dossiers import Channel
from domain.facts import (
    DossierAccepted,
    DossierAcceptedDetails,
    DossierSubmitted,
    DossierSubmittedDetails,
)
from domain.moments import Moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction, open_text
from ledger.bodies import commitment_of
from ledger.drafting import FIRST_PLACE as FIRST
from ledger.drafting import Drafter, place_after
from ledger.opening import opening_action
from ledger.writing.public_log import PublicLog
from tests.support.golden import golden
from tests.support.ledger_builders import ORIGIN, START, a_signing_key, operator_keys
from transparency.encoding import encode_base64
from transparency.hashing import leaf_hash
from transparency.notes import render_vkey
from transparency.promises import Promise, Refusal, sign_promise, sign_refusal

STREAM = "dossier:0b6f0000000000000000000000000001"
AT = datetime(2026, 11, 21, 8, 3, 11, tzinfo=UTC)
APPLICANT = a_signing_key("applicant")
OFFICER = a_signing_key("officer")
DRAFTER = Drafter(ORIGIN, bytes)  # salts of zeros


def _submitted() -> SubmittedAction:
    facts = DossierSubmitted(
        procedure="1.004222",
        channel=Channel.ONLINE,
        applicant_key=render_vkey(APPLICANT.verification_key),
    )
    details = DossierSubmittedDetails(
        secret=encode_base64(bytes(32)), applicant_name="Nguyễn Thị Minh Khai"
    )
    signers = [(Role.APPLICANT, APPLICANT)]
    at = Moment(instant=AT)
    return DRAFTER.sign(
        "dossier.submitted", STREAM, FIRST, at, facts, signers, office="H27", details=details
    )


def _accepted() -> SubmittedAction:
    place = place_after(FIRST, _submitted().note)
    details = DossierAcceptedDetails(code="H27-261121-0001")
    signers = [(Role.RECEIVER, OFFICER)]
    at = Moment(instant=AT + timedelta(minutes=5))
    facts = DossierAccepted(appointment="2026-12-01")
    return DRAFTER.sign(
        "dossier.accepted", STREAM, place, at, facts, signers, office="H27", details=details
    )


def test_the_note_of_a_submitted_dossier_has_these_bytes() -> None:
    assert _submitted().note == golden("dossier_submitted.note", _submitted().note)


def test_the_note_of_an_accepted_dossier_has_these_bytes() -> None:
    assert _accepted().note == golden("dossier_accepted.note", _accepted().note)


def test_entry_0_has_these_bytes() -> None:
    note = opening_action(operator_keys(), START).note

    assert note == golden("ledger_opened.note", note)


def test_details_have_these_bytes_and_open_the_commitment_of_the_note() -> None:
    submitted = _submitted()
    assert submitted.details is not None
    assert submitted.salt == bytes(32)

    committed = commitment_of(submitted.details, submitted.salt)

    assert submitted.details == golden("dossier_submitted.details.json", submitted.details)
    assert open_text(submitted.note, ORIGIN).action.commitment == encode_base64(committed)


def test_promise_and_refusal_have_these_bytes() -> None:
    promised = Promise(ORIGIN, leaf_hash(_accepted().note), STREAM, 2, AT, AT + timedelta(hours=1))
    promise = sign_promise(promised, operator_keys().promise)
    refused = Refusal(ORIGIN, open_text(_accepted().note, ORIGIN).text_hash, "stale_version")
    refusal = sign_refusal(refused, operator_keys().promise)

    assert promise == golden("promise.note", promise)
    assert refusal == golden("refusal.note", refusal)


def test_seal_and_checkpoint_of_two_entries_have_these_bytes() -> None:
    log = PublicLog(ORIGIN, operator_keys().log)
    log.append(_submitted().note, STREAM)
    log.append(_accepted().note, STREAM)
    seal = log.make_seal(AT, b"")
    log.append(seal, None)
    checkpoint = log.checkpoint_note(3)

    assert seal == golden("first.seal", seal)
    assert checkpoint == golden("first.checkpoint", checkpoint)
