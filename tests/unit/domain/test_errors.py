"""Errors: every code is constant and its own, every refusal speaks both languages."""

import re
from collections.abc import Iterator

import pytest

from domain.errors import ActionRefused, DomainError, FactMissing


def _subclasses(base: type[DomainError]) -> Iterator[type[DomainError]]:
    for each in base.__subclasses__():
        yield each
        yield from _subclasses(each)


REFUSALS = [each for each in _subclasses(ActionRefused) if issubclass(each, ActionRefused)]


def test_codes_are_unique_snake_case() -> None:
    codes = [each.code for each in _subclasses(DomainError)]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusal_names_its_own_rule_and_remedy_in_two_languages(
    refusal: type[ActionRefused],
) -> None:
    for sentence in (refusal.rule, refusal.remedy):
        assert sentence.vi.endswith(".")
        assert sentence.en.endswith(".")
    assert refusal.rule != ActionRefused.rule


def test_error_text_is_code_and_detail() -> None:
    assert str(FactMissing("office")) == "fact_missing: office"
    assert str(FactMissing()) == "fact_missing"
