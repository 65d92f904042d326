"""Cells are a partition, none is below ten, and every label is as fine as the crowd allows."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import MalformedDocument
from domain.facts import RatingStage, SatisfactionRatedDetails
from domain.facts.feedback import UnofficialCost
from domain.facts.tallies import TallySubject
from domain.offices import Office
from domain.procedures import Procedure
from domain.tallies import (
    LEAST_DISSENT,
    LEAST_OF_CELL,
    Cell,
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
    assert parse_tally(render_tally(tally)) == tally


@given(st.lists(st.integers(1, 5), min_size=LEAST_OF_CELL, max_size=60))
def test_shown_marks_are_all_marks_and_two_raters_who_talk_know_no_third(marks: list[int]) -> None:
    (cell,) = made([one for mark in marks for one in ratings_of("A1", "p1", 1, mark)]).cells

    counts = Counter(marks)
    differ_enough = len(marks) - max(counts.values()) >= LEAST_DISSENT
    shown_marks = cell.marks.get("overall")
    assert cell.count == len(marks)
    assert (shown_marks is not None) == differ_enough
    if shown_marks is not None:
        assert shown_marks == tuple(counts[value] for value in range(1, 6))
        for some in combinations(sorted(counts), 2):
            # Two raters take their own answers out, and more than one answer is still possible.
            left = Counter(counts) - Counter(some)
            assert len([value for value in left if left[value]]) >= 2


UNANIMOUS = {
    "all of one mark": [5] * 30,
    "one dissenter, who would know everybody else's": [5] * 29 + [1],
    "two dissenters, who might talk": [5] * 28 + [1, 2],
}


@pytest.mark.parametrize("marks", UNANIMOUS.values(), ids=UNANIMOUS.keys())
def test_cell_of_one_mind_shows_how_many_they_are_and_no_mark(marks: list[int]) -> None:
    (cell,) = made([one for mark in marks for one in ratings_of("A1", "p1", 1, mark)]).cells

    assert (cell.count, cell.marks) == (30, {})


@pytest.mark.parametrize("counts", [(0, 0, 0, 0, 12), (0, 0, 0, 2, 10)])
def test_tally_that_tells_each_raters_mark_is_refused(counts: tuple[int, ...]) -> None:
    cell = Cell(office="A1", count=12, marks={"overall": counts})
    told = Tally(subject=TallySubject.RATINGS, month="2026-03", cells=(cell,))

    with pytest.raises(MalformedDocument, match="marks"):
        parse_tally(render_tally(told))


def test_question_that_few_answered_is_left_out() -> None:
    answered = SatisfactionRatedDetails(overall=3, contacts=0, unofficial_cost=UnofficialCost.YES)
    some = [Rating("A1", "p1", RESULT, answered)] * (LEAST_OF_CELL - 1)

    (cell,) = made(some, ratings_of("A1", "p1", 5)).cells

    assert cell.marks == {"overall": (0, 0, 9, 5, 0)}


def test_erased_marks_leave_the_rating_counted() -> None:
    kept = [*ratings_of("A1", "p1", 8), *ratings_of("A1", "p1", 3, overall=2)]

    (cell,) = made(kept, [Rating("A1", "p1", RESULT, None)] * 2).cells

    assert (cell.count, cell.marks["overall"]) == (13, (0, 3, 0, 8, 0))


def test_offices_above_one_another_in_a_circle_end() -> None:
    class Circle(Territory):
        def office(self, office_id: str) -> Office | None:
            return an_office(office_id, parent={"A1": "B1", "B1": "A1"}[office_id])

    tally = tally_ratings(
        "2026-03", ratings_of("A1", "p1", 5) + ratings_of("B1", "p1", 6), Circle()
    )

    assert shown(tally) == {Label(): 11}


@pytest.mark.parametrize("others", [*range(1, 13), 40, 107])
def test_number_of_counted_ratings_does_not_tell_of_denunciations(others: int) -> None:
    """The eleventh moved what waits from ten to twenty."""
    for envelopes in range(1_100):
        if others > withheld_of(envelopes):
            continue
        without = split_off(range(envelopes), 0)
        with_others = split_off(range(max(0, envelopes - others)), others)
        assert len(without) == len(with_others), envelopes
        assert len(without) == 0 or envelopes - len(without) == withheld_of(envelopes)


def test_more_denunciations_than_may_wait_let_nothing_be_counted() -> None:
    assert split_off(range(19), 11) == range(19)
    assert split_off(range(19), 12) == ()


@given(st.integers(0, 100_000))
def test_what_is_counted_only_grows_with_the_envelopes(envelopes: int) -> None:
    before, after = (count - withheld_of(count) for count in (envelopes, envelopes + 1))

    assert 0 <= after - before <= 1


def test_at_least_ten_wait_and_of_many_one_in_ten() -> None:
    assert [withheld_of(count) for count in (0, 29, 30, 1_000)] == [10, 10, 11, 108]


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
