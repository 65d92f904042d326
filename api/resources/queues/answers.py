"""The shapes of a queue's answer, and of the list that is kept while somebody pages through it."""

from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec

from api.reading.kept_lists import KeptPlace
from projections.counts import CheckpointReference
from projections.queues.items import Queue, QueueItem, StepCount, page_of

Count = Annotated[int, msgspec.Meta(ge=0)]
ORDER: Final = ("due_at", "accepted_at", "stream")


class QueueAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page of a queue; `next` leads to the page after it, through the same list.

    `total` and `counts_by_step` are of the whole queue. `order` names what it is sorted by; what
    has no `due_at` comes last, and `submitted_at` stands in before acceptance. All pages are as of
    the checkpoint of the first.
    """

    queue: Queue
    items: tuple[QueueItem, ...]
    total: Count
    counts_by_step: tuple[StepCount, ...]
    due_soon_hours: Count
    order: tuple[str, ...]
    checkpoint: CheckpointReference
    as_of: str
    next: str | None = None


class KeptQueue(msgspec.Struct, frozen=True, kw_only=True):
    """A whole queue as it was when its first page was given; `offices` are those it is of."""

    queue: Queue
    items: tuple[QueueItem, ...]
    counts_by_step: tuple[StepCount, ...]
    due_soon_hours: int
    offices: tuple[str, ...]
    checkpoint: CheckpointReference
    as_of: str


def queue_answer(kept: KeptQueue, cursor: KeptPlace | None, shown: int, limit: int) -> QueueAnswer:
    """Write one page; ``shown`` lines stand before it, ``cursor`` begins the next one."""
    after = None
    if cursor is not None:
        query = urlencode({"cursor": str(cursor), "limit": limit})
        after = f"/v1/queues/{kept.queue}?{query}"
    return QueueAnswer(
        queue=kept.queue,
        items=tuple(page_of(kept.items, shown, limit)),
        total=len(kept.items),
        counts_by_step=kept.counts_by_step,
        due_soon_hours=kept.due_soon_hours,
        order=ORDER,
        checkpoint=kept.checkpoint,
        as_of=kept.as_of,
        next=after,
    )
