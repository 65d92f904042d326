"""``codes``: give a dossier its code of the day, and check what became of all codes."""

import asyncio
import sys
from pathlib import Path
from typing import Final

import click
import msgspec

from api import bootstrap
from cli.output import EXIT_FAILED, command, report
from cli.sessions import open_session
from domain.offices.codes import CodeFormat
from ledger.codes.allotted import AllottedCode
from ledger.codes.allotting import CodeWish, allot_code
from ledger.codes.checking import CodeProblem, check_codes, recorded_codes
from ledger.stream_register import StreamRegister

MAX_PRINTED_PROBLEMS: Final = 50


@click.group()
def codes() -> None:
    """Dossier codes: give one out, check all of them."""


@command("allot", help="Give a submitted dossier its code of today.")
@click.argument("office")
@click.argument("dossier")
@click.option(
    "--format",
    "code_format",
    type=click.Choice([each.value for each in CodeFormat]),
    default=CodeFormat.A.value,
    show_default=True,
    help="a and b as the circulars give them; short as seen in practice.",
)
@click.option("--owner", default="", help="Format b: two characters of the owner agency.")
def allot(
    office: str, dossier: str, code_format: str, owner: str, data: Path, *, as_json: bool
) -> None:
    """Give DOSSIER its code at OFFICE; asked again on the same day it is the same."""
    wish = CodeWish(office, dossier, CodeFormat(code_format), owner)
    allotted = asyncio.run(_allot(data, wish))
    report(msgspec.to_builtins(allotted), as_json=as_json)


async def _allot(data: Path, wish: CodeWish) -> AllottedCode:
    async with open_session(data) as session:
        documents = bootstrap.documents(session.settings)
        register = StreamRegister(session.reader, documents, session.keys.origin)
        book = bootstrap.allotted_codes(session.settings, session.keys)
        instant = session.now().instant
        assert instant is not None
        try:
            return allot_code(book, register, wish, instant)
        finally:
            book.close()


@command("check", help="Name codes that were repeated, never used, or used without being given.")
def check(data: Path, *, as_json: bool) -> None:
    """Compare the book of codes with the private parts of all acceptances."""
    problems, seen, unreadable = asyncio.run(_check(data))
    ok = not problems and not unreadable
    members: dict[str, object] = {
        "ok": ok,
        "codes_used": seen,
        "unreadable": unreadable[:MAX_PRINTED_PROBLEMS],
        "problems_found": len(problems),
        "problems": [msgspec.to_builtins(each) for each in problems[:MAX_PRINTED_PROBLEMS]],
    }
    report(members, as_json=as_json)
    if not ok:
        sys.exit(EXIT_FAILED)


async def _check(data: Path) -> tuple[list[CodeProblem], int, list[str]]:
    async with open_session(data) as session:
        vault = bootstrap.vault(session.settings, session.keys)
        book = bootstrap.allotted_codes(session.settings, session.keys)
        try:
            unreadable: list[str] = []
            origin = session.keys.origin
            recorded = list(recorded_codes(session.reader, vault, origin, unreadable))
            # A day ends last in the westernmost zone: what is of today there may be used yet.
            today = session.now().day_in("Etc/GMT+12")
            return check_codes(book.all(), recorded, today), len(recorded), unreadable
        finally:
            book.close()
            vault.close()


for _command in (allot, check):
    codes.add_command(_command)
