"""Evidence convicts whoever signed what cannot be true, and nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.histories.sealed_logs import (
    SealedLog,
    a_sealed_log,
    key_of,
    stream_of,
)
from tests.support.transparency_builders import WrittenLog, a_key, some_entries
from transparency.errors import (
    CheckpointNotSigned,
    EvidenceInconclusive,
    EvidenceNeedsLog,
    MalformedEvidence,
    MalformedReceipt,
    ProofInvalid,
    TransparencyError,
)
from transparency.evidence.checkpoints import FORK, judge_fork, make_fork
from transparency.evidence.files import Evidence, Misbehaviour, parse_evidence, render_evidence
from transparency.evidence.seals import (
    judge_omitted_entry,
    judge_unsealed,
    judge_wrong_index_root,
    make_omitted_entry,
)
from transparency.index import StreamIndex
from transparency.tile_store import MemoryTileStore
from transparency.trusted_log import TrustedLog

KEY = a_key()
LOG_KEY = KEY.verification_key
WITNESSES = [a_key(f"w{number}.org", 10 + number) for number in range(3)]


def read_as_log(log: SealedLog) -> TrustedLog:
    written = WrittenLog(MemoryTileStore(), KEY)
    written.publish(log.entries)
    return TrustedLog(written.store, written.signed_checkpoint())


def read(evidence: Evidence) -> Evidence:
    """What comes out of the file of evidence."""
    return parse_evidence(render_evidence(evidence))


def test_two_roots_of_one_size_are_a_fork() -> None:
    first, second = (SealedLog().add("a one", text).checkpoint() for text in ("b", "c"))

    found = judge_fork(read(make_fork(first, second)), LOG_KEY)

    assert found == Misbehaviour(FORK, KEY.name, {"first_size": "2", "second_size": "2"})


def test_larger_log_with_another_beginning_is_a_fork() -> None:
    entries = some_entries(300)
    log = WrittenLog(MemoryTileStore(), KEY)
    log.publish(entries)
    other = WrittenLog(MemoryTileStore(), KEY)
    other.publish([*entries[:99], b"rewritten"])
    trusted = TrustedLog(log.store, log.signed_checkpoint())

    evidence = make_fork(other.signed_checkpoint().note, log.signed_checkpoint().note, trusted)

    assert judge_fork(read(evidence), LOG_KEY).particulars["first_size"] == "100"


def test_log_that_grows_is_no_fork() -> None:
    log = WrittenLog(MemoryTileStore(), KEY)
    older = log.publish(some_entries(70)).note
    log.publish([b"more"])
    trusted = TrustedLog(log.store, log.signed_checkpoint())

    for evidence in (
        make_fork(older, trusted.signed_checkpoint.note, trusted),
        make_fork(older, older),
    ):
        with pytest.raises(EvidenceInconclusive):
            judge_fork(evidence, LOG_KEY)


def test_fork_of_two_sizes_needs_its_proof() -> None:
    log = WrittenLog(MemoryTileStore(), KEY)
    older = log.publish(some_entries(7)).note
    newer = log.publish([b"more"]).note
    pieces = {"first": older, "second": newer}

    with pytest.raises(MalformedEvidence):
        judge_fork(Evidence(FORK, pieces), LOG_KEY)
    with pytest.raises(ProofInvalid):
        judge_fork(Evidence(FORK, pieces | {"root": bytes(32), "proof": bytes(64)}), LOG_KEY)


def test_checkpoint_by_somebody_else_convicts_nobody() -> None:
    other = SealedLog(a_key(KEY.name, 9)).add("x").checkpoint()

    with pytest.raises(CheckpointNotSigned):
        judge_fork(make_fork(SealedLog().add("a").checkpoint(), other), LOG_KEY)


def an_omission(**changes: bytes) -> Evidence:
    log = SealedLog().add("a one", "b one", "a two")
    log.seal(without=2)
    positions, proof = log.shown("a", without=2)
    pieces = {
        "seal": log.receipt(3),
        "entry": log.receipt(2),
        "stream": b"a",
        "positions": positions,
        "index_proof": proof,
    }
    return Evidence("omitted_entry", pieces | changes)


def judge_omission(evidence: Evidence) -> Misbehaviour:
    return judge_omitted_entry(read(evidence), LOG_KEY, stream_of, key_of)


def test_index_that_lacks_an_entry_is_proven_wrong_by_a_few_kilobytes() -> None:
    evidence = an_omission()

    assert judge_omission(evidence).particulars == {
        "entry_index": "2",
        "seal_index": "3",
        "stream": "a",
    }
    assert len(render_evidence(evidence)) < 4096


def test_stream_that_the_index_does_not_know_at_all_is_proven_too() -> None:
    log = SealedLog().add("a one", "b one")
    log.seal(without=1)
    positions, proof = log.shown("b", without=1)
    pieces = {
        "seal": log.receipt(2),
        "entry": log.receipt(1),
        "stream": b"b",
        "positions": positions,
        "index_proof": proof,
    }

    assert positions == b""
    assert judge_omission(Evidence("omitted_entry", pieces)).particulars["entry_index"] == "1"


def test_honest_index_is_not_convicted() -> None:
    log = a_sealed_log()
    positions, proof = log.shown("a")
    pieces = {"seal": log.receipt(8), "stream": b"a", "positions": positions, "index_proof": proof}

    for entry_index in (6, 1, 8):
        evidence = Evidence("omitted_entry", pieces | {"entry": log.receipt(entry_index)})
        with pytest.raises(EvidenceInconclusive):
            judge_omission(evidence)


def test_receipts_must_be_of_one_checkpoint() -> None:
    log = SealedLog().add("a one", "b one", "a two")
    log.seal(without=2)
    log.add("c")

    with pytest.raises(MalformedReceipt):
        judge_omission(an_omission(entry=log.receipt(2)))


@given(st.data())
def test_any_changed_byte_of_a_piece_convicts_nobody(data: st.DataObject) -> None:
    evidence = an_omission()
    name = data.draw(st.sampled_from(sorted(evidence.pieces)))
    piece = bytearray(evidence.pieces[name])
    piece[data.draw(st.integers(0, len(piece) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(TransparencyError):
        judge_omission(Evidence(evidence.kind, {**evidence.pieces, name: bytes(piece)}))


def test_positions_of_another_form_are_refused() -> None:
    with pytest.raises(MalformedEvidence, match="eight bytes"):
        judge_omission(an_omission(positions=bytes(7)))


def test_evidence_of_an_omission_is_made_from_a_log() -> None:
    log = SealedLog().add("a one", "b one", "a two")
    log.seal(without=2)
    positions = (0,)
    proof = log_index(log, without=2).prove(key_of("a"))

    evidence = make_omitted_entry(read_as_log(log), 3, 2, "a", (positions, proof))

    assert evidence == an_omission()


def log_index(log: SealedLog, *, without: int) -> StreamIndex:
    below = SealedLog(log.key)
    below.entries = log.entries[:-1]
    return below.index(without=without)


def test_wrong_root_is_proven_by_replay() -> None:
    log = SealedLog().add("a one", "b one")
    log.seal(index_root_hash=bytes(32))
    evidence = read(Evidence("wrong_index_root", {"seal": log.receipt(2)}))

    with pytest.raises(EvidenceNeedsLog):
        judge_wrong_index_root(evidence, LOG_KEY, [stream_of], key_of, None)
    found = judge_wrong_index_root(evidence, LOG_KEY, [stream_of], key_of, read_as_log(log))

    assert found.particulars == {"seal_index": "2"}


def test_right_root_is_not_convicted_by_replay() -> None:
    log = a_sealed_log()
    evidence = Evidence("wrong_index_root", {"seal": log.receipt(8)})

    with pytest.raises(EvidenceInconclusive):
        judge_wrong_index_root(evidence, LOG_KEY, [stream_of], key_of, read_as_log(log))


@pytest.mark.parametrize("covers", [None, 1], ids=["no seal", "a seal over less"])
def test_checkpoint_without_its_seal_is_proven(covers: int | None) -> None:
    log = SealedLog().add("a one", "b one")
    if covers is not None:
        log.seal(covers=covers)
    last = len(log.entries) - 1

    found = judge_unsealed(read(Evidence("unsealed", {"last": log.receipt(last)})), LOG_KEY)

    assert found.particulars == {"entry_index": str(last)}


def test_sealed_checkpoint_and_an_entry_before_the_last_convict_nobody() -> None:
    log = a_sealed_log()

    for entry_index in (8, 7):
        evidence = Evidence("unsealed", {"last": log.receipt(entry_index)})
        with pytest.raises(EvidenceInconclusive):
            judge_unsealed(evidence, LOG_KEY)


@given(st.binary(max_size=200))
def test_parser_raises_its_one_error_on_any_bytes(data: bytes) -> None:
    with pytest.raises(MalformedEvidence):
        parse_evidence(data)


@pytest.mark.parametrize(
    "changed",
    [(b"fork", b"f\\u006frk"), (b"@v1", b"@v2"), (b"{", b"{ "), (b'"pieces"', b'"peaces"')],
    ids=["escape", "version", "space", "name"],
)
def test_there_is_one_spelling(changed: tuple[bytes, bytes]) -> None:
    data = render_evidence(Evidence("fork", {"first": b"1"}))

    with pytest.raises(MalformedEvidence):
        parse_evidence(data.replace(*changed, 1))


def test_piece_too_few_and_one_too_many_are_refused() -> None:
    for pieces in ({}, {"last": b"", "more": b""}):
        with pytest.raises(MalformedEvidence):
            judge_unsealed(Evidence("unsealed", pieces), LOG_KEY)
