"""What a dossier's standing is judged by: its procedure version, its office's time, the instant.

Each may be missing, and whatever needs it then abstains and says why.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from domain.calendars import NATIONAL_CALENDAR, WorkingTime
from domain.clocks.hours import working_time
from domain.dossiers import Dossier
from domain.procedures import Procedure
from domain.rules.register import Register

_UTC: Final = "UTC"


@dataclass(frozen=True, slots=True)
class Parameters:
    """What no law sets: after how many working days without a movement that is said plainly.

    SPEC: domain.md 7.2, R13, whose lower bound is three.
    """

    idle_after_working_days: int = 3


DEFAULT_PARAMETERS: Final = Parameters()


@dataclass(frozen=True, slots=True)
class Basis:
    """What one dossier is judged by, as of an instant."""

    zone: str
    working: WorkingTime | None
    procedure: Procedure | None
    as_of: datetime
    parameters: Parameters = DEFAULT_PARAMETERS


def basis_of(
    dossier: Dossier,
    register: Register,
    as_of: datetime,
    parameters: Parameters = DEFAULT_PARAMETERS,
) -> Basis:
    """Look up what a dossier is judged by; before acceptance, the version at its submission."""
    office = register.office(dossier.accepting_office or dossier.office)
    calendar = register.calendar(NATIONAL_CALENDAR)
    at = dossier.accepted_at or dossier.submitted_at
    working = None
    if office is not None and calendar is not None:
        working = working_time(office, calendar, at)
    record = register.procedure(dossier.procedure)
    version = dossier.procedure_version or dossier.submitted_version
    return Basis(
        zone=_UTC if office is None else office.office.time_zone,
        working=working,
        procedure=None if record is None else record.version(version),
        as_of=as_of,
        parameters=parameters,
    )
