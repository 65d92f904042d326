"""Has checkpoints cosigned: all witnesses at once, until the policy's quorum is there.

`Witnesses.cosign` is one step of a publication. It asks every witness of the policy that has an
address, in parallel, with a limit on the time of each request. When the quorum is met it lingers a
little for the others, so that the note that is published, and embedded in the next seal, bears what
came; it does not linger for those that failed when they were asked last.

*Fail closed* is the rule: without a quorum it asks again, after pauses that grow, for as long as it
takes; nothing is published meanwhile, and no receipt is given. With `fail_open`, which somebody
must have chosen, the checkpoint is published without a quorum after so many rounds; that is
counted, logged and said in each answer. `finish` ends the waiting: the process is to stop.

A witness that is slower than the quorum, an index auditor say, is not cut off before its time is
over: its cosignature is handed to whoever said `tell_late`, once there is no publication any more
that it could stand in.

`refresh` asks for new cosignatures of a checkpoint that is published already: they say that it was
still the newest, later. Both go to the served file alone.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from ledger.witnessing.desk import Reply, ToCosign, WitnessDesk
from ledger.witnessing.standing import (
    Outcome,
    WitnessesStanding,
    standings,
    write_standing,
)
from transparency.cosignatures import add_signature_lines
from transparency.errors import MalformedNote, QuorumMissing, SignatureInvalid
from transparency.notes import NoteSignature, parse_note
from transparency.policies import Policy, check_quorum

# Takes what came late: the text of a checkpoint that was given already, and the line.
TakeLate = Callable[[bytes, NoteSignature], None]

LINGER_SECONDS: Final = 0.25
_SET_BACK: Final = frozenset({Outcome.UNREACHABLE, Outcome.LATE, Outcome.REFUSED, Outcome.WRONG})

_log: Final = structlog.get_logger("dossier_ledger")


@dataclass(frozen=True, slots=True)
class AskingRules:
    """How witnesses are asked; the settings ``[witnesses]`` without the policy."""

    fail_open: bool = False
    request_seconds: float = 5.0
    """How long one round may take; an answer that comes later counts in the next."""

    attempts: int = 3
    """After how many rounds `fail_open` publishes without a quorum."""

    retry_seconds: float = 0.5
    """How long the first pause between rounds is; each one is twice as long as the last."""

    longest_retry_seconds: float = 30.0
    refresh_seconds: float = 600.0
    """How often cosignatures are renewed when nothing is published; 0: never."""


class Witnesses:
    """All witnesses of one policy; one thread asks, and any may say `finish`."""

    def __init__(
        self,
        policy: Policy,
        desks: tuple[WitnessDesk, ...],
        rules: AskingRules,
        standing_file: Path | None = None,
    ):
        self._policy = policy
        self._desks = desks
        self._rules = rules
        self._standing_file = standing_file
        self._pool = ThreadPoolExecutor(max(1, len(desks)), thread_name_prefix="witness")
        self._under_way: dict[WitnessDesk, _UnderWay] = {}
        self._finishing = threading.Event()
        self._published = self._without_quorum = self._refreshed = 0
        self._is_waiting = False
        self._take_late: TakeLate | None = None

    @property
    def refresh_seconds(self) -> float:
        """Tell how often cosignatures are renewed; 0: never."""
        return self._rules.refresh_seconds

    def tell_late(self, take: TakeLate) -> None:
        """Say who takes cosignatures that come after `cosign` or `refresh` has ended.

        It is called from the thread of the witness that was late, for each line once.
        """
        self._take_late = take

    def permits_receipts(self, note: bytes) -> bool:
        """Tell whether receipts may be given under a checkpoint: its quorum, or `fail_open`."""
        return self._rules.fail_open or self._has_quorum(note)

    def cosign(self, wanted: ToCosign) -> bytes:
        """Give the checkpoint's note with as many cosignatures as the policy asks for, or more.

        Raises:
            QuorumMissing: `finish` was said before they were there.
        """
        round_of = _Gathering(wanted)
        pause, attempt = self._rules.retry_seconds, 0
        while True:
            attempt += 1
            self._ask_round(round_of)
            if self._has_quorum(round_of.note):
                return self._publish(round_of.close())
            if self._rules.fail_open and attempt >= self._rules.attempts:
                self._without_quorum += 1
                _log.warning("published without a quorum", tree_size=wanted.checkpoint.tree_size)
                return self._publish(round_of.close())
            self._say_waiting(wanted.checkpoint.tree_size)
            if self._finishing.wait(pause):
                raise QuorumMissing("the process stops before enough witnesses have cosigned")
            pause = min(2 * pause, self._rules.longest_retry_seconds)

    def refresh(self, wanted: ToCosign) -> bytes:
        """Ask once for new cosignatures; give the note with those that came."""
        gathering = _Gathering(wanted)
        if not self._finishing.is_set():
            self._ask_round(gathering, lingers=False)
            self._refreshed += gathering.has_some
            self._write_standing()
        return gathering.close()

    def finish(self) -> None:
        """Let no publication wait any longer than the round that is under way."""
        self._finishing.set()

    def close(self) -> None:
        """End all connections; what is under way is cut off."""
        self.finish()
        for desk in self._desks:
            desk.cut_off()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for desk in self._desks:
            desk.close()

    def standing(self) -> WitnessesStanding:
        """Give the counts of all witnesses and publications."""
        return WitnessesStanding(
            witnesses=standings([desk.count for desk in self._desks]),
            fail_open=self._rules.fail_open,
            published=self._published,
            published_without_quorum=self._without_quorum,
            waiting_for_quorum=self._is_waiting,
            refreshed=self._refreshed,
        )

    def _ask_round(self, gathering: "_Gathering", *, lingers: bool = True) -> None:
        began = time.monotonic()
        deadline = began + self._rules.request_seconds
        asked = self._send(gathering, began)
        waiting, unanswered = set(asked), set(asked)
        while waiting:
            if lingers and self._has_quorum(gathering.note):
                lingers = False
                deadline = min(deadline, time.monotonic() + LINGER_SECONDS)
                waiting = {each for each in waiting if _is_quick(asked[each])}
            done, waiting = wait(waiting, max(0.0, deadline - time.monotonic()), FIRST_COMPLETED)
            unanswered -= done
            for each in done:
                gathering.take(asked[each], each.result())
            if time.monotonic() >= deadline:
                break
        self._cut_off_late()
        for each in unanswered:
            each.add_done_callback(partial(self._came_late, gathering, asked[each]))

    def _send(self, gathering: "_Gathering", began: float) -> "dict[Future[Reply], WitnessDesk]":
        asked = {}
        for desk in self._desks:
            # One that is still late with an older question is asked when that one has ended.
            is_free = desk not in self._under_way or self._under_way[desk].future.done()
            if is_free and desk not in gathering.settled:
                future = self._pool.submit(desk.ask, gathering.wanted)
                self._under_way[desk] = _UnderWay(future, began)
                asked[future] = desk
        return asked

    def _came_late(self, gathering: "_Gathering", desk: WitnessDesk, future: Future[Reply]) -> None:
        if future.cancelled() or gathering.take(desk, future.result()):
            return
        cosignature, take = future.result().cosignature, self._take_late
        if cosignature is not None and take is not None:
            take(parse_note(gathering.wanted.note).text, cosignature.line)

    def _cut_off_late(self) -> None:
        now = time.monotonic()
        for desk, request in self._under_way.items():
            # Reckoned as the round's own deadline: who is late when that ends is cut off with it.
            is_late = request.since + self._rules.request_seconds <= now
            if is_late and not request.future.done():
                desk.cut_off()

    def _has_quorum(self, note: bytes) -> bool:
        try:
            check_quorum(self._policy, note)
        except (QuorumMissing, MalformedNote, SignatureInvalid):
            return False
        return True

    def _publish(self, note: bytes) -> bytes:
        self._published += 1
        self._is_waiting = False
        self._write_standing()
        return note

    def _say_waiting(self, tree_size: int) -> None:
        if not self._is_waiting:
            _log.warning("not enough witnesses have cosigned yet", tree_size=tree_size)
        self._is_waiting = True
        self._write_standing()

    def _write_standing(self) -> None:
        if self._standing_file is None:
            return
        try:
            write_standing(self._standing_file, self.standing())
        except OSError as error:
            _log.warning("the witnesses' standing cannot be written", error=str(error))


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A request that was sent, and when its round began."""

    future: Future[Reply]
    since: float


def _is_quick(desk: WitnessDesk) -> bool:
    count = desk.count
    return count.last not in _SET_BACK and count.latency_seconds <= LINGER_SECONDS


class _Gathering:
    """What has come for one checkpoint; whoever asks and the late ones take turns."""

    def __init__(self, wanted: ToCosign):
        self.wanted = wanted
        self.note = wanted.note
        self.settled: set[WitnessDesk] = set()
        self.has_some = False
        self._turn = threading.Lock()
        self._is_closed = False

    def take(self, desk: WitnessDesk, reply: Reply) -> bool:
        """Take one reply in, unless it is closed; tell whether it was taken.

        A fork is final for this checkpoint, like a cosignature.
        """
        with self._turn:
            if self._is_closed:
                return False
            if reply.cosignature is not None:
                self.has_some = True
                self.note = add_signature_lines(self.note, [reply.cosignature.line])
            if reply.outcome in {Outcome.COSIGNED, Outcome.FORK}:
                self.settled.add(desk)
            return True

    def close(self) -> bytes:
        """Give the note as it stays: what comes from now on comes late."""
        with self._turn:
            self._is_closed = True
            return self.note
