"""Made populations for the rules that compare: many alike dossiers, and a few that are not.

Each dossier goes through `observe`, as one from the views does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final

from domain.actions import Signer
from domain.dossiers import Due, Status
from domain.moments import Moment, parse_moment
from domain.offices import BilingualName, Level, Office, OfficeRecord
from domain.procedures import Limit, LimitUnit, Procedure
from domain.roles import Role
from projections.dossier_rows import Act
from projections.findings.peers.inputs.observing import Observed, observe
from projections.findings.peers.inputs.private import PrivateInputs
from projections.findings.peers.shapes import NOTHING_OPENED, Population
from projections.findings.shapes import ExaminedDossier, Surroundings
from tests.support.dossier_cases import CALENDAR, HANOI, PROCEDURE, a_dossier, a_procedure, a_record

ROOT: Final = bytes(range(32))
DAY: Final = 86_400
HOUR: Final = 3_600
# A Monday, nine o'clock in Hanoi.
START: Final = datetime(2026, 1, 5, 2, tzinfo=UTC)
CLERK: Final = Signer("clerk-00000000000000ee", Role.CLERK)

_numbers = count(1)


def officer(number: int, role: Role = Role.PROCESSOR) -> Signer:
    """Name an officer by a number."""
    return Signer(f"officer-{number:016x}", role)


RECEIVER: Final = officer(900, Role.RECEIVER)
APPROVER: Final = officer(901, Role.APPROVER)
PROCESSOR: Final = officer(1)


def an_office(office: str, level: Level = Level.PROVINCE) -> OfficeRecord:
    """Make an office's record."""
    name = BilingualName(vi="Cơ quan", en="Office")
    document = Office(id=office, name=name, level=level, time_zone=HANOI)
    return OfficeRecord(document, "0" * 64, parse_moment("2020-01-01"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One dossier to be made; the defaults are an ordinary one, done in three days."""

    accepted_at: datetime = START
    seconds: int | None = 3 * DAY
    office: str = "H27"
    registered: bool = True
    procedure: str = PROCEDURE
    limit_days: int = 5
    version: Procedure | None = None
    receiver: Signer = RECEIVER
    processor: Signer = PROCESSOR
    approver: Signer = APPROVER
    drafted_before: int | None = None
    more: tuple[tuple[str, int, Signer], ...] = ()
    game: bool = False
    day_only: bool = False
    veiled: bool = False
    dossier: tuple[tuple[str, Any], ...] = ()
    performer: str | None = None
    looks: Any = None

    @property
    def ended_at(self) -> datetime | None:
        """Give when it ended."""
        return None if self.seconds is None else self.accepted_at + timedelta(seconds=self.seconds)


def made(plan: Plan) -> Observed:
    """Make a dossier of its plan, as rules that compare see it."""
    return observe(examined(plan))


def examined(plan: Plan) -> ExaminedDossier:
    """Make a dossier of its plan."""
    number = next(_numbers)
    stream = f"dossier:{number:032x}"
    ended = None if plan.ended_at is None else _moment(plan, plan.ended_at)
    accepted = _moment(plan, plan.accepted_at)
    values: dict[str, Any] = {
        "stream": stream,
        "office": plan.office,
        "procedure": plan.procedure,
        "procedure_version": 1,
        "submitted_at": accepted,
        "accepted_at": accepted,
        "ended_at": ended,
        "status": Status.IN_PROCESS if ended is None else Status.PROCESSED,
    } | dict(plan.dossier)
    limit = Limit(unit=LimitUnit.WORKING_DAYS, amount=plan.limit_days)
    return ExaminedDossier(
        dossier=a_dossier(**values),
        acts=tuple(_acts(plan, stream, 100 * number)),
        as_of=datetime(2026, 12, 31, tzinfo=UTC),
        zone=HANOI,
        procedure=a_record(plan.version or a_procedure(code=plan.procedure, limit=limit)),
        calendar=CALENDAR,
        around=Surroundings(
            offices={plan.office: an_office(plan.office)} if plan.registered else {}
        ),
        looks=plan.looks,
    )


def _moment(plan: Plan, at: datetime) -> Moment:
    return Moment(day=at.date()) if plan.day_only else Moment(instant=at)


def _acts(plan: Plan, stream: str, first_entry: int) -> Iterable[Act]:
    steps: list[tuple[str, datetime, Signer]] = [
        ("accepted", plan.accepted_at, plan.receiver),
        ("handover_acknowledged", plan.accepted_at + timedelta(minutes=1), plan.processor),
    ]
    steps += [
        (kind, plan.accepted_at + timedelta(seconds=after), signer)
        for kind, after, signer in plan.more
    ]
    if plan.game:
        steps.append(("supplement_requested", plan.accepted_at + timedelta(days=2), plan.processor))
    if plan.ended_at is not None:
        if plan.drafted_before is not None:
            drafted = plan.ended_at - timedelta(seconds=plan.drafted_before)
            steps.append(("submitted_for_approval", drafted, plan.processor))
        steps.append(("result_approved", plan.ended_at, plan.approver))
        steps.append(("result_issued", plan.ended_at, CLERK))
    for number, (kind, at, signer) in enumerate(steps):
        yield _act(plan, stream, (kind, at, signer), first_entry + number)


def _act(plan: Plan, stream: str, step: tuple[str, datetime, Signer], entry_index: int) -> Act:
    kind, at, signer = step
    is_game = plan.game and kind == "supplement_requested"
    importer = Signer("importer-00000000000000dd", Role.IMPORTER)
    return Act(
        entry_index=None if plan.veiled else entry_index,
        stream=stream,
        version=entry_index % 100 + 1,
        kind=f"dossier.{kind}",
        at=_moment(plan, at),
        recorded_at=at,
        office=plan.office,
        signers=(importer,) if plan.performer else (signer,),
        performer=plan.performer,
        status=Status.SUPPLEMENT_REQUIRED if is_game else Status.IN_PROCESS,
        due=Due(day=at.date()) if is_game else None,
    )


def a_population(
    plans: Iterable[Plan],
    private: PrivateInputs = NOTHING_OPENED,
    as_of: str = "2026-12-31T00:00:00Z",
) -> Population:
    """Make a population of plans."""
    return Population(
        observed=tuple(made(plan) for plan in plans),
        as_of=parse_moment(as_of),
        root_hash=ROOT,
        calendar=CALENDAR,
        private=private,
    )


def spread(plans: Sequence[Plan], step_seconds: int = 600) -> list[Plan]:
    """Let plans be accepted one after the other, in office hours of working days."""
    per_day = 8 * HOUR // step_seconds
    shifted = []
    for number, plan in enumerate(plans):
        day, slot = divmod(number, per_day)
        weeks, weekday = divmod(day, 5)
        at = plan.accepted_at + timedelta(weeks=weeks, days=weekday, seconds=slot * step_seconds)
        shifted.append(replace(plan, accepted_at=at))
    return shifted
