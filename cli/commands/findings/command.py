"""``findings``: what looks wrong in a data folder's dossiers, for whoever has the folder.

With ``--opened`` private parts are opened in memory for the rules that look at them; none of their
words is printed. With ``--peers`` the rules that compare dossiers run, too. The commands below it
raise findings, answer and close them, and hold published totals against the log.
"""

from pathlib import Path
from typing import Final

import click
import msgspec

from cli.commands.findings.acts import answer, close, raise_findings, raised
from cli.commands.findings.books import compare
from cli.finding_acts.leads import WantedLeads, read_leads
from cli.output import command, print_json
from projections.findings import Finding

DEFAULT: Final = "found"


class _FoundByDefault(click.Group):
    """A group that looks at dossiers where no other command of it is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        named = args[:1]
        if not named or (named[0] not in self.commands and named[0] != "--help"):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_FoundByDefault,
    epilog="Without one of these commands it is `findings found`: its options, such as --rule and "
    "--office, are in `findings found --help`.",
)
def findings() -> None:
    """What looks wrong in dossiers, and why: findings --rule R24 --opened; raise, answer, close."""


@command(DEFAULT, help="What looks wrong in dossiers, and why: findings --rule R24 --opened")
@click.option("--rule", help="Findings of this rule alone, such as R08.")
@click.option("--office", help="Findings about this office alone.")
@click.option("--opened", is_flag=True, help="Open private parts for the rules that need them.")
@click.option("--peers", is_flag=True, help="Run the rules that compare with peers, too.")
def found(
    rule: str | None,
    office: str | None,
    data: Path,
    *,
    opened: bool,
    peers: bool,
    as_json: bool,
) -> None:
    """Look at all dossiers of the views, as of their checkpoint."""
    leads = read_leads(data, WantedLeads(rule, office, opened, peers))
    chosen, as_of = leads.findings, leads.as_of
    if as_json:
        print_json({"as_of": as_of, "findings": [msgspec.to_builtins(one) for one in chosen]})
        return
    for each in chosen:
        click.echo(_line(each))
    click.echo(f"{len(chosen)} findings as of {as_of}; each is a lead, none a verdict")


def _line(finding: Finding) -> str:
    evidence = ", ".join(map(str, finding.evidence))
    at = f" at {finding.office}" if finding.office else ""
    return (
        f"{finding.rule} ({finding.severity.value}) {finding.stream}{at}: "
        f"{finding.reason.en} Entries: {evidence or 'none of the log'}."
    )


for _command in (found, raised, raise_findings, answer, close, compare):
    findings.add_command(_command)
