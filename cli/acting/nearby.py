"""Which server a command asks: the one that was named, or the one that serves the data folder."""

from pathlib import Path

import click

from api.data_folder import DataFolder
from cli.output import UsageProblem
from cli.sessions import is_served
from cli.sites import Site, parse_site

server_option = click.option(
    "--server", help="Address of the ledger; default the server that runs on the data folder."
)


def find_site(server: str | None, data: Path) -> Site:
    """Give the server that was named, or the one that serves this data folder.

    Raises:
        UsageProblem: none was named, and none serves the folder; or it says no address.
    """
    if server is not None:
        return parse_site(server)
    path = DataFolder(data).address
    if not is_served(data) or not path.exists():
        raise UsageProblem(
            f"nobody serves {data} now: name the ledger's address (--server http://…), or the data "
            "folder that `serve` runs on (--data)"
        )
    return parse_site(path.read_text(encoding="ascii").strip())
