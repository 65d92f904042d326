"""Where errors leave the program: one problem document, one log line, nothing else.

The log names the error's code, never its message: messages may quote what a client sent.
"""

import traceback
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

import falcon
import structlog
from falcon.asgi import App, Request, Response

from api import errors
from api.bodies import encode
from api.errors import ApiError, InternalError
from api.negotiation import preferred_language
from api.problems import PROBLEM_MEDIA_TYPE, problem, problem_type
from domain.errors import DomainError
from ledger.errors import LedgerError
from projections.entries import ProjectionError
from transparency.errors import TransparencyError

RandomBytes = Callable[[int], bytes]

_KNOWN_ERRORS: Final = (ApiError, DomainError, LedgerError, ProjectionError, TransparencyError)

_log: Final = structlog.get_logger("dossier_ledger")

_FRAMEWORK_ERRORS: Final[dict[int, type[ApiError]]] = {
    HTTPStatus.NOT_FOUND: errors.NothingHere,
    HTTPStatus.METHOD_NOT_ALLOWED: errors.MethodNotAllowed,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: errors.BodyTooLarge,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: errors.UnsupportedMediaType,
}

# Answered before the body was read: a client that goes on dripping one would hold the connection.
_BODY_UNREAD: Final = (
    errors.NothingHere,
    errors.MethodNotAllowed,
    errors.BodyTooLarge,
    errors.LengthRequired,
    errors.UnsupportedMediaType,
)


def add_error_handlers(app: "App[Request, Response]", random_bytes: RandomBytes) -> None:
    """Give the app one answer to every error, foreseen or not."""
    handlers = _Handlers(random_bytes)
    for kind in _KNOWN_ERRORS:
        app.add_error_handler(kind, handlers.answer_known)
    app.add_error_handler(falcon.HTTPError, handlers.answer_framework)
    app.add_error_handler(Exception, handlers.answer_unforeseen)


def answer_problem(
    request: Request,
    response: Response,
    code: str,
    *,
    detail: str = "",
    refusal: bytes = b"",
    incident: str | None = None,
) -> None:
    """Write the problem document of a code into a response, in the request's language."""
    language = preferred_language(request.get_header("Accept-Language"))
    document = problem(code, language, detail=detail, refusal=refusal, incident=incident)
    response.status = document.status
    response.data = encode(document)
    response.content_type = PROBLEM_MEDIA_TYPE
    response.set_header("Content-Language", language)
    response.set_header("Cache-Control", "no-store")
    response.append_header("Vary", "Accept-Language")


class _Handlers:
    """The edge of the web app: the only place in this room that catches everything."""

    def __init__(self, random_bytes: RandomBytes):
        self._random_bytes = random_bytes

    async def answer_known(
        self, request: Request, response: Response, error: Exception, _params: object
    ) -> None:
        """Answer an error that has a code of its own."""
        assert isinstance(error, _KNOWN_ERRORS)
        incident = None
        if problem_type(error.code).is_ours:
            incident = self._new_incident()
            _log.error("request failed", code=error.code, incident=incident, at=places_of(error))
        else:
            _log.info("request refused", code=error.code)
        answer_problem(request, response, error.code, detail=str(error), incident=incident)
        if isinstance(error, ApiError):
            for name, value in error.headers.items():
                response.set_header(name, value)
        if isinstance(error, _BODY_UNREAD) and _brings_body(request):
            response.set_header("Connection", "close")

    async def answer_framework(
        self, request: Request, response: Response, error: Exception, params: object
    ) -> None:
        """Answer an error of Falcon's in our shape, keeping its headers (``Allow``)."""
        assert isinstance(error, falcon.HTTPError)
        headers = dict(error.headers or {})
        if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            await self.answer_unforeseen(request, response, error, params)
            return
        wrapped = _FRAMEWORK_ERRORS.get(error.status_code, errors.MalformedRequest)
        known = wrapped(error.description or "", headers)
        await self.answer_known(request, response, known, params)

    async def answer_unforeseen(
        self, request: Request, response: Response, error: Exception, _params: object
    ) -> None:
        """Answer an error that nobody foresaw: a bare document with an incident number."""
        incident = self._new_incident()
        _log.error(
            "request failed",
            code=InternalError.code,
            incident=incident,
            error=type(error).__name__,
            at=places_of(error),
        )
        answer_problem(request, response, InternalError.code, incident=incident)

    def _new_incident(self) -> str:
        return self._random_bytes(8).hex()


def _brings_body(request: Request) -> bool:
    return bool(request.content_length) or request.get_header("Transfer-Encoding") is not None


def places_of(error: BaseException) -> list[str]:
    """Give where an error came through, innermost last: files and lines, no values."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
