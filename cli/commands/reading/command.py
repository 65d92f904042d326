"""``read`` opens private parts by a signed access entry; ``reads`` tells a holder who has read.

Both ask a server: whether somebody has a task on a dossier is its word (ADR 0024). The entry is
recorded and published before anything comes back, and the holder sees it.
"""

import sys
from datetime import date
from pathlib import Path
from typing import Final

import click
import msgspec

from api.resources.answers import AccessAnswer, LoggedReadAnswer, ReadingAnswer
from cli.acting.nearby import find_site, server_option
from cli.acting.reading import Asking, draw_entry, now_of, open_with, path_of, stream_of
from cli.acting.receipt_files import receipt_file
from cli.output import UsageProblem, command, report, say
from cli.sites import agreed_origin, body_of
from cli.sources import read_key_file
from domain.facts.integrity import AccessLoggedDetails, AccessPurpose
from domain.kinds import KINDS
from domain.reading.rights import Subject
from domain.reading.tasks import OFFICER_ROLES
from domain.roles import Role

SECRET_HEADER: Final = "Dossier-Secret"  # noqa: S105 - the name of a header
READERS: Final = sorted(role.value for role in (*OFFICER_ROLES, Role.INSPECTOR))


@command("read", help="Read private parts: read dossier:… dossier.submitted --as receiver …")
@click.argument("dossier")
@click.argument("kinds", nargs=-1, required=True)
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key file of an enrolled officer or inspector.",
)
@click.option("--as", "role", required=True, type=click.Choice(READERS), help="The role held.")
@click.option("--why", "explanation", required=True, help="What for; the holder sees it.")
@click.option(
    "--purpose",
    type=click.Choice([each.value for each in AccessPurpose]),
    help="Default: inspection with --order, supervision for inspectors, else task.",
)
@click.option("--persons", is_flag=True, help="Also what names the applicant and others.")
@click.option("--officers", is_flag=True, help="Also what names officers.")
@click.option("--order", help="Number of the inspection order.")
@click.option("--order-until", help="Last day of the order, such as 2026-12-31.")
@click.option("--order-stream", help="Where the order was issued, as `orders issue` printed it.")
@click.option("--receipt", type=click.Path(path_type=Path), help="Where to keep the receipt.")
@click.option("--anchors", type=click.Path(path_type=Path), help="The ledger to sign for.")
@server_option
def read(  # noqa: PLR0913, PLR0917 - one argument per option
    dossier: str,
    kinds: tuple[str, ...],
    key_file: Path,
    role: str,
    explanation: str,
    purpose: str | None,
    order: str | None,
    order_until: str | None,
    order_stream: str | None,
    receipt: Path | None,
    anchors: Path | None,
    server: str | None,
    data: Path,
    *,
    persons: bool,
    officers: bool,
    as_json: bool,
) -> None:
    """Sign that the acts KINDS of DOSSIER are read, and print their private parts.

    The entry is public as a commitment alone. For a demo, whose clock is simulated, name its folder
    with --data.
    """
    check_kinds(kinds)
    stream = stream_of(dossier)
    if len({each is None for each in (order, order_until, order_stream)}) > 1:
        raise UsageProblem("an order is named by --order, --order-until and --order-stream")
    named = {Subject.PERSONS.value: persons, Subject.OFFICERS.value: officers}
    details = AccessLoggedDetails(
        dossier=stream,
        purpose=AccessPurpose(purpose or _purpose(Role(role), order)),
        fields=(*kinds, *(name for name, is_wanted in named.items() if is_wanted)),
        explanation=explanation,
        order=order,
        order_until=_day(order_until),
        order_stream=order_stream,
    )
    asking = Asking(find_site(server, data), stream, read_key_file(key_file), now_of(data))
    with receipt_file(receipt) as file:
        entry = draw_entry(asking, Role(role), details, agreed_origin(asking.site, data, anchors))
        answer = open_with(asking, entry)
        if file is not None:
            file.keep(answer.receipt.encode())
    # By way of JSON: private parts come as they are, whatever members they have.
    members = msgspec.json.decode(msgspec.json.encode(answer), type=dict[str, object])
    report(members, as_json=as_json, text=_in_words(answer))


def check_kinds(kinds: tuple[str, ...]) -> None:
    """Check that these are kinds of acts on a dossier that have a private part.

    Raises:
        UsageProblem: one is none.
    """
    known = [name for name, kind in KINDS.items() if kind.details and name.startswith("dossier.")]
    for kind in kinds:
        if kind not in known:
            raise UsageProblem(f"{kind} has no private part to read; kinds: {', '.join(known)}")


@click.group()
def reads() -> None:
    """Who has read private parts of a dossier, for its holder."""


@command("list", help="Who has read private parts of DOSSIER, when and why; by the slip's secret.")
@click.argument("dossier")
@click.option("--secret", help="The secret on the slip; asked for where neither is given.")
@click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Instead: the key that handed the dossier in.",
)
@server_option
def list_reads(
    dossier: str,
    secret: str | None,
    key_file: Path | None,
    server: str | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """List the reads of DOSSIER; this one is listed, too."""
    site, stream = find_site(server, data), stream_of(dossier)
    path = f"{path_of(stream)}/access"
    if key_file is not None:
        answer = Asking(site, stream, read_key_file(key_file), now_of(data)).signed(path)
    else:
        shown = secret or _ask_secret()
        answer = site.ask(path, headers={SECRET_HEADER: shown})
    found = msgspec.json.decode(body_of(answer), type=AccessAnswer)
    if not found.reads:
        say("no officer or inspector has read private parts of it")
    members: dict[str, object] = msgspec.to_builtins(found)
    report(members, as_json=as_json, text=_list_in_words(found))


def _ask_secret() -> str:
    """Ask at the terminal, unseen; where there is none, the secret is the input's first line."""
    if sys.stdin.isatty():
        asked: str = click.prompt("secret", hide_input=True, err=True)
        return asked
    given = sys.stdin.readline().strip()
    if not given:
        raise UsageProblem("there is no terminal to ask for the secret: name --secret or --key")
    return given


reads.add_command(list_reads)


def _purpose(role: Role, order: str | None) -> AccessPurpose:
    if order is not None:
        return AccessPurpose.INSPECTION
    return AccessPurpose.SUPERVISION if role is Role.INSPECTOR else AccessPurpose.TASK


def _in_words(answer: ReadingAnswer) -> str:
    lines = [f"entry {answer.entry_index}, version {answer.version} of {answer.stream}"]
    for act in answer.acts:
        lines += [f"{act.version}. {act.kind}, {act.at}"]
        lines += [f"    {line}" for line in msgspec.json.format(act.details).decode().splitlines()]
    return "\n".join(lines)


def _list_in_words(found: AccessAnswer) -> str:
    lines = [_read_in_words(each) for each in found.reads]
    lines += [
        f"{own.minute}: {own.times} × with "
        f"{'the present secret' if own.with_present_secret else 'an earlier secret, or a key'}"
        for own in found.own_reads
    ]
    return "\n".join(lines) or "none"


def _read_in_words(each: LoggedReadAnswer) -> str:
    if each.sealed:
        return f"{each.at}: under an inspection order that has not ended"
    order = f", order {each.order}" if each.order else ""
    who = f"{each.name or each.key} as {each.role}"
    return f"{each.at}: {who}, {each.purpose}{order}: {', '.join(each.fields)}: {each.explanation}"


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(f"--order-until {text}: a day is wanted, as 2026-12-31") from error
