"""The documented requests about statistics of dossiers."""

from collections.abc import Mapping
from typing import Final

from api.figures.asking import (
    BACKLOG,
    COMPARISON,
    COUNTS,
    DURATIONS,
    FEES,
    MEMBERS,
    RATINGS,
    STEPS,
    TIMELINESS,
    VEILED,
    VISITS,
)
from api.interface.operations import Operation, Shape
from api.negotiation import CSV_MEDIA_TYPE
from domain.facts import Channel, RatingStage
from projections.counts import CountStatistics
from projections.durations import DurationStatistics
from projections.statistics.asking import Dimension
from projections.statistics.backlog import PendingOverTime
from projections.statistics.by_acts.fee_figures import FeeStatistics
from projections.statistics.by_acts.step_figures import StepStatistics
from projections.statistics.by_acts.visit_figures import VisitStatistics
from projections.statistics.comparing_offices import Comparison
from projections.statistics.counting import GroupedCounts
from projections.statistics.judging import Timeliness
from projections.statistics.lasting import GroupedDurations
from projections.statistics.periods import Granularity
from projections.tallies.placing import Apart
from projections.tallies.rating_shapes import RatingStatistics
from projections.veiled.counts import VeiledStatistics

_YEAR: Final = "(?:19|20|21)[0-9]{2}"
_PERIOD: Final = {
    "type": "string",
    "pattern": f"^{_YEAR}(?:-Q[1-4]|-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|1[0-9]|2[0-8]))?)?$",
}
_BY: Final = "|".join(Dimension)
_PATTERNS: Final[Mapping[str, dict[str, object]]] = {
    "from": dict(_PERIOD),
    "to": dict(_PERIOD),
    "by": {"type": "string", "pattern": f"^(?:{_BY})(?:,(?:{_BY})){{0,4}}$"},
    "subtree": {"type": "string", "enum": ["0", "1"]},
    "channel": {"type": "string", "enum": [channel.value for channel in Channel]},
    "granularity": {"type": "string", "enum": [each.value for each in Granularity]},
}
_APART: Final = "|".join(Apart)
_NO_DAY: Final = {
    "type": "string",
    "pattern": f"^{_YEAR}(?:-Q[1-4]|-(?:0[1-9]|1[0-2]))?$",
}
_RATING_PATTERNS: Final[Mapping[str, dict[str, object]]] = {
    **_PATTERNS,
    "from": dict(_NO_DAY),
    "to": dict(_NO_DAY),
    "by": {"type": "string", "pattern": f"^(?:{_APART})(?:,(?:{_APART})){{0,4}}$"},
    "stage": {"type": "string", "enum": [stage.value for stage in RatingStage]},
    "granularity": {
        "type": "string",
        "enum": [each.value for each in Granularity if each is not Granularity.DAY],
    },
}
_OWN_PATTERNS: Final = {VEILED: {}, RATINGS: _RATING_PATTERNS}


def _operation(path: str, summary: str, *shapes: Shape) -> Operation:
    return Operation(
        "get",
        path,
        summary,
        {200: [*shapes, CSV_MEDIA_TYPE]},
        query=MEMBERS[path],
        refusals=(400, 503),
        patterns=_OWN_PATTERNS.get(path, _PATTERNS),
    )


STATISTICS_OPERATIONS: Final[tuple[Operation, ...]] = (
    _operation(
        COUNTS,
        "Received, resolved and pending dossiers, by any of office, procedure, field, channel, "
        "period; without these per office, procedure and month",
        CountStatistics,
        GroupedCounts,
    ),
    _operation(
        DURATIONS,
        "Median, third quartile, 90th percentile and longest processing times, gross and net of "
        "waiting",
        DurationStatistics,
        GroupedDurations,
    ),
    _operation(
        TIMELINESS,
        "On time by law and by the index of Decision 766, side by side, and why they differ",
        Timeliness,
    ),
    _operation(BACKLOG, "Pending in time and overdue at the end of each period", PendingOverTime),
    _operation(
        COMPARISON,
        "Which share of what each office resolved was late, with n and a 95 % interval",
        Comparison,
    ),
    _operation(
        STEPS,
        "Time per stage as public acts show it, at the office that held the dossier",
        StepStatistics,
    ),
    _operation(
        VISITS,
        "On how many days applicants had to come, and how many supplements were asked for, per "
        "resolved dossier",
        VisitStatistics,
    ),
    _operation(
        FEES,
        "Fees assessed, required, paid by method, paid back and outstanding, in VND",
        FeeStatistics,
    ),
    _operation(
        VEILED,
        "Veiled dossiers received, ended and pending, per top office and month",
        VeiledStatistics,
    ),
    _operation(
        RATINGS,
        "Ratings from the monthly tallies: how many, the spread of marks per question, share "
        "satisfied, how many come on the dossiers that ended in their months, and how many cannot "
        "be placed",
        RatingStatistics,
    ),
)
