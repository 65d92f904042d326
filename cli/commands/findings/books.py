"""``findings compare``: R32, published totals held against the public log."""

import asyncio
import sys
from pathlib import Path

import click

from cli.finding_acts.answers import compare_answer
from cli.finding_acts.books import (
    act_of_books,
    book_members,
    compare_published,
    finding_members,
    not_compared,
)
from cli.finding_acts.sending import Sent, send_here
from cli.output import EXIT_FAILED, UsageProblem, command, report
from cli.sessions import open_session
from cli.sources import find_anchors, find_log, read_key_file
from domain.roles import Role
from projections.findings.peers.two_books import TwoBooks


@command("compare", help="Hold published totals against the log (R32): --published FILE.csv")
@click.option(
    "--published",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="CSV or JSON with office, procedure, period and counts; * stands for all of them.",
)
@click.option(
    "--answer-to",
    "asked",
    help="The file is what a server answered to this: '/v1/statistics/durations?by=period'; each "
    "number is compared as of the checkpoint that it names.",
)
@click.option("--period", help="This period alone, such as 2026-10; figures without one are of it.")
@click.option("--log", "log_text", help="Folder or address of the log; default DATA/log.")
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@click.option(
    "--raise", "to_raise", is_flag=True, help="Raise the public alarm, where they differ."
)
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --raise: key file of an inspector; default the ledger's own key.",
)
def compare(  # noqa: PLR0913 - one argument per option
    published: Path,
    period: str | None,
    log_text: str | None,
    anchors: Path | None,
    key_file: Path | None,
    data: Path,
    *,
    asked: str | None,
    to_raise: bool,
    as_json: bool,
) -> None:
    """Compare each published count with the log's own, after 5 working days of reconciliation."""
    if to_raise and log_text is not None:
        raise UsageProblem("--raise is for the data folder's own log: leave --log away")
    if asked is not None and period is not None:
        raise UsageProblem("--answer-to is of all periods that it holds: leave --period away")
    if asked is None:
        books = compare_published(published, period, log_text, anchors, data)
    else:
        trusted, address = find_anchors(anchors, data), find_log(log_text, data)
        books = compare_answer(published.read_bytes(), asked, address, trusted)
    members: dict[str, object] = {
        "ok": books.finding is None,
        **book_members(books),
        **not_compared(books),
    }
    if books.finding is not None:
        members["finding"] = finding_members(books)
        if to_raise:
            sent = asyncio.run(_raise(data, books, key_file))
            members["raised"] = [each.stream for each in sent]
    report(members, as_json=as_json)
    if books.finding is not None:
        sys.exit(EXIT_FAILED)


async def _raise(data: Path, books: TwoBooks, key_file: Path | None) -> list[Sent]:
    async with open_session(data, may_found=False) as session:
        own = (Role.SYSTEM, session.keys.system)
        signer = own if key_file is None else (Role.INSPECTOR, read_key_file(key_file))
        return await send_here(session, signer, [act_of_books(books)])
