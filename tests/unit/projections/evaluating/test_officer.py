"""An officer's indicators: what each is made from, when no score is shown, and who is over whom."""

import pytest

from domain.facts import Grant
from domain.keys import ANY_OFFICE, KeyRecord
from domain.roles import Role
from projections.dossier_rows import Act
from projections.evaluating.officer import (
    OfficerIndicator,
    OfficerMissing,
    Processed,
    officer_indicators,
    officer_sum,
)
from projections.evaluating.officer_reading import is_over_officer
from tests.support.builders import ENROLLED_AT
from tests.support.dossier_cases import HANOI, OFFICE, PROCESSOR, a_dossier, an_act

LEAST = 30
EARLY, ON_TIME, LATE = "2026-02-05", "2026-02-10", "2026-02-11"


def processed(ended: str = ON_TIME, *asking: str, kind: str = "supplement_requested") -> Processed:
    acts: list[Act] = [
        an_act(kind, "2026-02-03", PROCESSOR, office=office, version=2 + number)
        for number, office in enumerate(asking)
    ]
    return Processed(a_dossier("2026-02-02", ended, "2026-02-10"), acts, HANOI)


def indicator(number: int, dossiers: list[Processed]) -> OfficerIndicator:
    (found,) = (one for one in officer_indicators(dossiers) if one.number == number)
    return found


MARKS = {
    "early": (1, processed(EARLY), 20),
    "on time": (1, processed(ON_TIME), 10),
    "late": (1, processed(LATE), 0),
    "no contact": (3, processed(), 20),
    "one contact": (3, processed(ON_TIME, OFFICE), 10),
    "two contacts": (3, processed(ON_TIME, OFFICE, OFFICE), 0),
    "contact at intake": (3, processed(ON_TIME, OFFICE, kind="intake_supplement_requested"), 10),
    "judged incomplete": (3, processed(ON_TIME, OFFICE, kind="supplement_judged_incomplete"), 10),
    "another act": (3, processed(ON_TIME, OFFICE, kind="verification_recorded"), 20),
    "no agency": (4, processed(), 20),
    "one agency, twice": (4, processed(ON_TIME, OFFICE, OFFICE), 10),
    "two agencies": (4, processed(ON_TIME, OFFICE, "H27.07"), 0),
}


@pytest.mark.parametrize(("number", "dossier", "tenths"), MARKS.values(), ids=MARKS.keys())
def test_marks_of_one_dossier(number: int, dossier: Processed, tenths: int) -> None:
    found = indicator(number, [dossier] * LEAST)

    assert (found.tenths, found.counted, found.missing) == (tenths, LEAST, None)


def test_indicator_is_the_mean_over_dossiers() -> None:
    dossiers = [processed(EARLY)] * 20 + [processed(LATE)] * 20

    assert indicator(1, dossiers).tenths == 10


@pytest.mark.parametrize("number", [1, 3, 4])
@pytest.mark.parametrize(
    ("counted", "missing"),
    [(0, OfficerMissing.NOTHING_ENDED), (LEAST - 1, OfficerMissing.TOO_FEW_DOSSIERS)],
)
def test_too_few_dossiers_show_their_number_and_no_score(
    number: int, counted: int, missing: OfficerMissing
) -> None:
    found = indicator(number, [processed()] * counted)

    assert (found.tenths, found.counted, found.missing) == (None, counted, missing)


def test_what_is_not_on_record_is_named_and_no_band_is_given() -> None:
    found = officer_indicators([processed(EARLY)] * LEAST)

    assert [one.number for one in found] == [1, 2, 3, 4, 7]
    assert {one.number: one.missing for one in found if one.missing is not None} == {
        2: OfficerMissing.STEPS_NOT_KEPT,
        7: OfficerMissing.COMPLAINTS_NOT_LINKED,
    }
    assert officer_sum(found) == (60, 60, None)


def test_without_any_indicator_there_is_no_sum() -> None:
    assert officer_sum(officer_indicators([])) == (None, 0, None)


def test_band_is_given_where_all_five_are_there() -> None:
    whole = [OfficerIndicator(number=one, counted=LEAST, tenths=10) for one in (1, 2, 3, 4, 7)]

    assert officer_sum(whole) == (50, 100, "full")


OVER = {
    "head of the office": (Grant(Role.HEAD, OFFICE), {OFFICE}, True),
    "head of another": (Grant(Role.HEAD, "H27.07"), {OFFICE}, False),
    "head of any office": (Grant(Role.HEAD, ANY_OFFICE), {OFFICE}, True),
    "officer of any office": (Grant(Role.HEAD, OFFICE), {ANY_OFFICE}, True),
    "nobody's officer": (Grant(Role.HEAD, ANY_OFFICE), set[str](), False),
    "no head": (Grant(Role.APPROVER, OFFICE), {OFFICE, ANY_OFFICE}, False),
}


@pytest.mark.parametrize(("grant", "offices", "is_over"), OVER.values(), ids=OVER.keys())
def test_head_is_over_the_officers_of_the_own_office(
    grant: Grant, offices: set[str], is_over: bool
) -> None:
    asker = KeyRecord("officer-00000000000000ff", "vkey", (grant,), ENROLLED_AT)

    assert is_over_officer(offices, asker, Role.HEAD) is is_over
