"""``import``: take another system's log in through a mapping; safe to interrupt and to repeat.

A source that was imported under another mapping name before is imported all the same, with a
warning: each of its cases becomes one more dossier.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.progress import Progress, TaskID

from api import bootstrap
from api.data_folder import DataFolder
from cli.output import UsageProblem, command, progress_bar, report, say
from cli.sessions import Session, open_session, project
from ledger.importing.driver import ImportDriver, ImportReport, preparations
from ledger.importing.known_sources import KnownSource, KnownSources, hash_source
from ledger.importing.mapping import ImportMapping, read_mapping
from ledger.importing.planner import Planner
from ledger.importing.pseudonyms import keyed_hash
from ledger.importing.reader import read_cases
from ledger.key_files import load_private_key, new_actor_key, save_private_key
from transparency.notes import SigningKey


@command("import", help="Import the log of an existing system (XES or CSV, gz too).")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--mapping",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Which activity is which action (TOML); see examples/mappings.",
)
def import_log(file: Path, mapping: Path, data: Path, *, as_json: bool) -> None:
    """Import FILE, publish it, and bring the views up to date."""
    try:
        understood = read_mapping(mapping)
    except OSError as error:
        raise UsageProblem(f"{mapping}: {error}") from error
    started = time.monotonic()
    source = KnownSource(hash_source(file), understood.name)
    warnings = list(_warnings(source, data))
    for warning in warnings:
        say(f"{warning['code']}: {warning['message']}", style="yellow")
    imported = asyncio.run(_import(file, understood, source, data))
    seconds = round(time.monotonic() - started, 3)
    members = {
        "dossiers": imported.dossiers,
        "events_read": imported.events_read,
        "events_recorded": imported.events_recorded,
        "events_repeated": imported.events_repeated,
        "neutral_steps": imported.neutral_steps,
        "attribute_actions": imported.attribute_actions,
        "actions_recorded": imported.actions_recorded,
        "dropped": imported.dropped,
        "seconds": seconds,
        "events_per_second": round(imported.events_read / seconds, 1) if seconds else 0.0,
        "warnings": warnings,
    }
    report(members, as_json=as_json)


def _warnings(source: KnownSource, data: Path) -> Iterator[dict[str, str]]:
    """Warn of what the ledger itself cannot tell: the same cases under another name."""
    for name in KnownSources(DataFolder(data).imports).other_names(source):
        message = (
            f"this source was imported here before, under the mapping name {name!r}: under "
            f"{source.name!r} each of its cases is another dossier, and figures count both. "
            "What is recorded stays. Where that is not meant, import a source under one name "
            "only, and try another mapping in a data folder of its own (--data)"
        )
        yield {"code": "imported_under_another_name", "message": message}


async def _import(
    file: Path, mapping: ImportMapping, source: KnownSource, data: Path
) -> ImportReport:
    # A file that cannot be read leaves nothing behind, not even an office.
    next(iter(read_cases(file, mapping.source)), None)
    async with open_session(data) as session:
        importer = _importer_key(data)
        keys = (session.root(), importer)
        wanted = preparations(session.reader, session.drafter, mapping, keys, session.now())
        if wanted:
            await session.submit(*wanted)
        # CRASH: before the first action: an import that is cut off has made dossiers, too.
        KnownSources(DataFolder(data).imports).remember(source)
        imported = await _drive(session, importer, file, mapping)
        await project(session)
    return imported


def _importer_key(data: Path) -> SigningKey:
    path = DataFolder(data).keys / "importer.key"
    if not path.exists():
        save_private_key(path, new_actor_key("importer", bootstrap.random_bytes))
    return load_private_key(path)


async def _drive(
    session: Session, importer: SigningKey, file: Path, mapping: ImportMapping
) -> ImportReport:
    planner = Planner(mapping, keyed_hash(session.keys.import_secret))
    driver = ImportDriver(session.intake, session.drafter, planner, importer)
    cases = read_cases(file, mapping.source)
    reached, is_done = ImportReport(), False
    with progress_bar() as bar:
        task = bar.add_task("importing", total=None)

        def show(state: ImportReport) -> None:
            nonlocal reached
            reached = state
            _show(bar, task, state)

        try:
            imported = await driver.run(cases, show)
            is_done = True
        finally:
            if not is_done:
                _say_reached(reached)
    return imported


def _say_reached(state: ImportReport) -> None:
    say(
        f"the import ended early: {state.actions_recorded} or more actions of {state.dossiers} "
        "dossiers are recorded and stay; import again to go on: they will be recognised",
        style="yellow",
    )


def _show(bar: Progress, task: TaskID, state: ImportReport) -> None:
    bar.update(
        task,
        completed=state.events_read,
        description=f"{state.dossiers} dossiers, {state.events_read} events",
    )
