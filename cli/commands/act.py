"""``act``: build one action, sign it with one key per role, send it, keep the receipt."""

import asyncio
import base64
import hashlib
import http.client
import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click
import msgspec

from api import bootstrap
from cli.output import UsageProblem, command, report
from cli.sessions import Refused, Session, open_session, project
from domain.actions import Kind, StreamType
from domain.errors import DomainError
from domain.facts import Details, DossierSubmitted, DossierSubmittedDetails, Facts, KeyRegistered
from domain.kinds import KINDS
from domain.moments import Moment, parse_moment
from domain.roles import Role
from ledger.action_notes import SubmittedAction
from ledger.bodies import SALT_BYTES
from ledger.drafting import next_place
from ledger.errors import StoreCorrupt, WriterUnavailable
from ledger.intake import Answer
from ledger.key_files import load_private_key
from transparency.encoding import encode_base64
from transparency.notes import SigningKey, render_vkey

TIMEOUT_SECONDS: Final = 60.0
REPEATED: Final = 200


@dataclass(frozen=True, slots=True)
class _Typed:
    """What the action holds, as it was typed."""

    facts: str
    details: str | None
    document: bytes | None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What was typed, understood but not yet placed in its stream."""

    kind: Kind
    stream: str
    office: str | None
    facts: Facts
    details: Details | None
    signers: tuple[tuple[Role, SigningKey], ...]
    at: Moment | None
    document: bytes | None


@command("act", help="Build, sign and send one action; prints where it stands in the log.")
@click.argument("kind")
@click.option("--stream", required=True, help="The stream; 'new' makes a dossier or a rating.")
@click.option("--sign", "signs", multiple=True, required=True, help="role=KEYFILE, in order.")
@click.option("--office", help="Whose act it is.")
@click.option("--facts", default="{}", show_default=True, help="Public facts, JSON.")
@click.option("--details", help="Private details, JSON; a dossier's secret is made if missing.")
@click.option(
    "--document",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The public document that a publication names by its hash.",
)
@click.option("--at", help="When it happened; default now.")
@click.option("--server", help="Send over HTTP to this address instead of to the data folder.")
@click.option("--receipt", type=click.Path(path_type=Path), help="Where to keep the receipt.")
def act(  # noqa: PLR0913, PLR0917 - one argument per option
    kind: str,
    stream: str,
    signs: tuple[str, ...],
    office: str | None,
    facts: str,
    details: str | None,
    document: Path | None,
    at: str | None,
    server: str | None,
    receipt: Path | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Act as KIND on a stream."""
    public = None if document is None else document.read_bytes()
    wanted = _understand(kind, stream, _Typed(facts, details, public), signs, at, office)
    answer = asyncio.run(_act(data, wanted, server))
    if receipt is not None and answer.receipt is not None:
        receipt.write_bytes(answer.receipt)
    members: dict[str, object] = {
        "stream": wanted.stream,
        "version": answer.version,
        "entry_index": answer.entry_index,
        "repeated": answer.repeated,
    }
    if isinstance(wanted.details, DossierSubmittedDetails):
        members["secret"] = wanted.details.secret
    report(members, as_json=as_json)


def _understand(
    kind_name: str,
    stream: str,
    typed: _Typed,
    signs: tuple[str, ...],
    at: str | None,
    office: str | None,
) -> _Wanted:
    kind = KINDS.get(kind_name)
    if kind is None:
        raise UsageProblem(f"there is no kind {kind_name}; kinds: {', '.join(sorted(KINDS))}")
    signers = tuple(_signer(text) for text in signs)
    facts, details = _read(kind, typed, signers)
    try:
        moment = None if at is None else parse_moment(at)
    except DomainError as error:
        raise UsageProblem(f"--at {at}: {error}") from error
    return _Wanted(
        kind, _stream(kind, stream), office, facts, details, signers, moment, typed.document
    )


def _stream(kind: Kind, stream: str) -> str:
    if stream != "new":
        return stream
    if kind.stream not in (StreamType.DOSSIER, StreamType.RATING):
        raise UsageProblem("only dossiers and ratings have random stream ids")
    return f"{kind.stream.value}:{uuid.UUID(bytes=bootstrap.random_bytes(16), version=4)}"


def _signer(text: str) -> tuple[Role, SigningKey]:
    role, _, path = text.partition("=")
    try:
        return Role(role), load_private_key(Path(path))
    except (ValueError, OSError, StoreCorrupt) as error:
        raise UsageProblem(f"--sign {text}: role=KEYFILE is wanted: {error}") from error


def _read(
    kind: Kind, typed: _Typed, signers: tuple[tuple[Role, SigningKey], ...]
) -> tuple[Facts, Details | None]:
    try:
        facts = json.loads(typed.facts)
        details = None if typed.details is None else json.loads(typed.details)
        if typed.document is not None:
            facts.setdefault("document", hashlib.sha256(typed.document).hexdigest())
        if kind.facts is DossierSubmitted:
            _complete_submission(facts, details := details or {}, signers)
        if kind.facts is KeyRegistered and "vkey" not in facts:
            facts["vkey"] = render_vkey(signers[-1][1].verification_key)
        private = None
        if details is not None and kind.details is not None:
            private = msgspec.convert(details, kind.details)
        return msgspec.convert(facts, kind.facts), private
    except (ValueError, TypeError) as error:
        raise UsageProblem(f"facts or details of {kind.name}: {error}") from error


def _complete_submission(
    facts: dict[str, object],
    details: dict[str, object],
    signers: tuple[tuple[Role, SigningKey], ...],
) -> None:
    """Add what the program knows better than a person: the applicant's vkey and a secret."""
    for role, key in signers:
        if role is Role.APPLICANT:
            facts.setdefault("applicant_key", render_vkey(key.verification_key))
    details.setdefault("secret", base64.b64encode(bootstrap.random_bytes(32)).decode())


async def _act(data: Path, wanted: _Wanted, server: str | None) -> Answer:
    async with open_session(data) as session:
        action = _sign(session, wanted)
        if server is not None:
            return await asyncio.to_thread(_send, server, wanted, action)
        (answer,) = await session.submit(action)
        if session.is_writer:
            await project(session)
        return answer


def _sign(session: Session, wanted: _Wanted) -> SubmittedAction:
    place = next_place(session.reader, wanted.stream)
    return session.drafter.sign(
        wanted.kind.name,
        wanted.stream,
        place,
        wanted.at or session.now(),
        wanted.facts,
        wanted.signers,
        office=wanted.office,
        details=wanted.details,
        document=wanted.document,
        salt=None if wanted.details is None else bootstrap.random_bytes(SALT_BYTES),
    )


def _send(server: str, wanted: _Wanted, action: SubmittedAction) -> Answer:
    """Send one action over HTTP and read the answer.

    Raises:
        Refused: the server answered with a problem document.
        WriterUnavailable: the server did not answer.
    """
    parts = urlsplit(server)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(
            "POST", "/v1/actions", render_submission(action), {"Content-Type": "application/json"}
        )
        response = connection.getresponse()
        answer = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise WriterUnavailable(f"{server} does not answer: {error}") from error
    finally:
        connection.close()
    if "code" in answer:
        raise Refused(f"{answer['code']}: {answer.get('detail', '')}")
    receipt = answer.get("receipt")
    return Answer(
        "",
        "",
        wanted.stream,
        int(answer.get("version", 0)),
        answer.get("entry_index"),
        receipt=None if receipt is None else receipt.encode(),
        repeated=response.status == REPEATED,
    )


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
