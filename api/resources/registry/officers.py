"""An officer's evaluation, over HTTP: to inspectors and the head of the officer's office alone.

A signed request (RFC 9421) proves who asks. Each counts what the officer did for the offices that
the asker's role covers.
"""

import asyncio
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import encode
from api.errors import MalformedParameter, ServiceStarting, UnknownSigner
from api.parts import Parts
from api.reading.askers import signed_request
from api.reading.rights import check_right, reading_as
from api.uploads import read_any_body
from domain.errors import MalformedMoment
from domain.keys import KeyRecord
from domain.reading.rights import Reader, Right, Subject
from domain.roles import Role
from projections.evaluating.officer import OfficerEvaluation
from projections.evaluating.officer_reading import (
    is_over_officer,
    offices_of_officer,
    read_officer_evaluation,
)

MAX_REQUEST_BYTES: Final = 4096
MAX_KEY_CHARACTERS: Final = 200
_SUBJECT: Final = Subject.OFFICER_EVALUATION


class OfficerEvaluationsResource:
    """``/v1/officers/{key}/evaluation``."""

    def __init__(self, parts: Parts):
        self._parts = parts

    async def on_get(self, request: Request, response: Response, *, key: str) -> None:
        """Give the evaluation of the person who has a key, over a ``period``; else the last one."""
        response.set_header("Cache-Control", "no-store")
        settings = self._parts.settings
        body = await read_any_body(request, MAX_REQUEST_BYTES, seconds=settings.body_seconds)
        signed = signed_request(request, body, settings.public_address)
        asker = self._parts.requests.check_overseer(signed)
        if len(key) > MAX_KEY_CHARACTERS:
            raise MalformedParameter("this is no name of a key")
        period = request.get_param("period", allow_multiple=False)
        response.data = encode(await asyncio.to_thread(self._answer, asker, key, period))

    def _answer(self, asker: KeyRecord, key: str, period: str | None) -> OfficerEvaluation:
        reader, role = self._reader_of(asker, key)
        is_withheld = check_right(reader, _SUBJECT) is Right.WITHHELD

        def covers(office: str | None) -> bool:
            return asker.covers(role, office)

        with reading_as(self._parts.views, reader, _SUBJECT) as view:
            try:
                found = read_officer_evaluation(view, key, period, None if is_withheld else covers)
            except MalformedMoment as error:
                raise MalformedParameter(
                    "period is a quarter (2026-Q3) or a year (2026)"
                ) from error
        if found is None:
            raise ServiceStarting
        return found

    def _reader_of(self, asker: KeyRecord, key: str) -> tuple[Reader, Role]:
        """Give as what somebody asks about an officer, and by which role.

        Raises:
            UnknownSigner: to an inspector, no such key is enrolled.
        """
        with self._parts.views.reading() as view:
            offices = offices_of_officer(view, key)
        if asker.has_role(Role.INSPECTOR):
            if offices is None:
                raise UnknownSigner
            if is_over_officer(offices, asker, Role.INSPECTOR):
                return Reader.INSPECTOR, Role.INSPECTOR
        if offices is not None and is_over_officer(offices, asker, Role.HEAD):
            return Reader.HEAD_OF_OFFICE, Role.HEAD
        if asker.has_role(Role.INSPECTOR):
            return Reader.INSPECTOR_ELSEWHERE, Role.INSPECTOR
        return Reader.OFFICER_ELSEWHERE, Role.HEAD
