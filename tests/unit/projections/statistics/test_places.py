"""The tree of offices: subtrees, levels, fields, and the latest day."""

from datetime import date

import pytest

from projections.statistics.asking import Query, selection_of
from projections.statistics.places import OfficePlace, Places
from tests.support.dossier_cases import instant


def a_place(
    office: str, parent: str | None = None, level: str = "commune", zone: str = "UTC"
) -> OfficePlace:
    return OfficePlace(office=office, parent=parent, level=level, zone=zone)


PLACES = Places(
    {
        "P": a_place("P", level="province", zone="Asia/Ho_Chi_Minh"),
        "P.1": a_place("P.1", "P"),
        "P.2": a_place("P.2", "P"),
        "P.2.a": a_place("P.2.a", "P.2"),
        "Q": a_place("Q", level="province", zone="America/New_York"),
        # A registry may be wrong; nobody may wait for ever because of it.
        "loop": a_place("loop", "knot"),
        "knot": a_place("knot", "loop"),
    },
    {"p1": "Hộ tịch", "p2": "Đất đai", "p3": "Hộ tịch", "p4": None},
)


@pytest.mark.parametrize(
    ("office", "found"),
    [
        ("P", {"P", "P.1", "P.2", "P.2.a"}),
        ("P.2", {"P.2", "P.2.a"}),
        ("P.1", {"P.1"}),
        ("nobody", {"nobody"}),
        ("loop", {"loop", "knot"}),
    ],
)
def test_subtree_holds_all_offices_below(office: str, found: set[str]) -> None:
    assert PLACES.subtree(office) == found


def test_level_and_subtree_and_field_are_asked_for_together() -> None:
    query = Query(office="P", subtree=True, level="commune", field="Hộ tịch")

    wanted = selection_of(query, PLACES)

    assert wanted.offices == frozenset({"P.1", "P.2", "P.2.a"})
    assert wanted.procedures == frozenset({"p1", "p3"})
    assert wanted.grain == "op"


def test_subtree_of_everything_asks_for_no_office_at_all() -> None:
    places = Places({name: PLACES.offices[name] for name in ("P", "P.1", "P.2")})

    assert selection_of(Query(office="P", subtree=True), places).grain == ""


def test_procedure_outside_of_the_field_asked_for_selects_nothing() -> None:
    assert selection_of(Query(procedure="p2", field="Hộ tịch"), PLACES).procedures == frozenset()


def test_latest_day_is_the_one_farthest_east() -> None:
    assert PLACES.latest_day(instant("2026-01-31T20:00:00Z")) == date(2026, 2, 1)
    assert Places().latest_day(instant("2026-01-31T20:00:00Z")) == date(2026, 1, 31)
