"""Rules about territory: whether an office existed at an act, and who stands in for an ended one.

Districts were abolished on 1 July 2025 (domain.md 1.1): what they had not decided passed to those
whom their own last document names.
"""

from datetime import date

from domain.actions import Action, Signer
from domain.errors import NotYourOffice, OfficeNotInForce
from domain.facts import ANY_OFFICE
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


def check_owner(register: Register, action: Action, owner: str | None) -> None:
    """Check that an office may go on with what another began: as itself, its heir, or above it.

    SPEC: domain.md 4.2, "departmentPromulgate": a procedure has an owner that issues it. That the
    offices above may do it in its place is our reading.

    Whoever holds the role for any office holds it for the owner; where the first was published
    for no office, nobody else goes on with it.

    Raises:
        NotYourOffice: the act's office is none of these.
    """
    if any(_holds_anywhere(signer, register) for signer in action.signers):
        return
    if owner is not None:
        if acts_for(register, action.office, owner, action.at):
            return
        if action.office in _above(register, owner, action.at):
            return
    raise NotYourOffice(str(action.office))


def _holds_anywhere(signer: Signer, register: Register) -> bool:
    record = register.key(signer.key)
    return record is not None and record.covers(signer.role, ANY_OFFICE)


def _above(register: Register, office_id: str, at: Moment) -> list[str]:
    """Give the offices above one at a moment, the nearest first; a circle ends where it closes."""
    found: list[str] = []
    record = register.office(office_id)
    while record is not None:
        parent = record.at(at).parent
        if parent is None or parent in (office_id, *found):
            break
        found.append(parent)
        record = register.office(parent)
    return found


def _heirs(record: OfficeRecord | None, at: Moment) -> tuple[str, ...]:
    if record is None:
        return ()
    day: date = at.day_in(record.office.time_zone)
    office = record.as_of(day)
    return office.succeeded_by if office.has_ended_by(day) else ()
