"""Ratings from the monthly tallies, `ratings@v1`: how many, their marks, and of how many dossiers.

Tallies are a partition into cells of ten ratings or more (`domain.tallies`), and every figure is a
union of whole cells, so none is of fewer than ten. A rating counts in the month whose tally counts
it, which may come after the month in which it was given. With P the months asked for::

    counted(P) = placed + not placed + elsewhere
    envelopes  = counted before P + counted(P) + withheld

`placed` stand in figures; `elsewhere` are certainly not asked for; `not placed` stand in cells too
coarse to be told apart as asked, or to tell whether they are asked for. Those that are asked for
are in the total nevertheless. `envelopes` and `withheld` are those of the last tally up to the end
of P: what is withheld waits for a later one, and denunciations hide in it (ADR 0028).

Marks are of those cells alone that show the question, and say of how many ratings these are: a
cell shows none where fewer than ten answered, or fewer than three otherwise than the most. So
cells of one mind are missing, and a share tells what is said where people differ. Nobody whose
overall mark is above 2 is dissatisfied (domain.md 6.1, "Ledger model").

A figure stands beside the open dossiers of its group that ended in those months of its period that
have a tally (`projections.tallies.ended`), and how many ratings come on ten thousand of them. That
is no share of people: a dossier may be rated at each of four stages, veiled dossiers are rated and
are not among those that ended, and who rated late, or is withheld or not placed, is missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from domain.evaluation import CIRCULAR_2018
from domain.facts import RatingStage
from domain.tallies import Cell
from projections.counts import ALL
from projections.statistics.asking import WHOLE, CellSource, few
from projections.statistics.periods import period_at
from projections.statistics.places import Places
from projections.statistics.walking import EVERYTHING, group_order, period_name
from projections.tallies.ended import EndedDossiers, ended_in_all, ended_in_months
from projections.tallies.placing import Apart, Fit, Placing, RatingGroup, RatingQuery
from projections.tallies.published import RatingTally
from projections.tallies.rating_shapes import (
    NO_RATINGS,
    NONE_PLACED,
    NOT_OF_ENDED,
    NOT_SHOWN,
    TOO_FEW_ENDED,
    CostMarks,
    NotPlaced,
    OverallMarks,
    PointMarks,
    RatingFigure,
    RatingsAsked,
    RatingSums,
    TallyUsed,
)

MOST_DISSATISFIED: Final = 2
TEN_THOUSAND: Final = 10_000
LEAST_RATINGS: Final = CIRCULAR_2018.least_ratings_office


@dataclass(frozen=True, slots=True)
class CountedRatings:
    """The figures of a query in order, their total, and what they rest on."""

    figures: tuple[RatingFigure, ...]
    total: RatingFigure
    not_placed: tuple[NotPlaced, ...]
    sums: RatingSums
    tallies: tuple[TallyUsed, ...]


@dataclass(slots=True)
class _Added:
    """Cells added up: ratings, and of each question its answers and the ratings of its cells."""

    ratings: int = 0
    marks: dict[str, list[int]] = field(default_factory=dict)
    of_ratings: dict[str, int] = field(default_factory=dict)

    def add(self, cell: Cell) -> None:
        """Add a whole cell."""
        self.ratings += cell.count
        for question, counts in cell.marks.items():
            known = self.marks.get(question, [0] * len(counts))
            self.marks[question] = [one + more for one, more in zip(known, counts, strict=True)]
            self.of_ratings[question] = self.of_ratings.get(question, 0) + cell.count


_Key = tuple[RatingGroup, str]
_CoarseKey = tuple[str | None, bool, str, bool]


@dataclass(slots=True)
class _Sorted:
    """All cells of the months asked for, each in one place."""

    groups: dict[_Key, _Added] = field(default_factory=dict)
    total: _Added = field(default_factory=_Added)
    coarse: dict[_CoarseKey, int] = field(default_factory=dict)
    elsewhere: int = 0


def asked_of(query: RatingQuery) -> RatingsAsked:
    """Repeat a query."""
    of = query.of
    return RatingsAsked(
        office=of.office,
        subtree=of.subtree,
        level=of.level,
        procedure=of.procedure,
        field=of.field,
        stage=None if query.stage is None else query.stage.value,
        period=of.period,
        granularity=of.granularity.value,
        by=tuple(each.value for each in Apart if each in query.by),
    )


def count_ratings(
    tallies: Sequence[RatingTally], source: CellSource, query: RatingQuery, most: int | None = None
) -> CountedRatings:
    """Give the figures of a query, from tallies by entry index and the cells of dossiers.

    Raises:
        TooManyFigures: they are more than ``most``, or the lines of what is not placed are.
    """
    asked = [tally for tally in tallies if _is_asked_for(tally, query)]
    places = source.places()
    found = _sort_cells(asked, query, places)
    months = {tally.month for tally in asked} if found.total.ratings else ()
    ended = ended_in_months(source, query.of, months)
    keys = sorted(found.groups, key=_key_order)
    figures = few((_figure(key, found.groups[key], ended, query) for key in keys), most)
    lines = (_not_placed(key, count, query) for key, count in _in_order(found.coarse))
    coarse = few(lines, most)
    return CountedRatings(
        figures=figures,
        total=_total(found, ended, query),
        not_placed=coarse,
        sums=_sums(tallies, asked, found, query),
        tallies=tuple(map(_used, asked)),
    )


def _is_asked_for(tally: RatingTally, query: RatingQuery) -> bool:
    first, period = query.of.first, period_at(tally.month, query.of.granularity)
    return (first is None or period >= first) and _is_not_after(tally, query)


def _is_not_after(tally: RatingTally, query: RatingQuery) -> bool:
    last = query.of.last
    return last is None or period_at(tally.month, query.of.granularity) <= last


def cells_of(tally: RatingTally) -> Iterable[Cell]:
    """Give a tally's cells; where its document cannot be read, one that says nothing but how many.

    So what the tallies count always adds up, whatever can be read of it.
    """
    missing = tally.facts.counted - sum(cell.count for cell in tally.cells)
    return (*tally.cells, Cell(count=missing)) if missing > 0 else tally.cells


def _sort_cells(tallies: Iterable[RatingTally], query: RatingQuery, places: Places) -> _Sorted:
    placing, found = Placing(query, places), _Sorted()
    for tally in tallies:
        period = period_name(period_at(tally.month, query.of.granularity), query.of)
        for cell in cells_of(tally):
            place = placing.place(cell.label)
            if place.fit is Fit.NONE:
                found.elsewhere += cell.count
                continue
            if place.fit is Fit.ALL:
                found.total.add(cell)
            if place.group is not None:
                found.groups.setdefault((place.group, period), _Added()).add(cell)
                continue
            key = _coarse_key(cell, period, query, in_total=place.fit is Fit.ALL)
            found.coarse[key] = found.coarse.get(key, 0) + cell.count
    return found


def _coarse_key(cell: Cell, period: str, query: RatingQuery, *, in_total: bool) -> _CoarseKey:
    if Apart.OFFICE not in query.by:
        return ALL, False, period, in_total
    return cell.office, cell.below, period, in_total


def _in_order(coarse: Mapping[_CoarseKey, int]) -> list[tuple[_CoarseKey, int]]:
    """Sort what cannot be placed by office, period and the rest; what is under none comes first."""
    return sorted(coarse.items(), key=lambda line: (line[0][0] or "", *line[0][1:]))


def _not_placed(key: _CoarseKey, ratings: int, query: RatingQuery) -> NotPlaced:
    office, below, period, in_total = key
    return NotPlaced(
        office=office,
        below=below,
        period=_shown(period, query),
        in_total=in_total,
        ratings=ratings,
    )


def _shown(period: str, query: RatingQuery) -> str:
    return query.of.period if period == WHOLE else period


def _key_order(key: _Key) -> tuple[object, ...]:
    (group, stage), period = key
    return (*group_order(group), stage, period)


def _total(found: _Sorted, ended: EndedDossiers, query: RatingQuery) -> RatingFigure:
    whole = {EVERYTHING: ended_in_all(ended)}
    total = _figure((RatingGroup(EVERYTHING, ALL), WHOLE), found.total, whole, query)
    if not total.ratings and found.coarse:
        return msgspec.structs.replace(total, response_missing=NONE_PLACED)
    return total


def _figure(key: _Key, added: _Added, ended: EndedDossiers, query: RatingQuery) -> RatingFigure:
    (group, stage), period = key
    dossiers = _ended_in(ended.get(group, {}), period)
    missing = _response_missing(added.ratings, _stage_of(stage, query), dossiers)
    return RatingFigure(
        office=group.office,
        procedure=group.procedure,
        field=group.field,
        stage=stage,
        period=_shown(period, query),
        ratings=added.ratings,
        ended_dossiers=dossiers if missing is None else None,
        ratings_per_10000_ended=(_per_10000(added.ratings, dossiers) if missing is None else None),
        response_missing=missing,
        overall=_overall(added),
        contacts=_points(added, "contacts"),
        agencies=_points(added, "agencies"),
        attitude=_points(added, "attitude"),
        unofficial_cost=_costs(added),
    )


def _stage_of(stage: str, query: RatingQuery) -> str:
    return stage if query.stage is None else query.stage.value


def _ended_in(ended: Mapping[str, int], period: str) -> int:
    """Count what ended in a period, or in all that were asked for."""
    return sum(dossiers for name, dossiers in ended.items() if period in (WHOLE, name))


def _response_missing(ratings: int, stage: str, dossiers: int) -> str | None:
    if not ratings:
        return NO_RATINGS
    if stage not in (ALL, RatingStage.RESULT):
        return NOT_OF_ENDED
    return TOO_FEW_ENDED if dossiers < LEAST_RATINGS else None


def _per_10000(part: int, whole: int) -> int:
    return (2 * TEN_THOUSAND * part + whole) // (2 * whole)


def _overall(added: _Added) -> OverallMarks:
    counts, answered, of_ratings, missing = _answers(added, "overall", 5)
    satisfied = None if missing else sum(each or 0 for each in counts[MOST_DISSATISFIED:])
    return OverallMarks(
        of_ratings=of_ratings,
        answered=answered,
        mark_1=counts[0],
        mark_2=counts[1],
        mark_3=counts[2],
        mark_4=counts[3],
        mark_5=counts[4],
        satisfied=satisfied,
        satisfied_per_10000=None if satisfied is None else _per_10000(satisfied, answered),
        missing=missing,
    )


def _points(added: _Added, question: str) -> PointMarks:
    counts, answered, of_ratings, missing = _answers(added, question, 3)
    return PointMarks(
        of_ratings=of_ratings,
        answered=answered,
        points_0=counts[0],
        points_1=counts[1],
        points_2=counts[2],
        missing=missing,
    )


def _costs(added: _Added) -> CostMarks:
    counts, answered, of_ratings, missing = _answers(added, "unofficial_cost", 3)
    return CostMarks(
        of_ratings=of_ratings,
        answered=answered,
        yes=counts[0],
        no=counts[1],
        refuse=counts[2],
        missing=missing,
    )


def _answers(
    added: _Added, question: str, values: int
) -> tuple[Sequence[int | None], int, int, str | None]:
    """Give how often each value was answered, how many answered, of how many, or why not."""
    counts = added.marks.get(question)
    if counts is None:
        return (None,) * values, 0, 0, NOT_SHOWN
    answered, of_ratings = sum(counts), added.of_ratings[question]
    assert LEAST_RATINGS <= answered <= of_ratings <= added.ratings
    assert len(counts) == values
    return counts, answered, of_ratings, None


def _sums(
    tallies: Sequence[RatingTally],
    asked: Sequence[RatingTally],
    found: _Sorted,
    query: RatingQuery,
) -> RatingSums:
    up_to = [tally.facts for tally in tallies if _is_not_after(tally, query)]
    of_asked = sum(tally.facts.counted for tally in asked)
    placed = sum(added.ratings for added in found.groups.values())
    not_placed = sum(found.coarse.values())
    return RatingSums(
        placed=placed,
        not_placed=not_placed,
        elsewhere=found.elsewhere,
        # What the cells count; where a log's facts say otherwise, `TallyAdder` names the tally.
        counted=placed + not_placed + found.elsewhere,
        counted_before=sum(facts.counted for facts in up_to) - of_asked,
        withheld=up_to[-1].withheld if up_to else 0,
        envelopes=up_to[-1].envelopes if up_to else 0,
    )


def _used(tally: RatingTally) -> TallyUsed:
    facts = tally.facts
    return TallyUsed(
        month=tally.month,
        entry_index=tally.entry_index,
        document=facts.document,
        envelopes=facts.envelopes,
        counted=facts.counted,
        withheld=facts.withheld,
    )
