"""Small cells: shown under an office with a crowd, counted all the same, never listed alone."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from domain.facts.feedback import FeedbackCategory
from domain.moments import parse_moment
from domain.oversight.petitions import PetitionState, PetitionTrack
from projections.petitions.figures import PetitionFigure, count_petitions
from projections.petitions.groups import LEAST_SHOWN, WHOLE_LEDGER, above, group_petitions
from projections.petitions.listing import list_petitions
from tests.support.builders import an_office
from tests.support.oversight.petitions import (
    COMMUNE,
    OTHER_COMMUNE,
    PROVINCE,
    a_pending_petition,
    a_petition,
    a_petition_world,
    rows_of_petitions,
)

COUNTED = PetitionFigure.__struct_fields__[3:]


def groups_of(**numbers: int) -> dict[str, int]:
    names = {"commune": COMMUNE, "other": OTHER_COMMUNE, "province": PROVINCE}
    records = [
        a_petition(office=names[name]) for name, number in numbers.items() for _ in range(number)
    ]
    groups = group_petitions(rows_of_petitions(*records), a_petition_world())
    return {group.office: len(group.petitions) for group in groups}


def test_cell_of_ten_stands_alone_and_one_of_nine_does_not() -> None:
    assert groups_of(commune=10) == {COMMUNE: 10}
    assert groups_of(commune=9) == {WHOLE_LEDGER: 9}


def test_small_cells_move_together_to_the_office_above() -> None:
    assert groups_of(commune=9, other=1) == {PROVINCE: 10}
    assert groups_of(commune=12, other=9) == {COMMUNE: 12, WHOLE_LEDGER: 9}
    assert groups_of(commune=12, other=3, province=8) == {COMMUNE: 12, PROVINCE: 11}


def test_months_and_tracks_make_no_crowd_together() -> None:
    complaint = {"track": PetitionTrack.COMPLAINT, "state": PetitionState.DECIDED, "level": 1}
    records = [
        *(a_petition() for _ in range(6)),
        *(a_petition(filed_at=parse_moment("2026-04-01")) for _ in range(6)),
        *(a_petition(**complaint) for _ in range(6)),
    ]

    groups = list(group_petitions(rows_of_petitions(*records), a_petition_world()))

    assert [len(group.petitions) for group in groups] == [6, 6, 6]
    assert not any(group.may_be_listed for group in groups)


def test_offices_above_each_other_in_a_circle_have_none_above() -> None:
    circle = {
        COMMUNE: an_office(COMMUNE, parent=OTHER_COMMUNE),
        OTHER_COMMUNE: an_office(OTHER_COMMUNE, parent=COMMUNE),
    }
    world = a_petition_world(offices=circle)

    assert above(COMMUNE, world.offices) == ()
    groups = group_petitions(rows_of_petitions(a_petition()), world)
    assert [group.office for group in groups] == [WHOLE_LEDGER]


def test_list_shows_no_stream_no_text_and_withholds_what_is_too_few() -> None:
    rows = rows_of_petitions(
        *(a_petition(category=FeedbackCategory.STAFF) for _ in range(10)),
        a_petition(office=OTHER_COMMUNE),
        a_petition(filed_at=parse_moment("2026-02-10"), office=OTHER_COMMUNE),
    )

    march = list_petitions(rows, a_petition_world(), "2026-03")
    february = list_petitions(rows, a_petition_world(), "2026-02")

    assert march == list_petitions(rows, a_petition_world())
    assert march.months == ("2026-03", "2026-02")
    assert (len(march.petitions), march.withheld) == (10, 1)
    assert {one.office for one in march.petitions} == {COMMUNE}
    assert "petition:" not in repr(march)
    assert (february.petitions, february.withheld) == ((), 1)


def test_counts_answer_indicator_5_2() -> None:
    on_time = [a_petition() for _ in range(6)]
    late = [a_petition(answered_at=parse_moment("2026-04-10")) for _ in range(3)]
    overdue = [a_pending_petition() for _ in range(2)]
    disputed = a_petition(disputed_at=parse_moment("2026-03-10"))

    counts = count_petitions(rows_of_petitions(*on_time, *late, *overdue, disputed),
                             a_petition_world())  # fmt: skip

    (figure,) = counts.figures
    feedback, complaints = counts.totals
    assert (figure.office, figure.period, figure.filed) == (COMMUNE, "2026-03", 12)
    assert (figure.answered_on_time, figure.answered_late, figure.pending_overdue) == (7, 3, 2)
    assert figure.disputed == 1
    assert feedback.filed == 12
    assert complaints.filed == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from([COMMUNE, OTHER_COMMUNE, PROVINCE]),
            st.sampled_from(["2026-03-02", "2026-04-02"]),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_no_group_under_an_office_is_small_and_nothing_is_lost(
    drawn: list[tuple[str, str, bool]],
) -> None:
    records = [
        (a_petition if answered else a_pending_petition)(office=office, filed_at=parse_moment(day))
        for office, day, answered in drawn
    ]
    rows = rows_of_petitions(*records)

    counts = count_petitions(rows, a_petition_world())

    for figure in counts.figures:
        assert figure.office == WHOLE_LEDGER or figure.filed >= LEAST_SHOWN
        judged = [getattr(figure, name) for name in COUNTED if name not in {"filed", "disputed"}]
        assert figure.filed == sum(judged)
    sums = Counter[str]()
    for figure in counts.figures:
        sums.update({name: getattr(figure, name) for name in COUNTED})
    assert {name: getattr(counts.totals[0], name) for name in COUNTED} == {
        name: sums[name] for name in COUNTED
    }
