"""Taking signed actions in: one at a time, or a batch of lines.

Answers of ``POST /v1/actions``: 201 published, with the receipt; 202 recorded and promised, its
publication still to come; 200 the same action again, with its first answer. A refusal of a
correctly signed action carries the signed refusal.
"""

from http import HTTPStatus
from typing import Final
from urllib.parse import quote

import structlog
from falcon.asgi import Request, Response

from api.bodies import (
    BatchVerdict,
    PromisedAnswer,
    RecordedAnswer,
    batch_verdict,
    encode,
    parse_action,
    text_or_none,
)
from api.cosigning.asking import QUORUM_HEADER, ReceiptRule
from api.error_handlers import answer_problem
from api.errors import MalformedBody, MalformedParameter
from api.negotiation import JSON_MEDIA_TYPE, preferred_wait_seconds
from api.parts import Parts
from api.uploads import NDJSON_MEDIA_TYPE, read_body, split_lines
from ledger.action_notes import SubmittedAction
from ledger.intake import Answer, Intake
from transparency.receipts import parse_receipt

_log: Final = structlog.get_logger("dossier_ledger")


class ActionsResource:
    """``/v1/actions`` and ``/v1/actions/batch``."""

    def __init__(self, parts: Parts):
        self._intake = parts.intake
        self._settings = parts.settings
        self._rule = ReceiptRule.of(parts.settings)

    async def on_post(self, request: Request, response: Response) -> None:
        """Record one action."""
        body = await self._read(request, JSON_MEDIA_TYPE, self._settings.max_action_bytes)
        submitted = parse_action(body)
        wait_seconds = self._wait_seconds(request, self._settings.publication_wait_seconds)
        (answer,) = await self._intake.submit([submitted], wait_seconds)
        if answer.code:
            _log.info("action refused", code=answer.code)
            answer_problem(
                request, response, answer.code, detail=answer.message, refusal=answer.note
            )
            return
        _log_recorded(answer)
        _answer_recorded(response, answer)
        if answer.receipt is not None:
            note = parse_receipt(answer.receipt).checkpoint_note
            response.set_header(QUORUM_HEADER, self._rule.words(note))

    async def on_post_batch(self, request: Request, response: Response) -> None:
        """Record a batch: one action per line, one verdict per line, in the same order."""
        with_receipts = _flag(request, "receipts")
        body = await self._read(request, NDJSON_MEDIA_TYPE, self._settings.max_batch_bytes)
        lines = split_lines(body, self._settings.max_batch_actions)
        # Nobody waits for receipts that were not asked for.
        default_wait = self._settings.publication_wait_seconds if with_receipts else 0.0
        wait_seconds = self._wait_seconds(request, default_wait)
        verdicts = await submit_lines(
            self._intake, lines, wait_seconds, with_receipts=with_receipts
        )
        response.data = b"".join(encode(verdict) + b"\n" for verdict in verdicts)
        response.content_type = NDJSON_MEDIA_TYPE

    async def _read(self, request: Request, media_type: str, max_bytes: int) -> bytes:
        return await read_body(request, media_type, max_bytes, seconds=self._settings.body_seconds)

    def _wait_seconds(self, request: Request, default_seconds: float) -> float:
        return preferred_wait_seconds(
            request.get_header("Prefer"),
            default_seconds=default_seconds,
            longest_seconds=self._settings.longest_wait_seconds,
        )


async def submit_lines(
    intake: Intake, lines: list[bytes], wait_seconds: float, *, with_receipts: bool
) -> list[BatchVerdict]:
    """Submit the lines that can be read, and give one verdict for every line."""
    submitted: list[SubmittedAction] = []
    unreadable: dict[int, str] = {}
    for number, line in enumerate(lines, start=1):
        try:
            submitted.append(parse_action(line))
        except MalformedBody as error:
            unreadable[number] = str(error)
    answers = iter(await intake.submit(submitted, wait_seconds) if submitted else [])
    verdicts = []
    for number in range(1, len(lines) + 1):
        if number in unreadable:
            message = unreadable[number]
            verdicts.append(BatchVerdict(line=number, code=MalformedBody.code, message=message))
            continue
        answer = next(answers)
        _log_answer(answer)
        verdicts.append(batch_verdict(number, answer, with_receipt=with_receipts))
    return verdicts


def receipt_url(stream: str, version: int, entry_index: int | None) -> str:
    """Give the address under which the receipt of an action stands or will stand."""
    if "/" in stream and entry_index is not None:
        # A path segment holds no slash, and only the ledger's own stream has one.
        return f"/v1/entries/{entry_index}/receipt"
    return f"/v1/streams/{quote(stream, safe=':')}/versions/{version}/receipt"


def _answer_recorded(response: Response, answer: Answer) -> None:
    location = receipt_url(answer.stream, answer.version, answer.entry_index)
    response.set_header("Location", location)
    response.set_header("Cache-Control", "no-store")
    if answer.receipt is None or answer.entry_index is None:
        response.status = HTTPStatus.ACCEPTED
        response.data = encode(
            PromisedAnswer(
                stream=answer.stream,
                version=answer.version,
                receipt_url=location,
                promise=text_or_none(answer.note),
                entry_index=answer.entry_index,
                opening=text_or_none(answer.opening),
            )
        )
        return
    response.status = HTTPStatus.OK if answer.repeated else HTTPStatus.CREATED
    response.data = encode(
        RecordedAnswer(
            entry_index=answer.entry_index,
            stream=answer.stream,
            version=answer.version,
            receipt=answer.receipt.decode(),
            promise=text_or_none(answer.note),
            opening=text_or_none(answer.opening),
        )
    )


def _log_answer(answer: Answer) -> None:
    if answer.code:
        _log.info("action refused", code=answer.code)
    else:
        _log_recorded(answer)


def _log_recorded(answer: Answer) -> None:
    if not answer.repeated:
        _log.info(
            "action recorded",
            stream=answer.stream,
            version=answer.version,
            entry_index=answer.entry_index,
        )


def _flag(request: Request, name: str) -> bool:
    value = request.get_param(name)
    if value not in (None, "0", "1"):
        raise MalformedParameter(f"{name} is 0 or 1")
    return value == "1"
