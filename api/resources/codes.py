"""Dossier codes for the software of an office: one for each submitted dossier, by signed request.

The request is signed by a receiver of the office (RFC 9421, as inspectors sign theirs); the code it
is given stands in the private part of the acceptance that follows.
"""

import asyncio
from http import HTTPStatus
from typing import Final

from falcon.asgi import Request, Response

from api.bodies import CodeAnswer, CodeRequest, encode, parse_code_request
from api.negotiation import JSON_MEDIA_TYPE
from api.parts import Parts
from api.reading.askers import signed_request
from api.uploads import read_body
from ledger.codes.allotted import AllottedCode
from ledger.codes.allotting import CodeWish, allot_code
from ledger.stream_register import StreamRegister

MAX_CODE_REQUEST_BYTES: Final = 4096


class CodesResource:
    """``/v1/offices/{office}/codes``."""

    def __init__(self, parts: Parts):
        self._parts = parts

    async def on_post(self, request: Request, response: Response, *, office: str) -> None:
        """Give a dossier its code of this day, the same one however often it is asked."""
        response.set_header("Cache-Control", "no-store")
        settings = self._parts.settings
        body = await read_body(
            request, JSON_MEDIA_TYPE, MAX_CODE_REQUEST_BYTES, seconds=settings.body_seconds
        )
        signed = signed_request(request, body, settings.public_address)
        self._parts.requests.check_receiver(signed, office)
        wanted = parse_code_request(body)
        allotted = await asyncio.to_thread(self._allot, office, wanted)
        response.status = HTTPStatus.OK if allotted.repeated else HTTPStatus.CREATED
        response.data = encode(
            CodeAnswer(
                code=allotted.code,
                office=allotted.office,
                day=allotted.day.isoformat(),
                running_number=allotted.running_number,
            )
        )

    def _allot(self, office: str, wanted: CodeRequest) -> AllottedCode:
        parts = self._parts
        register = StreamRegister(parts.reader, parts.documents, parts.origin)
        wish = CodeWish(office, wanted.dossier, wanted.format, wanted.owner or "")
        return allot_code(parts.codes, register, wish, parts.clock())
