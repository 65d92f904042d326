"""A history verifies by two anchors alone; who hides, strips or signs without right is caught."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.errors import DomainError
from domain.facts import DossierSubmittedDetails, Grant, KeyRevoked, RevocationReason
from domain.facts.feedback import FeedbackFiled, FeedbackFiledDetails
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, place_after
from ledger.errors import (
    DetailsMismatch,
    HistoryBroken,
    HistoryIncomplete,
    HistoryTooLong,
    LedgerError,
    OpeningMismatch,
    SignerWithoutRight,
)
from ledger.evidence.making import ReplayedIndex
from ledger.histories import building
from ledger.histories.building import HistoryMaker
from ledger.histories.verifying import VerifiedHistory, verify_bundle
from ledger.storage.port import StoredEvent
from ledger.writing.envelopes import commitment_of, render_envelope
from tests.support.forged_logs import Forger, a_forger
from tests.support.keys.personnel import the_holder_of
from tests.support.ledger_builders import OFFICE, ORIGIN, a_signing_key, operator_keys
from transparency.encoding import encode_base64
from transparency.errors import CheckpointNotSigned, ProofInvalid, TransparencyError
from transparency.hashing import leaf_hash
from transparency.histories.bundles import (
    HistoryBundle,
    Opening,
    parse_history,
    parse_nodes,
    render_history,
    render_nodes,
)
from transparency.histories.multiproofs import inclusion_proofs, nodes_needed
from transparency.notes import render_vkey
from transparency.promises import Promise, sign_promise

ANCHORS = operator_keys().anchors
LEDGER = f"ledger:{ORIGIN}"


def history(forger: Forger, stream: str) -> HistoryBundle:
    """The bundle of a stream, made from the published log alone."""
    log = forger.log()
    replayed = ReplayedIndex(log, forger.index)
    return HistoryMaker(replayed, forger.tiles, ANCHORS.log, replayed).history_of(stream)


def verify(bundle: HistoryBundle) -> VerifiedHistory:
    return verify_bundle(render_history(bundle), ANCHORS)


def without(bundle: HistoryBundle, *streams: str) -> HistoryBundle:
    """The same bundle without some streams, its proof made to fit."""
    leaves = {each.index: leaf_hash(each.entry) for part in bundle.streams for each in part.entries}
    checkpoint = bundle.checkpoint.split(b"\n")
    size = int(checkpoint[1])
    leaves[size - 1] = leaf_hash(bundle.seal)
    proofs = inclusion_proofs(leaves, size, parse_nodes(bundle.nodes))
    kept = tuple(part for part in bundle.streams if part.stream not in streams)
    indexes = {each.index for part in kept for each in part.entries} | {size - 1}
    known = parse_nodes(bundle.nodes)
    for leaf, proof in proofs.items():
        level = 0
        for single in proof:
            while ((leaf >> level) ^ 1) >= (size + (1 << level) - 1) >> level:
                level += 1
            known[level, (leaf >> level) ^ 1] = single
            level += 1
    nodes = {node: known[node] for node in nodes_needed(indexes, size)}
    return msgspec.structs.replace(bundle, streams=kept, nodes=render_nodes(nodes))


def a_history() -> tuple[Forger, str]:
    forger = a_forger()
    stream = forger.a_dossier("dossier.accepted")
    forger.seal()
    return forger, stream


def test_history_tells_all_acts_and_whose_keys_were_read() -> None:
    forger, stream = a_history()

    verified = verify(history(forger, stream))

    assert [act.action.kind.name for act in verified.acts] == [
        "dossier.submitted",
        "dossier.accepted",
    ]
    assert [act.entry_index for act in verified.acts] == [8, 9]
    assert forger.desk.officer.name in verified.key_names
    assert verified.checkpoint.checkpoint.tree_size == 11


@pytest.mark.parametrize(
    "stream", [LEDGER, f"key:{a_signing_key('officer').name}", "office:H27", "calendar:VN"]
)
def test_streams_of_every_type_have_histories(stream: str) -> None:
    forger, _ = a_history()

    assert len(verify(history(forger, stream)).acts) == 1


def test_stream_without_entries_is_proven_to_have_none() -> None:
    forger, _ = a_history()

    assert verify(history(forger, "dossier:" + "0e" * 16)).acts == ()


def test_opening_shows_the_private_part_that_was_committed_to() -> None:
    forger = a_forger()
    stream = forger.desk.new_stream()
    submitted = forger.desk.submitted(stream)
    forger.add(submitted)
    forger.seal()
    assert submitted.salt is not None
    assert submitted.details is not None
    opening = Opening(stream=stream, version=1, salt=submitted.salt, details=submitted.details)
    bundle = history(forger, stream)

    opened = verify(msgspec.structs.replace(bundle, openings=(opening,)))

    details = opened.acts[0].details
    assert isinstance(details, DossierSubmittedDetails)
    assert details.applicant_name == "Nguyễn Thị Minh Khai"
    for changes in ({"salt": bytes(32)}, {"version": 2}, {"stream": LEDGER}):
        wrong = msgspec.structs.replace(opening, **changes)
        with pytest.raises(DetailsMismatch):
            verify(msgspec.structs.replace(bundle, openings=(wrong,)))


def test_hidden_key_streams_are_missed() -> None:
    forger, stream = a_history()
    bundle = history(forger, stream)
    verify(without(bundle))

    for hidden in (f"key:{forger.desk.officer.name}", LEDGER, stream):
        with pytest.raises(HistoryIncomplete):
            verify(without(bundle, hidden))


def revoked(forger: Forger) -> SubmittedAction:
    officer = forger.desk.officer
    stream = f"key:{officer.name}"
    return forger.desk.drafter.sign(
        "key.revoked",
        stream,
        forger.place(stream),
        forger.desk.now(),
        KeyRevoked(reason=RevocationReason.COMPROMISED),
        [(Role.REGISTRAR, forger.desk.registrar)],
    )


def test_hidden_revocation_is_not_whole() -> None:
    forger = a_forger()
    stream = forger.desk.new_stream()
    forger.add(forger.desk.submitted(stream), revoked(forger))
    forger.add(forger.act("dossier.accepted", stream))
    forger.seal()
    bundle = history(forger, stream)

    with pytest.raises(SignerWithoutRight, match="revoked"):
        verify(bundle)

    key = f"key:{forger.desk.officer.name}"
    parts = tuple(
        msgspec.structs.replace(part, entries=part.entries[:1]) if part.stream == key else part
        for part in bundle.streams
    )
    with pytest.raises(ProofInvalid):
        verify(msgspec.structs.replace(bundle, streams=parts))


def test_what_was_signed_before_a_revocation_stands() -> None:
    forger, stream = a_history()
    forger.add(revoked(forger))
    forger.seal()

    assert len(verify(history(forger, stream)).acts) == 2


def _stranger(forger: Forger, stream: str) -> SubmittedAction:
    signers = [(Role.RECEIVER, a_signing_key("officer", 77))]
    return forger.act("dossier.accepted", stream, signers=signers)


def _role_not_held(forger: Forger, stream: str) -> SubmittedAction:
    return forger.act("dossier.accepted", stream, signers=[(Role.RECEIVER, forger.desk.catalogue)])


def _of_another_office(forger: Forger, stream: str) -> SubmittedAction:
    return forger.act("dossier.accepted", stream, office="H28")


def _another_applicant(forger: Forger, stream: str) -> SubmittedAction:
    signers = [(Role.APPLICANT, forger.desk.applicant_of(forger.a_dossier()))]
    return forger.act("dossier.withdrawal_requested", stream, signers=signers)


def _stripped(forger: Forger, stream: str) -> SubmittedAction:
    action = forger.act("dossier.accepted", stream)
    other = forger.act("dossier.accepted", stream, at=forger.desk.now())
    head, _, _ = action.note.rpartition(b"\n\n")
    _, _, lines = other.note.rpartition(b"\n\n")
    return with_note(action, head.replace(b'"H27"', b'"H26"') + b"\n\n" + lines)


def with_note(action: SubmittedAction, note: bytes) -> SubmittedAction:
    return SubmittedAction(note, action.salt, action.details, action.document)


@pytest.mark.parametrize(
    "cheat", [_stranger, _role_not_held, _of_another_office, _another_applicant, _stripped]
)
def test_signature_without_right_is_refused(
    cheat: Callable[[Forger, str], SubmittedAction],
) -> None:
    forger = a_forger()
    stream = forger.a_dossier()
    forger.add(cheat(forger, stream))
    forger.seal()

    with pytest.raises(SignerWithoutRight) as caught:
        verify(history(forger, stream))

    assert caught.value.entry_index == forger.size - 2


def test_key_that_was_enrolled_by_a_stranger_gives_no_right() -> None:
    forger = a_forger()
    officer, false_registrar = a_signing_key("officer", 50), a_signing_key("registrar", 50)
    grants = [Grant(Role.RECEIVER, OFFICE)]
    enrolment = forger.desk.drafter.register_key(
        false_registrar, officer, grants, forger.desk.now(), the_holder_of(officer)
    )
    stream = forger.a_dossier()
    forger.add(enrolment)
    forger.add(forger.act("dossier.accepted", stream, signers=[(Role.RECEIVER, officer)]))
    forger.seal()

    with pytest.raises(SignerWithoutRight):
        verify(history(forger, stream))


def test_version_that_is_left_out_breaks_the_chain() -> None:
    forger = a_forger()
    stream = forger.desk.new_stream()
    submitted = forger.desk.submitted(stream)
    accepted = forger.desk.act("dossier.accepted", stream, place_after(FIRST_PLACE, submitted.note))
    forger.add(accepted)
    forger.seal()

    with pytest.raises(HistoryBroken):
        verify(history(forger, stream))


def test_history_of_another_ledger_is_refused() -> None:
    forger, stream = a_history()
    data = render_history(history(forger, stream))
    other = a_signing_key("log")
    anchors = type(ANCHORS)(other.name, other.verification_key, ANCHORS.registrar)

    with pytest.raises(CheckpointNotSigned):
        verify_bundle(data, anchors)


def test_ledger_that_another_root_opened_is_refused() -> None:
    forger, stream = a_history()
    other = a_signing_key("registrar", 9).verification_key
    anchors = type(ANCHORS)(ANCHORS.origin, ANCHORS.log, other)

    with pytest.raises(SignerWithoutRight, match="other keys"):
        verify_bundle(render_history(history(forger, stream)), anchors)


def in_an_envelope(forger: Forger, stream: str, note: bytes, promise: bytes) -> HistoryBundle:
    """A history that shows a note as withheld, and an envelope in the log that opens to it."""
    salt = b"s" * 32
    event = StoredEvent(stream, 1, "any", note, forger.size, promise)
    forger.add(render_envelope(commitment_of(salt, note)))
    forger.seal()
    replayed = ReplayedIndex(forger.log(), forger.index)
    maker = HistoryMaker(replayed, forger.tiles, ANCHORS.log, replayed)
    return maker.veiled_history_of(stream, [event], lambda _note: salt)


@pytest.mark.parametrize("published_as", ["", None, "H27 received"])
def test_envelope_does_not_stand_for_an_act_on_a_dossier(published_as: str | None) -> None:
    """Found by a hostile reader: an open dossier was shown as veiled, and what was promised as a
    veil was found to be kept."""
    forger = a_forger()
    stream = forger.desk.new_stream()
    note = forger.desk.submitted(stream).note
    at = forger.sealed_at.replace(microsecond=0)
    promise = Promise(ORIGIN, leaf_hash(note), stream, 1, at, at, published_as)
    signed = sign_promise(promise, operator_keys().promise) if published_as != "" else b""

    with pytest.raises(OpeningMismatch, match="no veil"):
        verify(in_an_envelope(forger, stream, note, signed))


def test_nothing_but_a_dossier_is_shown_as_veiled() -> None:
    forger = a_forger()
    key = a_signing_key("applicant", 12)
    facts = FeedbackFiled(petitioner_key=render_vkey(key.verification_key))
    details = FeedbackFiledDetails(secret=encode_base64(bytes(32)), text="…")
    stream = forger.desk.new_stream("petition")
    filed = forger.act(
        "petition.feedback_filed",
        stream,
        facts=facts,
        details=details,
        signers=[(Role.APPLICANT, key)],
    )

    with pytest.raises(HistoryBroken, match="is no dossier"):
        verify(in_an_envelope(forger, stream, filed.note, b""))


FORGER, STREAM = a_history()
FILE = render_history(history(FORGER, STREAM))


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FILE) - 1))
    changed = bytearray(FILE)
    changed[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises((TransparencyError, LedgerError, DomainError)):
        verify_bundle(bytes(changed), ANCHORS)


def test_history_of_too_many_entries_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    forger, stream = a_history()
    monkeypatch.setattr(building, "MAX_HISTORY_ENTRIES", 3)

    with pytest.raises(HistoryTooLong):
        history(forger, stream)


def test_bundle_of_one_checkpoint_is_made_once() -> None:
    forger, stream = a_history()
    replayed: Any = ReplayedIndex(forger.log(), forger.index)
    maker = HistoryMaker(replayed, forger.tiles, ANCHORS.log, replayed)

    assert maker.history_of(stream) is maker.history_of(stream)
    assert parse_history(render_history(maker.history_of(stream))) == maker.history_of(stream)
