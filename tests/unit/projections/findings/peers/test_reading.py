"""A population is read as of one checkpoint, and persons are joined on the personnel number."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.actions import Signer
from domain.moments import parse_moment
from projections.findings.peers.officers import R15
from projections.findings.peers.reading import Place, read_population
from projections.findings.peers.running import find_among
from projections.findings.shapes import ExaminedDossier
from projections.people.persons import Persons
from tests.support.builders import a_key
from tests.support.peers.populations import DAY, ROOT, Plan, examined, officer, spread


@dataclass(frozen=True)
class APlace:
    root_hash: bytes = ROOT
    sealed_at: datetime = datetime(2026, 12, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Source:
    dossiers: tuple[ExaminedDossier, ...]
    numbers: Persons
    place: Place | None = APlace()

    def position(self) -> Place | None:
        return self.place

    def persons(self) -> Persons:
        return self.numbers

    def examined_dossiers(self) -> Iterator[ExaminedDossier]:
        return iter(self.dossiers)


def asking(signer: Signer) -> Plan:
    return Plan(processor=signer, more=(("supplement_requested", DAY, signer),))


FIRST, SECOND = officer(1), officer(2)


def world() -> tuple[ExaminedDossier, ...]:
    """Two keys with twenty dossiers each, half of them sent back, and nine officers who do not."""
    mine = [plan for key in (FIRST, SECOND) for plan in (asking(key), Plan(processor=key)) * 10]
    others = [Plan(processor=officer(number)) for number in range(10, 19) for _ in range(40)]
    return tuple(examined(plan) for plan in spread([*mine, *others]))


def test_two_keys_of_one_personnel_number_are_one_officer() -> None:
    records = [a_key(signer.key) for signer in (FIRST, SECOND)]
    number = b"the same number"
    joined = Persons(records, {FIRST.key: number, SECOND.key: number})

    population = read_population(Source(world(), joined))
    assert population is not None
    findings = find_among(population, rules=[R15]).findings

    assert [one.stream for one in findings] == [f"key:{FIRST.key}"]
    assert findings[0].peers is not None
    assert findings[0].peers.observed == "20/40"


def test_two_keys_that_nothing_joins_are_two_with_too_few() -> None:
    records = [a_key(signer.key) for signer in (FIRST, SECOND)]

    population = read_population(Source(world(), Persons(records)))

    assert population is not None
    assert find_among(population, rules=[R15]).findings == ()


def test_population_is_as_of_the_checkpoint() -> None:
    population = read_population(Source((), Persons([])))

    assert population is not None
    assert population.root_hash == ROOT
    assert population.as_of == parse_moment("2026-12-31T00:00:00Z")
    assert read_population(Source((), Persons([]), None)) is None
