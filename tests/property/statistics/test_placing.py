"""Labels placed in random registries: whoever has open dossiers, and wherever things stood before.

The tally is made with one random registry, and figures are asked of a later one, in which offices
have other parents and procedures other fields.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import RatingStage
from domain.offices import Level, Office, OfficeRecord, OfficeVersion
from domain.procedures import Procedure, ProcedureRecord
from domain.tallies import Label, Rating, tally_ratings
from projections.statistics.in_memory import CellsInMemory
from projections.statistics.places import Places, places_of
from projections.tallies.placing import Apart, Placing, RatingQuery
from projections.tallies.ratings import count_ratings
from tests.property.statistics.test_ratings import queries
from tests.support.builders import ENROLLED_AT, a_procedure, an_office
from tests.support.tallies.territory import PARENTS, level_of, published

OFFICES = tuple(PARENTS)
DOCUMENT = "0" * 64
AS_OF = datetime(2026, 6, 15, tzinfo=UTC)
PROCEDURES = ("p1", "p2", "p3")
FIELDS_OF_ANY = ("land", "health", None)


@dataclass(frozen=True)
class Registry:
    """Offices and procedures at one time."""

    parents: Mapping[str, str | None]
    fields: Mapping[str, str | None]

    def office(self, office_id: str) -> Office:
        level = Level(level_of(office_id))
        return an_office(office_id, parent=self.parents[office_id], level=level)

    def procedure(self, code: str) -> Procedure:
        return a_procedure(code=code, field=self.fields[code])

    def is_under(self, office: str, above: str) -> bool:
        seen: set[str] = set()
        here: str | None = office
        while here is not None and here not in seen:
            if here == above:
                return True
            seen.add(here)
            here = self.parents[here]
        return False


registries = st.builds(
    Registry,
    st.fixed_dictionaries({name: st.none() | st.sampled_from(OFFICES) for name in OFFICES}),
    st.fixed_dictionaries({code: st.sampled_from(FIELDS_OF_ANY) for code in PROCEDURES}),
)
# Some of each kind: enough for a cell of its own, or only together with others.
ratings = st.lists(
    st.builds(
        lambda times, office, code, stage: [Rating(office, code, stage, None)] * times,
        st.integers(5, 12),
        st.sampled_from(OFFICES),
        st.sampled_from(PROCEDURES),
        st.sampled_from([RatingStage.RECEIPT, RatingStage.RESULT]),
    ),
    min_size=2,
    max_size=5,
).map(lambda groups: [one for group in groups for one in group])
labels = st.builds(
    Label,
    office=st.none() | st.sampled_from(OFFICES),
    below=st.booleans(),
    procedure=st.none() | st.sampled_from(PROCEDURES),
    field=st.none() | st.sampled_from(["land", "health"]),
    stage=st.none() | st.sampled_from(RatingStage),
)


def places_of_all(registered: Sequence[Registry]) -> Places:
    """Give the places of the last of some registries, each of which replaced the one before."""
    *earlier, present = registered
    offices = [
        OfficeRecord(
            present.office(name),
            DOCUMENT,
            ENROLLED_AT,
            tuple(OfficeVersion(each.office(name), DOCUMENT, ENROLLED_AT) for each in earlier),
        )
        for name in OFFICES
    ]
    procedures = [
        ProcedureRecord(code, tuple(each.procedure(code) for each in registered), ())
        for code in PROCEDURES
    ]
    return places_of([*offices, *procedures])


def is_asked_for(rating: Rating, query: RatingQuery, registry: Registry) -> bool:
    of = query.of
    is_there = of.office is None or (
        registry.is_under(rating.office, of.office) if of.subtree else rating.office == of.office
    )
    return (
        is_there
        and of.level in (None, level_of(rating.office))
        and of.procedure in (None, rating.procedure)
        and of.field in (None, registry.fields[rating.procedure])
        and query.stage in (None, rating.stage)
    )


def key_of(rating: Rating, query: RatingQuery, registry: Registry) -> tuple[str | None, ...]:
    told = {
        Apart.OFFICE: rating.office,
        Apart.PROCEDURE: rating.procedure,
        Apart.FIELD: registry.fields[rating.procedure],
        Apart.STAGE: rating.stage.value,
    }
    return tuple(value if each in query.by else "*" for each, value in told.items())


@given(registries, st.frozensets(st.sampled_from(OFFICES)), st.lists(labels), queries)
def test_ratings_are_placed_alike_whichever_offices_have_open_dossiers(
    registry: Registry, busy: frozenset[str], given_labels: list[Label], query: RatingQuery
) -> None:
    places = places_of_all([registry])
    known = Placing(query, replace(places, busy=busy))
    unknown = Placing(query, places)

    for label in given_labels:
        assert known.place(label) == unknown.place(label), label


@settings(max_examples=300)
@given(st.lists(registries, min_size=2, max_size=3), st.data(), ratings, queries)
def test_what_is_said_of_ratings_holds_wherever_offices_and_procedures_stood_before(
    registered: list[Registry], data: st.DataObject, rated: list[Rating], query: RatingQuery
) -> None:
    tallied_with = data.draw(st.sampled_from(registered))
    tally = published(tally_ratings("2026-01", rated, tallied_with), 0, 1)
    cells = CellsInMemory([], places_of_all(registered), AS_OF)
    present = registered[-1]
    whole = replace(query, of=replace(query.of, first=None, last=None))
    wanted = [one for one in rated if is_asked_for(one, query, present)]
    true = Counter(key_of(one, query, present) for one in wanted)

    found = count_ratings([tally], cells, whole)

    doubtful = sum(line.ratings for line in found.not_placed if not line.in_total)
    assert found.total.ratings <= len(wanted) <= found.total.ratings + doubtful
    assert found.sums.elsewhere <= len(rated) - len(wanted)
    for one in found.figures:
        assert one.ratings <= true[one.office, one.procedure, one.field, one.stage]
