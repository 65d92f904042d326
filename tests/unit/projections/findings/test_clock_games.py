"""R05, stops of the clock at the end of a limit; R19, late refusals."""

from typing import Any

import pytest

from domain.dossiers import Status
from domain.procedures import Limit, LimitUnit, SupplementPolicy
from tests.support.dossier_cases import (
    APPROVER,
    PROCESSOR,
    a_dossier,
    a_procedure,
    a_record,
    an_act,
    due,
    examined_dossier,
    found,
)

DUE = "2026-02-09"  # a Monday; the limit is five working days


def an_office_act(kind: str, at: str, due_at: str | None = DUE, **more: Any) -> Any:
    status = more.pop("status", Status.IN_PROCESS)
    dated = None if due_at is None else due(due_at)
    return an_act(kind, at, PROCESSOR, due=dated, status=status, **more)


def request(at: str, due_at: str | None = DUE) -> Any:
    return an_office_act("supplement_requested", at, due_at, status=Status.SUPPLEMENT_REQUIRED)


def hits(*acts: Any, rule: str = "R05", **more: Any) -> list[tuple[int, ...]]:
    record = a_record(a_procedure(**more))
    dossier = a_dossier("2026-02-02", None, DUE, procedure_version=1)
    return found(examined_dossier(dossier, *acts, procedure=record), rule)


@pytest.mark.parametrize(
    ("act", "more"),
    [
        pytest.param(request("2026-02-09"), {}, id="papers, on the last day"),
        pytest.param(request("2026-02-10T02:00:00Z"), {}, id="papers, after it"),
        pytest.param(
            an_office_act("payment_required", "2026-02-09", status=Status.PAYMENT_REQUIRED),
            {"pause_in_payment": True},
            id="a payment that pauses",
        ),
        pytest.param(
            an_office_act("processing_suspended", "2026-02-09", status=Status.STOPPED),
            {},
            id="a suspension",
        ),
        pytest.param(
            an_office_act("consultation_requested", "2026-02-10"),
            {"pause_in_consultation": True},
            id="a consultation that pauses",
        ),
        pytest.param(
            an_office_act("verification_scheduled", "2026-02-09"),
            {"pause_in_site_survey": True},
            id="a survey that pauses",
        ),
    ],
)
def test_stop_on_the_last_day_or_after_it_is_a_finding(act: Any, more: dict[str, Any]) -> None:
    assert hits(act, **more) == [(10,)]


@pytest.mark.parametrize(
    ("act", "more"),
    [
        pytest.param(request("2026-02-06"), {}, id="a day before"),
        pytest.param(request("2026-02-10", None), {}, id="no due date"),
        pytest.param(
            request("2026-02-10"),
            {"supplement_policy": SupplementPolicy.NONE},
            id="a wait that stops nothing",
        ),
        pytest.param(
            an_office_act("payment_required", "2026-02-10", status=Status.PAYMENT_REQUIRED),
            {},
            id="a payment that pauses nothing",
        ),
        pytest.param(
            an_office_act("consultation_requested", "2026-02-10"), {}, id="a consultation likewise"
        ),
        pytest.param(
            an_office_act("withdrawal_requested", "2026-02-10", status=Status.WITHDRAWAL_REQUESTED),
            {},
            id="the applicant's own withdrawal",
        ),
        pytest.param(
            request("2026-02-09"),
            {"limit": Limit(unit=LimitUnit.WORKING_DAYS, amount=4)},
            id="the last day is more than a fifth of a short limit",
        ),
        pytest.param(
            request("2026-02-09T02:00:00Z", "2026-02-09T08:00:00Z"),
            {"limit": Limit(unit=LimitUnit.HOURS, amount=8)},
            id="a limit in hours has no last day",
        ),
        pytest.param(
            request("2026-02-09"), {"limit": Limit(unit=LimitUnit.UNKNOWN)}, id="a limit in prose"
        ),
    ],
)
def test_innocent_cases(act: Any, more: dict[str, Any]) -> None:
    assert hits(act, **more) == []


def test_a_wait_that_goes_on_is_named_once() -> None:
    again = an_office_act(
        "supplement_judged_incomplete", "2026-02-12", status=Status.SUPPLEMENT_REQUIRED
    )

    assert hits(request("2026-02-10"), again) == [(10,)]


def refusal(at: str) -> Any:
    return an_act("resolution_refused", at, APPROVER, due=due(DUE), status=Status.PROCESSED)


@pytest.mark.parametrize(
    ("at", "days", "evidence"),
    [
        ("2026-02-10", 5, [(10,)]),
        ("2026-02-09", 5, []),
        ("2026-02-09", 10, [(10,)]),
        ("2026-02-06", 10, []),
    ],
)
def test_refusal_after_the_limit_or_on_the_last_day_of_a_long_one_is_a_finding(
    at: str, days: int, evidence: list[tuple[int, ...]]
) -> None:
    limit = Limit(unit=LimitUnit.WORKING_DAYS, amount=days)

    assert hits(refusal(at), rule="R19", limit=limit) == evidence
