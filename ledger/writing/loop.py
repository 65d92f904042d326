"""Runs the writer: groups form by themselves, publications follow one another beside them.

Two threads. The *group* thread takes what waited while the last group was committed (at most 512
actions) and records it; when no publication is under way, the group's transaction ends with a
seal. The *publishing* thread writes one publication at a time and answers with proofs. Groups go
on committing meanwhile, and the next seal covers all of them. Where publications are to begin an
interval apart, groups that come earlier wait for a seal as if a publication were under way; a
loop that stops waits for no interval.

Where witnesses cosign, a publication ends when enough of them have. Until then its actions have a
promise and no receipt, groups go on committing, and no other seal is made. A loop that stops does
not wait for witnesses: what they have not cosigned yet is published after the next start. While
nothing is new, the published checkpoint is cosigned anew at intervals.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from ledger.errors import LedgerError, StoreUnavailable
from ledger.writing.frames import (
    MAX_GROUP_ACTIONS,
    Failed,
    HandOver,
    ProvenEntry,
    Published,
    RefuseText,
    Reply,
    Request,
    Verdict,
    Verdicts,
)
from ledger.writing.public_log import Publication
from ledger.writing.writer import Writer
from transparency.errors import QuorumMissing

Answer = Callable[[Reply], None]
RETRY_SECONDS: Final = 1.0
CALENDAR_SECONDS: Final = 30.0
REFUSAL_MESSAGE: Final = "refused before it reached the writer"


@dataclass(slots=True)
class _Waiting:
    """A hand-over whose recorded actions wait for publication."""

    request_id: int
    answer: Answer
    entry_indexes: dict[int, int] = field(default_factory=dict)


class WriterLoop:
    """Accepts requests from any thread and answers them from its own two threads."""

    def __init__(
        self,
        writer: Writer,
        on_fatal: Callable[[BaseException], None],
        publication_interval_seconds: float = 0.0,
    ):
        self._writer = writer
        self._on_fatal = on_fatal
        self._publication_interval_seconds = publication_interval_seconds
        self._next_publication_at = 0.0
        self._condition = threading.Condition()
        self._queue: deque[tuple[Request, Answer]] = deque()
        self._waiting: list[_Waiting] = []
        self._publisher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="publisher")
        self._publication_under_way = False
        self._published: Publication | None = None
        self._stopping = False
        self._failed = False
        self._lacks_quorum = False
        self._next_refresh_at = 0.0
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Begin to record."""
        self._thread.start()

    def submit(self, request: Request, answer: Answer) -> None:
        """Queue one request; ``answer`` is called from a thread of this loop."""
        with self._condition:
            self._queue.append((request, answer))
            self._condition.notify()

    def stop(self) -> None:
        """Finish what is queued and published, then end both threads."""
        with self._condition:
            self._stopping = True
            self._condition.notify()
        # One more round at most: the publication that the stop itself begins is asked for once.
        self._writer.cosigners.finish()
        self._thread.join()
        self._publisher.shutdown(wait=True)
        self._writer.cosigners.close()
        self._writer.memory.rest()

    def _run(self) -> None:
        try:
            while self._step():
                pass
        except BaseException as error:  # noqa: BLE001 - the thread's edge: the process must end
            self._on_fatal(error)

    def _step(self) -> bool:
        with self._condition:
            while not (self._queue or self._published or self._is_due() or self._may_stop()):
                self._refresh_if_due()
                self._condition.wait(self._seconds_to_wait())
            if self._may_stop():
                return False
            requests = self._take_group()
            finished, self._published = self._published, None
        if finished is not None:
            self._writer.finish_publication(finished)
            self._publication_under_way = False
        self._handle(requests)
        return True

    def _is_due(self) -> bool:
        if not self._may_publish():
            return False
        return self._writer.has_unpublished or self._writer.has_due_envelopes

    def _may_publish(self) -> bool:
        if self._publication_under_way or self._lacks_quorum:
            return False
        return self._stopping or time.monotonic() >= self._next_publication_at

    def _seconds_to_wait(self) -> float:
        # The end of a month notifies nobody, and neither does that of an interval.
        if self._publication_under_way or not self._writer.has_unpublished:
            return min(CALENDAR_SECONDS, self._seconds_to_refresh())
        return min(CALENDAR_SECONDS, max(0.0, self._next_publication_at - time.monotonic()))

    def _may_stop(self) -> bool:
        if self._failed:
            return True
        idle = not (self._queue or self._published or self._publication_under_way)
        is_done = self._lacks_quorum or not self._writer.has_unpublished
        return self._stopping and idle and is_done

    def _take_group(self) -> list[tuple[Request, Answer]]:
        taken: list[tuple[Request, Answer]] = []
        count = 0
        while self._queue and count < MAX_GROUP_ACTIONS:
            request = self._queue[0][0]
            count += len(request.actions) if isinstance(request, HandOver) else 1
            if taken and count > MAX_GROUP_ACTIONS:
                break
            taken.append(self._queue.popleft())
        return taken

    def _handle(self, requests: list[tuple[Request, Answer]]) -> None:
        hand_overs = []
        for request, answer in requests:
            if isinstance(request, RefuseText):
                note = self._writer.sign_refusal(request.text_hash, request.code)
                verdict = Verdict(request.code, REFUSAL_MESSAGE, None, note)
                answer(Verdicts(request.request_id, [verdict]))
            else:
                hand_overs.append((request, answer))
        self._record(hand_overs)

    def _record(self, requests: list[tuple[HandOver, Answer]]) -> None:
        actions = [action for request, _ in requests for action in request.actions]
        try:
            result = self._writer.record(actions, with_seal=self._may_publish())
        except StoreUnavailable as error:
            self._fail(requests, error)
            self._pause()
            return
        answered = iter(result.verdicts)
        for request, answer in requests:
            verdicts = [next(answered) for _ in request.actions]
            self._remember(request, answer, verdicts)
            answer(Verdicts(request.request_id, verdicts))
        self._answer_published()
        if result.sealed:
            self._start_publication()

    def _pause(self) -> None:
        # What waits for a seal would be tried again at once, and again, while the store is away.
        with self._condition:
            if not (self._queue or self._published):
                self._condition.wait(RETRY_SECONDS)

    @staticmethod
    def _fail(requests: list[tuple[HandOver, Answer]], error: LedgerError) -> None:
        for request, answer in requests:
            answer(Failed(request.request_id, error.code, str(error)))

    def _remember(self, request: HandOver, answer: Answer, verdicts: list[Verdict]) -> None:
        indexes = {
            position: verdict.entry_index
            for position, verdict in enumerate(verdicts)
            if not verdict.code and verdict.entry_index is not None
        }
        if indexes:
            self._waiting.append(_Waiting(request.request_id, answer, indexes))

    def _start_publication(self) -> None:
        publication = self._writer.prepare_publication()
        due = self._due(publication.tree_size)
        self._publication_under_way = True
        self._next_publication_at = time.monotonic() + self._publication_interval_seconds
        self._publisher.submit(self._publish, publication, due)

    def _due(self, tree_size: int) -> list[_Waiting]:
        """Split off what a publication of this size answers; the rest keeps waiting."""
        due: list[_Waiting] = []
        remaining: list[_Waiting] = []
        for waiting in self._waiting:
            now = {p: i for p, i in waiting.entry_indexes.items() if i < tree_size}
            later = {p: i for p, i in waiting.entry_indexes.items() if i >= tree_size}
            if now:
                due.append(_Waiting(waiting.request_id, waiting.answer, now))
            if later:
                remaining.append(_Waiting(waiting.request_id, waiting.answer, later))
        self._waiting = remaining
        return due

    def _answer_published(self) -> None:
        """Answer repeats of entries that are published already."""
        size = self._writer.published_size
        if not self._writer.cosigners.permits_receipts(self._writer.checkpoint_note):
            return
        if size and any(min(w.entry_indexes.values()) < size for w in self._waiting):
            self._prove(self._due(size), size, self._writer.checkpoint_note)

    def _publish(self, publication: Publication, due: list[_Waiting]) -> None:
        try:
            published = self._writer.write_publication(publication)
            self._prove(due, published.tree_size, published.checkpoint_note)
        except QuorumMissing:
            # Only a loop that stops gives up; whoever waits has a promise, and asks again later.
            with self._condition:
                self._lacks_quorum = True
                self._publication_under_way = False
                self._condition.notify()
            return
        except BaseException as error:  # noqa: BLE001 - the thread's edge: the process must end
            self._fail_for_good(error)
            return
        with self._condition:
            self._published = published
            self._next_refresh_at = time.monotonic() + self._writer.cosigners.refresh_seconds
            self._condition.notify()

    def _fail_for_good(self, error: BaseException) -> None:
        with self._condition:
            self._failed = True
            self._condition.notify()
        self._on_fatal(error)

    def _seconds_to_refresh(self) -> float:
        may_refresh = self._writer.cosigners.refresh_seconds > 0 and self._writer.checkpoint_note
        if not may_refresh or self._publication_under_way:
            return CALENDAR_SECONDS
        return max(0.0, self._next_refresh_at - time.monotonic())

    def _refresh_if_due(self) -> None:
        interval, note = self._writer.cosigners.refresh_seconds, self._writer.checkpoint_note
        is_due = interval > 0 and note and time.monotonic() >= self._next_refresh_at
        if is_due and not (self._publication_under_way or self._stopping):
            self._next_refresh_at = time.monotonic() + interval
            self._publisher.submit(self._refresh, note)

    def _refresh(self, note: bytes) -> None:
        try:
            self._writer.refresh_cosignatures(note)
        except BaseException as error:  # noqa: BLE001 - the thread's edge: the process must end
            self._fail_for_good(error)

    def _prove(self, due: list[_Waiting], tree_size: int, checkpoint_note: bytes) -> None:
        for waiting in due:
            proven = [
                ProvenEntry(position, index, list(self._writer.prove(index, tree_size)))
                for position, index in waiting.entry_indexes.items()
            ]
            waiting.answer(Published(waiting.request_id, checkpoint_note, proven))
