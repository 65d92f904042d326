"""``/v1/open-data``: the catalogue, the descriptions, and every dataset in every form.

All of it is as of a checkpoint, which stands in the headers. Events may be asked for in pages by
entry index, or are streamed; all else is small beside them and comes whole.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from falcon.asgi import Request, Response

from api.data_folder import DataFolder
from api.errors import MalformedParameter, NothingHere, ServiceStarting
from api.parts import Parts
from api.reading.rights import check_right
from api.resources.opendata.feeds import whole_number
from api.resources.opendata.kept import KeptFiles, KeptLeads
from domain.reading.rights import Reader, Subject
from ledger.bodies import MAX_SAFE_INTEGER
from projections.dossier_rows import index_of
from projections.leads.store import LeadStore
from projections.opendata import parquet
from projections.opendata.acts import WINDOW_ACTS, ActReader
from projections.opendata.datasets import as_of
from projections.opendata.descriptions import catalogue, csvw_metadata, data_package, render
from projections.opendata.events import EVENTS, event_row
from projections.opendata.files import (
    CSVW_MEDIA_TYPE,
    DATA_FILES,
    DATA_PACKAGE,
    JSON_LD_MEDIA_TYPE,
    JSON_MEDIA_TYPE,
    LICENCE,
    DataFile,
    Form,
    data_file,
    metadata_name,
    metadata_of,
)
from projections.opendata.shapes import AsOf, Row
from projections.opendata.text_forms import csv_head, csv_rows, json_rows
from projections.tallies.published import Tallies

BASE: Final = "/v1/open-data/"
MAX_LIMIT: Final = 10_000
CACHING: Final = "public, max-age=60"
SIZE_HEADER: Final = "Ledger-Checkpoint-Size"
ROOT_HEADER: Final = "Ledger-Checkpoint-Root"
AS_OF_HEADER: Final = "Ledger-As-Of"
_TAG_CHARACTERS: Final = 32


class OpenDataResource:
    """``/v1/open-data`` and ``/v1/open-data/{file}``."""

    def __init__(self, parts: Parts):
        self._views = parts.views
        self._origin = parts.origin
        self._site = parts.settings.public_address or ""
        settings = parts.settings
        leads = KeptLeads(LeadStore(DataFolder(settings.data).leads), settings.leads_kept_beyond)
        tallies = Tallies(parts.origin, parts.reader, parts.documents)
        self._kept = KeptFiles(parts.views, parts.origin, leads=leads, tallies=tallies)

    async def on_get(self, request: Request, response: Response) -> None:
        """Give the catalogue."""
        check_right(Reader.ANYONE, Subject.PUBLIC_RECORD)
        made = await asyncio.to_thread(self._made)
        if _answer_as_of(request, response, made):
            return
        document = catalogue(made, f"{self._site}{BASE}", available_files())
        response.data = render(document)
        response.content_type = JSON_LD_MEDIA_TYPE

    async def on_get_file(self, request: Request, response: Response, *, file: str) -> None:
        """Give a description or a dataset.

        Raises:
            NothingHere: there is no such file.
            FormNotInstalled: Parquet cannot be written here.
        """
        check_right(Reader.ANYONE, Subject.PUBLIC_RECORD)
        wanted = data_file(file)
        if wanted is not None:
            await self._answer_data(request, response, wanted)
            return
        _refuse_pages(request)
        dataset = metadata_of(file)
        if dataset is None and file != DATA_PACKAGE:
            raise NothingHere("no such file of open data; /v1/open-data lists them")
        made = await asyncio.to_thread(self._made)
        if _answer_as_of(request, response, made):
            return
        if dataset is not None:
            response.data = render(csvw_metadata(dataset, made))
            response.content_type = CSVW_MEDIA_TYPE
        else:
            response.data = render(data_package(made, files=available_files()))
            response.content_type = JSON_MEDIA_TYPE

    async def _answer_data(self, request: Request, response: Response, file: DataFile) -> None:
        start, limit = _number(request, "from_entry", 0, MAX_SAFE_INTEGER), None
        if request.get_param("limit") is not None:
            limit = _number(request, "limit", 1, MAX_LIMIT)
        is_paged = file.dataset is EVENTS and file.form is not Form.PARQUET
        if not is_paged:
            _refuse_pages(request)
            kept = await self._kept.get(file)
            if not _answer_as_of(request, response, kept.made, file):
                response.stream = kept.file.parts()
                response.content_length = kept.file.length_bytes
            return
        made = await asyncio.to_thread(self._made)
        if _answer_as_of(request, response, made, file):
            return
        if limit is None:
            response.stream = self._stream(file, start, made)
            return
        response.data, following = await asyncio.to_thread(
            self._page, file, (start, made.tree_size), limit
        )
        if following is not None:
            query = urlencode({"from_entry": following, "limit": limit})
            response.append_link(f"{BASE}{file.name}?{query}", "next")

    def _made(self) -> AsOf:
        with self._views.reading() as reader:
            position = reader.position()
        if position is None:
            raise ServiceStarting
        return as_of(self._origin, position)

    def _page(
        self, file: DataFile, between: tuple[int, int], limit: int
    ) -> tuple[bytes, int | None]:
        """Give one page with its head, and the entry index at which the next begins."""
        rows, following = self._window(between, limit)
        head = csv_head(file.dataset) if file.form is Form.CSV else b""
        return head + _render(file, rows), following

    async def _stream(self, file: DataFile, start: int, made: AsOf) -> AsyncIterator[bytes]:
        following: int | None = start
        if file.form is Form.CSV:
            yield csv_head(file.dataset)
        while following is not None:
            between = following, made.tree_size
            rows, following = await asyncio.to_thread(self._window, between, WINDOW_ACTS)
            if rows:
                yield await asyncio.to_thread(_render, file, rows)

    def _window(self, between: tuple[int, int], limit: int) -> tuple[list[Row], int | None]:
        with self._views.reading() as reader:
            acts = ActReader.beside(reader).acts_between(*between, limit + 1)
            zones = reader.zones()
        following = index_of(acts[limit]) if len(acts) > limit else None
        return [event_row(act, zones) for act in acts[:limit]], following


def available_files() -> Sequence[DataFile]:
    """Give the files that can be made here: Parquet only where its library is."""
    has_parquet = parquet.is_installed()
    return [file for file in DATA_FILES if has_parquet or file.form is not Form.PARQUET]


def checkpoint_headers(made: AsOf) -> Mapping[str, str]:
    """Give the headers that say as of what an answer is."""
    return {
        SIZE_HEADER: str(made.tree_size),
        ROOT_HEADER: made.root,
        AS_OF_HEADER: made.sealed_at,
    }


def _render(file: DataFile, rows: Sequence[Row]) -> bytes:
    return (csv_rows if file.form is Form.CSV else json_rows)(file.dataset, rows)


def _answer_as_of(
    request: Request, response: Response, made: AsOf, file: DataFile | None = None
) -> bool:
    """Write the headers, and tell whether whoever asks has these bytes already."""
    headers = checkpoint_headers(made)
    for name, value in headers.items():
        response.set_header(name, value)
    response.set_header("Cache-Control", CACHING)
    response.set_header("Access-Control-Allow-Origin", "*")
    response.set_header("Access-Control-Expose-Headers", ", ".join((*headers, "Link", "ETag")))
    response.append_link(LICENCE.address, "license")
    if file is not None:
        name = f"{file.dataset.name}-{made.tree_size}.{file.form}"
        response.content_type = file.media_type
        response.set_header("Content-Disposition", f'attachment; filename="{name}"')
        response.append_link(f"{BASE}{metadata_name(file.dataset)}", "describedby")
    tag = hashlib.sha256(f"{made} {request.relative_uri}".encode()).hexdigest()[:_TAG_CHARACTERS]
    response.etag = tag
    if any(known in ("*", tag) for known in request.if_none_match or ()):
        response.status = HTTPStatus.NOT_MODIFIED
        return True
    return False


def _refuse_pages(request: Request) -> None:
    for name in ("from_entry", "limit"):
        if request.get_param(name) is not None:
            raise MalformedParameter(f"{name} is for events as CSV or JSON Lines alone")


def _number(request: Request, name: str, least: int, most: int) -> int:
    text = request.get_param(name, allow_multiple=False)
    if text is None:
        return least
    number = whole_number(text)
    if number is None or not least <= number <= most:
        raise MalformedParameter(f"{name} is a whole number from {least} to {most}")
    return number
