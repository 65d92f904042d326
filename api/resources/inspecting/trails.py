"""``/v1/trail``: what an office, a unit, a person, a proxy did, or what was done on a dossier.

For inspectors, page by page; what their grants, and an order that they name, do not reach is left
out. The look is kept (`api.reading.looks`) before anything of it is answered.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import MalformedParameter
from api.parts import Parts
from api.reading.orders import OrderInForce
from api.reading.rights import reading_as
from api.resources.answers import trail_acts
from api.resources.inspecting.shapes import TrailPageAnswer, order_answer
from api.resources.inspection import (
    Inspection,
    check_registered,
    covered_offices,
    period_of,
    position_of,
)
from api.signatures import SignedRequest
from domain.dossiers import Dossier
from domain.keys import KeyRecord
from domain.reading.rights import Reader, Subject
from projections.casefiles.comparing_trails import read_context
from projections.casefiles.pages import read_page
from projections.people.subjects import START, TrailCursor, TrailQuery, parse_cursor
from projections.reading import reference_to
from projections.views import ViewReader

SUBJECTS: Final = ("officer", "office", "unit", "procedure", "dossier", "proxy")
MAX_SUBJECT_CHARACTERS: Final = 200
MAX_PAGE_ACTS: Final = 1_000
USUAL_PAGE_ACTS: Final = 200
_DOSSIER: Final = "dossier:"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of whose trail is asked for."""

    subjects: dict[str, str]
    query: TrailQuery
    order_stream: str | None
    with_context: bool


class TrailsResource(Inspection):
    """``/v1/trail``."""

    def __init__(self, parts: Parts):
        super().__init__(parts)
        self._parts = parts

    async def on_get(self, request: Request, response: Response) -> None:
        """Give one page of a trail; ``context=yes`` adds the figures beside the peers'."""
        inspector, signed = await self.asked_by(request, response)
        asked = _asked(request)
        response.data = encode(await asyncio.to_thread(self._answer, inspector, asked, signed))

    def _answer(self, inspector: KeyRecord, asked: Asked, signed: SignedRequest) -> TrailPageAnswer:
        with reading_as(self._parts.views, Reader.INSPECTOR, Subject.TRAIL) as reader:
            position = position_of(reader)
            for name in ("office", "unit"):
                check_registered(reader, asked.subjects.get(name))
            order = self.order_of(reader, inspector, asked.order_stream)
            query = self._query(reader, inspector, asked, order)
            page = read_page(reader, query)
            # Before the context, which takes longer: whoever looked at that is on record, too.
            shown = {entry.office for entry in page.entries if entry.office is not None}
            if "office" not in asked.subjects:
                shown |= _offices_of_dossiers(reader, order)
            self.note_look(inspector, signed, asked.subjects, order, shown)
            context = read_context(reader, query) if asked.with_context else None
        return TrailPageAnswer(
            acts=trail_acts(page.entries),
            checkpoint=reference_to(position),
            as_of=position.as_of,
            next=None if page.next is None else str(page.next),
            order=order_answer(order),
            context=context,
        )

    def _query(
        self, reader: ViewReader, inspector: KeyRecord, asked: Asked, order: OrderInForce | None
    ) -> TrailQuery:
        subjects = asked.subjects
        officer, dossier = subjects.get("officer"), subjects.get("dossier")
        return replace(
            asked.query,
            signers=None if officer is None else reader.persons().keys_of(officer),
            offices=_offices(reader, subjects),
            procedure=subjects.get("procedure"),
            dossiers=None if dossier is None else (dossier,),
            proxy=subjects.get("proxy"),
            covered=covered_offices(inspector),
            scope=None if order is None else order.scope,
        )


def _offices_of_dossiers(reader: ViewReader, order: OrderInForce | None) -> set[str]:
    """Give the present and the accepting offices of the dossiers that an order names."""
    dossiers = () if order is None else order.scope.dossiers
    found = (each for each in reader.states(dossiers).values() if isinstance(each, Dossier))
    return {name for each in found for name in (each.office, each.accepting_office) if name}


def _asked(request: Request) -> Asked:
    subjects = {}
    for name in SUBJECTS:
        value = request.get_param(name, allow_multiple=False)
        if value is not None:
            if not 0 < len(value) <= MAX_SUBJECT_CHARACTERS:
                raise MalformedParameter(f"{name} is empty or too long")
            subjects[name] = value
    if not subjects.get("dossier", _DOSSIER).startswith(_DOSSIER):
        raise MalformedParameter("dossier is the stream of one, as dossier:0123…")
    if not subjects:
        raise MalformedParameter(f"a trail is of one of {', '.join(SUBJECTS)}")
    start, end = period_of(request)
    query = TrailQuery(start=start, end=end, after=_after(request), limit=_limit(request))
    context = request.get_param("context", allow_multiple=False) or "no"
    if context not in ("yes", "no"):
        raise MalformedParameter("context is yes or no")
    order_stream = request.get_param("order_stream", allow_multiple=False)
    return Asked(subjects, query, order_stream, context == "yes")


def _after(request: Request) -> TrailCursor:
    text = request.get_param("after", allow_multiple=False)
    if text is None:
        return START
    try:
        return parse_cursor(text)
    except ValueError as error:
        raise MalformedParameter("after is the `next` of the page before") from error


def _limit(request: Request) -> int:
    text = request.get_param("limit", allow_multiple=False) or str(USUAL_PAGE_ACTS)
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PAGE_ACTS))
    if not is_number or not 1 <= int(text) <= MAX_PAGE_ACTS:
        raise MalformedParameter(f"limit is a number of 1 to {MAX_PAGE_ACTS}")
    return int(text)


def _offices(reader: ViewReader, subjects: dict[str, str]) -> tuple[str, ...] | None:
    """Give the offices asked for: a unit alone, an office with all that the registry puts below."""
    unit, office = subjects.get("unit"), subjects.get("office")
    if office is None:
        return None if unit is None else (unit,)
    below = _with_all_below(reader, office)
    return below if unit is None else tuple(each for each in below if each == unit)


def _with_all_below(reader: ViewReader, office: str) -> tuple[str, ...]:
    parents = {name: record.office.parent for name, record in reader.offices().items()}
    found, waiting = {office}, [office]
    while waiting:
        above = waiting.pop()
        below = [name for name, parent in parents.items() if parent == above]
        waiting += [name for name in below if name not in found]
        found.update(below)
    return tuple(sorted(found))
