"""The command line: every command takes ``--data DIR`` and ``--json``."""

import sys

import click

from cli.commands.act import act
from cli.commands.audit import audit
from cli.commands.import_log import import_log
from cli.commands.keys import keys
from cli.commands.processes import follow, writer
from cli.commands.recompute import recompute
from cli.commands.serve import serve
from cli.commands.verify import verify
from cli.demo.command import demo


@click.group()
@click.version_option(package_name="dossier-ledger")
def cli() -> None:
    """Dossier Ledger: a ledger that makes public administration checkable."""


COMMANDS = (serve, writer, follow, import_log, keys, act, verify, audit, recompute, demo)
for _command in COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """Run the command line; an interrupt ends it without a trace."""
    try:
        cli()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
