"""What the rules of findings look at, read from the views: dossiers, acts, and what is around them.

Within a transaction of the views. Here are also the requested papers, which those rules alone
ask for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from domain.actions import StreamType
from domain.calendars import NATIONAL_CALENDAR, CalendarRecord
from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.keys import KeyRecord, LedgerRecord
from domain.offices import OfficeRecord
from domain.oversight.integrity import Outage
from domain.procedures import ProcedureRecord
from projections.dossier_rows import Act
from projections.findings.shapes import ExaminedDossier, Surroundings
from projections.requested_papers import RequestedPaper
from projections.stored.tuples.acts import open_act
from projections.tables import OPEN_ALONE, Visible, acts_table, requested_papers_table, states_table
from transparency.encoding import render_utc_milliseconds

# SPEC: formats.md, "Promise and refusal": within an hour what was recorded is published.
SEALED_BY: Final = timedelta(hours=1)
MOST_LOOKED_AT: Final = 1_000

CALENDAR_STREAM: Final = f"{StreamType.CALENDAR}:{NATIONAL_CALENDAR}"
_LEDGER_STREAMS: Final = (f"{StreamType.LEDGER}:", f"{StreamType.LEDGER};")

# Acts on other streams by which a due date may move, and a later document of an office.
MOVING_KINDS: Final = (
    "calendar.published",
    "office.registered",
    "ledger.outage_declared",
    "ledger.outage_ended",
)

_state_decoder = msgspec.msgpack.Decoder(StreamState)


@dataclass(frozen=True, slots=True)
class Registry:
    """What the registry holds, as far as rules ask for it."""

    offices: dict[str, OfficeRecord]
    procedures: dict[str, ProcedureRecord]
    keys: dict[str, KeyRecord]


def examine(
    connection: sa.Connection,
    registry: Registry,
    as_of: datetime,
    office: str | None = None,
    visible: Visible = OPEN_ALONE,
) -> Iterator[ExaminedDossier]:
    """Give every dossier with its acts, for the rules to look at; or those of one office."""
    yield from Examiner(connection, registry, as_of, visible).dossiers(office)


class Examiner:
    """Puts dossiers together with what lies around them, which it reads once."""

    def __init__(
        self,
        connection: sa.Connection,
        registry: Registry,
        as_of: datetime,
        visible: Visible = OPEN_ALONE,
    ) -> None:
        self._connection = connection
        self._registry = registry
        self._as_of = as_of
        self._visible = visible
        record = _state(connection, states_table.c.stream == CALENDAR_STREAM)
        calendar = record if isinstance(record, CalendarRecord) else None
        self._calendar = None if calendar is None else calendar.calendar
        self.around = _surroundings(connection, registry, calendar, visible)

    def dossiers(self, office: str | None = None) -> Iterator[ExaminedDossier]:
        """Give every dossier, or those of one office, by stream."""
        dossiers = self._visible.dossiers
        query = self._joined()
        if office is not None:
            query = query.where(dossiers.c.office == office)
        yield from self._examined(query, _papers_by_stream(self._connection))

    def these(self, streams: Collection[str]) -> Iterator[ExaminedDossier]:
        """Give the dossiers of these streams that there are, by stream."""
        # One list as one value: their number changes, the statement does not.
        text = msgspec.json.encode(list(streams)).decode()
        named = sa.select(sa.func.json_each(text).table_valued("value").c.value)
        papers = _papers_by_stream(self._connection, named)
        yield from self._examined(
            self._joined().where(self._visible.states.c.stream.in_(named)), papers
        )

    def _joined(self) -> sa.Select[Any]:
        dossiers, states, acts = self._visible.dossiers, self._visible.states, self._visible.acts
        return (
            sa.select(states.c.state, acts)
            .join(dossiers, dossiers.c.stream == states.c.stream)
            .join(acts, acts.c.stream == states.c.stream)
            .order_by(acts.c.stream, acts.c.version)
        )

    def _examined(
        self, query: sa.Select[Any], papers: Mapping[str, list[RequestedPaper]]
    ) -> Iterator[ExaminedDossier]:
        for stream, group in groupby(self._connection.execute(query), key=lambda row: row.stream):
            rows = list(group)
            dossier = _state_decoder.decode(rows[0].state)
            assert isinstance(dossier, Dossier)
            yield ExaminedDossier(
                dossier=dossier,
                acts=tuple(open_act(row) for row in rows),
                as_of=self._as_of,
                zone=self._registry.offices[dossier.office].office.time_zone,
                procedure=self._registry.procedures.get(dossier.procedure),
                calendar=self._calendar,
                around=self.around,
                papers=tuple(papers.get(stream, ())),
            )


def keep_papers(connection: sa.Connection, papers: Sequence[RequestedPaper]) -> None:
    """Keep the papers that new requests asked for."""
    if papers:
        rows = [msgspec.structs.asdict(paper) for paper in papers]
        connection.execute(sa.insert(requested_papers_table), rows)


def forget_papers(connection: sa.Connection, streams: Iterable[str]) -> None:
    """Take away what dossiers were asked for whose private parts were erased."""
    condition = requested_papers_table.c.stream == sa.bindparam("erased")
    erased = [{"erased": stream} for stream in streams]
    if erased:
        connection.execute(sa.delete(requested_papers_table).where(condition), erased)


def _surroundings(
    connection: sa.Connection,
    registry: Registry,
    calendar: CalendarRecord | None,
    visible: Visible,
) -> Surroundings:
    first, last = _LEDGER_STREAMS
    stream = states_table.c.stream
    ledger = _state(connection, sa.and_(stream >= first, stream < last))
    query = sa.select(acts_table).where(acts_table.c.kind.in_(MOVING_KINDS))
    moving = map(open_act, connection.execute(query))
    outages = ledger.outages if isinstance(ledger, LedgerRecord) else ()
    return Surroundings(
        offices=registry.offices,
        keys=registry.keys,
        outages=outages,
        calendar=calendar,
        moving_acts={(act.stream, act.version): act for act in moving},
        recorded_in_outages={
            (outage.declared_version, office): act
            for outage in outages
            for office, act in _recorded_during(connection, outage, visible).items()
        },
    )


def _recorded_during(connection: sa.Connection, outage: Outage, visible: Visible) -> dict[str, Act]:
    """Give the first act of each office that the system recorded while it is said to be out.

    What was recorded just before stands under a seal of just after, and clocks differ.
    """
    acts = visible.acts
    query = sa.select(acts).where(
        acts.c.stream.startswith(f"{StreamType.DOSSIER}:"),
        acts.c.recorded_at > render_utc_milliseconds(outage.since + SEALED_BY),
    )
    if outage.until is not None:
        query = query.where(acts.c.recorded_at < render_utc_milliseconds(outage.until - SEALED_BY))
    if outage.offices:
        query = query.where(acts.c.office.in_(outage.offices))
    found: dict[str, Act] = {}
    for row in connection.execute(query.order_by(acts.c.recorded_at).limit(MOST_LOOKED_AT)):
        act = open_act(row)
        if act.office is not None and not act.is_imported:
            found.setdefault(act.office, act)
    return found


def _state(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> StreamState | None:
    found = connection.execute(sa.select(states_table.c.state).where(condition)).scalar()
    return None if found is None else _decoded(found)


def _decoded(state: bytes) -> StreamState:
    decoded: StreamState = _state_decoder.decode(state)
    return decoded


def _papers_by_stream(
    connection: sa.Connection, streams: sa.Select[Any] | None = None
) -> dict[str, list[RequestedPaper]]:
    papers: defaultdict[str, list[RequestedPaper]] = defaultdict(list)
    query = sa.select(requested_papers_table)
    if streams is not None:
        query = query.where(requested_papers_table.c.stream.in_(streams))
    for row in connection.execute(query):
        papers[row.stream].append(RequestedPaper(*row))
    return papers
