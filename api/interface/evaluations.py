"""The documented requests about evaluations."""

from typing import Final

from api.interface.operations import Operation
from projections.evaluating.office import OfficeEvaluation
from projections.evaluating.officer import OfficerEvaluation

EVALUATION_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/offices/{office}/evaluation",
        "An office's evaluation by nine indicators over a quarter or a year, and what is missing",
        {200: [OfficeEvaluation]},
        query=("period",),
        refusals=(400, 404, 503),
    ),
    Operation(
        "get",
        "/v1/officers/{key}/evaluation",
        "An officer's evaluation over a quarter or a year; for inspectors and the office's head",
        {200: [OfficerEvaluation]},
        query=("period",),
        refusals=(400, 401, 403, 404, 503),
        signed=True,
    ),
)
