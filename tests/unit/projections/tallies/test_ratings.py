"""Figures of ratings from tallies: whole cells only, and a word on what cannot be placed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from domain.dossiers import Dossier
from domain.facts import RatingStage
from domain.moments import Moment
from domain.tallies import Rating
from projections.dossier_rows import row_of
from projections.statistics.asking import Dimension, Query, TooManyFigures
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.periods import Granularity
from projections.tallies.placing import RatingQuery
from projections.tallies.published import RatingTally
from projections.tallies.rating_shapes import (
    NO_RATINGS,
    NONE_PLACED,
    NOT_OF_ENDED,
    NOT_SHOWN,
    RATING_WORDS,
    TOO_FEW_ENDED,
)
from projections.tallies.ratings import CountedRatings, asked_of, count_ratings
from tests.support.dossier_cases import a_dossier
from tests.support.tallies.territory import PLACES, ratings_of, tallied

AS_OF = datetime(2026, 6, 15, tzinfo=UTC)
MIXED = (1, 2, 2, 3, 4, 4, 4, 5, 5, 5)
ALIKE = (5,) * 10
RECEIPT, RESULT = RatingStage.RECEIPT, RatingStage.RESULT


def counted(
    tallies: Sequence[RatingTally],
    query: RatingQuery | None = None,
    dossiers: Sequence[Dossier] = (),
    most: int | None = None,
) -> CountedRatings:
    cells = CellsInMemory(map(row_of, dossiers), PLACES, AS_OF)
    return count_ratings(tallies, cells, query or RatingQuery(), most)


def asked(*by: str, stage: RatingStage | None = None, **of: Any) -> RatingQuery:
    apart = frozenset(Dimension(each) for each in by if each != "stage")
    return RatingQuery(Query(by=apart, **of), stage, "stage" in by)


def an_ended(office: str, procedure: str, day: int, month: int = 3) -> Dossier:
    at = Moment(instant=datetime(2026, month, day, 2, tzinfo=UTC))
    return a_dossier(office=office, procedure=procedure, accepted_at=at, ended_at=at)


def march(*groups: list[Rating]) -> list[RatingTally]:
    return [tallied("2026-03", [one for group in groups for one in group])]


def test_without_tallies_nothing_is_counted_and_nothing_adds_up_to_more() -> None:
    found = counted([], asked("office"))

    assert (found.figures, found.not_placed, found.tallies) == ((), (), ())
    assert (found.total.ratings, found.total.response_missing) == (0, "no_ratings")
    assert found.total.overall.missing == "marks_not_shown"
    assert set(msgspec.structs.astuple(found.sums)) == {0}


def test_marks_are_spread_and_the_share_satisfied_is_of_those_above_two() -> None:
    overall = counted(march(ratings_of("A1", "p1", MIXED, attitude=2))).total.overall

    assert (overall.mark_1, overall.mark_2, overall.mark_3) == (1, 2, 1)
    assert (overall.mark_4, overall.mark_5) == (3, 3)
    assert (overall.answered, overall.of_ratings) == (10, 10)
    assert (overall.satisfied, overall.satisfied_per_10000) == (7, 7_000)


def test_question_that_all_answered_alike_says_why_it_has_no_marks() -> None:
    total = counted(march(ratings_of("A1", "p1", MIXED, attitude=2))).total

    assert total.attitude.points_2 is None
    assert (total.attitude.answered, total.attitude.missing) == (0, "marks_not_shown")


def test_marks_say_of_how_many_ratings_the_cells_are_that_show_them() -> None:
    total = counted(march(ratings_of("A1", "p1", MIXED), ratings_of("A2", "p3", ALIKE))).total

    assert (total.ratings, total.overall.of_ratings, total.overall.answered) == (20, 10, 10)


def test_erased_marks_leave_the_rating_counted_and_not_answered() -> None:
    erased = [Rating("A1", "p1", RESULT, None)] * 4
    total = counted(march(ratings_of("A1", "p1", MIXED), erased)).total

    assert (total.ratings, total.overall.of_ratings, total.overall.answered) == (14, 14, 10)


def test_cell_of_a_field_is_not_divided_by_procedure() -> None:
    tallies = march(ratings_of("A1", "p1", MIXED[:5]), ratings_of("A1", "p2", MIXED[5:]))

    by_procedure = counted(tallies, asked("procedure"))
    by_field = counted(tallies, asked("field", "office"))
    one = counted(tallies, asked(procedure="p1"))

    assert by_procedure.figures == ()
    assert [(each.ratings, each.in_total) for each in by_procedure.not_placed] == [(10, True)]
    assert by_procedure.total.ratings == 10
    ((figure,), none) = by_field.figures, by_field.not_placed
    assert (figure.office, figure.field, figure.ratings, none) == ("A1", "land", 10, ())
    assert (one.total.ratings, one.sums.not_placed, one.not_placed[0].in_total) == (0, 10, False)
    assert counted(tallies, asked(procedure="p3")).sums.elsewhere == 10


def test_cell_below_a_province_is_named_under_it_and_is_in_its_subtree() -> None:
    tallies = march(ratings_of("A1", "p1", MIXED[:5]), ratings_of("A2", "p1", MIXED[5:]))

    (line,) = counted(tallies, asked("office", first="2026-01")).not_placed
    assert line.period == "2026-01/"
    assert (line.office, line.below, line.in_total, line.ratings) == ("A", True, True, 10)
    assert counted(tallies, asked(office="A", subtree=True)).total.ratings == 10
    assert counted(tallies, asked(office="A")).sums.elsewhere == 10
    assert counted(tallies, asked(office="A1")).not_placed[0].in_total is False
    assert counted(tallies, asked(office="B", subtree=True)).sums.elsewhere == 10
    assert counted(tallies, asked(level="commune")).total.ratings == 10


def test_rating_of_any_stage_is_not_one_of_the_stage_asked_for() -> None:
    tallies = march(
        ratings_of("A1", "p1", MIXED, RESULT),
        ratings_of("A1", "p1", MIXED[:6], RECEIPT),
        ratings_of("A1", "p1", MIXED[:4], RatingStage.REFUSAL),
    )

    found = counted(tallies, asked("stage"))
    result = counted(tallies, asked(stage=RESULT))

    assert [(each.stage, each.ratings) for each in found.figures] == [("result", 10)]
    assert (found.sums.placed, found.sums.not_placed, found.total.ratings) == (10, 10, 20)
    assert (result.total.ratings, result.sums.not_placed, result.sums.elsewhere) == (10, 10, 0)
    assert counted(tallies, asked(stage=RECEIPT)).sums.elsewhere == 10


def test_months_are_asked_for_and_what_came_before_is_counted_before() -> None:
    tallies = [
        tallied("2026-02", ratings_of("A1", "p1", MIXED)),
        tallied("2026-03", ratings_of("A1", "p1", (*MIXED, 1, 1)), before=10),
        tallied("2026-04", ratings_of("A1", "p1", MIXED), before=22),
    ]

    found = counted(tallies, asked("period", first="2026-03", last="2026-03"))
    quarters = counted(tallies, asked("period", granularity=Granularity.QUARTER))

    assert [(each.period, each.ratings) for each in found.figures] == [("2026-03", 12)]
    assert [used.month for used in found.tallies] == ["2026-03"]
    sums = found.sums
    assert (sums.counted_before, sums.counted, sums.withheld, sums.envelopes) == (10, 12, 10, 32)
    assert [(each.period, each.ratings) for each in quarters.figures] == [
        ("2026-Q1", 22),
        ("2026-Q2", 10),
    ]


def test_tally_whose_document_is_missing_is_counted_and_not_placed() -> None:
    (tally,) = march(ratings_of("A1", "p1", MIXED))
    found = counted([replace(tally, cells=())], asked("office"))

    assert (found.sums.counted, found.sums.not_placed, found.total.overall.answered) == (10, 10, 0)


@pytest.mark.parametrize("counted_by_facts", [4, 30])
def test_tally_of_a_dishonest_operator_is_folded_and_never_fails(counted_by_facts: int) -> None:
    (tally,) = march(ratings_of("A1", "p1", MIXED), ratings_of("A2", "p1", MIXED))
    facts = msgspec.structs.replace(tally.facts, counted=counted_by_facts)
    found = counted([replace(tally, facts=facts)], asked("office"))

    assert [each.ratings for each in found.figures] == [10, 10]
    assert found.sums.counted == max(counted_by_facts, 20)


def test_ratings_stand_beside_the_dossiers_of_their_group_that_ended() -> None:
    dossiers = [an_ended("A1", "p1", day) for day in range(1, 21)]
    dossiers += [an_ended("A2", "p1", day) for day in range(1, 4)]
    tallies = march(ratings_of("A1", "p1", MIXED), ratings_of("A2", "p1", MIXED))

    found = counted(tallies, asked("office", "period"), dossiers)
    first, second = found.figures

    assert (first.ended_dossiers, first.ratings_per_10000_ended) == (20, 5_000)
    assert (second.ended_dossiers, second.response_missing) == (None, "too_few_ended")
    assert (found.total.ended_dossiers, found.total.ratings_per_10000_ended) == (23, 8_696)


@pytest.mark.parametrize(("stage", "missing"), [(RESULT, None), (RECEIPT, "stage_not_of_ended")])
def test_only_what_is_rated_at_the_end_stands_beside_what_ended(
    stage: RatingStage, missing: str | None
) -> None:
    dossiers = [an_ended("A1", "p1", day) for day in range(1, 21)]
    tallies = march(ratings_of("A1", "p1", MIXED, stage))

    assert counted(tallies, asked(stage=stage), dossiers).total.response_missing == missing
    assert counted(tallies, asked("stage"), dossiers).figures[0].response_missing == missing


def ended_in(*counts: int) -> list[Dossier]:
    """So many dossiers that ended in each month, from January on."""
    return [
        an_ended("A1", "p1", day, month)
        for month, count in enumerate(counts, 1)
        for day in range(1, count + 1)
    ]


def test_ratings_are_not_divided_by_dossiers_of_months_that_no_tally_covers() -> None:
    tallies = [
        tallied("2026-03", ratings_of("A1", "p1", MIXED)),
        tallied("2026-04", ratings_of("A1", "p1", MIXED), before=10),
    ]
    dossiers = ended_in(5, 6, 20, 12, 28)

    whole = counted(tallies, asked("office"), dossiers)
    asked_for = counted(tallies, asked("office", first="2026-03", last="2026-04"), dossiers)

    for found in (whole, asked_for):
        assert found.total.ended_dossiers == found.figures[0].ended_dossiers == 32
        assert found.total.ratings_per_10000_ended == 6_250


@pytest.mark.parametrize(
    ("granularity", "ended"),
    [
        (Granularity.MONTH, {"2026-01": 15, "2026-03": 20, "2026-04": 12}),
        (Granularity.QUARTER, {"2026-Q1": 35, "2026-Q2": 12}),
        (Granularity.YEAR, {"2026": 47}),
    ],
)
def test_periods_are_not_divided_by_dossiers_of_their_months_without_a_tally(
    granularity: Granularity, ended: dict[str, int]
) -> None:
    tallies = [
        tallied("2026-01", ratings_of("A1", "p1", MIXED)),
        tallied("2026-03", ratings_of("A1", "p1", MIXED), before=10),
        tallied("2026-04", ratings_of("A1", "p1", MIXED), before=20),
    ]
    dossiers = ended_in(15, 16, 20, 12, 28)

    found = counted(tallies, asked("period", granularity=granularity), dossiers)
    together = counted(tallies, asked(granularity=granularity), dossiers)

    assert {each.period: each.ended_dossiers for each in found.figures} == ended
    assert found.total.ended_dossiers == together.total.ended_dossiers == 47


def test_ratings_that_none_could_be_placed_of_are_not_said_to_be_none_counted() -> None:
    tallies = march(
        ratings_of("A1", "p1", MIXED[:5], RECEIPT), ratings_of("A1", "p1", MIXED[5:], RESULT)
    )

    found = counted(tallies, asked(stage=RESULT))
    elsewhere = counted(tallies, asked(office="B1"))

    assert (found.total.ratings, found.sums.not_placed) == (0, 10)
    assert found.total.response_missing == "none_placed"
    assert (elsewhere.sums.elsewhere, elsewhere.total.response_missing) == (10, "no_ratings")


@pytest.mark.parametrize("code", [NO_RATINGS, NONE_PLACED, NOT_OF_ENDED, TOO_FEW_ENDED, NOT_SHOWN])
def test_every_code_of_what_is_missing_has_its_words(code: str) -> None:
    (words,) = [each for each in RATING_WORDS if each.code == code]

    assert words.vi
    assert words.en


def test_unknown_office_has_no_ratings_and_leaves_none_in_doubt() -> None:
    tallies = march(ratings_of("A1", "p1", MIXED[:5]), ratings_of("B1", "p3", MIXED[5:]))

    found = counted(tallies, asked(office="Z9"))

    assert (found.total.ratings, found.sums.not_placed, found.sums.elsewhere) == (0, 0, 10)


def test_more_figures_than_may_be_are_refused() -> None:
    tallies = march(ratings_of("A1", "p1", MIXED), ratings_of("A2", "p1", MIXED))

    with pytest.raises(TooManyFigures):
        counted(tallies, asked("office"), most=1)


def test_query_is_repeated_in_the_answer() -> None:
    query = asked("stage", "office", stage=RESULT, office="A", subtree=True, first="2026-01")
    found = asked_of(query)

    assert (found.by, found.stage, found.period) == (("office", "stage"), "result", "2026-01/")
