"""Charts: the geometry of stacked bars, computed here and drawn by `templates/chart.html`.

No style and no script stands in the drawing: colours come from the stylesheet by class, so that
the page's strict policy holds and dark mode and print work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 760
HEIGHT: Final = 300
LEFT: Final = 56
RIGHT: Final = 8
TOP: Final = 16
BOTTOM: Final = 36
TICKS: Final = 4
MAX_BAR_WIDTH: Final = 56.0
BAR_SHARE: Final = 0.62
MAX_LABELS: Final = 12


@dataclass(frozen=True, slots=True)
class Stack:
    """The numbers of one bar, from the bottom up, under its label."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """One rectangle: which of the series it belongs to, and the number it stands for."""

    series_index: int
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its segments; `shows_label` thins out labels that would overlap."""

    label: str
    x: float
    width: float
    segments: tuple[Segment, ...]
    shows_label: bool

    @property
    def middle(self) -> float:
        """Give where the label stands."""
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Tick:
    """One line of the scale."""

    value: int
    y: float


@dataclass(frozen=True, slots=True)
class StackedBars:
    """A whole chart in the coordinates of its view box."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def stacked_bars(stacks: Sequence[Stack]) -> StackedBars:
    """Lay out one bar per stack; the scale starts at zero and ends at a round number."""
    highest = max((sum(stack.counts) for stack in stacks), default=0)
    step = _round_step(highest)
    top_value = step * max(1, -(-highest // step))
    bars = tuple(
        _bar(stack, position, len(stacks), top_value) for position, stack in enumerate(stacks)
    )
    ticks = tuple(Tick(value, _y(value, top_value)) for value in range(0, top_value + step, step))
    return StackedBars(bars, ticks)


def _round_step(highest: int) -> int:
    """Give the smallest of 1, 2, 5, 10, 20, 50 … that needs at most `TICKS` steps."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if factor * power * TICKS >= highest:
                return factor * power
        power *= 10


def _y(value: int, top_value: int) -> float:
    drawable = HEIGHT - TOP - BOTTOM
    return round(TOP + drawable * (1 - value / top_value), 2)


def _bar(stack: Stack, position: int, bar_count: int, top_value: int) -> Bar:
    slot = (WIDTH - LEFT - RIGHT) / bar_count
    width = min(MAX_BAR_WIDTH, slot * BAR_SHARE)
    x = LEFT + slot * position + (slot - width) / 2
    every = -(-bar_count // MAX_LABELS)
    return Bar(
        stack.label,
        round(x, 2),
        round(width, 2),
        _segments(stack.counts, top_value),
        shows_label=position % every == 0,
    )


def _segments(counts: Sequence[int], top_value: int) -> tuple[Segment, ...]:
    segments = []
    below = 0
    for series_index, count in enumerate(counts):
        assert count >= 0
        y, bottom = _y(below + count, top_value), _y(below, top_value)
        segments.append(Segment(series_index, count, y, round(bottom - y, 2)))
        below += count
    return tuple(segments)
