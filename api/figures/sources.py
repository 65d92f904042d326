"""What public statistics are made from, wherever it comes from, and what they are answered with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from projections.counts import CheckpointReference, Span
from projections.petitions.figures import PetitionCounts
from projections.statistics.asking import CellSource
from projections.statistics.by_acts.asking import ActSource
from projections.statistics.lines import LineForm
from projections.tallies.published import RatingTally
from projections.veiled.counts import VeilCounts
from transparency.encoding import render_utc_milliseconds

# Every row of CSV ends in these: as of when it is, and by which definition.
AS_OF_COLUMNS: Final = ("checkpoint_size", "checkpoint_root", "as_of", "definition")


class FigureSource(Protocol):
    """Everything that public statistics are made from, as of one checkpoint."""

    def checkpoint(self) -> CheckpointReference:
        """Give the checkpoint."""

    def as_of(self) -> datetime:
        """Give the time of its seal, which figures are as of."""

    def cells(self) -> CellSource:
        """Give the cells of open dossiers."""

    def count_lines(
        self, span: Span, office: str | None, procedure: str | None, form: LineForm
    ) -> bytes:
        """Give the figures of `counts@v1` as a JSON list, or as lines of CSV."""

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

    def acts(self) -> ActSource:
        """Give the cells made from acts of open dossiers."""

    def veils(self) -> VeilCounts:
        """Give the counts of veils."""

    def petitions(self) -> PetitionCounts:
        """Give the counts of petitions."""

    def tallies(self) -> Sequence[RatingTally]:
        """Give the tallies of ratings by entry index."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The body of an answer, and its media type."""

    body: bytes
    media_type: str


def as_of_text(source: FigureSource) -> str:
    """Give the time of the checkpoint's seal as answers carry it."""
    return render_utc_milliseconds(source.as_of())


def as_of_values(
    checkpoint: CheckpointReference, as_of: object, definition: object
) -> Sequence[object]:
    """Give what stands in the `AS_OF_COLUMNS`."""
    return (checkpoint.size, checkpoint.root, as_of, definition)


def as_of_row(
    checkpoint: CheckpointReference, as_of: object, definition: object
) -> Mapping[str, object]:
    """Give the `AS_OF_COLUMNS` by their names."""
    return dict(zip(AS_OF_COLUMNS, as_of_values(checkpoint, as_of, definition), strict=True))
