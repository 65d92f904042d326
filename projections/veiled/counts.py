"""Counts of veiled dossiers, per top office and month, from their veils alone: `veiled-counts@v1`.

A figure belongs to one office at the top of a tree and one month, the one that the veils name (the
UTC month in which they could leave the ledger: `ledger.writing.veils`). With P such a month::

    received(P)   veils `received` of P
    resolved(P)   veils `ended_early`, `ended_on_time` and `ended_late` of P
    pending(P)    received in P or earlier, less resolved in P or earlier
    carried(P)    pending in the month before P
    IDENTITY      carried + received = resolved + pending

Ends may leave the ledger before the arrivals that they belong to, since each waits for nine others
of its sort; then `pending` is below what the offices have. Where it would be below zero it is no
number of dossiers: it is null, as is what the next month would carry over; the counts of veils
stand as they are. The total is one figure of the same shape over all months and offices asked for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from domain.veils import VeilAct
from ledger.writing.envelopes import month_of
from projections.counts import (
    ALL,
    ALL_HISTORY,
    CheckpointReference,
    Span,
    month_number,
    period_name,
)
from projections.entries import SealedGroup

DEFINITION: Final = "veiled-counts@v1"

# How many veils there are of one office, month and act.
VeilCounts = Mapping[tuple[str, str, VeilAct], int]
NO_VEILS: Final[VeilCounts] = MappingProxyType({})


class VeiledFigure(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of one top office and month (`2026-11`); `*` stands for all of them.

    `pending` and `carried_over` are null while more ends than arrivals were published.
    """

    office: str
    period: str
    received: int
    resolved_early: int
    resolved_on_time: int
    resolved_late: int
    pending: int | None
    carried_over: int | None

    @property
    def resolved(self) -> int:
        """Count the dossiers whose processing ended."""
        return self.resolved_early + self.resolved_on_time + self.resolved_late

    def check_identity(self) -> None:
        """Assert that what came is what went or stayed, where both are numbers."""
        if self.carried_over is not None and self.pending is not None:
            assert self.carried_over + self.received == self.resolved + self.pending


class VeiledCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The figures by office and month, and their total; months of zeros are left out."""

    figures: tuple[VeiledFigure, ...]
    total: VeiledFigure


class VeiledStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Counts as they are published: everything that it takes to compute them again."""

    figures: tuple[VeiledFigure, ...]
    total: VeiledFigure
    checkpoint: CheckpointReference
    as_of: str
    definition: str = DEFINITION


def veils_of(groups: Iterable[SealedGroup]) -> VeilCounts:
    """Count the veils that some publications added."""
    veils = (veil for group in groups for veil in group.veils)
    return Counter((veil.office, veil.month, veil.act) for veil in veils)


def count_veiled(
    veils: VeilCounts, as_of: datetime, span: Span = ALL_HISTORY, office: str | None = None
) -> VeiledCounts:
    """Count the veiled dossiers of all top offices, or of one, as of an instant."""
    by_office: dict[str, Counter[tuple[int, VeilAct]]] = {}
    for (top, month, act), count in sorted(veils.items()):
        if office in (None, top) and act is not VeilAct.STEP:
            by_office.setdefault(top, Counter())[month_number(month), act] += count
    months = [month for _, month, _ in veils]
    newest = max([month_of(as_of), *months])
    last = month_number(min(newest, span.last or newest))
    walked = [list(_walk(top, acts, last)) for top, acts in sorted(by_office.items())]
    figures = [
        figure
        for figures in walked
        for figure in figures
        if span.first is None or figure.period >= span.first
    ]
    shown = tuple(figure for figure in figures if _moves(figure))
    return VeiledCounts(figures=shown, total=_total(figures, walked, span))


def count_months(
    veils: VeilCounts, as_of: datetime, span: Span = ALL_HISTORY, office: str | None = None
) -> tuple[VeiledFigure, ...]:
    """Give the figures of all top offices together (`*`), or of one, by month."""
    together: Counter[tuple[str, str, VeilAct]] = Counter()
    for (top, month, act), count in veils.items():
        if office in (None, top):
            together[ALL, month, act] += count
    return count_veiled(together, as_of, span).figures


def number_of(balance: int) -> int | None:
    """Give how many dossiers a balance of arrivals and ends is; None where it is below zero."""
    return balance if balance >= 0 else None


def balance_of(figures: Iterable[VeiledFigure]) -> int:
    """Give what arrived less what ended, of veils in some figures."""
    return sum(figure.received - figure.resolved for figure in figures)


def _moves(figure: VeiledFigure) -> bool:
    return figure.carried_over != 0 or any((figure.received, figure.resolved))


def _walk(top: str, acts: Counter[tuple[int, VeilAct]], last: int) -> Iterator[VeiledFigure]:
    pending = 0
    for month in range(min(number for number, _ in acts), last + 1):
        of_month = {act: acts[month, act] for act in VeilAct}
        carried = pending
        resolved = [
            of_month[act]
            for act in (VeilAct.ENDED_EARLY, VeilAct.ENDED_ON_TIME, VeilAct.ENDED_LATE)
        ]
        pending += of_month[VeilAct.RECEIVED] - sum(resolved)
        figure = VeiledFigure(
            office=top,
            period=period_name(month),
            received=of_month[VeilAct.RECEIVED],
            resolved_early=resolved[0],
            resolved_on_time=resolved[1],
            resolved_late=resolved[2],
            pending=number_of(pending),
            carried_over=number_of(carried),
        )
        figure.check_identity()
        yield figure


def _total(
    figures: list[VeiledFigure], walked: list[list[VeiledFigure]], span: Span
) -> VeiledFigure:
    """Add up what came and went in all figures; what is pending is what each office ends with."""
    first = span.first
    total = VeiledFigure(
        office=ALL,
        period=span.text,
        received=sum(figure.received for figure in figures),
        resolved_early=sum(figure.resolved_early for figure in figures),
        resolved_on_time=sum(figure.resolved_on_time for figure in figures),
        resolved_late=sum(figure.resolved_late for figure in figures),
        pending=number_of(sum(map(balance_of, walked))),
        carried_over=number_of(
            0 if first is None else sum(_pending_before(office, first) for office in walked)
        ),
    )
    total.check_identity()
    return total


def _pending_before(figures: list[VeiledFigure], first: str) -> int:
    return balance_of(figure for figure in figures if figure.period < first)
