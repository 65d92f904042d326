"""What every action goes through before the writer: verified, its private part made durable.

Web workers and commands share this. The order matters: signatures are checked before anything is
stored, and details and documents are durable before the hand-over, so no recorded action ever
lacks its private part. What a crash leaves behind between the two is an orphan, and swept.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Protocol

from domain.errors import DomainError
from ledger.action_notes import (
    KeySource,
    SubmittedAction,
    VerifiedAction,
    open_text,
    verify_action,
)
from ledger.errors import DetailsMismatch, DocumentMismatch, LedgerError
from ledger.private.vault import PrivatePart, Vault
from ledger.writing.client import HandedOver, Proven, WriterPort
from ledger.writing.frames import HandedAction
from transparency.encoding import render_utc_seconds
from transparency.notes import VerificationKey
from transparency.receipts import Receipt, render_receipt

CHUNK_ACTIONS: Final = 256
INLINE_ACTIONS: Final = 4
GROUP_ACTIONS: Final = 32


class DocumentStore(Protocol):
    """Where public documents are kept."""

    def store(self, document: bytes) -> str:
        """Keep a document durably and give its hash."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one submitted action.

    ``code`` is empty for a recorded one. ``note`` is the promise or the signed refusal, empty
    where none was given. ``receipt`` is there once the action is published. ``opening`` opens the
    envelope of an action whose publication is deferred.
    """

    code: str
    message: str
    stream: str = ""
    version: int = 0
    entry_index: int | None = None
    note: bytes = b""
    repeated: bool = False
    receipt: bytes | None = None
    opening: bytes = b""
    error: LedgerError | DomainError | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class _Checked:
    verified: VerifiedAction | None
    document: bytes | None
    refused: Answer | None
    text_hash: bytes = b""


class Intake:
    """Verifies submitted actions, keeps their private parts, hands them over, collects answers."""

    def __init__(
        self,
        ledger: str,
        keys: KeySource,
        vault: Vault,
        documents: DocumentStore,
        writer: WriterPort,
        clock: Callable[[], datetime],
    ):
        self._ledger = ledger
        self._keys = keys
        self._writer = writer
        self._passage = _Passage(vault, documents, writer, clock)

    async def submit(
        self, submitted: Sequence[SubmittedAction], wait_seconds: float
    ) -> list[Answer]:
        """Take actions in this order; wait for their publication at most that long.

        Raises:
            StoreUnavailable: a store or the writer failed; send the same actions again.
        """
        keys = _BatchKeys(self._keys)
        passing: list[asyncio.Future[list[HandedOver]]] = []
        checked: list[_Checked] = []
        for chunk in _chunks(submitted):
            # The next chunk is verified while the last one is stored, decided and committed.
            results = await self._check_chunk(chunk, keys)
            checked.extend(results)
            passing.append(self._passage.enter([one for one in results if one.verified]))
        passed = await asyncio.gather(*passing) if len(passing) != 1 else [await passing[0]]
        handed = [answer for answers in passed for answer in answers]
        await _wait_for_publication(handed, wait_seconds)
        return await self._answers(checked, iter(handed))

    async def _check_chunk(
        self, chunk: Sequence[SubmittedAction], keys: "_BatchKeys"
    ) -> list[_Checked]:
        def check_all() -> list[_Checked]:
            return [self._check(submitted, keys) for submitted in chunk]

        if len(chunk) <= INLINE_ACTIONS:
            return check_all()
        return await asyncio.to_thread(check_all)

    def _check(self, submitted: SubmittedAction, keys: "_BatchKeys") -> _Checked:
        try:
            verified = verify_action(submitted, self._ledger, keys)
        except (DetailsMismatch, DocumentMismatch) as error:
            # The signatures were good: the refusal will be signed too.
            text = open_text(submitted.note, self._ledger)
            return _Checked(None, None, _refusal(error), text.text_hash)
        except LedgerError as error:
            return _Checked(None, None, _refusal(error))
        keys.learn(verified)
        return _Checked(verified, submitted.document, None)

    async def _answers(
        self, checked: Sequence[_Checked], handed: Iterator[HandedOver]
    ) -> list[Answer]:
        answers = []
        for result in checked:
            if result.verified is not None:
                answers.append(_answer(result.verified, next(handed)))
            else:
                answers.append(await self._sign_refusal(result))
        return answers

    async def _sign_refusal(self, result: _Checked) -> Answer:
        assert result.refused is not None
        if not result.text_hash:
            return result.refused
        note = await self._writer.sign_refusal(result.text_hash, result.refused.code)
        return replace(result.refused, note=note)


class _BatchKeys:
    """The ledger's keys and those that earlier actions of the same batch bring.

    The writer refuses an action whose key was brought by an action that it refused.
    """

    def __init__(self, known: KeySource):
        self._known = known
        self._brought: dict[str, VerificationKey] = {}

    def learn(self, verified: VerifiedAction) -> None:
        self._brought.update(verified.brought)

    def find(self, key_name: str, stream: str) -> VerificationKey | None:
        return self._brought.get(key_name) or self._known.find(key_name, stream)


class _Passage:
    """Takes verified actions through vault and writer, in groups that form by themselves.

    What waits while the vault commits one group goes into the next; the writer decides one group
    while the vault commits another. Groups reach the writer in the order of their entering.
    """

    def __init__(
        self,
        vault: Vault,
        documents: DocumentStore,
        writer: WriterPort,
        clock: Callable[[], datetime],
    ):
        self._vault = vault
        self._documents = documents
        self._writer = writer
        self._clock = clock
        self._waiting: deque[_Entered] = deque()
        self._running: asyncio.Task[None] | None = None
        self._handing: set[asyncio.Task[None]] = set()

    def enter(self, checked: Sequence[_Checked]) -> "asyncio.Future[list[HandedOver]]":
        """Let actions in; the future ends with their answers, in their order."""
        done: asyncio.Future[list[HandedOver]] = asyncio.get_running_loop().create_future()
        if not checked:
            done.set_result([])
            return done
        self._waiting.append(_Entered(checked, done))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return done

    async def _run(self) -> None:
        while self._waiting:
            group = self._take_group()
            try:
                kept = await self._keep_group(group)
            except asyncio.CancelledError as error:
                _fail([*group, *self._waiting], error)
                raise
            handing = asyncio.create_task(self._hand_over(kept))
            self._handing.add(handing)
            handing.add_done_callback(self._handing.discard)

    async def _keep_group(self, group: "list[_Entered]") -> "list[_Entered]":
        """Store what a group brings; give those of whom everything is durable."""
        try:
            await asyncio.to_thread(self._keep, [one for e in group for one in e.checked])
        except Exception as error:  # noqa: BLE001 - nobody may wait for ever
            if len(group) > 1:
                # One of them may be the only cause: the others must not fail with it.
                return [kept for one in group for kept in await self._keep_group([one])]
            _fail(group, error)
            return []
        return group

    def _take_group(self) -> "list[_Entered]":
        group = [self._waiting.popleft()]
        count = len(group[0].checked)
        while self._waiting and count + len(self._waiting[0].checked) <= GROUP_ACTIONS:
            count += len(self._waiting[0].checked)
            group.append(self._waiting.popleft())
        return group

    def _keep(self, checked: Sequence[_Checked]) -> None:
        parts = []
        for one in checked:
            assert one.verified is not None
            if one.document is not None:
                self._documents.store(one.document)
            part = _private_part(one.verified)
            if part is not None:
                parts.append(part)
        if parts:
            self._vault.store(parts, render_utc_seconds(self._clock().replace(microsecond=0)))

    async def _hand_over(self, group: "Sequence[_Entered]") -> None:
        actions = [
            HandedAction(one.verified.note, one.verified.salt, one.verified.details)
            for entered in group
            for one in entered.checked
            if one.verified is not None
        ]
        if not actions:
            return
        try:
            answers = iter(await self._writer.hand_over(actions))
        except BaseException as error:  # noqa: BLE001 - nobody may wait for ever
            _fail(group, error)
            return
        for entered in group:
            mine = [next(answers) for _ in entered.checked]
            if not entered.done.done():
                entered.done.set_result(mine)


@dataclass(frozen=True, slots=True)
class _Entered:
    """Verified actions of one request on their way, and who waits for them."""

    checked: Sequence[_Checked]
    done: "asyncio.Future[list[HandedOver]]"


def _fail(group: Sequence[_Entered], error: BaseException) -> None:
    for entered in group:
        if not entered.done.done():
            entered.done.set_exception(error)
            # Whoever stopped waiting need not hear of it.
            entered.done.exception()


def _chunks(submitted: Sequence[SubmittedAction]) -> Iterator[Sequence[SubmittedAction]]:
    for start in range(0, len(submitted), CHUNK_ACTIONS):
        yield submitted[start : start + CHUNK_ACTIONS]


def _refusal(error: LedgerError) -> Answer:
    return Answer(error.code, str(error), error=error)


def _private_part(verified: VerifiedAction) -> PrivatePart | None:
    if verified.salt is None or verified.details is None:
        return None
    action = verified.action
    return PrivatePart(
        action.stream, action.version, verified.text_hash, verified.salt, verified.details
    )


async def _wait_for_publication(handed: Sequence[HandedOver], wait_seconds: float) -> None:
    futures = [answer.publication for answer in handed if answer.publication is not None]
    if futures and wait_seconds > 0:
        await asyncio.wait(futures, timeout=wait_seconds)


def _answer(verified: VerifiedAction, handed: HandedOver) -> Answer:
    verdict = handed.verdict
    proven = _proven(handed)
    receipt = None if proven is None else _receipt(verdict.entry or verified.note, proven)
    return Answer(
        code=verdict.code,
        message=verdict.message,
        stream=verified.action.stream,
        version=verified.action.version,
        entry_index=verdict.entry_index,
        note=verdict.note,
        repeated=verdict.repeated,
        receipt=receipt,
        opening=verdict.opening,
    )


def _proven(handed: HandedOver) -> Proven | None:
    future = handed.publication
    if future is None or not future.done() or future.exception() is not None:
        return None
    return future.result()


def _receipt(note: bytes, proven: Proven) -> bytes:
    return render_receipt(Receipt(note, proven.entry_index, proven.proof, proven.checkpoint_note))
