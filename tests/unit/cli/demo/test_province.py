import pytest

from cli.demo.catalogue import CATALOGUE, SAMPLE_LAW, entry_of
from cli.demo.province import COMMUNES, PROVINCE, officers, offices, person_name
from domain.offices import Level, parse_office
from domain.procedures import LimitUnit, parse_procedure
from domain.roles import Role
from ledger.bodies import canonical_json

NAMED_IN_THE_SOURCES = (
    "1.004222",
    "1.004194",
    "3.000347",
    "3.000353",
    "1.002759",
    "1.001667",
    "2.000004",
    "2.000815",
    "2.000635",
    "1.001612",
    "1.014063",
    "3.000001",
)


def test_documents_of_offices_can_be_read_again() -> None:
    for office in offices():
        assert parse_office(canonical_json(office)) == office


def test_communes_lie_under_the_province() -> None:
    by_id = {office.id: office for office in offices()}

    assert by_id[PROVINCE].parent is None
    for commune in COMMUNES:
        assert by_id[commune].level is Level.COMMUNE
        assert by_id[commune].parent == PROVINCE


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.procedure.code)
def test_document_of_a_procedure_says_that_it_is_a_sample(entry: object) -> None:
    from cli.demo.catalogue import CatalogueEntry

    assert isinstance(entry, CatalogueEntry)
    procedure = parse_procedure(entry.document)

    assert procedure == entry.procedure
    assert procedure.law == SAMPLE_LAW
    assert "sample" in " ".join(procedure.legal_basis).lower()


@pytest.mark.parametrize("code", NAMED_IN_THE_SOURCES)
def test_procedure_that_the_sources_name_is_in_the_catalogue(code: str) -> None:
    assert entry_of(code).procedure.version == 1


def test_limits_are_those_of_the_sources() -> None:
    limits = {
        code: (entry_of(code).procedure.limit.amount, entry_of(code).procedure.limit.unit)
        for code in ("1.004222", "1.004194", "3.000347", "1.001667", "1.002759")
    }

    assert limits == {
        "1.004222": (7, LimitUnit.WORKING_DAYS),
        "1.004194": (3, LimitUnit.WORKING_DAYS),
        "3.000347": (5, LimitUnit.WORKING_DAYS),
        "1.001667": (6, LimitUnit.WORKING_DAYS),
        "1.002759": (45, LimitUnit.CALENDAR_DAYS),
    }


def test_every_commune_has_every_role() -> None:
    held = {(grant.office, grant.role) for officer in officers() for grant in officer.grants}

    for commune in COMMUNES:
        for role in (
            Role.RECEIVER,
            Role.ASSIGNER,
            Role.PROCESSOR,
            Role.APPROVER,
            Role.CLERK,
            Role.RETURNER,
            Role.HEAD,
        ):
            assert (commune, role) in held


def test_one_person_alone_holds_roles_that_should_be_kept_apart() -> None:
    several = [officer for officer in officers() if len(officer.grants) > 1]

    assert len(several) == 1


def test_made_up_names_stay_the_same() -> None:
    assert person_name(17) == person_name(17)
    assert len({person_name(number) for number in range(40)}) > 20
