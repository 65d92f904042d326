"""Keeping evidence as files in a folder that somebody named; nothing there is ever written over."""

from collections.abc import Iterable
from pathlib import Path

import click

from cli.output import say
from cli.sources import LogAddress
from ledger.evidence.judging import JudgedBy
from ledger.evidence.making import EvidenceSources, Found, file_name, make_evidence
from transparency.errors import LogMisbehaviour, TransparencyError
from transparency.evidence.checkpoints import make_fork
from transparency.evidence.files import Evidence, render_evidence
from transparency.trusted_log import TrustedLog

evidence_option = click.option(
    "--evidence",
    "evidence_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to put files that convict the log of what is found.",
)


def evidence_members(
    folder: Path | None,
    problems: Iterable[Found],
    log: TrustedLog,
    address: LogAddress,
    by: JudgedBy,
) -> dict[str, object]:
    """Make evidence of what was found, where a folder for it was named; give what to report."""
    if folder is None:
        return {}
    sources = EvidenceSources(log, address.tiles(), address.documents(), by)
    return {
        "evidence": [str(path) for path in keep_evidence(make_evidence(problems, sources), folder)]
    }


def keep_evidence(found: Iterable[Evidence], folder: Path) -> list[Path]:
    """Write evidence into a folder; give the files, those that were there before included."""
    kept = []
    for evidence in found:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / file_name(evidence)
        if not path.exists():
            path.write_bytes(render_evidence(evidence))
        say(f"evidence: {path}", style="red")
        kept.append(path)
    return kept


def keep_misbehaviour(error: LogMisbehaviour, folder: Path, log: TrustedLog) -> list[Path]:
    """Keep two checkpoints that contradict each other; the log proves the second's beginning."""
    try:
        is_second = error.second == log.signed_checkpoint.note
        evidence = make_fork(error.first, error.second, log if is_second else None)
    except TransparencyError:
        evidence = make_fork(error.first, error.second)
    return keep_evidence([evidence], folder)
