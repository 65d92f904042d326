"""``/v1/findings/asked``: findings that were raised, for the office or the officer who is asked.

An officer sees those about offices for which the key holds an officer's role. A finding by a rule
on persons goes to that person alone, known by replaced keys and personnel number; not to
colleagues, and not to the head. Alarms, which are public, are there too.
"""

import asyncio
from collections.abc import Collection

from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import ServiceStarting
from api.parts import Parts
from api.reading.askers import signed_request
from api.reading.office_roles import OfficeRoles
from api.reading.rights import reading_as
from api.resources.findings.gathering import (
    Gatherer,
    finding_answer,
    keys_of_answers,
    known_of,
    rule_answer,
    rules_among,
)
from api.resources.findings.shapes import AskedFindingsAnswer
from api.uploads import read_any_body
from domain.keys import KeyRecord
from domain.moments import Moment
from domain.reading.rights import Subject
from projections.findings.shapes import Audience
from projections.opening.digests import LifeDigest
from projections.reading import reference_to
from projections.rule_book.book import rule_named
from projections.states import StreamStates
from projections.views import ViewReader

MAX_REQUEST_BYTES = 4096


class AskedFindingsResource:
    """``/v1/findings/asked``."""

    def __init__(self, parts: Parts, gatherer: Gatherer):
        self._parts = parts
        self._gatherer = gatherer

    async def on_get(self, request: Request, response: Response) -> None:
        """Give what the officer whose key signed the request is asked, at one ``office`` or any."""
        response.set_header("Cache-Control", "no-store")
        settings = self._parts.settings
        body = await read_any_body(request, MAX_REQUEST_BYTES, seconds=settings.body_seconds)
        signed = signed_request(request, body, settings.public_address)
        officer = self._parts.requests.check_enrolled(signed)
        office = request.get_param("office", allow_multiple=False)
        response.data = encode(await asyncio.to_thread(self._answer, officer, office))

    def _answer(self, officer: KeyRecord, office: str | None) -> AskedFindingsAnswer:
        with self._parts.views.reading() as view:
            # Who that is must be known before there is a right to check.
            reader = self._roles(officer, view, office).reader()
        with reading_as(self._parts.views, reader, Subject.ASKED_FINDINGS) as view:
            position = view.position()
            if position is None:
                raise ServiceStarting
            roles = self._roles(officer, view, office)
            own_keys = view.persons().keys_of(officer.name)
            digests = self._gatherer.digests(view, position).values()
            mine = [each.stream for each in digests if _is_asked(each, roles, own_keys)]
            lives = self._gatherer.open(mine, position).values()
            shown = [known_of(life) for life in lives if life.rule is not None]
            keys = keys_of_answers(view, shown)
        return AskedFindingsAnswer(
            findings=tuple(
                finding_answer(each, self._gatherer.stream_of(each), keys.get) for each in shown
            ),
            rules=tuple(rule_answer(rule, {}) for rule in rules_among(shown)),
            checkpoint=reference_to(position),
            as_of=position.as_of,
        )

    def _roles(self, officer: KeyRecord, view: ViewReader, office: str | None) -> OfficeRoles:
        parts = self._parts
        register = StreamStates(parts.origin, parts.documents, view.states)
        now = Moment(instant=parts.clock().replace(microsecond=0))
        return OfficeRoles(officer, register, now, office)


def _is_asked(digest: LifeDigest, roles: OfficeRoles, own_keys: Collection[str]) -> bool:
    """Tell whether a finding is for this officer to answer."""
    office = digest.office or ""
    if digest.rule is None or roles.only not in (None, office):
        return False
    if digest.asked is not None and digest.asked in own_keys:
        return True
    rule = rule_named(digest.rule, compares=digest.against_peers)
    # Of a rule that is no longer in the book nobody knows whether it was on a person.
    is_personal = rule is None or rule.audience is Audience.INSPECTORS
    return not is_personal and bool(office) and roles.covers(office)
