"""Cells are a partition, none is below ten, and every label is as fine as the crowd allows."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import RatingStage, SatisfactionRatedDetails
from domain.facts.feedback import UnofficialCost
from domain.offices import Office
from domain.procedures import Procedure
from domain.tallies import (
    LEAST_OF_CELL,
    Label,
    Rating,
    Tally,
    parse_tally,
    render_tally,
    split_off,
    tally_ratings,
    withheld_of,
)
from tests.support.builders import a_procedure, an_office

PARENTS = {"A1": "A", "A2": "A", "B1": "B", "A": "C", "B": "C", "C": None}
FIELDS = {"p1": "land", "p2": "land", "p3": "health", "p4": None}


class Territory:
    """Three communes in two provinces, and four procedures of two fields."""

    def office(self, office_id: str) -> Office | None:
        return an_office(office_id, parent=PARENTS[office_id])

    def procedure(self, code: str) -> Procedure | None:
        return a_procedure(code=code, field=FIELDS[code])


def ratings_of(office: str, procedure: str, count: int, overall: int = 4) -> list[Rating]:
    marks = SatisfactionRatedDetails(overall=overall)
    return [Rating(office, procedure, RatingStage.RESULT, marks)] * count


def made(*groups: list[Rating]) -> Tally:
    return tally_ratings("2026-03", [one for group in groups for one in group], Territory())


def shown(tally: Tally) -> dict[Label, int]:
    return {cell.label: cell.count for cell in tally.cells}


RESULT = RatingStage.RESULT

TABLE = {
    "a crowd shows in full": (
        [("A1", "p1", 10)],
        {Label(office="A1", procedure="p1", stage=RESULT): 10},
    ),
    "two procedures of one field together": (
        [("A1", "p1", 5), ("A1", "p2", 5)],
        {Label(office="A1", field="land"): 10},
    ),
    "two communes below their province": (
        [("A1", "p1", 5), ("A2", "p1", 6)],
        {Label(office="A", below=True, field="land"): 11},
    ),
    "two provinces below the country": (
        [("A1", "p1", 5), ("B1", "p1", 6)],
        {Label(office="C", below=True, field="land"): 11},
    ),
    "two fields are everything": ([("A1", "p1", 5), ("B1", "p3", 6)], {Label(): 11}),
    "what is left over takes the smallest cell with it": (
        [("A1", "p1", 12), ("A2", "p3", 30), ("B1", "p3", 1)],
        {Label(): 13, Label(office="A2", procedure="p3", stage=RESULT): 30},
    ),
}


@pytest.mark.parametrize(("cells", "expected"), TABLE.values(), ids=TABLE.keys())
def test_small_cells_are_rolled_up(
    cells: list[tuple[str, str, int]], expected: dict[Label, int]
) -> None:
    assert shown(made(*(ratings_of(*cell) for cell in cells))) == expected


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A1", "A2", "B1", "A"]),
            st.sampled_from(sorted(FIELDS)),
            st.sampled_from(RatingStage),
            st.integers(1, 5),
        ),
        min_size=LEAST_OF_CELL,
        max_size=120,
    )
)
def test_no_cell_and_no_difference_of_cells_has_fewer_than_ten(
    given_ratings: list[tuple[str, str, RatingStage, int]],
) -> None:
    ratings = [
        Rating(office, procedure, stage, SatisfactionRatedDetails(overall=overall))
        for office, procedure, stage, overall in given_ratings
    ]

    tally = tally_ratings("2026-03", ratings, Territory())

    counts = [cell.count for cell in tally.cells]
    assert sum(counts) == len(ratings)
    # Whoever adds and subtracts what is published gets sums of cells: the least is one of them.
    totals = {sum(some) for size in range(1, 4) for some in combinations(counts, size)}
    assert min(totals) >= LEAST_OF_CELL
    overall = Counter(rating.marks.overall for rating in ratings if rating.marks)
    for value in range(1, 6):
        assert sum(cell.marks["overall"][value - 1] for cell in tally.cells) == overall[value]
    assert parse_tally(render_tally(tally)) == tally


def test_question_that_few_answered_is_left_out() -> None:
    answered = SatisfactionRatedDetails(overall=3, contacts=0, unofficial_cost=UnofficialCost.YES)
    some = [Rating("A1", "p1", RESULT, answered)] * (LEAST_OF_CELL - 1)

    (cell,) = made(some, ratings_of("A1", "p1", 5)).cells

    assert cell.marks == {"overall": (0, 0, 9, 5, 0)}


def test_erased_marks_leave_the_rating_counted() -> None:
    (cell,) = made(ratings_of("A1", "p1", 11), [Rating("A1", "p1", RESULT, None)] * 2).cells

    assert (cell.count, cell.marks["overall"]) == (13, (0, 0, 0, 11, 0))


def test_offices_above_one_another_in_a_circle_end() -> None:
    class Circle(Territory):
        def office(self, office_id: str) -> Office | None:
            return an_office(office_id, parent={"A1": "B1", "B1": "A1"}[office_id])

    tally = tally_ratings(
        "2026-03", ratings_of("A1", "p1", 5) + ratings_of("B1", "p1", 6), Circle()
    )

    assert shown(tally) == {Label(): 11}


@pytest.mark.parametrize("others", range(1, 10))
def test_number_of_counted_ratings_does_not_tell_of_denunciations(others: int) -> None:
    for envelopes in range(60):
        without = split_off(range(envelopes), 0)
        with_others = split_off(range(max(0, envelopes - others)), others)
        assert len(without) == len(with_others), envelopes
        assert len(without) == 0 or envelopes - len(without) == LEAST_OF_CELL


def test_withheld_is_a_multiple_of_ten_and_never_none() -> None:
    assert [withheld_of(others) for others in (0, 1, 9, 10, 11)] == [10, 10, 10, 10, 20]


def test_tally_too_fine_for_its_document_is_made_coarser() -> None:
    class Vast:
        def office(self, office_id: str) -> Office | None:
            return an_office(office_id, parent="A") if office_id != "A" else an_office("A")

        def procedure(self, code: str) -> Procedure | None:
            return a_procedure(code=code, field="land")

    ratings = [one for n in range(1_001) for one in ratings_of(f"O{n}", "p1", 10)]

    assert shown(tally_ratings("2026-03", ratings, Vast())) == {
        Label(office="A", below=True, field="land"): 10_010
    }
