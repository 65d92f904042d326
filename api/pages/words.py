"""Words: one language's sentences, formats and names together, as views and templates use them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from api.negotiation import Language
from api.pages.formats import Formats
from api.pages.texts import Texts
from domain.calendars import CalendarRecord
from domain.moments import Moment
from domain.offices import BilingualName, OfficeRecord
from domain.procedures import Limit, LimitUnit, ProcedureRecord


class Names(Protocol):
    """Where names and calendars are looked up; every register of the domain is one."""

    def office(self, office_id: str) -> OfficeRecord | None:
        """Give the record of an office."""

    def procedure(self, code: str) -> ProcedureRecord | None:
        """Give the record of a procedure."""

    def calendar(self, calendar_id: str) -> CalendarRecord | None:
        """Give the record of a calendar."""


@dataclass(frozen=True, slots=True)
class Words:
    """How one language says things."""

    texts: Texts
    formats: Formats

    @property
    def language(self) -> Language:
        """Give the language."""
        return self.texts.language

    def name(self, name: BilingualName) -> str:
        """Give a name in this language."""
        return name.en if self.language == "en" else name.vi

    def office(self, names: Names, office_id: str, at: Moment | None = None) -> str:
        """Name an office, as it was at the moment of an act; its id where it is not registered."""
        record = names.office(office_id)
        if record is None:
            return office_id
        return self.name((record.office if at is None else record.at(at)).name)

    def procedure(self, names: Names, code: str) -> str:
        """Name a procedure by its newest version; its code where none is published."""
        record = names.procedure(code)
        if record is None or not record.versions:
            return code
        return self.name(record.versions[-1].name)

    def limit(self, limit: Limit) -> str:
        """Say a limit that is known by number; one of no working days ends on its first."""
        if limit.amount == 0 and limit.unit is LimitUnit.WORKING_DAYS:
            return self.texts("procedures.same_day")
        return self.texts(f"limit.{limit.unit.value}", amount=limit.amount)

    def member(self, section: str, member: Enum | str | int) -> str:
        """Say a member of a closed table, such as a role; the bare value if there is no word."""
        value = member.value if isinstance(member, Enum) else member
        key = f"{section}.{value}"
        return self.texts(key) if self.texts.has(key) else str(value)


def all_words(texts: Mapping[Language, Texts]) -> dict[Language, Words]:
    """Give the words of every language of a catalogue."""
    return {language: Words(one, Formats(language)) for language, one in texts.items()}
