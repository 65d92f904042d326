"""Evidence about times and sizes: a late witness, or one that lagged, convicts nobody."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.histories.sealed_logs import STARTED_AT, SealedLog, a_sealed_log
from tests.unit.transparency.evidence.test_evidence import LOG_KEY, WITNESSES, read
from transparency.checkpoints import parse_checkpoint_text
from transparency.cosignatures import add_signature_lines, cosign, cosigner_key
from transparency.errors import (
    EvidenceInconclusive,
    EvidenceNeedsPolicy,
    MalformedEvidence,
    QuorumMissing,
)
from transparency.evidence.files import Evidence
from transparency.evidence.seals import judge_seal_time, judge_shrink
from transparency.notes import parse_note, render_vkey
from transparency.policies import Policy, parse_policy, quorum_seconds


def policy(quorum: int = 2) -> Policy:
    lines = [f"log {render_vkey(LOG_KEY)}"]
    lines += [f"witness w{i} {render_vkey(cosigner_key(w))}" for i, w in enumerate(WITNESSES)]
    lines += [f"group g {quorum} w0 w1 w2", "quorum g"]
    return parse_policy("".join(f"{line}\n" for line in lines).encode())


def cosigned(note: bytes, *moments: Any) -> bytes:
    text = parse_note(note).text
    lines = [
        cosign(text, witness, int(at.timestamp()))
        for witness, at in zip(WITNESSES, moments, strict=False)
    ]
    return add_signature_lines(note, lines)


def two_seals(log: SealedLog, first: int, second: int, kind: str = "seal_time") -> Evidence:
    pieces = {"first": log.receipt(first), "second": log.receipt(second)}
    return read(Evidence(kind, pieces))


def test_time_that_goes_back_is_proven_without_any_witness() -> None:
    log = SealedLog().add("a")
    first = log.seal()
    log.add("b")
    log.seal(previous=first, sealed_at=STARTED_AT - timedelta(days=3))

    found = judge_seal_time(two_seals(log, 1, 3), LOG_KEY, None)

    assert found.particulars["then"] == "2026-11-18T08:00:00.000Z"


def a_seal_that_was_cosigned(*gaps: int) -> Evidence:
    """A seal, and the next one, which embeds its checkpoint, cosigned so many seconds after it."""
    log = SealedLog().add("a")
    first = log.seal()
    moments = [log.sealed_at + timedelta(seconds=gap) for gap in gaps]
    log.add("b")
    log.seal(previous=cosigned(first, *moments))
    return two_seals(log, 1, 3)


@pytest.mark.parametrize("seconds", [0, 59, 61, 3 * 24 * 3600])
def test_operator_whose_witnesses_were_away_is_not_convicted(seconds: int) -> None:
    """Who fails closed waits for them: that they come late says nothing of the seal's time."""
    evidence = a_seal_that_was_cosigned(seconds, seconds, seconds)

    with pytest.raises(EvidenceInconclusive, match="late is no lie"):
        judge_seal_time(evidence, LOG_KEY, policy())


@pytest.mark.parametrize(
    ("gaps", "convicts"),
    [
        ((-300, -300), False),
        ((-301, -301), True),
        ((-7200, 5), False),
        ((-7200, -7000, 5), True),
        ((-7200, -7000), True),
    ],
    ids=[
        "clocks differ by as much as they may",
        "by a second more",
        "one of two that are needed has a clock that is behind",
        "two did, and a third came later",
        "two hours ahead",
    ],
)
def test_seal_from_the_future_is_proven_by_a_quorum_that_saw_it(
    gaps: tuple[int, ...], convicts: bool
) -> None:
    evidence = a_seal_that_was_cosigned(*gaps)

    with pytest.raises(EvidenceNeedsPolicy):
        judge_seal_time(evidence, LOG_KEY, None)
    if convicts:
        assert judge_seal_time(evidence, LOG_KEY, policy()).particulars["seal_index"] == "1"
    else:
        with pytest.raises(EvidenceInconclusive):
            judge_seal_time(evidence, LOG_KEY, policy())


def test_seal_from_the_future_needs_the_quorum_of_the_policy() -> None:
    evidence = a_seal_that_was_cosigned(-7200)

    with pytest.raises(QuorumMissing):
        judge_seal_time(evidence, LOG_KEY, policy())
    with pytest.raises(EvidenceInconclusive):
        judge_seal_time(evidence, LOG_KEY, parse_policy(b"quorum none\n"))


def test_seal_from_the_future_is_proven_by_a_later_checkpoint_that_holds_it() -> None:
    log = SealedLog().add("a")
    first = log.seal()
    log.add("b")
    second = log.seal(previous=first)
    log.add("c")
    two_hours_before = log.sealed_at - timedelta(hours=2)
    log.seal(previous=cosigned(second, two_hours_before, two_hours_before))

    assert judge_seal_time(two_seals(log, 1, 5), LOG_KEY, policy()).kind == "seal_time"


def test_checkpoint_without_the_seal_says_nothing_of_its_time() -> None:
    log = SealedLog().add("a")
    first = log.seal()
    log.add("b")
    log.seal(previous=first)
    long_ago = log.sealed_at - timedelta(hours=2)
    log.add("c")
    log.seal(previous=cosigned(first, long_ago, long_ago))

    with pytest.raises(EvidenceInconclusive, match="not in the checkpoint"):
        judge_seal_time(two_seals(log, 3, 5), LOG_KEY, policy())
    with pytest.raises(MalformedEvidence):
        judge_seal_time(two_seals(log, 5, 3), LOG_KEY, None)


def test_smaller_checkpoint_embedded_later_is_a_shrink() -> None:
    log = SealedLog().add("a")
    first = log.seal()
    log.add("b")
    second = log.seal(previous=first)
    log.add("c")
    log.seal(previous=second)
    log.add("d")
    log.seal(previous=first)

    found = judge_shrink(two_seals(log, 5, 7, "shrink"), LOG_KEY)

    assert found.particulars == {"first_size": "4", "second_size": "2"}
    with pytest.raises(EvidenceInconclusive):
        judge_shrink(two_seals(log, 3, 5, "shrink"), LOG_KEY)


def test_smaller_checkpoint_cosigned_later_convicts_nobody() -> None:
    """A witness that lagged cosigned the honest smaller one an hour after the larger one."""
    log = SealedLog().add("a")
    small = log.seal()
    log.add("b")
    large = cosigned(log.seal(previous=small), STARTED_AT, STARTED_AT)
    later = STARTED_AT + timedelta(hours=1)
    lagged = cosigned(small, later, later, later)

    for first, second in ((large, lagged), (log.receipt(1), lagged), (large, log.receipt(1))):
        evidence = read(Evidence("shrink", {"first": first, "second": second}))
        with pytest.raises(EvidenceInconclusive, match="a witness lagged") as caught:
            judge_shrink(evidence, LOG_KEY)
        assert caught.value.code == "evidence_inconclusive"


def test_quorum_has_cosigned_when_the_last_of_those_needed_did() -> None:
    note = a_sealed_log().checkpoint()
    moments = [STARTED_AT + timedelta(minutes=each) for each in (9, 1, 5)]
    witnessed = cosigned(note, *moments)

    found = [quorum_seconds(policy(count), witnessed) for count in (1, 2, 3)]

    assert found == [int(moments[each].timestamp()) for each in (1, 2, 0)]
    assert quorum_seconds(parse_policy(b"quorum none\n"), note) is None
    assert parse_checkpoint_text(parse_note(note).text).tree_size == 9
