"""``/open-data``: every dataset with its columns, files, terms and citation, in words."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from falcon.asgi import Request, Response

from api.negotiation import sentence_in
from api.pages.rendering import Page, Renderer
from api.pages.words import Words
from api.parts import Parts
from api.resources.opendata.files import BASE, available_files
from projections.opendata.datasets import DATASETS
from projections.opendata.files import CSVW_SUFFIX, LICENCE, citation
from projections.opendata.shapes import Dataset
from projections.views import Position

SECTION: Final = "/open-data"
NO_QUERY: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """One column, in words; ``type`` is also the key of the sentence about its type."""

    name: str
    type: str
    meaning: str
    required: bool


@dataclass(frozen=True, slots=True)
class ShownFile:
    """One file: its address, and what it is called."""

    address: str
    label: str


@dataclass(frozen=True, slots=True)
class ShownDataset:
    """One dataset, in words."""

    name: str
    title: str
    meaning: str
    order: str
    definition: str
    files: tuple[ShownFile, ...]
    columns: tuple[ShownColumn, ...]


class OpenDataPages:
    """``/open-data``."""

    def __init__(self, renderer: Renderer, parts: Parts):
        self._renderer = renderer
        self._views = parts.views
        self._origin = parts.origin

    async def on_get(self, request: Request, response: Response) -> None:
        """Show what there is, as of which checkpoint, and on what terms."""
        position = await asyncio.to_thread(self._position)
        words = self._renderer.words(request)
        values = {
            "datasets": tuple(shown(dataset, words) for dataset in DATASETS.values()),
            "position": position,
            "citation": self._citation(position, words),
            "licence": sentence_in(LICENCE.title, words.language),
            "licence_address": LICENCE.address,
            "base": BASE,
        }
        page = Page("open_data.html", SECTION, SECTION, values, NO_QUERY)
        self._renderer.answer(request, response, page)

    on_head = on_get

    def _position(self) -> Position | None:
        with self._views.reading() as reader:
            return reader.position()

    def _citation(self, position: Position | None, words: Words) -> str | None:
        if position is None:
            return None
        said = citation(self._origin, position.log_position, position.as_of)
        return sentence_in(said, words.language)


def shown(dataset: Dataset, words: Words) -> ShownDataset:
    """Put a dataset into words."""
    files = [
        ShownFile(f"{BASE}{file.name}", words.texts(f"data_form.{file.form}"))
        for file in available_files()
        if file.dataset is dataset
    ]
    metadata = ShownFile(f"{BASE}{dataset.name}{CSVW_SUFFIX}", words.texts("open_data.metadata"))
    columns = (
        ShownColumn(
            column.name,
            column.type.value,
            sentence_in(column.meaning, words.language),
            column.required,
        )
        for column in dataset.columns
    )
    return ShownDataset(
        name=dataset.name,
        title=sentence_in(dataset.title, words.language),
        meaning=sentence_in(dataset.meaning, words.language),
        order=sentence_in(dataset.order, words.language),
        definition=dataset.definition,
        files=(*files, metadata),
        columns=tuple(columns),
    )
