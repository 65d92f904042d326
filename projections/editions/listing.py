"""Listing editions, newest first, and what they revised; bounded work for each question.

What an edition is does not change, so what was read of it once is kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from projections.counts import CheckpointReference
from projections.editions.errors import NoEdition, not_final
from projections.editions.folder import EditionFolder
from projections.editions.shapes import Manifest, Revision, RevisionSummary

# A filter that finds nothing must not read years of editions for one answer.
MOST_FILES: Final = 50


class ListedEdition(msgspec.Struct, frozen=True, kw_only=True):
    """One edition of a list: its day, what it is as of, and how much it revised."""

    edition: date
    checkpoint: CheckpointReference
    as_of: str
    revisions: RevisionSummary


class SeenRevision(Revision, frozen=True, kw_only=True):
    """A revision, and the edition in which it was first seen."""

    edition: date


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of revisions goes on: within an edition, at the index of a revision."""

    edition: date
    index: int

    @property
    def text(self) -> str:
        """Write it as a query member."""
        return f"{self.edition}:{self.index}"


@dataclass(frozen=True, slots=True)
class WantedRevisions:
    """Which revisions are asked for; None leaves a member open."""

    period: str | None = None
    office: str | None = None
    procedure: str | None = None

    def takes(self, revision: Revision) -> bool:
        """Tell whether a revision is asked for."""
        return (
            self.period in (None, revision.period)
            and self.office in (None, revision.office)
            and self.procedure in (None, revision.procedure)
        )


class EditionShelf:
    """The editions of a folder, to be looked through."""

    def __init__(self, folder: EditionFolder) -> None:
        self._folder = folder
        self._listed: dict[date, ListedEdition] = {}

    def editions(self, before: date | None, limit: int) -> tuple[list[ListedEdition], date | None]:
        """Give editions before a day, newest first, and the day before which more are."""
        days = [day for day in self._folder.days() if before is None or day < before]
        shown = days[-limit:][::-1]
        more = shown[-1] if len(days) > limit else None
        return [self.listed(day) for day in shown], more

    def listed(self, day: date) -> ListedEdition:
        """Give the line of an edition."""
        kept = self._listed.get(day)
        if kept is None:
            kept = self._listed[day] = _line_of(self._folder.manifest(day))
        return kept

    def file(self, day: date, name: str) -> bytes:
        """Give a file of an edition.

        Raises:
            NoEdition: there is none of that day; the sentence names the one that stands.
        """
        if not self._folder.names(day):
            raise missing(day, self._folder.days())
        return self._folder.read(day, name)

    def manifest(self, day: date) -> Manifest:
        """Give the manifest of an edition.

        Raises:
            NoEdition: there is none of that day; the sentence names the one that stands.
        """
        if not self._folder.names(day):
            raise missing(day, self._folder.days())
        return self._folder.manifest(day)

    def revisions(
        self, wanted: WantedRevisions, start: Place | None, limit: int
    ) -> tuple[list[SeenRevision], Place | None]:
        """Give revisions, the newest edition first, and where more may be.

        A page may hold fewer than asked for, or none, and still say where to go on.
        """
        found: list[SeenRevision] = []
        for files_read, (day, first) in enumerate(self._revised(wanted, start)):
            if files_read == MOST_FILES:
                return found, Place(day, first)
            revisions = self._folder.revisions(self._folder.manifest(day)).revisions
            for index, revision in enumerate(revisions[first:], first):
                if not wanted.takes(revision):
                    continue
                if len(found) == limit:
                    return found, Place(day, index)
                found.append(SeenRevision(edition=day, **msgspec.structs.asdict(revision)))
        return found, None

    def _revised(self, wanted: WantedRevisions, start: Place | None) -> Iterator[tuple[date, int]]:
        """Give the editions that may revise what is wanted, and where to begin in each."""
        for day in reversed(self._folder.days()):
            if start is not None and day > start.edition:
                continue
            summary = self.listed(day).revisions
            if summary.found and wanted.period in (None, *summary.periods):
                first = start.index if start is not None and day == start.edition else 0
                yield day, first


def missing(day: date, days: Sequence[date]) -> NoEdition:
    """Say why a day has no edition, and which one stands."""
    if not days:
        return not_final(day)
    if day > days[-1]:
        return not_final(day, f"; the newest is that of {days[-1]}")
    earlier = [each for each in days if each < day]
    if not earlier:
        return NoEdition(f"nothing was published up to {day}")
    return NoEdition(f"nothing was published on {day}; the edition of {earlier[-1]} still stands")


def _line_of(manifest: Manifest) -> ListedEdition:
    return ListedEdition(
        edition=manifest.edition,
        checkpoint=manifest.checkpoint,
        as_of=manifest.as_of,
        revisions=manifest.revisions,
    )
