"""Ratings placed from random tallies: nothing gets lost, and nothing is placed by guessing.

The reference looks at every office, procedure and stage that a cell's label may stand for.
"""

from collections import Counter
from datetime import UTC, datetime
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.facts import RatingStage, SatisfactionRatedDetails
from domain.tallies import LEAST_OF_CELL, Label, Rating
from projections.statistics.asking import Dimension, Query
from projections.statistics.in_memory import CellsInMemory
from projections.tallies.placing import Apart, Fit, Placing, RatingQuery
from projections.tallies.published import RatingTally
from projections.tallies.ratings import CountedRatings, count_ratings
from tests.support.tallies.territory import FIELDS, PARENTS, PLACES, level_of, tallied

MONTHS = ("2026-01", "2026-02", "2026-03")
CELLS = CellsInMemory([], PLACES, datetime(2026, 6, 15, tzinfo=UTC))
Act = tuple[str, str, RatingStage]

acts = st.tuples(
    st.sampled_from(["A1", "A2", "B1", "B2", "A"]),
    st.sampled_from(sorted(FIELDS)),
    st.sampled_from(RatingStage),
)
marks = st.none() | st.builds(
    SatisfactionRatedDetails,
    overall=st.integers(1, 5),
    attitude=st.none() | st.integers(0, 2),
)
months = st.lists(
    st.lists(st.tuples(acts, marks), min_size=LEAST_OF_CELL, max_size=60), max_size=len(MONTHS)
)
queries = st.builds(
    RatingQuery,
    st.builds(
        Query,
        office=st.none() | st.sampled_from(sorted(PARENTS)),
        subtree=st.booleans(),
        level=st.none() | st.sampled_from(["commune", "province", "ministry"]),
        procedure=st.none() | st.sampled_from(sorted(FIELDS)),
        field=st.none() | st.sampled_from(["land", "health"]),
        first=st.none() | st.sampled_from(MONTHS[:2]),
        last=st.none() | st.sampled_from(MONTHS[1:]),
        by=st.frozensets(st.sampled_from(sorted(set(Dimension) - {Dimension.CHANNEL}))),
    ),
    st.none() | st.sampled_from(RatingStage),
    st.booleans(),
)


def tallies_of(given_months: list[list[tuple[Act, Any]]]) -> list[RatingTally]:
    found: list[RatingTally] = []
    before = 0
    for month, rated in zip(MONTHS, given_months, strict=False):
        ratings = [Rating(*act, details) for act, details in rated]
        found.append(tallied(month, ratings, before))
        before += len(ratings)
    return found


def is_asked_for(act: Act, query: RatingQuery) -> bool:
    office, procedure, stage = act
    of = query.of
    above = {office}
    while of.subtree and (parent := PARENTS[office]) is not None:
        office = parent
        above.add(office)
    return (
        of.office in (None, *above)
        and of.level in (None, level_of(act[0]))
        and of.procedure in (None, procedure)
        and of.field in (None, FIELDS[procedure])
        and query.stage in (None, stage)
    )


def key_of(act: Act, query: RatingQuery) -> tuple[str | None, ...]:
    office, procedure, stage = act
    told = {Apart.OFFICE: office, Apart.PROCEDURE: procedure, Apart.STAGE: stage.value}
    fields = {Apart.FIELD: FIELDS[procedure]}
    known = {**told, **fields}
    order = (Apart.OFFICE, Apart.PROCEDURE, Apart.FIELD, Apart.STAGE)
    return tuple(known[each] if each in query.by else "*" for each in order)


def may_be_of(act: Act, label: Label) -> bool:
    office, procedure, stage = act
    if label.below:
        above = PARENTS[office]
        while above is not None and above != label.office:
            above = PARENTS[above]
        is_there = above is not None
    else:
        is_there = label.office in (None, office)
    return (
        is_there
        and label.procedure in (None, procedure)
        and label.field in (None, FIELDS[procedure])
        and label.stage in (None, stage)
    )


@given(months, queries)
def test_label_is_placed_as_far_as_all_that_it_may_stand_for_agree(
    given_months: list[list[tuple[Act, Any]]], query: RatingQuery
) -> None:
    placing = Placing(query, PLACES)
    for label in {cell.label for each in tallies_of(given_months) for cell in each.cells}:
        everything = product(PARENTS, FIELDS, RatingStage)
        possible = [act for act in everything if may_be_of(act, label)]
        wanted = [act for act in possible if is_asked_for(act, query)]
        keys = {key_of(act, query) for act in possible}

        place = placing.place(label)

        expected = Fit.ALL if len(wanted) == len(possible) else Fit.SOME if wanted else Fit.NONE
        assert place.fit is expected, label
        if expected is not Fit.ALL or len(keys) > 1:
            assert place.group is None
        else:
            assert place.group is not None
            office, procedure, field, _ = place.group.group
            assert keys == {(office, procedure, field, place.group.stage)}


@given(months, queries)
def test_placed_not_placed_and_elsewhere_are_all_that_was_counted(
    given_months: list[list[tuple[Act, Any]]], query: RatingQuery
) -> None:
    tallies = tallies_of(given_months)
    found = count_ratings(tallies, CELLS, query)
    sums = found.sums

    assert sums.placed == sum(figure.ratings for figure in found.figures)
    assert sums.not_placed == sum(line.ratings for line in found.not_placed)
    assert sums.counted == sum(used.counted for used in found.tallies)
    assert sums.placed + sums.not_placed + sums.elsewhere == sums.counted
    assert sums.counted_before + sums.counted + sums.withheld == sums.envelopes
    in_total = sum(line.ratings for line in found.not_placed if line.in_total)
    assert found.total.ratings == sums.placed + in_total
    _check_no_small_number(found)


def _check_no_small_number(found: CountedRatings) -> None:
    numbers = [each.ratings for each in (*found.figures, found.total)]
    numbers += [line.ratings for line in found.not_placed]
    numbers += [found.sums.elsewhere, found.sums.counted, found.sums.counted_before]
    for figure in (*found.figures, found.total):
        for marks_of in (figure.overall, figure.attitude):
            numbers += [
                marks_of.answered,
                marks_of.of_ratings,
                figure.ratings - marks_of.of_ratings,
            ]
    assert not [number for number in numbers if 0 < number < LEAST_OF_CELL]


@given(months, queries)
def test_figure_never_counts_a_rating_that_is_not_of_its_group(
    given_months: list[list[tuple[Act, Any]]], query: RatingQuery
) -> None:
    found = count_ratings(tallies_of(given_months), CELLS, query)
    first, last = query.of.first or "", query.of.last or "9"

    true: Counter[tuple[str | None, ...]] = Counter()
    for month, rated in zip(MONTHS, given_months, strict=False):
        if first <= month <= last:
            for act, _ in rated:
                if is_asked_for(act, query):
                    period = month if Apart.PERIOD in query.by else query.of.period
                    true[(*key_of(act, query), period)] += 1

    for one in found.figures:
        assert one.ratings <= true[one.office, one.procedure, one.field, one.stage, one.period]
    doubtful = sum(line.ratings for line in found.not_placed if not line.in_total)
    assert found.total.ratings <= sum(true.values()) <= found.total.ratings + doubtful
