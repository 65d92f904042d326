"""Persons: which keys are one person's, publicly and for inspectors."""

from domain.keys import KeyRecord
from projections.people.persons import Link, Persons
from tests.support.builders import a_key

FIRST, SECOND, THIRD = (f"officer-000000000000000{number}" for number in range(1, 4))
OTHER = "officer-00000000000000ff"


def a_chain() -> list[KeyRecord]:
    return [a_key(FIRST), a_key(SECOND, replaces=FIRST), a_key(THIRD, replaces=SECOND)]


def test_keys_that_replaced_one_another_are_one_persons() -> None:
    persons = Persons([*a_chain(), a_key(OTHER)])

    assert persons.keys_of(SECOND) == (FIRST, SECOND, THIRD)
    assert persons.keys_of(OTHER) == (OTHER,)
    assert persons.person_of(THIRD) == persons.person_of(FIRST) != persons.person_of(OTHER)
    assert persons.link(FIRST, THIRD) is Link.REPLACEMENT
    assert persons.link(FIRST, FIRST) is Link.SAME_KEY


def test_keys_of_one_personnel_number_are_one_persons() -> None:
    numbers = {THIRD: b"hash of 7", OTHER: b"hash of 7"}

    persons = Persons([*a_chain(), a_key(OTHER)], numbers)

    assert persons.keys_of(FIRST) == tuple(sorted((FIRST, SECOND, THIRD, OTHER)))
    assert persons.link(FIRST, OTHER) is Link.PERSONNEL_NUMBER
    assert persons.link(FIRST, SECOND) is Link.REPLACEMENT


def test_two_numbers_on_one_chain_do_not_part_it() -> None:
    numbers = {FIRST: b"hash of 7", SECOND: b"hash of 8", OTHER: b"hash of 8"}

    persons = Persons([*a_chain(), a_key(OTHER)], numbers)

    assert len({persons.person_of(key) for key in (FIRST, SECOND, THIRD, OTHER)}) == 1


def test_key_that_nobody_enrolled_is_a_person_of_its_own() -> None:
    persons = Persons([], {OTHER: b"hash of 7"})

    assert persons.person_of(OTHER) == OTHER
    assert persons.keys_of(OTHER) == (OTHER,)
