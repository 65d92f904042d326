"""What acts on other streams do to the due dates of dossiers: calendars, office hours, outages.

They act from their place in the log on. A calendar, or hours, that come when a due date has passed
do not move it any more, and from then on that dossier stays counted with what was in force: who is
late cannot be healed by a day off that is published afterwards. An outage is told after it began,
by its nature: it stands still from its beginning where the due date had not passed by then, and
the explanation names when it was declared.
"""

from typing import Final

from msgspec.structs import replace

from domain.actions import Action, StreamType
from domain.calendars import NATIONAL_CALENDAR
from domain.clocks.limits import has_passed
from domain.dossiers import Dossier, HaltKind, TooLate
from domain.facts import CalendarPublished, OfficeRegistered
from domain.facts.integrity import OutageDeclared, OutageEnded
from domain.moments import Moment, parse_moment
from domain.offices import OfficeRecord
from domain.oversight.integrity import Outage
from domain.procedures import LimitUnit, Procedure
from domain.rules.dates.due_fold import accepted_version, outage_halt, recounted_if_covered
from domain.rules.register import Register, StreamState, office_record

# Asked of every act, and a name is found many times faster than a member of its class.
_DOSSIER: Final = StreamType.DOSSIER


def moves_dossiers(action: Action, state: StreamState | None = None) -> bool:
    """Tell whether an action may change dossiers, although it stands on another stream.

    The first calendar and the first document of an office find no dossier that they could move.
    ``state`` is what the action left, where the caller knows it: an office whose documents all
    state the same hours need not be looked at dossier by dossier.
    """
    # Nearly all acts are on dossiers, and none of these moves another one.
    if action.kind.stream is _DOSSIER:
        return False
    if isinstance(state, OfficeRecord) and not _has_changed_hours(state):
        return False
    if isinstance(action.facts, OutageDeclared | OutageEnded):
        return True
    is_known = action.kind.stream is StreamType.CALENDAR or isinstance(
        action.facts, OfficeRegistered
    )
    return is_known and action.version > 1


def _has_changed_hours(record: OfficeRecord) -> bool:
    return len({version.office.office_hours for version in record.versions}) > 1


def moved_by(dossier: Dossier, action: Action, register: Register) -> Dossier | None:
    """Give a dossier as an action on another stream leaves it; None where it leaves it alone."""
    if dossier.accepted_at is None or dossier.ended_at is not None:
        return None
    is_of_office = isinstance(action.facts, OfficeRegistered)
    if is_of_office and dossier.accepting_office != action.stream_id:
        return None
    procedure = accepted_version(dossier, register)
    if procedure is None:
        return None
    match action.facts:
        case CalendarPublished() if action.stream_id == NATIONAL_CALENDAR:
            moved = _recounted(dossier, procedure, action, register)
        case OfficeRegistered() if _counts_hours(dossier, procedure):
            moved = _recounted(dossier, procedure, action, register)
        case OutageDeclared() as facts if procedure.pause_in_outage:
            moved = _stopped(dossier, facts, action)
        case OutageEnded() as facts if procedure.pause_in_outage:
            moved = _resumed(dossier, facts, action, register)
        case _:
            return None
    return None if moved is dossier else moved


def _counts_hours(dossier: Dossier, procedure: Procedure) -> bool:
    return procedure.limit_for(dossier.channel).unit is LimitUnit.HOURS


def _recounted(
    dossier: Dossier, procedure: Procedure, action: Action, register: Register
) -> Dossier:
    """Count anew, unless the due date has passed; a calendar that ends too early moves nothing."""
    if dossier.calendar_version is None or dossier.came_too_late is not None:
        return dossier
    assert dossier.accepted_at is not None
    record = office_record(register, dossier.accepting_office or dossier.office)
    if has_passed(dossier, procedure, action.at, record.at(dossier.accepted_at).time_zone):
        return replace(dossier, came_too_late=TooLate(action.at, action.stream, action.version))
    return recounted_if_covered(dossier, action, register)


def _stopped(dossier: Dossier, facts: OutageDeclared, action: Action) -> Dossier:
    since = parse_moment(facts.since).instant
    assert since is not None
    outage = Outage(action.version, since, offices=facts.offices)
    if not outage.concerns(dossier.current_office):
        return dossier
    return replace(dossier, halts=(*dossier.halts, outage_halt(outage, action.at)))


def _resumed(dossier: Dossier, facts: OutageEnded, action: Action, register: Register) -> Dossier:
    until = Moment(instant=parse_moment(facts.until).instant)
    halts = tuple(
        replace(halt, until=until)
        if halt.kind is HaltKind.OUTAGE and halt.outage_version == facts.declared_version
        else halt
        for halt in dossier.halts
    )
    if halts == dossier.halts:
        return dossier
    return recounted_if_covered(replace(dossier, halts=halts), action, register)
