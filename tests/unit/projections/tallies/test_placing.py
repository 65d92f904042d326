"""Labels that were rolled up before an office or a procedure moved: nothing is said for certain."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.decisions import StreamState
from domain.offices import Office, OfficeRecord, OfficeVersion
from domain.procedures import ProcedureRecord
from domain.tallies import Label
from projections.statistics.asking import Dimension, Query
from projections.statistics.places import places_of
from projections.stored.cell_reading import StoredCells
from projections.stored.cells import Step, keep_dossiers
from projections.tables import open_engine
from projections.tallies.placing import Fit, Placing, RatingQuery
from tests.support.builders import ENROLLED_AT, a_procedure, an_office

DOCUMENT = "0" * 64
AS_OF = datetime(2026, 6, 15, tzinfo=UTC)


def an_office_record(name: str, *parents: str | None) -> OfficeRecord:
    """An office that stood under each of these in turn."""
    versions: list[Office] = [an_office(name, parent=parent) for parent in parents]
    earlier = tuple(OfficeVersion(each, DOCUMENT, ENROLLED_AT) for each in versions[:-1])
    return OfficeRecord(versions[-1], DOCUMENT, ENROLLED_AT, earlier)


def a_procedure_record(code: str, *fields: str | None) -> ProcedureRecord:
    """A procedure that was of each of these fields in turn."""
    versions = tuple(
        a_procedure(code=code, version=number, field=field)
        for number, field in enumerate(fields, start=1)
    )
    return ProcedureRecord(code, versions, (DOCUMENT,) * len(versions))


STATES: dict[str, StreamState] = {
    "office:A": an_office_record("A", None),
    "office:B": an_office_record("B", None),
    "office:A1": an_office_record("A1", "A"),
    "office:B1": an_office_record("B1", "B"),
    "office:X": an_office_record("X", "A", "B"),
    "procedure:p1": a_procedure_record("p1", "land", "health"),
    "procedure:p2": a_procedure_record("p2", "land"),
    "procedure:p3": a_procedure_record("p3", "roads", "traffic"),
    "procedure:p4": a_procedure_record("p4", "trade"),
}
PLACES = places_of(STATES.values())
BELOW_A = Label(office="A", below=True)


def fit_of(query: Query, label: Label) -> Fit:
    return Placing(RatingQuery(query), PLACES).place(label).fit


@pytest.mark.parametrize(
    ("office", "fit"), [("A", Fit.SOME), ("B", Fit.SOME), ("X", Fit.SOME), ("B1", Fit.NONE)]
)
def test_ratings_below_an_office_that_one_has_left_since_are_not_said_to_be_elsewhere(
    office: str, fit: Fit
) -> None:
    assert fit_of(Query(office=office, subtree=True), BELOW_A) is fit


def test_ratings_below_an_office_are_those_of_its_subtree_where_all_are_there_still() -> None:
    assert fit_of(Query(office="B", subtree=True), Label(office="B", below=True)) is Fit.ALL


@pytest.mark.parametrize(
    ("query", "fit"),
    [
        (Query(procedure="p1"), Fit.SOME),
        (Query(procedure="p4"), Fit.NONE),
        (Query(field="land"), Fit.SOME),
        (Query(field="health"), Fit.SOME),
        (Query(field="trade"), Fit.NONE),
    ],
)
def test_ratings_of_a_field_that_a_procedure_has_left_since_are_not_said_to_be_elsewhere(
    query: Query, fit: Fit
) -> None:
    assert fit_of(query, Label(office="A1", field="land")) is fit


def test_ratings_of_a_field_that_all_left_for_another_are_of_that_one() -> None:
    label = Label(office="A1", field="roads")
    by_field = Query(by=frozenset({Dimension.FIELD}))

    group = Placing(RatingQuery(by_field), PLACES).place(label).group

    assert group is not None
    assert group.group.field == "traffic"
    assert fit_of(Query(field="traffic"), label) is Fit.ALL
    assert fit_of(Query(field="roads"), label) is Fit.NONE


def test_ratings_of_a_field_whose_procedures_parted_are_told_apart_by_no_field() -> None:
    by_field = Query(by=frozenset({Dimension.FIELD}))

    place = Placing(RatingQuery(by_field), PLACES).place(Label(office="A1", field="land"))

    assert (place.fit, place.group) == (Fit.ALL, None)


def test_views_know_where_offices_and_procedures_stood_before(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "views")
    with engine.begin() as connection:
        keep_dossiers(connection, STATES, Step(0, None, 1, AS_OF))
        stored = StoredCells(connection, AS_OF).places()
    engine.dispose()

    assert stored == PLACES
    assert stored.offices["X"].former_parents == ("A",)
    assert stored.former_fields == {"p1": ("land",), "p3": ("roads",)}
