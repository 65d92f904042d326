"""``findings raise | list | answer | close``: the signed acts on findings, and what became of them.

With ``--server`` a server is asked and acted on; without, the data folder's ledger.
"""

import asyncio
from pathlib import Path
from typing import Final

import click

from cli.code_alarms import raise_alarms
from cli.finding_acts.answering import answer_here, answer_there, close_here, close_there
from cli.finding_acts.leads import WantedLeads, check_rule, read_lives
from cli.finding_acts.raising import raise_here, raise_there
from cli.finding_acts.sending import Sent, Signer
from cli.output import UsageProblem, command, print_json, report
from cli.sessions import open_session
from cli.sites import parse_site
from cli.sources import read_key_file
from domain.facts.integrity import FindingClosedDetails, FindingVerdict
from domain.kinds import KINDS
from domain.roles import Role
from projections.findings.life.precision import precision_by_rule
from projections.findings.life.records import FindingLife

VERDICTS: Final = {
    "confirmed": FindingVerdict.CONFIRMED,
    "explained": FindingVerdict.EXPLAINED,
    "false": FindingVerdict.MISTAKEN,
}
ANSWERING: Final = sorted(role.value for role in KINDS["finding.answered"].signers.alone)

_key_option = click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key file of who signs.",
)
_server_option = click.option("--server", help="Act on this server; default the data folder.")


@command("raise", help="Raise what the rules give, each finding once: findings raise --key FILE")
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key file of the inspector who raises them.",
)
@click.option("--alarms", is_flag=True, help="Raise public alarms on codes, as the ledger itself.")
@click.option("--rule", help="Findings of this rule alone, such as R08.")
@click.option("--office", help="Findings about this office alone.")
@click.option("--ask", "asked", help="Name of the key of the officer who is to answer.")
@click.option("--opened", is_flag=True, help="Open private parts for the rules that need them.")
@click.option("--peers", is_flag=True, help="Run the rules that compare with peers, too.")
@_server_option
def raise_findings(  # noqa: PLR0913 - one argument per option
    key_file: Path | None,
    rule: str | None,
    office: str | None,
    asked: str | None,
    server: str | None,
    data: Path,
    *,
    alarms: bool,
    opened: bool,
    peers: bool,
    as_json: bool,
) -> None:
    """Record an entry for each finding that stands in none yet; private ones as a commitment."""
    if (key_file is None) is not alarms:
        raise UsageProblem("one of both is wanted: an inspector's --key, or --alarms")
    if key_file is None:
        found, new = asyncio.run(_raise_alarms(data, server))
        report({"alarms": found, "newly_raised": new}, as_json=as_json)
        return
    signer = (Role.INSPECTOR, read_key_file(key_file))
    wanted = WantedLeads(rule, office, opened, peers)
    if server is None:
        sent = asyncio.run(_raise(data, signer, wanted, asked))
    else:
        sent = raise_there(parse_site(server), data, signer, wanted, asked)
    report(
        {"newly_raised": len(sent), "findings": [_place(each) for each in sent]}, as_json=as_json
    )


async def _raise(data: Path, signer: Signer, wanted: WantedLeads, asked: str | None) -> list[Sent]:
    async with open_session(data, may_found=False) as session:
        return await raise_here(session, signer, wanted, asked)


async def _raise_alarms(data: Path, server: str | None) -> tuple[int, int]:
    if server is not None:
        raise UsageProblem("--alarms needs the data folder: codes are private")
    async with open_session(data, may_found=False) as session:
        found, new = await raise_alarms(session)
        return len(found), new


@command("list", help="Findings that were raised: state, answers, verdict, how often rules hold.")
@click.option("--state", type=click.Choice(["raised", "answered", "closed"]), help="In this state.")
@click.option("--rule", help="Of this rule alone, such as R08.")
def raised(state: str | None, rule: str | None, data: Path, *, as_json: bool) -> None:
    """List what was raised, as of the views' checkpoint; `inspect /v1/findings` asks a server."""
    lives = read_lives(data)
    check_rule(rule, [life.rule for life in lives])
    precision = {
        f"{number}{', against peers' if compares else ''} v{version}": {
            **{name: getattr(each, name) for name in ("confirmed", "explained", "mistaken", "n")},
            "permille": each.permille,
            "too_few": each.too_few,
        }
        for (number, version, compares), each in precision_by_rule(lives).items()
    }
    chosen = [
        life for life in lives if state in (None, life.state.value) and rule in (None, life.rule)
    ]
    if as_json:
        print_json({"findings": [_life_members(each) for each in chosen], "precision": precision})
        return
    for life in chosen:
        click.echo(_life_line(life))
    for name, told in precision.items():
        share = "too few to say" if told["too_few"] else f"{told['permille']}‰ confirmed"
        click.echo(f"{name}: {share} (n = {told['n']})")
    click.echo(f"{len(chosen)} findings")


@command("answer", help="Answer a finding for the office that is asked: answer STREAM --text …")
@click.argument("stream")
@_key_option
@click.option("--as", "role", type=click.Choice(ANSWERING), default="head", show_default=True)
@click.option("--text", required=True, help="The answer; it is private.")
@_server_option
def answer(  # noqa: PLR0913 - one argument per option
    stream: str,
    key_file: Path,
    role: str,
    text: str,
    server: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Sign the answer of an office or of the officer who is asked."""
    signer = (Role(role), read_key_file(key_file))
    if server is None:
        sent = asyncio.run(_answer(data, signer, stream, text))
    else:
        sent = answer_there(parse_site(server), data, signer, stream, text)
    report(_place(sent), as_json=as_json)


async def _answer(data: Path, signer: Signer, stream: str, text: str) -> Sent:
    async with open_session(data, may_found=False) as session:
        return await answer_here(session, signer, stream, text)


@command("close", help="Conclude a finding: close STREAM --verdict confirmed|explained|false")
@click.argument("stream")
@_key_option
@click.option("--verdict", type=click.Choice(list(VERDICTS)), required=True)
@click.option("--explanation", help="Why; it is private.")
@_server_option
def close(  # noqa: PLR0913 - one argument per option
    stream: str,
    key_file: Path,
    verdict: str,
    explanation: str | None,
    server: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Sign an inspector's verdict; of a public alarm it is public."""
    signer = (Role.INSPECTOR, read_key_file(key_file))
    details = FindingClosedDetails(verdict=VERDICTS[verdict], explanation=explanation)
    if server is None:
        sent = asyncio.run(_close(data, signer, stream, details))
    else:
        sent = close_there(parse_site(server), data, signer, stream, details)
    report(_place(sent), as_json=as_json)


async def _close(data: Path, signer: Signer, stream: str, details: FindingClosedDetails) -> Sent:
    async with open_session(data, may_found=False) as session:
        return await close_here(session, signer, stream, details)


def _place(sent: Sent) -> dict[str, object]:
    return {"stream": sent.stream, "version": sent.version, "entry_index": sent.entry_index}


def _life_members(life: FindingLife) -> dict[str, object]:
    return {
        "stream": life.stream,
        "state": life.state.value,
        "rule": life.rule,
        "rule_version": life.rule_version,
        "about": life.about,
        "office": life.office,
        "asked": life.asked,
        "evidence": life.evidence,
        "versions": life.versions,
        "explanation": life.explanation,
        "document": life.document,
        "raised_by": life.raised.key,
        "answers": [{"by": each.step.key, "text": each.text} for each in life.answers],
        "verdict": None if life.verdict is None else life.verdict.value,
    }


def _life_line(life: FindingLife) -> str:
    rule = life.rule or "private, and did not open"
    verdict = "" if life.verdict is None else f", {life.verdict.value}"
    return (
        f"{life.stream} {rule} about {life.about or life.office or 'the ledger'}: "
        f"{life.state.value}{verdict}, {len(life.answers)} answers"
    )
