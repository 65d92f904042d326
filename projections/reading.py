"""What answers and pages ask the views for: pure folds over one consistent read."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

import msgspec
from msgspec import structs

from domain.actions import StreamType
from domain.calendars import NATIONAL_CALENDAR, CalendarRecord
from domain.keys import KeyRecord
from projections.counts import (
    ALL_HISTORY,
    CheckpointReference,
    CountStatistics,
    Figure,
    Span,
)
from projections.dossier_rows import Act
from projections.durations import DurationStatistics
from projections.findings import (
    DEFAULT_PARAMETERS,
    ExaminedDossier,
    Finding,
    Parameters,
    find_all,
)
from projections.findings.life.alarms import raised_alarm
from projections.findings.shapes import entries_of
from projections.people.trail import TrailEntry, trail_of
from projections.petitions.figures import PetitionCounts, PetitionStatistics, count_petitions
from projections.petitions.overdue import overdue_petitions
from projections.petitions.standing import PetitionWorld
from projections.statistics.counting import FirstSums, first_sums, first_total
from projections.statistics.lasting import first_durations
from projections.statistics.lines import LineForm, join_lines
from projections.stored.by_acts.reading import StoredActs
from projections.stored.cell_reading import StoredCells
from projections.tallies.published import RatingTally, Tallies, published_tallies
from projections.veiled.counts import VeilCounts, VeiledStatistics, count_veiled
from projections.views import Position, ViewReader

_lines_decoder = msgspec.json.Decoder(tuple[Figure, ...])
_CALENDAR_STREAM = f"{StreamType.CALENDAR}:{NATIONAL_CALENDAR}"


def read_counts(
    reader: ViewReader,
    span: Span = ALL_HISTORY,
    office: str | None = None,
    procedure: str | None = None,
) -> CountStatistics | None:
    """Give the counts as of the views' checkpoint; None before the first checkpoint."""
    position = reader.position()
    if position is None:
        return None
    cells = reader.cells(position)
    lines = cells.count_lines(span, office, procedure)
    return CountStatistics(
        figures=_lines_decoder.decode(lines),
        total=first_total(cells, span, office, procedure),
        checkpoint=reference_to(position),
        as_of=position.as_of,
    )


def read_sums(
    reader: ViewReader,
    span: Span = ALL_HISTORY,
    office: str | None = None,
    procedure: str | None = None,
) -> FirstSums | None:
    """Give the counts added up, as of the views' checkpoint; None before the first checkpoint."""
    position = reader.position()
    return None if position is None else first_sums(reader.cells(position), span, office, procedure)


def read_total(reader: ViewReader) -> Figure | None:
    """Give the total of all counts as of the views' checkpoint; None before the first one."""
    position = reader.position()
    return None if position is None else first_total(reader.cells(position))


def read_durations(
    reader: ViewReader, span: Span = ALL_HISTORY, *, by_period: bool = False
) -> DurationStatistics | None:
    """Give the durations as of the views' checkpoint; None before the first checkpoint."""
    position = reader.position()
    if position is None:
        return None
    measured = first_durations(reader.cells(position), span, by_period=by_period)
    return DurationStatistics(
        durations=tuple(measured), checkpoint=reference_to(position), as_of=position.as_of
    )


class FiguresInViews:
    """Everything that public statistics are made from, in one read of the views."""

    def __init__(
        self, reader: ViewReader, position: Position, tallies: Tallies | None = None
    ) -> None:
        """``tallies`` may be missing where the ledger is not there, or none are asked for."""
        self._reader = reader
        self._position = position
        self._tallies = tallies

    def checkpoint(self) -> CheckpointReference:
        """Give the checkpoint that the views are as of."""
        return reference_to(self._position)

    def as_of(self) -> datetime:
        """Give the time of its seal."""
        return self._position.sealed_at

    def cells(self) -> StoredCells:
        """Give the cells of open dossiers."""
        return self._reader.cells(self._position)

    def count_lines(
        self, span: Span, office: str | None, procedure: str | None, form: LineForm
    ) -> bytes:
        """Give the figures of `counts@v1` as a JSON list, or as lines of CSV."""
        return self.cells().count_lines(span, office, procedure, form)

    def duration_lines(
        self,
        span: Span,
        office: str | None,
        procedure: str | None,
        form: LineForm,
        *,
        by_period: bool,
    ) -> bytes:
        """Give the figures of `durations@v1` as a JSON list, or as lines of CSV."""
        cells = self.cells()
        if by_period or span == ALL_HISTORY:
            return cells.duration_lines(span, office, procedure, form, by_period=by_period)
        return join_lines(first_durations(cells, span, office, procedure), form)

    def acts(self) -> StoredActs:
        """Give the cells made from acts of open dossiers."""
        return self._reader.act_cells(self._position)

    def veils(self) -> VeilCounts:
        """Give the counts of veils."""
        return self._reader.veil_counts()

    def petitions(self) -> PetitionCounts:
        """Give the counts of petitions."""
        world = read_petition_world(self._reader)
        assert world is not None
        return count_petitions(self._reader.petition_rows(), world)

    def tallies(self) -> tuple[RatingTally, ...]:
        """Give the tallies of ratings."""
        months = self._reader.tallied_months()
        if not months:
            return ()
        assert self._tallies is not None
        return published_tallies(self._tallies, months, self._position.log_position)


def read_petition_world(reader: ViewReader) -> PetitionWorld | None:
    """Give what petitions are judged by; None before the first checkpoint."""
    position = reader.position()
    if position is None:
        return None
    record = reader.states((_CALENDAR_STREAM,)).get(_CALENDAR_STREAM)
    calendar = record.calendar if isinstance(record, CalendarRecord) else None
    return PetitionWorld(reader.offices(), calendar, position.sealed_at)


def read_petition_figures(reader: ViewReader) -> PetitionStatistics | None:
    """Give the counts of petitions as of the views' checkpoint; None before the first one."""
    world, position = read_petition_world(reader), reader.position()
    if world is None or position is None:
        return None
    counts = count_petitions(reader.petition_rows(), world)
    return PetitionStatistics(
        figures=counts.figures,
        totals=counts.totals,
        checkpoint=reference_to(position),
        as_of=position.as_of,
    )


def read_veiled_figures(
    reader: ViewReader, span: Span = ALL_HISTORY, office: str | None = None
) -> VeiledStatistics | None:
    """Give the counts of veiled dossiers as of the views' checkpoint; None before the first one."""
    position = reader.position()
    if position is None:
        return None
    counts = count_veiled(reader.veil_counts(), position.sealed_at, span, office)
    return VeiledStatistics(
        figures=counts.figures,
        total=counts.total,
        checkpoint=reference_to(position),
        as_of=position.as_of,
    )


def read_findings(
    reader: ViewReader,
    office: str | None = None,
    parameters: Parameters = DEFAULT_PARAMETERS,
    opening: Callable[[ExaminedDossier], ExaminedDossier] | None = None,
) -> list[Finding]:
    """Give the findings on all dossiers and petitions, and alarms, or on those of one office.

    ``opening`` gives a dossier with its private parts, for whoever may open them.
    """
    person_of = reader.persons().person_of
    examined = (replace(one, person_of=person_of) for one in reader.examined_dossiers(office))
    return [
        *find_all(examined if opening is None else map(opening, examined), parameters),
        *overdue_petition_leads(reader, office),
        *public_alarm_leads(reader, office),
    ]


def public_alarm_leads(reader: ViewReader, office: str | None = None) -> Iterator[Finding]:
    """Give the public alarms that stand in the log, as they were raised."""
    for stream, record in reader.findings_raised().items():
        raised_for = next((act.office for act in reader.acts_of(stream)), None) or ""
        found = raised_alarm(stream, raised_for, record)
        if found is not None and office in (None, found.office):
            yield found


def overdue_petition_leads(reader: ViewReader, office: str | None = None) -> Iterator[Finding]:
    """Give what R26 finds among petitions, each with the petition's entries."""
    world = read_petition_world(reader)
    if world is None:
        return
    for finding in overdue_petitions(reader.petition_rows(), world, office):
        evidence = entries_of(reader.acts_of(finding.stream))
        yield structs.replace(finding, evidence=evidence)


def read_trail(
    reader: ViewReader, signers: Collection[str], start: datetime, end: datetime
) -> tuple[TrailEntry, ...]:
    """Give what these signers did that was recorded from ``start`` to before ``end``.

    The keys of one person come from `ViewReader.persons`.
    """
    acts = [act for signer in signers for act in reader.acts_by(signer, start, end)]
    return trail_of(acts, signers, start, end, read_keys(reader, acts).get)


def read_keys(reader: ViewReader, acts: Iterable[Act]) -> dict[str, KeyRecord]:
    """Give the registry's records of the enrolled keys that signed these acts, by name."""
    streams = {f"key:{signer.key}" for act in acts for signer in act.signers}
    states = reader.states(streams).values()
    return {state.name: state for state in states if isinstance(state, KeyRecord)}


def reference_to(position: Position) -> CheckpointReference:
    """Give the checkpoint of a position as figures carry it."""
    return CheckpointReference(position.log_position, position.root_base64)
