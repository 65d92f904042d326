"""Evidence about entries: it convicts what a log did wrong, and never an honest one."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.facts.tallies import TallyPublished, TallySubject
from domain.roles import Role
from domain.tallies import Tally
from ledger.action_notes import SubmittedAction
from ledger.bodies import canonical_json
from ledger.drafting import FIRST_PLACE
from ledger.errors import HistoryIncomplete
from ledger.evidence.charges import (
    BROKEN_PROMISE,
    FOREIGN_ENTRY,
    NO_RIGHT,
    TALLY,
)
from ledger.evidence.judging import (
    JUDGES,
    JudgedBy,
    judge,
    judge_file,
    stream_of,
)
from ledger.evidence.making import EvidenceSources, file_name, make_evidence
from ledger.writing.envelopes import render_envelope
from ledger.writing.public_log import index_key
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import ORIGIN, a_signing_key, operator_keys
from tests.unit.ledger.histories.test_verifying import LEDGER, a_history, history, without
from transparency.errors import (
    EvidenceInconclusive,
    EvidenceNeedsLog,
    MalformedEvidence,
    SignatureInvalid,
)
from transparency.evidence.files import Evidence, Misbehaviour, render_evidence
from transparency.evidence.seals import make_receipt
from transparency.hashing import leaf_hash
from transparency.histories.bundles import render_history
from transparency.index import StreamIndex
from transparency.promises import Promise, sign_promise

ANCHORS = operator_keys().anchors
MONTH = "2026-02"


def made_of(forger: Forger) -> list[Evidence]:
    """The evidence that is made of what an audit of the forger's log finds."""
    by = JudgedBy(ANCHORS, log=forger.log())
    sources = EvidenceSources(forger.log(), forger.tiles, forger.documents, by)
    return list(make_evidence(forger.audit().problems, sources))


def found_in(forger: Forger) -> list[Misbehaviour]:
    """What files of evidence convict the forger's log of, by two anchors and its log."""
    by = JudgedBy(ANCHORS, log=forger.log())
    return [judge_file(render_evidence(one), by) for one in made_of(forger)]


def lacking(forger: Forger, *left_out: int) -> bytes:
    """The root of an index that leaves entries out."""
    index = StreamIndex()
    for entry_index, entry in enumerate([*forger.written.entries, *forger.pending]):
        stream = stream_of(entry, ORIGIN)
        if stream is not None and entry_index not in left_out:
            index.append(index_key(stream), entry_index)
    return index.root_hash()


def omits_the_newest(forger: Forger) -> None:
    forger.a_dossier("dossier.accepted")
    forger.seal(index_root_hash=lacking(forger, forger.size - 1))


def _omits_a_whole_dossier(forger: Forger) -> None:
    forger.a_dossier()
    forger.seal(index_root_hash=lacking(forger, forger.size - 1))


def _has_a_root_of_nothing(forger: Forger) -> None:
    forger.a_dossier()
    forger.seal(index_root_hash=bytes(32))


def _publishes_without_seal(forger: Forger) -> None:
    forger.a_dossier()
    forger.publish()


def _seals_less_than_all(forger: Forger) -> None:
    forger.a_dossier()
    forger.seal(covers=3)


def dates_a_seal_back_over_a_weekend(forger: Forger) -> None:
    forger.a_dossier()
    forger.seal(sealed_at=forger.sealed_at - timedelta(days=3))


def _goes_back_to_an_older_copy(forger: Forger) -> None:
    older = forger.written.signed_checkpoint().note
    for _ in range(2):
        forger.a_dossier()
        forger.seal()
    forger.a_dossier()
    forger.seal(previous_checkpoint=older)


def _lets_a_stranger_accept(forger: Forger) -> None:
    stream = forger.a_dossier()
    signers = [(Role.RECEIVER, forger.desk.catalogue)]
    forger.add(forger.act("dossier.accepted", stream, signers=signers))
    forger.seal()


def _takes_a_false_signature(forger: Forger) -> None:
    stream = forger.a_dossier()
    note = forger.act("dossier.accepted", stream).note
    other = forger.act("dossier.accepted", stream, office="H28").note
    forger.add(note.rpartition(b"\n\n")[0] + b"\n\n" + other.rpartition(b"\n\n")[2])
    forger.seal()


def a_tally(forger: Forger, **numbers: int) -> SubmittedAction:
    document = canonical_json(Tally(subject=TallySubject.RATINGS, month=MONTH))
    forger.documents.store(document)
    counts = {"envelopes": 0, "counted": 0, "withheld": 0} | numbers
    facts = TallyPublished(
        subject=TallySubject.RATINGS, document=hashlib.sha256(document).hexdigest(), **counts
    )
    signers = [(Role.SYSTEM, operator_keys().system)]
    return forger.desk.act(
        "tally.published", f"tally:{MONTH}", FIRST_PLACE, facts, signers=signers, office=None
    )


def _takes_in_what_nobody_can_read(forger: Forger) -> None:
    forger.add(b"dossier-ledger/action@v1\n{}\n\n")
    forger.seal()


def _counts_what_is_not_there(forger: Forger) -> None:
    forger.add(render_envelope(bytes(32)), a_tally(forger, envelopes=5, withheld=5))
    forger.seal()


@pytest.mark.parametrize(
    ("cheat", "charges"),
    [
        (omits_the_newest, {"omitted_entry"}),
        (_omits_a_whole_dossier, {"omitted_entry"}),
        (_has_a_root_of_nothing, {"wrong_index_root"}),
        (_publishes_without_seal, {"unsealed"}),
        (_seals_less_than_all, {"unsealed"}),
        (dates_a_seal_back_over_a_weekend, {"seal_time"}),
        (_goes_back_to_an_older_copy, {"shrink"}),
        (_lets_a_stranger_accept, {"no_right"}),
        (_takes_a_false_signature, {"no_right"}),
        (_takes_in_what_nobody_can_read, {"foreign_entry"}),
        (_counts_what_is_not_there, {"tally"}),
    ],
)
def test_what_the_audit_finds_becomes_evidence(
    cheat: Callable[[Forger], None], charges: set[str]
) -> None:
    forger = a_forger()
    cheat(forger)

    assert {each.kind for each in found_in(forger)} == charges


def test_honest_log_gives_no_evidence() -> None:
    forger = a_forger()
    forger.a_dossier("dossier.accepted")
    forger.add(a_tally(forger))
    forger.seal()

    assert found_in(forger) == []


def a_promise(forger: Forger, note: bytes, stream: str, **changes: Any) -> bytes:
    at = forger.sealed_at.replace(microsecond=0)
    promise = Promise(ORIGIN, leaf_hash(note), stream, 1, at, at + timedelta(hours=1), **changes)
    return sign_promise(promise, operator_keys().promise)


def promised(forger: Forger, promise: bytes, stream: str) -> Evidence:
    pieces = {"promise": promise, "history": render_history(history(forger, stream))}
    return Evidence(BROKEN_PROMISE, pieces)


def test_promise_whose_entry_never_came_is_broken() -> None:
    forger = a_forger()
    stream = forger.desk.new_stream()
    promise = a_promise(forger, forger.desk.submitted(stream).note, stream)
    forger.clock.pass_time(hours=1, seconds=5)
    forger.a_dossier()
    forger.seal()

    found = judge(promised(forger, promise, stream), JudgedBy(ANCHORS))

    assert found.particulars["stream"] == stream


def test_kept_promise_and_one_that_still_runs_convict_nobody() -> None:
    forger = a_forger()
    stream, missing = forger.desk.new_stream(), forger.desk.new_stream()
    submitted = forger.desk.submitted(stream)
    kept = a_promise(forger, submitted.note, stream)
    running = a_promise(forger, b"never", missing)
    veiled = a_promise(forger, b"never", missing, published_as="H27 step")
    rating = a_promise(forger, b"never", "rating:" + "1" * 32)
    forger.add(submitted)
    forger.seal()
    still_running = promised(forger, running, missing)
    forger.clock.pass_time(hours=2)
    forger.a_dossier()
    forger.seal()

    for evidence in (
        still_running,
        promised(forger, kept, stream),
        promised(forger, veiled, missing),
        promised(forger, rating, "rating:" + "1" * 32),
        promised(forger, running, stream),
    ):
        with pytest.raises(EvidenceInconclusive):
            judge(evidence, JudgedBy(ANCHORS))


def test_promise_by_another_key_convicts_nobody() -> None:
    forger = a_forger()
    stream = forger.desk.new_stream()
    at = forger.sealed_at - timedelta(days=1)
    promise = Promise(ORIGIN, bytes(32), stream, 1, at, at)
    note = sign_promise(promise, a_signing_key("promise", 3))

    with pytest.raises(SignatureInvalid):
        judge(promised(forger, note, stream), JudgedBy(ANCHORS))


def test_sound_history_convicts_nobody() -> None:
    forger = a_forger()
    stream = forger.a_dossier("dossier.accepted")
    forger.seal()
    evidence = Evidence(NO_RIGHT, {"history": render_history(history(forger, stream))})

    with pytest.raises(EvidenceInconclusive):
        judge(evidence, JudgedBy(ANCHORS))


def test_tally_is_judged_by_itself_first_and_then_by_the_log() -> None:
    forger = a_forger()
    action = a_tally(forger, envelopes=1, withheld=1)
    more = a_tally(forger, envelopes=0, withheld=2)
    forger.add(render_envelope(bytes(32)), action, more)
    forger.seal()
    assert action.document is None
    document = canonical_json(Tally(subject=TallySubject.RATINGS, month=MONTH))
    right, wrong = (
        Evidence(TALLY, {"tally": make_receipt(forger.log(), at), "document": document})
        for at in (9, 10)
    )

    with pytest.raises(EvidenceNeedsLog):
        judge(right, JudgedBy(ANCHORS))
    with pytest.raises(EvidenceInconclusive):
        judge(right, JudgedBy(ANCHORS, log=forger.log()))
    assert "more than" in judge(wrong, JudgedBy(ANCHORS)).particulars["reason"]
    for pieces in ({"document": b"{}"}, {"tally": make_receipt(forger.log(), 8)}):
        with pytest.raises(MalformedEvidence):
            judge(Evidence(TALLY, {**right.pieces, **pieces}), JudgedBy(ANCHORS))


def test_entry_of_this_ledger_and_one_of_another_type_are_not_foreign() -> None:
    forger = a_forger()
    forger.add(render_envelope(bytes(32)))
    forger.seal()

    for at in (0, 7, 8):
        with pytest.raises(EvidenceInconclusive):
            judge(
                Evidence(FOREIGN_ENTRY, {"entry": make_receipt(forger.log(), at)}),
                JudgedBy(ANCHORS),
            )


def test_unknown_charge_is_refused() -> None:
    with pytest.raises(MalformedEvidence):
        judge(Evidence("sorcery", {}), JudgedBy(ANCHORS))


def test_files_are_named_by_charge_and_content() -> None:
    names = [file_name(Evidence("fork", {"first": piece})) for piece in (b"1", b"2")]

    assert names[0] != names[1]
    assert all(name.startswith("fork-") and name.endswith(".evidence.json") for name in names)
    assert len(JUDGES) == 11


def test_history_without_the_ledgers_own_stream_convicts_nobody_of_acting_without_right() -> None:
    """Whoever left the root's stream out could convict an honest operator by the anchors alone."""
    forger, stream = a_history()
    bundle = without(history(forger, stream), LEDGER)
    file = render_evidence(Evidence("no_right", {"history": render_history(bundle)}))

    with pytest.raises(HistoryIncomplete):
        judge_file(file, JudgedBy(ANCHORS))
