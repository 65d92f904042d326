"""``audit``: take a whole log in from its tiles and make every check and public decision again.

With a data folder it also compares the ledger database, and makes the views again and compares.
With ``--vault`` it opens the private parts, too, for inspectors. Large logs are shared among all
cores; with ``--state`` an audit goes on where it stopped, or where the log has grown since.
"""

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from api import bootstrap
from api.cosigning.asking import configured_policy
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.audit_progress import run_audit, shards_for, shares_of
from cli.output import EXIT_FAILED, UsageProblem, command, report
from cli.sources import LogAddress, find_anchors, find_log, open_log
from cli.vault_audit import audit_vault, check_vault_is_here, in_lines, vault_members
from cli.verifying.evidence_files import evidence_members, evidence_option
from cli.verifying.witnesses import judge_witnesses, read_policy
from ledger.auditing import AuditReport, HowToAudit, StateFile, WitnessRule, audit_log
from ledger.errors import LedgerError
from ledger.evidence.judging import JudgedBy
from ledger.key_files import Anchors
from ledger.storage.sqlite import SqliteLedgerReader
from projections.comparing import FoldSources, compare_views
from projections.entries import ProjectionError
from projections.monitoring.audited import figures_of, fold_shard
from transparency.encoding import render_utc_milliseconds
from transparency.errors import TransparencyError

MAX_PRINTED_PROBLEMS: Final = 50
MAX_JOBS: Final = 256
VIEW_DIFFERS: Final = "view_differs"


@command("audit", help="Check every hash, seal, signature, key and public decision of a log.")
@click.option("--log", "log_text", help="Folder or address of the log; default DATA/log.")
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@click.option("--vault", is_flag=True, help="Make again what rests on private details, too.")
@click.option(
    "--jobs",
    type=click.IntRange(1, MAX_JOBS),
    help="How many processes share the work; default as many as there are cores.",
)
@click.option(
    "--state",
    "state_path",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file to go on from, where an audit was interrupted or the log has grown.",
)
@click.option(
    "--policy",
    "policy_path",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Whose cosignatures count (tlog-policy); default the data folder's own, if it has one.",
)
@evidence_option
def audit(  # noqa: PLR0913 - one parameter for each option
    log_text: str | None,
    anchors: Path | None,
    data: Path,
    jobs: int | None,
    state_path: Path | None,
    evidence_folder: Path | None,
    *,
    policy_path: Path | None,
    vault: bool,
    as_json: bool,
) -> None:
    """Audit a log; with its own data folder, compare the ledger database and the views too."""
    if vault and log_text is not None:
        raise UsageProblem("--vault opens the data folder's own log: leave out --log")
    trusted = find_anchors(anchors, data)
    if vault:
        check_vault_is_here(DataFolder(data), trusted.origin)
    address = find_log(log_text, data)
    log = open_log(address, trusted)
    # Only the log of this very folder can be compared with this folder's databases.
    folder = DataFolder(data) if log_text is None else None
    stored = SqliteLedgerReader(folder.ledger) if folder and folder.ledger.exists() else None
    started = time.monotonic()
    now = _auditors_clock(folder)
    how = HowToAudit(
        shards_for(jobs, log.tree_size),
        fold_shard,
        state=None if state_path is None else StateFile(state_path),
        witnesses=_witness_rule(policy_path, folder),
    )
    audits = audit_log(log, trusted, address.documents(), now=now, stored=stored, how=how)
    audited = run_audit(audits, log.tree_size)
    views_compared = folder is not None and _compare_views(
        folder, trusted, address, audited, stored
    )
    members = _members(audited, views_compared=views_compared)
    members["witnesses"] = judge_witnesses(how.witnesses, log.signed_checkpoint.note, audited)
    by = JudgedBy(trusted, how.witnesses.policy if how.witnesses else None, log)
    members |= evidence_members(evidence_folder, audited.problems, log, address, by)
    ok = audited.ok
    if vault and folder is not None:
        opened = audit_vault(
            folder,
            log,
            trusted.origin,
            address.documents(),
            now,
            views_hold=views_compared and not _has_wrong_views(audited),
        )
        ok = ok and opened.ok
        vault_part = vault_members(opened)
        members |= {"vault": vault_part} if as_json else in_lines(vault_part)
    members |= {"ok": ok, "seconds": round(time.monotonic() - started, 3)}
    report(members, as_json=as_json)
    if not ok:
        sys.exit(EXIT_FAILED)


def _witness_rule(policy_path: Path | None, folder: DataFolder | None) -> WitnessRule | None:
    """Give the policy that was named, or that of the folder's own settings."""
    settings = None if folder is None else settings_of_process({"data": folder.path})
    policy = read_policy(policy_path)
    if policy is None and settings is not None:
        policy = configured_policy(settings)
    if policy is None:
        return None
    # A demo's seals have a simulated time, and its witnesses the time of the day.
    return WitnessRule(policy, settings is None or settings.clock == "system")


def _auditors_clock(folder: DataFolder | None) -> datetime:
    """Give this machine's time, or that of one's own demo where it runs ahead of the machine."""
    now = bootstrap.system_clock()
    if folder is None or not folder.clock.exists():
        return now
    settings = settings_of_process({"data": folder.path})
    return max(now, bootstrap.make_clock(settings)())


def _compare_views(
    folder: DataFolder,
    anchors: Anchors,
    address: LogAddress,
    audited: AuditReport,
    stored: SqliteLedgerReader | None,
) -> bool:
    """Add the views that differ to the report; tell whether there were views to compare."""
    try:
        with bootstrap.existing_private_fold(folder, anchors.origin) as private:
            sources = FoldSources(address.tiles(), anchors, address.documents(), private, stored)
            comparison = compare_views(folder.views, sources)
    except (LedgerError, ProjectionError, TransparencyError) as error:
        audited.add_problem(error.code, None, f"the views could not be made again: {error}")
        return False
    for each in comparison.differences:
        message = f"the view {each.table} differs from the log in {each.rows} rows"
        first = f", first {each.first_key}" if each.first_key else ""
        audited.add_problem(VIEW_DIFFERS, None, message + first)
    return comparison.was_compared


def _has_wrong_views(audited: AuditReport) -> bool:
    return any(problem.code == VIEW_DIFFERS for problem in audited.problems)


def _members(audited: AuditReport, *, views_compared: bool) -> dict[str, object]:
    problems = [
        {"code": problem.code, "entry_index": problem.entry_index, "message": problem.message}
        for problem in audited.problems[:MAX_PRINTED_PROBLEMS]
    ]
    return {
        "ok": audited.ok,
        "tree_size": audited.tree_size,
        "entries": audited.entries,
        "actions": audited.actions,
        "seals": audited.seals,
        "envelopes": audited.envelopes,
        "signatures_verified": audited.signatures_verified,
        "decisions_repeated": audited.decisions_repeated,
        "compared_with_store": audited.compared_with_store,
        "views_compared": views_compared,
        "roots": audited.roots,
        "statistics": _statistics(audited),
        "shares": shares_of(audited.spent),
        "problems_found": len(audited.problems),
        "problems": problems,
    }


def _statistics(audited: AuditReport) -> dict[str, object]:
    """Give the public totals as the audit has them; none where no seal covers an entry."""
    if not audited.folded or None in audited.folded:
        return {}
    figures = figures_of(audited.folded)
    total, veiled = figures.counts.total, figures.veiled.total
    return {
        "as_of": render_utc_milliseconds(figures.as_of),
        "figures": len(figures.counts.figures),
        "received": total.received,
        "resolved_early": total.resolved_early,
        "resolved_on_time": total.resolved_on_time,
        "resolved_late": total.resolved_late,
        "pending_in_time": total.pending_in_time,
        "pending_overdue": total.pending_overdue,
        "petitions": sum(each.filed for each in figures.petitions.totals),
        "veiled_received": veiled.received,
        "veiled_resolved": veiled.resolved,
    }
