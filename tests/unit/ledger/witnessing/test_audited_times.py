"""An auditor with a policy holds each seal's time against the witnesses' clocks."""

from datetime import timedelta

import pytest

from ledger.auditing import SEAL_WITNESSED_LATE, HowToAudit, WitnessRule, audit_log
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import operator_keys
from tests.support.witnesses.simulated import SimulatedWitness, a_policy
from transparency.cosignatures import add_signature_lines, cosign
from transparency.notes import parse_note
from transparency.seals import parse_seal

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


def _problems(
    forger: Forger, *, compares_times: bool = True
) -> tuple[list[tuple[str, int | None]], int]:
    rule = WitnessRule(a_policy(WITNESSES, 2), compares_times)
    now = forger.desk.clock.now + timedelta(days=30)
    *_, report = audit_log(
        forger.log(),
        operator_keys().anchors,
        forger.documents,
        now=now,
        how=HowToAudit(witnesses=rule),
    )
    return [(problem.code, problem.entry_index) for problem in report.problems], report.witnessed


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
