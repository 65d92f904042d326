"""On whose desk a dossier lies: office, role, key and since when, from its published acts alone.

Whom a leader's assignment means stands in that act's private part; here is only which act it was.
Somebody keeps a dossier on the desk while it waits for its applicant: what it waits for is said
in `projections.status.waiting`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from domain.actions import Signer
from domain.dossiers import Dossier, Status
from domain.moments import Moment
from domain.roles import Role
from projections.dossier_rows import Act

# Nobody has to act on these any more.
OFF_ALL_DESKS: Final = frozenset(
    {Status.NOT_ACCEPTED, Status.STOPPED, Status.RESULT_RETURNED},
)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a dossier lies: for which office, with whoever acts as which role, since when.

    ``key`` is of whoever took it over by a signature, None where it lies with the office and
    nobody in person, or where a leader gave it to somebody in the act of ``assigned_version``.
    ``taken_over`` is False while it is on its way: sent, and nobody has acknowledged it.
    """

    office: str
    role: Role
    since: Moment
    version: int
    key: str | None = None
    assigned_version: int | None = None
    taken_over: bool = True

    @property
    def is_nobodys(self) -> bool:
        """Tell whether it lies with the office alone: nobody took it, and nobody was told to."""
        return self.key is None and self.assigned_version is None


@dataclass(frozen=True, slots=True)
class _Course:
    """The desk as the acts so far leave it, and the one that drafted what was submitted."""

    desk: Desk | None = None
    drafter: Desk | None = None


def desk_of(dossier: Dossier, acts: Sequence[Act]) -> Desk | None:
    """Give where a dossier lies; None once nobody has to act on it."""
    if dossier.status in OFF_ALL_DESKS and not dossier.suspended:
        return None
    course = _Course()
    for act in acts:
        move = _MOVES.get(act.kind)
        if move is not None:
            course = move(course, act)
    desk = course.desk
    # A result lies with the one-stop shop that took the dossier in, whoever decided it.
    at_counter = desk is not None and desk.role is Role.RETURNER
    return replace(desk, office=dossier.office) if desk is not None and at_counter else desk


def _at(course: _Course, desk: Desk) -> _Course:
    """Give the course after a move; who has it already keeps the moment since when."""
    before = course.desk
    if before is not None and _is_same(before, desk):
        desk = replace(desk, since=before.since, version=before.version)
    return replace(course, desk=desk)


def _is_same(before: Desk, after: Desk) -> bool:
    whose = (before.office, before.role, before.key, before.assigned_version, before.taken_over)
    same = (after.office, after.role, after.key, after.assigned_version, after.taken_over)
    return whose == same


def _office(course: _Course, act: Act) -> str:
    return act.office or (course.desk.office if course.desk is not None else "")


def _signed_as(act: Act, role: Role) -> str | None:
    return next((signer.key for signer in act.signers if signer.role is role), None)


def _with_role(role: Role) -> Callable[[_Course, Act], _Course]:
    """Give the move to an office's people of one role, nobody of them in person."""

    def move(course: _Course, act: Act) -> _Course:
        return _at(course, Desk(_office(course, act), role, act.at, act.version))

    return move


def _with_signer(role: Role) -> Callable[[_Course, Act], _Course]:
    """Give the move to whoever signed as a role; where nobody did, the dossier stays."""

    def move(course: _Course, act: Act) -> _Course:
        key = _signed_as(act, role)
        if key is None:
            return course
        return _at(course, Desk(_office(course, act), role, act.at, act.version, key))

    return move


def _assigned(role: Role) -> Callable[[_Course, Act], _Course]:
    """Give the move to the officer whom the private part of an assignment names."""

    def move(course: _Course, act: Act) -> _Course:
        desk = Desk(_office(course, act), role, act.at, act.version, assigned_version=act.version)
        return _at(course, desk)

    return move


def _sent(course: _Course, act: Act) -> _Course:
    office = act.to_office or _office(course, act)
    return _at(course, Desk(office, Role.PROCESSOR, act.at, act.version, taken_over=False))


def _routed(course: _Course, act: Act) -> _Course:
    office = act.to_office or _office(course, act)
    return _at(course, Desk(office, Role.RECEIVER, act.at, act.version))


def _taken_over(course: _Course, act: Act) -> _Course:
    # The giver may sign first: whoever takes it over signs last.
    taker = act.signers[-1]
    desk = Desk(_office(course, act), _desk_role(taker), act.at, act.version, _key(taker))
    return _at(course, desk)


def _desk_role(signer: Signer) -> Role:
    return Role.PROCESSOR if signer.role is Role.IMPORTER else signer.role


def _key(signer: Signer) -> str | None:
    return None if signer.role is Role.IMPORTER else signer.key


def _works_on_it(course: _Course, act: Act) -> _Course:
    """Give the desk of the processing officer who acts: the one to whom it was given, as a rule."""
    key, before = _signed_as(act, Role.PROCESSOR), course.desk
    if key is None:
        return course
    office = _office(course, act)
    is_given = before is not None and before.role is Role.PROCESSOR and before.office == office
    if before is not None and is_given and before.taken_over and before.key is None:
        return replace(course, desk=replace(before, key=key))
    return _at(course, Desk(office, Role.PROCESSOR, act.at, act.version, key))


def _submitted_for_approval(course: _Course, act: Act) -> _Course:
    drafter = _works_on_it(course, act).desk
    decided = _with_role(Role.APPROVER)(course, act)
    return replace(decided, drafter=drafter)


def _returned(course: _Course, act: Act) -> _Course:
    before = course.drafter
    if before is None or before.office != _office(course, act):
        return _with_role(Role.PROCESSOR)(course, act)
    return replace(course, desk=replace(before, since=act.at, version=act.version))


def _decided(course: _Course, act: Act) -> _Course:
    return _with_role(Role.RETURNER)(course, act)


_RECEIVER: Final = _with_signer(Role.RECEIVER)

_MOVES: Final[Mapping[str, Callable[[_Course, Act], _Course]]] = {
    "dossier.submitted": _with_role(Role.RECEIVER),
    "dossier.intake_task_assigned": _assigned(Role.RECEIVER),
    "dossier.intake_supplement_requested": _RECEIVER,
    "dossier.accepted": _RECEIVER,
    "dossier.routed_to_office": _routed,
    "dossier.forwarded": _sent,
    "dossier.handover_acknowledged": _taken_over,
    "dossier.processor_assigned": _assigned(Role.PROCESSOR),
    "dossier.processor_reassigned": _assigned(Role.PROCESSOR),
    "dossier.verification_scheduled": _works_on_it,
    "dossier.verification_recorded": _works_on_it,
    "dossier.consultation_requested": _works_on_it,
    "dossier.supplement_requested": _works_on_it,
    "dossier.payment_required": _works_on_it,
    "dossier.submitted_for_approval": _submitted_for_approval,
    "dossier.returned_for_rework": _returned,
    "dossier.step_transferred": _sent,
    "dossier.result_approved": _with_role(Role.CLERK),
    "dossier.resolution_refused": _decided,
    "dossier.result_issued": _decided,
}
