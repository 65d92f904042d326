"""The views: a thin store for what the followers fold, and consistent reads of it.

Position and rows move in one transaction, always from one published checkpoint to a later one;
a read is one transaction too. So whoever reads sees everything as of exactly one checkpoint.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from domain.actions import StreamType
from domain.decisions import StreamState
from domain.dossiers import Dossier
from domain.keys import KeyRecord
from domain.offices import OfficeRecord
from domain.oversight.integrity import FindingRecord
from domain.procedures import ProcedureRecord
from ledger.errors import StoreUnavailable
from projections.catalogue.searching import ProcedureQuery, search_codes
from projections.dossier_rows import Act, DossierRow
from projections.findings import ExaminedDossier
from projections.holders import Mark
from projections.parts.cutting import cut_log
from projections.parts.registry import Projection
from projections.parts.stops import (
    ProjectionStopped,
    Stop,
    end_stops,
    note_stop,
    read_stops,
    rebuilds_counted,
    stop_by,
)
from projections.parts.writers import PART_WRITERS, PartFailed, PartWriter, write_parts
from projections.people.persons import Persons
from projections.people.subjects import TrailQuery
from projections.petitions.rows import PetitionRow
from projections.petitions.stored import read_petitions
from projections.stored.by_acts.reading import StoredActs
from projections.stored.cell_reading import StoredCells
from projections.stored.cells import stands_at
from projections.stored.examining import Registry, examine
from projections.stored.fees import Offices
from projections.stored.payments import PaymentCount, read_payments
from projections.stored.rows import decode_state
from projections.stored.steps import VIEW, Position, ViewUpdate, move_position
from projections.stored.trails import select_trail
from projections.stored.tuples.acts import open_act
from projections.stored.veiled import veiled_acts_by, veiled_among
from projections.tables import (
    OPEN_ALONE,
    VEILED_ALONE,
    WITH_VEILED,
    Visible,
    act_signers_table,
    acts_table,
    holders_table,
    open_engine,
    position_table,
)
from projections.veiled.counts import VeilCounts
from projections.veiled.stored import read_veils
from transparency.encoding import (
    parse_utc_milliseconds,
    render_utc_milliseconds,
)

__all__ = ["VIEW", "Position", "ViewReader", "ViewUpdate", "Views", "open_views"]

STREAMS_PER_QUERY: Final = 500


class Views:
    """The views database of one ledger: one follower writes, anyone reads."""

    def __init__(
        self, engine: sa.Engine, writers: Mapping[Projection, PartWriter] = PART_WRITERS
    ) -> None:
        """``writers`` are of the projections that are kept beside the core."""
        self._engine = engine
        self._writers = writers

    def write(self, update: ViewUpdate) -> list[PartFailed]:
        """Move the views from one checkpoint to a later one: all of it or nothing.

        A projection that cannot be written stops where it stands, and the others move without
        it, in one transaction with the note of its stop; gives those that stopped now.

        Raises:
            StoreCorrupt: the views are not where the update begins; another follower writes.
            StoreUnavailable: the database failed, or rows were replaced since the update was made.
        """
        failed: list[PartFailed] = []
        if update.holders_failure is not None:
            failed.append(PartFailed(Projection.HOLDERS, update.holders_failure))
        while True:
            try:
                self._write_once(update, failed)
                break
            except PartFailed as failure:
                # Each of them fails once at most, since the next attempt leaves it out.
                failed.append(failure)
        if update.erased:
            cut_log(self._engine)
        return failed

    def _write_once(self, update: ViewUpdate, failed: Iterable[PartFailed]) -> None:
        with self._transaction() as connection:
            # The position first: it takes the write lock, and a second follower stops here.
            old_as_of = move_position(connection, update)
            stops = read_stops(connection)
            for each in failed:
                stop = stop_by(each.error, each.projection, update.old_log_position, old_as_of)
                if stops.setdefault(each.projection, stop) is stop:
                    note_stop(connection, stop)
            write_parts(connection, update, old_as_of, self._writers, stops)

    def stop(
        self, projection: Projection, error: BaseException, log_position: int | None = None
    ) -> None:
        """Note that the core has stopped where the views stand, or a projection outside them.

        Raises:
            StoreUnavailable: the database failed.
        """
        with self._transaction() as connection:
            position = None if log_position is not None else ViewReader(connection).position()
            as_of = None if position is None else position.sealed_at
            stood = log_position or (0 if position is None else position.log_position)
            note_stop(connection, stop_by(error, projection, stood, as_of))

    def end_stop(self, projection: Projection) -> None:
        """Note that a projection runs, if it had stopped.

        Raises:
            StoreUnavailable: the database failed.
        """
        with self._transaction() as connection:
            if projection in read_stops(connection):
                end_stops(connection, (projection,))

    @contextmanager
    def reading(self, *, sees_veiled: bool = False) -> Iterator["ViewReader"]:
        """Give a reader that sees the views as of one checkpoint for as long as it is open.

        It sees nothing of veiled dossiers unless it is told to: by the follower, and by whoever
        has checked a reader's right to see one.
        """
        with self._transaction() as connection:
            yield ViewReader(connection, WITH_VEILED if sees_veiled else OPEN_ALONE)

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


def open_views(
    path: Path,
    writers: Mapping[Projection, PartWriter] = PART_WRITERS,
    *,
    is_beside: bool = False,
) -> Views:
    """Open the views database, emptied if its tables are of another version of this program.

    One that ``is_beside`` is made anew after any crash (`open_engine`).

    Raises:
        StoreUnavailable: the file cannot be opened or is no database.
    """
    return Views(open_engine(path, is_beside=is_beside), writers)


class ViewReader:
    """Everything that is read from the views, in one transaction."""

    def __init__(self, connection: sa.Connection, visible: Visible = OPEN_ALONE) -> None:
        self._connection = connection
        self._visible = visible
        self._stops: dict[Projection, Stop] | None = None

    def stops(self) -> dict[Projection, Stop]:
        """Give the projections that have stopped."""
        if self._stops is None:
            self._stops = read_stops(self._connection)
        return self._stops

    def check_runs(self, projection: Projection) -> None:
        """Check that a projection is as of the views' position.

        Raises:
            ProjectionStopped: it stands somewhere else.
        """
        if projection in self.stops():
            raise ProjectionStopped(projection.value)

    def rebuilds(self) -> int:
        """Give how often rows were replaced from beside."""
        return rebuilds_counted(self._connection)

    def position(self) -> Position | None:
        """Give the checkpoint that the views are as of; None before the first."""
        query = sa.select(position_table).where(position_table.c.view == VIEW)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        at, note = parse_utc_milliseconds(row.sealed_at), row.checkpoint_note
        return Position(row.log_position, row.root_hash, at, note, row.veiled_position)

    def dossier_rows(
        self, office: str | None = None, procedure: str | None = None
    ) -> Iterator[DossierRow]:
        """Give the rows of all dossiers, or of one office's or procedure's."""
        dossiers = self._visible.dossiers
        query = sa.select(dossiers)
        if office is not None:
            query = query.where(dossiers.c.office == office)
        if procedure is not None:
            query = query.where(dossiers.c.procedure == procedure)
        names = [column.name for column in dossiers.columns]
        for row in self._connection.execute(query):
            yield DossierRow(**dict(zip(names, row, strict=True)))

    def payments(self, months: Iterable[str], offices: Offices) -> list[PaymentCount]:
        """Count open dossiers accepted in these months by how they were paid; as `cells`."""
        self.check_runs(Projection.STATISTICS)
        return read_payments(self._connection, months, offices)

    def states(self, streams: Iterable[str]) -> dict[str, StreamState]:
        """Give the states of those of these streams that have one."""
        wanted = sorted(streams)
        found: dict[str, StreamState] = {}
        for start in range(0, len(wanted), STREAMS_PER_QUERY):
            part = wanted[start : start + STREAMS_PER_QUERY]
            found |= self._states_where(self._visible.states.c.stream.in_(part))
        return found

    def cells(self, position: Position) -> StoredCells:
        """Give what statistics are read from, as of the position of this transaction.

        Raises:
            ProjectionStopped: statistics have stopped.
            StoreUnavailable: the follower catches up, and has not counted yet.
        """
        self.check_runs(Projection.STATISTICS)
        if stands_at(self._connection) != position.log_position:
            raise StoreUnavailable("the follower catches up, and counts at the end")
        return StoredCells(self._connection, position.sealed_at)

    def act_cells(self, position: Position) -> StoredActs:
        """Give what statistics made from acts are read from; it raises as `cells`."""
        return StoredActs(self._connection, self.cells(position).places(), position.sealed_at)

    def veil_counts(self) -> VeilCounts:
        """Give how many veils the log holds, by top office, month and act: all of it is public."""
        self.check_runs(Projection.VEILS)
        return read_veils(self._connection)

    def petition_rows(self) -> list[PetitionRow]:
        """Give the rows of all petitions."""
        self.check_runs(Projection.PETITIONS)
        return read_petitions(self._connection)

    def tallied_months(self) -> list[str]:
        """Give the months that have a tally, of whatever it counts."""
        return sorted(each[len("tally:") :] for each in self._states_of_type(StreamType.TALLY))

    def running_dossiers(self) -> list[str]:
        """Give the streams of the dossiers that were accepted and have not ended."""
        dossiers = self._visible.dossiers.c
        query = sa.select(dossiers.stream).where(
            dossiers.accepted_at.is_not(None), dossiers.ended_at.is_(None)
        )
        return list(self._connection.scalars(query.order_by("stream")))

    def dossier(self, stream: str) -> Dossier | None:
        """Give the state of one dossier."""
        state = self.states((stream,)).get(stream)
        return state if isinstance(state, Dossier) else None

    def veiled_among(self, streams: Iterable[str]) -> set[str]:
        """Give those of these streams that are veiled dossiers, to a reader that sees them."""
        return veiled_among(self._connection, streams) if self._sees_veiled else set()

    @property
    def _sees_veiled(self) -> bool:
        return self._visible is WITH_VEILED

    def offices(self) -> dict[str, OfficeRecord]:
        """Give the registry's records of all offices by their id."""
        records = self._states_of_type(StreamType.OFFICE).values()
        return {record.office.id: record for record in records if isinstance(record, OfficeRecord)}

    def procedures(self) -> dict[str, ProcedureRecord]:
        """Give the registry's records of all procedures by their code."""
        records = self._states_of_type(StreamType.PROCEDURE).values()
        return {record.code: record for record in records if isinstance(record, ProcedureRecord)}

    def search_procedures(self, query: ProcedureQuery) -> tuple[list[str], str | None]:
        """Give the codes of one page of a search, and after which code the next begins."""
        self.check_runs(Projection.CATALOGUE)
        return search_codes(self._connection, query, self.offices())

    def keys(self) -> dict[str, KeyRecord]:
        """Give the registry's records of all enrolled keys by their name."""
        states = self._states_of_type(StreamType.KEY).values()
        return {state.name: state for state in states if isinstance(state, KeyRecord)}

    def persons(self) -> Persons:
        """Give whose keys are one person's; by personnel number where the views hold any."""
        self.check_runs(Projection.HOLDERS)
        columns = holders_table.c
        query = sa.select(columns.stream, columns.hash).where(columns.mark == Mark.PERSON.value)
        marks = self._connection.execute(query)
        numbers = {stream.partition(":")[2]: mark for stream, mark in marks}
        return Persons(self.keys().values(), numbers)

    def zones(self) -> dict[str, str]:
        """Give the time zone of every office."""
        return {office: record.office.time_zone for office, record in self.offices().items()}

    def acts_of(self, stream: str) -> list[Act]:
        """Give the acts of one stream, by version."""
        acts = self._visible.acts
        query = sa.select(acts).where(acts.c.stream == stream)
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
        found = [open_act(row) for row in self._connection.execute(query)]
        if not self._sees_veiled:
            return found
        period = render_utc_milliseconds(start), render_utc_milliseconds(end)
        return [*found, *veiled_acts_by(self._connection, signer, *period)]

    def trail(self, query: TrailQuery) -> Iterator[Act]:
        """Give the acts of a trail, in its order (`stored.trails`)."""
        return select_trail(self._connection, query, sees_veiled=self._sees_veiled)

    def examined_dossiers(self, office: str | None = None) -> Iterator[ExaminedDossier]:
        """Give every dossier with its acts, for the rules to look at; or those of one office."""
        self.check_runs(Projection.HOLDERS)
        position = self.position()
        if position is None:
            return
        registry = Registry(self.offices(), self.procedures(), self.keys())
        # One after the other: joining what was put together would make eight joins of one.
        for part in (OPEN_ALONE, VEILED_ALONE) if self._sees_veiled else (OPEN_ALONE,):
            yield from examine(self._connection, registry, position.sealed_at, office, part)

    def findings_raised(self) -> dict[str, FindingRecord]:
        """Give what is public of all raised findings, by their streams."""
        states = self._states_of_type(StreamType.FINDING).items()
        return {stream: state for stream, state in states if isinstance(state, FindingRecord)}

    def hash_of(self, stream: str, mark: Mark) -> bytes | None:
        """Give the keyed hash that a holder's secret or code must have."""
        self.check_runs(Projection.HOLDERS)
        query = sa.select(holders_table.c.hash).where(
            holders_table.c.stream == stream, holders_table.c.mark == mark.value
        )
        found: bytes | None = self._connection.execute(query).scalar()
        return found

    def streams_marked(self, mark: Mark, marked_hash: bytes) -> list[str]:
        """Give the dossiers with this keyed hash; codes ought to be unique, and may not be."""
        self.check_runs(Projection.HOLDERS)
        query = sa.select(holders_table.c.stream).where(
            holders_table.c.mark == mark.value, holders_table.c.hash == marked_hash
        )
        return list(self._connection.scalars(query.order_by("stream")))

    def _states_of_type(self, stream_type: StreamType) -> dict[str, StreamState]:
        # A range, not LIKE: the primary key answers it.
        stream = self._visible.states.c.stream
        return self._states_where(sa.and_(stream >= f"{stream_type}:", stream < f"{stream_type};"))

    def _states_where(self, condition: sa.ColumnElement[bool]) -> dict[str, StreamState]:
        rows = self._connection.execute(sa.select(self._visible.states).where(condition))
        return {stream: decode_state(stream, state) for stream, state in rows}
