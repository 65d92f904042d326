"""What every action goes through before the writer: verified, its private part made durable.

Web workers and commands share this. The order matters: signatures are checked before anything is
stored, and details and documents are durable before the hand-over, so no recorded action ever
lacks its private part. What a crash leaves behind between the two is an orphan, and swept.
"""

import asyncio
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
DETAILS_GROUP: Final = 16


class DocumentStore(Protocol):
    """Where public documents are kept."""

    def store(self, document: bytes) -> str:
        """Keep a document durably and give its hash."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one submitted action.

    ``code`` is empty for a recorded one. ``note`` is the promise or the signed refusal, empty
    where none was given. ``receipt`` is there once the action is published.
    """

    code: str
    message: str
    stream: str = ""
    version: int = 0
    entry_index: int | None = None
    note: bytes = b""
    repeated: bool = False
    receipt: bytes | None = None
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
        self._documents = documents
        self._writer = writer
        self._details = _DetailsQueue(vault, clock)

    async def submit(
        self, submitted: Sequence[SubmittedAction], wait_seconds: float
    ) -> list[Answer]:
        """Take actions in this order; wait for their publication at most that long.

        Raises:
            StoreUnavailable: a store or the writer failed; send the same actions again.
        """
        keys = _BatchKeys(self._keys)
        handing: list[asyncio.Task[list[HandedOver]]] = []
        checked: list[_Checked] = []
        for chunk in _chunks(submitted):
            # The next chunk is verified while the last one is decided and committed.
            results = await self._check_chunk(chunk, keys)
            checked.extend(results)
            verified = [result for result in results if result.verified is not None]
            await self._keep(verified)
            handing.append(asyncio.create_task(self._hand_over(verified)))
        handed = [
            answer for chunk_answers in await asyncio.gather(*handing) for answer in chunk_answers
        ]
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

    async def _keep(self, checked: Sequence[_Checked]) -> None:
        parts = []
        for result in checked:
            assert result.verified is not None
            if result.document is not None:
                await asyncio.to_thread(self._documents.store, result.document)
            part = _private_part(result.verified)
            if part is not None:
                parts.append(part)
        if parts:
            await self._details.store(parts)

    async def _hand_over(self, checked: Sequence[_Checked]) -> list[HandedOver]:
        actions = [
            HandedAction(result.verified.note, result.verified.salt, result.verified.details)
            for result in checked
            if result.verified is not None
        ]
        return await self._writer.hand_over(actions) if actions else []

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


class _DetailsQueue:
    """Group commit for the vault: what waits while one transaction runs goes into the next."""

    def __init__(self, vault: Vault, clock: Callable[[], datetime]):
        self._vault = vault
        self._clock = clock
        self._waiting: list[tuple[list[PrivatePart], asyncio.Future[None]]] = []
        self._running: asyncio.Task[None] | None = None

    async def store(self, parts: list[PrivatePart]) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((parts, done))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        await done

    async def _run(self) -> None:
        while self._waiting:
            # Small groups: the writer works on one while the next is encrypted and committed.
            group, self._waiting = (
                self._waiting[:DETAILS_GROUP],
                self._waiting[DETAILS_GROUP:],
            )
            parts = [part for waiting_parts, _ in group for part in waiting_parts]
            # Whatever goes wrong, whoever waits hears of it: nobody may wait for ever.
            (outcome,) = await asyncio.gather(
                asyncio.to_thread(self._keep, parts), return_exceptions=True
            )
            _settle(group, outcome)

    def _keep(self, parts: list[PrivatePart]) -> None:
        self._vault.store(parts, render_utc_seconds(self._clock().replace(microsecond=0)))


def _settle(
    group: Sequence[tuple[list[PrivatePart], "asyncio.Future[None]"]], error: BaseException | None
) -> None:
    for _, done in group:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)


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
    )


def _proven(handed: HandedOver) -> Proven | None:
    future = handed.publication
    if future is None or not future.done() or future.exception() is not None:
        return None
    return future.result()


def _receipt(note: bytes, proven: Proven) -> bytes:
    return render_receipt(Receipt(note, proven.entry_index, proven.proof, proven.checkpoint_note))
