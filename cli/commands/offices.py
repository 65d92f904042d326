"""``offices``: register a published list of offices, show one as it was, end one."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import click
import msgspec

from cli.output import EXIT_FAILED, UsageProblem, command, progress_bar, report, say
from cli.sessions import Session, open_session, project
from domain.errors import MalformedDocument
from domain.offices import TYPICAL_OFFICE_HOURS, Office, OfficeRecord, check_sessions, parse_office
from domain.offices import Session as OfficeTime
from ledger.bodies import canonical_json
from ledger.drafting import next_place
from ledger.errors import DocumentMismatch
from ledger.territory.registration import PlannedOffice, RegistrationReport, plan_registrations
from ledger.territory.sources import OfficeDefaults, ReadOffice, read_offices

BATCH_ACTIONS: Final = 500
MAX_PRINTED_FAILURES: Final = 20
PUBLICATION_SECONDS: Final = 60.0
_TYPICAL: Final = ",".join(f"{each.opens}-{each.closes}" for each in TYPICAL_OFFICE_HOURS)


@click.group()
def offices() -> None:
    """Offices: register a list of them, show one, end one."""


@command("import", help="Register the offices of a published list (provinces JSON, or CSV).")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--office-hours",
    default=_TYPICAL,
    show_default=True,
    help="Office time where the list says none; empty: the calendar's.",
)
@click.option("--valid-from", help="First day of the offices, where the list says none.")
def import_offices(
    file: Path, office_hours: str, valid_from: str | None, data: Path, *, as_json: bool
) -> None:
    """Register what of FILE is new or changed; doing it again changes nothing."""
    defaults = OfficeDefaults(office_hours=_hours(office_hours), valid_from=_day(valid_from))
    try:
        listed = read_offices(file.read_bytes(), defaults)
    except DocumentMismatch as error:
        raise UsageProblem(f"{file}: {error}") from error
    done = asyncio.run(_register(data, listed))
    members = {
        "read": done.read,
        "registered": done.registered,
        "unchanged": done.unchanged,
        "without_identity_code": _without_identity_code(listed),
        "failed": done.failed,
        "failures": [msgspec.to_builtins(each) for each in done.failures[:MAX_PRINTED_FAILURES]],
    }
    report(members, as_json=as_json)
    if members["without_identity_code"]:
        say(
            "Offices without an identity code of the national portal can take dossiers in, and "
            "`codes allot` gives them no codes until their documents name one; see `codes allot "
            "--help`"
        )
    if done.failed:
        sys.exit(EXIT_FAILED)


def _without_identity_code(listed: Sequence[ReadOffice]) -> int:
    documents = [each.document for each in listed if not each.problem]
    return sum(parse_office(document).identity_code is None for document in documents)


async def _register(data: Path, listed: list[ReadOffice]) -> RegistrationReport:
    async with open_session(data) as session:
        signing = (session.drafter, session.root(), session.now())
        sources = (session.reader, session.register())
        planned, done = plan_registrations(listed, sources, signing)
        with progress_bar() as bar:
            task = bar.add_task("registering", total=len(planned))
            for start in range(0, len(planned), BATCH_ACTIONS):
                await _hand_in(session, planned[start : start + BATCH_ACTIONS], done)
                bar.update(task, completed=start + BATCH_ACTIONS)
        if planned:
            await project(session)
    return done


async def _hand_in(
    session: Session, planned: list[PlannedOffice], done: RegistrationReport
) -> None:
    actions = [each.action for each in planned]
    answers = await session.intake.submit(actions, PUBLICATION_SECONDS)
    for each, answer in zip(planned, answers, strict=True):
        done.count(each, answer)


@command("show", help="Show an office: as it is registered now, or as it was on a day.")
@click.argument("office_id")
@click.option("--on", "on_text", help="The day; default the present document.")
def show(office_id: str, on_text: str | None, data: Path, *, as_json: bool) -> None:
    """Print the document of OFFICE_ID."""
    record = asyncio.run(_find(data, office_id))
    day = _day(on_text)
    office = record.office if day is None else record.as_of(day)
    members: dict[str, object] = {
        "office": msgspec.to_builtins(office),
        "versions": len(record.versions),
        "in_force": day is None or office.in_force_on(day),
    }
    report(members, as_json=as_json)


async def _find(data: Path, office_id: str) -> OfficeRecord:
    async with open_session(data) as session:
        return _record(session, office_id)


@command("end", help="End an office on its last day, and name who succeeds it.")
@click.argument("office_id")
@click.option("--on", "on_text", required=True, help="The office's last day.")
@click.option("--successor", "successors", multiple=True, help="An office that succeeds it.")
def end(
    office_id: str, on_text: str, successors: tuple[str, ...], data: Path, *, as_json: bool
) -> None:
    """End OFFICE_ID: its acts dated later are refused, its successors take its dossiers over."""
    day = _day(on_text)
    assert day is not None
    entry_index = asyncio.run(_end(data, office_id, day, successors))
    report({"office": office_id, "valid_to": on_text, "entry_index": entry_index}, as_json=as_json)


async def _end(data: Path, office_id: str, day: date, successors: tuple[str, ...]) -> int | None:
    async with open_session(data) as session:
        office = _record(session, office_id).office
        document = _ended(office, day, successors)
        for successor in successors:
            _record(session, successor)
        place = next_place(session.reader, f"office:{office_id}")
        action = session.drafter.register_office(
            session.root(), office_id, document, place, session.now()
        )
        (answer,) = await session.submit(action)
        if session.is_writer:
            await project(session)
    return answer.entry_index


def _ended(office: Office, day: date, successors: tuple[str, ...]) -> bytes:
    ended = msgspec.structs.replace(office, valid_to=day, succeeded_by=successors)
    try:
        document = canonical_json(ended)
        parse_office(document)
    except MalformedDocument as error:
        raise UsageProblem(f"{office.id} cannot end so: {error}") from error
    return document


def _record(session: Session, office_id: str) -> OfficeRecord:
    record = session.register().office(office_id)
    if record is None:
        raise UsageProblem(f"there is no office {office_id}")
    return record


def _hours(text: str) -> tuple[OfficeTime, ...]:
    try:
        raw = [part.split("-") for part in text.split(",") if part.strip()]
        members = [{"opens": opens.strip(), "closes": closes.strip()} for opens, closes in raw]
        hours = msgspec.convert(members, tuple[OfficeTime, ...])
        check_sessions("office_hours", hours)
    except (ValueError, MalformedDocument) as error:
        raise UsageProblem(f"--office-hours {text}: such as {_TYPICAL}") from error
    return hours


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(f"{text}: a day such as 2025-06-30 is wanted") from error


for _command in (import_offices, show, end):
    offices.add_command(_command)
