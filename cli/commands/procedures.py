"""``procedures``: publish a catalogue as signed versions; what is published already stays."""

import asyncio
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click
from msgspec import to_builtins

from api import bootstrap
from api.data_folder import DataFolder
from cli.output import EXIT_FAILED, UsageProblem, command, progress_bar, report, talk
from cli.sessions import Session, open_session, project
from domain.calendars import NATIONAL_CALENDAR
from domain.offices import BilingualName, Level, Office
from domain.procedures import Procedure
from ledger.bodies import canonical_json
from ledger.calendar_source import calendar_document
from ledger.catalogue.files import Catalogue, UnreadFile, read_catalogue
from ledger.catalogue.publishing import PublishedCatalogue, Publisher
from ledger.catalogue.readings import Warned
from ledger.drafting import FIRST_PLACE, Publishing, next_place
from ledger.key_files import load_private_key, new_actor_key, save_private_key
from transparency.notes import SigningKey

BATCH_ACTIONS: Final = 100
PUBLICATION_SECONDS: Final = 60.0
MAX_WARNING_CHARACTERS: Final = 300
MAX_NAMED: Final = 5
# Whose act a publication is where nothing else is said: registered at first use.
CATALOGUE_OFFICE: Final = Office(
    id="TTHC",
    name=BilingualName(vi="Đơn vị công bố thủ tục hành chính", en="Publisher of procedures"),
    level=Level.CENTRAL,
    time_zone="Asia/Ho_Chi_Minh",
)


@dataclass(slots=True)
class Published:
    """What became of a catalogue's procedures."""

    published: int = 0
    unchanged: int = 0
    failed: list[UnreadFile] = field(default_factory=list)


@click.group()
def procedures() -> None:
    """Procedures: publish a catalogue of them."""


@command("import", help="Publish the procedures of a JSON or CSV file, or of a folder of them.")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--office", help="The office whose act it is; default: one for the catalogue itself.")
def import_procedures(path: Path, office: str | None, data: Path, *, as_json: bool) -> None:
    """Publish what of PATH is new or changed; doing it again publishes nothing."""
    catalogue = read_catalogue(path)
    if not catalogue.files:
        raise UsageProblem(f"{path} holds no JSON or CSV file")
    done = asyncio.run(_publish(catalogue, office, data))
    failed = [*catalogue.failed, *done.failed]
    warnings = [warning for read in catalogue.procedures for warning in read.warnings]
    members = {
        "files": catalogue.files,
        "procedures": len(catalogue.procedures),
        "published": done.published,
        "unchanged": done.unchanged,
        "limits_parsed": sum(read.limits_parsed for read in catalogue.procedures),
        "limits_prose": sum(read.limits_prose for read in catalogue.procedures),
        "failed": len(failed),
        "failures": [to_builtins(each) for each in failed],
        "warnings": [
            {
                "code": warning.code,
                "procedure": warning.procedure,
                "member": warning.member,
                "text": _excerpt(warning.text),
            }
            for warning in warnings
        ],
    }
    plain = {
        **members,
        "warnings": _by_kind(warnings),
        "failures": [each.reason for each in failed],
    }
    report(members if as_json else plain, as_json=as_json)
    if failed:
        sys.exit(EXIT_FAILED)


@command("calendar", help="Publish the working days of Viet Nam that limits are counted in.")
@click.option("--office", help="The office whose act it is; default: one for the catalogue itself.")
def calendar(office: str | None, data: Path, *, as_json: bool) -> None:
    """Publish the calendar that this program computes; the same again publishes nothing."""
    entry_index = asyncio.run(_publish_calendar(office, data))
    members = {"calendar": NATIONAL_CALENDAR, "published": entry_index is not None}
    report({**members, "entry_index": entry_index}, as_json=as_json)


async def _publish_calendar(office: str | None, data: Path) -> int | None:
    document = calendar_document()
    async with open_session(data) as session:
        await _prepare_office(session, office)
        record = session.register().calendar(NATIONAL_CALENDAR)
        if record and record.document == hashlib.sha256(document).hexdigest():
            return None
        publisher = Publisher(
            session.drafter, _catalogue_key(data), office or CATALOGUE_OFFICE.id, session.now()
        )
        enrolment = publisher.enrolment(session.reader, session.root())
        await session.submit(*([enrolment] if enrolment else []))
        place = next_place(session.reader, f"calendar:{NATIONAL_CALENDAR}")
        what = Publishing(document, publisher.office, place, session.now())
        (answer,) = await session.submit(
            session.drafter.publish_calendar(publisher.key, NATIONAL_CALENDAR, what)
        )
        await project(session)
    return answer.entry_index


def _by_kind(warnings: Sequence[Warned]) -> list[str]:
    """Count the warnings of each kind, with the procedures that they are about."""
    by_code: dict[str, list[str]] = {}
    for warning in warnings:
        by_code.setdefault(warning.code, []).append(warning.procedure)
    return [
        f"{code}: {len(named)} ({_first_few(list(dict.fromkeys(named)))})"
        for code, named in sorted(by_code.items())
    ]


def _first_few(names: Sequence[str]) -> str:
    return ", ".join((*names[:MAX_NAMED], *(["…"] if len(names) > MAX_NAMED else [])))


def _excerpt(text: str) -> str:
    """Shorten what a warning quotes; the document has the whole."""
    if len(text) <= MAX_WARNING_CHARACTERS:
        return text
    return f"{text[: MAX_WARNING_CHARACTERS - 1]}…"


async def _publish(catalogue: Catalogue, office: str | None, data: Path) -> Published:
    async with open_session(data) as session:
        await _prepare_office(session, office)
        publisher = Publisher(
            session.drafter, _catalogue_key(data), office or CATALOGUE_OFFICE.id, session.now()
        )
        done = Published()
        changed = _changed(session, catalogue, done)
        if changed:
            enrolment = publisher.enrolment(session.reader, session.root())
            await session.submit(*([enrolment] if enrolment else []))
            await _hand_in_all(session, publisher, changed, done)
            await project(session)
    return done


async def _prepare_office(session: Session, office: str | None) -> None:
    wanted = office or CATALOGUE_OFFICE.id
    if next_place(session.reader, f"office:{wanted}") != FIRST_PLACE:
        return
    if office is not None:
        raise UsageProblem(f"there is no office {office} in this ledger")
    await session.submit(
        session.drafter.register_office(
            session.root(),
            wanted,
            canonical_json(CATALOGUE_OFFICE),
            FIRST_PLACE,
            session.now(),
        )
    )


def _changed(session: Session, catalogue: Catalogue, done: Published) -> list[Procedure]:
    published = PublishedCatalogue(
        session.reader, bootstrap.documents(session.settings), session.keys.origin
    )
    versions = [published.next_version(read.procedure) for read in catalogue.procedures]
    changed = [version for version in versions if version is not None]
    done.unchanged = len(versions) - len(changed)
    return changed


def _catalogue_key(data: Path) -> SigningKey:
    path = DataFolder(data).keys / "catalogue.key"
    if not path.exists():
        save_private_key(path, new_actor_key("catalogue", bootstrap.random_bytes))
    return load_private_key(path)


async def _hand_in_all(
    session: Session, publisher: Publisher, changed: Sequence[Procedure], done: Published
) -> None:
    with progress_bar() as bar:
        task = bar.add_task("publishing", total=len(changed))
        for start in range(0, len(changed), BATCH_ACTIONS):
            await _hand_in(session, publisher, changed[start : start + BATCH_ACTIONS], done)
            bar.update(task, completed=start + BATCH_ACTIONS)


async def _hand_in(
    session: Session, publisher: Publisher, batch: Sequence[Procedure], done: Published
) -> None:
    actions = [publisher.publish(session.reader, procedure) for procedure in batch]
    answers = await session.intake.submit(actions, PUBLICATION_SECONDS)
    for procedure, answer in zip(batch, answers, strict=True):
        if answer.code:
            reason = f"{answer.code}: {answer.message}"
            talk.print(f"{procedure.code}: {reason}", style="yellow", markup=False)
            done.failed.append(UnreadFile(procedure.code, reason))
        else:
            done.published += 1


procedures.add_command(import_procedures)
procedures.add_command(calendar)
