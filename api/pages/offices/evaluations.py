"""The page of an office's evaluation: nine indicators in words, what is missing, and from when.

The rules come from 2018 and nobody verified that they still hold: the page says so before the sum.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from falcon.asgi import Request, Response

from api.pages.rendering import Page, Renderer
from api.pages.words import Words
from api.parts import Parts
from api.resources.registry.evaluations import evaluate
from domain.evaluation import TENTHS
from domain.offices import OfficeRecord
from projections.evaluating.office import IndicatorFigure, OfficeEvaluation

SECTION: Final = "/statistics"
QUARTERS_OFFERED: Final = 4


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator in words."""

    number: int
    name: str
    score: str
    counted: str
    source: str


class EvaluationPages:
    """``/offices/{office}/evaluation``."""

    def __init__(self, renderer: Renderer, parts: Parts):
        self._renderer = renderer
        self._parts = parts

    async def on_get(self, request: Request, response: Response, *, office: str) -> None:
        """Show one office's evaluation.

        Raises:
            NothingHere: no such office is registered.
        """
        period = request.get_param("period", allow_multiple=False) or None
        found = await asyncio.to_thread(evaluate, self._parts, office, period)
        words = self._renderer.words(request)
        name = await asyncio.to_thread(self._name_of, office, words)
        values = {
            "page": found,
            "name": name,
            "lines": tuple(_line(one, found, words) for one in found.indicators),
            "score": _decimal(found.tenths, words),
            "most": _decimal(found.most_tenths, words),
            "band": None if found.band is None else words.member("agency_band", found.band),
            "periods": _periods_before(found),
        }
        path = f"/offices/{office}/evaluation"
        query: Mapping[str, str] = {} if period is None else {"period": period}
        self._renderer.answer(
            request, response, Page("evaluation.html", SECTION, path, values, query)
        )

    on_head = on_get

    def _name_of(self, office: str, words: Words) -> str:
        stream = f"office:{office}"
        with self._parts.views.reading() as reader:
            record = reader.states((stream,)).get(stream)
        return words.name(record.office.name) if isinstance(record, OfficeRecord) else office


def _line(one: IndicatorFigure, found: OfficeEvaluation, words: Words) -> IndicatorLine:
    texts, least = words.texts, words.formats.number(found.least_ratings)
    return IndicatorLine(
        number=one.number,
        name=words.member("indicator", one.number),
        score=(
            texts(f"indicator_missing.{one.missing.value}", least=least)
            if one.missing is not None
            else _decimal(one.tenths or 0, words)
        ),
        counted=words.formats.number(one.counted) if one.tenths is not None else "–",
        source=words.member("indicator_source", one.source),
    )


def _decimal(tenths: int, words: Words) -> str:
    mark = "," if words.texts.language == "vi" else "."
    return f"{tenths // TENTHS}{mark}{tenths % TENTHS}"


def _periods_before(found: OfficeEvaluation) -> tuple[str, ...]:
    """Offer the period shown, its year, and the quarters around it."""
    year = int(found.months[0][:4])
    offered = [f"{year}-Q{quarter}" for quarter in range(1, QUARTERS_OFFERED + 1)]
    return (str(year - 1), *offered, str(year))
