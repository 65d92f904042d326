"""The pages as resources: each reads a request, asks the source in a thread, and renders."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import msgspec
import segno
from falcon import HTTPMovedPermanently
from falcon.asgi import Request, Response

from api.bodies import Problem
from api.errors import NothingHere, SlipReplaced
from api.negotiation import sentence_in
from api.pages.dossiers import HolderPage
from api.pages.entries import EntryPage
from api.pages.forms import asked_entries, asked_statistics, read_form
from api.pages.rendering import Page, Renderer, StaticFile
from api.pages.source import PartsSource
from api.pages.words import Words
from api.parts import Parts
from api.problem_rows.facts import fact_remedy
from api.problems import PROBLEM_MEDIA_TYPE, problem_type
from api.resources.answers import AccessAnswer
from ledger.errors import LedgerError
from projections.counts import DEFINITION
from transparency.encoding import encode_base64

NO_QUERY: Final[Mapping[str, str]] = {}
FOR_EVER: Final = "public, max-age=31536000, immutable"

_problem_decoder = msgspec.json.Decoder(Problem)


class PublicPages:
    """``/``, ``/statistics``, ``/log``, ``/entries/{index}`` and ``/about``."""

    def __init__(self, renderer: Renderer, source: PartsSource):
        self._renderer = renderer
        self._source = source

    async def on_get(self, request: Request, response: Response) -> None:
        """Show the home page."""
        address = self._renderer.address(request)
        home = await asyncio.to_thread(self._source.home, address)
        page = Page("home.html", "/", "/", {"page": home}, NO_QUERY)
        self._renderer.answer(request, response, page)

    async def on_get_statistics(self, request: Request, response: Response) -> None:
        """Show the figures that the reader filters for."""
        asked = asked_statistics(request)
        words = self._renderer.words(request)
        found = await asyncio.to_thread(self._source.statistics, asked, words)
        values: dict[str, object] = {"page": None, "stand": None}
        if found is not None:
            values = {"page": found[0], "stand": found[1]}
        values |= {"definition": DEFINITION, "address": self._renderer.address(request)}
        page = Page("statistics.html", "/statistics", "/statistics", values, asked.query)
        self._renderer.answer(request, response, page)

    async def on_get_log(self, request: Request, response: Response) -> None:
        """Show where the log stands, and some of its entries."""
        asked = asked_entries(request)
        words = self._renderer.words(request)
        log = await asyncio.to_thread(self._source.log, asked.end, words)
        is_past_end = log is not None and (asked.end or 0) > log.stand.tree_size
        values = {
            "page": log,
            "address": self._renderer.address(request),
            "is_bad_address": asked.is_bad_address or is_past_end,
        }
        query = NO_QUERY if asked.end is None else {"end": str(asked.end)}
        self._renderer.answer(request, response, Page("log.html", "/log", "/log", values, query))

    async def on_get_entry(self, request: Request, response: Response, *, entry_index: int) -> None:
        """Show one entry.

        Raises:
            NothingHere: the published log has no such entry.
        """
        words = self._renderer.words(request)
        entry: EntryPage | None = await asyncio.to_thread(self._source.entry, entry_index, words)
        if entry is None:
            raise NothingHere
        root = None if entry.seal is None else encode_base64(entry.seal.index_root_hash)
        values = {"page": entry, "index_root": root}
        page = Page("entry.html", "/log", f"/entries/{entry_index}", values, NO_QUERY)
        self._renderer.answer(request, response, page)

    async def on_get_about(self, request: Request, response: Response) -> None:
        """Show what is trusted and what is not."""
        self._renderer.answer(
            request, response, Page("about.html", "/about", "/about", NO_QUERY, NO_QUERY)
        )

    on_head = on_get
    on_head_statistics = on_get_statistics
    on_head_log = on_get_log
    on_head_entry = on_get_entry
    on_head_about = on_get_about


@dataclass(frozen=True, slots=True)
class TrackPage:
    """What the form page shows: an id that is known already, an error, or the share done.

    `replaced` tells whoever has a slip that was replaced by whom, and who had read until then.
    """

    dossier_id: str = ""
    error: str | None = None
    share_done_percent: int | None = None
    replaced: AccessAnswer | None = None


class TrackPages:
    """``/track``, ``/dossiers`` and ``/dossiers/{id}``: personal, so kept by no cache.

    Code, secret and pass come in the body of a POST, and never stand in an address.
    """

    def __init__(self, renderer: Renderer, source: PartsSource, parts: Parts):
        self._renderer = renderer
        self._source = source
        self._lookups = parts.lookups
        self._body_seconds = parts.settings.body_seconds

    async def on_get(self, request: Request, response: Response) -> None:
        """Show the forms."""
        self._answer_form(request, response, TrackPage())

    async def on_get_dossier(
        self, request: Request, response: Response, *, dossier_id: str
    ) -> None:
        """Show the forms with a dossier's id filled in: where the QR code leads."""
        self._answer_form(request, response, TrackPage(dossier_id))

    async def on_get_dossiers(self, _request: Request, _response: Response) -> None:
        """Lead those who come without a form to the forms."""
        raise HTTPMovedPermanently("/track")

    async def on_post(self, request: Request, response: Response) -> None:
        """Tell the share done to whoever knows the code."""
        code = (await read_form(request, seconds=self._body_seconds)).get("code", "")
        if not code:
            self._answer_form(request, response, TrackPage(error="track.incomplete"))
            return
        self._lookups.check(request.remote_addr)
        share = await asyncio.to_thread(self._source.share_done, code)
        found = TrackPage(share_done_percent=share)
        unknown = TrackPage(error="track.unknown_code")
        self._answer_form(request, response, unknown if share is None else found)

    async def on_post_dossiers(self, request: Request, response: Response) -> None:
        """Show a dossier to whoever knows its secret, or opened it a short while ago."""
        form = await read_form(request, seconds=self._body_seconds)
        dossier_id, secret, given_pass = (
            form.get(one, "") for one in ("dossier", "secret", "pass")
        )
        if not dossier_id or not (secret or given_pass):
            self._answer_form(request, response, TrackPage(dossier_id, "track.incomplete"))
            return
        self._lookups.check(request.remote_addr)
        words = self._renderer.words(request)
        try:
            opened = await asyncio.to_thread(self._find, dossier_id, secret, given_pass, words)
        except SlipReplaced:
            access = await asyncio.to_thread(self._source.replaced, dossier_id, secret)
            told = TrackPage(dossier_id, "track.slip_replaced", replaced=access)
            self._answer_form(request, response, told)
            return
        if opened is None:
            error = "track.unknown_dossier" if secret else "track.pass_ended"
            self._answer_form(request, response, TrackPage(dossier_id, error))
            return
        # A pass is handed on and not renewed: it ends when it was said to.
        held = given_pass if not secret else await asyncio.to_thread(self._source.pass_for, opened)
        self._renderer.answer(request, response, self._opened_page(request, opened, held))

    def _find(
        self, dossier_id: str, secret: str, given_pass: str, words: Words
    ) -> HolderPage | None:
        if secret:
            return self._source.dossier(dossier_id, secret, words)
        return self._source.dossier_again(dossier_id, given_pass, words)

    def _opened_page(self, request: Request, opened: HolderPage, held: str) -> Page:
        address = f"{self._renderer.address(request)}/dossiers/{opened.dossier_id}"
        return Page(
            "dossier.html",
            "/track",
            "/dossiers",
            {"page": opened, "qr": qr_of(address), "address": address},
            NO_QUERY,
            is_personal=True,
            posted={"dossier": opened.dossier_id, "pass": held},
        )

    def _answer_form(self, request: Request, response: Response, track: TrackPage) -> None:
        if track.error is not None:
            response.status = (
                HTTPStatus.BAD_REQUEST
                if track.error == "track.incomplete"
                else HTTPStatus.NOT_FOUND
            )
        self._renderer.answer(
            request,
            response,
            Page("track.html", "/track", "/track", {"page": track}, NO_QUERY, is_personal=True),
        )

    on_head = on_get
    on_head_dossier = on_get_dossier


def qr_of(address: str) -> str:
    """Draw the QR code of an address as an image that stands in the page itself."""
    return str(segno.make(address, error="m").svg_data_uri(scale=4, border=2, dark="#000"))


class StaticFiles:
    """``/static/{name}``: for ever under the address with the content's hash."""

    def __init__(self, files: Mapping[str, StaticFile]):
        self._files = files

    async def on_get(self, request: Request, response: Response, *, name: str) -> None:
        """Give one file.

        Raises:
            NothingHere: there is no such file.
        """
        file = self._files.get(name)
        if file is None:
            raise NothingHere
        is_named = request.get_param("v") == file.content_hash
        response.set_header("Cache-Control", FOR_EVER if is_named else "no-cache")
        response.set_header("X-Content-Type-Options", "nosniff")
        response.etag = file.content_hash
        if any(file.content_hash == tag for tag in request.if_none_match or ()):
            response.status = HTTPStatus.NOT_MODIFIED
            return
        response.data = file.data
        response.content_type = file.media_type

    on_head = on_get


class BrowserProblems:
    """Shows problem documents as pages to browsers; everybody else gets the document."""

    def __init__(self, renderer: Renderer):
        self._renderer = renderer

    async def process_response(
        self, request: Request, response: Response, _resource: object, _succeeded: object
    ) -> None:
        """Replace a problem document by a page, if the client says that it reads pages."""
        if response.content_type != PROBLEM_MEDIA_TYPE or not accepts_pages(request):
            return
        problem = _problem_decoder.decode(response.data or b"")
        row, language = problem_type(problem.code), self._renderer.words(request).language
        shown = msgspec.structs.replace(
            problem,
            title=sentence_in(row.title, language),
            remedy=sentence_in(
                fact_remedy(problem.code, problem.detail or "") or row.remedy, language
            ),
        )
        page = Page("problem.html", "", "/", {"page": shown}, NO_QUERY, is_personal=True)
        # A demo's clock that cannot be read is itself such a problem: then the document stays.
        with contextlib.suppress(LedgerError):
            self._renderer.answer(request, response, page)


def accepts_pages(request: Request) -> bool:
    """Tell whether a client names HTML among what it reads, as browsers do."""
    return "text/html" in (request.get_header("Accept") or "").lower()
