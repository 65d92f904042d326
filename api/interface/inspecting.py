"""The documented requests of inspectors for trails, and of those at whom they looked."""

from typing import Final

from api.interface.operations import Operation
from api.resources.answers import TrailAnswer
from api.resources.inspecting.shapes import LooksAnswer, TrailPageAnswer
from api.resources.inspecting.trails import SUBJECTS

INSPECTING_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/trail",
        "One page of what an office, unit, person or proxy did, or of a dossier; for inspectors",
        {200: [TrailPageAnswer]},
        query=(
            *SUBJECTS,
            "from_day",
            "to_day",
            "after",
            "limit_day",
            "context",
            "order_stream",
        ),
        refusals=(400, 401, 403, 422, 503),
        signed=True,
    ),
    Operation(
        "get",
        "/v1/trail/{key}",
        "Everything that one person signed, by any of their keys; for inspectors",
        {200: [TrailAnswer]},
        query=("from_day", "to_day", "follow", "order_stream"),
        refusals=(400, 401, 403, 404, 503),
        signed=True,
    ),
    Operation(
        "get",
        "/v1/looks",
        "Which inspectors looked at whoever asks, or at the dossier that is named",
        {200: [LooksAnswer]},
        query=("dossier",),
        headers=("Dossier-Secret",),
        refusals=(400, 401, 403, 404, 429, 503),
        signed=True,
        unsigned_too=True,
    ),
)
