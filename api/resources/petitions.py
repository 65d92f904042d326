"""Petitions for people: tracking one by its id or secret, the public list, the public counts.

Id and secret travel in the body, so that no access log keeps them. The id opens what the public
log says; the secret opens the office's answers as well. A petition that nobody filed and a wrong
secret answer alike. Denunciations are no petitions: no view holds them, so nothing here can.
"""

import asyncio
import re
from typing import Final

import msgspec
from falcon.asgi import Request, Response

from api.bodies import PetitionLookupRequest, encode, parse_petition_lookup
from api.errors import MalformedParameter, ServiceStarting
from api.negotiation import CSV_MEDIA_TYPE, JSON_MEDIA_TYPE, preferred_format, render_csv
from api.parts import Parts
from api.reading.rights import check_right, is_open
from api.resources.answers import TwoLanguages, two_languages
from api.uploads import read_body
from domain.actions import StreamType, parse_stream
from domain.errors import DomainError
from domain.moments import Moment, render_moment
from domain.oversight.petitions import PetitionDue, PetitionRecord
from domain.procedures import LimitUnit
from domain.reading.rights import Reader, Subject
from ledger.errors import UnknownPetition
from projections.counts import CheckpointReference
from projections.holders import Mark, is_same_hash, mark_hash
from projections.petitions.figures import PetitionFigure, PetitionStatistics
from projections.petitions.groups import LEAST_SHOWN
from projections.petitions.listing import ListedPetition, PetitionList, list_petitions
from projections.petitions.opened import (
    OpenedAnswer,
    TrackedPetition,
    open_answers,
    track_petition,
)
from projections.petitions.sentences import CLOCKS, STATES, clock_sentence, clock_state, next_step
from projections.reading import read_petition_figures, read_petition_world, reference_to
from projections.views import Position, ViewReader, Views

MAX_LOOKUP_BYTES: Final = 4096
CACHING: Final = "public, max-age=1"
_MONTH: Final = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])", re.ASCII)
_PREFIX: Final = f"{StreamType.PETITION}:"


class _Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the answers; an absent member is left out."""


class PetitionClockAnswer(_Answer, frozen=True, kw_only=True):
    """One limit: what is due when, by which version of the law, and whether that was read."""

    clock: str
    name: TwoLanguages
    unit: LimitUnit
    amount: int
    law: str
    verified: bool
    started_at: str
    due: str
    state: str
    sentence: TwoLanguages
    stopped_at: str | None = None


class OfficeAnswer(_Answer, frozen=True, kw_only=True):
    """What the office said in one act."""

    kind: str
    at: str
    text: str | None = None
    letter_sha256: str | None = None
    number: str | None = None
    address: str | None = None


class PetitionAnswer(_Answer, frozen=True, kw_only=True):
    """One petition as of the checkpoint; `answers` are for whoever gave the secret."""

    stream: str
    track: str
    state: str
    state_name: TwoLanguages
    office: str
    filed_at: str
    standing: str
    clocks: tuple[PetitionClockAnswer, ...]
    next: TwoLanguages
    checkpoint: CheckpointReference
    as_of: str
    category: str | None = None
    level: int | None = None
    outcome: str | None = None
    refused_at: str | None = None
    answered_at: str | None = None
    published_at: str | None = None
    disputed_at: str | None = None
    accepted_at: str | None = None
    decided_at: str | None = None
    answers: tuple[OfficeAnswer, ...] = ()


class PetitionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The petitions filed in one month; `withheld` are too few at their offices to be listed.

    A line's `office` is the petition's own or, below `least_shown`, the nearest above it.
    """

    month: str | None
    months: tuple[str, ...]
    petitions: tuple[ListedPetition, ...]
    withheld: int
    least_shown: int
    checkpoint: CheckpointReference
    as_of: str


class PetitionReader:
    """Reads petitions for people; pages use it too."""

    def __init__(self, parts: Parts):
        self._parts = parts

    def track(self, petition: str, secret: str) -> tuple[TrackedPetition, Position]:
        """Give a petition by its id, its secret, or both; its answers only with the secret.

        Raises:
            UnknownPetition: there is none, or the secret is not its own, or it opens several.
        """
        with self._parts.views.reading() as reader:
            stream = self._named(reader, petition, secret)
            record = reader.states((stream,)).get(stream)
            world, position = read_petition_world(reader), reader.position()
            published = len(reader.acts_of(stream))
        if not isinstance(record, PetitionRecord) or world is None or position is None:
            raise UnknownPetition
        asker = Reader.HOLDS_SECRET if secret else Reader.ANYONE
        may_read = is_open(asker, Subject.PRIVATE_DETAILS)
        answers = self._answers(stream, published) if may_read else ()
        return track_petition(stream, record, world, answers), position

    def _named(self, reader: ViewReader, petition: str, secret: str) -> str:
        given = mark_hash(self._parts.view_secret, Mark.SECRET, secret)
        if petition:
            stream = petition_stream(petition)
            if secret and not is_same_hash(reader.hash_of(stream, Mark.SECRET), given):
                raise UnknownPetition
            return stream
        marked = reader.streams_marked(Mark.SECRET, given) if secret else []
        found = [stream for stream in marked if stream.startswith(_PREFIX)]
        if len(found) != 1:
            raise UnknownPetition
        return found[0]

    def _answers(self, stream: str, published: int) -> tuple[OpenedAnswer, ...]:
        events = self._parts.reader.stream_events(stream)
        opened = open_answers(events, published, self._parts.origin, self._parts.vault.open)
        return tuple(opened)

    def listed(self, month: str | None) -> tuple[PetitionList, Position]:
        """Give the public list of one month, or of the newest that has any.

        Raises:
            ServiceStarting: the views stand at no checkpoint yet.
        """
        check_right(Reader.ANYONE, Subject.PUBLIC_RECORD)
        with self._parts.views.reading() as reader:
            world, position = read_petition_world(reader), reader.position()
            if world is None or position is None:
                raise ServiceStarting
            return list_petitions(reader.petition_rows(), world, month), position


def petition_stream(petition: str) -> str:
    """Give the stream of a petition's id as people type it.

    Raises:
        UnknownPetition: it has not that form.
    """
    typed = petition.strip().lower().removeprefix(_PREFIX)
    try:
        return str(parse_stream(f"{_PREFIX}{typed}"))
    except DomainError as error:
        raise UnknownPetition from error


class PetitionsResource:
    """``/v1/petitions`` and ``/v1/petitions/lookup``."""

    def __init__(self, parts: Parts):
        self._reader = PetitionReader(parts)
        self._lookups = parts.lookups
        self._body_seconds = parts.settings.body_seconds

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the public list of one ``month``."""
        month = asked_month(request)
        response.data = encode(await asyncio.to_thread(self._list, month))
        answer_publicly(response)

    def _list(self, month: str | None) -> PetitionsAnswer:
        listed, position = self._reader.listed(month)
        return PetitionsAnswer(
            month=listed.month,
            months=listed.months,
            petitions=listed.petitions,
            withheld=listed.withheld,
            least_shown=LEAST_SHOWN,
            checkpoint=reference_to(position),
            as_of=position.as_of,
        )

    async def on_post_lookup(self, request: Request, response: Response) -> None:
        """Give one petition to whoever names it; both codes travel in the body."""
        self._lookups.check(request.remote_addr)
        body = await read_body(
            request, JSON_MEDIA_TYPE, MAX_LOOKUP_BYTES, seconds=self._body_seconds
        )
        asked = parse_petition_lookup(body)
        response.data = encode(await asyncio.to_thread(self._lookup, asked))
        response.set_header("Cache-Control", "no-store")

    def _lookup(self, asked: PetitionLookupRequest) -> PetitionAnswer:
        tracked, position = self._reader.track(asked.petition or "", asked.secret or "")
        return petition_answer(tracked, position)


class PetitionFiguresResource:
    """``/v1/statistics/petitions``: the inputs of indicator 5.2, as JSON or CSV."""

    def __init__(self, parts: Parts):
        self._views = parts.views

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the counts; CSV ends with the totals."""
        wanted = preferred_format(
            request.get_param("format", allow_multiple=False), request.get_header("Accept")
        )
        if wanted is None:
            raise MalformedParameter("format is json or csv")
        statistics = await asyncio.to_thread(petition_figures, self._views)
        if wanted == "csv":
            rows = map(msgspec.structs.asdict, (*statistics.figures, *statistics.totals))
            response.data = render_csv(PetitionFigure.__struct_fields__, rows)
            response.content_type = f"{CSV_MEDIA_TYPE}; charset=utf-8"
        else:
            response.data = encode(statistics)
        answer_publicly(response)


def petition_figures(views: Views) -> PetitionStatistics:
    """Read the counts of petitions from the views.

    Raises:
        ServiceStarting: the views stand at no checkpoint yet.
    """
    check_right(Reader.ANYONE, Subject.FIGURES)
    with views.reading() as reader:
        statistics = read_petition_figures(reader)
    if statistics is None:
        raise ServiceStarting
    return statistics


def asked_month(request: Request) -> str | None:
    """Read the month that a list is asked for.

    Raises:
        MalformedParameter: it is none.
    """
    month: str | None = request.get_param("month", allow_multiple=False)
    if month is not None and _MONTH.fullmatch(month) is None:
        raise MalformedParameter("month is a month such as 2026-11")
    return month


def answer_publicly(response: Response) -> None:
    """Let anybody read an answer from anywhere, and keep it for a second."""
    response.set_header("Cache-Control", CACHING)
    response.set_header("Access-Control-Allow-Origin", "*")
    response.append_header("Vary", "Accept")


def petition_answer(tracked: TrackedPetition, position: Position) -> PetitionAnswer:
    """Write a petition for whoever tracks it."""
    record = tracked.record
    return PetitionAnswer(
        stream=tracked.stream,
        track=record.track.value,
        state=record.state.value,
        state_name=two_languages(STATES[record.state]),
        office=record.office,
        filed_at=render_moment(record.filed_at),
        standing=tracked.standing.value,
        clocks=tuple(_clock_answer(due, tracked) for due in tracked.clocks),
        next=two_languages(next_step(record)),
        checkpoint=reference_to(position),
        as_of=position.as_of,
        category=None if record.category is None else record.category.value,
        level=record.level,
        outcome=None if record.outcome is None else record.outcome.value,
        refused_at=_text(record.refused_at),
        answered_at=_text(record.answered_at),
        published_at=_text(record.published_at),
        disputed_at=_text(record.disputed_at),
        accepted_at=_text(record.accepted_at),
        decided_at=_text(record.decided_at),
        answers=tuple(map(_office_answer, tracked.answers)),
    )


def _clock_answer(due: PetitionDue, tracked: TrackedPetition) -> PetitionClockAnswer:
    state = clock_state(due, tracked.world.as_of, tracked.zone)
    assert due.limit.amount is not None
    assert due.due.day is not None
    return PetitionClockAnswer(
        clock=due.clock.value,
        name=two_languages(CLOCKS[due.clock]),
        unit=due.limit.unit,
        amount=due.limit.amount,
        law=due.law,
        verified=due.verified,
        started_at=render_moment(due.started_at),
        due=due.due.day.isoformat(),
        state=state.value,
        sentence=two_languages(clock_sentence(due, state, tracked.zone)),
        stopped_at=_text(due.stopped_at),
    )


def _office_answer(answer: OpenedAnswer) -> OfficeAnswer:
    return OfficeAnswer(
        kind=answer.kind,
        at=render_moment(answer.at),
        text=answer.text,
        letter_sha256=answer.letter_sha256,
        number=answer.number,
        address=answer.address,
    )


def _text(moment: Moment | None) -> str | None:
    return None if moment is None else render_moment(moment)
