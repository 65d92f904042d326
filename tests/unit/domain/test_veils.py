"""Which dossiers are veiled, under which office, and what their veils say."""

from datetime import date
from typing import Any

import pytest

from domain.dossiers import Dossier, Due
from domain.offices import OfficeRecord
from domain.procedures.profiles import Publication, PublicationProfile, Sensitivity
from domain.veils import Crowd, VeilAct, crowd_of, is_veiled, top_office, veil_act
from tests.support.builders import (
    ZONE,
    MemoryRegister,
    a_dossier,
    a_dossier_in_process,
    a_moment,
    a_procedure,
    a_register,
    an_office,
)

VEILED = PublicationProfile(commune=Publication.VEILED, province=Publication.VEILED)


def a_tree(parents: dict[str, str | None]) -> MemoryRegister:
    """A register that knows these offices alone."""
    register = a_register()
    register.offices = {
        name: OfficeRecord(an_office(name, parent=parent), "0" * 64, a_moment())
        for name, parent in parents.items()
    }
    return register


@pytest.mark.parametrize(
    ("changes", "veiled"),
    [
        ({}, False),
        ({"publication": VEILED}, True),
        ({"sensitivity": Sensitivity.CIVIL_STATUS}, True),
        (
            {
                "sensitivity": Sensitivity.HEALTH,
                "publication": PublicationProfile(commune=Publication.OPEN),
            },
            False,
        ),
        ({"publication": PublicationProfile(central=Publication.VEILED)}, False),
    ],
)
def test_profile_for_the_offices_level_decides(changes: dict[str, Any], veiled: bool) -> None:
    register = a_register(a_procedure(**changes))

    assert is_veiled(a_dossier(), register) is veiled


def test_version_in_force_on_the_day_of_submission_decides() -> None:
    register = a_register(
        a_procedure(publication=VEILED, valid_to=date(2026, 3, 31)),
        a_procedure(version=2, valid_from=date(2026, 4, 1)),
    )

    first = a_dossier(submitted_at=a_moment("2026-03-31T10:00:00Z"))
    # Seven hours ahead of UTC it is April already.
    second = a_dossier(submitted_at=a_moment("2026-03-31T18:00:00Z"))

    assert (is_veiled(first, register), is_veiled(second, register)) == (True, False)


@pytest.mark.parametrize("day", ["2025-12-30T02:00:00Z", "2027-01-04T02:00:00Z"])
def test_submission_dated_outside_every_version_of_a_veiled_procedure_is_veiled(day: str) -> None:
    """A submitter chose the day before the first version, and the dossier was published open."""
    register = a_register(
        a_procedure(publication=VEILED, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    )

    assert is_veiled(a_dossier(submitted_at=a_moment(day)), register)


def test_unpublished_procedure_or_unknown_office_veils_nothing() -> None:
    register = a_register(a_procedure(publication=VEILED))

    assert not is_veiled(a_dossier(procedure="9.999999"), register)
    assert not is_veiled(a_dossier(office="H99"), register)


@pytest.mark.parametrize(
    ("parents", "top"),
    [
        ({"A": None}, "A"),
        ({"A": "B", "B": None}, "B"),
        ({"A": "B", "B": "C", "C": None}, "C"),
        ({"A": "B"}, "A"),
        ({"A": "B", "B": "C", "C": "B"}, "C"),
        ({"A": "B", "B": "A"}, "B"),
    ],
)
def test_top_is_the_last_registered_office_on_the_way_up(
    parents: dict[str, str | None], top: str
) -> None:
    assert top_office("A", a_tree(parents)) == top


ACCEPTED = a_dossier_in_process(due=Due(day=date(2026, 3, 10)))


@pytest.mark.parametrize(
    ("before", "after", "act"),
    [
        (None, a_dossier(), VeilAct.STEP),
        (a_dossier(), ACCEPTED, VeilAct.RECEIVED),
        (a_dossier(), a_dossier(ended_at=a_moment()), VeilAct.STEP),
        (ACCEPTED, ACCEPTED, VeilAct.STEP),
        ("2026-03-09T02:00:00Z", None, VeilAct.ENDED_EARLY),
        ("2026-03-10T02:00:00Z", None, VeilAct.ENDED_ON_TIME),
        ("2026-03-11T02:00:00Z", None, VeilAct.ENDED_LATE),
    ],
)
def test_veil_says_what_the_states_before_and_after_show(
    before: Dossier | str | None, after: Dossier | None, act: VeilAct
) -> None:
    if isinstance(before, str):
        ended = a_dossier_in_process(due=Due(day=date(2026, 3, 10)), ended_at=a_moment(before))
        assert veil_act(ACCEPTED, ended, ZONE) is act
        assert veil_act(ended, ended, ZONE) is VeilAct.STEP
        return
    assert after is not None
    assert veil_act(before, after, ZONE) is act


def test_all_ends_hide_in_one_crowd() -> None:
    crowds = {act: crowd_of(act) for act in VeilAct}

    assert {act for act, crowd in crowds.items() if crowd is Crowd.RECEIVED} == {VeilAct.RECEIVED}
    assert {act for act, crowd in crowds.items() if crowd is Crowd.STEP} == {VeilAct.STEP}
