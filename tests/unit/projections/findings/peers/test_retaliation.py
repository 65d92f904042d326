import hashlib
from collections import Counter
from dataclasses import replace

import pytest

from projections.findings.peers.applicants.retaliation import R31, draws_from
from projections.findings.peers.running import find_among
from tests.support.peers.dossier_fixtures import FIRES
from tests.support.peers.populations import ROOT
from tests.support.peers.private_fixtures import RETALIATION


def test_draws_are_those_of_the_root() -> None:
    # The first word is the first eight bytes of SHA-256 over root, purpose and counter 0.
    block = hashlib.sha256(ROOT + b"R31\nH27" + bytes(8)).digest()
    words = [int.from_bytes(block[start : start + 8], "big") for start in range(0, 32, 8)]

    draw = draws_from(ROOT, "R31\nH27")

    assert [draw(1_000) for _ in words] == [word % 1_000 for word in words]


@pytest.mark.parametrize("other", [(bytes(32), "R31"), (ROOT, "R31\nH28")])
def test_another_root_or_office_draws_otherwise(other: tuple[bytes, str]) -> None:
    mine, theirs = draws_from(ROOT, "R31"), draws_from(*other)

    assert [mine(10**6) for _ in range(5)] != [theirs(10**6) for _ in range(5)]


def test_draws_are_equally_likely() -> None:
    draw = draws_from(ROOT, "even")

    counts = Counter(draw(6) for _ in range(6_000))

    assert set(counts) == set(range(6))
    assert all(850 < count < 1_150 for count in counts.values())


def test_finding_is_the_same_from_the_same_root() -> None:
    population = RETALIATION[FIRES]()

    first, again = (find_among(population, rules=[R31]) for _ in range(2))

    assert first.findings == again.findings
    assert first.findings[0].peers is not None
    assert float(first.findings[0].peers.observed) > 2


def test_whoever_complained_later_is_no_complainant() -> None:
    population = RETALIATION[FIRES]()
    inputs = population.private
    assert inputs.complaints is not None
    late = tuple(replace(complaint, at=population.as_of) for complaint in inputs.complaints)

    run = find_among(replace(population, private=replace(inputs, complaints=late)), rules=[R31])

    assert run.findings == ()
    assert run.report("R31").examined == 0


def test_complaint_about_another_office_is_none() -> None:
    population = RETALIATION[FIRES]()
    assert population.private.complaints is not None
    about = {complaint.dossier for complaint in population.private.complaints}
    moved = tuple(
        replace(each, office="H28") if each.stream in about else each
        for each in population.observed
    )

    assert find_among(replace(population, observed=moved), rules=[R31]).findings == ()
