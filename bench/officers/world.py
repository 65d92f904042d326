"""A views database of many dossiers with their acts, as queues and findings read it.

The dossiers are those of `bench.statistics.world`, each with the acts of a plain life at one
office: handed in, taken in, sent on, taken over, perhaps asked for papers, decided and returned.
Nobody signed anything. What has not ended lies at its second published step, and one in ten of
that waits for its applicant.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from bench.statistics.world import PROVINCE, SEALED_AT, dossiers, registry
from domain.actions import Signer
from domain.calendars import NATIONAL_CALENDAR, Calendar, CalendarRecord
from domain.decisions import StreamState
from domain.dossiers import Dossier, Status, StepBegun, Wait, WaitKind
from domain.facts import Channel, Grant
from domain.keys import KeyRecord
from domain.moments import Moment
from domain.offices import BilingualName
from domain.procedures import InternalStep, ProcedureRecord
from domain.roles import Role
from projections.dossier_rows import Act
from projections.views import Position, Views, ViewUpdate, open_views

DOSSIERS_PER_STEP: Final = 1_000
OFFICERS: Final = (
    Role.RECEIVER,
    Role.PROCESSOR,
    Role.PROCESSOR,
    Role.APPROVER,
    Role.CLERK,
)
_DAY: Final = timedelta(days=1)
_BEGAN: Final = Moment(day=date(2024, 7, 1))
_STEPS: Final = (
    InternalStep(role=Role.RECEIVER, hours=4, code="b1", name=BilingualName(vi="Nhận", en="In")),
    InternalStep(role=Role.PROCESSOR, hours=20, code="b2", name=BilingualName(vi="Xét", en="Work")),
    InternalStep(role=Role.APPROVER, hours=8, code="b3", name=BilingualName(vi="Ký", en="Sign")),
)
_LIFE: Final = (
    ("submitted", Role.APPLICANT, Status.NEWLY_REGISTERED),
    ("accepted", Role.RECEIVER, Status.ACCEPTED),
    ("forwarded", Role.RECEIVER, Status.ACCEPTED),
    ("handover_acknowledged", Role.PROCESSOR, Status.IN_PROCESS),
)
_PAPERS: Final = (
    ("supplement_requested", Role.PROCESSOR, Status.SUPPLEMENT_REQUIRED),
    ("supplement_submitted", Role.APPLICANT, Status.SUPPLEMENT_REQUIRED),
    ("supplement_completed", Role.PROCESSOR, Status.IN_PROCESS),
)
_END: Final = (
    ("submitted_for_approval", Role.PROCESSOR, Status.IN_PROCESS),
    ("result_approved", Role.APPROVER, Status.IN_PROCESS),
    ("result_issued", Role.CLERK, Status.PROCESSED),
    ("result_returned", Role.RETURNER, Status.RESULT_RETURNED),
)


def key_name(office: str, number: int) -> str:
    """Name the key of an office's officer."""
    return f"officer-{office.replace('.', '-').lower()}-{number:08x}"


def registered(offices: int, procedures: int) -> dict[str, StreamState]:
    """Make the registry: offices, procedures with steps, a calendar, and officers' keys."""
    states = registry(offices, procedures)
    for stream, state in states.items():
        if isinstance(state, ProcedureRecord):
            versions = tuple(replace(each, steps=_STEPS) for each in state.versions)
            states[stream] = replace(state, versions=versions)
    calendar = Calendar(
        id=NATIONAL_CALENDAR, valid_from=date(2024, 1, 1), valid_to=date(2027, 12, 31)
    )
    states[f"calendar:{NATIONAL_CALENDAR}"] = CalendarRecord(calendar, "0" * 64, _BEGAN)
    for number in range(offices):
        office = f"{PROVINCE}.{number:03d}"
        for place, role in enumerate(OFFICERS):
            name = key_name(office, place)
            roles = (role, Role.RETURNER) if role is Role.CLERK else (role,)
            grants = tuple(Grant(each, office) for each in roles)
            states[f"key:{name}"] = KeyRecord(name, f"{name}+0+", grants, _BEGAN)
    return states


def lives(count: int, offices: int, procedures: int) -> Iterator[tuple[Dossier, list[Act]]]:
    """Give dossiers with their acts; entries are numbered dossier by dossier."""
    entry_index = 1
    for number, drawn in enumerate(dossiers(count, offices, procedures)):
        dossier = drawn if drawn.ended_at is not None else _pending(drawn, waits=number % 10 == 0)
        acts = list(_acts(dossier, entry_index, number))
        entry_index += len(acts)
        yield dossier, acts


def _pending(dossier: Dossier, *, waits: bool) -> Dossier:
    assert dossier.accepted_at is not None
    assert dossier.accepted_at.instant is not None
    begun = Moment(instant=dossier.accepted_at.instant + timedelta(hours=2))
    dossier = replace(dossier, step=StepBegun(begun, 2, "b2"))
    if not waits:
        return dossier
    wait = Wait(WaitKind.SUPPLEMENT, Moment(instant=begun.start_in("UTC") + timedelta(hours=3)))
    return replace(dossier, status=Status.SUPPLEMENT_REQUIRED, waits=(*dossier.waits, wait))


def _acts(dossier: Dossier, first_index: int, number: int) -> Iterator[Act]:
    kinds = [*_LIFE]
    for wait in dossier.waits:
        kinds += _PAPERS if wait.until is not None else _PAPERS[:1]
    kinds += _END if dossier.ended_at is not None else ()
    assert dossier.accepted_at is not None
    began = dossier.accepted_at.start_in("UTC")
    ended = SEALED_AT if dossier.ended_at is None else dossier.ended_at.start_in("UTC")
    for place, (kind, role, status) in enumerate(kinds):
        at = began + place * (_DAY if ended - began > len(kinds) * _DAY else timedelta(minutes=3))
        yield Act(
            entry_index=first_index + place,
            stream=dossier.stream,
            version=place + 1,
            kind=f"dossier.{kind}",
            at=Moment(instant=at.replace(microsecond=0)),
            recorded_at=at.replace(microsecond=0),
            office=dossier.office,
            signers=tuple(_signers(dossier, kind, role, number)),
            status=status,
            due=dossier.due,
            appointment=dossier.appointment,
            to_office=dossier.office if kind == "forwarded" else None,
        )


def _signers(dossier: Dossier, kind: str, role: Role, number: int) -> Iterator[Signer]:
    yield Signer(_signer(dossier, role, number), role)
    # At the counter both sides sign.
    if kind == "submitted" and dossier.channel is Channel.COUNTER:
        yield Signer(_signer(dossier, Role.RECEIVER, number), Role.RECEIVER)
    if kind == "result_returned":
        yield Signer(_signer(dossier, Role.APPLICANT, number), Role.APPLICANT)


def _signer(dossier: Dossier, role: Role, number: int) -> str:
    if role is Role.APPLICANT:
        return f"applicant-{number:016x}"
    held = {Role.RECEIVER: 0, Role.PROCESSOR: 1 + number % 2, Role.APPROVER: 3}
    return key_name(dossier.office, held.get(role, 4))


def fill(path: Path, count: int, offices: int, procedures: int) -> Views:
    """Write the registry and then dossiers, many in a step; the last step counts for all."""
    views = open_views(path)
    start = _BEGAN.start_in("UTC")
    position = _write(views, None, registered(offices, procedures), [], start)
    found = lives(count, offices, procedures)
    done = 0
    while step := list(islice(found, DOSSIERS_PER_STEP)):
        done += len(step)
        states: dict[str, StreamState] = {dossier.stream: dossier for dossier, _ in step}
        acts = [act for _, each in step for act in each]
        at = SEALED_AT if done == count else start + timedelta(seconds=done)
        position = _write(views, position, states, acts, at, later=done < count)
    return views


def _write(
    views: Views,
    old: Position | None,
    states: dict[str, StreamState],
    acts: Sequence[Act],
    at: datetime,
    *,
    later: bool = False,
) -> Position:
    old_size = 0 if old is None else old.log_position
    size = 1 if not acts else (acts[-1].entry_index or 0) + 1
    position = Position(size, bytes(32), at, b"")
    views.write(ViewUpdate(old_size, position, states, acts, (), counts_later=later))
    return position
