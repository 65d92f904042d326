"""``profiles`` and ``tallies``: what the public log shows of few people, and of many together.

`profiles check` names the cells that are open where a reader could follow one person; `tallies`
publishes the month's ratings in cells of ten or more, or checks all of them against the vault.
"""

import asyncio
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click
from msgspec import to_builtins

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.output import EXIT_FAILED, UsageProblem, command, report
from cli.sessions import open_session, project
from cli.tallying import check_published, publish_due
from domain.facts.tallies import TallyPublished
from ledger.tallying.ratings import TallyProblem
from projections.catalogue.small_cells import (
    LEAST_ACCEPTED,
    OpenCell,
    sensitive_fields,
    small_cells,
)
from projections.catalogue.veiled_cells import shown_cells
from projections.views import ViewReader

MAX_PRINTED_PROBLEMS: Final = 50


@click.group()
def profiles() -> None:
    """Publication profiles: what the public log shows of which procedures."""


@command("check", help="Find open cells that are too small, and open procedures of private fields.")
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
    views = bootstrap.open_views(settings_of_process({"data": data}))
    with views.reading() as reader:
        position = reader.position()
        found = _open_cells(reader, least)
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


def _sentence(cell: OpenCell) -> str:
    place = cell.office or f"offices of level {cell.level}"
    if cell.months:
        months = ", ".join(f"{month.month}: {month.accepted}" for month in cell.months)
        return f"{cell.code}: {cell.procedure} at {place} ({months})"
    return f"{cell.code}: {cell.procedure} at {place} ({cell.field}: {cell.sensitivity})"


profiles.add_command(check)


@click.group()
def tallies() -> None:
    """Tallies of ratings: publish the month's, check all."""


@command("publish", help="Publish the tally of the month that ended last (serve does it itself).")
def publish(data: Path, *, as_json: bool) -> None:
    """Publish what is due."""
    facts = asyncio.run(_publish(data))
    members: dict[str, object] = {"published": facts is not None}
    if facts is not None:
        members |= to_builtins(facts)
    report(members, as_json=as_json)


async def _publish(data: Path) -> TallyPublished | None:
    async with open_session(data, may_found=False) as session:
        facts = await publish_due(session)
        await project(session)
        return facts


@command("check", help="Make all tallies again from the ratings in the vault, and compare.")
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
