"""R27, the public alarm: gaps and repeats in the codes of a day."""

from datetime import date

import pytest

from domain.facts.integrity import PUBLIC_ALARMS
from domain.oversight.integrity import FindingRecord, FindingState
from ledger.codes.checking import RecordedCode, check_codes
from projections.findings.life.alarms import raised_alarm
from projections.findings.rules.results.code_runs import R27, code_alarms
from tests.support.dossier_cases import OFFICE, moment

DAY = date(2026, 2, 2)


def used(*numbers: int, imported: bool = False) -> list[RecordedCode]:
    """Give the codes of so many acceptances of one day, which stand at entries 100 and on."""
    return [
        RecordedCode(f"H27.15-260202-{number:04d}", f"dossier:{place}", OFFICE, imported, place)
        for place, number in enumerate(numbers, 100)
    ]


def alarms(
    recorded: list[RecordedCode], hidden: frozenset[tuple[str, date]] = frozenset()
) -> list[tuple[int, ...]]:
    problems = check_codes((), recorded, date(2026, 3, 1))
    return [found.evidence for found in code_alarms(problems, recorded, hidden)]


@pytest.mark.parametrize(
    ("numbers", "evidence"),
    [
        pytest.param((1, 3), [(100, 101)], id="a gap"),
        pytest.param((2,), [(100,)], id="the first is missing"),
        pytest.param((1, 2, 2), [(100, 101, 102)], id="a repeat"),
    ],
)
def test_gaps_and_repeats_are_alarms(numbers: tuple[int, ...], evidence: list[object]) -> None:
    assert alarms(used(*numbers)) == evidence


def test_a_run_with_gap_and_repeat_gives_both() -> None:
    assert len(alarms(used(1, 3, 3))) == 2


@pytest.mark.parametrize(
    "recorded",
    [
        pytest.param(used(1, 2, 3), id="no gap"),
        pytest.param(used(3, imported=True), id="another system's numbers"),
        pytest.param([], id="nothing"),
    ],
)
def test_innocent_runs(recorded: list[RecordedCode]) -> None:
    assert alarms(recorded) == []


def test_a_gap_may_be_where_a_private_part_no_longer_opens() -> None:
    assert alarms(used(1, 3), frozenset({(OFFICE, DAY)})) == []
    assert alarms(used(1, 3), frozenset({("X9", DAY)})) == [(100, 101)]
    assert alarms(used(2, 2, 1), frozenset({(OFFICE, DAY)})) == [(100, 101, 102)]


def test_an_alarm_names_no_code() -> None:
    recorded = used(1, 3)
    (found,) = code_alarms(check_codes((), recorded, date(2026, 3, 1)), recorded, ())

    assert found.rule in PUBLIC_ALARMS
    assert found.severity == "critical"
    assert "H27.15" not in repr(found)


def test_raised_alarms_are_shown_until_they_are_closed() -> None:
    raised = FindingRecord(
        state=FindingState.RAISED,
        raised_at=moment("2026-03-01"),
        rule=R27.id,
        rule_version=1,
        evidence=(3, 5),
    )
    closed = FindingRecord(
        state=FindingState.CLOSED,
        raised_at=moment("2026-03-01"),
        rule=R27.id,
        rule_version=1,
        evidence=(3, 5),
    )
    private = FindingRecord(state=FindingState.RAISED, raised_at=moment("2026-03-01"))

    shown = raised_alarm("finding:1", OFFICE, raised)

    assert shown is not None
    assert (shown.stream, shown.office, shown.evidence) == ("finding:1", OFFICE, (3, 5))
    assert raised_alarm("finding:1", OFFICE, closed) is None
    assert raised_alarm("finding:1", OFFICE, private) is None
