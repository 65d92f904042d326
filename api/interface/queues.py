"""The documented requests for queues."""

from typing import Final

from api.interface.operations import Operation
from api.resources.queues.answers import QueueAnswer
from api.resources.queues.lists import MAX_DUE_SOON_HOURS, MAX_LINES
from projections.queues.items import Queue

QUEUE_OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "get",
        "/v1/queues/{queue}",
        "One page of an officer's queue: mine, unit, due_soon, overdue, waiting or petitions",
        {200: [QueueAnswer]},
        query=("office", "due_soon_hours", "limit", "cursor"),
        refusals=(400, 401, 403, 404, 410, 503),
        signed=True,
        patterns={
            "queue": {"type": "string", "enum": [queue.value for queue in Queue]},
            "due_soon_hours": {"type": "integer", "minimum": 1, "maximum": MAX_DUE_SOON_HOURS},
            "limit": {"type": "integer", "minimum": 1, "maximum": MAX_LINES},
            "cursor": {"type": "string", "pattern": r"^[0-9a-f]{32}\.[1-9][0-9]{0,8}$"},
        },
    ),
)
