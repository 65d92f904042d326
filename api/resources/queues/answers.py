"""The shapes of a queue's answer, and of the list that is kept while somebody pages through it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec

from api.reading.kept_lists import KeptPlace
from projections.counts import CheckpointReference
from projections.queues.items import Queue, QueueItem, StepCount, page_of
from projections.queues.listing import Shown
from projections.queues.stored import LyingParts, StoredLying, without_persons
from transparency.encoding import render_utc_milliseconds

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
    """A whole queue as it was when its first page was given; `offices` are those it is of.

    `lines` are dossiers as they were stored then (`StoredLying`), without the persons in them, or
    petitions' items: only those of a page are read.
    """

    queue: Queue
    lines: tuple[msgspec.Raw, ...]
    counts_by_step: tuple[StepCount, ...]
    due_soon_hours: int
    offices: tuple[str, ...]
    checkpoint: CheckpointReference
    sealed_at: datetime

    def page(self, position: int, limit: int) -> Sequence[msgspec.Raw]:
        """Give the lines of a page; ``position`` is how many were shown before."""
        return page_of(self.lines, position, limit)


def keep_petitions(items: Iterable[QueueItem]) -> tuple[msgspec.Raw, ...]:
    """Write petitions as a kept queue has them."""
    return tuple(msgspec.Raw(_encoder.encode(item)) for item in items)


def keep_dossiers(stored: Iterable[LyingParts]) -> tuple[msgspec.Raw, ...]:
    """Write dossiers as a kept queue has them."""
    return tuple(
        msgspec.Raw(_encoder.encode((row, without_persons(state), is_veiled, is_mine)))
        for row, state, is_veiled, is_mine in stored
    )


def items_of_page(
    kept: KeptQueue, position: int, limit: int, shown: Shown
) -> tuple[QueueItem, ...]:
    """Make the items of one page."""
    page = kept.page(position, limit)
    if kept.queue is Queue.PETITIONS:
        return tuple(map(_item_decoder.decode, page))
    return shown.items(list(map(_lying_decoder.decode, page)))


def queue_answer(
    kept: KeptQueue, items: tuple[QueueItem, ...], cursor: KeptPlace | None, limit: int
) -> QueueAnswer:
    """Write one page of ``items``; ``cursor`` begins the next one."""
    after = None
    if cursor is not None:
        query = urlencode({"cursor": str(cursor), "limit": limit})
        after = f"/v1/queues/{kept.queue}?{query}"
    return QueueAnswer(
        queue=kept.queue,
        items=items,
        total=len(kept.lines),
        counts_by_step=kept.counts_by_step,
        due_soon_hours=kept.due_soon_hours,
        order=ORDER,
        checkpoint=kept.checkpoint,
        as_of=render_utc_milliseconds(kept.sealed_at),
        next=after,
    )


_encoder = msgspec.msgpack.Encoder()
_item_decoder = msgspec.msgpack.Decoder(QueueItem)
_lying_decoder = msgspec.msgpack.Decoder(StoredLying)
