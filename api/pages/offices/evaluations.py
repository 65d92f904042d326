"""The page of an office's evaluation: nine indicators in words, what is missing, and from when.

The rules come from 2018 and nobody verified that they still hold: the page says so before the sum.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from falcon.asgi import Request, Response

from api.pages.offices.periods import (
    QUARTER_AND_YEAR,
    offered_periods,
    opening_period,
    read_months,
)
from api.pages.rendering import Page, Renderer
from api.pages.words import Words
from api.parts import Parts
from api.resources.index766.answering import KeptAnswers
from api.resources.registry.evaluations import evaluate
from domain.evaluation import TENTHS
from domain.offices import OfficeRecord
from projections.evaluating.office import IndicatorFigure, OfficeEvaluation
from transparency.encoding import parse_utc_milliseconds

SECTION: Final = "/statistics"


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator in words; `note` says what has to be known of the number."""

    number: int
    name: str
    score: str
    counted: str
    source: str
    note: str | None = None


class EvaluationPages:
    """``/offices/{office}/evaluation``."""

    def __init__(self, renderer: Renderer, parts: Parts):
        self._renderer = renderer
        self._parts = parts
        self._kept = KeptAnswers()

    async def on_get(self, request: Request, response: Response, *, office: str) -> None:
        """Show one office's evaluation.

        Raises:
            NothingHere: no such office is registered.
        """
        period = request.get_param("period", allow_multiple=False) or None
        months = await asyncio.to_thread(read_months, self._parts, self._kept, office)
        shown = period or opening_period(months)
        found = await asyncio.to_thread(evaluate, self._parts, office, shown)
        words = self._renderer.words(request)
        name = await asyncio.to_thread(self._name_of, office, words)
        values = {
            "page": found,
            "name": name,
            "lines": tuple(_line(one, found, words) for one in found.indicators),
            "score": _decimal(found.tenths, words),
            "most": _decimal(found.most_tenths, words),
            "band": None if found.band is None else words.member("agency_band", found.band),
            "years": offered_periods(months, found.period, QUARTER_AND_YEAR) if months else (),
            "as_of": parse_utc_milliseconds(found.as_of),
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
        note=(
            texts("evaluation.without_due", count=words.formats.number(one.without_due))
            if one.without_due
            else None
        ),
    )


def _decimal(tenths: int, words: Words) -> str:
    mark = "," if words.texts.language == "vi" else "."
    return f"{tenths // TENTHS}{mark}{tenths % TENTHS}"
