"""Back-dating, R08: acts recorded long after, out of order, or on a day that the limit ended."""

from typing import Any

import pytest

from domain.actions import Signer
from domain.dossiers import Status
from projections.findings import ExaminedDossier, Finding, find
from tests.support.dossier_cases import (
    APPROVER,
    CALENDAR,
    IMPORTER,
    PROCESSOR,
    a_dossier,
    an_act,
    due,
    examined_dossier,
    instant,
)


def rules(examined: ExaminedDossier) -> list[str]:
    return [finding.rule for finding in find(examined) if finding.rule == "R08"]


def only(examined: ExaminedDossier) -> Finding:
    (finding,) = (finding for finding in find(examined) if finding.rule == "R08")
    return finding


def recorded(at: str, recorded_at: str, *signers: Signer, kind: str = "result_approved") -> Any:
    return an_act(kind, at, *signers, recorded_at=instant(recorded_at))


class TestBackDating:
    # 2026-02-05 is a Thursday; office hours are 01:00 to 05:00 and 06:00 to 10:00 UTC.
    @pytest.mark.parametrize(
        ("at", "recorded_at"),
        [
            pytest.param(
                "2026-02-05T01:00:00Z", "2026-02-05T06:00:01Z", id="over four hours at work"
            ),
            pytest.param("2026-02-05T08:00:00Z", "2026-02-06T03:00:01Z", id="over night"),
            pytest.param("2026-02-06T09:00:00Z", "2026-02-09T04:00:01Z", id="over a weekend"),
            pytest.param("2026-02-05", "2026-02-08T17:00:00Z", id="Thursday, recorded on Monday"),
        ],
    )
    def test_recording_after_four_working_hours_is_a_finding(
        self, at: str, recorded_at: str
    ) -> None:
        finding = only(examined_dossier(a_dossier(), recorded(at, recorded_at, APPROVER)))

        assert (finding.rule, finding.severity, finding.evidence) == ("R08", "high", (10,))

    @pytest.mark.parametrize(
        ("at", "recorded_at"),
        [
            pytest.param("2026-02-05T01:00:00Z", "2026-02-05T05:00:00Z", id="four hours"),
            pytest.param("2026-02-05T01:00:00Z", "2026-02-05T06:00:00Z", id="lunch between"),
            pytest.param("2026-02-06T09:30:00Z", "2026-02-09T02:00:00Z", id="weekend between"),
            pytest.param("2026-08-31T09:30:00Z", "2026-09-03T02:00:00Z", id="holidays between"),
            pytest.param("2026-02-05T01:05:00Z", "2026-02-05T01:00:00Z", id="clock ahead"),
            pytest.param("2026-02-05", "2026-02-05T16:00:00Z", id="day only, the same day"),
            pytest.param("2026-02-05", "2026-02-06T16:00:00Z", id="day only, the next day"),
            pytest.param("2026-02-06", "2026-02-09T16:00:00Z", id="day only, after a weekend"),
            pytest.param("2029-02-05T01:00:00Z", "2029-03-05T01:00:00Z", id="no calendar so far"),
            pytest.param("2029-02-05", "2029-03-05T01:00:00Z", id="day beyond the calendar"),
        ],
    )
    def test_rule_abstains(self, at: str, recorded_at: str) -> None:
        assert rules(examined_dossier(a_dossier(), recorded(at, recorded_at, APPROVER))) == []

    def test_imported_act_is_left_alone(self) -> None:
        acts = [
            recorded("2012-02-05T01:00:00Z", "2026-02-05T01:00:00Z", IMPORTER),
            recorded("2011-02-05T01:00:00Z", "2026-02-05T01:00:00Z", IMPORTER),
        ]

        assert rules(examined_dossier(a_dossier(imported=True), *acts)) == []

    def test_without_a_calendar_nothing_is_said_about_hours(self) -> None:
        act = recorded("2026-02-05T01:00:00Z", "2026-03-05T01:00:00Z", APPROVER)

        assert rules(examined_dossier(a_dossier(), act, calendar=None)) == []

    @pytest.mark.parametrize(
        ("former", "latter", "found"),
        [
            pytest.param("2026-02-05T02:00:00Z", "2026-02-05T01:54:59Z", ["R08"], id="earlier"),
            pytest.param("2026-02-05T02:00:00Z", "2026-02-05T01:55:00Z", [], id="clocks differ"),
            pytest.param("2026-02-05", "2026-02-04", ["R08"], id="day before"),
            pytest.param("2026-02-05", "2026-02-05", [], id="same day"),
            pytest.param("2026-02-05T02:00:00Z", "2026-02-05", [], id="day of the instant"),
        ],
    )
    def test_act_that_claims_to_precede_the_one_before_it(
        self, former: str, latter: str, found: list[str]
    ) -> None:
        acts = [an_act("accepted", former), an_act("result_approved", latter, APPROVER)]

        assert rules(examined_dossier(a_dossier(), *acts)) == found


def stopping(at: str, recorded_at: str, **more: Any) -> Any:
    """Give an act that ends processing, or that begins a wait, under a limit to 9 February."""
    values: dict[str, Any] = {"status": Status.PROCESSED, "due": due("2026-02-09")} | more
    signers = values.pop("signers", (PROCESSOR,))
    kind = values.pop("kind", "result_issued")
    return an_act(kind, at, *signers, recorded_at=instant(recorded_at), **values)


# The 9th of February 2026 is a Monday; its last instant there is 16:59:59 UTC.
DAY_BOUGHT = [
    pytest.param(stopping("2026-02-09", "2026-02-10T02:00:00Z"), id="an end"),
    pytest.param(
        stopping("2026-02-06", "2026-02-09T02:00:00Z", due=due("2026-02-08")), id="Friday"
    ),
    pytest.param(
        stopping("2026-02-06T09:55:00Z", "2026-02-09T03:30:00Z", due=due("2026-02-06")),
        id="an instant, over the weekend",
    ),
    pytest.param(
        stopping("2026-02-09", "2026-02-10T02:00:00Z", due=due("2026-02-09T03:00:00Z")),
        id="a limit in hours",
    ),
    pytest.param(
        stopping(
            "2026-02-09",
            "2026-02-10T02:00:00Z",
            kind="supplement_requested",
            status=Status.SUPPLEMENT_REQUIRED,
        ),
        id="a request that begins a wait",
    ),
    pytest.param(
        stopping(
            "2026-02-09",
            "2026-02-10T02:00:00Z",
            kind="extension_apology_issued",
            status=Status.IN_PROCESS,
        ),
        id="an apology",
    ),
]
NO_DAY_BOUGHT = [
    pytest.param(stopping("2026-02-09", "2026-02-09T16:59:59Z"), id="the same day"),
    pytest.param(stopping("2026-02-09", "2026-02-09T17:04:59Z"), id="sealed after midnight"),
    pytest.param(stopping("2026-02-06", "2026-02-09T16:59:59Z"), id="recorded within the limit"),
    pytest.param(stopping("2026-02-10", "2026-02-11T02:00:00Z"), id="late by its own day"),
    pytest.param(
        stopping("2026-02-09T10:00:00Z", "2026-02-09T17:30:00Z"), id="an instant, same evening"
    ),
    pytest.param(stopping("2026-02-09", "2026-02-10T02:00:00Z", due=None), id="no limit"),
    pytest.param(
        stopping("2026-02-09", "2026-02-10T02:00:00Z", signers=(IMPORTER,)), id="an import"
    ),
    pytest.param(
        stopping("2026-02-09", "2026-02-10T02:00:00Z", status=Status.IN_PROCESS),
        id="an act that stops no clock",
    ),
]


class TestDayOnlyMoments:
    @pytest.mark.parametrize("act", DAY_BOUGHT)
    @pytest.mark.parametrize("calendar", [CALENDAR, None])
    def test_day_within_the_limit_that_was_recorded_after_it_is_back_dating(
        self, act: Any, calendar: Any
    ) -> None:
        finding = only(examined_dossier(a_dossier(), act, calendar=calendar))

        assert (finding.rule, finding.rule_version, finding.evidence) == ("R08", 3, (10,))
        assert "on a day after it" in finding.reason.en

    @pytest.mark.parametrize("act", NO_DAY_BOUGHT)
    def test_day_that_buys_nothing_is_none(self, act: Any) -> None:
        assert rules(examined_dossier(a_dossier(), act)) == []

    def test_result_fetched_after_the_limit_was_not_the_end(self) -> None:
        ending = stopping("2026-02-09", "2026-02-09T08:00:00Z")
        fetched = stopping(
            "2026-02-09", "2026-02-10T02:00:00Z", kind="returned", status=Status.RESULT_RETURNED
        )
        imported = stopping("2026-02-09", "2026-02-10T02:00:00Z", signers=(IMPORTER,))

        assert rules(examined_dossier(a_dossier(), ending, fetched)) == []
        assert rules(examined_dossier(a_dossier(), imported, fetched)) == []

    def test_act_that_was_recorded_days_later_is_named_once(self) -> None:
        act = stopping("2026-02-09", "2026-02-12T02:00:00Z")

        assert "long after" in only(examined_dossier(a_dossier(), act)).reason.en
