"""What a queue is sorted, filtered and counted by, of each pending dossier: kept with its desk.

A line rests on the dossier's state alone, so that a queue decodes no state but those it shows. It
is made at a seal and read at later ones; where something of the state would read otherwise by then
without a further act (a wait that begins tomorrow, a day of which no hour is known), the line says
so (`is_odd`), and the state itself is asked.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from domain.dossiers import Dossier, Halt, Wait
from domain.moments import Moment, render_moment
from projections.dossier_rows import render_due
from projections.status.stages import Stage
from projections.status.waiting import Awaited, awaited_now

_UTC: Final = "UTC"
# Time zones reach so far: whatever a day's zone is, it has begun in all of them by then.
_ZONES: Final = timedelta(hours=14)


class QueueLine(msgspec.Struct, frozen=True, array_like=True):
    """One dossier's line; `due` is absent once processing has ended, and so is the step.

    `due_at` is there where the due date is an instant; of a day, `zone_office` is whose zone
    counts. `rests`: it waits, or a halt stops its clock.
    """

    procedure: str
    procedure_version: int | None
    step_number: int | None
    step_code: str | None
    due: str | None
    due_at: str | None
    submitted_at: str
    accepted_at: str | None
    office: str
    current_office: str
    zone_office: str
    is_waiting: bool
    waits_for_applicant: bool
    rests: bool
    is_odd: bool


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(QueueLine)


def encode_line(dossier: Dossier, stage: Stage, sealed_at: datetime) -> bytes:
    """Write the line of a dossier as of a seal."""
    is_running = dossier.ended_at is None
    step = dossier.step if is_running else None
    rests: list[Wait | Halt] = [*dossier.waits]
    rests += (halt for halt in dossier.halts if halt.stops_clock)
    line = QueueLine(
        procedure=dossier.procedure,
        procedure_version=dossier.procedure_version or dossier.submitted_version,
        step_number=None if step is None else step.number,
        step_code=None if step is None else step.code,
        due=render_due(dossier.due) if is_running else None,
        due_at=_due_at(dossier) if is_running else None,
        submitted_at=render_moment(dossier.submitted_at),
        accepted_at=None if dossier.accepted_at is None else render_moment(dossier.accepted_at),
        office=dossier.office,
        current_office=dossier.current_office,
        zone_office=dossier.accepting_office or dossier.office,
        is_waiting=dossier.is_waiting,
        waits_for_applicant=any(
            whom is Awaited.APPLICANT for _, whom in awaited_now(dossier, stage)
        ),
        rests=any(rest.until is None for rest in rests),
        is_odd=any(_is_open(moment, sealed_at) for moment in _moments(dossier, rests)),
    )
    return _encoder.encode(line)


def instant_text(instant: datetime) -> str:
    """Write an instant so that texts sort as instants do: UTC, to the microsecond."""
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _due_at(dossier: Dossier) -> str | None:
    due = dossier.due
    return None if due is None or due.instant is None else instant_text(due.instant)


def decode_line(line: bytes) -> QueueLine:
    """Read what `encode_line` writes."""
    return _decoder.decode(line)


def _moments(dossier: Dossier, rests: list[Wait | Halt]) -> Iterator[Moment | None]:
    for rest in rests:
        yield rest.since
        yield rest.until
        if isinstance(rest, Halt):
            yield rest.declared_at
    for change in dossier.due_changes:
        yield change.at


def _is_open(moment: Moment | None, sealed_at: datetime) -> bool:
    """Tell whether a moment may lie after a seal, in whatever zone."""
    if moment is None:
        return False
    if moment.instant is not None:
        return moment.instant > sealed_at
    return moment.start_in(_UTC) + _ZONES > sealed_at
