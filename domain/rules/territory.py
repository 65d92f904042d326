"""Rules about territory: whether an office existed at an act, and who stands in for an ended one.

Districts were abolished on 1 July 2025 (domain.md 1.1): what they had not decided passed to those
whom their own last document names.
"""

from datetime import date

from domain.errors import OfficeNotInForce
from domain.moments import Moment
from domain.offices import OfficeRecord
from domain.rules.register import Register


def check_in_force(record: OfficeRecord, at: Moment) -> None:
    """Check that the office existed at the moment of an act; when it is recorded says nothing.

    Raises:
        OfficeNotInForce: it had ended, or there was none yet.
    """
    day = at.day_in(record.office.time_zone)
    if not record.as_of(day).in_force_on(day):
        raise OfficeNotInForce(f"{record.office.id} {day}")


def acts_for(register: Register, acting: str | None, held: str, at: Moment) -> bool:
    """Tell whether an office may act where `held` could: it is that office, or its successor.

    Only the ended office's own documents name successors, and only after its last day.
    """
    if acting == held:
        return True
    seen, waiting = {held}, [held]
    while waiting:
        heirs = _heirs(register.office(waiting.pop()), at)
        if acting in heirs:
            return True
        waiting += [heir for heir in heirs if heir not in seen]
        seen.update(heirs)
    return False


def _heirs(record: OfficeRecord | None, at: Moment) -> tuple[str, ...]:
    if record is None:
        return ()
    day: date = at.day_in(record.office.time_zone)
    office = record.as_of(day)
    return office.succeeded_by if office.has_ended_by(day) else ()
