"""The clocks of one dossier in words: each due date's sentence, and what it was counted over."""

from dataclasses import dataclass
from datetime import date

from api.pages.words import Words
from domain.clocks.explanations import Explanation, SpecialDay
from domain.errors import Sentence
from projections.clocks.explaining import ExplainedDossier


@dataclass(frozen=True, slots=True)
class ShownDay:
    """A day off that was skipped, or a weekend day that counted."""

    day: date
    name: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ShownClock:
    """One clock as the page shows it; `law` is named with what is known of it."""

    title: str
    sentence: str
    verified: bool
    law: str | None
    calendar: str | None
    days: tuple[ShownDay, ...]


def shown_clocks(explained: ExplainedDossier, words: Words) -> tuple[ShownClock, ...]:
    """Put the clocks of a dossier into words, processing first."""
    first = () if explained.processing is None else (explained.processing,)
    return tuple(_shown_clock(each, words) for each in (*first, *explained.others))


def _shown_clock(explanation: Explanation, words: Words) -> ShownClock:
    reading, calendar = explanation.reading, explanation.calendar
    return ShownClock(
        title=words.member("clock", reading.clock),
        sentence=_say(explanation.sentence, words),
        verified=explanation.is_verified,
        law=None if reading.law is None else _say(reading.law.name, words),
        calendar=None
        if calendar is None
        else words.texts("clocks.calendar", id=calendar.id, version=calendar.version),
        days=tuple(_shown_day(special, words) for special in explanation.special_days),
    )


def _shown_day(special: SpecialDay, words: Words) -> ShownDay:
    reason = words.member("day_reason", special.reason)
    name = reason if special.name is None else f"{reason}: {_say(special.name, words)}"
    return ShownDay(special.day, name, special.verified)


def _say(sentence: Sentence, words: Words) -> str:
    return sentence.en if words.language == "en" else sentence.vi
