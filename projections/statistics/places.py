"""Places: the tree of offices with their time zones, and the field of each procedure.

All of it as the registry holds it at the checkpoint: an office stands under its present parent, a
procedure in the field of its newest version. So figures of a subtree are of the offices that
belong to it now, also for periods in which they belonged to another. Where an office or a procedure
stood before is kept beside it, for what was added up while it stood there (`tallies.placing`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from domain.decisions import StreamState
from domain.moments import time_zone
from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord

Children = dict[str, list[str]]


class OfficePlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where one office stands in the tree, its level, and the zone that its days are of.

    ``former_parents`` are those that it had and has no more, in order.
    """

    office: str
    parent: str | None
    level: str
    zone: str
    former_parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """All offices and procedures that the registry holds.

    ``busy`` are the offices that have open dossiers or held some, where that is known: whoever asks
    cells for all of them asks for everything. Ratings and veils make no office busy.
    ``former_fields`` are those that earlier versions of a procedure named and its newest does not.
    """

    offices: Mapping[str, OfficePlace] = field(default_factory=dict)
    fields: Mapping[str, str | None] = field(default_factory=dict)
    busy: frozenset[str] | None = field(default=None, compare=False)
    former_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def subtree(self, office: str) -> frozenset[str]:
        """Give an office and all offices under it; the office alone if none is known of it."""
        children: Children = {}
        for each in self.offices.values():
            _add_child(children, each.office, each.parent)
        return office_with_all_below(office, children)

    def ever_children(self) -> Children:
        """Give by office all that stand or ever stood right under it."""
        children: Children = {}
        for each in self.offices.values():
            _add_child(children, each.office, each.parent)
            for parent in each.former_parents:
                _add_child(children, each.office, parent)
        return children

    def of_level(self, level: str) -> frozenset[str]:
        """Give the offices of a level."""
        return frozenset(name for name, place in self.offices.items() if place.level == level)

    def level_of_all(self, offices: frozenset[str]) -> str | None:
        """Give the level of which these are all offices with anything in cells; None if of none."""
        levels = {place.level for name in offices if (place := self.offices.get(name)) is not None}
        if len(levels) != 1 or not offices <= self.offices.keys():
            return None
        (level,) = levels
        of_level = self.of_level(level)
        busy = of_level if self.busy is None else of_level & self.busy
        return level if busy <= offices else None

    def in_field(self, name: str) -> frozenset[str]:
        """Give the procedures of a field."""
        return frozenset(code for code, each in self.fields.items() if each == name)

    def ever_in_field(self, name: str) -> frozenset[str]:
        """Give the procedures that any version puts into a field."""
        left = {code for code, each in self.former_fields.items() if name in each}
        return self.in_field(name) | left

    def are_all(self, offices: frozenset[str]) -> bool:
        """Tell whether that is every registered office."""
        return offices >= self.offices.keys()

    def are_all_busy(self, offices: frozenset[str]) -> bool:
        """Tell whether no other office has anything in cells; of ratings and veils it says nothing.

        Where nobody knows who is busy, every registered office may be.
        """
        return self.are_all(offices) if self.busy is None else offices >= self.busy

    def zone_of(self, office: str) -> str | None:
        """Give the time zone of an office; None where it is not registered."""
        place = self.offices.get(office)
        return None if place is None else place.zone

    def zones(self) -> dict[str, str]:
        """Give the time zone of every office."""
        return {name: place.zone for name, place in self.offices.items()}

    def latest_day(self, instant: datetime) -> date:
        """Give the day of an instant in that zone of an office in which it is latest; or UTC."""
        zones = {place.zone for place in self.offices.values()} or {"UTC"}
        return max(instant.astimezone(time_zone(zone)).date() for zone in zones)


def _add_child(children: Children, office: str, parent: str | None) -> None:
    if parent is not None:
        children.setdefault(parent, []).append(office)


def office_with_all_below(office: str, children: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """Give an office and all that children lead to from it, also where they lead in a circle."""
    found, waiting = {office}, [office]
    while waiting:
        below = [each for each in children.get(waiting.pop(), ()) if each not in found]
        found.update(below)
        waiting += below
    return frozenset(found)


def places_of(states: Iterable[StreamState]) -> Places:
    """Give the places that states of streams tell of."""
    offices: dict[str, OfficePlace] = {}
    fields: dict[str, str | None] = {}
    former_fields: dict[str, tuple[str, ...]] = {}
    for state in states:
        if isinstance(state, OfficeRecord):
            offices[state.office.id] = place_of(state)
        elif isinstance(state, ProcedureRecord):
            fields[state.code] = state.versions[-1].field
            former = _former(version.field for version in state.versions)
            if former:
                former_fields[state.code] = former
    return Places(offices, fields, former_fields=former_fields)


def _former(values: Iterable[str | None]) -> tuple[str, ...]:
    """Give what was named once and is not the last one, in order."""
    *earlier, present = values
    return tuple(sorted({each for each in earlier if each is not None and each != present}))


def place_of(record: OfficeRecord) -> OfficePlace:
    """Give where the registry has an office now."""
    office = record.office
    return OfficePlace(
        office=office.id,
        parent=office.parent,
        level=office.level.value,
        zone=office.time_zone,
        former_parents=_former(version.office.parent for version in record.versions),
    )
