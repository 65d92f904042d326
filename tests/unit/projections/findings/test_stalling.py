"""R06, waits without end; R25, consultations that nobody answers."""

from datetime import date
from typing import Any

import pytest

from domain.dossiers import Status, WaitKind
from domain.procedures import Limit, LimitUnit
from projections.findings import find
from tests.support.dossier_cases import (
    APPROVER,
    PROCESSOR,
    a_dossier,
    a_procedure,
    a_record,
    a_wait,
    an_act,
    examined_dossier,
    found,
)

WAIT = Limit(unit=LimitUnit.WORKING_DAYS, amount=5)
KINDS = {
    WaitKind.SUPPLEMENT: ("supplement_requested", Status.SUPPLEMENT_REQUIRED),
    WaitKind.PAYMENT: ("payment_required", Status.PAYMENT_REQUIRED),
    WaitKind.WITHDRAWAL: ("withdrawal_requested", Status.WITHDRAWAL_REQUESTED),
}


def waiting(
    as_of: str,
    kind: WaitKind = WaitKind.SUPPLEMENT,
    answer_by: date | None = None,
    until: str | None = None,
    limit: Limit | None = WAIT,
) -> Any:
    """Give a dossier that waits since Monday, 2 February; the limit ends on Monday, the 9th."""
    act, status = KINDS[kind]
    dossier = a_dossier(
        "2026-02-02",
        status=Status.IN_PROCESS if until else status,
        waits=(a_wait("2026-02-02", until, kind),),
        procedure_version=1,
    )
    asked = an_act(act, "2026-02-02", PROCESSOR, answer_by=answer_by, status=status)
    record = a_record(a_procedure(supplement_wait=limit))
    return examined_dossier(dossier, asked, as_of=as_of, procedure=record)


@pytest.mark.parametrize(
    ("examined", "evidence"),
    [
        pytest.param(waiting("2026-02-12T10:00:00Z"), [], id="three days of grace"),
        pytest.param(waiting("2026-02-12T17:00:00Z"), [(10,)], id="beyond them"),
        pytest.param(
            waiting("2026-02-20T00:00:00Z", answer_by=date(2026, 2, 18)), [], id="a later day named"
        ),
        pytest.param(waiting("2026-02-20T00:00:00Z", until="2026-02-19"), [], id="it came"),
        pytest.param(
            waiting("2026-02-20T00:00:00Z", WaitKind.PAYMENT), [], id="a payment without a day"
        ),
        pytest.param(
            waiting("2026-02-20T00:00:00Z", WaitKind.PAYMENT, date(2026, 2, 10)),
            [(10,)],
            id="a payment that never came",
        ),
        pytest.param(
            waiting("2026-05-20T00:00:00Z", WaitKind.WITHDRAWAL), [], id="a withdrawal has no limit"
        ),
    ],
)
def test_waits_beyond_their_limit_are_findings(
    examined: Any, evidence: list[tuple[int, ...]]
) -> None:
    assert found(examined, "R06") == evidence


def test_a_wait_by_the_assumed_limit_says_so() -> None:
    (finding,) = [
        one for one in find(waiting("2026-05-20T00:00:00Z", limit=None)) if one.rule == "R06"
    ]

    assert "assumption" in finding.reason.en


def consulted(
    *more: Any, ended: str | None = None, as_of: str = "2026-02-20T00:00:00Z"
) -> list[tuple[int, ...]]:
    asked = an_act("consultation_requested", "2026-02-03", PROCESSOR, answer_by=date(2026, 2, 10))
    dossier = a_dossier("2026-02-02", ended)
    return found(examined_dossier(dossier, asked, *more, as_of=as_of), "R25")


def answered(at: str, version: int = 1) -> Any:
    return an_act("consultation_answered", at, APPROVER, refers_to=version)


TOLD = an_act("consultation_overdue_notified", "2026-02-11", PROCESSOR, refers_to=1)


def test_consultations_that_outlive_the_day_asked_for_are_findings() -> None:
    assert consulted() == [(10,)]
    assert consulted(answered("2026-02-11")) == [(10, 11)]
    assert consulted(answered("2026-02-09", version=7)) == [(10,)]


@pytest.mark.parametrize(
    ("acts", "more"),
    [
        pytest.param((answered("2026-02-10"),), {}, id="answered on the day"),
        pytest.param((TOLD,), {}, id="somebody was told"),
        pytest.param((), {"ended": "2026-02-09"}, id="the dossier ended before"),
        pytest.param((), {"as_of": "2026-02-10T10:00:00Z"}, id="not yet due"),
    ],
)
def test_innocent_consultations(acts: Any, more: dict[str, Any]) -> None:
    assert consulted(*acts, **more) == []


def test_a_consultation_without_a_day_is_left_alone() -> None:
    asked = an_act("consultation_requested", "2026-02-03", PROCESSOR)

    assert found(examined_dossier(a_dossier("2026-02-02"), asked), "R25") == []
