"""The auditor repeats every decision: an entry that had no right to be there is named."""

from dataclasses import replace
from datetime import timedelta

from domain.facts import Grant, KeyRevoked, RevocationReason
from domain.moments import Moment
from domain.roles import Role
from ledger.documents import MemoryDocuments
from ledger.drafting import FIRST_PLACE, Place
from ledger.opening import opening_action
from tests.support.forged_logs import Forger, a_forger
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import (
    START,
    a_signing_key,
    operator_keys,
)
from transparency.notes import SigningKey, parse_note, render_note, render_vkey

STRANGER = a_signing_key("officer", 99)


def _named(forger: Forger) -> list[tuple[str, int | None]]:
    forger.seal()
    return forger.problems()


def test_an_entry_by_a_key_that_nobody_enrolled_is_named() -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    forger.add(forger.act("dossier.accepted", stream, signers=[(Role.RECEIVER, STRANGER)]))

    assert _named(forger) == [("unknown_key", 9)]


def test_an_entry_by_a_key_without_the_right_is_named() -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    signers = [(Role.RECEIVER, forger.desk.catalogue)]
    forger.add(forger.act("dossier.accepted", stream, signers=signers))

    assert _named(forger) == [("not_your_role", 9)]


def test_an_entry_by_another_dossiers_applicant_is_named() -> None:
    forger = a_forger()
    first, second = forger.a_dossier(), forger.a_dossier()
    signers = [(Role.APPLICANT, forger.desk.applicant_of(first))]
    forger.add(forger.act("dossier.withdrawal_requested", second, signers=signers))

    assert _named(forger) == [("not_your_dossier", 10)]


def _revoke(forger: Forger, key: SigningKey) -> None:
    forger.add(
        forger.act(
            "key.revoked",
            f"key:{key.name}",
            facts=KeyRevoked(reason=RevocationReason.COMPROMISED),
            signers=[(Role.REGISTRAR, forger.desk.registrar)],
            office=None,
        )
    )


def test_a_revoked_key_that_is_used_later_is_named_and_used_before_is_not() -> None:
    forger = a_forger()
    stream = forger.a_dossier("dossier.accepted")
    _revoke(forger, forger.desk.officer)

    forger.add(forger.act("dossier.processor_assigned", stream))

    assert _named(forger) == [("key_revoked", 11)]


def test_a_forbidden_transition_is_named_and_only_it() -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    issued = forger.act("dossier.result_issued", stream)
    forger.add(issued)
    forger.a_dossier("dossier.accepted")

    assert _named(forger) == [("not_permitted", 9)]


def test_a_stream_whose_version_or_previous_does_not_continue_is_named() -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    place = forger.place(stream)
    forger.add(forger.act("dossier.accepted", stream, place=Place(place.version, bytes(32))))

    assert _named(forger) == [("stale_version", 9)]


def test_an_action_recorded_before_it_happened_is_named() -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    ahead = Moment(instant=START + timedelta(days=1))
    forger.add(forger.act("dossier.accepted", stream, at=ahead))

    assert _named(forger) == [("acted_in_the_future", 9)]


def test_a_wrong_signature_is_named() -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    note = parse_note(forger.act("dossier.accepted", stream).note)
    (line,) = note.signatures
    forger.add(render_note(note.text, [replace(line, signature=line.signature[::-1])]))

    assert _named(forger) == [("invalid_signature", 9)]


def test_a_signature_line_too_many_is_named() -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    note = parse_note(forger.act("dossier.accepted", stream).note)
    forger.add(render_note(note.text, [*note.signatures, STRANGER.sign(note.text)]))

    assert _named(forger) == [("signature_lines_mismatch", 9)]


def test_a_document_that_is_not_served_is_named() -> None:
    forger = a_forger()
    desk = forger.desk
    document = b'{"id":"H28"}'
    action = desk.drafter.register_office(desk.registrar, "H28", document, FIRST_PLACE, desk.now())
    forger.add(replace(action, document=None))

    assert _named(forger) == [("document_missing", 8)]


def test_a_calendar_that_is_not_served_is_named_with_what_rests_on_it() -> None:
    forger = a_forger()
    forger.a_dossier("dossier.accepted")
    forger.seal()
    forger.documents = MemoryDocuments()

    codes = [code for code, _ in forger.problems()]

    assert codes[0] == "document_missing"
    assert set(codes[1:]) == {"unknown_office", "stale_version"}


def test_an_action_of_another_ledger_is_named() -> None:
    forger = a_forger()
    text = parse_note(forger.desk.submitted(forger.desk.new_stream()).note).text
    foreign = text.replace(operator_keys().origin.encode(), b"localhost/ffffffff")
    forger.add(render_note(foreign, [forger.desk.officer.sign(foreign)]))
    forger.seal(index_root_hash=a_forger().index.root_hash())

    assert ("wrong_ledger", 8) in forger.problems()


def test_a_ledger_opened_by_another_registrar_than_the_anchor_is_named() -> None:
    forger = Forger()
    other = replace(operator_keys(), registrar=STRANGER)
    forger.add(opening_action(other, START))

    assert ("unknown_key", 0) in _named(forger)


def test_a_log_that_begins_with_anything_else_is_named() -> None:
    forger = Forger()
    forger.a_dossier()

    assert ("unknown_key", 0) in _named(forger)


def test_a_ledger_opened_twice_is_named() -> None:
    forger = a_forger()
    forger.add(opening_action(operator_keys(), START))

    assert _named(forger) == [("unknown_key", 8)]


def test_an_applicants_key_under_the_logs_name_is_named_and_spoils_no_other_entry() -> None:
    forger = a_forger()
    stream = forger.desk.new_stream()
    submitted = forger.desk.submitted(stream)
    key = forger.desk.applicant_of(stream)
    text = parse_note(submitted.note).text
    impostor = SigningKey(operator_keys().origin, key.seed)
    for old, new in (
        (render_vkey(key.verification_key), render_vkey(impostor.verification_key)),
        (key.name, impostor.name),
    ):
        text = text.replace(old.encode(), new.encode())
    forger.add(render_note(text, [impostor.sign(text)]))
    forger.a_dossier("dossier.accepted")

    assert _named(forger) == [("schema_mismatch", 8)]


def test_a_grant_that_the_registrar_did_not_sign_is_named_with_what_it_was_used_for() -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    grants = [Grant(Role.RECEIVER, "H27")]
    desk = forger.desk
    forger.add(
        desk.drafter.register_key(
            desk.officer, STRANGER, grants, desk.now(), the_holder_of(STRANGER)
        )
    )
    forger.add(forger.act("dossier.accepted", stream, signers=[(Role.RECEIVER, STRANGER)]))

    assert _named(forger) == [("not_your_role", 9), ("key_not_enrolled", 10)]
