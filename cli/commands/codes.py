"""``codes``: give a dossier its code of the day, check what became of all codes, raise alarms."""

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
from cli.code_alarms import compare_codes, raise_alarms
from cli.output import EXIT_FAILED, UsageProblem, command, report, say
from cli.sessions import Session, open_session
from domain.errors import MalformedDossierCode
from domain.facts.integrity import AccessPurpose
from domain.offices.codes import CodeFormat
from domain.roles import Role
from ledger.access_streams import OpenPrivate, find_access_stream
from ledger.codes.allotted import AllottedCode
from ledger.codes.allotting import CodeWish, allot_code
from ledger.codes.checking import CodeProblem, RecordedCode, recorded_codes
from ledger.errors import MalformedAction, StoreCorrupt
from projections.findings import Finding

MAX_PRINTED_PROBLEMS: Final = 50
ACCEPTANCE: Final = "dossier.accepted"
EXPLANATION: Final = "Kiểm tra mã hồ sơ / check of dossier codes (codes check)"

_FORMATS: Final = (
    "Format a wants blocks as H27, H27.15 or 000.00.15.H27, b wants three as H26.012.00, short up "
    "to four of two or three capital letters and digits"
)
# Portal codes of communes stand in no list that we know of, so nothing derives them.
_NAMING: Final = (
    'Name it in the office\'s document: `offices show OFFICE --json` prints that as "office"; add '
    '"identity_code":"…" as the national portal gives it, keep the object alone as office.json, '
    "and register it again: act office.registered --stream office:OFFICE --office OFFICE "
    "--document office.json --sign registrar=DATA/keys/registrar.key"
)


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
    help="a and b as the circulars give them, short as seen in practice; default: b with --owner, "
    "else a, or short where the office's identity code does not fit a.",
)
@click.option("--owner", default="", help="Format b: two characters of the owner agency.")
def allot(
    office: str, dossier: str, code_format: str | None, owner: str, data: Path, *, as_json: bool
) -> None:
    """Give DOSSIER its code at OFFICE; asked again on the same day it is the same.

    A code begins with the office's identity code in the national portal, which its document names
    (identity_code). Communes from a list of provinces have none: no list of theirs is published.
    """
    default = CodeFormat.B if owner else CodeFormat.A
    wish = CodeWish(office, dossier, CodeFormat(code_format or default), owner)
    may_shorten = code_format is None and not owner
    allotted = asyncio.run(_allot(data, wish, may_shorten=may_shorten))
    report(msgspec.to_builtins(allotted), as_json=as_json)


async def _allot(data: Path, wish: CodeWish, *, may_shorten: bool) -> AllottedCode:
    async with open_session(data) as session:
        register = session.register()
        instant = session.now().instant
        assert instant is not None
        with closing(bootstrap.allotted_codes(session.settings, session.keys)) as book:
            try:
                return allot_code(book, register, wish, instant)
            except MalformedDossierCode as error:
                if not may_shorten:
                    tried_short = wish.code_format is CodeFormat.SHORT
                    raise _explained(error, wish, tried_short=tried_short) from error
            try:
                shortened = replace(wish, code_format=CodeFormat.SHORT)
                allotted = allot_code(book, register, shortened, instant)
            except MalformedDossierCode as error:
                raise _explained(error, wish, tried_short=True) from error
        say(
            f"the identity code of {wish.office} does not fit format a (four blocks, as "
            "000.00.15.H27): this code is of the short format (--format short)"
        )
        return allotted


def _explained(error: MalformedDossierCode, wish: CodeWish, *, tried_short: bool) -> UsageProblem:
    """Say what of a wish gives no code, and what would: the office's code comes of its document."""
    wanted = {
        "agency": f"{wish.office} has no identity code that a dossier code could begin with"
        f"{'' if tried_short else f' in format {wish.code_format}'}. "
        f"{_FORMATS}{'' if tried_short else '; --format short takes most'}. {_NAMING}",
        "owner": "--owner: format b wants two capital letters or digits, the others want none",
    }
    return UsageProblem(wanted.get(error.detail, str(error)).replace("OFFICE", wish.office))


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
            found = compare_codes(session, recorded)
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


@command("alarm", help="Raise the public alarm R27 for gaps and repeats in the codes of a day.")
def alarm(data: Path, *, as_json: bool) -> None:
    """Publish one entry for each run that is wrong; what stands in the log already is left."""
    alarms, new = asyncio.run(_alarm(data))
    members = {
        "ok": not alarms,
        "alarms": [{"office": each.office, "evidence": each.evidence} for each in alarms],
        "newly_raised": new,
    }
    report(members, as_json=as_json)
    if alarms:
        sys.exit(EXIT_FAILED)


async def _alarm(data: Path) -> tuple[list[Finding], int]:
    async with open_session(data) as session:
        return await raise_alarms(session)


for _command in (allot, check, alarm):
    codes.add_command(_command)
