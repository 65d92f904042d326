"""``queue`` shows what lies with an officer, or with the officer's offices, as the server has it.

The request is signed by the officer's key; nothing is recorded of it, since a queue opens no
private part. All pages are asked for, one after the other, of one list.
"""

from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import click
import msgspec

from api import bootstrap
from api.resources.queues.answers import QueueAnswer
from api.settings import settings_of_process
from cli.acting.nearby import find_site, server_option
from cli.output import command, report
from cli.sites import Site, body_of
from cli.sources import read_key_file
from projections.queues.items import DUE_SOON_HOURS, Queue, QueueItem
from transparency.notes import SigningKey

NONCE_BYTES: Final = 16
LINES_PER_PAGE: Final = 100


@command("queue", help="What lies with an officer: mine, unit, due_soon, overdue, waiting …")
@click.argument("queue_name", metavar="QUEUE", type=click.Choice([each.value for each in Queue]))
@click.option(
    "--key",
    "key_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Key file of an enrolled officer.",
)
@click.option("--office", help="Only what lies with this office.")
@click.option(
    "--due-soon-hours",
    type=click.IntRange(min=1),
    default=DUE_SOON_HOURS,
    show_default=True,
    help="What is due within so many hours is due soon.",
)
@click.option("--first", is_flag=True, help="Only the first page, of at most 100 lines.")
@server_option
def queue(  # noqa: PLR0913 - one argument per option
    queue_name: str,
    key_file: Path,
    office: str | None,
    due_soon_hours: int,
    server: str | None,
    data: Path,
    *,
    first: bool,
    as_json: bool,
) -> None:
    """Print a queue in its order, with how many are at each step.

    For a demo, whose clock is simulated, name its folder with --data.
    """
    site, key = find_site(server, data), read_key_file(key_file)
    query: dict[str, object] = {"limit": LINES_PER_PAGE, "due_soon_hours": due_soon_hours}
    if office is not None:
        query["office"] = office
    answer = _ask(site, key, data, f"/v1/queues/{queue_name}?{urlencode(query)}")
    items = list(answer.items)
    while answer.next is not None and not first:
        answer = _ask(site, key, data, answer.next)
        items += answer.items
    whole = msgspec.structs.replace(answer, items=tuple(items), next=answer.next if first else None)
    members: dict[str, object] = msgspec.to_builtins(whole)
    report(members, as_json=as_json, text=_in_words(whole))


def _ask(site: Site, key: SigningKey, data: Path, path: str) -> QueueAnswer:
    now = bootstrap.make_clock(settings_of_process({"data": data}))()
    nonce = bootstrap.random_bytes(NONCE_BYTES).hex()
    return msgspec.json.decode(body_of(site.ask_signed(path, key, now, nonce)), type=QueueAnswer)


def _in_words(answer: QueueAnswer) -> str:
    lines = [f"{answer.queue}: {answer.total}, as of {answer.as_of}"]
    for each in answer.counts_by_step:
        at = ", ".join(filter(None, (each.stage, each.procedure, each.step)))
        lines.append(f"    {each.count} × {at}")
    lines += map(_line, answer.items)
    return "\n".join(lines)


def _line(item: QueueItem) -> str:
    marks = [
        "overdue" if item.overdue else "due soon" if item.due_soon else "",
        f"no movement for {item.idle_working_days} working days" if item.idle_working_days else "",
        f"waits for {', '.join(item.waits_for)}" if item.waits_for else "",
        "veiled" if item.veiled else "",
    ]
    told = "; ".join(filter(None, marks))
    due = item.due or "no due date"
    return f"{due}  {item.stream}  {item.stage} since {item.since}" + (
        f"  ({told})" if told else ""
    )
