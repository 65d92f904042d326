"""The driver: hands a scenario's steps to a real server over its real HTTP API.

The simulated clock is set to the last step of a *tick*, then the tick's actions are sent: those
of stories one by one, for their receipts, all others in one batch. A tick lasts under two hours,
so that nothing looks dated back that is not. Every answer is compared with what the scenario
expects; anything else ends the run.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

import msgspec

from api.bodies import BatchVerdict, PromisedAnswer, RecordedAnswer, SentAction, SentDetails, encode
from api.uploads import NDJSON_MEDIA_TYPE
from cli.demo.http_client import HttpClient, Reply
from cli.demo.steps import ActorKeys, Step, sign_step
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, Drafter, Place, place_after
from ledger.errors import LedgerError
from transparency.encoding import encode_base64

TICK: Final = timedelta(minutes=110)
MAX_TICK_STEPS: Final = 500
PREFER: Final = "wait=20"

_verdict_decoder = msgspec.json.Decoder(BatchVerdict)


class ScenarioBroken(LedgerError):
    """The server answered otherwise than the scenario expects."""

    code = "scenario_broken"


class _Problem(msgspec.Struct, frozen=True):
    code: str = ""
    detail: str = ""
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """What a holder keeps of one action: the receipt and the note that was signed."""

    stream: str
    version: int
    kind: str
    entry_index: int
    note: bytes
    receipt: bytes


@dataclass(frozen=True, slots=True)
class KeptRefusal:
    """A refusal that the scenario expected: the note that was refused, and the signed refusal."""

    stream: str
    code: str
    note: bytes
    refusal: bytes


@dataclass(slots=True)
class Driven:
    """What driving has left: counts, and everything that holders keep."""

    recorded: int = 0
    sent: int = 0
    ticks: int = 0
    receipts: list[KeptReceipt] = field(default_factory=list)
    refusals: list[KeptRefusal] = field(default_factory=list)

    def receipts_of(self, stream: str) -> list[KeptReceipt]:
        """Give the receipts of one stream, by version."""
        return [receipt for receipt in self.receipts if receipt.stream == stream]


class Driver:
    """Signs and sends steps, and knows where each stream stands."""

    def __init__(
        self,
        client: HttpClient,
        drafter: Drafter,
        keys: ActorKeys,
        set_clock: Callable[[datetime], None],
    ):
        self._client = client
        self._drafter = drafter
        self._keys = keys
        self._set_clock = set_clock
        self._places: dict[str, Place] = {}
        self.driven = Driven()

    def drive(self, steps: Iterable[Step]) -> Iterator[Driven]:
        """Send all steps; gives what is done so far after every tick.

        Raises:
            ScenarioBroken: an action was refused that ought to be recorded, or the other way.
            StoreUnavailable: the server does not answer.
        """
        for tick in in_ticks(steps):
            self._set_clock(tick[-1].sent_at)
            batch = [step for step in tick if step.story is None]
            if batch:
                self._send_batch(batch)
            for step in tick:
                if step.story is not None:
                    self._send_single(step)
            self.driven.ticks += 1
            yield self.driven

    def _sign(self, step: Step) -> SubmittedAction:
        place = self._places.get(step.stream, FIRST_PLACE)
        submitted = sign_step(self._drafter, self._keys, step, place)
        if not step.refusal_code:
            self._places[step.stream] = place_after(place, submitted.note)
        self.driven.sent += 1
        return submitted

    def _send_batch(self, steps: list[Step]) -> None:
        lines = [encode(sent_action(self._sign(step))) for step in steps]
        headers = {"Content-Type": NDJSON_MEDIA_TYPE, "Prefer": PREFER}
        reply = self._client.post("/v1/actions/batch", b"\n".join(lines) + b"\n", headers)
        if reply.status != HTTPStatus.OK:
            raise ScenarioBroken(f"the batch was answered with {reply.status}: {reply.body!r}")
        verdicts = [_verdict_decoder.decode(line) for line in reply.body.splitlines()]
        for step, verdict in zip(steps, verdicts, strict=True):
            if verdict.code:
                raise ScenarioBroken(f"{step.kind} on {step.stream}: {verdict.code}")
        self.driven.recorded += len(steps)

    def _send_single(self, step: Step) -> None:
        place = self._places.get(step.stream, FIRST_PLACE)
        submitted = self._sign(step)
        headers = {"Content-Type": "application/json", "Prefer": PREFER}
        reply = self._client.post("/v1/actions", encode(sent_action(submitted)), headers)
        if step.refusal_code:
            self._keep_refusal(step, submitted.note, reply.status, reply.body)
            return
        if reply.status not in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED):
            raise ScenarioBroken(f"{step.kind} on {step.stream}: {reply.body!r}")
        self.driven.recorded += 1
        entry_index, receipt = self._receipt_in(reply)
        if entry_index is not None:
            kept = KeptReceipt(
                step.stream, place.version, step.kind, entry_index, submitted.note, receipt
            )
            self.driven.receipts.append(kept)

    def _receipt_in(self, reply: Reply) -> tuple[int | None, bytes]:
        """Give the entry's index and receipt; no index where publication is deferred."""
        if reply.status != HTTPStatus.ACCEPTED:
            answer = msgspec.json.decode(reply.body, type=RecordedAnswer)
            return answer.entry_index, answer.receipt.encode()
        promised = msgspec.json.decode(reply.body, type=PromisedAnswer)
        if promised.entry_index is None:
            return None, b""
        return promised.entry_index, self._client.get_when_there(promised.receipt_url)

    def _keep_refusal(self, step: Step, note: bytes, status: int, body: bytes) -> None:
        problem = msgspec.json.decode(body, type=_Problem)
        if status < HTTPStatus.BAD_REQUEST or problem.code != step.refusal_code:
            raise ScenarioBroken(f"{step.kind} was to be refused as {step.refusal_code}: {body!r}")
        if problem.refusal is None:
            raise ScenarioBroken(f"the refusal {problem.code} is not signed")
        refusal = KeptRefusal(step.stream, problem.code, note, problem.refusal.encode())
        self.driven.refusals.append(refusal)


def in_ticks(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Group steps that are handed in within one tick."""
    tick: list[Step] = []
    for step in steps:
        if tick and (step.sent_at - tick[0].sent_at > TICK or len(tick) == MAX_TICK_STEPS):
            yield tick
            tick = []
        tick.append(step)
    if tick:
        yield tick


def sent_action(submitted: SubmittedAction) -> SentAction:
    """Give an action as it travels in a request."""
    details = None
    if submitted.details is not None:
        assert submitted.salt is not None
        details = SentDetails(
            salt=encode_base64(submitted.salt), body=submitted.details.decode("utf-8")
        )
    document = None if submitted.document is None else submitted.document.decode("utf-8")
    return SentAction(note=submitted.note.decode("utf-8"), details=details, document=document)
