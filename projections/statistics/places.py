"""Places: the tree of offices with their time zones, and the field of each procedure.

All of it as the registry holds it at the checkpoint: an office stands under its present parent, a
procedure in the field of its newest version. So figures of a subtree are of the offices that
belong to it now, also for periods in which they belonged to another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from domain.decisions import StreamState
from domain.moments import time_zone
from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord


class OfficePlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where one office stands in the tree, its level, and the zone that its days are of."""

    office: str
    parent: str | None
    level: str
    zone: str


class ProcedureField(msgspec.Struct, frozen=True, kw_only=True):
    """The field of one procedure's newest version; None where it names none."""

    procedure: str
    field: str | None


@dataclass(frozen=True, slots=True)
class Places:
    """All offices and procedures that the registry holds.

    ``busy`` are the offices of which anything was counted, where that is known: whoever asks for
    all of them asks for everything.
    """

    offices: Mapping[str, OfficePlace] = field(default_factory=dict)
    fields: Mapping[str, str | None] = field(default_factory=dict)
    busy: frozenset[str] | None = field(default=None, compare=False)

    def subtree(self, office: str) -> frozenset[str]:
        """Give an office and all offices under it; the office alone if none is known of it."""
        children: dict[str, list[str]] = {}
        for place in self.offices.values():
            if place.parent is not None:
                children.setdefault(place.parent, []).append(place.office)
        found, waiting = {office}, [office]
        while waiting:
            below = [each for each in children.get(waiting.pop(), ()) if each not in found]
            found.update(below)
            waiting += below
        return frozenset(found)

    def of_level(self, level: str) -> frozenset[str]:
        """Give the offices of a level."""
        return frozenset(name for name, place in self.offices.items() if place.level == level)

    def in_field(self, name: str) -> frozenset[str]:
        """Give the procedures of a field."""
        return frozenset(code for code, each in self.fields.items() if each == name)

    def are_all(self, offices: frozenset[str]) -> bool:
        """Tell whether no other office has anything that was counted."""
        return offices >= (self.offices.keys() if self.busy is None else self.busy)

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


def places_of(states: Iterable[StreamState]) -> Places:
    """Give the places that states of streams tell of."""
    offices: dict[str, OfficePlace] = {}
    fields: dict[str, str | None] = {}
    for state in states:
        if isinstance(state, OfficeRecord):
            offices[state.office.id] = place_of(state)
        elif isinstance(state, ProcedureRecord):
            fields[state.code] = state.versions[-1].field
    return Places(offices, fields)


def place_of(record: OfficeRecord) -> OfficePlace:
    """Give where the registry has an office now."""
    office = record.office
    return OfficePlace(
        office=office.id, parent=office.parent, level=office.level.value, zone=office.time_zone
    )
