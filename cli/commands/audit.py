"""``audit``: take a whole log in from its tiles and make every check and public decision again."""

import sys
import time
from pathlib import Path

import click

from api.data_folder import DataFolder
from cli.output import EXIT_FAILED, command, progress_bar, report
from cli.sources import find_anchors, find_log, open_log
from ledger.auditing import AuditReport, audit_log
from ledger.documents import DocumentSource
from ledger.key_files import Anchors
from ledger.storage.port import LedgerReader
from ledger.storage.sqlite import SqliteLedgerReader
from transparency.trusted_log import TrustedLog

MAX_PRINTED_PROBLEMS = 50


@command("audit", help="Check every hash, seal, signature, key and public decision of a log.")
@click.option("--log", "log_text", help="Folder or address of the log; default DATA/log.")
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
def audit(log_text: str | None, anchors: Path | None, data: Path, *, as_json: bool) -> None:
    """Audit a log; with its own data folder, compare the ledger database too."""
    trusted = find_anchors(anchors, data)
    address = find_log(log_text, data)
    log = open_log(address, trusted)
    # Only the log of this very folder can be compared with this folder's database.
    ledger = DataFolder(data).ledger
    stored = SqliteLedgerReader(ledger) if log_text is None and ledger.exists() else None
    started = time.monotonic()
    audited = _run(log, trusted, address.documents(), stored)
    _print(audited, time.monotonic() - started, as_json=as_json)
    if not audited.ok:
        sys.exit(EXIT_FAILED)


def _run(
    log: TrustedLog, anchors: Anchors, documents: DocumentSource, stored: LedgerReader | None
) -> AuditReport:
    audited: AuditReport | None = None
    with progress_bar() as bar:
        task = bar.add_task("auditing", total=log.tree_size)
        for audited in audit_log(log, anchors, documents, stored=stored):
            bar.update(task, completed=audited.entries)
    assert audited is not None
    return audited


def _print(audited: AuditReport, seconds: float, *, as_json: bool) -> None:
    problems = [
        {"code": problem.code, "entry_index": problem.entry_index, "message": problem.message}
        for problem in audited.problems[:MAX_PRINTED_PROBLEMS]
    ]
    members = {
        "ok": audited.ok,
        "tree_size": audited.tree_size,
        "entries": audited.entries,
        "actions": audited.actions,
        "seals": audited.seals,
        "signatures_verified": audited.signatures_verified,
        "decisions_repeated": audited.decisions_repeated,
        "compared_with_store": audited.compared_with_store,
        "problems_found": len(audited.problems),
        "problems": problems,
        "seconds": round(seconds, 3),
    }
    report(members, as_json=as_json)
