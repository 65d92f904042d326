"""``/alarms``: the public alarms of the log in words, each with its evidence to look at."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from falcon.asgi import Request, Response

from api.negotiation import sentence_in
from api.pages.rendering import Page, Renderer
from api.pages.words import Words
from api.parts import Parts
from api.resources.findings.alarms import AlarmFound, find_alarms
from domain.oversight.integrity import FindingState

SECTION: Final = "/alarms"
NO_QUERY: Final[Mapping[str, str]] = {}
_STATES: Final = {
    FindingState.RAISED: "alarms.raised",
    FindingState.ANSWERED: "alarms.answered",
    FindingState.CLOSED: "alarms.closed",
}


@dataclass(frozen=True, slots=True)
class ShownAlarm:
    """One alarm in words; `number` tells it apart on the page."""

    number: int
    rule: str
    name: str
    looks_for: str
    why: str
    innocent: tuple[str, ...]
    state: str
    verdict: str | None
    office: str | None
    found: AlarmFound


class AlarmPages:
    """``/alarms``."""

    def __init__(self, renderer: Renderer, parts: Parts):
        self._renderer = renderer
        self._views = parts.views

    async def on_get(self, request: Request, response: Response) -> None:
        """Show all public alarms, closed ones with their verdict, newest first."""
        words = self._renderer.words(request)
        values = await asyncio.to_thread(self._values, words)
        page = Page("alarms.html", SECTION, SECTION, values, NO_QUERY)
        self._renderer.answer(request, response, page)

    on_head = on_get

    def _values(self, words: Words) -> dict[str, object]:
        with self._views.reading() as reader:
            position = reader.position()
            found = [] if position is None else find_alarms(reader)
            names = {
                office: words.name(record.office.name)
                for office, record in reader.offices().items()
            }
        alarms = [_shown(number, each, words, names) for number, each in enumerate(found, 1)]
        return {"alarms": tuple(reversed(alarms)), "position": position}


def _shown(number: int, found: AlarmFound, words: Words, names: Mapping[str, str]) -> ShownAlarm:
    rule, record = found.rule, found.record
    office = found.acts[0].office
    return ShownAlarm(
        number=number,
        rule=rule.id,
        name=sentence_in(rule.name, words.language),
        looks_for=sentence_in(rule.looks_for, words.language),
        why=sentence_in(rule.why, words.language),
        innocent=tuple(sentence_in(each, words.language) for each in rule.innocent_explanations),
        state=words.texts(_STATES[record.state]),
        verdict=None if record.verdict is None else words.member("verdict", record.verdict),
        office=None if office is None else names.get(office, office),
        found=found,
    )
