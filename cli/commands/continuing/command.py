"""``ledger``: take published entries in again from a mirror; retire a ledger that cannot go on."""

import asyncio
from pathlib import Path

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import Settings, settings_of_process
from api.starting_over.stores import check_not_retired, published_copies
from cli.founding import check_founded
from cli.output import UsageProblem, command, report
from cli.sessions import is_served, open_ledger
from domain.facts import Continued
from ledger.anchors import PUBLIC_MODE, replace_file
from ledger.key_files import OperatorKeys
from ledger.starting_over.copies import newest_of

_mirrors = click.option(
    "--from", "mirrors", multiple=True, help="A mirror of the log: its address or folder."
)


@click.group()
def ledger() -> None:
    """The ledger as a whole: restore what it lost, or end it in favour of another."""


@command("restore", help="Take in again what was published and is missing here, and publish it.")
@_mirrors
def restore(mirrors: tuple[str, ...], data: Path, *, as_json: bool) -> None:
    """Compare with own files and mirrors, as each start does; say where the ledger stands."""
    check_founded(data)
    if is_served(data):
        raise UsageProblem("a server runs on this folder: stop it first")
    settings = _settings(data, mirrors)
    before = _stored_size(data)
    with bootstrap.embedded_writer(settings):
        pass
    members = {"old_size": before, "tree_size": _stored_size(data)}
    report(members, as_json=as_json)


def _settings(data: Path, mirrors: tuple[str, ...]) -> Settings:
    settings = settings_of_process({"data": data})
    if not mirrors:
        return settings
    named = " ".join((*settings.mirrors.split(), *mirrors))
    return settings_of_process({"data": data, "mirrors": named})


def _stored_size(data: Path) -> int:
    folder = DataFolder(data)
    return bootstrap.existing_reader(folder).sequenced_size() if folder.ledger.exists() else 0


@command("retire", help="End this ledger for good, and open another that names where it ended.")
@click.option("--into", type=click.Path(path_type=Path), required=True, help="A new data folder.")
@_mirrors
def retire(into: Path, mirrors: tuple[str, ...], data: Path, *, as_json: bool) -> None:
    """Let nothing more be recorded here; found a ledger of another name in the folder INTO."""
    check_founded(data)
    if is_served(data):
        raise UsageProblem("a server runs on this folder: stop it first")
    settings = _settings(data, mirrors)
    with DataFolder(data).locked():
        keys = bootstrap.operator_keys(settings)
        continues = _last_checkpoint(settings, keys)
        successor = _found(into, data)
        # CRASH: first nothing more can be recorded here, then the successor opens: there is no
        # moment in which both go on. The command run again goes on from here.
        replace_file(DataFolder(data).retired, f"{successor}\n".encode("ascii"), PUBLIC_MODE)
    asyncio.run(_open(into, continues))
    members = {
        "retired": continues.origin,
        "tree_size": continues.tree_size,
        "root": continues.root,
        "origin": successor,
        "data": str(into),
    }
    report(members, as_json=as_json)


def _last_checkpoint(settings: Settings, keys: OperatorKeys) -> Continued:
    newest = newest_of(published_copies(settings, keys))
    if newest is None:
        raise UsageProblem("no checkpoint of this ledger is within reach: name a mirror (--from)")
    last = newest.checkpoint
    return Continued(origin=last.origin, tree_size=last.tree_size, root=last.root_hash.hex())


def _found(into: Path, data: Path) -> str:
    """Make the successor's keys; a folder where that was done before for us is taken as it is."""
    retired = DataFolder(data).retired
    if _stored_size(into):
        raise UsageProblem(f"there is a ledger in {into}: name a new folder (--into)")
    successor = bootstrap.prepare_data_folder(settings_of_process({"data": into})).origin
    if retired.exists() and retired.read_text(encoding="ascii").strip() != successor:
        check_not_retired(DataFolder(data))
    return successor


async def _open(into: Path, continues: Continued) -> None:
    settings = settings_of_process({"data": into})
    with bootstrap.embedded_writer(settings) as writer:
        await open_ledger(settings, writer, continues)


ledger.add_command(restore)
ledger.add_command(retire)
