"""Placing: where a tally's cell belongs in what is asked, if its label is fine enough to say it.

A cell is only as fine as its label (`domain.tallies`): one that was rolled up so that nobody is
singled out is never divided. A label fits what is asked in one of three ways: all of its ratings
are asked for, none of them are, or some may be and nobody can tell which. Where figures are told
apart by something that the label leaves open, they cannot be told apart either.

Offices and fields are as the registry has them now, as in all statistics (`statistics.places`). A
label that was rolled up names a field, or an office above, as it was when the tally was made. So it
stands for all procedures that ever were of that field, and for all offices that ever were below.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple

from domain.facts import RatingStage
from domain.tallies import Label
from projections.counts import ALL
from projections.statistics.asking import Dimension, Query, offices_of, selection_of
from projections.statistics.places import Places, office_with_all_below
from projections.statistics.walking import Group


class Apart(StrEnum):
    """By what figures of ratings may be told apart; tallies know no channel."""

    OFFICE = "office"
    PROCEDURE = "procedure"
    FIELD = "field"
    STAGE = "stage"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class RatingQuery:
    """What is asked of ratings; ``of`` tells nothing apart by channel, and its periods are no days.

    ``of`` alone is what the dossiers are asked for by, of which so many were rated.
    """

    of: Query = field(default_factory=Query)
    stage: RatingStage | None = None
    by_stage: bool = False

    @property
    def by(self) -> frozenset[Apart]:
        """Give by what figures are told apart."""
        stage = {Apart.STAGE} if self.by_stage else set()
        return frozenset({*(Apart(each.value) for each in self.of.by), *stage})


class Fit(IntEnum):
    """How many of a label's ratings are asked for."""

    ALL = 0
    SOME = 1
    NONE = 2


class RatingGroup(NamedTuple):
    """Whose ratings are counted together: a group as of dossiers, and the stage; `*` for all."""

    group: Group
    stage: str


@dataclass(frozen=True, slots=True)
class Place:
    """How a label fits what is asked, and its group; no group where it cannot be told apart."""

    fit: Fit
    group: RatingGroup | None


class Placing:
    """Places labels for one query, each label once."""

    def __init__(self, query: RatingQuery, places: Places) -> None:
        self._query = query
        self._places = places
        offices = offices_of(query.of, places)
        # Not those of a selection, which leaves out whoever has no open dossier.
        self._offices = None if offices is None or places.are_all(offices) else offices
        self._procedures = selection_of(query.of, places).procedures
        self._children: Mapping[str, list[str]] | None = None
        self._below: dict[str, frozenset[str]] = {}
        self._fields: dict[str, frozenset[str | None]] = {}
        self._known: dict[Label, Place] = {}

    def place(self, label: Label) -> Place:
        """Say where the ratings of a label belong."""
        known = self._known.get(label)
        if known is None:
            # What one part of the label excludes, no other part brings back.
            fit = max(self._office(label), self._procedure(label), self._stage(label))
            known = Place(fit, self._group(label) if fit is Fit.ALL else None)
            self._known[label] = known
        return known

    def _office(self, label: Label) -> Fit:
        wanted = self._offices
        if wanted is None:
            return Fit.ALL
        if label.office is None:
            return Fit.NONE if wanted.isdisjoint(self._places.offices) else Fit.SOME
        if not label.below:
            return Fit.ALL if label.office in wanted else Fit.NONE
        below = self._offices_below(label.office)
        if below and below <= wanted:
            return Fit.ALL
        # Where the registry knows of none that ever was below, nobody can tell.
        return Fit.NONE if below and below.isdisjoint(wanted) else Fit.SOME

    def _offices_below(self, office: str) -> frozenset[str]:
        if office not in self._below:
            if self._children is None:
                self._children = self._places.ever_children()
            self._below[office] = office_with_all_below(office, self._children) - {office}
        return self._below[office]

    def _procedure(self, label: Label) -> Fit:
        wanted, asked = self._procedures, self._query.of
        if wanted is None:
            return Fit.ALL
        if label.procedure is not None:
            return Fit.ALL if label.procedure in wanted else Fit.NONE
        if asked.procedure is None:
            return self._field_fit(label.field)
        held = None if label.field is None else self._places.ever_in_field(label.field)
        may_hold = held is None or asked.procedure in held
        return Fit.SOME if wanted and may_hold else Fit.NONE

    def _field_fit(self, name: str | None) -> Fit:
        if name is None:
            return Fit.SOME
        present = self._present_fields(name)
        if self._query.of.field not in present:
            return Fit.NONE
        return Fit.ALL if len(present) == 1 else Fit.SOME

    def _present_fields(self, name: str) -> frozenset[str | None]:
        """Give the fields that procedures have now which ever were of a field."""
        if name not in self._fields:
            held = self._places.ever_in_field(name)
            fields = frozenset(self._places.fields[code] for code in held)
            self._fields[name] = fields or frozenset({name})
        return self._fields[name]

    def _stage(self, label: Label) -> Fit:
        wanted = self._query.stage
        if wanted is None:
            return Fit.ALL
        if label.stage is None:
            return Fit.SOME
        return Fit.ALL if label.stage is wanted else Fit.NONE

    def _group(self, label: Label) -> RatingGroup | None:
        by = self._query.of.by
        own_office = None if label.below else label.office
        office = own_office if Dimension.OFFICE in by else ALL
        procedure = label.procedure if Dimension.PROCEDURE in by else ALL
        stage = label.stage if self._query.by_stage else ALL
        fields = self._fields_of(label)
        if None in (office, procedure, stage) or len(fields) != 1:
            return None
        assert office is not None
        assert procedure is not None
        (field_of_all,) = fields
        return RatingGroup(Group(office, procedure, field_of_all, ALL), str(stage))

    def _fields_of(self, label: Label) -> frozenset[str | None]:
        """Give the fields that a label's ratings may be of; None where a procedure names none."""
        if Dimension.FIELD not in self._query.of.by:
            return frozenset({ALL})
        if label.procedure is not None:
            return frozenset({self._places.fields.get(label.procedure)})
        return frozenset() if label.field is None else self._present_fields(label.field)
