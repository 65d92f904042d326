"""Whose keys are one person's: what rules and trails about people join on, never on one key.

Publicly by the chain of replacements; for inspectors also by the personnel number in the private
part of an enrolment, of which the views keep a keyed hash. Nobody is named here: a person is
called by the name of one of their keys.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from domain.keys import KeyRecord, person_of


class Link(StrEnum):
    """By what a key is known to be the same person's as another."""

    SAME_KEY = "same_key"
    REPLACEMENT = "replacement"
    PERSONNEL_NUMBER = "personnel_number"


class Persons:
    """Keys by person, as far as the entries so far tell."""

    def __init__(self, records: Iterable[KeyRecord], numbers: Mapping[str, bytes] | None = None):
        """Join keys; ``numbers`` gives the hashed personnel number of those that have one."""
        known = {record.name: record for record in records}
        self._publicly = {name: person_of(name, known.get) for name in known}
        self._person: dict[str, str] = {}
        self._keys: dict[str, list[str]] = defaultdict(list)
        self._join(numbers or {})

    def _join(self, numbers: Mapping[str, bytes]) -> None:
        # One number may join several chains, and one chain may bear several numbers (a number
        # that was mistyped and entered again): both ends of every link become one person.
        parent = {person: person for person in self._publicly.values()}
        first_with: dict[bytes, str] = {}
        for name in sorted(numbers.keys() & self._publicly.keys()):
            mine = _find(parent, self._publicly[name])
            other = _find(parent, first_with.setdefault(numbers[name], mine))
            parent[max(mine, other)] = min(mine, other)
        for name, person in self._publicly.items():
            self._person[name] = _find(parent, person)
            self._keys[self._person[name]].append(name)

    def person_of(self, key: str) -> str:
        """Give what all keys of one person have in common; a key nobody enrolled is its own."""
        return self._person.get(key, key)

    def keys_of(self, key: str) -> tuple[str, ...]:
        """Give all keys of the person who has this one, this one included, in order of names."""
        return tuple(sorted(self._keys.get(self.person_of(key), (key,))))

    def link(self, key: str, other: str) -> Link:
        """Tell by what two keys of one person are known to be that."""
        if key == other:
            return Link.SAME_KEY
        is_public = self._publicly.get(key) == self._publicly.get(other, other)
        return Link.REPLACEMENT if is_public else Link.PERSONNEL_NUMBER


def _find(parent: Mapping[str, str], person: str) -> str:
    while parent[person] != person:
        person = parent[person]
    return person
