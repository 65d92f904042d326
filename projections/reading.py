"""What answers and pages ask the views for: pure folds over one consistent read."""

from datetime import datetime

from projections.counts import (
    ALL_HISTORY,
    CheckpointReference,
    CountStatistics,
    Span,
    count_dossiers,
)
from projections.durations import DurationStatistics, measure_durations
from projections.findings import DEFAULT_PARAMETERS, Finding, Parameters, find_all
from projections.trail import TrailEntry, trail_of
from projections.views import Position, ViewReader


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
    rows = reader.dossier_rows(office, procedure)
    counts = count_dossiers(rows, position.sealed_at, reader.zones(), span)
    return CountStatistics(
        figures=counts.figures,
        total=counts.total,
        checkpoint=reference_to(position),
        as_of=position.as_of,
    )


def read_durations(
    reader: ViewReader, span: Span = ALL_HISTORY, *, by_period: bool = False
) -> DurationStatistics | None:
    """Give the durations as of the views' checkpoint; None before the first checkpoint."""
    position = reader.position()
    if position is None:
        return None
    measured = measure_durations(reader.dossier_rows(), reader.zones(), span, by_period=by_period)
    return DurationStatistics(
        durations=tuple(measured), checkpoint=reference_to(position), as_of=position.as_of
    )


def read_findings(
    reader: ViewReader, office: str | None = None, parameters: Parameters = DEFAULT_PARAMETERS
) -> list[Finding]:
    """Give the findings on all dossiers, or on those of one office."""
    return find_all(reader.examined_dossiers(office), parameters)


def read_trail(
    reader: ViewReader, signer: str, start: datetime, end: datetime
) -> tuple[TrailEntry, ...]:
    """Give what a key or performer did that was recorded from ``start`` to before ``end``."""
    return trail_of(reader.acts_by(signer, start, end), signer, start, end)


def reference_to(position: Position) -> CheckpointReference:
    """Give the checkpoint of a position as figures carry it."""
    return CheckpointReference(position.log_position, position.root_base64)
