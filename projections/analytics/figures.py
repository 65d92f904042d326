"""The table of figures by their names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from projections.analytics.expressions.acts import HANDOVERS, HANDS, HOURS
from projections.analytics.expressions.counts import BACKLOG, COUNTS
from projections.analytics.expressions.durations import DURATIONS, SUPPLEMENTS
from projections.analytics.expressions.overtakes import OVERTAKES
from projections.analytics.expressions.ratings import RATINGS
from projections.analytics.expressions.shapes import Figure
from projections.analytics.names import FigureName

FIGURES: Final[Mapping[FigureName, Figure]] = MappingProxyType(
    {
        each.name: each
        for each in (
            COUNTS,
            BACKLOG,
            DURATIONS,
            SUPPLEMENTS,
            HANDOVERS,
            HANDS,
            HOURS,
            OVERTAKES,
            RATINGS,
        )
    }
)
