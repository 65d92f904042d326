"""Inputs of the index for one unit and period: what our public record measures, and what it lacks.

A unit is an office with all offices under it, or the whole ledger. Counts come from cells
(`projections.statistics`), so they do not grow slower with the ledger; the rest is folded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from domain.facts import Channel
from domain.index766 import FormulaSet, Input, Measured, Missing
from domain.procedures import Procedure, ProcedureRecord
from projections.counts import ALL
from projections.index766.competence import (
    competent_for,
    full_content,
    offered_online,
    used_online,
    with_fee,
    with_transaction,
)
from projections.index766.feedback import feedback_inputs, feedback_of
from projections.index766.payments import Accepted, Payments, paid_online
from projections.index766.reasons import (
    OPEN_DOSSIERS,
    SATISFACTION_UNKNOWN,
    not_on_record,
    on_time_without_due,
)
from projections.petitions.rows import PetitionRow
from projections.petitions.standing import PetitionWorld
from projections.statistics.asking import CellSource, Dimension, Query
from projections.statistics.judging import resolved_without_due
from projections.statistics.measures import Measure
from projections.statistics.periods import (
    Granularity,
    first_day,
    granularity_of,
    last_day,
    period_at,
    periods_between,
)
from projections.statistics.walking import Group, Stand, sums_by_group, total_of, whole_stand
from projections.stored.fees import Offices


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What the inputs are folded from, all as of one checkpoint.

    ``payments`` counts dossiers by how they were paid.
    """

    cells: CellSource
    procedures: Mapping[str, ProcedureRecord]
    petitions: Iterable[PetitionRow]
    petition_world: PetitionWorld
    payments: Callable[[Accepted], Payments]


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which unit (None: all offices), over which period; a period is never a day."""

    unit: str | None
    period: str

    @property
    def granularity(self) -> Granularity:
        """Tell how long the period is."""
        return granularity_of(self.period)

    @property
    def days(self) -> tuple[date, date]:
        """Give the first and the last day."""
        return first_day(self.period), last_day(self.period, self.granularity)

    @property
    def months(self) -> tuple[str, ...]:
        """Give the months of the period."""
        first, last = (period_at(day, Granularity.MONTH) for day in self.days)
        return tuple(periods_between(first, last, Granularity.MONTH))


@dataclass(frozen=True, slots=True)
class Received:
    """What the cells say: the dossiers of the period, and how many came, by procedure."""

    whole: Stand
    by_procedure: Mapping[str, int]
    online: Mapping[str, int]


def inputs_of(formulas: FormulaSet, record: PublicRecord, asked: Asked) -> dict[str, Input]:
    """Give the input of every indicator of a wording; what nothing measures is missing."""
    found = {
        **_of_documents(record, asked),
        **feedback_inputs(
            feedback_of(record.petitions, record.petition_world, asked.unit, asked.months),
            record.petition_world,
        ),
    }
    return {one.id: found.get(one.id) or not_on_record(one.id) for one in formulas.indicators}


def _of_documents(record: PublicRecord, asked: Asked) -> dict[str, Input]:
    received = _received(record.cells, asked)
    today = record.cells.places().latest_day(record.cells.as_of())
    procedures = _competent(record, asked, min(asked.days[1], today))
    fees = with_fee(procedures)
    payments = _payments(record, asked)
    return {
        "1.3": full_content(_competent(record, asked, today)),
        "2.1": on_time(received.whole, _without_due(record, asked)),
        "3.1": offered_online(procedures),
        "3.2": used_online(procedures, frozenset(received.online)),
        "3.3": _online_share(received),
        "3.5b": with_transaction(fees, frozenset(payments.paid_online)),
        "3.6": paid_online(payments, received.by_procedure, fees),
        "5.4": _satisfaction(received.whole),
    }


def _without_due(record: PublicRecord, asked: Asked) -> int:
    query = query_of(record.cells, asked, frozenset())
    return resolved_without_due(record.cells, query).by_index


def on_time(whole: Stand, without_due: int = 0) -> Measured:
    """Measure 2.1: what ended in time and is pending in time, as the index counts.

    Its note says how many of the numerator ended ``without_due``: nothing could make them late.
    """
    counted = whole.resolved + whole.pending
    late = whole.values[Measure.INDEX_RESOLVED_LATE] + whole.index_overdue
    note = on_time_without_due(without_due) if without_due else OPEN_DOSSIERS
    return Measured(counted - late, counted, note)


def _online_share(received: Received) -> Measured:
    online = sum(received.online.values())
    return Measured(online, sum(received.by_procedure.values()), OPEN_DOSSIERS)


def _satisfaction(whole: Stand) -> Input:
    """Bound 5.4 from above by what is late: ratings and petitions could only take off more."""
    return Missing(SATISFACTION_UNKNOWN, at_most=on_time(whole))


def _received(cells: CellSource, asked: Asked) -> Received:
    by = frozenset({Dimension.PROCEDURE, Dimension.CHANNEL})
    groups = sums_by_group(cells, query_of(cells, asked, by))
    by_procedure: dict[str, int] = {}
    online: dict[str, int] = {}
    for group, sums in groups.items():
        count = whole_stand(sums, asked.period).received
        _count(by_procedure, group, count)
        if group.channel == Channel.ONLINE:
            _count(online, group, count)
    return Received(whole_stand(total_of(groups), asked.period), by_procedure, online)


def query_of(cells: CellSource, asked: Asked, by: frozenset[Dimension]) -> Query:
    """Ask for a unit's period; of all offices where the unit is all of them, which is quicker."""
    offices = _offices(cells, asked)
    return Query(
        office=None if offices is None else asked.unit,
        subtree=offices is not None,
        first=asked.period,
        last=asked.period,
        granularity=asked.granularity,
        by=by,
    )


def _offices(cells: CellSource, asked: Asked) -> Offices:
    """Give the offices of a unit; None where it is all that are registered."""
    if asked.unit is None:
        return None
    places = cells.places()
    found = places.subtree(asked.unit)
    return None if found >= places.offices.keys() else found


def _count(counts: dict[str, int], group: Group, count: int) -> None:
    assert group.procedure != ALL
    if count:
        counts[group.procedure] = counts.get(group.procedure, 0) + count


def _competent(record: PublicRecord, asked: Asked, day: date) -> dict[str, Procedure]:
    places = record.cells.places()
    offices = _offices(record.cells, asked)
    levels = {
        place.level for name, place in places.offices.items() if offices is None or name in offices
    }
    return competent_for(record.procedures, frozenset(levels), day)


def _payments(record: PublicRecord, asked: Asked) -> Payments:
    return record.payments(Accepted(_offices(record.cells, asked), asked.months))
