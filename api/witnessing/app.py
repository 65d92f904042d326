"""A witness over HTTP: C2SP tlog-witness, with its statuses and bodies.

Submission and monitoring share one prefix, the server's root. What the specification gives a body
has that body; every other refusal is a problem document like the ledger's own.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from falcon.asgi import App, Request, Response

from api.error_handlers import add_error_handlers, answer_problem
from api.errors import BodyTooLarge, BodyTooSlow, NothingHere, TruncatedUpload
from api.settings import DEFAULT_BODY_SECONDS
from api.witnessing.folder import Statement
from api.witnessing.witness import Witness
from transparency.errors import OldSizeMismatch, ReplayIncomplete
from transparency.witnessing.answers import SIGNATURES_MEDIA_TYPE, SIZE_MEDIA_TYPE, render_size
from transparency.witnessing.requests import ADD_CHECKPOINT_PATH, MAX_REQUEST_BYTES

TEXT_MEDIA_TYPE: Final = "text/plain; charset=utf-8"
RETRY_SECONDS: Final = 5

_MEANING: Final = {
    Statement.CONSISTENT: (
        "Chữ ký của bên chứng kiến này nói: nhật ký chỉ nối thêm, chưa từng bị sửa, kể từ lần xác "
        "nhận đầu tiên.\n"
        "A cosignature of this witness says: since it first cosigned it, the log was only ever "
        "added to.\n"
    ),
    Statement.INDEX_AUDITED: (
        "Chữ ký của bên kiểm toán chỉ mục này nói: nhật ký chỉ nối thêm, và đã được đọc lại từ "
        "đầu; mọi niêm phong đều đúng, nên không mục nào bị giấu khỏi chỉ mục.\n"
        "A cosignature of this index auditor says: the log was only ever added to, and was "
        "replayed from its beginning; every seal is right, so the index leaves no entry out.\n"
    ),
}


def create_witness_app(
    witness: Witness, random_bytes: Callable[[int], bytes]
) -> "App[Request, Response]":
    """Join routes and resources; nothing here is global."""
    app = App()
    app.req_options.strip_url_path_trailing_slash = False
    add_error_handlers(app, random_bytes)
    app.add_error_handler(OldSizeMismatch, _answer_size)
    app.add_error_handler(ReplayIncomplete, _answer_later)
    app.add_route(f"/{ADD_CHECKPOINT_PATH}", AddCheckpointResource(witness))
    app.add_route("/{origin_hash_hex}/checkpoint", LastCheckpointResource(witness))
    app.add_route("/vkey", VkeyResource(witness))
    app.add_route("/livez", LivenessResource())
    return app


class AddCheckpointResource:
    """``/add-checkpoint``."""

    def __init__(self, witness: Witness):
        self._witness = witness

    async def on_post(self, request: Request, response: Response) -> None:
        """Cosign a checkpoint, or refuse it."""
        body = await _read(request)
        # It syncs a disk, and an index auditor reads a log: work for a thread.
        lines = await asyncio.to_thread(self._witness.add_checkpoint, body)
        response.data = lines
        response.content_type = SIGNATURES_MEDIA_TYPE
        response.set_header("Cache-Control", "no-store")


class LastCheckpointResource:
    """``/<hex of SHA-256 of the origin>/checkpoint``: what monitors compare with the log."""

    def __init__(self, witness: Witness):
        self._witness = witness

    async def on_get(self, _request: Request, response: Response, *, origin_hash_hex: str) -> None:
        """Give the last checkpoint cosigned of a log."""
        path = f"{origin_hash_hex}/checkpoint"
        note = await asyncio.to_thread(self._witness.last_checkpoint, path)
        if note is None:
            raise NothingHere
        response.data = note
        response.content_type = TEXT_MEDIA_TYPE
        response.set_header("Cache-Control", "public, max-age=1")
        response.set_header("Access-Control-Allow-Origin", "*")
        response.set_header("X-Content-Type-Options", "nosniff")

    on_head = on_get


class VkeyResource:
    """``/vkey``: the public key, and what its cosignature says."""

    def __init__(self, witness: Witness):
        self._witness = witness

    async def on_get(self, _request: Request, response: Response) -> None:
        """Give key and meaning."""
        response.text = f"{self._witness.vkey}\n\n{_MEANING[self._witness.statement]}"
        response.content_type = TEXT_MEDIA_TYPE
        response.set_header("Access-Control-Allow-Origin", "*")

    on_head = on_get


class LivenessResource:
    """``/livez``."""

    async def on_get(self, _request: Request, response: Response) -> None:
        """Say that the event loop turns."""
        response.text = "ok\n"
        response.content_type = TEXT_MEDIA_TYPE
        response.set_header("Cache-Control", "no-store")


async def _answer_size(
    _request: Request, response: Response, error: OldSizeMismatch, _params: object
) -> None:
    response.status = HTTPStatus.CONFLICT
    response.data = render_size(error.tree_size)
    response.content_type = SIZE_MEDIA_TYPE
    response.set_header("Cache-Control", "no-store")


async def _answer_later(
    request: Request, response: Response, error: ReplayIncomplete, _params: object
) -> None:
    answer_problem(request, response, error.code)
    response.set_header("Retry-After", str(RETRY_SECONDS))


async def _read(request: Request) -> bytes:
    """Read a body of any media type, announced or not: the specification names none."""
    announced_bytes = request.content_length
    if announced_bytes is not None and announced_bytes > MAX_REQUEST_BYTES:
        raise BodyTooLarge(f"at most {MAX_REQUEST_BYTES} bytes")
    try:
        async with asyncio.timeout(DEFAULT_BODY_SECONDS):
            body: bytes = await request.stream.read(MAX_REQUEST_BYTES + 1)
    except TimeoutError as error:
        raise BodyTooSlow("not complete in time", {"Connection": "close"}) from error
    if len(body) > MAX_REQUEST_BYTES:
        raise BodyTooLarge(f"at most {MAX_REQUEST_BYTES} bytes")
    if announced_bytes is not None and len(body) < announced_bytes:
        raise TruncatedUpload(f"{announced_bytes} bytes were announced, {len(body)} came")
    return body
