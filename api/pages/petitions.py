"""Petitions as pages: the list of one month, and tracking one by its id or secret.

Id and secret come in the body of a POST, and never stand in an address. What a petitioner tracks
is kept by no cache; whoever wants it in another language asks again.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from falcon.asgi import Request, Response

from api.negotiation import sentence_in
from api.pages.forms import read_form
from api.pages.rendering import Page, Renderer
from api.pages.source import ViewNames
from api.pages.words import Words
from api.parts import Parts
from api.resources.petitions import PetitionReader, asked_month
from domain.moments import Moment, parse_moment
from domain.oversight.petitions import PetitionState, PetitionTrack
from ledger.errors import UnknownPetition
from projections.petitions.groups import LEAST_SHOWN, WHOLE_LEDGER
from projections.petitions.listing import ListedPetition, PetitionList
from projections.petitions.opened import TrackedPetition
from projections.petitions.sentences import (
    CLOCKS,
    STANDINGS,
    STATES,
    TRACKS,
    clock_sentence,
    clock_state,
    next_step,
)
from projections.petitions.standing import Standing
from projections.views import Position, ViewReader

SECTION: Final = "/petitions"
TRACKING: Final = "/petitions/track"
NO_QUERY: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class PetitionLine:
    """One line of the list, in words."""

    track: str
    office: str
    filed_on: Moment
    state: str
    standing: str
    category: str


@dataclass(frozen=True, slots=True)
class ShownClock:
    """One clock, in words."""

    title: str
    sentence: str
    verified: bool


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """What the office said in one act, in words."""

    kind: str
    at: Moment
    text: str | None
    letter: str | None
    number: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class PetitionPage:
    """Everything that the page of one petition shows."""

    petition_id: str
    track: str
    office: str
    zone: str
    state: str
    standing: str
    filed_at: Moment
    outcome: str | None
    next_step: str
    clocks: tuple[ShownClock, ...]
    answers: tuple[ShownAnswer, ...]
    position: Position


class PetitionPages:
    """``/petitions`` and ``/petitions/track``."""

    def __init__(self, renderer: Renderer, parts: Parts):
        self._renderer = renderer
        self._petitions = PetitionReader(parts)
        self._views = parts.views
        self._lookups = parts.lookups
        self._body_seconds = parts.settings.body_seconds

    async def on_get(self, request: Request, response: Response) -> None:
        """Show the petitions of one month."""
        month = asked_month(request)
        words = self._renderer.words(request)
        listed, lines, position = await asyncio.to_thread(self._list, month, words)
        values = {
            "page": listed,
            "lines": lines,
            "least": LEAST_SHOWN,
            "position": position,
        }
        query = NO_QUERY if month is None else {"month": month}
        page = Page("petitions.html", SECTION, SECTION, values, query)
        self._renderer.answer(request, response, page)

    def _list(
        self, month: str | None, words: Words
    ) -> tuple[PetitionList, tuple[PetitionLine, ...], Position]:
        listed, position = self._petitions.listed(month)
        with self._views.reading() as reader:
            lines = tuple(_line(one, reader, words) for one in listed.petitions)
        return listed, lines, position

    async def on_get_track(self, request: Request, response: Response) -> None:
        """Show the form."""
        self._answer_form(request, response)

    async def on_post_track(self, request: Request, response: Response) -> None:
        """Show a petition to whoever names it."""
        form = await read_form(request, seconds=self._body_seconds)
        petition, secret = form.get("petition", ""), form.get("secret", "")
        if not (petition or secret):
            self._answer_form(request, response, "petitions.incomplete")
            return
        self._lookups.check(request.remote_addr)
        words = self._renderer.words(request)
        try:
            found = await asyncio.to_thread(self._find, petition, secret, words)
        except UnknownPetition:
            self._answer_form(request, response, "petitions.unknown")
            return
        values = {"page": found, "has_secret": bool(secret)}
        page = Page("petition.html", SECTION, TRACKING, values, NO_QUERY, is_personal=True)
        self._renderer.answer(request, response, page)

    def _find(self, petition: str, secret: str, words: Words) -> PetitionPage:
        tracked, position = self._petitions.track(petition, secret)
        with self._views.reading() as reader:
            return petition_page(tracked, position, reader, words)

    def _answer_form(self, request: Request, response: Response, error: str | None = None) -> None:
        if error is not None:
            is_incomplete = error == "petitions.incomplete"
            response.status = HTTPStatus.BAD_REQUEST if is_incomplete else HTTPStatus.NOT_FOUND
        values = {"error": error}
        page = Page("petition_form.html", SECTION, TRACKING, values, NO_QUERY, is_personal=True)
        self._renderer.answer(request, response, page)

    on_head = on_get
    on_head_track = on_get_track


def petition_page(
    tracked: TrackedPetition, position: Position, reader: ViewReader, words: Words
) -> PetitionPage:
    """Put a tracked petition into words."""
    record, language = tracked.record, words.language
    return PetitionPage(
        petition_id=tracked.stream.partition(":")[2],
        track=sentence_in(TRACKS[record.track], language),
        office=words.office(ViewNames(reader), record.office),
        zone=tracked.zone,
        state=sentence_in(STATES[record.state], language),
        standing=sentence_in(STANDINGS[tracked.standing], language),
        filed_at=record.filed_at,
        outcome=None if record.outcome is None else words.member("outcome", record.outcome),
        next_step=sentence_in(next_step(record), language),
        clocks=_shown_clocks(tracked, words),
        answers=tuple(
            ShownAnswer(
                words.member("kind", one.kind),
                one.at,
                one.text,
                one.letter_sha256,
                one.number,
                one.address,
            )
            for one in tracked.answers
        ),
        position=position,
    )


def _shown_clocks(tracked: TrackedPetition, words: Words) -> tuple[ShownClock, ...]:
    shown = []
    for due in tracked.clocks:
        state = clock_state(due, tracked.world.as_of, tracked.zone)
        said = sentence_in(clock_sentence(due, state, tracked.zone), words.language)
        title = sentence_in(CLOCKS[due.clock], words.language)
        shown.append(ShownClock(title, said, due.verified))
    return tuple(shown)


def _line(listed: ListedPetition, reader: ViewReader, words: Words) -> PetitionLine:
    language = words.language
    is_anywhere = listed.office == WHOLE_LEDGER
    return PetitionLine(
        track=sentence_in(TRACKS[PetitionTrack(listed.track)], language),
        office=words.texts("petitions.anywhere")
        if is_anywhere
        else words.office(ViewNames(reader), listed.office),
        filed_on=parse_moment(listed.filed_on),
        state=sentence_in(STATES[PetitionState(listed.state)], language),
        standing=sentence_in(STANDINGS[Standing(listed.standing)], language),
        category="–" if listed.category is None else words.member("category", listed.category),
    )
