"""The command line: every command takes ``--data DIR`` and ``--json``."""

import sys

import click

from cli.commands.act import act
from cli.commands.analyse import analyse
from cli.commands.audit import audit
from cli.commands.casefile.command import casefile
from cli.commands.codes import codes
from cli.commands.continuing.command import ledger
from cli.commands.continuing.log_keys import add_mldsa, retire_log, rotate_log
from cli.commands.editions.command import editions
from cli.commands.erase.command import erase
from cli.commands.evidence.command import evidence
from cli.commands.export.command import export
from cli.commands.findings.command import findings
from cli.commands.import_log import import_log
from cli.commands.inspection import inspect, orders
from cli.commands.keys import keys
from cli.commands.law.command import law
from cli.commands.looks.command import looks
from cli.commands.mirror.command import mirror
from cli.commands.monitor.command import monitor
from cli.commands.offices import offices
from cli.commands.portal import portal
from cli.commands.procedures import procedures
from cli.commands.processes import follow, writer
from cli.commands.profiles import profiles, tallies
from cli.commands.reading.command import read, reads
from cli.commands.reading.queues import queue
from cli.commands.rebuild.command import rebuild
from cli.commands.recompute import recompute
from cli.commands.serve import serve
from cli.commands.verify import verify
from cli.commands.witness.command import witness
from cli.demo.command import demo
from cli.judging.command import look_for_leads
from cli.output import Commands


@click.group(cls=Commands)
@click.version_option(package_name="dossier-ledger")
def cli() -> None:
    """Dossier Ledger: a ledger that makes public administration checkable."""


COMMANDS = (
    serve,
    writer,
    follow,
    look_for_leads,
    import_log,
    keys,
    act,
    verify,
    evidence,
    audit,
    recompute,
    rebuild,
    editions,
    export,
    analyse,
    mirror,
    monitor,
    inspect,
    findings,
    read,
    reads,
    queue,
    orders,
    looks,
    casefile,
    demo,
    law,
    offices,
    codes,
    tallies,
    portal,
    procedures,
    profiles,
    erase,
    ledger,
    witness,
)
for _command in COMMANDS:
    cli.add_command(_command)
for _command in (rotate_log, retire_log, add_mldsa):
    keys.add_command(_command)


def main() -> None:
    """Run the command line; an interrupt ends it without a trace."""
    try:
        cli()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
