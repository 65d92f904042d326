"""A ledger's server as commands reach it: its name, heads of streams, sending, asking, its answers.

Nothing is made on this machine for it: whoever acts on a server needs no ledger of their own.
"""

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from api.bodies import LedgerAnchors, StreamHead
from api.problem_rows.facts import fact_remedy
from api.problems import PROBLEMS_BY_CODE
from cli.output import Refused, UsageProblem, with_code
from cli.sources import anchors_path, find_anchors, open_address
from domain.actions import StreamType
from ledger.action_notes import SubmittedAction
from ledger.drafting import FIRST_PLACE, Place
from ledger.errors import StoreUnavailable, WriterUnavailable
from transparency.encoding import decode_base64, encode_base64
from transparency.errors import ProofInvalid
from transparency.notes import SigningKey

TIMEOUT_SECONDS: Final = 60.0
MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
NOT_NOW: Final = (
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """What a server answered."""

    status: int
    body: bytes


class ServerNotReady(StoreUnavailable):
    """The server answers and cannot serve yet, such as one that has just started."""

    code = "not_ready"


class _Problem(msgspec.Struct, frozen=True):
    """The part of a problem document that is repeated to whoever typed."""

    code: str = ""
    title: str = ""
    detail: str | None = None
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """One ledger's server: scheme and authority of its address."""

    address: str

    def origin(self) -> str:
        """Give the name of the ledger that this server keeps, by its own word.

        Raises:
            WriterUnavailable: it does not answer as a ledger does.
        """
        return self._read("/v1/ledger", LedgerAnchors).origin

    def place(self, stream: str, key: SigningKey, now: datetime, nonce: str) -> Place:
        """Give the place after the last action of a stream that whoever has the key may act on.

        Of a veiled dossier the server tells it to its own keys and its office's officers alone.

        Raises:
            WriterUnavailable: the server does not answer as a ledger does.
        """
        path = f"/v1/streams/{quote(stream, safe=':')}/head"
        answer = self.ask(path)
        if answer.status == HTTPStatus.NOT_FOUND and stream.startswith(f"{StreamType.DOSSIER}:"):
            answer = self.ask_signed(path, key, now, nonce)
        # A key that nobody knows yet begins a stream.
        if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.UNAUTHORIZED):
            return FIRST_PLACE
        head = self._open(path, answer, StreamHead)
        return Place(head.version + 1, decode_base64(head.leaf_hash))

    def ask(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> SiteAnswer:
        """Ask for a path, or send a body of JSON to it.

        Raises:
            WriterUnavailable: the server does not answer.
        """
        given = dict(headers or {}) | ({} if body is None else {"Content-Type": "application/json"})
        request = urllib.request.Request(self.address + path, data=body, headers=given)  # noqa: S310 - parse_site lets only http and https through
        try:
            with open_address(self.address).open(request, timeout=TIMEOUT_SECONDS) as answer:
                return SiteAnswer(answer.status, answer.read(MAX_ANSWER_BYTES))
        except urllib.error.HTTPError as error:
            return SiteAnswer(error.code, error.read(MAX_ANSWER_BYTES))
        except OSError as error:
            raise WriterUnavailable(f"{self.address} does not answer: {error}") from error

    def ask_signed(self, path: str, key: SigningKey, created: datetime, nonce: str) -> SiteAnswer:
        """Ask as the holder of an enrolled key: signed (RFC 9421) over method and address.

        Raises:
            WriterUnavailable: the server does not answer.
        """
        covered = (
            f'("@method" "@target-uri");created={int(created.timestamp())};'
            f'keyid="{key.name}";nonce="{nonce}"'
        )
        # SPEC: RFC 9421, 2.5 "Creating the Signature Base".
        base = (
            f'"@method": GET\n"@target-uri": {self.address}{path}\n"@signature-params": {covered}'
        )
        signature = encode_base64(key.sign(base.encode()).signature)
        headers = {"Signature-Input": f"sig1={covered}", "Signature": f"sig1=:{signature}:"}
        return self.ask(path, headers=headers)

    def _read(self, path: str, shape: type[AnswerT]) -> AnswerT:
        return self._open(path, self.ask(path), shape)

    def _open(self, path: str, answer: SiteAnswer, shape: type[AnswerT]) -> AnswerT:
        try:
            if answer.status != HTTPStatus.OK:
                raise WriterUnavailable(f"{self.address}{path}: HTTP {answer.status}")
            return msgspec.json.decode(answer.body, type=shape)
        except msgspec.DecodeError as error:
            raise WriterUnavailable(f"{self.address} is no ledger's server: {error}") from error


def parse_site(address: str) -> Site:
    """Read the address of a server.

    Raises:
        UsageProblem: it is none.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageProblem(f"--server {address}: an address is wanted, as http://127.0.0.1:8000")
    return Site(f"{parts.scheme}://{parts.netloc}")


def agreed_origin(site: Site, data: Path, anchors: Path | None) -> str:
    """Give the ledger that a server keeps, which must be that of the anchors at hand.

    Raises:
        UsageProblem: the anchors are another ledger's.
        WriterUnavailable: the server does not answer as a ledger does.
    """
    origin = site.origin()
    path = anchors_path(anchors, data)
    if anchors is not None or path.exists():
        expected = find_anchors(anchors, data).origin
        if expected != origin:
            raise UsageProblem(
                f"{site.address} keeps the ledger {origin}, but {path} is of {expected}: name the "
                "anchors of the server's ledger (--anchors), or a folder without any (--data)"
            )
    return origin


def render_submission(action: SubmittedAction) -> bytes:
    """Write a submitted action as the JSON body of ``POST /v1/actions``."""
    body: dict[str, object] = {"note": action.note.decode()}
    if action.details is not None and action.salt is not None:
        body["details"] = {
            "salt": encode_base64(action.salt),
            "body": action.details.decode(),
        }
    if action.document is not None:
        body["document"] = action.document.decode()
    return msgspec.json.encode(body)


def body_of(answer: SiteAnswer) -> bytes:
    """Give the JSON of a good answer.

    Raises:
        ServerNotReady: the server, or what stands before it, says that it cannot answer now.
        Refused: the server answered with a problem document.
        ProofInvalid: it answered with something else than JSON.
    """
    if answer.status < HTTPStatus.BAD_REQUEST:
        _decode(answer, msgspec.Raw)
        return answer.body
    error = problem_of(answer)
    if isinstance(error, Refused):
        raise Refused(_in_both_languages(answer) or str(error), error.by_code)
    raise error


def _in_both_languages(answer: SiteAnswer) -> str:
    """Say what a code means and what would help, a line for each language, and then the detail.

    Nothing where the code has no sentences here; the detail is English, whatever the server spoke.
    """
    problem = _decode(answer, _Problem)
    row = PROBLEMS_BY_CODE.get(problem.code)
    if row is None:
        return ""
    remedy = fact_remedy(problem.code, problem.detail or "") or row.remedy
    lines = [
        with_code(problem.code, f"{row.title.vi} ({remedy.vi})"),
        f"{row.title.en} ({remedy.en})",
    ]
    return "\n".join([*lines, problem.detail] if problem.detail else lines)


def problem_of(answer: SiteAnswer, hint: str = "") -> Refused | ServerNotReady:
    """Give the error that an answer with a problem document is; `hint` is said after it.

    Raises:
        ProofInvalid: no document came, and the server does not say that it is away.
    """
    try:
        problem = _decode(answer, _Problem)
    except ProofInvalid:
        if answer.status not in NOT_NOW:
            raise
        problem = _Problem()
    told = with_code(problem.code or str(answer.status), problem.detail or problem.title) + hint
    if answer.status in NOT_NOW:
        return ServerNotReady(f"the server cannot answer now ({told.rstrip(': ')}); try again soon")
    told = f"{told} ({problem.remedy})" if problem.detail else told
    return Refused(told, problem.code)


def _decode(answer: SiteAnswer, shape: type[AnswerT]) -> AnswerT:
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.DecodeError as error:
        raise ProofInvalid(f"the server did not answer with JSON (HTTP {answer.status})") from error
