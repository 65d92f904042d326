"""Reading a whole population from the views, within one consistent read.

The views are asked through a port of few methods, so that an export or a test may stand in.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from domain.calendars import Calendar
from domain.moments import Moment
from projections.findings.peers.inputs.observing import observe
from projections.findings.peers.inputs.private import PrivateInputs
from projections.findings.peers.shapes import NOTHING_OPENED, Population
from projections.findings.shapes import ExaminedDossier
from projections.people.persons import Persons


class Place(Protocol):
    """The checkpoint that a read is as of."""

    @property
    def root_hash(self) -> bytes:
        """Give the root."""

    @property
    def sealed_at(self) -> datetime:
        """Give the time of its seal."""


class PopulationSource(Protocol):
    """Whatever gives all dossiers as of one checkpoint: `projections.views.ViewReader`."""

    def position(self) -> Place | None:
        """Give the checkpoint; None before the first."""

    def persons(self) -> Persons:
        """Give whose keys are one person's."""

    def examined_dossiers(self) -> Iterator[ExaminedDossier]:
        """Give every dossier with its acts."""


Opening = Callable[[ExaminedDossier], ExaminedDossier]
"""Opens the private parts of a dossier, its reads among them."""


def read_population(
    source: PopulationSource,
    private: PrivateInputs = NOTHING_OPENED,
    opening: Opening | None = None,
) -> Population | None:
    """Give all dossiers for the rules that compare; None before the first checkpoint.

    Persons are joined as the source joins them: by personnel number where it may see any. Without
    ``opening`` nobody knows who read what, and R24 abstains.
    """
    place = source.position()
    if place is None:
        return None
    person_of = source.persons().person_of
    calendars: list[Calendar] = []
    observed = tuple(observe(each) for each in _examined(source, person_of, opening, calendars))
    return Population(
        observed=observed,
        as_of=Moment(instant=place.sealed_at),
        root_hash=place.root_hash,
        calendar=calendars[0] if calendars else None,
        private=private,
    )


def _examined(
    source: PopulationSource,
    person_of: Callable[[str], str],
    opening: Opening | None,
    calendars: list[Calendar],
) -> Iterator[ExaminedDossier]:
    for examined in source.examined_dossiers():
        if examined.calendar is not None and not calendars:
            calendars.append(examined.calendar)
        opened = examined if opening is None else opening(examined)
        yield replace(opened, person_of=person_of)
