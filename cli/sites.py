"""A ledger's server as commands reach it: its name, the heads of streams, sending, asking signed.

Nothing is made on this machine for it: whoever acts on a server needs no ledger of their own.
"""

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final, TypeVar
from urllib.parse import quote, urlsplit

import msgspec

from api.bodies import LedgerAnchors, StreamHead
from cli.output import UsageProblem
from cli.sources import open_address
from ledger.drafting import FIRST_PLACE, Place
from ledger.errors import WriterUnavailable
from transparency.encoding import decode_base64, encode_base64
from transparency.notes import SigningKey

TIMEOUT_SECONDS: Final = 60.0
MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class SiteAnswer:
    """What a server answered."""

    status: int
    body: bytes


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

    def place(self, stream: str) -> Place:
        """Give the place after the last published action of a stream.

        Raises:
            WriterUnavailable: the server does not answer as a ledger does.
        """
        path = f"/v1/streams/{quote(stream, safe=':')}/head"
        if self.ask(path).status == HTTPStatus.NOT_FOUND:
            return FIRST_PLACE
        head = self._read(path, StreamHead)
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
        answer = self.ask(path)
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
