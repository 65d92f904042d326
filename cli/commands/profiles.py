"""``profiles`` and ``tallies``: what the public log shows of few people, and of many together.

`profiles check` names the cells that are open where a reader could follow one person; `tallies`
publishes the month's ratings and veiled dossiers in cells of ten or more, or checks all tallies
against ledger and vault.
"""

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from msgspec import to_builtins

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import Settings, settings_of_process
from cli.output import EXIT_FAILED, UsageProblem, command, report
from cli.sessions import open_session, project
from cli.tallying import check_published, publish_due, publish_due_dossiers
from domain.facts.tallies import DossiersCounted, TallyPublished
from ledger.tallying.ratings import TallyProblem
from ledger.writing.envelopes import DeferredPool
from ledger.writing.veils import Face, parse_face
from projections.catalogue.small_cells import (
    LEAST_ACCEPTED,
    OpenCell,
    sensitive_fields,
    small_cells,
)
from projections.catalogue.veiled_cells import ThinCrowd, shown_cells, thin_crowds
from projections.views import ViewReader

MAX_PRINTED_PROBLEMS: Final = 50
READ_BATCH: Final = 1_000


@click.group()
def profiles() -> None:
    """Publication profiles: what the public log shows of which procedures."""


@command("check", help="Find open cells that are too small, private fields, and thin veils.")
@click.option(
    "--least",
    type=click.IntRange(1, 1_000_000),
    default=LEAST_ACCEPTED,
    show_default=True,
    help="How many acceptances a month an open cell must have.",
)
def check(least: int, data: Path, *, as_json: bool) -> None:
    """Compare the profiles of the newest versions with what the offices accepted."""
    if not DataFolder(data).views.exists():
        raise UsageProblem(f"{data} holds no views; is it a ledger's data folder?")
    settings = settings_of_process({"data": data})
    with bootstrap.open_views(settings).reading() as reader:
        position = reader.position()
        found: list[OpenCell | ThinCrowd] = [*_open_cells(reader, least)]
    if position is not None:
        # By the clock: where nothing leaves the ledger, no seal says that the month has ended.
        found += thin_crowds(_veiled_acts(settings), bootstrap.make_clock(settings)())
    members = {
        "findings": [to_builtins(cell) for cell in found],
        "least_accepted": least,
        "as_of": None if position is None else position.as_of,
        "tree_size": 0 if position is None else position.log_position,
    }
    plain = {**members, "findings": [_sentence(cell) for cell in found]}
    report(members if as_json else plain, as_json=as_json)
    if found:
        sys.exit(EXIT_FAILED)


def _open_cells(reader: ViewReader, least: int) -> list[OpenCell]:
    position = reader.position()
    if position is None:
        return []
    offices, procedures = reader.offices(), reader.procedures()
    cells = small_cells(reader.dossier_rows(), offices, procedures, position.sealed_at, least)
    shown = shown_cells(reader.dossier_rows(), offices, procedures)
    return [*cells, *sensitive_fields(procedures), *shown]


def _veiled_acts(settings: Settings) -> Iterator[tuple[Face, datetime]]:
    reader = bootstrap.ledger_reader(settings)
    pool, last = DeferredPool(bootstrap.operator_keys(settings).promise), 0
    while batch := reader.veiled_events(last, READ_BATCH):
        for event in batch:
            promise = pool.promise_of(event)
            yield parse_face(promise.published_as or ""), promise.promised_at
        last = batch[-1].notification_id


def _sentence(cell: OpenCell | ThinCrowd) -> str:
    if isinstance(cell, ThinCrowd):
        thin = ", ".join(f"{month.month}: {month.acts}" for month in cell.months)
        return f"{cell.code}: {cell.crowd} under {cell.office} ({thin}): their veils wait long"
    place = cell.office or f"offices of level {cell.level}"
    if cell.months:
        months = ", ".join(f"{month.month}: {month.accepted}" for month in cell.months)
        return f"{cell.code}: {cell.procedure} at {place} ({months})"
    return f"{cell.code}: {cell.procedure} at {place} ({cell.field}: {cell.sensitivity})"


profiles.add_command(check)


@click.group()
def tallies() -> None:
    """Tallies of ratings and of veiled dossiers: publish the month's, check all."""


@command("publish", help="Publish the tallies of the months that ended (serve does it itself).")
def publish(data: Path, *, as_json: bool) -> None:
    """Publish what is due."""
    facts, of_dossiers = asyncio.run(_publish(data))
    members: dict[str, object] = {"published": facts is not None}
    if facts is not None:
        members |= to_builtins(facts)
    if of_dossiers:
        members["dossiers"] = to_builtins(of_dossiers)
    report(members, as_json=as_json)


async def _publish(data: Path) -> tuple[TallyPublished | None, list[DossiersCounted]]:
    async with open_session(data, may_found=False) as session:
        facts = await publish_due(session)
        of_dossiers = await publish_due_dossiers(session)
        await project(session)
        return facts, of_dossiers


@command("check", help="Make all tallies again from ledger and vault, and compare.")
def check_tallies(data: Path, *, as_json: bool) -> None:
    """Compare; fail where a tally or an envelope is not what the ledger's ratings make."""
    problems = asyncio.run(_check(data))
    members: dict[str, object] = {
        "ok": not problems,
        "problems_found": len(problems),
        "problems": [asdict(each) for each in problems[:MAX_PRINTED_PROBLEMS]],
    }
    report(members, as_json=as_json)
    if problems:
        sys.exit(EXIT_FAILED)


async def _check(data: Path) -> list[TallyProblem]:
    async with open_session(data, may_found=False) as session:
        return await asyncio.to_thread(check_published, session)


for _command in (publish, check_tallies):
    tallies.add_command(_command)
