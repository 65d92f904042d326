"""Lists of parts in columns: what goes in comes out, and what cannot be one is refused."""

import msgspec
import pytest

from ledger.errors import StoreCorrupt
from projections.statistics.asking import WHOLE, Selection
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.asking import ActCell, Value
from projections.statistics.by_acts.cells import PairChange, PairPart
from projections.statistics.periods import Granularity
from projections.stored.by_acts.lists import PLACES_PER_DAY, changed_list, unpack_list
from projections.stored.by_acts.summing import cells_of_lists

PAID = PairPart("2026-03-02", "online", "paid_cash", 1, 20_000)
OWED = PairPart("2026-03-05", "counter", "outstanding", 1, 50_000)
SETTLED = PairPart("2026-04-01", "counter", "outstanding", -1, -50_000)
EVERYTHING = Selection(
    None, None, None, frozenset(), Granularity.MONTH, None, None, by_period=False
)


def packed(*parts: PairPart, theme: Theme = Theme.FEES) -> bytes:
    found = changed_list(theme, None, PairChange(more=list(parts)))
    assert found is not None
    return found


def summed(
    theme: Theme, listed: bytes, wanted: Selection = EVERYTHING
) -> dict[str, tuple[int, int, bytes]]:
    totals: dict[str, tuple[int, int, bytes]] = {}
    for cell in cells_of_lists(theme, wanted, [("H27", "p1", unpack_list(listed))]):
        for measure, value in cell.values.items():
            times, total, stays = totals.get(measure, (0, 0, b""))
            totals[measure] = (times + value[0], total + value[1], stays + value[2])
    return totals


def test_order_in_which_parts_come_leaves_the_same_bytes() -> None:
    at_once = packed(PAID, OWED, SETTLED)

    step_by_step = changed_list(Theme.FEES, packed(SETTLED, PAID), PairChange(more=[OWED]))

    assert step_by_step == at_once


def test_list_from_which_all_is_taken_out_is_none() -> None:
    assert changed_list(Theme.FEES, packed(PAID, OWED), PairChange(less=[OWED, PAID])) is None


def test_part_that_is_not_listed_cannot_be_taken_out() -> None:
    with pytest.raises(StoreCorrupt):
        changed_list(Theme.FEES, packed(PAID), PairChange(less=[OWED]))


def test_what_is_settled_is_taken_off_what_is_owed() -> None:
    found = summed(Theme.FEES, packed(PAID, OWED, SETTLED))

    assert found == {"paid_cash": (1, 20_000, b""), "outstanding": (0, 0, b"")}


def test_before_the_first_period_only_what_is_owed_is_given() -> None:
    wanted = Selection(
        None, None, None, frozenset(), Granularity.MONTH, "2026-04", None, by_period=False
    )

    found = list(
        cells_of_lists(Theme.FEES, wanted, [("H27", "p1", unpack_list(packed(PAID, OWED)))])
    )

    assert found == [ActCell("*", "*", "*", "", {"outstanding": Value(1, 50_000, b"")})]


def test_what_was_owed_before_is_left_out_where_it_is_known_otherwise() -> None:
    wanted = Selection(
        None, None, None, frozenset(), Granularity.MONTH, "2026-04", None, by_period=False
    )
    listed = [("H27", "p1", unpack_list(packed(PAID, OWED, SETTLED)))]

    found = list(cells_of_lists(Theme.FEES, wanted, listed, with_before=False))

    assert found == [ActCell("*", "*", "*", WHOLE, {"outstanding": Value(-1, -50_000, b"")})]


def test_list_of_a_length_that_none_has_is_corrupt_within_bounds_too() -> None:
    wanted = Selection(
        None, None, None, frozenset(), Granularity.MONTH, "2026-04", None, by_period=False
    )
    planted = unpack_list(msgspec.msgpack.encode((b"123", b"123456")))

    with pytest.raises(StoreCorrupt):
        list(cells_of_lists(Theme.STEPS, wanted, [("H27", "p1", planted)]))


def test_period_of_everything_is_named_so() -> None:
    listed = [("H27", "p1", unpack_list(packed(PAID)))]

    assert {cell.period for cell in cells_of_lists(Theme.FEES, EVERYTHING, listed)} == {WHOLE}


@pytest.mark.parametrize(
    "planted",
    [
        b"\xff",
        msgspec.msgpack.encode((b"1234", b"")),
        msgspec.msgpack.encode((b"123", b"123456")),
        # A day that there is not, and a measure that there is not.
        msgspec.msgpack.encode((b"\xff\xff\xff\x7f", bytes(8))),
        msgspec.msgpack.encode(((PLACES_PER_DAY * 3 - 1).to_bytes(4, "little"), bytes(8))),
    ],
)
def test_list_that_cannot_be_read_is_corrupt_and_nothing_else(planted: bytes) -> None:
    with pytest.raises(StoreCorrupt):
        summed(Theme.FEES, planted)
