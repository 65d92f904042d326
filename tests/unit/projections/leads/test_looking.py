"""A look gives what the rules give, and whoever is not watched stays the same at any instant."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.findings import ExaminedDossier, find
from projections.findings.peers.inputs.observing import observe
from projections.leads.looking import look_at
from projections.leads.program import program_digest
from tests.unit.projections.findings.test_rule_fixtures import FIRING, SILENT

SUBJECTS = [
    *(subject for _, subject in FIRING),
    *(each for _, _, pair in SILENT for each in (pair.silent, pair.fires)),
]
DOSSIERS = [each for each in SUBJECTS if isinstance(each, ExaminedDossier)]
WITH_ACTS = [each for each in DOSSIERS if each.acts]


@pytest.mark.parametrize("examined", WITH_ACTS)
def test_look_gives_what_the_rules_give(examined: ExaminedDossier) -> None:
    looked_at = look_at(examined, examined.person_of)

    assert list(looked_at.findings) == find(examined)
    assert looked_at.observed == observe(examined)


@given(st.sampled_from(WITH_ACTS), st.integers(0, 900))
def test_verdict_on_who_is_not_watched_rests_on_no_instant(
    examined: ExaminedDossier, days: int
) -> None:
    later = replace(examined, as_of=examined.as_of + timedelta(days=days))
    looked_at = look_at(examined, examined.person_of)

    assert looked_at.is_watched or find(later) == list(looked_at.findings)
    assert look_at(later, examined.person_of).is_watched == looked_at.is_watched


def test_some_are_watched_and_some_are_not() -> None:
    watched = {look_at(each, each.person_of).is_watched for each in WITH_ACTS}

    assert watched == {True, False}


def test_a_program_has_one_digest() -> None:
    assert program_digest() == program_digest()
    assert len(program_digest()) == 32
