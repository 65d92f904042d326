"""Revised figures in words: every number that an edition may revise, in both languages."""

import re
from collections.abc import Iterator

import msgspec
import pytest

from api.negotiation import Language
from api.pages.editions.measures import words_of_measure
from api.pages.texts import load_texts
from api.pages.words import all_words
from domain.oversight.petitions import PetitionTrack
from projections.editions.contents import NEWEST
from projections.editions.definitions.third import THIRD_DEFINITIONS
from projections.editions.revisions import RevisedFile
from projections.petitions.figures import PetitionFigure
from projections.statistics.backlog import BacklogFigure
from projections.statistics.by_acts.fee_figures import FeeFigure
from projections.statistics.by_acts.stays import Stage
from projections.statistics.by_acts.step_figures import StepFigure
from projections.statistics.by_acts.visit_figures import VisitFigure
from projections.statistics.judging import TimelinessFigure
from projections.tallies.rating_shapes import RatingFigure

WORDS = all_words(load_texts())
FIGURES: dict[str, type[msgspec.Struct]] = {
    "timeliness": TimelinessFigure,
    "backlog": BacklogFigure,
    "steps": StepFigure,
    "visits": VisitFigure,
    "fees": FeeFigure,
    "petitions": PetitionFigure,
    "ratings": RatingFigure,
}
GROUPS: dict[str, list[str]] = {"steps": [*Stage], "petitions": [*PetitionTrack]}


def numbers_of(shape: type, only: tuple[str, ...] = ()) -> Iterator[str]:
    for field in msgspec.structs.fields(shape):
        if only and field.name not in only:
            continue
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from (f"{field.name}.{below}" for below in numbers_of(field.type))
        elif "int" in str(field.type):
            yield field.name


def measures_of(revised: RevisedFile) -> list[str]:
    themes = [f"{revised.theme}.{each}" for each in GROUPS.get(revised.theme, [])]
    numbers = list(numbers_of(FIGURES[revised.theme], revised.only))
    return [f"{theme}.{number}" for theme in themes or [revised.theme] for number in numbers]


def codes_of_measures() -> set[str]:
    """Give every code that stands between the dots of a measure and has words of its own."""
    measures = [measure for revised in NEWEST.revised for measure in measures_of(revised)]
    codes = {code for measure in measures for code in measure.split(".")[1:]}
    return codes - {"spread", *Stage} | {"transfer"}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("revised", NEWEST.revised, ids=lambda revised: revised.name)
def test_measures_of_further_files_stood_as_codes(revised: RevisedFile, language: Language) -> None:
    names = {each.id: getattr(each.name, language) for each in THIRD_DEFINITIONS}
    measures = measures_of(revised)

    said = [words_of_measure(each, names, WORDS[language]) for each in measures]

    assert measures
    assert len(set(said)) == len(said)
    for each in said:
        assert each.startswith(names[f"revised.{revised.theme}"])
        assert not re.search("[a-z]+[_.][a-z]+", each), each


@pytest.mark.parametrize(
    ("measure", "vi", "en"),
    [
        ("received", "Tiếp nhận", "Received"),
        (
            "fees.paid_by.online_portal.vnd",
            "Phí, lệ phí theo tháng: đã nộp, trực tuyến trên cổng, số tiền (đồng)",
            "Fees by month: paid, online at the portal, amount (VND)",
        ),
        ("later.number", "later: number", "later: number"),
    ],
)
def test_a_measure_in_words(measure: str, vi: str, en: str) -> None:
    expected: dict[Language, str] = {"vi": vi, "en": en}
    for language, sentence in expected.items():
        names = {each.id: getattr(each.name, language) for each in THIRD_DEFINITIONS}
        assert words_of_measure(measure, names, WORDS[language]) == sentence
