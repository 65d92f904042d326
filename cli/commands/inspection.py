"""``inspect`` asks a server as an inspector does; ``orders`` issues and ends inspection orders."""

import asyncio
from pathlib import Path
from typing import Final

import click
import msgspec

from api import bootstrap
from api.settings import settings_of_process
from cli.acting.finding_pages import each_page, is_whole_list, joined
from cli.acting.nearby import find_site, server_option
from cli.lapsing import Ending, end_orders, find_end, lapse_orders
from cli.output import UsageProblem, command, report, say
from cli.sessions import open_session
from cli.sites import body_of
from cli.sources import read_key_file
from domain.actions import StreamType
from domain.facts.integrity import AccessOrderIssued, AccessOrderIssuedDetails, OrderEnd
from domain.moments import Moment, render_moment
from domain.roles import Role
from ledger.access_streams import AccessStreams
from ledger.drafting import FIRST_PLACE
from transparency.notes import SigningKey

NONCE_BYTES: Final = 16
STREAM_BYTES: Final = 32


@command("inspect", help="Ask as an inspector: inspect /v1/findings --key inspector.key --server …")
@click.argument("path", default="/v1/findings")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key file of an enrolled inspector.",
)
@server_option
def inspect(path: str, key_file: Path, server: str | None, data: Path, *, as_json: bool) -> None:
    """Ask for PATH (/v1/findings, /v1/trail/<key name>, /v1/trail?office=…) and print the answer.

    Of findings all pages are asked for, unless PATH names a limit or a cursor.
    A trail is a look at somebody, and is kept; /v1/looks lists the looks at whoever asks.
    The request is signed now: for a demo, whose clock is simulated, name its folder with --data.
    """
    site, key = find_site(server, data), read_key_file(key_file)
    if not path.startswith("/"):
        raise UsageProblem(f"{path}: a path of the server is wanted, as /v1/findings")
    clock = bootstrap.make_clock(settings_of_process({"data": data}))

    def ask(asked: str) -> bytes:
        nonce = bootstrap.random_bytes(NONCE_BYTES).hex()
        return body_of(site.ask_signed(asked, key, clock(), nonce))

    body = joined(list(each_page(ask, path))) if is_whole_list(path) else ask(path)
    click.echo((body if as_json else msgspec.json.format(body)).decode())


@click.group()
def orders() -> None:
    """Inspection orders: issue one for somebody else; end one, so that its reads open."""


@command("issue", help="Order an inspection: orders issue 12/QĐ --reader inspector-1f0c… …")
@click.argument("number")
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key file of whoever orders it: never a reader's.",
)
@click.option(
    "--as",
    "role",
    type=click.Choice([Role.INSPECTOR.value, Role.HEAD.value]),
    default=Role.INSPECTOR.value,
    show_default=True,
    help="In which role it is ordered.",
)
@click.option("--reader", "readers", multiple=True, required=True, help="Name of a reader's key.")
@click.option("--office", "offices", multiple=True, help="All dossiers of this office.")
@click.option("--dossier", "dossiers", multiple=True, help="This dossier, by its stream.")
@click.option("--until", required=True, help="Last day of the order, such as 2026-12-31.")
def issue(  # noqa: PLR0913, PLR0917 - one argument per option
    number: str,
    key_file: Path,
    role: str,
    readers: tuple[str, ...],
    offices: tuple[str, ...],
    dossiers: tuple[str, ...],
    until: str,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Sign the order NUMBER on a stream of its own, which the reads under it name."""
    try:
        details = msgspec.convert(
            {
                "order": number,
                "readers": readers,
                "offices": offices,
                "dossiers": dossiers,
                "until": until,
            },
            AccessOrderIssuedDetails,
        )
    except msgspec.ValidationError as error:
        raise UsageProblem(str(error)) from error
    stream = asyncio.run(_issue(data, (Role(role), read_key_file(key_file)), details))
    members = {"order": number, "stream": stream, "until": until}
    report(members, as_json=as_json)


async def _issue(
    data: Path, signer: tuple[Role, SigningKey], details: AccessOrderIssuedDetails
) -> str:
    # Shaped as the streams of dossiers are: from outside the id tells nothing.
    stream = f"{StreamType.ACCESS}:{bootstrap.random_bytes(STREAM_BYTES).hex()}"
    async with open_session(data, may_found=False) as session:
        await session.submit(
            session.drafter.sign(
                "access.order_issued",
                stream,
                FIRST_PLACE,
                session.now(),
                AccessOrderIssued(),
                (signer,),
                details=details,
            )
        )
    return stream


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
    """Sign an entry where the order was issued, and on every access stream with reads under it."""
    ending = Ending(
        lambda order, _until: order == number,
        OrderEnd.CLOSED,
        Role.INSPECTOR,
        read_key_file(key_file),
    )
    streams, closed_at = asyncio.run(_close(data, number, ending))
    members: dict[str, object] = {"order": number, "streams": streams}
    if closed_at is not None:
        members["closed_at"] = render_moment(closed_at)
        say(f"nothing to do for the order {number!r}: it was closed at {members['closed_at']}")
    elif streams == 0:
        say(f"no order {number!r} stands here, nor a read under it: is that its number?")
    report(members, as_json=as_json)


async def _close(data: Path, number: str, ending: Ending) -> tuple[int, Moment | None]:
    async with open_session(data, may_found=False) as session:
        streams = AccessStreams(session.reader)
        ended = await end_orders(session, streams, ending)
        closed_at = None if ended else await find_end(session, streams, number)
        return ended, closed_at


@command("lapse", help="End every order whose last day has passed; serve does it every day.")
def lapse(data: Path, *, as_json: bool) -> None:
    """Sign, as the system, an entry on every access stream with reads under such an order."""
    report({"streams": asyncio.run(_lapse(data))}, as_json=as_json)


async def _lapse(data: Path) -> int:
    async with open_session(data, may_found=False) as session:
        return await lapse_orders(session, AccessStreams(session.reader))


for _command in (issue, close, lapse):
    orders.add_command(_command)
