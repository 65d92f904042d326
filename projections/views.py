"""The views: a thin store for what the followers fold, and consistent reads of it.

Position and rows move in one transaction, always from one published checkpoint to a later one;
a read is one transaction too. So whoever reads sees everything as of exactly one checkpoint.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Final

import msgspec
import sqlalchemy as sa

from domain.actions import StreamType
from domain.calendars import NATIONAL_CALENDAR, CalendarRecord
from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.keys import KeyRecord
from domain.offices import OfficeRecord
from domain.procedures import ProcedureRecord
from ledger.errors import StoreCorrupt, StoreUnavailable
from projections.catalogue.rows import rows_of
from projections.catalogue.searching import ProcedureQuery, search_codes
from projections.dossier_rows import Act, DossierRow, row_of
from projections.findings import ExaminedDossier
from projections.holders import HolderMark, Mark
from projections.people.persons import Persons
from projections.petitions.rows import PetitionRow
from projections.petitions.stored import read_petitions, replace_petitions
from projections.tables import (
    act_columns,
    act_signers_table,
    actors_of,
    acts_table,
    dossiers_table,
    holders_table,
    open_act,
    open_engine,
    position_table,
    procedures_table,
    states_table,
)
from transparency.encoding import (
    encode_base64,
    parse_utc_milliseconds,
    render_utc_milliseconds,
)

VIEW: Final = "public"
STREAMS_PER_QUERY: Final = 500

_state_encoder = msgspec.msgpack.Encoder()
_state_decoder = msgspec.msgpack.Decoder(StreamState)


@dataclass(frozen=True, slots=True)
class Position:
    """The checkpoint that the views are as of; ``log_position`` is the next entry index to read.

    ``sealed_at`` is the time of the checkpoint's seal, which figures are as of.
    """

    log_position: int
    root_hash: bytes
    sealed_at: datetime
    checkpoint_note: bytes

    @property
    def root_base64(self) -> str:
        """Give the root as checkpoints write it."""
        return encode_base64(self.root_hash)

    @property
    def as_of(self) -> str:
        """Give the seal's time as figures carry it."""
        return render_utc_milliseconds(self.sealed_at)


@dataclass(frozen=True, slots=True)
class ViewUpdate:
    """What one step of the follower changes, and where it leads from and to."""

    old_log_position: int
    position: Position
    states: Mapping[str, StreamState]
    acts: Sequence[Act]
    holder_marks: Sequence[HolderMark]
    erased: Sequence[str] = ()


class Views:
    """The views database of one ledger: one follower writes, anyone reads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def write(self, update: ViewUpdate) -> None:
        """Move the views from one checkpoint to a later one: all of it or nothing.

        Raises:
            StoreCorrupt: the views are not where the update begins; another follower writes.
            StoreUnavailable: the database failed.
        """
        with self._transaction() as connection:
            # The position first: it takes the write lock, and a second follower stops here.
            _move_position(connection, update)
            _replace_states(connection, update.states)
            replace_petitions(connection, update.states)
            _insert_acts(connection, update.acts)
            procedures = rows_of(update.states, update.acts)
            _replace(connection, procedures_table, list(map(msgspec.structs.asdict, procedures)))
            _replace_marks(connection, update.holder_marks)
            _forget_marks(connection, update.erased)
        if update.erased:
            self._cut_log()

    def _cut_log(self) -> None:
        # The marks are zeroed in the file; the log holds the pages as they were. A reader may
        # keep it from being cut: then it is overwritten later, and what it holds is keyed hashes.
        connection = self._engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise StoreUnavailable(f"the views database failed: {error}") from error
        finally:
            connection.close()

    @contextmanager
    def reading(self) -> Iterator["ViewReader"]:
        """Give a reader that sees the views as of one checkpoint for as long as it is open."""
        with self._transaction() as connection:
            yield ViewReader(connection)

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise StoreUnavailable(f"the views database failed: {error}") from error

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()


def open_views(path: Path) -> Views:
    """Open the views database, emptied if its tables are of another version of this program.

    Raises:
        StoreUnavailable: the file cannot be opened or is no database.
    """
    return Views(open_engine(path))


class ViewReader:
    """Everything that is read from the views, in one transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def position(self) -> Position | None:
        """Give the checkpoint that the views are as of; None before the first."""
        query = sa.select(position_table).where(position_table.c.view == VIEW)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        sealed_at = parse_utc_milliseconds(row.sealed_at)
        return Position(row.log_position, row.root_hash, sealed_at, row.checkpoint_note)

    def dossier_rows(
        self, office: str | None = None, procedure: str | None = None
    ) -> Iterator[DossierRow]:
        """Give the rows of all dossiers, or of one office's or procedure's."""
        query = sa.select(dossiers_table)
        if office is not None:
            query = query.where(dossiers_table.c.office == office)
        if procedure is not None:
            query = query.where(dossiers_table.c.procedure == procedure)
        names = [column.name for column in dossiers_table.columns]
        for row in self._connection.execute(query):
            yield DossierRow(**dict(zip(names, row, strict=True)))

    def states(self, streams: Iterable[str]) -> dict[str, StreamState]:
        """Give the states of those of these streams that have one."""
        wanted = sorted(streams)
        found: dict[str, StreamState] = {}
        for start in range(0, len(wanted), STREAMS_PER_QUERY):
            part = wanted[start : start + STREAMS_PER_QUERY]
            found |= self._states_where(states_table.c.stream.in_(part))
        return found

    def petition_rows(self) -> list[PetitionRow]:
        """Give the rows of all petitions."""
        return read_petitions(self._connection)

    def running_dossiers(self) -> list[str]:
        """Give the streams of the dossiers that were accepted and have not ended."""
        query = sa.select(dossiers_table.c.stream).where(
            dossiers_table.c.accepted_at.is_not(None), dossiers_table.c.ended_at.is_(None)
        )
        return list(self._connection.scalars(query.order_by("stream")))

    def dossier(self, stream: str) -> Dossier | None:
        """Give the state of one dossier."""
        state = self.states((stream,)).get(stream)
        return state if isinstance(state, Dossier) else None

    def offices(self) -> dict[str, OfficeRecord]:
        """Give the registry's records of all offices by their id."""
        records = self._states_of_type(StreamType.OFFICE)
        return {record.office.id: record for record in records if isinstance(record, OfficeRecord)}

    def procedures(self) -> dict[str, ProcedureRecord]:
        """Give the registry's records of all procedures by their code."""
        records = self._states_of_type(StreamType.PROCEDURE)
        return {record.code: record for record in records if isinstance(record, ProcedureRecord)}

    def search_procedures(self, query: ProcedureQuery) -> tuple[list[str], str | None]:
        """Give the codes of one page of a search, and after which code the next begins."""
        return search_codes(self._connection, query, self.offices())

    def persons(self) -> Persons:
        """Give whose keys are one person's; by personnel number where the views hold any."""
        states = self._states_of_type(StreamType.KEY)
        records = [state for state in states if isinstance(state, KeyRecord)]
        columns = holders_table.c
        query = sa.select(columns.stream, columns.hash).where(columns.mark == Mark.PERSON.value)
        marks = self._connection.execute(query)
        return Persons(records, {stream.partition(":")[2]: mark for stream, mark in marks})

    def zones(self) -> dict[str, str]:
        """Give the time zone of every office."""
        return {office: record.office.time_zone for office, record in self.offices().items()}

    def acts_of(self, stream: str) -> list[Act]:
        """Give the published acts of one stream, by version."""
        query = sa.select(acts_table).where(acts_table.c.stream == stream)
        return [open_act(row) for row in self._connection.execute(query.order_by("version"))]

    def acts_by(self, signer: str, start: datetime, end: datetime) -> list[Act]:
        """Give what a key or performer did that was recorded from ``start`` to before ``end``."""
        query = (
            sa.select(acts_table)
            .join(act_signers_table, act_signers_table.c.entry_index == acts_table.c.entry_index)
            .where(act_signers_table.c.signer == signer)
            .where(acts_table.c.recorded_at >= render_utc_milliseconds(start))
            .where(acts_table.c.recorded_at < render_utc_milliseconds(end))
            .order_by(acts_table.c.entry_index)
        )
        return [open_act(row) for row in self._connection.execute(query)]

    def examined_dossiers(self, office: str | None = None) -> Iterator[ExaminedDossier]:
        """Give every dossier with its acts, for the rules to look at; or those of one office."""
        position = self.position()
        if position is None:
            return
        zones, procedures = self.zones(), self.procedures()
        calendar = self.states((_CALENDAR_STREAM,)).get(_CALENDAR_STREAM)
        query = (
            sa.select(states_table.c.state, acts_table)
            .join(dossiers_table, dossiers_table.c.stream == states_table.c.stream)
            .join(acts_table, acts_table.c.stream == states_table.c.stream)
            .order_by(acts_table.c.stream, acts_table.c.version)
        )
        if office is not None:
            query = query.where(dossiers_table.c.office == office)
        rows = self._connection.execute(query)
        for _, group in groupby(rows, key=lambda row: row.stream):
            of_dossier = list(group)
            dossier = _state_decoder.decode(of_dossier[0].state)
            assert isinstance(dossier, Dossier)
            yield ExaminedDossier(
                dossier=dossier,
                acts=tuple(open_act(row) for row in of_dossier),
                as_of=position.sealed_at,
                zone=zones[dossier.office],
                procedure=procedures.get(dossier.procedure),
                calendar=calendar.calendar if isinstance(calendar, CalendarRecord) else None,
            )

    def hash_of(self, stream: str, mark: Mark) -> bytes | None:
        """Give the keyed hash that a holder's secret or code must have."""
        query = sa.select(holders_table.c.hash).where(
            holders_table.c.stream == stream, holders_table.c.mark == mark.value
        )
        found: bytes | None = self._connection.execute(query).scalar()
        return found

    def streams_marked(self, mark: Mark, marked_hash: bytes) -> list[str]:
        """Give the dossiers with this keyed hash; codes ought to be unique, and may not be."""
        query = sa.select(holders_table.c.stream).where(
            holders_table.c.mark == mark.value, holders_table.c.hash == marked_hash
        )
        return list(self._connection.scalars(query.order_by("stream")))

    def _states_of_type(self, stream_type: StreamType) -> Iterable[StreamState]:
        # A range, not LIKE: the primary key answers it.
        stream = states_table.c.stream
        return self._states_where(
            sa.and_(stream >= f"{stream_type}:", stream < f"{stream_type};")
        ).values()

    def _states_where(self, condition: sa.ColumnElement[bool]) -> dict[str, StreamState]:
        query = sa.select(states_table).where(condition)
        return {
            stream: _decode_state(stream, state)
            for stream, state in self._connection.execute(query)
        }


_CALENDAR_STREAM = f"{StreamType.CALENDAR}:{NATIONAL_CALENDAR}"


def _decode_state(stream: str, state: bytes) -> StreamState:
    try:
        decoded: StreamState = _state_decoder.decode(state)
    except msgspec.MsgspecError as error:
        raise StoreCorrupt(f"the stored state of {stream} cannot be read: {error}") from error
    return decoded


def _move_position(connection: sa.Connection, update: ViewUpdate) -> None:
    position = update.position
    old = connection.execute(
        sa.delete(position_table)
        .where(position_table.c.view == VIEW)
        .returning(position_table.c.log_position)
    ).scalar()
    if (old or 0) != update.old_log_position:
        raise StoreCorrupt(f"the views are not at entry {update.old_log_position}")
    connection.execute(
        sa.insert(position_table).values(
            view=VIEW,
            log_position=position.log_position,
            root_hash=position.root_hash,
            sealed_at=render_utc_milliseconds(position.sealed_at),
            checkpoint_note=position.checkpoint_note,
        )
    )


def _replace_states(connection: sa.Connection, states: Mapping[str, StreamState]) -> None:
    dossiers = [row_of(state) for state in states.values() if isinstance(state, Dossier)]
    _replace(connection, dossiers_table, [msgspec.structs.asdict(row) for row in dossiers])
    _replace(
        connection,
        states_table,
        [
            {"stream": stream, "state": _state_encoder.encode(state)}
            for stream, state in states.items()
        ],
    )


def _replace_marks(connection: sa.Connection, marks: Sequence[HolderMark]) -> None:
    last = {(mark.stream, mark.mark): mark for mark in marks}
    _replace(connection, holders_table, [msgspec.structs.asdict(mark) for mark in last.values()])


def _forget_marks(connection: sa.Connection, streams: Sequence[str]) -> None:
    if not streams:
        return
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    condition = holders_table.c.stream == sa.bindparam("erased")
    connection.execute(
        sa.delete(holders_table).where(condition), [{"erased": stream} for stream in streams]
    )


def _replace(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, object]]) -> None:
    """Delete and insert by primary key: the one spelling that every database understands."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key.columns]
    condition = sa.and_(*(table.c[name] == sa.bindparam(f"old_{name}") for name in keys))
    connection.execute(
        sa.delete(table).where(condition),
        [{f"old_{name}": row[name] for name in keys} for row in rows],
    )
    connection.execute(sa.insert(table), rows)


def _insert_acts(connection: sa.Connection, acts: Sequence[Act]) -> None:
    if not acts:
        return
    connection.execute(sa.insert(acts_table), [act_columns(act) for act in acts])
    connection.execute(
        sa.insert(act_signers_table),
        [
            {"signer": name, "entry_index": act.entry_index}
            for act in acts
            for name in actors_of(act)
        ],
    )
