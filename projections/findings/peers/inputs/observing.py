"""What rules that compare keep of a dossier: a small value, so that very many fit in memory.

It is made from the same `ExaminedDossier` that the rules on one dossier look at.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from domain.dossiers import Dossier, Outcome, Status
from domain.figures import gross_duration_seconds, net_duration_seconds
from domain.moments import Moment
from domain.offices import Level
from domain.procedures import Limit, LimitUnit, Procedure
from domain.roles import OFFICERS_ROLES, Role
from projections.dossier_rows import Act
from projections.findings.opened import DUTY_PURPOSES
from projections.findings.rules.clocks.clock_games import R05
from projections.findings.shapes import ExaminedDossier, Parameters

WITHDRAWAL: Final = "dossier.withdrawal_requested"
_AUTHORISED: Final = "dossier.proxy_authorised"
_ISSUED: Final = frozenset({Status.PROCESSED, Status.RESULT_RETURNED})
_NO_RESULT: Final = frozenset({Outcome.WITHDRAWN, Outcome.STOPPED, Outcome.NOT_ACCEPTED})
_PARAMETERS: Final = Parameters()


@dataclass(frozen=True, slots=True, order=True)
class Doer:
    """A person acting in a role; an import's performer acts in none that is known."""

    person: str
    role: Role | None = None

    def __hash__(self) -> int:
        """Hash by the person: few act in more than one role."""
        return hash(self.person)


@dataclass(frozen=True, slots=True)
class Deed:
    """One act of officers on a dossier; ``entry_index`` is None on a veiled one."""

    kind: str
    version: int
    entry_index: int | None
    at: Moment
    doers: tuple[Doer, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One recorded read of a dossier's private details; `on_duty`: its purpose needs no task."""

    person: str
    day: date
    had_task: bool
    on_duty: bool
    entry_index: int | None


@dataclass(frozen=True, slots=True)
class Observed:
    """One dossier as rules that compare see it.

    `began_on` is the day of the acceptance, or else of the submission: its quarter is the peer
    group's. Instants and seconds are None where a source knows the day alone; seconds also where
    the end lies before the acceptance. `is_issued`: it ended with a result. `has_rested`: something
    stopped its clock, or it waited for its applicant. `proxies` are all who ever signed as proxies
    or were authorised, one whose authority was revoked among them.
    `limit` is the version's in force at acceptance; a `same_day` procedure is decided at once.
    `games` are the stops of the clock that R05 flags. Of a `veiled` one the log shows veils alone.
    """

    stream: str
    office: str
    procedure: str
    level: Level | None
    zone: str
    began_on: date
    submitted_at: Moment
    accepted_at: datetime | None
    ended_at: datetime | None
    ended_on: date | None
    returned_at: datetime | None
    returned_on: date | None
    is_issued: bool
    gross_seconds: int | None
    net_seconds: int | None
    limit: Limit | None
    same_day: bool
    has_rested: bool
    supplements: int
    submitted_entry: int | None
    accepted_entry: int | None
    ended_entry: int | None
    applicant_keys: tuple[str, ...]
    proxies: tuple[str, ...]
    deeds: tuple[Deed, ...]
    games: tuple[Deed, ...]
    looks: tuple[Read, ...] | None
    veiled: bool

    @property
    def is_timed(self) -> bool:
        """Tell whether acceptance and end are both known to the second."""
        return self.accepted_at is not None and self.ended_at is not None

    def doers(self, roles: frozenset[Role | None]) -> tuple[Doer, ...]:
        """Give who acted on it in one of these roles, each once."""
        found = (doer for deed in self.deeds for doer in deed.doers if doer.role in roles)
        return tuple(dict.fromkeys(found))

    def evidence(self) -> tuple[int, ...]:
        """Give the entries of its acceptance and its end, as far as it has them."""
        return tuple(
            entry for entry in (self.accepted_entry, self.ended_entry) if entry is not None
        )


def observe(examined: ExaminedDossier) -> Observed:
    """Keep of a dossier what rules that compare ask for."""
    dossier, zone = examined.dossier, examined.zone
    began, version = dossier.accepted_at or dossier.submitted_at, examined.accepted_version()
    record = examined.around.offices.get(dossier.office)
    return Observed(
        stream=dossier.stream,
        office=dossier.office,
        procedure=dossier.procedure,
        level=None if record is None else record.at(began).level,
        zone=zone,
        began_on=began.day_in(zone),
        submitted_at=dossier.submitted_at,
        accepted_at=_instant(dossier.accepted_at),
        ended_at=_instant(dossier.ended_at),
        ended_on=None if dossier.ended_at is None else dossier.ended_at.day_in(zone),
        returned_at=_instant(dossier.returned_at),
        returned_on=None if dossier.returned_at is None else dossier.returned_at.day_in(zone),
        is_issued=_has_result(dossier),
        gross_seconds=_exact(dossier, gross_duration_seconds(dossier, zone)),
        net_seconds=_exact(dossier, net_duration_seconds(dossier, zone)),
        limit=None if version is None else version.limit_for(dossier.channel),
        same_day=_is_same_day(version, dossier),
        has_rested=bool(dossier.waits or dossier.halts),
        supplements=dossier.supplement_requests,
        submitted_entry=examined.acts[0].entry_index if examined.acts else None,
        accepted_entry=_entry_at(examined.acts, "dossier.accepted"),
        ended_entry=_ended_entry(dossier, examined.acts),
        applicant_keys=dossier.applicant_keys,
        proxies=tuple(sorted({examined.person_of(key) for key in _proxy_keys(examined)})),
        deeds=_deeds(examined),
        games=_games(examined),
        looks=_looks(examined),
        veiled=any(act.entry_index is None for act in examined.acts),
    )


def _instant(moment: Moment | None) -> datetime | None:
    return None if moment is None else moment.instant


def _exact(dossier: Dossier, seconds: int | None) -> int | None:
    """Keep a duration only where both of its ends are known to the second."""
    ends = (dossier.accepted_at, dossier.ended_at)
    return None if any(end is None or end.is_day_only for end in ends) else seconds


def _has_result(dossier: Dossier) -> bool:
    return (
        dossier.ended_at is not None
        and dossier.status in _ISSUED
        and dossier.outcome not in _NO_RESULT
    )


def _is_same_day(version: Procedure | None, dossier: Dossier) -> bool:
    """Tell whether the procedure is decided at the counter, or within a working day."""
    if version is None:
        return False
    limit = version.limit_for(dossier.channel)
    in_days = limit.unit in (LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS)
    return (
        version.counter_decides
        or limit.unit is LimitUnit.HOURS
        or (in_days and limit.amount is not None and limit.amount <= 1)
    )


def _entry_at(acts: Iterable[Act], kind: str) -> int | None:
    return next((act.entry_index for act in acts if act.kind == kind), None)


def _ended_entry(dossier: Dossier, acts: Iterable[Act]) -> int | None:
    ends = (act.entry_index for act in acts if act.at == dossier.ended_at)
    return next(ends, None) if dossier.ended_at is not None else None


def _proxy_keys(examined: ExaminedDossier) -> Iterator[str]:
    yield from examined.dossier.proxy_keys
    for act in examined.acts:
        for signer in act.signers:
            is_authorised = act.kind == _AUTHORISED and signer.role is Role.HOLDER
            if is_authorised or signer.role is Role.PROXY:
                yield signer.key


def _deeds(examined: ExaminedDossier) -> tuple[Deed, ...]:
    made = (deed_of(act, examined.person_of) for act in examined.acts)
    return tuple(deed for deed in made if deed.doers or deed.kind == WITHDRAWAL)


def deed_of(act: Act, person_of: Callable[[str], str]) -> Deed:
    """Give an act by the officers who did it: their persons, or an import's performer."""
    doers = [
        Doer(person_of(signer.key), signer.role)
        for signer in act.signers
        if signer.role in OFFICERS_ROLES
    ]
    if act.performer is not None:
        doers.append(Doer(act.performer))
    return Deed(act.kind, act.version, act.entry_index, act.at, tuple(dict.fromkeys(doers)))


def _games(examined: ExaminedDossier) -> tuple[Deed, ...]:
    acts = [act for hit in R05.look(examined, _PARAMETERS) for act in hit.acts]
    return tuple(deed_of(act, examined.person_of) for act in acts)


def _looks(examined: ExaminedDossier) -> tuple[Read, ...] | None:
    if examined.looks is None:
        return None
    return tuple(
        Read(
            examined.person_of(look.key),
            look.at.day_in(examined.zone),
            look.had_task,
            look.purpose in DUTY_PURPOSES,
            look.entry_index,
        )
        for look in examined.looks
    )
