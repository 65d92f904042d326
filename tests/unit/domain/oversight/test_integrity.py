"""Integrity: when an office was without the system, and which reads its holder may see."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts.integrity import AccessLoggedDetails, AccessPurpose
from domain.offices import LateEntry
from domain.oversight.integrity import Outage, is_open_to_holder, outages_during
from tests.support.builders import DEPARTMENT, OFFICE, STREAM, a_moment

START = datetime(2026, 3, 2, tzinfo=UTC)
END = START + timedelta(hours=48)


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


def an_outage(since: int, until: int | None, *offices: str) -> Outage:
    return Outage(2, hour(since), None if until is None else hour(until), offices)


@pytest.mark.parametrize(
    ("outages", "stretches"),
    [
        pytest.param([], [], id="none"),
        pytest.param([an_outage(1, 3)], [(1, 3)], id="everywhere"),
        pytest.param([an_outage(1, 3, OFFICE)], [(1, 3)], id="here"),
        pytest.param([an_outage(1, 3, DEPARTMENT)], [], id="elsewhere"),
        pytest.param([an_outage(40, None)], [(40, 48)], id="lasting"),
        pytest.param([an_outage(-5, 2)], [(0, 2)], id="begun before"),
        pytest.param([an_outage(-5, -2)], [], id="over before"),
        pytest.param([an_outage(5, 8), an_outage(1, 6)], [(1, 8)], id="overlapping"),
        pytest.param([an_outage(1, 2), an_outage(4, 5)], [(1, 2), (4, 5)], id="two"),
    ],
)
def test_outage_counts_once_and_where_it_was(
    outages: list[Outage], stretches: list[tuple[int, int]]
) -> None:
    expected = tuple((hour(since), hour(until)) for since, until in stretches)

    assert outages_during(outages, OFFICE, START, END) == expected


@given(st.lists(st.tuples(st.integers(-5, 50), st.integers(0, 20)), max_size=6))
def test_merged_outages_cover_the_same_hours(pairs: list[tuple[int, int]]) -> None:
    outages = [an_outage(since, since + length) for since, length in pairs]

    merged = outages_during(outages, OFFICE, START, END)

    for number in range(48):
        middle = hour(number) + timedelta(minutes=30)
        is_out = any(one.since <= middle < one.until for one in outages if one.until)
        assert is_out == any(since <= middle < until for since, until in merged)


def a_read(**changes: object) -> AccessLoggedDetails:
    members: dict[str, object] = {
        "dossier": STREAM,
        "purpose": AccessPurpose.INSPECTION,
        "fields": ("applicant_name",),
        "order": "12/QĐ-TTr",
        "order_until": date(2026, 4, 1),
    }
    return AccessLoggedDetails(**(members | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("read", "ended", "is_open"),
    [
        pytest.param(a_read(), (), False, id="no entry says that the order ended"),
        pytest.param(a_read(), ("12/QĐ-TTr",), True, id="one does"),
        pytest.param(a_read(), ("13/QĐ-TTr",), False, id="another order ended"),
        pytest.param(a_read(purpose=AccessPurpose.TASK), (), True, id="a task"),
    ],
)
def test_holder_sees_reads_under_an_order_once_an_entry_ends_it(
    read: AccessLoggedDetails, ended: tuple[str, ...], is_open: bool
) -> None:
    assert is_open_to_holder(read, ended) == is_open


def test_late_entry_covers_its_days_alone() -> None:
    entry = LateEntry(a_moment(), date(2026, 2, 26), date(2026, 2, 27), "paper")

    assert [entry.covers(date(2026, 2, day)) for day in (25, 26, 27, 28)] == [
        False, True, True, False,
    ]  # fmt: skip
