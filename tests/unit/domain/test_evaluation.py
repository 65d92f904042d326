"""Evaluation: every mark and every edge of a band of Circular 01/2018."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.deadlines import Timeliness
from domain.evaluation import (
    AGENCY_INDICATORS,
    CIRCULAR_2018,
    OFFICER_INDICATORS,
    AgencyBand,
    OfficerBand,
    Share,
    agency_band,
    agency_points,
    agency_tenths,
    attitude_points,
    contact_points,
    feedback_points,
    indicator_tenths,
    officer_band,
    officer_tenths,
    one_stop_points,
    online_points,
    publication_points,
    total_time_points,
    unit_time_points,
)

EARLY, ON_TIME, LATE = Timeliness.EARLY, Timeliness.ON_TIME, Timeliness.LATE


@pytest.mark.parametrize(("timeliness", "points"), [(EARLY, 2), (ON_TIME, 1), (LATE, 0)])
def test_total_time_is_marked_against_the_legal_one(timeliness: Timeliness, points: int) -> None:
    assert total_time_points(timeliness) == points


@pytest.mark.parametrize(("spent", "points"), [(0, 2), (28_799, 2), (28_800, 1), (28_801, 0)])
def test_time_of_a_unit_is_marked_against_its_share(spent: int, points: int) -> None:
    assert unit_time_points(spent, 28_800) == points


@pytest.mark.parametrize(
    ("contacts", "at_fault", "points"),
    [(0, 0, 2), (1, 0, 1), (2, 0, 0), (9, 0, 0), (3, 2, 1), (2, 2, 2)],
)
def test_contacts_at_the_applicants_fault_do_not_count(
    contacts: int, at_fault: int, points: int
) -> None:
    assert contact_points(contacts, at_fault) == points


@pytest.mark.parametrize(
    ("agencies", "councils", "points"), [(0, 0, 2), (1, 0, 1), (2, 0, 0), (2, 1, 1), (3, 1, 0)]
)
def test_councils_on_site_do_not_count_as_agencies(
    agencies: int, councils: int, points: int
) -> None:
    assert agency_points(agencies, councils) == points


@pytest.mark.parametrize(
    ("decided", "returned", "district", "points"),
    [
        pytest.param(20, 100, False, 2, id="a fifth decided there"),
        pytest.param(19, 100, False, 1, id="a fifth missed, all returned"),
        pytest.param(19, 99, False, 0, id="one not returned there"),
        pytest.param(49, 100, True, 1, id="half missed in a former district"),
        pytest.param(50, 0, True, 2, id="half decided in a former district"),
    ],
)
def test_one_stop_shop_is_marked_by_what_happens_there(
    decided: int, returned: int, district: bool, points: int
) -> None:
    marks = one_stop_points(Share(decided, 100), Share(returned, 100), is_district=district)

    assert marks == points


@pytest.mark.parametrize(
    ("posted", "electronic", "points"),
    [(True, True, 2), (True, False, 1), (False, True, 1), (False, False, 0)],
)
def test_publication_is_marked_by_its_two_forms(
    posted: bool, electronic: bool, points: int
) -> None:
    assert publication_points(is_posted=posted, is_electronic=electronic) == points


@pytest.mark.parametrize(
    ("timeliness", "complaints", "untrue", "points"),
    [
        (EARLY, 0, 0, 2),
        (ON_TIME, 0, 0, 1),
        (LATE, 0, 0, 0),
        (EARLY, 1, 0, 0),
        (EARLY, 1, 1, 2),
        (ON_TIME, 2, 1, 0),
    ],
)
def test_complaint_found_untrue_does_not_count_against_attitude(
    timeliness: Timeliness, complaints: int, untrue: int, points: int
) -> None:
    assert attitude_points(timeliness, complaints, untrue) == points


@pytest.mark.parametrize(
    ("in_time", "whole", "dragging", "points"),
    [
        pytest.param(0, 0, False, 2, id="none at all"),
        pytest.param(10, 10, False, 2, id="all in time"),
        pytest.param(9, 10, False, 1, id="nine in ten"),
        pytest.param(89, 100, False, 0, id="just below nine in ten"),
        pytest.param(10, 10, True, 0, id="one drags on"),
    ],
)
def test_feedback_is_marked_by_its_share_in_time(
    in_time: int, whole: int, dragging: bool, points: int
) -> None:
    assert feedback_points(Share(in_time, whole), is_dragging=dragging) == points


@pytest.mark.parametrize(
    ("procedures", "dossiers", "late", "points"),
    [
        pytest.param(20, 30, False, 2, id="both reached"),
        pytest.param(19, 30, False, 1, id="too few procedures"),
        pytest.param(20, 29, False, 1, id="too few dossiers for the best"),
        pytest.param(20, 15, False, 1, id="just enough for one"),
        pytest.param(20, 14, False, 0, id="too few dossiers"),
        pytest.param(90, 90, True, 0, id="one late"),
    ],
)
def test_online_service_is_marked_by_two_shares(
    procedures: int, dossiers: int, late: bool, points: int
) -> None:
    marks = online_points(Share(procedures, 100), Share(dossiers, 100), has_late=late)

    assert marks == points


@pytest.mark.parametrize(
    ("points", "tenths"),
    [
        ([], None),
        ([2], 20),
        ([2, 1], 15),
        ([1, 1, 2], 13),
        ([2, 2, 1], 17),
        ([1] + [0] * 19, 1),  # 0.05 goes up
        ([1] + [0] * 20, 0),  # 0.0476 goes down
        ([0], 0),
    ],
)
def test_mean_of_an_indicator_is_rounded_to_one_decimal(
    points: list[int], tenths: int | None
) -> None:
    assert indicator_tenths(points) == tenths


@pytest.mark.parametrize(
    ("tenths", "band"),
    [
        (100, OfficerBand.FULL),
        (50, OfficerBand.FULL),
        (49, OfficerBand.MOST),
        (35, OfficerBand.MOST),
        (34, OfficerBand.LITTLE),
        (0, OfficerBand.LITTLE),
    ],
)
def test_officers_band_has_these_edges(tenths: int, band: OfficerBand) -> None:
    assert officer_band(tenths) is band


@pytest.mark.parametrize(
    ("tenths", "band"),
    [
        (180, AgencyBand.EXCELLENT),
        (150, AgencyBand.EXCELLENT),
        (149, AgencyBand.GOOD),
        (120, AgencyBand.GOOD),
        (119, AgencyBand.FAIR),
        (90, AgencyBand.FAIR),
        (89, AgencyBand.AVERAGE),
        (60, AgencyBand.AVERAGE),
        (59, AgencyBand.WEAK),
        (0, AgencyBand.WEAK),
    ],
)
def test_agencys_band_has_these_edges(tenths: int, band: AgencyBand) -> None:
    assert agency_band(tenths) is band


def test_indicators_without_data_are_left_out() -> None:
    best = dict.fromkeys(range(1, 10), 20)

    assert officer_tenths(best) == 100
    assert agency_tenths(best) == 180
    assert officer_tenths(best | {3: None}) == 80
    assert agency_tenths({}) == 0


def test_officer_is_not_rated_by_what_is_the_agencys() -> None:
    assert set(OFFICER_INDICATORS) & {5, 6, 8, 9} == set()
    assert sorted(AGENCY_INDICATORS) == list(range(1, 10))


def test_rules_say_until_when_they_were_verified() -> None:
    assert CIRCULAR_2018.verified_until is not None
    assert CIRCULAR_2018.verified_until.isoformat() == "2025-06-30"


@given(st.lists(st.integers(0, 2), min_size=1))
def test_indicator_lies_between_its_marks(points: list[int]) -> None:
    tenths = indicator_tenths(points)

    assert tenths is not None
    assert abs(tenths * len(points) - 10 * sum(points)) * 2 <= len(points)
