"""Sorting, filtering and counting a queue by the lines that are kept, without decoding a state.

Each answer is what `items` gives of the state; where a line cannot tell (`is_odd`), the state is
asked there.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from domain.clocks.limits import published_step
from domain.deadlines import is_overdue, passes_at
from domain.dossiers import StepBegun
from domain.moments import Moment
from domain.procedures import Procedure
from domain.rules.register import Register
from projections.desks.lines import QueueLine, instant_text
from projections.dossier_rows import parse_due
from projections.queues.items import (
    NEVER,
    Queue,
    StepCount,
    is_soon,
    step_name,
)
from projections.queues.stored import SortingRow


class SortedLying(NamedTuple):
    """One dossier of a queue: by what it is sorted, and at which step it is counted."""

    key: tuple[str, str, str]
    step: tuple[str, str, str]
    is_mine: bool
    is_veiled: bool

    @property
    def stream(self) -> str:
        """Give the dossier's stream."""
        return self.key[2]


class Times(NamedTuple):
    """What time makes of a due date: the instant at which it passes, and how far that is."""

    passes_at: str
    has_passed: bool
    passes_soon: bool


_NEVER: Final = Times(NEVER, has_passed=False, passes_soon=False)


@dataclass(slots=True)
class LineReader:
    """Reads lines as of an instant; what many lines have in common is looked up once."""

    register: Register
    as_of: datetime
    due_soon_hours: int
    _now: str = ""
    _soon: str = ""
    _zones: dict[str, str] = field(default_factory=dict)
    _times: dict[tuple[str, str], Times] = field(default_factory=dict)
    _steps: dict[tuple[str, int | None, int | None, str | None], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._now = instant_text(self.as_of)
        self._soon = instant_text(self.as_of + timedelta(hours=self.due_soon_hours))

    def times_of(self, line: QueueLine) -> Times:
        """Give what time makes of the due date that runs."""
        at = line.due_at
        if at is not None:
            # Such texts compare as instants do, and most lines have one of their own.
            return Times(at, self._now > at, self._now <= at <= self._soon)
        if line.due is None:
            return _NEVER
        # By the zone, not by the office: all of a day are then one.
        zone = self.zone(line.zone_office)
        times = self._times.get((line.due, zone))
        if times is None:
            due = parse_due(line.due)
            assert due is not None
            times = self._times[line.due, zone] = Times(
                instant_text(passes_at(due, zone)),
                is_overdue(self.as_of, due, zone),
                is_soon(due, zone, self.as_of, self.due_soon_hours),
            )
        return times

    def zone(self, office: str) -> str:
        """Give an office's time zone; UTC of an unknown one."""
        if office not in self._zones:
            record = self.register.office(office)
            self._zones[office] = "UTC" if record is None else record.office.time_zone
        return self._zones[office]

    def step_of(self, line: QueueLine) -> str:
        """Give the step's name as queues count it; nothing where there is no step."""
        number, code = line.step_number, line.step_code
        if number is None or code:
            return code or ""
        named = line.procedure, line.procedure_version, number, code
        if named not in self._steps:
            self._steps[named] = self._published_name(line, number, code) or ""
        return self._steps[named]

    def _published_name(self, line: QueueLine, number: int, code: str | None) -> str | None:
        record = self.register.procedure(line.procedure)
        procedure: Procedure | None = (
            None if record is None else record.version(line.procedure_version)
        )
        if procedure is None:
            return None
        begun = StepBegun(Moment(instant=self.as_of), number, code)
        return step_name(published_step(begun, procedure))

    def judge_of(self, queue: Queue) -> Callable[[QueueLine, bool], bool]:
        """Give what tells of a line, and whether it is the asker's, if it is in a queue.

        It is for lines that nothing odd is in.
        """
        match queue:
            case Queue.MINE:
                return _is_mine
            case Queue.DUE_SOON:
                return self._is_due_soon
            case Queue.OVERDUE:
                return self._is_overdue
            case Queue.WAITING:
                return _waits
            case Queue.UNIT | Queue.PETITIONS:
                return _is_any

    def _is_overdue(self, line: QueueLine, _is_mine: bool) -> bool:  # noqa: FBT001 - a judge
        return not line.rests and self.times_of(line).has_passed

    def _is_due_soon(self, line: QueueLine, is_mine: bool) -> bool:  # noqa: FBT001 - a judge
        if line.is_waiting or not self.times_of(line).passes_soon:
            return False
        return not self._is_overdue(line, is_mine)

    def sorted_lying(
        self, row: SortingRow, line: QueueLine, *, is_mine: bool, is_veiled: bool
    ) -> SortedLying:
        """Give by what a dossier is sorted, as `items.order_of` of its item, and counted."""
        stream, at = row.stream, line.accepted_at or line.submitted_at
        step = row.stage, line.procedure, self.step_of(line)
        key = self.times_of(line).passes_at, at, stream
        return SortedLying(key, step, is_mine, is_veiled)


def _is_mine(_line: QueueLine, is_mine: bool) -> bool:  # noqa: FBT001 - a judge
    return is_mine


def _waits(line: QueueLine, _is_mine: bool) -> bool:  # noqa: FBT001 - a judge
    return line.waits_for_applicant


def _is_any(_line: QueueLine, _is_mine: bool) -> bool:  # noqa: FBT001 - a judge
    return True


def counts_of(found: Iterable[SortedLying]) -> tuple[StepCount, ...]:
    """Count a queue by step, the fullest first, then by name."""
    counted = Counter(each.step for each in found)
    ordered = sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    return tuple(
        StepCount(stage=stage, count=count, procedure=procedure or None, step=step or None)
        for (stage, procedure, step), count in ordered
    )
