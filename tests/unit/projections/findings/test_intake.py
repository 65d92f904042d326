"""R01: intake that answered after its limit, or has not answered yet."""

from typing import Any

import pytest

from domain.dossiers import Channel, Status
from domain.oversight.integrity import Outage
from domain.procedures import AcceptanceLimits, Limit, LimitUnit
from projections.findings import ExaminedDossier, find
from projections.findings.shapes import Surroundings
from tests.support.dossier_cases import (
    IMPORTER,
    a_dossier,
    a_procedure,
    a_record,
    a_wait,
    an_act,
    examined_dossier,
    found,
    instant,
    moment,
)

SUBMITTED = "2026-02-02T02:00:00Z"  # a Monday, 09:00 in the office
LIMIT = AcceptanceLimits(online=Limit(unit=LimitUnit.HOURS, amount=8))


def intake(
    answered: str | None, submitted: str = SUBMITTED, act: str = "accepted", **more: Any
) -> ExaminedDossier:
    """Give a dossier that came online under a limit of eight working hours of its procedure."""
    around = more.pop("around", Surroundings())
    acts = [an_act("submitted", submitted, status=Status.NEWLY_REGISTERED)]
    if answered is not None:
        acts.append(an_act(act, answered))
    values = {
        "submitted_at": moment(submitted),
        "status": Status.NEWLY_REGISTERED if answered is None else Status.ACCEPTED,
    }
    dossier = a_dossier(answered if act == "accepted" else None, **(values | more))
    record = a_record(a_procedure(acceptance_limits=LIMIT))
    return examined_dossier(
        dossier, *acts, procedure=record, as_of="2026-02-05T00:00:00Z", around=around
    )


@pytest.mark.parametrize(
    ("answered", "hits"),
    [
        ("2026-02-03T02:00:00Z", []),
        ("2026-02-03T02:00:01Z", [(10, 11)]),
        pytest.param("2026-02-03", [], id="only the day is known, and part of it was in time"),
        pytest.param("2026-02-04", [(10, 11)], id="the whole day was late"),
        pytest.param(None, [(10,)], id="nobody has answered"),
    ],
)
def test_intake_must_answer_within_its_limit(
    answered: str | None, hits: list[tuple[int, ...]]
) -> None:
    assert found(intake(answered), "R01") == hits


def test_a_request_for_papers_is_an_answer() -> None:
    in_time = a_wait("2026-02-02T04:00:00Z", "2026-02-20T02:00:00Z")
    late = a_wait("2026-02-04T04:00:00Z", "2026-02-20T02:00:00Z")

    asked: dict[str, Any] = {"act": "intake_supplement_requested", "status": Status.ACCEPTED}
    assert found(intake("2026-02-02T04:00:00Z", waits=(in_time,), **asked), "R01") == []
    assert found(intake("2026-02-04T04:00:00Z", waits=(late,), **asked), "R01") == [(10, 11)]


@pytest.mark.parametrize(
    ("until", "hits"),
    [("2026-02-03T03:00:00Z", []), ("2026-02-02T04:00:00Z", [(10, 11)])],
)
def test_an_outage_that_accounts_for_the_delay_is_innocent(
    until: str, hits: list[tuple[int, ...]]
) -> None:
    outage = Outage(2, instant("2026-02-02T03:00:00Z"), instant(until))

    late = intake("2026-02-03T05:00:00Z", around=Surroundings(outages=(outage,)))

    assert found(late, "R01") == hits


@pytest.mark.parametrize(
    "examined",
    [
        pytest.param(intake("2026-02-06T02:00:00Z", imported=True), id="an import"),
        pytest.param(intake("2026-02-06T02:00:00Z", "2026-02-02"), id="hours from a mere day"),
        pytest.param(
            examined_dossier(
                a_dossier("2026-02-09", submitted_at=moment(SUBMITTED)),
                an_act("submitted", SUBMITTED),
                calendar=None,
            ),
            id="no calendar",
        ),
        pytest.param(intake("2028-02-06T02:00:00Z", "2028-02-02T02:00:00Z"), id="beyond it"),
    ],
)
def test_rule_abstains(examined: ExaminedDossier) -> None:
    assert found(examined, "R01") == []


def test_a_limit_that_nobody_read_in_the_law_says_so() -> None:
    dossier = a_dossier(
        "2026-02-09T02:00:00Z", submitted_at=moment(SUBMITTED), channel=Channel.COUNTER
    )
    acts = (an_act("submitted", SUBMITTED), an_act("accepted", "2026-02-09T02:00:00Z"))

    by_assumption = [f for f in find(examined_dossier(dossier, *acts)) if f.rule == "R01"]
    by_procedure = [f for f in find(intake("2026-02-06T02:00:00Z")) if f.rule == "R01"]

    assert [("giả định" in f.reason.vi, "assumption" in f.reason.en) for f in by_assumption] == [
        (True, True)
    ]
    assert ["assumption" in f.reason.en for f in by_procedure] == [False]


def test_imported_acts_do_not_accuse_by_themselves() -> None:
    dossier = a_dossier("2026-02-09", submitted_at=moment("2026-02-02"), imported=True)

    assert (
        found(examined_dossier(dossier, an_act("submitted", "2026-02-02", IMPORTER)), "R01") == []
    )
