"""What a revised figure is, in words: its theme, and where it stands in the theme's file.

Files name it by codes between dots, as `fees.paid_by.cash.vnd`; each code has its words in
`texts/editions.toml`, and the stages of dossiers have those of the figures.
"""

from collections.abc import Mapping
from typing import Final

from api.negotiation import sentence_in
from api.pages.words import Words
from projections.statistics.by_acts.stays import STAGE_SENTENCES

_STAGES: Final = {stage.value: sentence for stage, sentence in STAGE_SENTENCES.items()}
_STEPS: Final = "steps"
# A group of numbers within a figure, which have words of their own.
_UNSAID: Final = frozenset({"spread"})


def words_of_measure(measure: str, names: Mapping[str, str], words: Words) -> str:
    """Say which figure was revised; ``names`` are the words that the edition itself defines.

    A code that nobody has words for stands as it is: editions outlive this program's version.
    """
    theme, _, place = measure.partition(".")
    if measure in names or not place:
        return names.get(measure, measure)
    codes = [code for code in place.split(".") if code not in _UNSAID]
    said = ", ".join(_said(code, theme, words) for code in codes)
    return f"{names.get(f'revised.{theme}', theme)}: {said}"


def _said(code: str, theme: str, words: Words) -> str:
    if theme == _STEPS and code in _STAGES:
        return sentence_in(_STAGES[code], words.language)
    return words.member("measure", code)
