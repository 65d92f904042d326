"""Limits of petitions: each number beside domain.md 6.3, and what is not verified says so."""

from datetime import date, timedelta

import pytest

from domain.oversight.petition_law import (
    COMPLAINT_LAWS,
    DENUNCIATION_LAWS,
    FEEDBACK_LAWS,
    PetitionClock,
    PetitionLaw,
    law_on,
)
from domain.procedures import LimitUnit

OLD_DAY, NEW_DAY = date(2026, 6, 30), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("clock", "working_days"),
    [
        (PetitionClock.REFUSAL, 2),
        (PetitionClock.INFORMATION, 5),
        (PetitionClock.FORWARDING, 5),
        (PetitionClock.ANSWER, 15),
        (PetitionClock.PUBLICATION, 2),
    ],
)
def test_feedback_has_these_limits_in_working_days(clock: PetitionClock, working_days: int) -> None:
    limit = law_on(FEEDBACK_LAWS, OLD_DAY).limits[clock]

    assert (limit.unit, limit.amount) == (LimitUnit.WORKING_DAYS, working_days)


@pytest.mark.parametrize(
    ("level", "is_complex", "is_remote", "days"),
    [
        (1, False, False, 30),
        (1, True, False, 45),
        (1, False, True, 45),
        (1, True, True, 60),
        (2, False, False, 45),
        (2, True, False, 60),
        (2, False, True, 60),
        (2, True, True, 70),
    ],
)
@pytest.mark.parametrize("day", [OLD_DAY, NEW_DAY])
def test_complaint_is_decided_within_these_days(
    level: int, is_complex: bool, is_remote: bool, days: int, day: date
) -> None:
    law = law_on(COMPLAINT_LAWS, day)

    limit = law.decision_limit(level, is_complex=is_complex, is_remote=is_remote)

    assert limit is not None
    assert (limit.unit, limit.amount) == (LimitUnit.CALENDAR_DAYS, days)
    assert law.decision_limit(3, is_complex=False, is_remote=False) is None


def test_amendments_that_were_not_read_leave_the_limits_unverified() -> None:
    assert law_on(COMPLAINT_LAWS, OLD_DAY).verified
    assert not law_on(COMPLAINT_LAWS, NEW_DAY).verified
    assert [law.verified for law in DENUNCIATION_LAWS] == [True, False]


@pytest.mark.parametrize("laws", [FEEDBACK_LAWS, COMPLAINT_LAWS])
def test_every_day_has_exactly_one_law(laws: tuple[PetitionLaw, ...]) -> None:
    days = [date(2018, 1, 1) + timedelta(days=97 * number) for number in range(60)]

    assert all(law_on(laws, day) in laws for day in (*days, OLD_DAY, NEW_DAY))


@pytest.mark.parametrize(("extensions", "days"), [(0, 30), (1, 60), (2, 90)])
def test_denunciation_is_extended_by_thirty_days_at_most_twice(extensions: int, days: int) -> None:
    law = DENUNCIATION_LAWS[0]

    assert law.limit(extensions).amount == days
    assert law.most_extensions_very_complex == 2
    with pytest.raises(AssertionError):
        law.limit(3)
