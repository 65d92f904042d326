"""An auditor with a policy holds each seal's time against the witnesses' clocks."""

from datetime import timedelta

import pytest

from ledger.auditing import (
    SEAL_DATED_AHEAD,
    SEAL_WITNESSED_LATE,
    AuditReport,
    HowToAudit,
    WitnessRule,
    audit_log,
)
from ledger.auditing.teams import ShardsHere
from ledger.evidence.judging import JudgedBy, judge
from ledger.evidence.making import EvidenceSources, make_evidence
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import operator_keys
from tests.support.witnesses.simulated import SimulatedWitness, a_policy
from transparency.checkpoints import open_checkpoint
from transparency.cosignatures import add_signature_lines, cosign
from transparency.notes import parse_note
from transparency.seals import parse_seal
from transparency.trusted_log import TrustedLog

WITNESSES = [SimulatedWitness("w1"), SimulatedWitness("w2"), SimulatedWitness("w3")]


def _cosigned(forger: Forger, *gaps: float) -> bytes:
    """The published checkpoint, cosigned so many seconds after its seal by each witness in turn."""
    note = forger.written.signed_checkpoint().note
    sealed_at = parse_seal(forger.written.entries[-1]).sealed_at
    text = parse_note(note).text
    lines = [
        cosign(text, witness.key, int(sealed_at.timestamp() + gap))
        for witness, gap in zip(WITNESSES, gaps, strict=False)
    ]
    return add_signature_lines(note, lines)


def _shown(forger: Forger, note: bytes | None) -> TrustedLog:
    """The published log, under its checkpoint with the lines of `note` if given."""
    if note is None:
        return forger.log()
    return TrustedLog(forger.tiles, open_checkpoint(note, operator_keys().anchors.logs))


def _audit(
    forger: Forger, *, compares_times: bool = True, note: bytes | None = None
) -> AuditReport:
    rule = WitnessRule(a_policy(WITNESSES, 2), compares_times)
    now = forger.desk.clock.now + timedelta(days=30)
    reports = []
    for shards in (1, 3):
        how = HowToAudit(shards, set_up=ShardsHere, witnesses=rule)
        *_, report = audit_log(
            _shown(forger, note), operator_keys().anchors, forger.documents, now=now, how=how
        )
        reports.append(report)
    assert reports[0] == reports[1]
    return reports[0]


def _problems(
    forger: Forger, *, compares_times: bool = True
) -> tuple[list[tuple[str, int | None]], int]:
    report = _audit(forger, compares_times=compares_times)
    return [(problem.code, problem.entry_index) for problem in report.problems], report.witnessed


def _charges(forger: Forger, note: bytes | None = None) -> list[str]:
    """What the files convict of that are made of what an audit by the policy found."""
    by = JudgedBy(operator_keys().anchors, a_policy(WITNESSES, 2))
    sources = EvidenceSources(_shown(forger, note), forger.tiles, forger.documents, by)
    found = _audit(forger, note=note).problems
    return [judge(each, by).kind for each in make_evidence(found, sources)]


@pytest.mark.parametrize(
    ("gaps", "is_late", "witnessed"),
    [
        ((1, 2, 3), False, 1),
        ((60, 60, 60), False, 1),
        ((1, 62, 4000), True, 1),
        ((4000, 1, 2), False, 1),
        ((-30, -20, 1), False, 1),
        ((2,), False, 0),
        ((), False, 0),
    ],
    ids=[
        "at once",
        "on the minute",
        "the second of two that are needed is late",
        "one that is not needed is late",
        "clocks that are behind",
        "no quorum",
        "nobody",
    ],
)
def test_seal_that_witnesses_saw_over_a_minute_later_is_named(
    gaps: tuple[float, ...], is_late: bool, witnessed: int
) -> None:
    forger = a_forger()
    first_seal = len(forger.written.entries) - 1
    forger.seal(previous_checkpoint=_cosigned(forger, *gaps))

    expected = [(SEAL_WITNESSED_LATE, first_seal)] if is_late else []
    assert _problems(forger) == (expected, witnessed)


def test_times_of_a_simulated_clock_are_not_compared() -> None:
    forger = a_forger()
    forger.seal(previous_checkpoint=_cosigned(forger, 9000, 9000))

    assert _problems(forger, compares_times=False) == ([], 1)


def test_operator_whose_witnesses_were_away_is_not_convicted() -> None:
    """They came back after a weekend, and the operator had waited: a delay on record, no lie."""
    forger = a_forger()
    weekend = 3 * 24 * 3600
    forger.seal(previous_checkpoint=_cosigned(forger, weekend, weekend, weekend))

    (problem,) = _audit(forger).problems

    assert problem.code == SEAL_WITNESSED_LATE
    assert problem.message.startswith("a delay: ")
    assert _charges(forger) == []


@pytest.mark.parametrize(("gap", "is_ahead"), [(-300, False), (-301, True), (-7200, True)])
def test_seal_that_witnesses_saw_before_its_time_is_named_and_convicts(
    gap: int, is_ahead: bool
) -> None:
    forger = _hours_after_its_founding()
    at = forger.size - 1
    forger.seal(previous_checkpoint=_cosigned(forger, gap, gap))

    expected = [(SEAL_DATED_AHEAD, at)] if is_ahead else []
    assert _problems(forger) == (expected, 2)
    assert _charges(forger) == ["seal_time"] * is_ahead


def _hours_after_its_founding() -> Forger:
    forger = a_forger()
    forger.clock.pass_time(hours=3)
    forger.seal(previous_checkpoint=_cosigned(forger, 1, 2))
    return forger


def test_seal_from_the_future_that_is_shown_as_the_newest_is_named_before_it_is_refreshed() -> None:
    forger = _hours_after_its_founding()
    at, note = forger.size - 1, _cosigned(forger, -7200, -7200, -7200)

    (problem,) = _audit(forger, note=note).problems

    assert (problem.code, problem.entry_index) == (SEAL_DATED_AHEAD, at)
    assert _charges(forger, note) == ["seal_time"]
    for fine in (_cosigned(forger, 9000, 9000), _cosigned(forger, -7200), None):
        assert _audit(forger, note=fine).problems == []
    assert _audit(forger, note=note, compares_times=False).problems == []


def test_witness_whose_clock_is_behind_makes_a_finding_and_no_evidence() -> None:
    """One of three came after the seal's time: what the other two say may be their clocks."""
    forger = _hours_after_its_founding()
    at = forger.size - 1
    forger.seal(previous_checkpoint=_cosigned(forger, -7200, -7200, 5))

    assert _problems(forger) == ([(SEAL_DATED_AHEAD, at)], 2)
    assert _charges(forger) == []


def test_seal_that_cannot_be_read_hides_no_seal_from_the_future() -> None:
    forger = _hours_after_its_founding()
    forger.seal(previous_checkpoint=_cosigned(forger, -7200, -7200))
    forger.add(b"dossier-ledger/seal@v1\n")
    forger.seal(previous_checkpoint=b"no checkpoint")
    forger.seal()

    assert "seal_time" in _charges(forger)
