"""``evidence``: judge files that convict a log, and put such files together.

``make`` takes the pieces as files of their own (``transparency/evidence`` says which a charge
consists of) and writes nothing that would not convict. With the log, two checkpoints are enough for
a fork, and a checkpoint that somebody kept, with its cosignatures, for a seal from the future.
"""

from pathlib import Path

import click

from cli.output import UsageProblem, command, report
from cli.sources import LogAddress, find_anchors, find_log, open_log
from cli.verifying.charges import CHARGES, explain_misbehaviour
from cli.verifying.evidence_files import keep_evidence
from cli.verifying.files import read_file
from cli.verifying.sentences import LANGUAGES
from cli.verifying.witnesses import read_policy
from ledger.evidence.judging import JudgedBy, judge, judge_file
from ledger.key_files import Anchors
from transparency.checkpoints import open_checkpoint
from transparency.evidence.checkpoints import FORK, make_fork
from transparency.evidence.files import Evidence
from transparency.evidence.times import SEAL_TIME, make_seal_ahead
from transparency.trusted_log import TrustedLog

_anchors = click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
_log = click.option("--log", "log_text", help="The log, where a charge needs it.")
_lang = click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Language.")
_policy = click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Whose cosignatures count (tlog-policy).",
)


@click.group("evidence")
def evidence() -> None:
    """Judge evidence against a log, or put some together."""


@command("verify", help="Judge a file of evidence by two trust anchors.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_anchors
@_policy
@_log
@_lang
def verify(  # noqa: PLR0913 - one argument per option
    file: Path,
    *,
    anchors: Path | None,
    policy: Path | None,
    log_text: str | None,
    lang: str,
    data: Path,
    as_json: bool,
) -> None:
    """Judge FILE, and say what it convicts the log of."""
    by = _judge_of(anchors, policy, log_text, data)
    found = judge_file(read_file(file).rstrip(b"\n"), by)
    explained = explain_misbehaviour(found)
    members = {"ok": True, "charge": found.kind, "origin": found.origin, **found.particulars}
    shown = members | explained.members(lang)
    report(shown, as_json=as_json, text=explained.text(lang))


@command("make", help="Put pieces together, judge them, and keep the evidence if it convicts.")
@click.argument("charge", type=click.Choice(CHARGES))
@click.argument("pieces", nargs=-1, required=True)
@click.option("--to", "folder", type=click.Path(path_type=Path), default=Path(), help="Folder.")
@_anchors
@_policy
@_log
def make(  # noqa: PLR0913 - one argument per option
    charge: str,
    *,
    pieces: tuple[str, ...],
    folder: Path,
    anchors: Path | None,
    policy: Path | None,
    log_text: str | None,
    data: Path,
    as_json: bool,
) -> None:
    """Make evidence of CHARGE from PIECES, each NAME=FILE."""
    by = _judge_of(anchors, policy, log_text, data)
    given = dict(_piece(each) for each in pieces)
    if log_text is not None and charge == SEAL_TIME and set(given) == {"checkpoint"}:
        made = _seal_ahead(given["checkpoint"], by.anchors, find_log(log_text, data))
    else:
        made = _put_together(charge, given, by.log)
    found = judge(made, by)
    (path,) = keep_evidence([made], folder)
    report({"ok": True, "charge": found.kind, "file": str(path)}, as_json=as_json)


def _put_together(charge: str, pieces: dict[str, bytes], log: TrustedLog | None) -> Evidence:
    is_short = charge == FORK and set(pieces) == {"first", "second"} and log is not None
    if is_short and log is not None and pieces["second"] == log.signed_checkpoint.note:
        return make_fork(pieces["first"], pieces["second"], log)
    return Evidence(charge, pieces)


def _seal_ahead(note: bytes, anchors: Anchors, address: LogAddress) -> Evidence:
    kept = open_checkpoint(note, anchors.logs)
    if kept.checkpoint.tree_size == 0:
        raise UsageProblem("the checkpoint is that of an empty log, which has no seal")
    return make_seal_ahead(TrustedLog(address.tiles(), kept), kept.checkpoint.tree_size - 1)


def _piece(text: str) -> tuple[str, bytes]:
    name, separator, path = text.partition("=")
    if not separator or not name:
        raise UsageProblem(f"{text} is not NAME=FILE")
    return name, read_file(Path(path))


def _judge_of(
    anchors: Path | None, policy: Path | None, log_text: str | None, data: Path
) -> JudgedBy:
    trusted = find_anchors(anchors, data)
    address: LogAddress | None = None if log_text is None else find_log(log_text, data)
    log = None if address is None else open_log(address, trusted)
    return JudgedBy(trusted, read_policy(policy), log)


evidence.add_command(verify)
evidence.add_command(make)
