"""What a dossier waits for, from whom, since when and until when."""

from datetime import date

import pytest

from domain.dossiers import Due
from domain.facts import ConsultationRequested, SupplementRequested
from domain.moments import render_moment
from projections.status.waiting import SENTENCES, Awaited, WaitedFor, Waiting
from tests.support.situations.lives import Lived, act, lived

BEFORE = (
    ("submitted", "2026-03-02T01:00:00Z"),
    ("accepted", "2026-03-02T02:00:00Z"),
    ("processor_assigned", "2026-03-02T03:00:00Z"),
)
AS_OF = "2026-03-06T02:00:00Z"


def waits(life: Lived) -> tuple[Waiting, ...]:
    return life.situation(AS_OF).waiting


def only(life: Lived) -> Waiting:
    (one,) = waits(life)
    return one


def test_supplement_is_waited_for_until_the_day_that_was_asked_for() -> None:
    one = only(lived(*BEFORE, ("supplement_requested", "2026-03-03T02:00:00Z")))

    assert (one.what, one.awaited) == (WaitedFor.SUPPLEMENT, Awaited.APPLICANT)
    assert render_moment(one.since) == "2026-03-03T02:00:00Z"
    assert (one.until, one.until_verified) == (Due(day=date(2026, 12, 1)), True)


def test_supplement_without_a_day_has_the_general_limit_which_is_not_called_law() -> None:
    asked = act("supplement_requested", "2026-03-03T02:00:00Z", facts=SupplementRequested())

    one = only(lived(*BEFORE, asked))

    # Fifteen working days after 3 March (Decree 297/2025, read for one sector only).
    assert (one.until, one.until_verified) == (Due(day=date(2026, 3, 24)), False)


def test_without_a_calendar_no_limit_is_named() -> None:
    asked = act("supplement_requested", "2026-03-03T02:00:00Z", facts=SupplementRequested())
    life = lived(*BEFORE, asked)
    life.register.calendars.clear()

    assert only(life).until is None


def test_once_papers_came_it_waits_for_the_office_to_check_them() -> None:
    asked, came = "2026-03-03T02:00:00Z", "2026-03-04T02:00:00Z"
    life = lived(*BEFORE, ("supplement_requested", asked), ("supplement_submitted", came))

    one = only(life)

    assert (one.what, one.awaited) == (WaitedFor.SUPPLEMENT_CHECK, Awaited.OFFICE)
    assert render_moment(one.since) == came


def test_papers_that_were_still_incomplete_are_waited_for_again() -> None:
    life = lived(
        *BEFORE,
        ("supplement_requested", "2026-03-03T02:00:00Z"),
        ("supplement_submitted", "2026-03-04T02:00:00Z"),
        ("supplement_judged_incomplete", "2026-03-05T02:00:00Z"),
    )

    assert only(life).awaited is Awaited.APPLICANT


def test_payment_is_waited_for_until_its_last_day() -> None:
    one = only(lived(*BEFORE, ("payment_required", "2026-03-03T02:00:00Z")))

    assert (one.what, one.until) == (WaitedFor.PAYMENT, Due(day=date(2026, 12, 1)))


def test_withdrawal_waits_for_the_office_and_not_for_the_applicant() -> None:
    one = only(lived(*BEFORE, ("withdrawal_requested", "2026-03-03T02:00:00Z")))

    assert (one.what, one.awaited, one.until) == (WaitedFor.WITHDRAWAL, Awaited.OFFICE, None)


@pytest.mark.parametrize(
    ("kind", "what", "awaited"),
    [
        ("consultation_requested", WaitedFor.CONSULTATION, Awaited.CONSULTED_AGENCY),
        ("verification_scheduled", WaitedFor.SITE_SURVEY, Awaited.OFFICE),
        ("processing_suspended", WaitedFor.SUSPENSION, Awaited.THE_LAW),
    ],
)
def test_rest_says_who_has_the_word(kind: str, what: WaitedFor, awaited: Awaited) -> None:
    one = only(lived(*BEFORE, (kind, "2026-03-03T02:00:00Z")))

    assert (one.what, one.awaited) == (what, awaited)
    assert one.stops_clock is (what is WaitedFor.SUSPENSION)


def test_two_consultations_are_waited_for_until_each_is_answered() -> None:
    asked = [
        act(
            "consultation_requested",
            f"2026-03-03T0{hour}:00:00Z",
            facts=ConsultationRequested(answer_by=date(2026, 3, day)),
        )
        for hour, day in ((2, 10), (3, 12))
    ]

    both = waits(lived(*BEFORE, *asked))
    one = waits(lived(*BEFORE, *asked, ("consultation_answered", "2026-03-05T02:00:00Z")))

    assert [each.until for each in both] == [Due(day=date(2026, 3, day)) for day in (10, 12)]
    assert [each.until for each in one] == [Due(day=date(2026, 3, 12))]


@pytest.mark.parametrize("kind", ["processing_stopped", "resolution_refused"])
def test_what_has_ended_waits_for_nothing(kind: str) -> None:
    life = lived(
        *BEFORE,
        ("consultation_requested", "2026-03-03T02:00:00Z"),
        (kind, "2026-03-04T02:00:00Z"),
    )

    assert waits(life) == ()


def test_everything_that_is_waited_for_is_said_in_both_languages() -> None:
    assert set(SENTENCES) == set(WaitedFor)
