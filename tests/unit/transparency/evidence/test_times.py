"""Evidence about times and sizes: a late witness, or one that lagged, convicts nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
    MalformedReceipt,
    MalformedSeal,
    QuorumMissing,
)
from transparency.evidence.files import Evidence, Misbehaviour
from transparency.evidence.seals import judge_shrink
from transparency.evidence.times import judge_seal_time
from transparency.notes import parse_note, render_vkey
from transparency.policies import Policy, parse_policy, quorum_seconds
from transparency.receipts import parse_receipt, render_receipt


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


FOUNDED_AT = STARTED_AT - timedelta(days=300)


def founded_at(entry: bytes) -> datetime | None:
    """When such a log was founded, by its first entry."""
    return FOUNDED_AT if entry == b"a" else None


def judged(evidence: Evidence, by: Policy | None = None) -> Misbehaviour:
    return judge_seal_time(evidence, LOG_KEY, by, founded_at)


def with_opening(evidence: Evidence, opening: bytes) -> Evidence:
    return read(Evidence(evidence.kind, {**evidence.pieces, "opening": opening}))


def test_time_that_goes_back_is_proven_without_any_witness() -> None:
    log = SealedLog().add("a")
    first = log.seal()
    log.add("b")
    log.seal(previous=first, sealed_at=STARTED_AT - timedelta(days=3))

    found = judged(two_seals(log, 1, 3))

    assert found.particulars["then"] == "2026-11-18T08:00:00.000Z"


def a_seal_that_was_cosigned(*gaps: int) -> Evidence:
    """A seal, and the next one, which embeds its checkpoint, cosigned so many seconds after it."""
    log = SealedLog().add("a")
    first = log.seal()
    moments = [log.sealed_at + timedelta(seconds=gap) for gap in gaps]
    log.add("b")
    log.seal(previous=cosigned(first, *moments))
    return with_opening(two_seals(log, 1, 3), log.receipt(0))


@pytest.mark.parametrize("seconds", [0, 59, 61, 3 * 24 * 3600])
def test_operator_whose_witnesses_were_away_is_not_convicted(seconds: int) -> None:
    """Who fails closed waits for them: that they come late says nothing of the seal's time."""
    evidence = a_seal_that_was_cosigned(seconds, seconds, seconds)

    with pytest.raises(EvidenceInconclusive, match="late is no lie"):
        judged(evidence, policy())


@pytest.mark.parametrize(
    ("gaps", "convicts"),
    [
        ((-300, -300), False),
        ((-301, -301), True),
        ((-7200, 5), False),
        ((-7200, -7000, 5), False),
        ((-7200, -7000, -299), False),
        ((-7200, -7000, -301), True),
        ((-7200, -7000), True),
    ],
    ids=[
        "clocks differ by as much as they may",
        "by a second more",
        "one of two that are needed has a clock that is behind",
        "two have, and a third, which nobody needs, has not",
        "nor is it behind by as much as counts",
        "all three saw it before",
        "two hours ahead",
    ],
)
def test_seal_from_the_future_is_proven_if_all_witnesses_saw_it_before(
    gaps: tuple[int, ...], convicts: bool
) -> None:
    evidence = a_seal_that_was_cosigned(*gaps)

    with pytest.raises(EvidenceNeedsPolicy):
        judged(evidence)
    if convicts:
        assert judged(evidence, policy()).particulars["seal_index"] == "1"
    else:
        with pytest.raises(EvidenceInconclusive, match="late is no lie"):
            judged(evidence, policy())


@pytest.mark.parametrize("gaps", [(-301, 5, 5), (-7200,), (-7200, 5)])
def test_one_witness_whose_clock_is_wrong_convicts_nobody(gaps: tuple[int, ...]) -> None:
    """Found by a hostile reader: by a quorum of one its clock alone was enough."""
    evidence = a_seal_that_was_cosigned(*gaps)

    with pytest.raises(EvidenceInconclusive):
        judged(evidence, policy(1))


def test_policy_of_one_witness_convicts_no_seal_of_being_from_the_future() -> None:
    alone = f"witness w {render_vkey(cosigner_key(WITNESSES[0]))}\nquorum w\n"

    with pytest.raises(EvidenceInconclusive, match="one witness alone"):
        judged(a_seal_that_was_cosigned(-7200, -7200, -7200), parse_policy(alone.encode()))


@pytest.mark.parametrize("unset", [datetime(1970, 1, 1, 0, 1, tzinfo=UTC), FOUNDED_AT])
def test_witnesses_whose_clocks_were_never_set_convict_nobody(unset: datetime) -> None:
    """They name a moment before the ledger was founded."""
    before = int((unset - STARTED_AT - timedelta(minutes=1, seconds=1)).total_seconds())

    with pytest.raises(EvidenceInconclusive, match="not set"):
        judged(a_seal_that_was_cosigned(-7200, before, before), policy())
    assert judged(a_seal_that_was_cosigned(-7200, -7200), policy()).kind == "seal_time"


def test_seal_from_the_future_needs_the_receipt_of_the_ledgers_opening() -> None:
    log = SealedLog().add("a")
    first = log.seal()
    two_hours_before = log.sealed_at - timedelta(hours=2)
    log.add("b")
    second = cosigned(first, two_hours_before, two_hours_before)
    other = log.receipt(1)
    log.seal(previous=second)
    evidence = two_seals(log, 1, 3)

    with pytest.raises(EvidenceInconclusive, match="`opening` is missing"):
        judged(evidence, policy())
    with pytest.raises(MalformedEvidence, match="entry 0"):
        judged(with_opening(evidence, log.receipt(1)), policy())
    with pytest.raises(MalformedReceipt):
        judged(with_opening(evidence, other), policy())
    with pytest.raises(EvidenceInconclusive, match="does not say"):
        judge_seal_time(
            with_opening(evidence, log.receipt(0)), LOG_KEY, policy(), lambda _entry: None
        )


def refreshed_later() -> tuple[Evidence, Evidence]:
    """A seal two hours ahead: by its embedded checkpoint, and by the one that somebody kept."""
    log = SealedLog().add("a")
    first = log.seal()
    at = log.sealed_at
    early = cosigned(first, *[at - timedelta(hours=2)] * 3)
    kept = {name: receipt_under(log, place, early) for name, place in (("seal", 1), ("opening", 0))}
    log.add("b")
    log.seal(previous=cosigned(first, *[at + timedelta(seconds=5)] * 3))
    embedded = with_opening(two_seals(log, 1, 3), log.receipt(0))
    return embedded, read(Evidence("seal_time", kept))


def receipt_under(log: SealedLog, entry_index: int, note: bytes) -> bytes:
    receipt = parse_receipt(log.receipt(entry_index))
    return render_receipt(replace(receipt, checkpoint_note=note))


def test_seal_from_the_future_does_not_escape_with_refreshed_cosignatures() -> None:
    """Found by a hostile reader: the operator asks again when the time has come."""
    embedded, kept = refreshed_later()

    with pytest.raises(EvidenceInconclusive, match="late is no lie"):
        judged(embedded, policy())
    found = judged(kept, policy())

    assert found.particulars == {
        "seal_index": "1",
        "sealed_at": "2026-11-21T08:01:00.000Z",
        "then": "2026-11-21T06:01:00.000Z",
    }
    with pytest.raises(EvidenceNeedsPolicy):
        judged(kept)
    with pytest.raises(MalformedEvidence):
        judged(Evidence("seal_time", {"seal": kept.pieces["seal"]}), policy())
    with pytest.raises(MalformedSeal):
        judged(
            read(Evidence("seal_time", dict.fromkeys(kept.pieces, kept.pieces["opening"]))),
            policy(),
        )


def test_seal_from_the_future_needs_the_quorum_of_the_policy() -> None:
    evidence = a_seal_that_was_cosigned(-7200)

    with pytest.raises(QuorumMissing):
        judged(evidence, policy())
    with pytest.raises(EvidenceInconclusive, match="asks for no witness"):
        judged(evidence, parse_policy(b"quorum none\n"))


def test_seal_from_the_future_is_proven_by_a_later_checkpoint_that_holds_it() -> None:
    log = SealedLog().add("a")
    first = log.seal()
    log.add("b")
    second = log.seal(previous=first)
    log.add("c")
    two_hours_before = log.sealed_at - timedelta(hours=2)
    log.seal(previous=cosigned(second, two_hours_before, two_hours_before))

    evidence = with_opening(two_seals(log, 1, 5), log.receipt(0))
    assert judged(evidence, policy()).kind == "seal_time"


def test_checkpoint_without_the_seal_says_nothing_of_its_time() -> None:
    log = SealedLog().add("a")
    first = log.seal()
    log.add("b")
    log.seal(previous=first)
    long_ago = log.sealed_at - timedelta(hours=2)
    log.add("c")
    log.seal(previous=cosigned(first, long_ago, long_ago))

    with pytest.raises(EvidenceInconclusive, match="not in the checkpoint"):
        judged(two_seals(log, 3, 5), policy())
    with pytest.raises(MalformedEvidence):
        judged(two_seals(log, 5, 3))


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
