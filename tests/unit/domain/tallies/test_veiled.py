"""Cells of veiled dossiers: as fine as ten allow, and together exactly the veils of the month."""

from collections import Counter
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import MalformedDocument
from domain.offices import Office
from domain.procedures import Procedure
from domain.tallies import LEAST_OF_CELL, MOST_CELLS
from domain.veiled_tallies import (
    CountedAct,
    VeiledAct,
    VeiledCell,
    VeiledLabel,
    VeiledTally,
    counted_of,
    parse_veiled_tally,
    render_veiled_tally,
    tally_veiled,
)
from domain.veils import Crowd, VeilAct, crowd_of
from tests.support.builders import a_procedure, an_office

PARENTS = {"A11": "A1", "A12": "A1", "A1": "A", "A2": "A", "A": None, "B1": "B", "B": None}
FIELDS = {"p1": "status", "p2": "status", "p3": "health", "p4": None}
TOPS = {"A11": "A", "A12": "A", "A1": "A", "A2": "A", "A": "A", "B1": "B", "B": "B"}
RECEIVED, EARLY, LATE = CountedAct.RECEIVED, CountedAct.ENDED_EARLY, CountedAct.ENDED_LATE


class Territory:
    """Two provinces, one with a district between, and four procedures of two fields."""

    def office(self, office_id: str) -> Office | None:
        return an_office(office_id, parent=PARENTS[office_id]) if office_id in PARENTS else None

    def procedure(self, code: str) -> Procedure | None:
        return a_procedure(code=code, field=FIELDS[code]) if code in FIELDS else None


def acts(office: str, procedure: str, count: int, act: CountedAct = RECEIVED) -> list[VeiledAct]:
    return [VeiledAct(TOPS[office], act, office, procedure)] * count


def made(*groups: list[VeiledAct]) -> VeiledTally:
    return tally_veiled("2026-03", [one for group in groups for one in group], Territory())


def shown(tally: VeiledTally) -> dict[VeiledLabel, int]:
    return {cell.label: cell.count for cell in tally.cells}


def label(top: str, **members: object) -> VeiledLabel:
    return msgspec.convert({"top": top, **members}, VeiledLabel)


TABLE = {
    "ten of one procedure": (
        [acts("A11", "p1", 10)],
        {label("A", office="A11", procedure="p1"): 10},
    ),
    "two procedures of one field": (
        [acts("A11", "p1", 6), acts("A11", "p2", 6)],
        {label("A", office="A11", field="status"): 12},
    ),
    "two communes of one district, one field": (
        [acts("A11", "p1", 6), acts("A12", "p2", 6)],
        {label("A", office="A1", below=True, field="status"): 12},
    ),
    "two communes of one district, two fields": (
        [acts("A11", "p1", 6), acts("A12", "p3", 6)],
        {label("A", office="A1", below=True): 12},
    ),
    "one field all over the province": (
        [acts("A11", "p1", 6), acts("A2", "p2", 6)],
        {label("A", field="status"): 12},
    ),
    "one district, one of two procedures without a field": (
        [acts("A11", "p4", 6), acts("A12", "p1", 6)],
        {label("A", office="A1", below=True): 12},
    ),
    "nothing in common but the province": (
        [acts("A11", "p1", 6), acts("A2", "p3", 6)],
        {label("A"): 12},
    ),
    "a rest below ten joins the smallest cell": (
        [acts("A11", "p1", 15), acts("A2", "p3", 10), acts("A12", "p4", 3)],
        {label("A", office="A11", procedure="p1"): 15, label("A"): 13},
    ),
    "a rest of ten stands alone": (
        [acts("A11", "p1", 10), acts("A2", "p3", 6), acts("A12", "p4", 6)],
        {label("A", office="A11", procedure="p1"): 10, label("A"): 12},
    ),
    "provinces are apart": (
        [acts("A11", "p1", 10), acts("B1", "p1", 10)],
        {
            label("A", office="A11", procedure="p1"): 10,
            label("B", office="B1", procedure="p1"): 10,
        },
    ),
    "what the promise's last day forces out is not parted": (
        [acts("B1", "p1", 3)],
        {label("B"): 3},
    ),
    "an office and a procedure that nobody knows": (
        [[VeiledAct("A", RECEIVED, "Z9", "p9")] * 10],
        {label("A", office="Z9", procedure="p9"): 10},
    ),
}


@pytest.mark.parametrize(("groups", "cells"), TABLE.values(), ids=TABLE.keys())
def test_cells_are_as_fine_as_ten_allow(
    groups: list[list[VeiledAct]], cells: dict[VeiledLabel, int]
) -> None:
    assert shown(made(*groups)) == cells


def test_arrivals_and_ends_have_cells_of_their_own() -> None:
    tally = made(acts("A11", "p1", 10), acts("A11", "p1", 7, EARLY), acts("A11", "p1", 4, LATE))

    arrivals, ends = sorted(tally.cells, key=lambda cell: cell.count)
    assert arrivals.acts == {RECEIVED: 10}
    assert ends.acts == {EARLY: 7, LATE: 4}
    assert arrivals.label == ends.label


def test_document_of_the_docstring_is_read_and_written_again() -> None:
    text = (
        b'{"cells":[{"office":"H27.101","procedure":"2.000815","received":12,"top":"H27"},'
        b'{"ended_late":1,"ended_on_time":9,"top":"H27"}],"month":"2026-11"}'
    )

    tally = parse_veiled_tally(text)

    assert render_veiled_tally(tally) == text
    assert tally.counted == 22
    assert tally.sums == {
        ("H27", "received"): 12,
        ("H27", "ended_late"): 1,
        ("H27", "ended_on_time"): 9,
    }


WHOLE = {"top": "H27", "received": 12}
MALFORMED = {
    "a cell below ten": [{**WHOLE, "office": "H27.1", "received": 9}],
    "arrivals and ends in one cell": [{**WHOLE, "ended_late": 2}],
    "a cell of nothing": [{"top": "H27"}],
    "a label that stands twice": [WHOLE, WHOLE],
    "a cell without a top": [{"received": 12}],
    "a member of another tally": [{**WHOLE, "marks": {}}],
    "a negative count": [{**WHOLE, "received": -12}],
}


@pytest.mark.parametrize("cells", MALFORMED.values(), ids=MALFORMED.keys())
def test_document_with_wrong_cells_is_refused(cells: list[dict[str, object]]) -> None:
    with pytest.raises(MalformedDocument):
        parse_veiled_tally(msgspec.json.encode({"cells": cells, "month": "2026-03"}))


def test_steps_are_veils_that_no_tally_counts() -> None:
    veils = {("A", VeilAct.STEP): 40, ("A", VeilAct.ENDED_LATE): 2, ("B", VeilAct.RECEIVED): 0}

    assert counted_of(veils) == {("A", "ended_late"): 2}


def test_counted_acts_are_the_words_of_veils_without_steps() -> None:
    assert {*CountedAct, VeilAct.STEP} == {*VeilAct}


def test_too_many_cells_for_one_document_are_taken_a_step_up() -> None:
    class Wide:
        def office(self, office_id: str) -> Office | None:
            return an_office(office_id, parent=None if office_id == "A" else "A")

        def procedure(self, code: str) -> Procedure | None:
            return a_procedure(code=code, field="status")

    many = [
        VeiledAct("A", RECEIVED, f"A{number}", "p1")
        for number in range(MOST_CELLS + 1)
        for _ in range(LEAST_OF_CELL)
    ]

    tally = tally_veiled("2026-03", many, Wide())

    assert [cell.label for cell in tally.cells] == [VeiledLabel(top="A", field="status")]
    assert tally.counted == len(many)


SOME_ACTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(TOPS)), st.sampled_from(sorted(FIELDS)), st.sampled_from(CountedAct)
    ),
    max_size=120,
)


@given(SOME_ACTS)
def test_cells_add_up_to_the_veils_and_none_shows_fewer_than_ten(
    drawn: list[tuple[str, str, CountedAct]],
) -> None:
    given_acts = [VeiledAct(TOPS[office], act, office, code) for office, code, act in drawn]
    veils = Counter((one.top, VeilAct(one.act.value)) for one in given_acts)
    crowds: Counter[tuple[str, Crowd]] = Counter()
    for (top, act), count in veils.items():
        crowds[top, crowd_of(act)] += count

    tally = parse_veiled_tally(
        render_veiled_tally(tally_veiled("2026-03", given_acts, Territory()))
    )

    assert tally.sums == counted_of(veils)
    assert tally.counted == len(given_acts)
    for cell in tally.cells:
        crowd = Crowd.RECEIVED if cell.received else Crowd.ENDED
        assert cell.count >= min(LEAST_OF_CELL, crowds[cell.top, crowd])


@given(SOME_ACTS, st.randoms())
def test_order_in_which_acts_are_read_changes_no_byte(
    drawn: list[tuple[str, str, CountedAct]], random: Random
) -> None:
    given_acts = [VeiledAct(TOPS[office], act, office, code) for office, code, act in drawn]
    first = render_veiled_tally(tally_veiled("2026-03", given_acts, Territory()))
    random.shuffle(given_acts)

    assert render_veiled_tally(tally_veiled("2026-03", given_acts, Territory())) == first


@given(st.binary(max_size=200))
def test_reading_any_bytes_gives_a_tally_or_one_error(document: bytes) -> None:
    try:
        tally = parse_veiled_tally(document)
    except MalformedDocument:
        return
    assert parse_veiled_tally(render_veiled_tally(tally)) == tally


def test_cell_and_label_agree_on_their_members() -> None:
    cell = VeiledCell(top="A", office="A1", below=True, field="status", received=10)

    assert cell.label == VeiledLabel(top="A", office="A1", below=True, field="status")
    assert not cell.label.is_whole
