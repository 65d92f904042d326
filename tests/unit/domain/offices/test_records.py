"""Offices keep their history: as they were at an act, and when they began and ended."""

from datetime import date

import msgspec
import pytest

from domain.errors import MalformedDocument
from domain.moments import Moment, parse_moment
from domain.offices import Office, OfficeRecord, Session, parse_office
from tests.support.builders import an_office

DISTRICT = "H27.DIST"


def a_district(**changes: object) -> Office:
    return msgspec.structs.replace(an_office(DISTRICT), **changes)


def a_record(*documents: tuple[Office, str]) -> OfficeRecord:
    """Register documents one after the other, each at its moment."""
    (first, at), *rest = documents
    record = OfficeRecord(first, "0" * 64, parse_moment(at))
    for number, (office, moment) in enumerate(rest, start=1):
        record = record.followed_by(office, f"{number:064d}", parse_moment(moment))
    return record


def test_office_is_shown_as_it_was_on_the_day_of_an_act() -> None:
    old, new = a_district(parent="H27"), a_district(parent="H28")
    record = a_record((old, "2020-01-01"), (new, "2024-05-01"))

    shown = [record.as_of(date(year, 6, 1)).parent for year in (2010, 2021, 2024, 2026)]

    assert shown == ["H27", "H27", "H28", "H28"]
    assert record.at(parse_moment("2024-04-30T16:59:59Z")).parent == "H27"
    assert record.at(parse_moment("2024-04-30T17:00:00Z")).parent == "H28"


def test_change_that_is_announced_before_its_day_holds_from_that_day() -> None:
    later = a_district(parent="H28", valid_from=date(2027, 1, 1))
    record = a_record((a_district(parent="H27"), "2020-01-01"), (later, "2026-06-01"))

    assert record.as_of(date(2026, 12, 31)).parent == "H27"
    assert record.as_of(date(2027, 1, 1)).parent == "H28"


def test_same_document_again_is_no_further_version() -> None:
    record = a_record((a_district(), "2020-01-01"))

    again = record.followed_by(record.office, record.document, parse_moment("2021-01-01"))

    assert again == record


def test_record_with_its_history_survives_the_store_of_views() -> None:
    record = a_record((a_district(), "2020-01-01"), (a_district(parent="H28"), "2024-05-01"))

    assert msgspec.json.decode(msgspec.json.encode(record), type=OfficeRecord) == record


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2009, 12, 31), False),
        (date(2010, 1, 1), True),
        (date(2025, 6, 30), True),
        (date(2025, 7, 1), False),
    ],
)
def test_office_exists_from_its_first_to_its_last_day(day: date, in_force: bool) -> None:
    office = a_district(valid_from=date(2010, 1, 1), valid_to=date(2025, 6, 30))

    assert office.in_force_on(day) is in_force


MORNING = Session(opens="07:30", closes="11:30")
BAD = [
    ("no such zone", {"time_zone": "Asia/Nowhere"}),
    ("end before beginning", {"valid_from": date(2025, 7, 1), "valid_to": date(2025, 6, 30)}),
    ("year beyond reckoning", {"valid_to": date(2500, 1, 1)}),
    ("successor without an end", {"succeeded_by": ("H27.16",)}),
    ("own successor", {"valid_to": date(2025, 6, 30), "succeeded_by": (DISTRICT,)}),
    ("own parent", {"parent": DISTRICT}),
    ("sessions that overlap", {"office_hours": (MORNING, Session(opens="11:00", closes="17:00"))}),
    ("session that runs backwards", {"office_hours": (Session(opens="12:00", closes="08:00"),)}),
]


@pytest.mark.parametrize("changes", [bad for _, bad in BAD], ids=[name for name, _ in BAD])
def test_contradictory_office_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(MalformedDocument):
        parse_office(msgspec.json.encode(a_district(**changes)))


def test_office_with_everything_is_read_back() -> None:
    office = a_district(
        identity_code="H27.015",
        statistical_code="00004",
        office_hours=(MORNING,),
        valid_from=date(2010, 1, 1),
        valid_to=date(2025, 6, 30),
        succeeds=("H27.14",),
        succeeded_by=("H27.16", "H27.17"),
        note="sample",
    )

    assert parse_office(msgspec.json.encode(office)) == office


def test_moment_of_a_day_is_the_offices_day() -> None:
    record = a_record((a_district(parent="H27"), "2020-01-01"))

    assert record.at(Moment(day=date(2020, 1, 1))).parent == "H27"
