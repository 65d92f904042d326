"""``inspect`` asks a server as an inspector does; ``orders`` ends inspection orders by entries."""

import asyncio
from http import HTTPStatus
from pathlib import Path
from typing import Final

import click
import msgspec

from api import bootstrap
from api.settings import settings_of_process
from cli.lapsing import Ending, end_orders, lapse_orders
from cli.output import UsageProblem, command, report, talk
from cli.sessions import Refused, open_session
from cli.sites import SiteAnswer, parse_site
from domain.facts.integrity import OrderEnd
from domain.roles import Role
from ledger.access_streams import AccessStreams
from ledger.errors import StoreCorrupt
from ledger.key_files import load_private_key
from transparency.errors import ProofInvalid
from transparency.notes import SigningKey

NONCE_BYTES: Final = 16


@command("inspect", help="Ask as an inspector: inspect /v1/findings --key inspector.key --server …")
@click.argument("path", default="/v1/findings")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key file of an enrolled inspector.",
)
@click.option(
    "--server", default="http://127.0.0.1:8000", show_default=True, help="Address of the ledger."
)
def inspect(path: str, key_file: Path, server: str, data: Path, *, as_json: bool) -> None:
    """Ask for PATH (/v1/findings, /v1/trail/<key name>) and print what comes back.

    The request is signed now: for a demo, whose clock is simulated, name its folder with --data.
    """
    site, key = parse_site(server), _load(key_file)
    if not path.startswith("/"):
        raise UsageProblem(f"{path}: a path of the server is wanted, as /v1/findings")
    created = bootstrap.make_clock(settings_of_process({"data": data}))()
    nonce = bootstrap.random_bytes(NONCE_BYTES).hex()
    body = _body(site.ask_signed(path, key, created, nonce))
    click.echo((body if as_json else msgspec.json.format(body)).decode())


@click.group()
def orders() -> None:
    """Inspection orders: end one, so that the reads under it open to holder and office."""


@command("close", help="End the order NUMBER: its reads open to holder and office.")
@click.argument("number")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key file of an enrolled inspector.",
)
def close(number: str, key_file: Path, data: Path, *, as_json: bool) -> None:
    """Sign an entry on every access stream where reads stand under the order."""
    ending = Ending(
        lambda order, _until: order == number, OrderEnd.CLOSED, Role.INSPECTOR, _load(key_file)
    )
    streams = asyncio.run(_close(data, ending))
    if streams == 0:
        talk.print(f"no read under the order {number!r} was sealed: is that its number?")
    report({"order": number, "streams": streams}, as_json=as_json)


async def _close(data: Path, ending: Ending) -> int:
    async with open_session(data, may_found=False) as session:
        return await end_orders(session, AccessStreams(session.reader), ending)


@command("lapse", help="End every order whose last day has passed; serve does it every day.")
def lapse(data: Path, *, as_json: bool) -> None:
    """Sign, as the system, an entry on every access stream with reads under such an order."""
    report({"streams": asyncio.run(_lapse(data))}, as_json=as_json)


async def _lapse(data: Path) -> int:
    async with open_session(data, may_found=False) as session:
        return await lapse_orders(session, AccessStreams(session.reader))


for _command in (close, lapse):
    orders.add_command(_command)


def _load(path: Path) -> SigningKey:
    try:
        return load_private_key(path)
    except StoreCorrupt as error:
        raise UsageProblem(f"{path}: {error}") from error


def _body(answer: SiteAnswer) -> bytes:
    """Give the JSON of a good answer.

    Raises:
        Refused: the server answered with a problem document.
        ProofInvalid: it answered with something else than JSON.
    """
    try:
        members = msgspec.json.decode(answer.body)
    except msgspec.DecodeError as error:
        raise ProofInvalid(f"the server did not answer with JSON (HTTP {answer.status})") from error
    if answer.status == HTTPStatus.OK:
        return answer.body
    code, detail = (members.get(name) or "" for name in ("code", "detail"))
    raise Refused(f"{code or answer.status}: {detail or members.get('title', '')}")
