"""The documented requests about the index of Decision 766 and the national report form."""

from typing import Final

from api.figures.sheets import SHEET_MEDIA_TYPE
from api.interface.operations import Operation
from api.negotiation import CSV_MEDIA_TYPE
from projections.index766.answers import IndexStatistics
from projections.index766.report import Report

# Of `period_day` and `format_day` the wire has `period` and `format`: months and sheets, too.
INDEX_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/statistics/index",
        "The index of Decision 766 for an office with all under it: inputs, formulas, points",
        {200: [IndexStatistics, CSV_MEDIA_TYPE]},
        query=("office", "period_day", "formulas", "format"),
        refusals=(400, 404, 503),
    ),
    Operation(
        "get",
        "/v1/statistics/report",
        "Counts in the shape of the national report form II.06, whose text was not read",
        {200: [Report, CSV_MEDIA_TYPE, SHEET_MEDIA_TYPE]},
        query=("office", "period_day", "format_day"),
        refusals=(400, 404, 503),
    ),
)
