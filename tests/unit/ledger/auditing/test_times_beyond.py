"""A log that names impossible times is a finding; no audit and no monitor ends on it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from domain.actions import Action
from domain.roles import Role
from ledger.auditing import AuditReport, HowToAudit, audit_log
from ledger.auditing import shards as shards_module
from ledger.auditing.shards import DECISION_NOT_REPEATABLE
from ledger.evidence.judging import JudgedBy, judge
from ledger.evidence.making import EvidenceSources, make_evidence
from ledger.monitoring.monitor import AUDIT_BROKE_OFF
from ledger.state import LedgerState
from tests.support.forged_logs import Forger, a_forger
from tests.support.ledger_builders import operator_keys
from tests.support.observers.monitored_logs import Monitored
from transparency.seals import parse_seal

ANCHORS = operator_keys().anchors
FAR = b"9999-12-31T23:59:59.000Z"
BEYOND = [
    FAR,
    b"2200-01-01T00:00:00.000Z",
    b"1899-12-31T23:59:59.999Z",
    b"0001-01-01T00:00:00.000Z",
]


def _seal_as_of(forger: Forger, moment: bytes) -> None:
    """Append a seal with a time that no honest program writes, and publish it."""
    forger.seal(publish=False)
    lines = forger.pending[-1].split(b"\n")
    lines[3] = moment
    forger.pending[-1] = b"\n".join(lines)
    forger.publish()


def _audit(forger: Forger, jobs: int) -> AuditReport:
    """Audit with so many processes."""
    now = forger.clock.now + timedelta(hours=1)
    how = HowToAudit(jobs)
    *_, report = audit_log(forger.log(), ANCHORS, forger.documents, now=now, how=how)
    return report


def _found(report: AuditReport) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.entry_index) for problem in report.problems]


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("moment", BEYOND)
def test_seal_dated_beyond_all_years_is_found_and_the_audit_goes_on(
    moment: bytes, jobs: int
) -> None:
    forger = a_forger()
    forger.a_dossier("dossier.accepted")
    at = forger.size
    _seal_as_of(forger, moment)
    stranger = [(Role.RECEIVER, forger.desk.catalogue)]
    stream = forger.a_dossier()
    forger.add(forger.act("dossier.accepted", stream, signers=stranger))
    forger.seal()

    found = _found(_audit(forger, jobs))

    assert ("malformed_seal", at) in found
    assert ("not_your_role", forger.size - 2) in found


def test_log_that_ends_in_a_seal_dated_beyond_all_years_is_not_sealed() -> None:
    forger = a_forger()
    forger.a_dossier("dossier.accepted")
    at = forger.size
    _seal_as_of(forger, FAR)

    report = forger.audit()

    assert _found(report) == [("malformed_seal", at), ("not_sealed", None)]
    by = JudgedBy(ANCHORS, log=forger.log())
    sources = EvidenceSources(forger.log(), forger.tiles, forger.documents, by)
    assert [judge(each, by).kind for each in make_evidence(report.problems, sources)] == [
        "unsealed"
    ]


def test_seal_of_the_last_moment_that_can_be_named_is_from_the_future_and_no_more() -> None:
    forger = a_forger()
    forger.a_dossier("dossier.accepted")
    at = forger.size
    forger.seal(sealed_at=datetime(2199, 12, 31, 23, 59, 59, tzinfo=UTC))

    assert forger.problems() == [("seal_in_the_future", at)]
    assert parse_seal(forger.written.entries[-1]).sealed_at.year == 2199


class _CannotCount(LedgerState):
    """Repeats every decision but one, in which the arithmetic of dates gives out."""

    def check_public(self, action: Action, not_before: datetime) -> None:
        if action.kind.name == "dossier.accepted":
            not_before = datetime.max.replace(tzinfo=UTC) + timedelta(days=1)
        super().check_public(action, not_before)


Planted = Callable[[], None]


@pytest.fixture
def cannot_count(monkeypatch: pytest.MonkeyPatch) -> Planted:
    """Lets the arithmetic of each shard's state give out from now on."""
    return lambda: monkeypatch.setattr(shards_module, "LedgerState", _CannotCount)


def test_decision_that_cannot_be_counted_out_is_a_finding(cannot_count: Planted) -> None:
    cannot_count()
    forger = a_forger()
    forger.a_dossier("dossier.accepted")
    at = forger.size - 1
    forger.seal()

    assert forger.problems() == [(DECISION_NOT_REPEATABLE, at)]


def test_monitor_goes_on_after_a_seal_dated_beyond_all_years() -> None:
    monitored = Monitored(a_forger())
    assert monitored.codes() == []
    forger = monitored.forger
    forger.a_dossier("dossier.accepted")
    _seal_as_of(forger, FAR)

    assert sorted(monitored.codes()) == ["malformed_seal", "not_sealed"]
    assert monitored.codes() == []
    forger.add(b"no action at all")
    forger.seal()
    assert sorted(monitored.codes()) == ["malformed_note", "over"]
    assert monitored.monitor.audit.tree_size == forger.size


class _BreaksOff(LedgerState):
    """Fails at one decision as no program foresees."""

    def check_public(self, action: Action, not_before: datetime) -> None:
        if action.kind.name == "dossier.accepted":
            raise RuntimeError
        super().check_public(action, not_before)


def test_monitor_goes_on_at_its_next_look_after_its_audit_broke_off() -> None:
    with pytest.MonkeyPatch.context() as planted:
        planted.setattr(shards_module, "LedgerState", _BreaksOff)
        monitored = Monitored(a_forger())
        monitored.told()
        monitored.forger.a_dossier("dossier.accepted")
        monitored.forger.seal()
        for told in ([AUDIT_BROKE_OFF], []):
            assert monitored.codes() == told
    monitored.look()
    monitored.forger.seal()

    assert monitored.codes() == ["over"]
    assert monitored.monitor.audit.report.ok
    assert monitored.monitor.audit.tree_size == monitored.forger.size
