"""A views database of many dossiers, kept by the follower's own functions, step by step.

The dossiers are synthetic: their offices, procedures, channels, dates, waits and moved due dates
are drawn from one seed, in the shape that the follower writes, with some ten acts each (`lives`).
Nobody signed anything, and each dossier is written as it was accepted and as it ended.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from bench.statistics.beside import (
    DOSSIERS_PER_PETITION,
    calendar,
    fee_of,
    petitions,
)
from bench.statistics.lives import written_in_time
from bench.statistics.rated import tallied_months, tally_states
from domain.decisions import StreamState
from domain.dossiers import Dossier, Due, DueChange, Outcome, Status, Wait, WaitKind
from domain.facts import Channel
from domain.moments import Moment
from domain.offices import BilingualName, Level, Office, OfficeRecord
from domain.procedures import Limit, LimitUnit, Procedure, ProcedureRecord
from domain.procedures.contents import Service, ServiceLevel
from projections.dossier_rows import Act
from projections.views import Position, Views, ViewUpdate, open_views

SEED: Final = 766
ENTRIES_PER_DOSSIER: Final = 10
STATES_PER_STEP: Final = 1_000
SHARE_ASKED: Final = 0.15
SHARE_NEVER_ENDING: Final = 0.02
ZONE: Final = "Asia/Ho_Chi_Minh"
PROVINCE: Final = "H44"
FIRST_DAY: Final = date(2024, 7, 1)
DAYS: Final = 730
FIELDS: Final = 24
PROCEDURES_PER_OFFICE: Final = 20
SEALED_AT: Final = datetime(2026, 6, 30, 9, 30, tzinfo=UTC)
_REGISTERED: Final = Moment(day=FIRST_DAY)


def registry(offices: int, procedures: int) -> dict[str, StreamState]:
    """Make a province, the offices under it, and procedures of some fields."""
    states: dict[str, StreamState] = {f"office:{PROVINCE}": _office(PROVINCE, Level.PROVINCE, None)}
    for number in range(offices):
        name = f"{PROVINCE}.{number:03d}"
        # One in four is a department, so that no coarser cells are of all communes alone.
        level = Level.COMMUNE if number % 4 else Level.PROVINCE
        states[f"office:{name}"] = _office(name, level, PROVINCE)
    for number in range(procedures):
        code = f"1.{number:06d}"
        procedure = Procedure(
            code=code,
            version=1,
            name=BilingualName(vi=f"Thủ tục {number}", en=f"Procedure {number}"),
            level=Level.COMMUNE,
            limit=Limit(unit=LimitUnit.WORKING_DAYS, amount=5),
            field=f"Lĩnh vực {number % FIELDS}",
            fee_vnd=fee_of(code),
            service_level=ServiceLevel(service=Service.FULL),
        )
        states[f"procedure:{code}"] = ProcedureRecord(code, (procedure,), ("0" * 64,))
    return states


def _office(name: str, level: Level, parent: str | None) -> OfficeRecord:
    office = Office(
        id=name,
        name=BilingualName(vi=name, en=name),
        level=level,
        parent=parent,
        time_zone=ZONE,
    )
    return OfficeRecord(office, "0" * 64, _REGISTERED)


def dossiers(count: int, offices: int, procedures: int) -> Iterator[Dossier]:
    """Draw dossiers, in the order in which they were accepted."""
    draw = random.Random(SEED)
    for number in range(count):
        accepted = _instant(number * DAYS // count, draw)
        office = min(int(draw.expovariate(4 / offices)), offices - 1)
        # Each office carries out some of the procedures, a few of them most of the time.
        which = min(int(draw.expovariate(0.25)), PROCEDURES_PER_OFFICE - 1)
        yield _dossier(
            number, accepted, f"{PROVINCE}.{office:03d}", _code(office, which, procedures), draw
        )


def _code(office: int, which: int, procedures: int) -> str:
    return f"1.{(office * 7 + which * 13) % procedures:06d}"


def _instant(day: int, draw: random.Random) -> datetime:
    hours = draw.choice((1, 2, 3, 6, 7, 8))
    start = datetime.combine(FIRST_DAY + timedelta(days=day), time(hours), UTC)
    return start + timedelta(seconds=draw.randrange(3600))


def _dossier(
    number: int, accepted: datetime, office: str, procedure: str, draw: random.Random
) -> Dossier:
    limit = timedelta(days=draw.choice((1, 3, 5, 10, 20)))
    due = Due(day=(accepted + limit).date())
    dossier = Dossier(
        stream=f"dossier:{number:032x}",
        procedure=procedure,
        office=office,
        channel=draw.choice((Channel.ONLINE, Channel.ONLINE, Channel.COUNTER, Channel.POST)),
        status=Status.IN_PROCESS,
        submitted_at=Moment(instant=accepted),
        accepted_at=Moment(instant=accepted),
        procedure_version=1,
        due=due,
        appointment=due,
    )
    begun = accepted
    if draw.random() < SHARE_ASKED:
        dossier, begun = _asked_for_papers(dossier, limit, draw)
    took = limit * draw.choice((0.3, 0.6, 0.9, 1.0, 1.4)) + timedelta(seconds=draw.randrange(9000))
    if begun + took >= SEALED_AT or draw.random() < SHARE_NEVER_ENDING:
        return dossier
    ended = Moment(instant=begun + took)
    return replace(
        dossier,
        status=Status.RESULT_RETURNED,
        ended_at=ended,
        returned_at=ended,
        outcome=Outcome.GRANTED,
    )


def _asked_for_papers(
    dossier: Dossier, limit: timedelta, draw: random.Random
) -> tuple[Dossier, datetime]:
    """Let a dossier wait for papers; give it and when they came, from when its limit runs anew."""
    assert dossier.accepted_at is not None
    assert dossier.accepted_at.instant is not None
    asked = dossier.accepted_at.instant + limit * 0.4
    brought = asked + timedelta(days=draw.randrange(1, 15), seconds=draw.randrange(3600))
    due, at = Due(day=(brought + limit).date()), Moment(instant=brought)
    waited = replace(
        dossier,
        due=due,
        waits=(Wait(WaitKind.SUPPLEMENT, Moment(instant=asked), at),),
        due_changes=(DueChange(at, dossier.stream, 5, dossier.due, due),),
        supplement_requests=1,
    )
    return waited, brought


def fill(path: Path, count: int, offices: int, procedures: int) -> Views:
    """Write dossiers in steps, each under a seal of its own, the last at `SEALED_AT`."""
    views = open_views(path)
    found = written_in_time(dossiers(count, offices, procedures), SEALED_AT)
    start = datetime.combine(FIRST_DAY, time(), UTC)
    last_day = FIRST_DAY + timedelta(days=2 * DAYS)
    known = {
        **registry(offices, procedures),
        **calendar(FIRST_DAY - timedelta(days=DAYS), last_day),
        **tally_states(tallied_months(FIRST_DAY, FIRST_DAY + timedelta(days=DAYS - 31))),
        **dict(petitions(count // DOSSIERS_PER_PETITION, offices, FIRST_DAY, DAYS)),
    }
    position = _write(views, None, known, [], start)
    for first in range(0, len(found), STATES_PER_STEP):
        step = found[first : first + STATES_PER_STEP]
        is_last = first + STATES_PER_STEP >= len(found)
        sealed_at = SEALED_AT if is_last else step[-1].at
        states: dict[str, StreamState] = {each.dossier.stream: each.dossier for each in step}
        acts = [act for each in step for act in each.acts]
        position = _write(views, position, states, acts, sealed_at)
    return views


def _write(
    views: Views,
    old: Position | None,
    states: dict[str, StreamState],
    unnumbered: Sequence[Act],
    sealed_at: datetime,
) -> Position:
    """Write a step; its acts are the next entries of the log, in their order."""
    # The registry is one entry, however much it holds.
    old_position, first_index = (0, 1) if old is None else (old.log_position, old.log_position)
    acts = [replace(act, entry_index=number) for number, act in enumerate(unnumbered, first_index)]
    position = Position(first_index + len(acts), bytes(32), sealed_at, b"")
    views.write(ViewUpdate(old_position, position, states, acts, ()))
    return position
