"""``codes``: give a dossier its code of the day, and check what became of all codes."""

import asyncio
import sys
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import click
import msgspec

from api import bootstrap
from cli.access_entries import Reading, log_readings
from cli.output import EXIT_FAILED, command, report
from cli.sessions import Session, open_session
from domain.facts.integrity import AccessPurpose
from domain.offices.codes import CodeFormat
from domain.roles import Role
from ledger.access_streams import OpenPrivate, find_access_stream
from ledger.codes.allotted import AllottedCode
from ledger.codes.allotting import CodeWish, allot_code
from ledger.codes.checking import CodeProblem, RecordedCode, check_codes, recorded_codes
from ledger.errors import MalformedAction, StoreCorrupt

MAX_PRINTED_PROBLEMS: Final = 50
ACCEPTANCE: Final = "dossier.accepted"
EXPLANATION: Final = "Kiểm tra mã hồ sơ / check of dossier codes (codes check)"


@dataclass(frozen=True, slots=True)
class _Checked:
    """What a check found, and what may be printed of it."""

    problems_found: int
    problems: tuple[CodeProblem, ...]
    codes_used: int
    unreadable: tuple[str, ...]
    access_logged: int
    without_access_stream: tuple[str, ...]


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
        register = session.register()
        book = bootstrap.allotted_codes(session.settings, session.keys)
        instant = session.now().instant
        assert instant is not None
        try:
            return allot_code(book, register, wish, instant)
        finally:
            book.close()


@command("check", help="Name codes that were repeated, never used, or used without being given.")
@click.option(
    "--unlogged", is_flag=True, help="Name codes too where no access stream can take an entry."
)
def check(data: Path, *, unlogged: bool, as_json: bool) -> None:
    """Compare the book of codes with the private parts of all acceptances.

    Each dossier whose code is named gets an entry on its access stream first.
    """
    checked = asyncio.run(_check(data, unlogged=unlogged))
    ok = not checked.problems_found and not checked.unreadable
    members: dict[str, object] = {"ok": ok} | msgspec.to_builtins(checked)
    members["unreadable"] = checked.unreadable[:MAX_PRINTED_PROBLEMS]
    report(members, as_json=as_json)
    if not ok:
        sys.exit(EXIT_FAILED)


async def _check(data: Path, *, unlogged: bool) -> _Checked:
    async with open_session(data) as session:
        with closing(bootstrap.vault(session.settings, session.keys)) as vault:
            unreadable: list[str] = []
            recorded = list(recorded_codes(session.reader, vault, session.keys.origin, unreadable))
            found = _compare(session, recorded)
            printed = found[:MAX_PRINTED_PROBLEMS]
            named = _named(printed, recorded)
            readings = {stream: _reading(session, vault.open, stream) for stream in named}
        logged = [each for each in readings.values() if each is not None]
        reader = (Role.SYSTEM, session.keys.system)
        await log_readings(session, reader, AccessPurpose.SUPERVISION, EXPLANATION, logged)
    closed = tuple(stream for stream, reading in readings.items() if reading is None)
    if not unlogged:
        printed = _without_codes(printed, {each.code for each in recorded if each.stream in closed})
    return _Checked(
        len(found), tuple(printed), len(recorded), tuple(unreadable), len(logged), closed
    )


def _compare(session: Session, recorded: Sequence[RecordedCode]) -> list[CodeProblem]:
    # A day ends last in the westernmost zone: what is of today there may be used yet.
    today = session.now().day_in("Etc/GMT+12")
    with closing(bootstrap.allotted_codes(session.settings, session.keys)) as book:
        return check_codes(book.all(), recorded, today)


def _named(printed: Sequence[CodeProblem], recorded: Sequence[RecordedCode]) -> list[str]:
    """Give the dossiers whose codes stand in these problems, each once."""
    codes = {problem.code for problem in printed}
    return list(dict.fromkeys(each.stream for each in recorded if each.code in codes))


def _reading(session: Session, open_private: OpenPrivate, stream: str) -> Reading | None:
    try:
        name = find_access_stream(session.reader, open_private, session.keys.origin, stream)
    except (MalformedAction, StoreCorrupt):
        # Its first act was garbled; the check of codes goes on, and says that it has no entry.
        name = None
    return None if name is None else Reading(stream, name, (ACCEPTANCE,))


def _without_codes(problems: Sequence[CodeProblem], hidden: Collection[str]) -> list[CodeProblem]:
    return [replace(each, code="") if each.code in hidden else each for each in problems]


for _command in (allot, check):
    codes.add_command(_command)
