"""Whose keys are whose: an enrolment's private part, with a number of each key's own."""

from domain.facts import KeyRegisteredDetails
from transparency.notes import SigningKey


def the_holder_of(key: SigningKey) -> KeyRegisteredDetails:
    """Give the private part of an enrolment: a personnel number that no other key has."""
    return KeyRegisteredDetails(personnel_number=f"CB-{key.name[-8:]}")
