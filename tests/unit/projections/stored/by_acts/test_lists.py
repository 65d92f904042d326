"""Lists of parts in columns: what goes in comes out, and what cannot be one is refused."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest

from ledger.errors import StoreCorrupt
from projections.statistics.adding import pack_seconds
from projections.statistics.asking import WHOLE, Selection
from projections.statistics.by_acts.adding import Theme
from projections.statistics.by_acts.asking import ActCell, Value
from projections.statistics.by_acts.cells import PairChange, PairPart, told_stay
from projections.statistics.by_acts.stays import Stage
from projections.statistics.periods import Granularity
from projections.stored.by_acts.lists import (
    PLACES_PER_DAY,
    StoredList,
    changed_list,
    unpack_list,
)
from projections.stored.by_acts.summing import MANY_BYTES, cells_of_lists

PAID = PairPart("2026-03-02", "online", "paid_cash", 1, 20_000)
OWED = PairPart("2026-03-05", "counter", "outstanding", 1, 50_000)
SETTLED = PairPart("2026-04-01", "counter", "outstanding", -1, -50_000)
EVERYTHING = Selection(
    None, None, None, frozenset(), Granularity.MONTH, None, None, by_period=False
)


A_PLACE = (PLACES_PER_DAY * 3).to_bytes(2, "little")


def planted_list(columns: tuple[dict[str, int], bytes, bytes]) -> StoredList:
    return unpack_list(msgspec.msgpack.encode(columns))


def packed(*parts: PairPart, theme: Theme = Theme.FEES) -> bytes:
    found = changed_list(theme, None, {"p1": PairChange(more=list(parts))})
    assert found is not None
    return found


def by_month(*parts: PairPart, theme: Theme = Theme.FEES) -> list[tuple[str, str, StoredList]]:
    """Give the lists of an office, one for each month."""
    of_month: dict[str, list[PairPart]] = {}
    for part in sorted(parts):
        of_month.setdefault(part.day[:7], []).append(part)
    return [
        (month, "H27", unpack_list(packed(*found, theme=theme)))
        for month, found in of_month.items()
    ]


def summed(
    theme: Theme, lists: list[tuple[str, str, StoredList]], wanted: Selection = EVERYTHING
) -> dict[str, tuple[int, int, bytes]]:
    totals: dict[str, tuple[int, int, bytes]] = {}
    for cell in cells_of_lists(theme, wanted, lists):
        for measure, value in cell.values.items():
            times, total, stays = totals.get(measure, (0, 0, b""))
            totals[measure] = (times + value[0], total + value[1], stays + value[2])
    return totals


def test_order_in_which_parts_come_leaves_the_same_bytes() -> None:
    at_once = packed(PAID, OWED, SETTLED)

    step_by_step = changed_list(Theme.FEES, packed(SETTLED, PAID), {"p1": PairChange(more=[OWED])})

    assert step_by_step == at_once


def test_list_from_which_all_is_taken_out_is_none() -> None:
    assert (
        changed_list(Theme.FEES, packed(PAID, OWED), {"p1": PairChange(less=[OWED, PAID])}) is None
    )


def test_part_that_is_not_listed_cannot_be_taken_out() -> None:
    with pytest.raises(StoreCorrupt):
        changed_list(Theme.FEES, packed(PAID), {"p1": PairChange(less=[OWED])})


def test_what_is_settled_is_taken_off_what_is_owed() -> None:
    found = summed(Theme.FEES, by_month(PAID, OWED, SETTLED))

    assert found == {"paid_cash": (1, 20_000, b""), "outstanding": (0, 0, b"")}


def test_before_the_first_period_only_what_is_owed_is_given() -> None:
    wanted = Selection(
        None, None, None, frozenset(), Granularity.MONTH, "2026-04", None, by_period=False
    )

    found = list(cells_of_lists(Theme.FEES, wanted, by_month(PAID, OWED)))

    assert found == [ActCell("*", "*", "*", "", {"outstanding": Value(1, 50_000, b"")})]


def test_what_was_owed_before_is_left_out_where_it_is_known_otherwise() -> None:
    wanted = Selection(
        None, None, None, frozenset(), Granularity.MONTH, "2026-04", None, by_period=False
    )
    listed = by_month(PAID, OWED, SETTLED)

    found = list(cells_of_lists(Theme.FEES, wanted, listed, with_before=False))

    assert found == [ActCell("*", "*", "*", WHOLE, {"outstanding": Value(-1, -50_000, b"")})]


def test_list_of_a_length_that_none_has_is_corrupt_within_bounds_too() -> None:
    wanted = Selection(
        None, None, None, frozenset(), Granularity.MONTH, "2026-04", None, by_period=False
    )

    with pytest.raises(StoreCorrupt):
        summed(
            Theme.STEPS, [("2026-03", "H27", planted_list(({"p1": 1}, b"123", b"123456")))], wanted
        )


def test_parts_of_one_procedure_change_and_those_of_others_stay() -> None:
    both = changed_list(Theme.FEES, packed(PAID), {"p0": PairChange(more=[OWED])})
    assert both is not None
    assert list(unpack_list(both).counts) == ["p0", "p1"]

    assert changed_list(Theme.FEES, both, {"p0": PairChange(less=[OWED])}) == packed(PAID)


def test_stays_of_first_months_come_alone_so_that_too_many_figures_are_seen_early() -> None:
    stay = PairPart("2026-03-02", "online", "processing", 1, 3_600)
    later = [stay._replace(day=f"2026-{month:02d}-02") for month in range(4, 9)]
    read: list[str] = []

    def lists() -> Iterator[tuple[str, str, StoredList]]:
        for each in by_month(stay, *later, theme=Theme.STEPS):
            read.append(each[0])
            yield each

    next(iter(cells_of_lists(Theme.STEPS, EVERYTHING, lists())))

    # The second is looked at, since it begins where the first one ends.
    assert read == ["2026-03", "2026-04"]


def test_period_of_everything_is_named_so() -> None:
    listed = by_month(PAID)

    assert {cell.period for cell in cells_of_lists(Theme.FEES, EVERYTHING, listed)} == {WHOLE}


@pytest.mark.parametrize(
    "planted",
    [
        b"\xff",
        msgspec.msgpack.encode((b"12", bytes(8))),
        msgspec.msgpack.encode(({"p1": 1}, b"12", b"")),
        msgspec.msgpack.encode(({"p1": 1}, b"123", b"123456")),
        # A count that is none, and one of parts that are not there.
        msgspec.msgpack.encode(({"p1": 0, "p2": 1}, A_PLACE, bytes(8))),
        msgspec.msgpack.encode(({"p1": -1, "p2": 2}, A_PLACE, bytes(8))),
        msgspec.msgpack.encode(({"p1": 2}, A_PLACE, bytes(8))),
        # A day that there is not, and a measure that there is not.
        msgspec.msgpack.encode(({"p1": 1}, b"\xff\xff", bytes(8))),
        msgspec.msgpack.encode(({"p1": 1}, bytes(2), bytes(8))),
        msgspec.msgpack.encode(
            ({"p1": 1}, (PLACES_PER_DAY * 3 - 1).to_bytes(2, "little"), bytes(8))
        ),
    ],
)
def test_list_that_cannot_be_read_is_corrupt_and_nothing_else(planted: bytes) -> None:
    with pytest.raises(StoreCorrupt):
        summed(Theme.FEES, [("2026-03", "H27", unpack_list(planted))])


def several(theme: Theme, parts: dict[str, list[PairPart]]) -> StoredList:
    """Give the list of an office by procedure."""
    found = changed_list(
        theme, None, {code: PairChange(more=listed) for code, listed in parts.items()}
    )
    assert found is not None
    return unpack_list(found)


def test_one_procedure_amid_others_is_summed_alone() -> None:
    amounts = {"p1": 1, "p2": 20, "p3": 300}
    listed = several(
        Theme.FEES, {code: [PAID._replace(total=amount)] for code, amount in amounts.items()}
    )
    wanted = replace(EVERYTHING, procedures=frozenset({"p2"}))

    found = summed(Theme.FEES, [("2026-03", "H27", listed)], wanted)

    assert found == {"paid_cash": (1, 20, b"")}


def test_each_procedure_keeps_its_own_sum() -> None:
    amounts = {"p1": 1, "p2": 20, "p3": 300}
    listed = several(
        Theme.FEES, {code: [PAID._replace(total=amount)] for code, amount in amounts.items()}
    )
    wanted = replace(EVERYTHING, apart=frozenset({"p"}))

    cells = cells_of_lists(Theme.FEES, wanted, [("2026-03", "H27", listed)])

    assert {cell.procedure: cell.values["paid_cash"].total for cell in cells} == amounts


def test_stays_of_several_channels_are_one_run_with_the_seconds_of_all() -> None:
    stage = next(iter(Stage)).value
    stays = [("online", 30), ("counter", 40), ("post", 20), ("online", 10)]
    parts = [PairPart("2026-03-02", channel, stage, 1, seconds) for channel, seconds in stays]

    found = summed(Theme.STEPS, by_month(*parts, theme=Theme.STEPS))

    run = pack_seconds(told_stay(seconds, channel) for channel, seconds in stays)
    assert found == {stage: (4, 100, run)}


def test_stays_of_a_busy_month_are_given_before_all_of_it_is_read() -> None:
    stage = next(iter(Stage)).value
    parts = [PairPart("2026-03-02", "online", stage, 1, number) for number in range(MANY_BYTES)]
    listed = unpack_list(packed(*parts, theme=Theme.STEPS))
    read: list[str] = []

    def lists() -> Iterator[tuple[str, str, StoredList]]:
        for office in ("H27", "H28", "H29"):
            read.append(office)
            yield "2026-03", office, listed

    next(iter(cells_of_lists(Theme.STEPS, EVERYTHING, lists())))

    assert "H29" not in read


def test_days_at_both_edges_of_a_span_make_one_run() -> None:
    stage = next(iter(Stage)).value
    days = ["2026-03-01", "2026-03-02", "2026-04-01", "2026-04-02"]
    parts = [PairPart(day, "online", stage, 1, 10**at) for at, day in enumerate(days)]
    wanted = replace(EVERYTHING, granularity=Granularity.DAY, first=days[1], last=days[2])

    cells = list(
        cells_of_lists(Theme.STEPS, wanted, by_month(*parts, theme=Theme.STEPS), are_few=True)
    )

    run = pack_seconds([told_stay(10, "online"), told_stay(100, "online")])
    assert cells == [ActCell("*", "*", "*", WHOLE, {stage: Value(2, 110, run)})]


def test_list_without_the_procedure_asked_for_gives_no_cell() -> None:
    wanted = replace(EVERYTHING, procedures=frozenset({"p9"}))

    assert list(cells_of_lists(Theme.FEES, wanted, by_month(PAID, OWED))) == []
