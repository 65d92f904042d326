"""Reading request bodies: never more than the limit, never half of one.

A body must announce its length (`LengthRequired` otherwise): only then is a cut upload seen for
certain. Bodies that are compressed or of another media type are refused before a byte is read, and
one that is not complete in time is read no further. A body that no resource reads, and headers that
never end, are for the proxy in front to bound.
"""

import asyncio
from typing import Final

from falcon.asgi import Request

from api.errors import (
    BodyTooLarge,
    BodyTooSlow,
    LengthRequired,
    TruncatedUpload,
    UnsupportedMediaType,
)
from api.settings import DEFAULT_BODY_SECONDS

NDJSON_MEDIA_TYPE: Final = "application/x-ndjson"


async def read_body(
    request: Request,
    media_type: str,
    limit_bytes: int,
    *,
    seconds: float = DEFAULT_BODY_SECONDS,
) -> bytes:
    """Read the whole body of a request, within the setting ``body_seconds``.

    Raises:
        UnsupportedMediaType: another media type, or a content coding.
        LengthRequired: no ``Content-Length``.
        BodyTooLarge: over ``limit_bytes``; at most one byte more than that was read.
        BodyTooSlow: it was not complete in time (SPEC: RFC 9110, 15.5.9 "408 Request Timeout").
        TruncatedUpload: the client left before the end.
    """
    check_media_type(request.content_type, request.get_header("Content-Encoding"), media_type)
    return await _read(request, limit_bytes, seconds)


async def read_any_body(
    request: Request, limit_bytes: int, *, seconds: float = DEFAULT_BODY_SECONDS
) -> bytes:
    """Read the body that a request without a documented body may have, to check its digest.

    Raises:
        LengthRequired, BodyTooLarge, BodyTooSlow, TruncatedUpload: as `read_body`.
    """
    return await _read(request, limit_bytes, seconds)


def check_media_type(content_type: str | None, coding: str | None, media_type: str) -> None:
    """Refuse a body that is compressed or not of the one media type that the resource reads.

    Raises:
        UnsupportedMediaType: the message names the type that is read.
    """
    if content_type != media_type:
        name, _, parameters = (content_type or "").lower().partition(";")
        charset = parameters.strip().removeprefix("charset=").strip('"')
        if name.strip() != media_type or charset not in ("", "utf-8"):
            raise UnsupportedMediaType(f"send {media_type} in UTF-8")
    if coding is not None and coding.strip().lower() != "identity":
        raise UnsupportedMediaType("send the body without a content coding")


def split_lines(body: bytes, max_lines: int) -> list[bytes]:
    """Split NDJSON into its lines; the last may lack its line feed.

    Raises:
        BodyTooLarge: more than ``max_lines`` lines.
    """
    lines = body.split(b"\n")
    if not lines[-1]:
        lines.pop()
    if len(lines) > max_lines:
        raise BodyTooLarge(f"at most {max_lines} lines")
    return lines


async def _read(request: Request, limit_bytes: int, seconds: float) -> bytes:
    announced_bytes = request.content_length
    if announced_bytes is None:
        if request.get_header("Transfer-Encoding") is not None:
            raise LengthRequired
        announced_bytes = 0
    if announced_bytes > limit_bytes:
        raise BodyTooLarge(f"at most {limit_bytes} bytes")
    try:
        async with asyncio.timeout(seconds):
            body: bytes = await request.stream.read(limit_bytes + 1)
    except TimeoutError as error:
        # What is still to come would otherwise keep the connection open after the answer.
        raise BodyTooSlow(f"not complete within {seconds:g} s", {"Connection": "close"}) from error
    if len(body) > limit_bytes:
        raise BodyTooLarge(f"at most {limit_bytes} bytes")
    if len(body) < announced_bytes:
        raise TruncatedUpload(f"{announced_bytes} bytes were announced, {len(body)} came")
    return body
