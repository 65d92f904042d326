"""``editions``: make, list and show the daily editions of a data folder.

``serve`` makes them by itself; ``make`` is for a folder that is not served, or after a time in
which they were switched off. To check one against the log: ``recompute --edition DAY``.
"""

from pathlib import Path

import click
import msgspec

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.output import UsageProblem, command, print_json, report, say
from projections.editions.folder import EditionFolder, parse_day
from projections.editions.listing import EditionShelf
from projections.editions.shapes import MANIFEST


@click.group()
def editions() -> None:
    """Daily editions of the statistics: make, list, show."""


@command("make", help="Make the editions of all days that are final and have none yet.")
def make(data: Path, *, as_json: bool) -> None:
    """Fold the public log day by day, and write what is missing."""
    _check_log(data)
    settings = settings_of_process({"data": data})
    made = bootstrap.edition_maker(settings).make_due()
    days = [day.isoformat() for day in made]
    report({"ok": True, "made": days}, as_json=as_json)


@command("list", help="List the editions of a data folder, newest first.")
@click.option("--limit", type=click.IntRange(min=1), default=31, show_default=True)
def list_editions(limit: int, data: Path, *, as_json: bool) -> None:
    """Name each edition with its checkpoint and how many earlier figures it revised."""
    found, more = EditionShelf(_folder(data)).editions(None, limit)
    if as_json:
        print_json({"editions": msgspec.to_builtins(found), "more": more is not None})
        return
    for each in found:
        click.echo(
            f"{each.edition}: {each.checkpoint.size} entries, as of {each.as_of}, "
            f"{each.revisions.found} earlier figures revised"
        )
    if not found:
        click.echo("there is no edition yet: a day's is made when the day is over")
    if more is not None:
        say(f"there are more, of days before {more}: name a higher --limit")


@command("show", help="Print the manifest of an edition, or one of its files: show 2026-11-21")
@click.argument("day")
@click.option("--file", "name", default=MANIFEST, show_default=True, help="Which file.")
def show(day: str, name: str, data: Path, *, as_json: bool) -> None:
    """Print a file of an edition, byte for byte."""
    del as_json
    parsed = parse_day(day)
    if parsed is None:
        raise UsageProblem(f"{day} is no day such as 2026-11-21")
    body = EditionShelf(_folder(data)).file(parsed, name)
    click.echo(body, nl=False)


def _folder(data: Path) -> EditionFolder:
    _check_log(data)
    return EditionFolder(DataFolder(data).editions)


def _check_log(data: Path) -> None:
    if not DataFolder(data).log.is_dir():
        raise UsageProblem(f"no public log lies in {data}: name a ledger's data folder (--data)")


for _command in (make, list_editions, show):
    editions.add_command(_command)
