"""R22: what is said of an office that fewer people rate after bad marks."""

from dataclasses import replace
from datetime import date

import pytest

from domain.moments import Moment
from projections.findings.peers.applicants.ratings import R22
from projections.findings.peers.running import find_among
from tests.support.peers.private_fixtures import RATINGS

FEWER = RATINGS["fires: fewer rate after bad marks"]


def test_finding_is_about_the_office_and_names_the_dossiers_that_were_marked_low() -> None:
    (finding,) = find_among(FEWER(), rules=[R22]).findings

    assert finding.stream == "office:H27"
    assert len(finding.evidence) == 20  # acceptance and end of ten dossiers
    assert "2026-05 had 10 low marks" in finding.reason.en
    assert "120 of 180 finished dossiers" in finding.reason.en
    assert "only 6 of 180" in finding.reason.en
    assert finding.peers is not None
    assert finding.peers.base_rate == "2/3"


def test_month_of_bad_marks_is_on_neither_side() -> None:
    population = FEWER()
    ratings = population.private.ratings
    assert ratings is not None
    rated = {each.dossier for each in ratings}
    more = tuple(
        replace(ratings[0], dossier=each.stream, overall=2, at=Moment(day=each.returned_on))
        for each in population.observed
        if each.returned_on == date(2026, 5, 10) and each.stream not in rated
    )
    assert more
    private = replace(population.private, ratings=(*ratings, *more))

    (finding,) = find_among(replace(population, private=private), rules=[R22]).findings

    assert "120 of 180 finished dossiers" in finding.reason.en


@pytest.mark.parametrize(("day", "found"), [("2026-09-30", False), ("2026-10-01", True)])
def test_it_is_judged_once_people_had_a_month_to_rate(day: str, found: bool) -> None:
    as_of = Moment(day=date.fromisoformat(day))

    findings = find_among(replace(FEWER(), as_of=as_of), rules=[R22]).findings

    assert bool(findings) is found
